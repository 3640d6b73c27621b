public import AuditLedger
public import JOSE
import LibCrypto
import StatusLists
public import Vocabulary

/// An access token of this server that has not reached its `exp`; whether it was ended before is another question.
public struct OwnToken: Sendable {
    /// Its claims.
    public let claims: JSONObject
    /// `jti`.
    public let tokenID: TokenID
    /// `iat`.
    public let issued: Timestamp
    /// `exp`.
    public let expires: Timestamp
    /// What it rests on; nil when that cannot be looked at again.
    public let grounds: TokenGrounds?
    /// Its place in a status list.
    public let status: StatusPlace?

    /// Every revocation that would end it.
    public var revocationSubjects: [TokenRevocation.Subject] {
        var subjects: [TokenRevocation.Subject] = [.token(tokenID)]
        guard let grounds else { return subjects }
        subjects += [.client(grounds.client), .consumer(grounds.consumer)]
        return subjects + grounds.scopes.map { .scope($0) }
    }
}

/// Tells access tokens of this server from everything else.
///
/// It looks into the server's own key ring, never into a copy of the key set: a key that was withdrawn counts no more at
/// once.
public struct OwnTokenReader: Sendable {
    private let keys: SigningKeyRing
    private let issuer: Issuer

    /// The largest token that is looked at, in bytes.
    public static let maximumLength = 16 * 1_024

    /// A reader of the tokens that `issuer` has signed with `keys`.
    public init(keys: SigningKeyRing, issuer: Issuer) {
        self.keys = keys
        self.issuer = issuer
    }

    /// The token in that text; nil when it is malformed, not ours, of another type, or past its end.
    public func token(in text: String, at now: Timestamp) -> OwnToken? {
        guard let jws = try? CompactJWS(parsing: text, maximumLength: Self.maximumLength),
            let header = try? JOSEHeader(jws.header), header.dangerousMembers.isEmpty,
            // RFC 8725 §3.11: status lists and signed answers are JWTs of the same keys, and no access tokens.
            let type = header.normalisedType, ["jwt", AccessTokenClaims.rfc9068Type].contains(type),
            let algorithm = header.algorithm, let id = header.keyID,
            // RFC 8725 §3.1: the algorithm is the key's.
            let key = keys.published(at: now).first(where: { $0.record.id.rawValue == id }),
            key.record.algorithm == algorithm, jws.isSigned(by: key.publicKey, algorithm: algorithm),
            let claims = try? jws.payloadObject(), let token = OwnToken(verified: claims, of: issuer),
            now < token.expires
        else { return nil }
        return token
    }
}

extension OwnToken {
    /// A token with claims whose signature by this server was verified; nil when they are not those of a token of its own.
    public init?(verified claims: JSONObject, of issuer: Issuer) {
        guard claims["iss"]?.string == issuer.rawValue, let tokenID = claims["jti"]?.string,
            let issued = claims["iat"]?.integer, let expires = claims["exp"]?.integer
        else { return nil }
        self.claims = claims
        self.tokenID = TokenID(tokenID)
        self.issued = Timestamp(seconds: issued)
        self.expires = Timestamp(seconds: expires)
        grounds = TokenGrounds(claims: claims)
        status = Self.place(in: claims, of: issuer)
    }

    private static func place(in claims: JSONObject, of issuer: Issuer) -> StatusPlace? {
        guard let claim = claims["status"], let reference = try? StatusReference(claim: claim) else { return nil }
        let prefix = issuer.endpoint("statuslists/")
        guard reference.uri.hasPrefix(prefix), let list = Int(reference.uri.dropFirst(prefix.count)) else { return nil }
        return StatusPlace(list: list, index: reference.index)
    }
}
