import JOSE
public import Vocabulary

/// Where a server's metadata are, and which issuers they may name (RFC 8414 §3.3).
public struct MetadataLocation: Sendable, Hashable {
    /// Why a text is no such URL.
    public enum ParseError: Error, Equatable, Sendable {
        /// Not an https URL (http only on loopback).
        case url
        /// No `/.well-known/oauth-authorization-server` or `/.well-known/openid-configuration` in its path.
        case wellKnown
    }

    /// The URL.
    public let url: String
    /// The issuers that may stand there; the first that equals the document's, byte for byte, is the server's.
    let issuers: Set<Issuer>

    /// The place of an issuer's metadata by RFC 8414 §3.1: between host and path.
    public init(issuer: Issuer) {
        let origin = issuer.rawValue.dropLast(issuer.path.count)
        let path = issuer.path.hasSuffix("/") ? String(issuer.path.dropLast()) : issuer.path
        url = origin + Self.wellKnown[0] + path
        issuers = [issuer]
    }

    /// A URL as configuration gives it (`MASKINPORTEN_WELL_KNOWN_URL`).
    ///
    /// The issuer follows from it but for its last slash, which only the document tells; give it too where it is known.
    ///
    /// - Throws: `ParseError`.
    public init(parsing url: some StringProtocol, issuer: Issuer? = nil) throws(ParseError) {
        guard let whole = try? Issuer(parsing: url) else { throw .url }
        let text = whole.rawValue
        for name in Self.wellKnown {
            guard let found = text.ranges(of: name).first else { continue }
            let tail = text[found.upperBound...]
            guard tail.isEmpty || tail.hasPrefix("/") else { continue }
            // RFC 8414 puts the name before the issuer's path, OpenID Connect behind it: one of the sides is the origin.
            let base = String(text[..<found.lowerBound] + tail)
            let bare = base.hasSuffix("/") ? String(base.dropLast()) : base
            self.url = text
            issuers = issuer.map { [$0] } ?? Set([bare, bare + "/"].compactMap { try? Issuer(parsing: $0) })
            return
        }
        throw .wellKnown
    }

    private static let wellKnown = ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]
}

/// What a client needs to know of a server.
struct ServerMetadata: Sendable, Hashable {
    /// Why a document is refused.
    enum Fault: Error, Equatable {
        /// Not strict JSON, or a member is missing.
        case form(String)
        /// Another issuer than the one asked: the document may come from an impostor (RFC 8414 §3.3, §6.2).
        case issuer(found: String)
        /// The token endpoint is not https, nor loopback.
        case tokenEndpoint
    }

    /// The issuer, which is the audience of every assertion.
    let issuer: Issuer
    /// Where tokens are asked for.
    let tokenEndpoint: String
    /// Where tokens are ended (RFC 7009); nil when the server names no place that can be used.
    let revocationEndpoint: String?

    /// The metadata that configuration gives.
    init(issuer: Issuer, tokenEndpoint: String, revocationEndpoint: String? = nil) {
        self.issuer = issuer
        self.tokenEndpoint = tokenEndpoint
        self.revocationEndpoint = revocationEndpoint
    }

    /// Reads a document (RFC 8414 §3.2) that was fetched from `location`.
    init(parsing body: [UInt8], from location: MetadataLocation) throws(Fault) {
        guard let document = try? JSONValue(parsing: body).object else { throw .form("it is not a JSON object") }
        guard let name = document["issuer"]?.string else { throw .form("`issuer` is missing") }
        guard let issuer = location.issuers.first(where: { $0.rawValue.utf8.elementsEqual(name.utf8) }) else {
            throw .issuer(found: name)
        }
        guard let endpoint = document["token_endpoint"]?.string else { throw .form("`token_endpoint` is missing") }
        guard Self.isEndpoint(endpoint) else { throw .tokenEndpoint }
        self.init(
            issuer: issuer,
            tokenEndpoint: endpoint,
            // Tokens can be had all the same where this one is wrong.
            revocationEndpoint: document["revocation_endpoint"]?.string.flatMap { Self.isEndpoint($0) ? $0 : nil }
        )
    }

    /// The syntax of an endpoint is that of an issuer: https, or http on loopback, without a fragment.
    private static func isEndpoint(_ url: String) -> Bool {
        (try? Issuer(parsing: url.prefix { $0 != "?" })) != nil && !url.contains("#")
    }
}
