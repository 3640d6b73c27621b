import Delegations
import JOSE
import Vocabulary

/// Systems of vendors.
package struct ListSystems: Inquiry {
    package static let name = "system-list"
    package static let summary = "List systems."
    package static let parameters = [Parameter("vendor", .organisation, "Only those of this vendor.")]
    package let arguments: Arguments
    private let vendor: OrganisationNumber?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        vendor = try arguments.organisation("vendor")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let systems = try reader.systems(of: vendor).filter { $0.isVisible || context.viewer.isOne(of: $0.vendor) }
        return Report(Table("system-list", systems, whenEmpty: "there is no system", columns: Self.columns))
    }

    private static let columns: [Column<RegisteredSystem>] = [
        Column("id") { $0.id.rawValue },
        Column("vendor_orgno", title: "VENDOR") { $0.vendor },
        Column("name") { $0.name.preferred },
        Column("clients") { $0.clients.map(\.rawValue) },
        Column("rights", .detail) { $0.rights.map(\.description) },
        Column("packages", .detail) { $0.packages },
        Column("visible", .detail) { $0.isVisible },
        Column("created", .detail) { $0.created },
    ]
}

/// A system and its change log.
package struct ShowSystem: Inquiry {
    package static let name = "system-show"
    package static let summary = "Show a system and its change log."
    package static let parameters = [Parameter("system", .text, "The system.").required]
    package let arguments: Arguments
    private let id: SystemID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.required("system", arguments.system)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard context.viewer.isOne(of: id.vendor), let system = try reader.system(id) else {
            throw OperationFault.absent("system", "\(id)")
        }
        let changes = try reader.changes(of: id).map(\.jsonObject)
        return Report(SystemOutput.record(system, [.init("changes", changes)]))
    }
}

/// How systems are shown.
enum SystemOutput {
    /// The members of the API, and what was done.
    static func record(
        _ system: RegisteredSystem,
        _ more: [OutputValue.Member] = [],
        result: String? = nil
    ) -> Record {
        Record("system", system.jsonObject.members.map { .init($0.name, $0.value) } + more + named(result))
    }

    /// What was done, as a member.
    static func named(_ result: String?) -> [OutputValue.Member] { result.map { [.init("result", $0)] } ?? [] }
}
