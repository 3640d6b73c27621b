import Delegations
import FoundationEssentials
import JOSE
import Vocabulary
import XACML

/// Asks the decision point whether somebody may do something.
package struct Decide: Inquiry {
    package static let name = "decide"
    package static let summary = "Ask the decision point whether somebody may do something."
    package static let parameters = [
        Parameter("request", .object, "A request of the XACML 3.0 JSON profile; or what follows."),
        Parameter("subject", .text, "Who asks: an organisation, the UUID of a party, a pseudonym, `systemuser:UUID`."),
        Parameter("action", .text, "What is to be done."),
        Parameter("resource", .resource, "With which resource."),
        Parameter("party", .text, "Whose it is: an organisation, the UUID of a party, a pseudonym."),
        Parameter("explain", .flag, "Tell each step, and the rule, role path or record that decided."),
        Parameter("response", .flag, "The response of the JSON profile."),
    ]
    // A request may name persons by their numbers.
    package static let asksInBody = true
    package let arguments: Arguments
    private let request: XACMLRequest?
    private let isExplained: Bool
    private let isResponse: Bool

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        let isAsked = ["subject", "action", "resource", "party"].contains { arguments[$0] != nil }
        if let object = try arguments.object("request") {
            if isAsked { throw .usage("give a request, or subject, action and resource, not both") }
            do { request = try XACMLRequest(json: .object(object)) } catch {
                throw OperationFault(
                    .refused,
                    "request_malformed",
                    error.message ?? "no request of the JSON profile"
                )
            }
        } else {
            for name in ["subject", "action", "resource"] { _ = try arguments.requiredText(name) }
            request = nil
        }
        isExplained = try arguments.flag("explain")
        isResponse = try arguments.flag("response")
        if isExplained, isResponse { throw .usage("an explanation and the response contradict each other") }
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard context.viewer == .operator else {
            throw OperationFault(.notAllowed, "operator_only", "only the operator asks about everybody")
        }
        let point = DecisionPoint(reader, pseudonyms: try context.pseudonyms(.finding))
        let outcomes =
            if let request { try point.decide(request, at: context.now) } else {
                [try point.decide(try question(reader), at: context.now)]
            }
        var report = report(outcomes)
        let refused = outcomes.filter { !$0.isPermitted }
        if let first = refused.first {
            let message = first.result.status.message.map { ": \($0)" } ?? ""
            report.verdict = Report.Verdict(
                .negative,
                "not_permitted",
                refused.count == 1
                    ? "`\(first.result.decision.rawValue)` by \(first.basis)\(message)"
                    : "\(refused.count) of \(outcomes.count) are not permitted"
            )
        }
        return report
    }

    // MARK: The question

    private func question(_ reader: some OperationReader) throws -> DecisionQuestion {
        DecisionQuestion(
            subject: try Self.subject(try arguments.requiredText("subject"), reader),
            resource: try arguments.required("resource", arguments.resource),
            party: try arguments.text("party").map { try Self.party($0, reader) },
            action: try arguments.text("action")
        )
    }

    private static func subject(_ text: String, _ reader: some OperationReader) throws -> DecisionSubject {
        let prefix = "systemuser:"
        guard text.hasPrefix(prefix) else { return .party(try party(text, reader)) }
        guard let id = UUID(uuidString: String(text.dropFirst(prefix.count))) else {
            throw OperationFault.usage("`\(text)` names no system user: give `systemuser:` and its UUID")
        }
        return .systemUser(id)
    }

    /// National identity numbers stand in a request, never here.
    private static func party(_ text: String, _ reader: some OperationReader) throws -> Party {
        if let person = PersonPseudonym(parsing: text) { return .person(person) }
        if let uuid = PartyUUID(parsing: text) {
            guard let party = try reader.party(named: uuid) else {
                throw OperationFault(.absent, "party_not_found", "no party has the UUID `\(text)`")
            }
            return party
        }
        return .organisation(try Parsed.organisation(text))
    }

    // MARK: The answer

    private func report(_ outcomes: [DecisionOutcome]) -> Report {
        if isResponse {
            return Report(
                Record("decision-response", [.init("response", XACMLResponse(outcomes.map(\.result)).json)])
            )
        }
        if isExplained {
            let rows = outcomes.enumerated().flatMap { index, outcome in
                outcome.explanation.map { Explained(number: index + 1, step: $0.kind.rawValue, text: $0.text) }
                    + [Explained(number: index + 1, step: "decision", text: outcome.verdict)]
            }
            return Report(
                Table(
                    "decision-explanation",
                    rows,
                    columns: [
                        Column("request", outcomes.count > 1 ? .everywhere : .detail) { $0.number },
                        Column("step") { $0.step }, Column("text") { $0.text },
                    ]
                )
            )
        }
        guard outcomes.count > 1 else { return Report(Record("decision", outcomes.first?.members ?? [])) }
        return Report(
            Table(
                "decision-list",
                outcomes,
                columns: [
                    Column("decision") { $0.result.decision.rawValue },
                    Column("resource") { $0.question?.resource.rawValue },
                    Column("action") { $0.question?.action },
                    Column("decided_by") { "\($0.basis)" },
                    Column("message") { $0.result.status.message },
                ]
            )
        )
    }

    private struct Explained: Sendable {
        let number: Int
        let step: String
        let text: String
    }
}

extension DecisionOutcome {
    /// The decision as the members of a result.
    fileprivate var members: [OutputValue.Member] {
        [
            .init("decision", result.decision.rawValue), .init("decided_by", "\(basis)"),
            .init("status", result.status.code.rawValue), .init("message", result.status.message),
            .init("resource", question?.resource), .init("action", question?.action),
            .init("minimum_level", result.obligations.minimumLevel(forOrganisations: isOrganisations)),
            .init("obligations", result.obligations.map(\.identifier)),
        ]
    }

    /// The last line of an explanation.
    fileprivate var verdict: String {
        "`\(result.decision.rawValue)` by \(basis)" + (result.status.message.map { ": \($0)" } ?? "")
    }

    private var isOrganisations: Bool {
        switch question?.subject {
        case .party(let party): party.organisation != nil
        case .systemUser: true
        case .other, nil: false
        }
    }
}
