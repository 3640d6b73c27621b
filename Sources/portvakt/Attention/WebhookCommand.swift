import Administration
import ArgumentParser
import Attention
import Operations
import SQLiteStorage
import Server
import Vocabulary

/// `portvakt webhook`.
struct WebhookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook",
        abstract: "Tell others what wants attention.",
        discussion: """
            A webhook is told what appears in the list of `portvakt attention`, what becomes more pressing and what is resolved. \
            Notices are signed in the form of Standard Webhooks, and repeated for about a day until they are taken.
            """,
        subcommands: [
            WebhookAdd.self, WebhookList.self, WebhookRemove.self, WebhookRotateKey.self, WebhookTest.self,
        ]
    )
}

/// `portvakt webhook add NAME URL`.
struct WebhookAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a webhook; its key is shown this once.",
    )

    @Argument(help: "A name: 1 to 32 of a-z, 0-9 and -.")
    var name: String

    // An option, whose value the ledger does not keep: the path of such an address is often a secret.
    @Option(help: ArgumentHelp("The https address.", valueName: "url"))
    var url: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let signer = try WebhookKeyFile.readOrMake(in: try options.dataFolder().path)
        let outcome = try options.administer { try $0.addWebhook(name, url: url, seed: WebhookSeed.random()) }
        var members: [OutputValue.Member] = [
            .init("webhook", name), .init("url", url), .init("result", outcome.hasChanged ? "added" : "already"),
        ]
        if outcome.hasChanged {
            members.append(.init("key", signer.secret(seed: outcome.value.seed).exposed))
            options.note("keep the key: it is not shown again")
        }
        try options.print(Record("webhook", members))
    }
}

/// `portvakt webhook list`.
struct WebhookList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List webhooks and how many notices wait.",
    )

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ListWebhooks([:])) }
}

/// `portvakt webhook remove NAME`.
struct WebhookRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a webhook and the notices that wait for it.",
    )

    @Argument(help: "The webhook's name.")
    var name: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireDataFolder()
        try options.confirm("remove the webhook `\(name)`")
        let outcome = try options.administer { try $0.removeWebhook(name) }
        try options.print(
            Record("webhook", [.init("webhook", name), .init("result", outcome.hasChanged ? "removed" : "already")])
        )
    }
}

/// `portvakt webhook rotate-key NAME`.
struct WebhookRotateKey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate-key",
        abstract: "Give a webhook another key; it is shown this once.",
        discussion: """
            Notices are signed by both keys for 24 hours, so that the receiver can change in its time.
            """
    )

    @Argument(help: "The webhook's name.")
    var name: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let signer = try WebhookKeyFile.readOrMake(in: try options.dataFolder().path)
        let target = try options.administer { try $0.rotateWebhookKey(of: name, seed: WebhookSeed.random()) }.value
        options.note("keep the key: it is not shown again")
        try options.print(
            Record(
                "webhook",
                [
                    .init("webhook", name), .init("url", target.url), .init("result", "rotated"),
                    .init("key", signer.secret(seed: target.seed).exposed),
                    .init("former_key_until", target.former?.until),
                ]
            )
        )
    }
}

/// `portvakt webhook test NAME`.
struct WebhookTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send a webhook a notice of type `attention.test`, once, and say what came of it.",
        discussion: "Exit 1 when it was not taken."
    )

    @Argument(help: "The webhook's name.")
    var name: String

    @Option(name: .long, help: ArgumentHelp("Another configuration file.", valueName: "file"), completion: .file())
    var config: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let folder = try options.dataFolder()
        let configuration = try ServerConfiguration(
            ConfigurationInputs(
                dataFolder: folder.path,
                file: config,
                environment: Console.current.surroundings.environment
            )
        )
        guard let target = try options.look({ try $0.webhookTargets() }).first(where: { $0.name == name }) else {
            throw WebhookRefusal.unknown(name)
        }
        let signer = try WebhookKeyFile.readOrMake(in: folder.path)
        let delivery = WebhookDelivery(testing: target, at: options.now)
        let (status, fault) = await WebhookCall(configuration, signer: signer).send(
            delivery,
            to: target,
            at: options.now
        )
        let isTaken = status.map { (200..<300).contains($0) } ?? false
        try options.print(
            Record(
                "webhook-test",
                [
                    .init("webhook", name), .init("id", delivery.id), .init("taken", isTaken), .init("status", status),
                    .init("fault", fault),
                ]
            )
        )
        guard isTaken else { throw CLIError("webhook_not_taken", "the webhook `\(name)` did not take the notice") }
    }
}

/// What the key of a webhook is made of.
enum WebhookSeed {
    /// 32 bytes of the kernel's generator.
    static func random() -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<WebhookTarget.seedLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}

extension WebhookRefusal: CLIErrorConvertible {
    /// The refusal with a code for scripts.
    var cliError: CLIError {
        switch self {
        case .unknown: CLIError("webhook_not_found", description, hint: "`portvakt webhook list` shows them")
        case .exists: .conflict("webhook_exists", description)
        case .tooMany: CLIError("webhooks_too_many", description)
        case .target: CLIError("webhook_invalid", description)
        }
    }
}
