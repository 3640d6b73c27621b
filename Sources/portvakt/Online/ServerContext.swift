import PortvaktClient
import Vocabulary

/// A server that this person administers, and the client that the command line is towards it.
struct ServerContext: Sendable, Equatable {
    /// Its name in the file of contexts.
    var name: String
    /// The URL of the admin listener, with a final slash.
    var server: String
    /// The issuer whose tokens it takes.
    var issuer: String?
    /// The URL of the issuer's metadata, where they stand elsewhere.
    var wellKnown: String?
    /// The client.
    var clientID: String?
    /// The file with the client's private key: PEM, JWK or PKCS#12.
    var key: String?
    /// The name under which the key is registered.
    var keyID: String?
    /// The file with the key's pass phrase.
    var passphraseFile: String?
    /// The file with the enterprise certificate that goes with a PEM key.
    var certificate: String?

    /// A context of that name, of which nothing else is known.
    init(name: String, server: String) {
        self.name = name
        self.server = server
    }

    /// The fields of the file, each with its place.
    static let fields: [(name: String, path: any WritableKeyPath<ServerContext, String?> & Sendable)] = [
        ("issuer", \.issuer), ("well_known", \.wellKnown), ("client_id", \.clientID), ("key", \.key),
        ("kid", \.keyID), ("passphrase_file", \.passphraseFile), ("enterprise_certificate", \.certificate),
    ]

    /// Checks a name: it stands in a command and as a key of YAML.
    static func check(name: String) throws(CLIError) {
        guard (1...64).contains(name.utf8.count),
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
        else { throw .usage("`\(name)` is no name of a context", hint: "1 to 64 letters, digits, `-`, `_` and `.`") }
    }

    /// An admin listener's URL in the spelling that is kept: http or https, with a final slash.
    ///
    /// - Throws: `CLIError` (usage) for what is none, or would send a token without TLS to another machine.
    static func server(_ text: String) throws(CLIError) -> String {
        let url = text.hasSuffix("/") ? text : text + "/"
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), let parsed = try? AbsoluteURI(parsing: url),
            !parsed.rawValue.contains("?"), !url.dropFirst(8).hasPrefix("/")
        else {
            throw .usage(
                "`\(text)` is no URL of a server",
                hint: "write scheme, host and port of its admin listener: `https://vakt.example.no:7081`"
            )
        }
        if url.hasPrefix("http://"), !isLoopback(url) {
            throw .usage("`\(text)` is reached without TLS", hint: "a token is sent over https, or to this machine")
        }
        return url
    }

    private static func isLoopback(_ url: String) -> Bool {
        let authority = url.dropFirst("http://".count).prefix { $0 != "/" }
        return ["localhost", "127.0.0.1", "[::1]"].contains { authority == $0 || authority.hasPrefix($0 + ":") }
    }

    /// Who the command line is at the server's issuer.
    ///
    /// - Throws: `CLIError`: what the context lacks, or a key that cannot be used.
    func clientConfiguration() throws(CLIError) -> ClientConfiguration {
        guard let clientID, let key, issuer != nil || wellKnown != nil else {
            let missing = [
                (issuer ?? wellKnown) == nil ? "`--issuer`" : nil, clientID == nil ? "`--client-id`" : nil,
                key == nil ? "`--key`" : nil,
            ].compactMap(\.self).joined(separator: ", ")
            throw CLIError(
                "context_incomplete",
                "the context `\(name)` does not say who asks: \(missing) missing",
                hint: "run `portvakt context set \(name) …` with them",
                status: .notAllowed
            )
        }
        let location: MetadataLocation
        if let wellKnown {
            let issuer = try parsedIssuer()
            do throws(MetadataLocation.ParseError) {
                location = try MetadataLocation(parsing: wellKnown, issuer: issuer)
            } catch {
                throw .usage("the context `\(name)`: `\(wellKnown)` is no URL of a server's metadata")
            }
        } else if let issuer = try parsedIssuer() {
            location = MetadataLocation(issuer: issuer)
        } else {
            throw .usage("the context `\(name)` names no issuer")
        }
        let signer = try SigningKeyFile.signer(
            at: key,
            passphraseFile: passphraseFile,
            keyID: keyID,
            certificate: certificate
        )
        return ClientConfiguration(clientID: try Typed.client(clientID), server: .metadata(location), signer: signer)
    }

    private func parsedIssuer() throws(CLIError) -> Issuer? {
        guard let issuer else { return nil }
        do throws(Issuer.ParseError) { return try Issuer(parsing: issuer) } catch {
            throw .usage("the context `\(name)`: `\(issuer)` is no issuer")
        }
    }
}
