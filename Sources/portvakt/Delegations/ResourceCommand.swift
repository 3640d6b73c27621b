import ArgumentParser
import Operations

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

    func run() async throws { try await options.perform(CreateResource(["record": try JSONFile.object(file)])) }
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

    func run() async throws { try await options.perform(UpdateResource(["record": try JSONFile.object(file)])) }
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

    @Option(help: ArgumentHelp("Only those of this competent authority.", valueName: "org"), completion: .organisations)
    var org: String?
    @Option(help: "Only those of this type.") var type: String?
    @Option(help: "Only those that bundle this scope.", completion: .scopes) var scope: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ListResources(["org": org, "type": type, "scope": scope])) }
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
        try await options.perform(ShowResource(["resource": id, "version": version.map(Int.init)]))
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
        let act = try DeleteResource(["resource": id, "end_delegations": endDelegations])
        try options.confirm("delete the resource `\(act.id)`")
        try await options.perform(act)
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
        if let file {
            _ = try options.target()
            return try await options.perform(
                SetResourcePolicy(["resource": id, "policy": try InputFile.readText(file)])
            )
        }
        let report = try await options.answer(ShowResourcePolicy(["resource": id, "document": document]))
        // The document as it was uploaded, to be written to a file.
        guard document, !options.json, options.output == nil else { return try options.print(report) }
        try Console.current.write(report["document"].cell)
    }
}
