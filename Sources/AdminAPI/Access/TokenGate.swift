import HTTPServer
import HTTPTypes
import Hummingbird
import JOSE
import LibCrypto
import TokenIssuance
import Vocabulary

/// Verifies the tokens that the APIs of the admin listener are called with (DESIGN §11).
///
/// The server looks into its own key ring, never into a copy of the key set: a key that was withdrawn counts no more at once.
struct TokenGate: Sendable {
    let keys: SigningKeyRing
    let issuer: Issuer
    /// The one `aud` that is taken.
    let audience: String
    /// Checks the proofs of tokens that are bound to a key.
    let proofs: ProofGate
    /// Says whether a token still stands: not revoked, and resting on rights that are in force.
    let standing: AdminSettings.Standing

    /// The largest token that is looked at, in bytes; ours are far smaller.
    private static let maximumLength = 16 * 1024

    /// Why a token is not acceptable; the text says what to mend.
    private enum Fault: String {
        case malformed = "access_token_malformed"
        case signature = "access_token_signature"
        case issuer = "access_token_issuer"
        case audience = "access_token_audience"
        case expired = "access_token_expired"
        case bound = "access_token_bound"
        case ended = "access_token_ended"
    }

    /// The token of a request: a bearer token, one that is bound to the connection's certificate (RFC 8705 §3), or one that is
    /// bound to a key with its proof (RFC 9449 §7.1).
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - certificate: The SHA-256 of the client certificate that came with it (`x5t#S256`); nil when none did.
    ///   - now: The time at which everything must hold.
    /// - Throws: `Refusal.accessTokenMissing`, `Unavailable`, or a ``Problem`` of 401.
    /// - Returns: The token, whose key the request has proved to hold where it is bound to one.
    func token(
        of request: Request,
        showing certificate: String? = nil,
        at now: Timestamp
    ) throws -> AdministrativeToken {
        let fields = request.headers[values: .authorization]
        guard let (scheme, text) = credentials(in: fields.first) else { throw Refusal.accessTokenMissing }
        guard scheme == "dpop" else { return try token(of: fields.first, showing: certificate, at: now) }
        // Two could be read by two parties in two ways.
        guard fields.count == 1 else { throw refused(.malformed, "the `Authorization` field stands more than once") }
        let claims = try claims(of: text, at: now)
        // Of other ways of binding (RFC 7800 §3) nothing can be proved here.
        guard claims["token_type"]?.string == "DPoP", let keys = claims["cnf"]?.object, keys.names == ["jkt"],
            let thumbprint = keys["jkt"]?.string
        else { throw refused(.bound, "the access token is not bound to a key by DPoP alone: send it otherwise") }
        try proofs.check(request, token: String(text), boundTo: thumbprint, at: now)
        return try token(claims)
    }

    /// The bearer token of an `Authorization` field.
    ///
    /// - Throws: `Refusal.accessTokenMissing`, or a ``Problem`` of 401.
    func token(
        of field: String?,
        showing certificate: String? = nil,
        at now: Timestamp
    ) throws -> AdministrativeToken {
        guard let (scheme, text) = credentials(in: field), scheme == "bearer" else { throw Refusal.accessTokenMissing }
        let claims = try claims(of: text, at: now)
        // RFC 9449 §7.1, RFC 8705 §3: a stolen bound token must not pass where nobody asks for the key.
        guard claims["token_type"]?.string == "Bearer" else {
            throw refused(.bound, "the access token is bound to a key: send it as `DPoP`, with a proof")
        }
        guard let keys = claims["cnf"] else { return try token(claims) }
        // Of other ways of binding nothing can be proved here.
        guard let certificate, let bound = keys.object, bound.names == ["x5t#S256"],
            bound["x5t#S256"]?.string == certificate
        else {
            throw refused(.bound, "the access token is bound to a client certificate that the connection does not show")
        }
        return try token(claims)
    }

    /// Refuses a token that was revoked, or whose client, access or scope is no more: a stolen one must not go on
    /// administering after somebody has ended it.
    ///
    /// - Throws: A ``Problem`` of 401, or what the store throws.
    func requireStanding(of token: AdministrativeToken, at now: Timestamp) async throws {
        guard try await standing(token.own, now) else {
            throw refused(.ended, "the access token was ended, or what it rests on: ask for a new one")
        }
    }

    /// RFC 6750 §2.1, RFC 9449 §7.1: the scheme without case, one space, the token.
    private func credentials(in field: String?) -> (scheme: String, token: Substring)? {
        let parts = (field ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        let scheme = parts[0].lowercased()
        return scheme == "bearer" || scheme == "dpop" ? (scheme, parts[1]) : nil
    }

    private func token(_ claims: JSONObject) throws -> AdministrativeToken {
        guard let token = AdministrativeToken(claims: claims, of: issuer) else {
            throw refused(.malformed, "the access token lacks claims of this server's tokens")
        }
        return token
    }

    private func claims(of text: Substring, at now: Timestamp) throws -> JSONObject {
        let claims = try signedClaims(of: text, at: now)
        guard claims["iss"]?.string == issuer.rawValue else {
            throw refused(.issuer, "the access token was issued by another server")
        }
        // Access tokens get no leeway at their end (DESIGN §2.3).
        guard let end = claims["exp"]?.number?.flooredNumericDate else {
            throw refused(.malformed, "the access token has no end")
        }
        guard now < Timestamp(seconds: end) else { throw refused(.expired, "the access token has expired") }
        guard claims["aud"]?.string == audience || claims["aud"]?.strings == [audience] else {
            throw refused(
                .audience,
                "the access token is not for this API: ask for a scope under `idporten`, `altinn` or `portvakt`"
            )
        }
        return claims
    }

    private func signedClaims(of text: Substring, at now: Timestamp) throws -> JSONObject {
        guard let jws = try? CompactJWS(parsing: text, maximumLength: Self.maximumLength),
            let header = try? JOSEHeader(jws.header), header.dangerousMembers.isEmpty,
            // RFC 8725 §3.11: no other JWT signed by these keys stands in for an access token.
            ["jwt", "at+jwt"].contains(header.normalisedType ?? ""),
            let algorithm = header.algorithm, let id = header.keyID
        else { throw refused(.malformed, "the access token is malformed") }
        // RFC 8725 §3.1: the algorithm is the key's.
        guard let key = keys.published(at: now).first(where: { $0.record.id.rawValue == id }),
            key.record.algorithm == algorithm, jws.isSigned(by: key.publicKey, algorithm: algorithm)
        else { throw refused(.signature, "the access token is not signed by a key of this server") }
        guard let claims = try? jws.payloadObject() else { throw refused(.malformed, "the access token is malformed") }
        return claims
    }

    private func refused(_ fault: Fault, _ detail: String) -> Problem {
        Problem(.accessTokenRefused, reason: fault.rawValue, detail)
    }
}
