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

    /// Whether client certificates are taken, by handshake or from a proxy (RFC 8705).
    public let takesClientCertificates: Bool

    /// What the checkpoints of the ledger are checked with; nil where none are published.
    public var checkpointKey: String?

    /// The metadata of a server with these limits.
    public init(
        issuer: Issuer,
        maximumAssertionLifetime: Seconds,
        defaultTokenLifetime: Seconds,
        takesClientCertificates: Bool = false
    ) {
        self.takesClientCertificates = takesClientCertificates
        self.issuer = issuer
        self.maximumAssertionLifetime = maximumAssertionLifetime
        self.defaultTokenLifetime = defaultTokenLifetime
    }

    /// The document.
    public var document: JSONObject {
        var document: JSONObject = [
            "issuer": .string(issuer.rawValue),
            "token_endpoint": .string(issuer.endpoint("token")),
            "jwks_uri": .string(issuer.endpoint("jwk")),
            // RFC 8414 §2 requires the member and §3.2 would leave out an empty one. There is no authorization endpoint;
            // the parsers that insist on the member are many, those that mind an empty array are not known to us.
            "response_types_supported": [],
            "grant_types_supported": [
                .string(TokenForm.jwtBearerGrantType), .string(TokenForm.clientCredentialsGrantType),
            ],
            "token_endpoint_auth_methods_supported": .strings(clientAuthentication),
            "token_endpoint_auth_signing_alg_values_supported": .strings(JWSAlgorithm.allCases.map(\.rawValue)),
            "introspection_endpoint": .string(issuer.endpoint("introspect")),
            // RFC 8414 §2: authentication methods, and schemes of access tokens (RFC 7662 §2.1).
            "introspection_endpoint_auth_methods_supported": ["private_key_jwt", "Bearer"],
            "introspection_endpoint_auth_signing_alg_values_supported": .strings(JWSAlgorithm.allCases.map(\.rawValue)),
            "revocation_endpoint": .string(issuer.endpoint("revoke")),
            "revocation_endpoint_auth_methods_supported": ["private_key_jwt", "Bearer"],
            "revocation_endpoint_auth_signing_alg_values_supported": .strings(JWSAlgorithm.allCases.map(\.rawValue)),
            // Token Status List draft §9.1.
            "status_list_aggregation_endpoint": .string(issuer.endpoint("statuslists")),
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
        if let checkpointKey {
            document["portvakt_checkpoint_endpoint"] = .string(issuer.endpoint("audit/checkpoint"))
            document["portvakt_checkpoint_key"] = .string(checkpointKey)
        }
        // RFC 8705 §3.3; aliases (§5) are not needed, since who shows no certificate is served at the same place.
        if takesClientCertificates { document["tls_client_certificate_bound_access_tokens"] = true }
        return document
    }

    /// RFC 8705 §2.1.1: by certificate only where one can be shown.
    private var clientAuthentication: [String] {
        takesClientCertificates ? ["private_key_jwt", "tls_client_auth"] : ["private_key_jwt"]
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
