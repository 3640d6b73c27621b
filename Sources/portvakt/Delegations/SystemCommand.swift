import Administration
import ArgumentParser
import Delegations
import JOSE
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt system`.
struct SystemCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "system",
        abstract: "Keep the register of vendors' systems.",
        subcommands: [SystemCreate.self, SystemDelete.self, SystemList.self, SystemShow.self, SystemUpdate.self]
    )
}

/// `portvakt system create FILE`.
struct SystemCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Register a system.",
        discussion: """
            The file holds one JSON object as Altinn's system register has it: `id`, `vendor`, `name`, `rights`, \
            `accessPackages`, `clientId`, `allowedRedirectUrls`.
            """
    )

    @Argument(help: ArgumentHelp("The record; - is stdin.", valueName: "file"), completion: .file()) var file: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let draft = SystemDraft(reading: try JSONFile.object(file))
        let outcome = try options.administer { try $0.registerSystem(draft) }
        options.warn(outcome.warnings)
        try options.print(SystemOutput.record(outcome.value, result: "created"))
    }
}

/// `portvakt system update FILE`.
struct SystemUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Give a system new values.",
        discussion: "The file holds the whole record. System users keep the rights that their owners gave them."
    )

    @Argument(help: ArgumentHelp("The record; - is stdin.", valueName: "file"), completion: .file()) var file: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let draft = SystemDraft(reading: try JSONFile.object(file))
        guard let id = draft.id else { throw SystemFaults(draft.faults) }
        let outcome = try options.administer { try $0.changeSystem(id, to: draft) }
        try options.print(SystemOutput.record(outcome.value, result: outcome.hasChanged ? "changed" : "already"))
    }
}

/// `portvakt system list`.
struct SystemList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List systems.")

    @Option(help: ArgumentHelp("Only those of this vendor.", valueName: "org")) var vendor: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let vendor = try vendor.map { text throws(CLIError) in try Typed.organisation(text) }
        let systems = try options.look { try $0.systems(of: vendor) }
        try options.print(
            Table(
                "system-list",
                systems,
                whenEmpty: "there is no system",
                columns: [
                    Column("id") { $0.id.rawValue },
                    Column("vendor_orgno", title: "VENDOR") { $0.vendor },
                    Column("name") { $0.name.preferred },
                    Column("clients") { $0.clients.map(\.rawValue) },
                    Column("rights", .detail) { $0.rights.map(\.description) },
                    Column("packages", .detail) { $0.packages },
                    Column("visible", .detail) { $0.isVisible },
                    Column("created", .detail) { $0.created },
                ]
            )
        )
    }
}

/// `portvakt system show ID`.
struct SystemShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a system and its change log.")

    @Argument(help: "The system.") var id: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.system(id)
        let (system, changes) = try options.look { (try $0.system(id), try $0.changes(of: id)) }
        guard let system else { throw CLIError.notFound("system", "\(id)") }
        try options.print(SystemOutput.record(system, [.init("changes", changes.map(\.jsonObject))]))
    }
}

/// `portvakt system delete ID`.
struct SystemDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a system, its system users and the clients of its agents.",
        discussion:
            "Requests that wait are denied. The identifier stays taken. No token is issued from the next second on."
    )

    @Argument(help: "The system.") var id: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.system(id)
        let users = try options.look { try $0.systemUsers(ofSystem: id).count }
        try options.confirm("delete the system `\(id)` and its \(users) system user\(users == 1 ? "" : "s")")
        let outcome = try options.administer { try $0.deleteSystem(id) }
        try options.print(SystemOutput.record(outcome.value, result: "deleted"))
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

/// JSON files named on the command line.
enum JSONFile {
    /// Reads a file that holds one JSON object.
    static func object(_ path: String) throws(CLIError) -> JSONObject {
        let bytes = try InputFile.read(path)
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes) } catch {
            throw .usage("`\(path)` is no JSON: \(error)")
        }
        guard let object = value.object else { throw .usage("`\(path)` does not hold a JSON object") }
        return object
    }
}
