package import Administration
package import Delegations
package import Vocabulary

/// What several acts on access lists take.
enum AccessListArguments {
    static let list = Parameter("list", .text, "The list: its owner and identifier, as `310000124:trusted-readers`.")
        .required
    static let organisations = Parameter("org", .organisation, "An organisation.").list.required
    static let resource = Parameter("resource", .resource, "The resource.").required

    /// What became of a list.
    static func report(
        _ id: AccessListID,
        _ more: [OutputValue.Member],
        result: String,
        warnings: [String] = []
    ) -> Report {
        Report(
            Record("access-list-state", [.init("access_list", id)] + more + [.init("result", result)]),
            warnings: warnings
        )
    }

    /// What became of each of its members.
    static func report(_ id: AccessListID, _ members: [(number: OrganisationNumber, result: String)]) -> Report {
        Report(
            Table(
                "access-list-members",
                members,
                facts: [.init("access_list", id)],
                columns: [Column("organisation_number", title: "ORG") { $0.number }, Column("result") { $0.result }]
            )
        )
    }
}

/// Makes a list, or gives it another name or description.
package struct SetAccessList: OperatorAct {
    package static let name = "accesslist-set"
    package static let summary = "Make a list, or give it another name or description."
    package static let parameters = [
        AccessListArguments.list,
        Parameter("name", .text, "What people call it.").required,
        Parameter("description", .text, "What it is for."),
    ]
    package let arguments: Arguments
    private let id: AccessListID
    private let title: String
    private let description: String?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.accessList("list")
        title = try arguments.requiredText("name")
        description = try arguments.text("description")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.setAccessList(id, name: title, description: description)
        return AccessListArguments.report(
            id,
            [.init("name", outcome.value.name)],
            result: outcome.hasChanged ? "set" : "already",
            warnings: outcome.warnings.map(\.description)
        )
    }
}

/// Forgets a list; who had a right by it alone has none after.
package struct DeleteAccessList: OperatorAct {
    package static let name = "accesslist-delete"
    package static let summary = "Forget a list; who had a right by it alone has none after."
    package static let parameters = [AccessListArguments.list]
    package let arguments: Arguments
    /// The list.
    package let id: AccessListID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.accessList("list")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        try administration.deleteAccessList(id)
        return AccessListArguments.report(id, [], result: "deleted")
    }
}

/// Puts organisations on a list.
package struct AddAccessListMembers: OperatorAct {
    package static let name = "accesslist-add"
    package static let summary = "Put organisations on a list."
    package static let parameters = [AccessListArguments.list, AccessListArguments.organisations]
    package let arguments: Arguments
    private let id: AccessListID
    private let organisations: [OrganisationNumber]

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.accessList("list")
        organisations = try arguments.organisations("org")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcomes = try organisations.map { ($0, try administration.addMember($0, to: id)) }
        var report = AccessListArguments.report(id, outcomes.map { ($0.0, $0.1.hasChanged ? "added" : "already") })
        report.warnings = outcomes.flatMap { $0.1.warnings.map(\.description) }
        return report
    }
}

/// Takes organisations off a list.
package struct RemoveAccessListMembers: OperatorAct {
    package static let name = "accesslist-remove"
    package static let summary = "Take organisations off a list."
    package static let parameters = [AccessListArguments.list, AccessListArguments.organisations]
    package let arguments: Arguments
    /// The list.
    package let id: AccessListID
    /// Those who are taken off.
    package let organisations: [OrganisationNumber]

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.accessList("list")
        organisations = try arguments.organisations("org")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        AccessListArguments.report(
            id,
            try organisations.map { ($0, try administration.removeMember($0, from: id) ? "removed" : "already") }
        )
    }
}

/// Makes a list count for a resource of its owner's.
package struct ConnectAccessList: OperatorAct {
    package static let name = "accesslist-connect"
    package static let summary = "Make a list count for a resource of its owner's."
    package static let parameters = [
        AccessListArguments.list, AccessListArguments.resource,
        Parameter("action", .text, "Only for this action.").list,
    ]
    package let arguments: Arguments
    private let id: AccessListID
    private let resource: ResourceID
    private let actions: [String]

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.accessList("list")
        resource = try arguments.required("resource", arguments.resource)
        actions = try arguments.texts("action")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.connect(id, to: resource, actions: actions)
        return AccessListArguments.report(
            id,
            [.init("resource", resource), .init("actions", outcome.value.actions)],
            result: outcome.hasChanged ? "connected" : "already"
        )
    }
}

/// Makes a list count for a resource no more.
package struct DisconnectAccessList: OperatorAct {
    package static let name = "accesslist-disconnect"
    package static let summary = "Make a list count for a resource no more."
    package static let parameters = [AccessListArguments.list, AccessListArguments.resource]
    package let arguments: Arguments
    /// The list.
    package let id: AccessListID
    /// The resource.
    package let resource: ResourceID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.accessList("list")
        resource = try arguments.required("resource", arguments.resource)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        AccessListArguments.report(
            id,
            [.init("resource", resource)],
            result: try administration.disconnect(id, from: resource) ? "disconnected" : "already"
        )
    }
}
