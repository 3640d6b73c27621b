package import Administration
import Delegations
package import FoundationEssentials
import Vocabulary

/// Asks for consent; the same request again gives the one that is stored.
package struct RequestConsent: OperatorAct {
    package static let name = "consent-request"
    package static let summary = "Ask for consent."
    package static let parameters = [
        Parameter("request", .object, "The request, as Altinn's consent API has it.").required
    ]
    package let arguments: Arguments
    private let draft: ConsentDraft

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        draft = ConsentDraft(reading: try arguments.required("request", arguments.object))
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let key = try context.keptPseudonyms(administration.transaction)
        let outcome = try administration.requestConsent(draft, under: key)
        return Report(
            ConsentOutput.record(
                outcome.value,
                at: context.now,
                result: outcome.hasChanged ? "requested" : "already"
            )
        )
    }
}

/// What an answer to a request for consent takes: which, and on whose right.
struct ConsentAnswer: Sendable {
    static let parameters = [Parameter("id", .text, "The consent.").required] + ActingPerson.parameters

    let id: UUID
    private let acting: ActingPerson

    init(_ arguments: Arguments) throws(OperationFault) {
        id = try arguments.identifier("id")
        acting = try ActingPerson(arguments)
    }

    /// Gives the answer and tells what came of it.
    func perform<Transaction: OperationTransaction>(
        in administration: Administration<Transaction>,
        _ context: OperationContext,
        _ result: String,
        _ answer: (UUID, ActingRight) throws -> AdministrationOutcome<ConsentRequest>
    ) throws -> Report {
        let outcome = try answer(id, try acting.right(administration.transaction, context))
        return Report(
            ConsentOutput.record(outcome.value, at: context.now, result: outcome.hasChanged ? result : "already")
        )
    }
}

/// Gives consent.
package struct AcceptConsent: OperatorAct {
    package static let name = "consent-accept"
    package static let summary = "Give consent."
    package static let parameters = ConsentAnswer.parameters
    package let arguments: Arguments
    private let given: ConsentAnswer

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try ConsentAnswer(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        try given.perform(in: administration, context, "accepted") { try administration.acceptConsent($0, on: $1) }
    }
}

/// Refuses consent.
package struct RejectConsent: OperatorAct {
    package static let name = "consent-reject"
    package static let summary = "Refuse consent."
    package static let parameters = ConsentAnswer.parameters
    package let arguments: Arguments
    private let given: ConsentAnswer

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try ConsentAnswer(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        try given.perform(in: administration, context, "rejected") { try administration.rejectConsent($0, on: $1) }
    }
}

/// Withdraws consent: no token rests on it from the next second on.
package struct RevokeConsent: OperatorAct {
    package static let name = "consent-revoke"
    package static let summary = "Withdraw consent."
    package static let parameters = ConsentAnswer.parameters
    package let arguments: Arguments
    private let given: ConsentAnswer

    /// The consent.
    package var id: UUID { given.id }

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try ConsentAnswer(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        try given.perform(in: administration, context, "revoked") { try administration.revokeConsent($0, on: $1) }
    }
}
