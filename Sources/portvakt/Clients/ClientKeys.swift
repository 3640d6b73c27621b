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

    @Argument(help: ArgumentHelp("The client.", valueName: "id"), completion: .clients)
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
        _ = try Typed.client(client)
        try await options.perform(AddClientKey(["client": client, "key": try key().object]))
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
}

/// `portvakt client keys list ID`.
struct ClientKeysList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the keys of a client.")

    @Argument(help: ArgumentHelp("The client.", valueName: "id"), completion: .clients)
    var client: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ListKeysOfClient(["client": client])) }
}

/// `portvakt client keys remove ID KID`.
struct ClientKeysRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Take a key from a client; assertions signed with it are refused from the next second on."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id"), completion: .clients)
    var client: String

    @Argument(help: "The key's identifier.")
    var kid: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let act = try RemoveClientKey(["client": client, "kid": kid])
        try options.confirm("remove the key `\(kid)` from the client `\(client)`")
        try await options.perform(act)
    }
}

/// `portvakt client keys reset ID`.
struct ClientKeysReset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Take all keys from a client and let it authenticate by its organisation's certificate again."
    )

    @Argument(help: ArgumentHelp("The client.", valueName: "id"), completion: .clients)
    var client: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let act = try ResetClientKeys(["client": client])
        try options.confirm("remove all keys of the client `\(client)` and let it authenticate by certificate")
        try await options.perform(act)
    }
}
