import ArgumentParser
import JOSE
import LibCrypto
import SQLiteStorage
import Server
import TokenIssuance
import Vocabulary

/// `portvakt keys export KID`.
struct KeysExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Print the public half of a signing key.",
        discussion: """
            For providers that pin keys or cannot fetch the key set. The private half never leaves its file: back that up \
            with the data folder's `keys/signing`.
            """
    )

    /// How the key is written.
    enum Form: String, CaseIterable, ExpressibleByArgument {
        case jwk, pem
    }

    @Argument(help: ArgumentHelp("The key.", valueName: "kid"))
    var key: String

    @Flag(name: .customLong("public"), help: "The public half, the only one that is ever printed; must be said.")
    var publicHalf = false

    @Option(help: "How it is written.")
    var form: Form = .jwk

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if !publicHalf { throw ValidationError("Only the public half is printed: say so with --public.") }
    }

    func run() async throws {
        let id = try Typed.key(key)
        let keys = try SigningKeyParts(options)
        let record = try await keys.store.read { try $0.signingKeys().first { $0.id == id } }
        try keys.store.close()
        guard let record else {
            throw CLIError("signing_key_not_found", "there is no signing key `\(id)`", hint: "see `portvakt keys list`")
        }
        let publicKey: PublicKey
        do throws(SigningKeyFolder.Fault) {
            publicKey = try keys.folder.key(id, for: record.algorithm).publicKey
        } catch {
            throw CLIError("signing_key_unreadable", error.description)
        }
        switch form {
        case .pem: try Console.current.write(publicKey.pem)
        case .jwk:
            let jwk = JWK(publicKey, keyID: id.rawValue, algorithm: record.algorithm).object
            try Console.current.write(String(decoding: jwk.encoded(), as: UTF8.self) + "\n")
        }
    }
}
