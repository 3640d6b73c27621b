import ArgumentParser
import Foundation
import JOSE
import PortvaktClient
import Vocabulary

/// `portvakt token proof`.
struct TokenProof: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proof",
        abstract: "Make a DPoP proof for one request with a token that is bound to a key (RFC 9449).",
        discussion: """
            Every request needs a proof of its own. With --headers the fields come as curl reads them: `portvakt token proof \
            GET https://api.example.no/catches --dpop-key dpop.jwk --token @token --headers | curl -H @- \
            https://api.example.no/catches`.
            """
    )

    @Argument(help: ArgumentHelp("The request's method, as GET.", valueName: "method"))
    var method: String

    @Argument(help: ArgumentHelp("The request's URL.", valueName: "url"))
    var url: String

    @Option(
        help: ArgumentHelp("The private key that the token is bound to, a JWK of mode 0600.", valueName: "file"),
        completion: .file()
    )
    var dpopKey: String

    @Option(help: ArgumentHelp("The access token that it goes with: @FILE, or - for stdin.", valueName: "token"))
    var token: String?

    @Option(help: ArgumentHelp("The nonce of the server's last DPoP-Nonce field.", valueName: "text"))
    var nonce: String?

    @Flag(help: "Print the header fields Authorization and DPoP, one a line.")
    var headers = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if headers, token == nil { throw ValidationError("--headers needs --token.") }
    }

    func run() async throws {
        try options.requireNoServer()
        guard DPoPTarget(url) != nil else { throw CLIError.usage("`\(url)` is no http or https URL") }
        let key = try DPoPKeyFile.read(dpopKey)
        let accessToken = try token.map { argument throws(CLIError) in try TokenArgument.text(argument) }
        var generator = SystemRandomNumberGenerator()
        let draft = DPoPProofDraft(
            method: method,
            url: url,
            identifier: Base64URL.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }),
            issuedAt: options.now,
            nonce: nonce,
            accessToken: accessToken
        )
        let header = DPoPProofDraft.header(key: key.publicKey, algorithm: key.algorithm)
        let signingInput = "\(Base64URL.encode(header.encoded())).\(Base64URL.encode(draft.claims.encoded()))"
        let signature: [UInt8]
        do throws(SigningError) { signature = try await key.sign(Array(signingInput.utf8)) } catch {
            throw CLIError("signing_failed", "`\(dpopKey)`: \(error)")
        }
        let proof = "\(signingInput).\(Base64URL.encode(signature))"
        guard headers, let accessToken else { return try Console.current.write(proof + "\n") }
        try Console.current.write("Authorization: DPoP \(accessToken)\nDPoP: \(proof)\n")
    }
}

/// The file of a key that tokens are bound to: a private JWK.
enum DPoPKeyFile {
    /// The key of a file.
    ///
    /// - Throws: `CLIError` when it is missing, open to others, or no key.
    static func read(_ path: String) throws(CLIError) -> ProofKey {
        let content = try InputFile.readPrivate(path)
        do throws(KeyLoadingError) { return try ProofKey(jwk: content) } catch {
            throw CLIError("key_unusable", "`\(path)`: \(error)")
        }
    }

    /// The key of a file, which is made, mode 0600, when it is not there.
    ///
    /// - Throws: `CLIError`.
    static func readOrMake(_ path: String) throws(CLIError) -> ProofKey {
        guard !FileManager.default.fileExists(atPath: path) else { return try read(path) }
        let text: String
        do {
            text = try KeyFile.make(.es256, keyID: nil).secretObject().pretty()
        } catch {
            throw CLIError("key_unusable", "no key could be made: \(error)")
        }
        try PrivateOutputFile.write(Array((text + "\n").utf8), to: path)
        return try read(path)
    }
}
