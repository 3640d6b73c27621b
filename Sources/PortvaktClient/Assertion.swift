import JOSE
import Vocabulary

/// The JWT grant that a client sends (RFC 7523 §2.1), in Maskinporten's shape: everything inside the signed JWT.
enum Assertion {
    /// The `grant_type` of the form.
    static let grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"

    /// Writes and signs an assertion.
    ///
    /// - Throws: `SigningError`.
    static func signed(
        for request: TokenRequest,
        client: ClientID,
        audience: Issuer,
        issuedAt: Timestamp,
        lifetime: Seconds,
        identifier: String,
        by signer: any AssertionSigner
    ) async throws(SigningError) -> String {
        var header: JSONObject = ["alg": .string(signer.algorithm.rawValue), "typ": "JWT"]
        switch signer.keyReference {
        case .keyID(let keyID): header["kid"] = .string(keyID)
        // No `kid` beside it: it would name a key that need not be registered ("unknown key identifier").
        case .certificates(let chain): header["x5c"] = .strings(chain.map(Base64.encode))
        }
        let claims = claims(of: request, client, audience, issuedAt, lifetime, identifier)
        let signingInput = Base64URL.encode(header.encoded()) + "." + Base64URL.encode(claims.encoded())
        let signature = try await signer.sign(Array(signingInput.utf8))
        return signingInput + "." + Base64URL.encode(signature)
    }

    private static func claims(
        of request: TokenRequest,
        _ client: ClientID,
        _ audience: Issuer,
        _ issuedAt: Timestamp,
        _ lifetime: Seconds,
        _ identifier: String
    ) -> JSONObject {
        var claims: JSONObject = [
            // The issuer as the server publishes it, its slash included; never the token endpoint's URL.
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
