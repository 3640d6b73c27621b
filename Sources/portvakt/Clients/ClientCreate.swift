import Administration
import ArgumentParser
import Clients
import Foundation
import JOSE
import LibCrypto
import Operations
import SQLiteStorage
import Scopes
import Vocabulary

/// `portvakt client create`.
struct ClientCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Register a client of an organisation.",
        discussion: """
            Without a key the client authenticates by its organisation's enterprise certificate. `--jwk` registers a public \
            key; `--generate-key` makes one, writes the private half beside an `.env` file and registers the public one. \
            For example: `portvakt client create --org 314200772 --name payroll --scope acme:catch.read --generate-key \
            payroll.jwk`.
            """
    )

    @Option(help: ArgumentHelp("The organisation that owns it.", valueName: "org"), completion: .organisations)
    var org: String

    @Option(help: ArgumentHelp("Its name, for lists.", valueName: "text"))
    var name: String

    @Option(help: ArgumentHelp("What it is for.", valueName: "text"))
    var description: String?

    @Option(help: "A scope that it may ask for; repeat for more.", completion: .scopes)
    var scope: [String] = []

    @Option(
        help: ArgumentHelp("A file with its public key: a JWK, a set of them, or PEM.", valueName: "file"),
        completion: .file()
    )
    var jwk: String?

    @Option(
        help: ArgumentHelp("Make a key and write its private half to this new file.", valueName: "file"),
        completion: .file()
    )
    var generateKey: String?

    @Option(help: ArgumentHelp("The key's identifier (default: its thumbprint).", valueName: "kid"))
    var kid: String?

    @Option(help: ArgumentHelp("The key's algorithm (default: RS256 for a new key, RSA-2048).", valueName: "alg"))
    var alg: String?

    @Option(
        help: ArgumentHelp("The supplier that registers it for the owner.", valueName: "org"),
        completion: .organisations
    )
    var supplier: String?

    @Option(help: ArgumentHelp("The wished life of its tokens, as 120s.", valueName: "time"))
    var lifetime: String?

    @Option(help: ArgumentHelp("Its integration type.", valueName: "type"))
    var integrationType = Client.IntegrationType.maskinporten.rawValue

    @Option(help: ArgumentHelp("An identifier brought along from elsewhere.", valueName: "id"))
    var id: String?

    @Flag(help: "Accept the token endpoint's URL as audience too, for older clients.")
    var tokenEndpointAudience = false

    @Flag(help: "Bind its tokens to a key by DPoP, and refuse requests without a proof.")
    var dpopRequired = false

    @Flag(help: "Bind its tokens to its client certificate (mTLS), and refuse requests without one.")
    var mtlsRequired = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if jwk != nil, generateKey != nil { throw ValidationError("--jwk and --generate-key contradict each other.") }
        if jwk == nil, generateKey == nil, kid != nil || alg != nil {
            throw ValidationError("--kid and --alg are for a key: give --jwk or --generate-key.")
        }
    }

    func run() async throws {
        let algorithm = try alg.map { text throws(CLIError) in try KeyFile.algorithm(text) }
        if let generateKey {
            try await createWithNewKey(algorithm ?? .rs256, path: generateKey)
        } else {
            let keys = try jwk.map { path throws(CLIError) in
                try KeyFile.publicKeys(at: path, keyID: kid, algorithm: algorithm)
            }
            try await options.perform(try act(keys: keys ?? []))
        }
    }

    private func act(keys: [JWK]) throws -> CreateClient {
        try CreateClient([
            "org": org, "name": name, "description": description, "scope": scope, "keys": keys.map(\.object),
            "supplier": supplier, "lifetime": lifetime, "integration_type": integrationType, "id": id,
            "token_endpoint_audience": tokenEndpointAudience, "dpop_required": dpopRequired,
            "mtls_required": mtlsRequired,
        ])
    }

    private func createWithNewKey(_ algorithm: JWSAlgorithm, path: String) async throws {
        let key = try KeyFile.make(algorithm, keyID: kid)
        let act = try act(keys: [key.publicJWK])
        let environment = URL(filePath: path).deletingPathExtension().appendingPathExtension("env").path
        guard environment != URL(filePath: path).path else {
            throw CLIError.usage("`\(path)` is the name of the `.env` file: name the key's file otherwise")
        }
        guard !FileManager.default.fileExists(atPath: environment) else {
            throw CLIError.conflict("file_exists", "there is something at `\(environment)` already")
        }
        // The private half is written first: a registered key that nobody holds would be worse than a file too many.
        try PrivateOutputFile.write(Array((key.secretObject().pretty() + "\n").utf8), to: path)
        let created: Report
        do { created = try await options.answer(act) } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
        let text = try ClientEnvironmentFile.text(
            forClient: created["client_id"].cell,
            of: act.owner,
            named: name,
            scopes: act.scopes,
            key: key,
            issuer: try options.issuer()
        )
        try PrivateOutputFile.write(Array(text.utf8), to: environment)
        try options.print(created.adding([.init("key_file", path), .init("env_file", environment)]))
    }
}

/// The `.env` file of a client, in the names that NAIS gives and most libraries read.
enum ClientEnvironmentFile {
    /// The file's text; it holds the private key.
    static func text(
        forClient client: String,
        of owner: OrganisationNumber,
        named name: String,
        scopes: [ScopeName],
        key: JWK.Private,
        issuer: Issuer?
    ) throws(CryptoError) -> String {
        var lines = [
            "# \(name.filter { !$0.isNewline }), for \(owner).",
            "MASKINPORTEN_CLIENT_ID=\(client)",
        ]
        if let issuer {
            lines += [
                "MASKINPORTEN_WELL_KNOWN_URL=\(issuer.endpoint(".well-known/oauth-authorization-server"))",
                "MASKINPORTEN_ISSUER=\(issuer)",
                "MASKINPORTEN_TOKEN_ENDPOINT=\(issuer.endpoint("token"))",
            ]
        }
        // Double quotes for scopes, which are separated by spaces; single ones, so that a shell leaves JSON alone.
        lines.append("MASKINPORTEN_SCOPES=\"\(scopes.map(\.rawValue).joined(separator: " "))\"")
        lines.append("MASKINPORTEN_CLIENT_JWK='\(JSONValue.object(try key.secretObject()).text())'")
        return lines.joined(separator: "\n") + "\n"
    }
}

/// A new file with a secret: mode 0600 from its first byte, never in place of another.
enum PrivateOutputFile {
    /// Writes it.
    ///
    /// - Throws: `CLIError` when there is something at the path, or it cannot be written.
    static func write(_ bytes: [UInt8], to path: String) throws(CLIError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw .conflict("file_exists", "there is something at `\(path)` already") }
            throw CLIError("file_unwritable", "cannot write `\(path)`: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else {
                throw CLIError("file_unwritable", "cannot write `\(path)`: \(String(cString: strerror(errno)))")
            }
            rest = rest.dropFirst(written)
        }
    }
}
