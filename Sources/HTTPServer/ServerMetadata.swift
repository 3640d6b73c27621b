public import JOSE
import TokenIssuance
public import Vocabulary

/// The metadata of the authorization server (RFC 8414 §2): every field that applies, no other.
public struct ServerMetadata: Sendable, Hashable {
    /// The server.
    public let issuer: Issuer
    /// The longest `exp - iat` of an assertion.
    public let maximumAssertionLifetime: Seconds
    /// The life of a token where neither client nor scope says otherwise.
    public let defaultTokenLifetime: Seconds

    /// The metadata of a server with these limits.
    public init(issuer: Issuer, maximumAssertionLifetime: Seconds, defaultTokenLifetime: Seconds) {
        self.issuer = issuer
        self.maximumAssertionLifetime = maximumAssertionLifetime
        self.defaultTokenLifetime = defaultTokenLifetime
    }

    /// The document.
    public var document: JSONObject {
        [
            "issuer": .string(issuer.rawValue),
            "token_endpoint": .string(issuer.endpoint("token")),
            "jwks_uri": .string(issuer.endpoint("jwk")),
            // RFC 8414 §2 requires the member and §3.2 would leave out an empty one. There is no authorization endpoint;
            // the parsers that insist on the member are many, those that mind an empty array are not known to us.
            "response_types_supported": [],
            "grant_types_supported": [
                .string(TokenForm.jwtBearerGrantType), .string(TokenForm.clientCredentialsGrantType),
            ],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": .strings(JWSAlgorithm.allCases.map(\.rawValue)),
            // RFC 9449 §5.1.
            "dpop_signing_alg_values_supported": .strings(JWSAlgorithm.allCases.map(\.rawValue)),
            // RFC 9396 §10.
            "authorization_details_types_supported": .strings(AuthorizationDetail.types),
            "service_documentation": .string(issuer.endpoint("errors")),
            // Ours: the limits that clients otherwise find out by being refused.
            "portvakt_maximum_assertion_lifetime": .integer(maximumAssertionLifetime.count),
            "portvakt_clock_skew": .integer(GrantRules.skew.count),
            "portvakt_default_token_lifetime": .integer(defaultTokenLifetime.count),
        ]
    }

    /// Where the document is served: at the issuer, and for an issuer with a path at RFC 8414's place too.
    static func paths(of issuer: Issuer) -> [String] {
        let names = ["oauth-authorization-server", "openid-configuration"]
        let path = issuer.path.hasSuffix("/") ? String(issuer.path.dropLast()) : issuer.path
        let below = names.map { "\(path)/.well-known/\($0)" }
        // RFC 8414 §3.1: between host and path, without the path's final slash.
        return path.isEmpty ? below : below + names.map { "/.well-known/\($0)\(path)" }
    }
}
