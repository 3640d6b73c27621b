public import JOSE
public import Vocabulary

/// What the issuer says of a token (RFC 7662 §2.2).
public enum Introspection: Sendable {
    /// It is in force, and has scopes of the one who asked.
    case active(IntrospectedToken)
    /// It has ended, is none of the issuer's, or none of the asker's business; the issuer tells no difference.
    case inactive
}

/// A token that its issuer has called active at the time of asking; it never prints its claims.
///
/// That it is bound to a key is told and not proved: ``confirmation`` is for the caller to compare with what the request shows.
public struct IntrospectedToken: Sendable {
    private let content: VerifiedToken

    /// The client that got it (`client_id`); for logs, not for access control.
    public var clientID: String { content.clientID }
    /// The scopes that were granted and belong to the one who asked.
    public var scopes: Set<ScopeName> { content.scopes }
    /// The organisation that may use the API (`consumer`).
    public var consumer: VerifiedToken.Party { content.consumer }
    /// The organisation that acts for the consumer (`supplier`), nil when the consumer acts itself.
    public var supplier: VerifiedToken.Party? { content.supplier }
    /// The register in which the consumer has delegated to the supplier (`delegation_source`).
    public var delegationSource: String? { content.delegationSource }
    /// How the client proved itself (`client_amr`).
    public var clientAMR: String? { content.clientAMR }
    /// The APIs that it is meant for; empty when it names none.
    public var audience: [String] { content.audience }
    /// When it was issued.
    public var issuedAt: Timestamp { content.issuedAt }
    /// When it ends.
    public var expiresAt: Timestamp { content.expiresAt }
    /// Its identifier (`jti`); may be logged.
    public var tokenID: String? { content.tokenID }
    /// The keys that it is bound to (`cnf`), of which nothing is proved yet; nil for a bearer token.
    public var confirmation: Confirmation? { content.confirmation }
    /// All members of the answer, for those that have none here (`pid`, `authorization_details`).
    public var claims: JSONObject { content.claims }

    /// Demands more of the token.
    ///
    /// - Throws: `VerificationError.access`.
    public func require(_ rule: AccessRule) throws(VerificationError) { try content.require(rule) }

    /// Reads an active answer.
    ///
    /// - Throws: `VerificationError` for a member that is missing or malformed.
    init(_ members: JSONObject) throws(VerificationError) {
        guard let issued = members["iat"]?.integer else { throw .claim("iat") }
        guard let expires = members["exp"]?.integer else { throw .claim("exp") }
        var audience: [String] = []
        if let claim = members["aud"] {
            guard let values = claim.string.map({ [$0] }) ?? claim.strings else { throw .claim("aud") }
            audience = values
        }
        content = try VerifiedToken(
            members,
            issuedAt: Timestamp(seconds: issued),
            expiresAt: Timestamp(seconds: expires),
            audience: audience,
            confirmation: try Self.confirmation(members["cnf"])
        )
    }

    /// RFC 7800 §3: a way of binding that is not known here must not pass for none.
    private static func confirmation(_ claim: JSONValue?) throws(VerificationError) -> Confirmation? {
        guard let claim else { return nil }
        guard let members = claim.object, !members.isEmpty else { throw .claim("cnf") }
        var confirmation = Confirmation()
        for name in members.names {
            switch (name, members[name]?.string) {
            case ("jkt", let text?): confirmation.keyThumbprint = text
            case ("x5t#S256", let text?): confirmation.certificateThumbprint = text
            default: throw .claim("cnf")
            }
        }
        return confirmation
    }
}

extension IntrospectedToken: CustomStringConvertible, CustomReflectable {
    /// Client, consumer and end; not the claims, among which a national identity number may be.
    public var description: String { content.description }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Why it is not known what the issuer says of a token: the call must not be served.
public enum IntrospectionError: Error, Sendable, Equatable {
    /// The endpoint is neither https nor on this machine.
    case insecureEndpoint
    /// The provider's own credentials could not be had; says why.
    case credentials(String)
    /// The issuer refused the provider itself, with that status; its answer's `error`, where it has one.
    case refused(status: Int, error: String?)
    /// No answer can be had at present; says why.
    case unavailable(String)
    /// The answer is none that can be understood; says what of it.
    case answer(String)
}

extension IntrospectionError: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch self {
        case .insecureEndpoint: "the introspection endpoint must be `https`, or on this machine"
        case .credentials(let reason): "no credentials for introspection: \(reason)"
        case .refused(let status, let error): "the issuer refused the question: \(status) \(error ?? "")"
        case .unavailable(let reason): "the issuer does not say whether the token is active: \(reason)"
        case .answer(let part): "the issuer's answer cannot be understood: \(part)"
        }
    }
}
