import Administration
import ArgumentParser
import Delegations
import JOSE
import Operations
import SQLiteStorage
import Scopes
import Vocabulary
import XACML

/// `portvakt resource`.
struct ResourceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resource",
        abstract: "Keep the registry of what can be delegated or consented to.",
        subcommands: [
            ResourceCreate.self, ResourceDelete.self, ResourceList.self, ResourcePolicy.self, ResourceShow.self,
            ResourceUpdate.self,
        ]
    )
}

/// Reads a resource from a file, and for whom it may be kept.
enum ResourceFile {
    /// The record in a file of JSON.
    static func read(_ path: String) throws(CLIError) -> Resource {
        let text = try InputFile.read(path)
        guard let object = (try? JSONValue(parsing: text))?.object else {
            throw CLIError("resource_malformed", "`\(path)` is no JSON object")
        }
        do throws(ResourceRecordFault) {
            return try Resource(reading: object)
        } catch {
            throw CLIError("resource_malformed", "`\(path)`: \(error)")
        }
    }
}

extension Administration {
    /// At the data folder a resource is kept in the name of its competent authority, with the prefixes that it owns.
    fileprivate func caller(for resource: Resource) throws -> ResourceCaller {
        guard let owner = resource.competentAuthority?.organisation else { return .administrator }
        let prefixes = try transaction.prefixAssignments().filter { $0.owner == owner }.map(\.prefix)
        return .organisation(owner, prefixes: Set(prefixes))
    }
}

/// `portvakt resource create FILE`.
struct ResourceCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Put a resource into the registry.",
        discussion: """
            The file holds one JSON object as Altinn's resource registry has it. Its competent authority must own the prefixes of \
            the scopes that it refers to.
            """
    )

    @Argument(help: ArgumentHelp("The record; - is stdin.", valueName: "file"), completion: .file()) var file: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let resource = try ResourceFile.read(file)
        let outcome = try options.administer { administration in
            try administration.createResource(resource, for: try administration.caller(for: resource))
        }
        options.warn(outcome.warnings)
        try options.print(ResourceOutput.record(outcome.value, result: "created"))
    }
}

/// `portvakt resource update FILE`.
struct ResourceUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update",
        abstract: "Put a new version of a resource into the registry.",
        discussion: "The old versions stay. The same record again changes nothing."
    )

    @Argument(help: ArgumentHelp("The record; - is stdin.", valueName: "file"), completion: .file()) var file: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let resource = try ResourceFile.read(file)
        let outcome = try options.administer { administration in
            try administration.updateResource(resource, for: try administration.caller(for: resource))
        }
        options.warn(outcome.warnings)
        try options.print(ResourceOutput.record(outcome.value, result: outcome.hasChanged ? "changed" : "already"))
    }
}

/// `portvakt resource list`.
struct ResourceList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List resources.",
        discussion: """
            Scopes whose delegations are registered here have a resource of their own from the start, which is listed with \
            `--scope` only.
            """
    )

    @Option(help: ArgumentHelp("Only those of this competent authority.", valueName: "org")) var org: String?
    @Option(help: "Only those of this type.") var type: String?
    @Option(help: "Only those that bundle this scope.") var scope: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        var query = ResourceQuery()
        query.owner = try org.map { text throws(CLIError) in try Typed.organisation(text) }
        query.type = try type.map { text throws(CLIError) in
            guard let type = ResourceType(rawValue: text) else {
                let words = ResourceType.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw .usage("`\(text)` is no type of resource", hint: "one of \(words)")
            }
            return type
        }
        let named = try scope.map { text throws(CLIError) in try Typed.scope(text) }
        let resources = try options.look { reader in
            guard let named else { return try reader.resources(query) }
            return try reader.resources(referencing: named).filter { resource in
                (query.owner == nil || resource.competentAuthority?.organisation == query.owner)
                    && (query.type == nil || resource.type == query.type)
            }
        }
        try options.print(
            Table(
                "resource-list",
                resources,
                whenEmpty: "there is no such resource",
                columns: [
                    Column("identifier", title: "ID") { $0.identifier },
                    Column("resource_type", title: "TYPE") { $0.type.rawValue },
                    Column("title") { $0.title.preferred },
                    Column("owner") { $0.competentAuthority?.organisation },
                    Column("scopes") { $0.scopes },
                    Column("delegable") { $0.isDelegable },
                    Column("version") { $0.versionID },
                    Column("last_changed", .detail) { $0.lastChanged },
                ]
            )
        )
    }
}

