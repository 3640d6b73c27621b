package import Administration
import Delegations
package import FoundationEssentials
import Vocabulary

/// What acts on one system user or one request take: which, and on whose right.
struct SystemUserAnswer: Sendable {
    static func parameters(_ meaning: String) -> [Parameter] {
        [Parameter("id", .text, meaning).required] + ActingPerson.parameters
    }

    let id: UUID
    let acting: ActingPerson

    init(_ arguments: Arguments) throws(OperationFault) {
        id = try arguments.identifier("id")
        acting = try ActingPerson(arguments)
    }
}

/// Approves a request for a system user, or for a change of one.
package struct ApproveSystemUser: OperatorAct {
    package static let name = "systemuser-approve"
    package static let summary = "Approve a request for a system user, or for a change of one."
    package static let parameters = SystemUserAnswer.parameters("The request.")
    package let arguments: Arguments
    private let given: SystemUserAnswer

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try SystemUserAnswer(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let right = try given.acting.right(administration.transaction, context)
        let outcome =
            try administration.transaction.changeRequest(given.id) != nil
            ? administration.approveChangeRequest(given.id, on: right)
            : administration.approveSystemUserRequest(given.id, on: right)
        return Report(
            SystemUserOutput.record(outcome.value, result: "approved"),
            warnings: outcome.warnings.map(\.description)
        )
    }
}

/// Refuses a request for a system user, or for a change of one.
package struct RejectSystemUser: OperatorAct {
    package static let name = "systemuser-reject"
    package static let summary = "Refuse a request for a system user, or for a change of one."
    package static let parameters = SystemUserAnswer.parameters("The request.")
    package let arguments: Arguments
    private let given: SystemUserAnswer

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try SystemUserAnswer(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let right = try given.acting.right(administration.transaction, context)
        guard try administration.transaction.changeRequest(given.id) != nil else {
            let request = try administration.rejectSystemUserRequest(given.id, on: right).value
            return Report(SystemUserOutput.record(request, at: context.now, result: "rejected"))
        }
        let request = try administration.rejectChangeRequest(given.id, on: right).value
        return Report(SystemUserOutput.record(request, at: context.now, result: "rejected"))
    }
}

/// Deletes a system user; an agent must have no clients left.
package struct DeleteSystemUser: OperatorAct {
    package static let name = "systemuser-delete"
    package static let summary = "Delete a system user."
    package static let parameters = SystemUserAnswer.parameters("The system user.")
    package let arguments: Arguments
    private let given: SystemUserAnswer

    /// The system user.
    package var id: UUID { given.id }

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try SystemUserAnswer(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let right = try given.acting.right(administration.transaction, context)
        let outcome = try administration.deleteSystemUser(given.id, on: right)
        return Report(SystemUserOutput.record(outcome.value, result: outcome.hasChanged ? "deleted" : "already"))
    }
}
