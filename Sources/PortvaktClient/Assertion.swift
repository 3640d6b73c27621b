import JOSE
import Vocabulary

/// The JWT that a client sends: a grant (RFC 7523 §2.1) in Maskinporten's shape, everything inside it, or a proof of who
/// the client is (RFC 7523 §2.2).
struct Assertion {
    /// The `grant_type` of the form with a grant.
    static let grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    /// The `client_assertion_type` of the form with a proof.
    static let clientAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    let style: GrantStyle
    let client: ClientID
    /// The issuer as the server publishes it, its slash included; never the token endpoint's URL.
    let audience: Issuer
    let issuedAt: Timestamp
    let lifetime: Seconds
    let identifier: String

    /// Writes and signs an assertion.
    ///
    /// - Throws: `SigningError`.
    func signed(for request: TokenRequest, by signer: any AssertionSigner) async throws(SigningError) -> String {
        var header: JSONObject = ["alg": .string(signer.algorithm.rawValue), "typ": "JWT"]
        switch signer.keyReference {
        case .keyID(let keyID): header["kid"] = .string(keyID)
        // No `kid` beside it: it would name a key that need not be registered ("unknown key identifier").
        case .certificates(let chain): header["x5c"] = .strings(chain.map(Base64.encode))
        }
        let claims = style == .jwtGrant ? grantClaims(of: request) : proofClaims
        let signingInput = Base64URL.encode(header.encoded()) + "." + Base64URL.encode(claims.encoded())
        let signature = try await signer.sign(Array(signingInput.utf8))
        return signingInput + "." + Base64URL.encode(signature)
    }

    /// RFC 7523 §3: `iss` and `sub` are the client, and nothing is asked for.
    private var proofClaims: JSONObject {
        [
            "aud": .string(audience.rawValue),
            "iss": .string(client.rawValue),
            "sub": .string(client.rawValue),
            "iat": .integer(issuedAt.seconds),
            "exp": .integer((issuedAt + lifetime).seconds),
            "jti": .string(identifier),
        ]
    }

    private func grantClaims(of request: TokenRequest) -> JSONObject {
        var claims: JSONObject = [
            "aud": .string(audience.rawValue),
            "iss": .string(client.rawValue),
            "scope": .string(request.scopeText),
            "iat": .integer(issuedAt.seconds),
            "exp": .integer((issuedAt + lifetime).seconds),
            "jti": .string(identifier),
        ]
        // Always an array: the only form that Maskinporten documents.
        if !request.resource.isEmpty { claims["resource"] = .strings(request.resource) }
        if let consumer = request.consumerOrganisation { claims["consumer_org"] = .string(consumer.description) }
        if let person = request.person { claims["pid"] = .string(person.exposed) }
        if !request.authorizationDetails.isEmpty {
            claims["authorization_details"] = .array(request.authorizationDetails.map { .object($0.object) })
        }
        return claims
    }
}