/// `portvakt resource show ID`.
struct ResourceShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a resource, or one of its versions."
    )

    @Argument(help: "The resource.") var id: String

    @Option(help: ArgumentHelp("A version of it (default: the newest).", valueName: "number")) var version: Int64?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.resource(id)
        let (found, subjects) = try options.look { reader in
            let resource =
                try version.map { number in try reader.versions(of: id).first { $0.versionID == number } }
                ?? reader.resource(id)
            return (resource, try reader.policy(of: id)?.subjects ?? [])
        }
        guard let found else { throw AdministrationRefusal.unknownResource(id) }
        try options.print(
            Record(
                "resource",
                found.jsonObject.members.map { .init($0.name, $0.value) } + [
                    .init("lastChanged", found.lastChanged),
                    .init("policySubjects", subjects.map { "\($0.identifier)=\($0.value)" }),
                ]
            )
        )
    }
}

/// `portvakt resource delete ID`.
struct ResourceDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Take a resource out of the registry; its versions stay on record.",
        discussion: "A resource that is delegated is refused, unless its delegations end with it."
    )

    @Argument(help: "The resource.") var id: String

    @Flag(help: "End its delegations with it.") var endDelegations = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.resource(id)
        try options.confirm("delete the resource `\(id)`")
        let outcome = try options.administer {
            try $0.deleteResource(id, endingDelegations: endDelegations, for: .administrator)
        }
        try options.print(
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

/// `portvakt resource policy ID [FILE]`.
struct ResourcePolicy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Upload the policy of a resource, or show what it says.",
        discussion: "The file is an XACML 3.0 document. Without a file the rights that the policy gives are listed."
    )

    @Argument(help: "The resource.") var id: String

    @Argument(help: ArgumentHelp("The policy; - is stdin.", valueName: "file"), completion: .file()) var file: String?

    @Flag(help: "Print the document itself.") var document = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if document, file != nil { throw ValidationError("--document shows a policy, and a file uploads one.") }
    }

    func run() async throws {
        let id = try Typed.resource(id)
        if let file {
            let policy = try PolicyDocument(parsing: try InputFile.read(file))
            let outcome = try options.administer { try $0.setPolicy(policy, of: id, for: .administrator) }
            return try options.print(
                Record(
                    "resource-policy",
                    [.init("identifier", id), .init("result", outcome.hasChanged ? "uploaded" : "already")]
                )
            )
        }
        if document {
            guard let content = try options.look({ try $0.policyDocument(of: id) }) else { throw missing(id) }
            return try Console.current.write(String(decoding: content, as: UTF8.self))
        }
        guard let policy = try options.look({ try $0.policy(of: id) }) else { throw missing(id) }
        try options.print(
            Table(
                "resource-right-list",
                policy.rights,
                facts: [.init("identifier", id), .init("policy", policy.identifier)],
                whenEmpty: "the policy permits nothing",
                columns: [
                    Column("action") { $0.action.map(\.value) },
                    Column("resource", .detail) { $0.resource.map { "\($0.identifier)=\($0.value)" } },
                    Column("subjects") { right in
                        right.subjects.map { $0.map { "\($0.identifier)=\($0.value)" }.joined(separator: "+") }
                    },
                ]
            )
        )
    }

    private func missing(_ id: ResourceID) -> CLIError { CLIError("policy_not_found", "`\(id)` has no policy") }
}

/// Resources as results.
private enum ResourceOutput {
    static func record(_ resource: Resource, result: String) -> Record {
        Record(
            "resource-state",
            [
                .init("identifier", resource.identifier), .init("resource_type", resource.type.rawValue),
                .init("version", resource.versionID), .init("scopes", resource.scopes), .init("result", result),
            ]
        )
    }
}
