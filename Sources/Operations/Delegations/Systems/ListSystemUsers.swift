import Delegations
import FoundationEssentials
import JOSE
import Vocabulary

/// System users, or requests for them.
package struct ListSystemUsers: Inquiry {
    package static let name = "systemuser-list"
    package static let summary = "List system users, or requests for them."
    package static let parameters = [
        Parameter("org", .organisation, "Those of this owner."),
        Parameter("system", .text, "Those of this system."),
        Parameter("requests", .flag, "List requests instead."),
    ]
    package let arguments: Arguments
    private let owner: OrganisationNumber?
    private let system: SystemID?
    private let listsRequests: Bool

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        owner = try arguments.organisation("org")
        system = try arguments.system("system")
        listsRequests = try arguments.flag("requests")
        if owner == nil, system == nil { throw .usage("name an owner, a system, or both") }
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard context.viewer.isOne(of: owner, system?.vendor) else {
            throw OperationFault(
                .notAllowed,
                "systemusers_not_yours",
                "an organisation lists its own system users only"
            )
        }
        return listsRequests ? try requests(reader, at: context.now) : try users(reader)
    }

    private func users(_ reader: some OperationReader) throws -> Report {
        let users =
            if let owner { try reader.systemUsers(of: owner, system: system) } else {
                try system.map { try reader.systemUsers(ofSystem: $0) } ?? []
            }
        return Report(
            Table(
                "systemuser-list",
                users,
                whenEmpty: "there is no system user",
                columns: [
                    Column("id") { $0.id.uuidString.lowercased() },
                    Column("owner_orgno", title: "OWNER") { $0.owner },
                    Column("system") { $0.system.rawValue },
                    Column("type") { $0.kind.rawValue },
                    Column("external_ref") { $0.externalRef },
                    Column("rights", .detail) { $0.rights.map(\.description) },
                    Column("packages", .detail) { $0.packages },
                    Column("created") { $0.created },
                    Column("basis", .detail) { $0.basis },
                ]
            )
        )
    }

    private func requests(_ reader: some OperationReader, at now: Timestamp) throws -> Report {
        let requests =
            if let owner {
                try reader.systemUserRequests(to: owner).filter { system == nil || $0.system == system }
            } else { try system.map { try reader.systemUserRequests(of: $0) } ?? [] }
        return Report(
            Table(
                "systemuser-requests",
                requests,
                whenEmpty: "there is no request",
                columns: [
                    Column("id") { $0.id.uuidString.lowercased() },
                    Column("customer_orgno", title: "CUSTOMER") { $0.customer },
                    Column("system") { $0.system.rawValue },
                    Column("type") { $0.kind.rawValue },
                    Column("external_ref") { $0.externalRef },
                    Column("status") { $0.status(at: now).rawValue },
                    Column("escalated", .detail) { $0.isEscalated },
                    Column("created") { $0.created },
                ]
            )
        )
    }
}

/// How system users and requests for them are shown.
enum SystemUserOutput {
    /// A system user, by the members of the API.
    static func record(_ user: SystemUser, result: String) -> Record {
        Record("systemuser", user.jsonObject.members.map { .init($0.name, $0.value) } + SystemOutput.named(result))
    }

    /// A request.
    static func record(_ request: SystemUserRequest, at now: Timestamp, result: String) -> Record {
        Record(
            "systemuser-request",
            [
                .init("id", request.id.uuidString.lowercased()), .init("system", request.system.rawValue),
                .init("customer_orgno", request.customer), .init("type", request.kind.rawValue),
                .init("external_ref", request.externalRef), .init("rights", request.rights.map(\.description)),
                .init("packages", request.packages), .init("status", request.status(at: now).rawValue),
                .init("created", request.created), .init("result", result),
            ]
        )
    }

    /// A change request.
    static func record(_ request: SystemUserChangeRequest, at now: Timestamp, result: String) -> Record {
        Record(
            "systemuser-change",
            [
                .init("id", request.id.uuidString.lowercased()),
                .init("systemuser", request.systemUser.uuidString.lowercased()),
                .init("required_rights", request.requiredRights.map(\.description)),
                .init("unwanted_rights", request.unwantedRights.map(\.description)),
                .init("required_packages", request.requiredPackages),
                .init("unwanted_packages", request.unwantedPackages),
                .init("status", request.status(at: now).rawValue), .init("created", request.created),
                .init("result", result),
            ]
        )
    }
}
