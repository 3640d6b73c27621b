package import Administration
package import Delegations
import JOSE
import Vocabulary

/// Registers a system.
package struct CreateSystem: OperatorAct {
    package static let name = "system-create"
    package static let summary = "Register a system."
    package static let parameters = [
        Parameter("record", .object, "The record, as Altinn's system register has it.").required
    ]
    package let arguments: Arguments
    private let draft: SystemDraft

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        draft = SystemDraft(reading: try arguments.required("record", arguments.object))
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.registerSystem(draft)
        return Report(
            SystemOutput.record(outcome.value, result: "created"),
            warnings: outcome.warnings.map(\.description)
        )
    }
}

/// Gives a system new values; system users keep the rights that their owners gave them.
package struct UpdateSystem: OperatorAct {
    package static let name = "system-update"
    package static let summary = "Give a system new values."
    package static let parameters = [
        Parameter("record", .object, "The whole record, as Altinn's system register has it.").required
    ]
    package let arguments: Arguments
    private let draft: SystemDraft
    private let id: SystemID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        draft = SystemDraft(reading: try arguments.required("record", arguments.object))
        guard let id = draft.id else { throw OperationFault(SystemFaults(draft.faults)) }
        self.id = id
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.changeSystem(id, to: draft)
        return Report(SystemOutput.record(outcome.value, result: outcome.hasChanged ? "changed" : "already"))
    }
}

/// Deletes a system, its system users and the clients of its agents.
package struct DeleteSystem: OperatorAct {
    package static let name = "system-delete"
    package static let summary = "Delete a system, its system users and the clients of its agents."
    package static let parameters = [Parameter("system", .text, "The system.").required]
    package let arguments: Arguments
    /// The system.
    package let id: SystemID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.required("system", arguments.system)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        Report(SystemOutput.record(try administration.deleteSystem(id).value, result: "deleted"))
    }
}
