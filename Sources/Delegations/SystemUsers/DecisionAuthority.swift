public import Vocabulary
import XACML

/// The decision point and the rules of delegable rights, as what approvals and consents ask.
public struct DecisionAuthority<Reader: DecisionReader>: DelegationAuthority {
    private let reader: Reader
    private let now: Timestamp

    /// Answers over the facts that `reader` gives, at that time.
    public init(_ reader: Reader, at now: Timestamp) {
        self.reader = reader
        self.now = now
    }

    /// Whether a person may do an action on a resource of the delegation system itself, for a party.
    public func permits(
        _ action: String,
        on resource: ResourceID,
        to person: PersonPseudonym,
        level: Int,
        for party: Party
    ) throws -> Bool {
        let outcome = try decide(action, on: resource, by: .person(person), for: party)
        guard outcome.result.decision == .permit else { return false }
        // A permit is worth its obligations: the login must reach the level that the policy demands.
        return level >= outcome.result.obligations.minimumLevel(forOrganisations: false) ?? 0
    }

    /// Whether an organisation may do an action on a resource, in its own name.
    public func permits(
        _ action: String,
        on resource: ResourceID,
        to organisation: OrganisationNumber
    ) throws -> Bool {
        let party = Party.organisation(organisation)
        return try decide(action, on: resource, by: party, for: party).result.decision == .permit
    }

    /// Every action of a resource, and whether the person may give it on for the party.
    public func delegability(
        of id: ResourceID,
        by person: PersonPseudonym,
        level: Int,
        for party: Party
    ) throws -> [ActionDelegability] {
        guard let resource = try reader.resource(id) else { return [] }
        let rights = try DelegableRights(reader).rights(on: id, of: person, level: level, for: party, at: now)
        return try rights.map { right in
            ActionDelegability(action: right.action, obstacle: try obstacle(right, on: resource, for: party))
        }
    }

    private func obstacle(
        _ right: DelegableRight,
        on resource: Resource,
        for party: Party
    ) throws -> DelegationObstacle? {
        guard resource.isDelegable else { return .notDelegable }
        guard right.hasRight else {
            return switch right.ground {
            case .missingRole, .held, .mainAdministrator: .missingRole
            case .notTransferable: .missingDelegation
            case .undecided: .undecided
            }
        }
        guard right.reachesLevel else { return .levelTooLow }
        guard resource.accessListMode == .enabled else { return nil }
        // Persons are on no list, and fail wherever one is demanded (spec/altinn §4.4 step 8).
        guard let organisation = party.organisation else { return .accessList }
        let lists = try reader.accessLists(admitting: organisation, to: resource.identifier)
        return lists.contains { $0.connection.covers(right.action) } ? nil : .accessList
    }

    private func decide(
        _ action: String,
        on resource: ResourceID,
        by subject: Party,
        for party: Party
    ) throws -> DecisionOutcome {
        let question = DecisionQuestion(subject: .party(subject), resource: resource, party: party, action: action)
        return try DecisionPoint(reader).decide(question, at: now)
    }
}
