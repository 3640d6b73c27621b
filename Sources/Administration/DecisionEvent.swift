public import AuditLedger
public import Delegations
import FoundationEssentials
import JOSE
public import Vocabulary
import XACML

extension LedgerEvent {
    /// What the ledger keeps of a request to the decision point (altinn.md §4.5): who asked, about whom and what, and the
    /// answers in order; persons by pseudonym, and of the request itself no word.
    public init(decisions: [DecisionOutcome], askedBy asker: OrganisationNumber?, at now: Timestamp) {
        self.init(time: now, kind: .decisionMade)
        consumer = asker
        details["decisions"] = .array(decisions.map { .object($0.ledgerDetails) })
    }
}

extension DecisionOutcome {
    /// The decision as the ledger names it.
    var ledgerDetails: JSONObject {
        var details: JSONObject = ["decision": .string(result.decision.rawValue), "basis": .string("\(basis)")]
        if result.status.code != .ok { details["status"] = .string(result.status.code.rawValue) }
        guard let question else { return details }
        switch question.subject {
        case .party(let party): details["subject"] = .string(Self.name(party))
        case .systemUser(let id): details["subject_systemuser"] = .string(id.uuidString.lowercased())
        case .other(let owner): if !owner.isEmpty { details["subject_org_code"] = .string(owner) }
        }
        if let party = question.party { details["resource_party"] = .string(Self.name(party)) }
        details["resource"] = .string(question.resource.rawValue)
        if let action = question.action { details["operation"] = .string(action) }
        return details
    }

    private static func name(_ party: Party) -> String {
        switch party {
        case .organisation(let number): number.description
        case .person(let pseudonym): pseudonym.description
        }
    }
}
