package import Administration
import Delegations
import FoundationEssentials
import Vocabulary

/// Asks a customer for a system user, as the system's vendor would.
package struct RequestSystemUser: OperatorAct {
    package static let name = "systemuser-request"
    package static let summary = "Ask a customer for a system user, as the system's vendor would."
    package static let parameters = [
        Parameter("system", .text, "The system.").required,
        Parameter("org", .organisation, "The customer.").required,
        Parameter("agent", .flag, "Ask for an agent, which acts for the customer's own clients."),
        Parameter("external_ref", .text, "The vendor's name for it; the customer's number if not given."),
        Parameter("title", .text, "The name shown to the customer."),
        Parameter("right", .text, "A right: a resource, or a resource, `#` and an action.").list,
        Parameter("package", .text, "An access package.").list,
        Parameter("redirect_url", .text, "Where the customer is sent afterwards."),
    ]
    package let arguments: Arguments
    private let draft: SystemUserRequestDraft
    private let kind: SystemUserKind

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        draft = SystemUserRequestDraft(
            system: try arguments.required("system", arguments.system),
            customer: try arguments.required("org", arguments.organisation),
            externalRef: try arguments.text("external_ref"),
            integrationTitle: try arguments.text("title"),
            rights: try arguments.rights("right"),
            packages: try arguments.packages("package"),
            redirectURL: try arguments.text("redirect_url")
        )
        kind = try arguments.flag("agent") ? .agent : .standard
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.requestSystemUser(draft, kind: kind)
        return Report(
            SystemUserOutput.record(outcome.value, at: context.now, result: "requested"),
            warnings: outcome.warnings.map(\.description)
        )
    }
}

/// Asks the owner of a system user for other rights, as the system's vendor would.
package struct RequestSystemUserChange: OperatorAct {
    package static let name = "systemuser-change"
    package static let summary = "Ask the owner of a system user for other rights, as the system's vendor would."
    package static let parameters = [
        Parameter("id", .text, "The system user.").required,
        Parameter("right", .text, "A right that it shall have.").list,
        Parameter("package", .text, "A package that it shall have.").list,
        Parameter("without_right", .text, "A right that it shall lose.").list,
        Parameter("without_package", .text, "A package that it shall lose.").list,
    ]
    package let arguments: Arguments
    private let id: UUID
    private let draft: SystemUserChangeDraft

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.identifier("id")
        draft = SystemUserChangeDraft(
            requiredRights: try arguments.rights("right"),
            unwantedRights: try arguments.rights("without_right"),
            requiredPackages: try arguments.packages("package"),
            unwantedPackages: try arguments.packages("without_package")
        )
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.requestSystemUserChange(draft, of: id)
        return Report(SystemUserOutput.record(outcome.value, at: context.now, result: "requested"))
    }
}
