public import Delegations
public import JOSE
import StatusLists
public import Vocabulary

/// The content of an access token that was decided on (spec §3.4): everything but the signature.
public struct AccessTokenClaims: Sendable, Hashable {
    /// `client_amr`: how the client authenticated.
    public enum ClientAMR: String, Sendable, Hashable {
        /// By a registered key.
        case privateKeyJWT = "private_key_jwt"
        /// By an enterprise certificate.
        case enterpriseCertificate = "virksomhetssertifikat"
        /// By a qualified electronic seal (eIDAS).
        case qualifiedSeal = "QCForESeal"
        /// By an electronic seal that is not qualified.
        case seal = "CForESeal"
    }

    /// `iss`.
    public let issuer: Issuer
    /// `client_id`.
    public let client: ClientID
    /// `client_amr`.
    public let clientAMR: ClientAMR
    /// `consumer`.
    public let consumer: TokenConsumer
    /// `supplier`: the organisation that acts for the consumer.
    public let supplier: OrganisationNumber?
    /// `delegation_source`: the register that holds the consumer's own act; never with an unproven supplier.
    public let delegationSource: String?
    /// The delegations that it rests on, for each scope in the order asked; named in the ledger only.
    public let delegations: [ScopeDelegation]
    /// `scope`, in the order asked.
    public let scopes: [ScopeName]
    /// `iat`.
    public let issuedAt: Timestamp
    /// `exp`.
    public let expires: Timestamp
    /// `jti`.
    public let tokenID: TokenID
    /// `aud`, in the JSON form that it was asked or is enforced in.
    public let audience: JSONValue?
    /// `pid`.
    public let pid: NationalIdentityNumber?
    /// The pseudonym of `pid`, under which the ledger knows whom the token named; nil without a key for such.
    public let person: PersonPseudonym?
    /// `authorization_details`: the system user or consent that it rests on.
    public let detail: TokenDetail?
    /// `cnf`: the keys that it is bound to (RFC 9449 §6.1, RFC 8705 §3.1).
    public let confirmation: Confirmation?
    /// The header's `typ`.
    public let headerType: String
    /// The header's `alg`.
    public let algorithm: JWSAlgorithm
    /// `consumer_prefix`: the prefixes that the consumer owns, only in tokens for Altinn's delegation and resource APIs.
    public let consumerPrefixes: [ScopePrefix]
    /// The consumer is bankrupt or being wound up, and the server is set to warn: marked in the ledger.
    public let isConsumerDistressed: Bool
    /// One of the scopes wants its tokens in a status list.
    public let hasStatus: Bool
    /// `status`: where its status stands; drawn inside the transaction that makes the ledger's entry.
    public internal(set) var status: StatusPlace?

    /// The token's life.
    public var lifetime: Seconds { expires - issuedAt }

    /// `token_type`: `DPoP` when every use needs a proof by a key (RFC 9449 §5), else `Bearer`; mTLS changes nothing.
    public var tokenType: String { confirmation?.keyThumbprint == nil ? "Bearer" : "DPoP" }

    /// The claims as they stand in the token.
    func payload() -> JSONObject {
        var object: JSONObject = [
            "iss": .string(issuer.rawValue),
            "client_id": .string(client.rawValue),
            "client_amr": .string(clientAMR.rawValue),
            "consumer": consumer.claim,
            "scope": .string(scopes.map(\.rawValue).joined(separator: " ")),
            "token_type": .string(tokenType),
            "iat": .number(JSONNumber(issuedAt.seconds)),
            "exp": .number(JSONNumber(expires.seconds)),
            "jti": .string(tokenID.rawValue),
        ]
        // RFC 9068 §2.2: `sub` is required; without a resource owner it names the client.
        if headerType == AccessTokenClaims.rfc9068Type { object["sub"] = .string(client.rawValue) }
        if let supplier { object["supplier"] = Self.party(supplier) }
        if let delegationSource { object["delegation_source"] = .string(delegationSource) }
        if let audience { object["aud"] = audience }
        if let pid { object["pid"] = .string(pid.exposed) }
        if let confirmation { object["cnf"] = Self.confirmation(confirmation) }
        if let detail { object["authorization_details"] = detail.claim }
        if !consumerPrefixes.isEmpty { object["consumer_prefix"] = .strings(consumerPrefixes.map(\.rawValue)) }
        if let status { object["status"] = status.reference(at: issuer).claim }
        return object
    }

    /// An organisation as tokens name it (spec §3.4): `ID` with two capitals.
    static func party(_ number: OrganisationNumber) -> JSONValue {
        .object(["authority": .string(OrganisationNumber.authority), "ID": .string(number.iso6523)])
    }

    /// RFC 9449 §6.1, RFC 8705 §3.1.
    private static func confirmation(_ confirmation: Confirmation) -> JSONValue {
        var object = JSONObject()
        if let thumbprint = confirmation.keyThumbprint { object["jkt"] = .string(thumbprint) }
        if let thumbprint = confirmation.certificateThumbprint { object["x5t#S256"] = .string(thumbprint) }
        return .object(object)
    }

    /// The `typ` of RFC 9068 §2.1.
    static let rfc9068Type = "at+jwt"
}
