import Administration
import ArgumentParser
import Clients
import JOSE
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt client keys`.
struct ClientKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Register a client's public keys.",
        subcommands: [ClientKeysAdd.self, ClientKeysList.self, ClientKeysRemove.self, ClientKeysReset.self]
    )
}

/// `portvakt client keys add ID`.
struct ClientKeysAdd: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Register a public key; the very same key begins a new year.",
        discussion: """
            `--jwk` takes a JWK or a public key in PEM, `--cert` a certificate: the key is then bound to it and ends with it. \
            A client holds at most five keys, each for at most a year. From the first key on it cannot authenticate by \
            certificate alone any more.
            """
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id"))
    var client: String

    @Option(help: ArgumentHelp("A file with a JWK, or a public key in PEM.", valueName: "file"), completion: .file())
    var jwk: String?

    @Option(help: ArgumentHelp("A file with a certificate, PEM or DER.", valueName: "file"), completion: .file())
    var cert: String?

    @Option(help: ArgumentHelp("The key's identifier (default: the JWK's, else its thumbprint).", valueName: "kid"))
    var kid: String?

    @Option(
        help: ArgumentHelp(
            "The key's algorithm (default: the JWK's, else the usual one of its kind).",
            valueName: "alg"
        )
    )
    var alg: String?

    @Option(help: ArgumentHelp("When it ends (default: in a year).", valueName: "time"))
    var notAfter: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if (jwk == nil) == (cert == nil) { throw ValidationError("Give either --jwk or --cert.") }
    }

    func run() async throws {
        let id = try Typed.client(client)
        let (outcome, addition, key) = try register(try key(), on: id)
        options.warn(outcome.warnings)
        let count = outcome.value.keys.count
        if addition == .added, count == 2 {
            options.note("the client has two keys now; remove the old one when it is out of use")
        }
        if count == Client.maximumKeys { options.warn("the client holds \(count) keys, which is the most it can") }
        try options.print(
            Record(
                "client-key",
                [
                    .init("client_id", id), .init("kid", key.id), .init("alg", key.algorithm.rawValue),
                    .init("expires", key.expires), .init("result", addition.rawValue),
                    .init("thumbprint", key.thumbprint), .init("certificate", key.certificateThumbprint),
                ]
            )
        )
    }

    private func key() throws(CLIError) -> JWK {
        let algorithm = try alg.map { text throws(CLIError) in try KeyFile.algorithm(text) }
        let expires = try notAfter.map { text throws(CLIError) in try TimeArgument.time(text, option: "--not-after") }
        if let cert { return try KeyFile.certificate(at: cert, keyID: kid, algorithm: algorithm, expires: expires) }
        let keys = try KeyFile.publicKeys(at: jwk ?? "-", keyID: kid, algorithm: algorithm, expires: expires)
        guard keys.count == 1 else {
            throw .usage("one key is added at a time, and the file has \(keys.count)")
        }
        return keys[0]
    }

    private func register(
        _ jwk: JWK,
        on id: ClientID
    ) throws -> (AdministrationOutcome<Client>, Client.KeyAddition, ClientKey) {
        let (outcome, addition) = try options.administer { try $0.addKey(jwk, to: id) }
        guard
            let key = outcome.value.keys.first(where: { $0.publicKey == jwk.publicKey && $0.id.rawValue == jwk.keyID })
        else { throw CLIError("key_not_found", "the key is not on the client") }
        return (outcome, addition, key)
    }
}

/// `portvakt client keys list ID`.
struct ClientKeysList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the keys of a client.")

    @Argument(help: ArgumentHelp("The client.", valueName: "id"))
    var client: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.client(client)
        let now = options.now
        guard let client = try options.look({ try $0.client(id) }) else {
            throw CLIError("client_not_found", "there is no client `\(id)`")
        }
        try options.print(
            Table(
                "client-key-list",
                client.keys,
                facts: [.init("client_id", id), .init("authentication", client.authentication.rawValue)],
                whenEmpty: client.authentication == .certificate
                    ? "the client has no key; it authenticates by its organisation's certificate"
                    : "the client has no key left and cannot authenticate",
                columns: [
                    Column("kid") { $0.id },
                    Column("alg") { $0.algorithm.rawValue },
                    Column("created") { $0.created },
                    Column("expires", style: { KeyExpiry.tone(of: $0.expires, at: now) }) { $0.expires },
                    Column("state") { $0.isExpired(at: now) ? "expired" : "valid" },
                    Column("thumbprint", .detail) { $0.thumbprint },
                    Column("certificate", .detail) { $0.certificateThumbprint },
                ]
            )
        )
    }
}

/// `portvakt client keys remove ID KID`.
struct ClientKeysRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take a key from a client; assertions signed with it are refused from the next second on."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id"))
    var client: String

    @Argument(help: "The key's identifier.")
    var kid: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.client(client)
        let kid = try Typed.key(kid)
        try options.confirm("remove the key `\(kid)` from the client `\(id)`")
        let outcome = try options.administer { try $0.removeKey(kid, from: id) }
        options.warn(outcome.warnings)
        try options.print(
            Record(
                "client-key",
                [
                    .init("client_id", id), .init("kid", kid), .init("result", "removed"),
                    .init("keys_left", outcome.value.keys.count),
                ]
            )
        )
    }
}

/// `portvakt client keys reset ID`.
struct ClientKeysReset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Take all keys from a client and let it authenticate by its organisation's certificate again."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id"))
    var client: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let id = try Typed.client(client)
        try options.confirm("remove all keys of the client `\(id)` and let it authenticate by certificate")
        let outcome = try options.administer { try $0.resetToCertificate(id) }
        options.warn(outcome.warnings)
        try options.print(
            Record(
                "client-state",
                [
                    .init("client_id", id), .init("authentication", outcome.value.authentication.rawValue),
                    .init("result", outcome.hasChanged ? "reset" : "already"),
                ]
            )
        )
    }
}
