package import Administration
import Scopes
import Vocabulary

/// Assigns a free prefix of scopes to an organisation.
package struct AssignPrefix: OperatorAct {
    package static let name = "prefix-assign"
    package static let summary = "Assign a free prefix of scopes to an organisation."
    package static let parameters = [
        Parameter("prefix", .prefix, "The prefix, as `acme`.").required,
        Parameter("org", .organisation, "The organisation that shall own it.").required,
    ]
    package let arguments: Arguments
    private let prefix: ScopePrefix
    private let owner: OrganisationNumber

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        prefix = try arguments.required("prefix", arguments.prefix)
        owner = try arguments.required("org", arguments.organisation)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.assignPrefix(prefix, to: owner)
        return Report(
            Record(
                "prefix",
                [
                    .init("prefix", outcome.value.prefix), .init("owner_orgno", outcome.value.owner),
                    .init("result", outcome.hasChanged ? "assigned" : "already"),
                    .init("created", outcome.value.created),
                ]
            ),
            warnings: outcome.warnings.map(\.description)
        )
    }
}
