package import Administration
package import Delegations
import JOSE
import Scopes
import Vocabulary

/// A record of the resource registry, as it came.
struct ResourceArgument: Sendable {
    static let parameters = [
        Parameter("record", .object, "The record, as Altinn's resource registry has it.").required
    ]

    let resource: Resource

    init(_ arguments: Arguments) throws(OperationFault) {
        let object = try arguments.required("record", arguments.object)
        do throws(ResourceRecordFault) { resource = try Resource(reading: object) } catch {
            throw OperationFault(.refused, "resource_malformed", "\(error)")
        }
    }

    /// The operator keeps a resource in the name of its competent authority, with the prefixes that it owns.
    func caller<Transaction: OperationTransaction>(
        _ administration: Administration<Transaction>
    ) throws -> Administration<Transaction>.ResourceCaller {
        guard let owner = resource.competentAuthority?.organisation else { return .administrator }
        let prefixes = try administration.transaction.prefixAssignments().filter { $0.owner == owner }.map(\.prefix)
        return .organisation(owner, prefixes: Set(prefixes))
    }

    static func report(_ outcome: AdministrationOutcome<Resource>, _ result: String) -> Report {
        let resource = outcome.value
        return Report(
            Record(
                "resource-state",
                [
                    .init("identifier", resource.identifier), .init("resource_type", resource.type.rawValue),
                    .init("version", resource.versionID), .init("scopes", resource.scopes),
                    .init("result", outcome.hasChanged ? result : "already"),
                ]
            ),
            warnings: outcome.warnings.map(\.description)
        )
    }
}

/// Puts a resource into the registry.
package struct CreateResource: OperatorAct {
    package static let name = "resource-create"
    package static let summary = "Put a resource into the registry."
    package static let parameters = ResourceArgument.parameters
    package let arguments: Arguments
    private let given: ResourceArgument

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try ResourceArgument(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.createResource(given.resource, for: try given.caller(administration))
        return ResourceArgument.report(outcome, "created")
    }
}

/// Puts a new version of a resource into the registry; the same record again changes nothing.
package struct UpdateResource: OperatorAct {
    package static let name = "resource-update"
    package static let summary = "Put a new version of a resource into the registry."
    package static let parameters = ResourceArgument.parameters
    package let arguments: Arguments
    private let given: ResourceArgument

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        given = try ResourceArgument(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.updateResource(given.resource, for: try given.caller(administration))
        return ResourceArgument.report(outcome, "changed")
    }
}

/// Takes a resource out of the registry; its versions stay on record.
package struct DeleteResource: OperatorAct {
    package static let name = "resource-delete"
    package static let summary = "Take a resource out of the registry; its versions stay on record."
    package static let parameters = [
        Parameter("resource", .resource, "The resource.").required,
        Parameter("end_delegations", .flag, "End its delegations with it."),
    ]
    package let arguments: Arguments
    /// The resource.
    package let id: ResourceID
    private let endsDelegations: Bool

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.required("resource", arguments.resource)
        endsDelegations = try arguments.flag("end_delegations")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.deleteResource(id, endingDelegations: endsDelegations, for: .administrator)
        return Report(
            Record(
                "resource-state",
                [
                    .init("identifier", id), .init("result", "deleted"),
                    .init("delegations_ended", outcome.value.count),
                ]
            )
        )
    }
}
