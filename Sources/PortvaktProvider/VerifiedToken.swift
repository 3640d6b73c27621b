public import JOSE
public import Vocabulary

/// An access token whose signature, issuer, times and audience have been proved; it never prints its claims.
public struct VerifiedToken: Sendable {
    /// A party that a token names (`consumer`, `supplier`).
    public struct Party: Sendable, Hashable {
        /// The scheme of its identifier, `iso6523-actorid-upis` for Norwegian organisations.
        public let authority: String
        /// The identifier, `0192:991825827`.
        public let identifier: String
        /// The organisation number, nil for parties of other schemes.
        public let organisation: OrganisationNumber?
    }

    /// The client that got it (`client_id`); for logs, not for access control.
    public let clientID: String
    /// The scopes that were granted.
    public let scopes: Set<ScopeName>
    /// The organisation that may use the API (`consumer`).
    public let consumer: Party
    /// The organisation that acts for the consumer (`supplier`), nil when the consumer acts itself.
    public let supplier: Party?
    /// The register in which the consumer has delegated to the supplier (`delegation_source`).
    public let delegationSource: String?
    /// How the client proved itself (`client_amr`).
    public let clientAMR: String?
    /// The APIs that it is meant for; empty when it names none.
    public let audience: [String]
    /// When it was issued.
    public let issuedAt: Timestamp
    /// When it ends.
    public let expiresAt: Timestamp
    /// Its identifier (`jti`); may be logged.
    public let tokenID: String?
    /// The keys that it is bound to (`cnf`), which the request has proved; nil for a bearer token.
    public let confirmation: Confirmation?
    /// All claims, for those that have no member here (`pid`, `authorization_details`).
    public let claims: JSONObject
    /// Which verifier has proved it; nil before it has ended.
    package fileprivate(set) var verifier: ObjectIdentifier?

    /// Demands more of the token.
    ///
    /// - Throws: `VerificationError.access`.
    public func require(_ rule: AccessRule) throws(VerificationError) {
        if let denial = rule.denial(of: self) { throw .access(denial) }
    }

    func proved(by verifier: ObjectIdentifier) -> VerifiedToken {
        var token = self
        token.verifier = verifier
        return token
    }
}

extension VerifiedToken {
    /// Reads the claims whose form we demand; the caller has proved the signature and the registered claims.
    init(
        _ claims: JSONObject,
        issuedAt: Timestamp,
        expiresAt: Timestamp,
        audience: [String],
        confirmation: Confirmation?
    ) throws(VerificationError) {
        self.confirmation = confirmation
        guard let clientID = claims["client_id"]?.string, !clientID.isEmpty else { throw .claim("client_id") }
        self.clientID = clientID
        scopes = try Self.scopes(claims)
        guard let consumer = try Self.party("consumer", in: claims) else { throw .claim("consumer") }
        self.consumer = consumer
        supplier = try Self.party("supplier", in: claims)
        delegationSource = try Self.text("delegation_source", in: claims)
        clientAMR = try Self.text("client_amr", in: claims)
        tokenID = try Self.text("jti", in: claims)
        self.audience = audience
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
        self.claims = claims
    }

    private static func scopes(_ claims: JSONObject) throws(VerificationError) -> Set<ScopeName> {
        guard let text = claims["scope"]?.string else { throw .claim("scope") }
        let bytes = Array(text.utf8)
        // As many as a token has; growing costs more than reading.
        var scopes = Set<ScopeName>(minimumCapacity: 4)
        var start = 0
        for end in 0...bytes.count where end == bytes.count || bytes[end] == UInt8(ascii: " ") {
            if end > start {
                guard let scope = try? ScopeName(parsing: bytes[start..<end]) else { throw .claim("scope") }
                scopes.insert(scope)
            }
            start = end + 1
        }
        return scopes
    }

    private static func party(_ name: String, in claims: JSONObject) throws(VerificationError) -> Party? {
        guard let value = claims[name] else { return nil }
        guard let authority = value["authority"]?.string, let identifier = value["ID"]?.string, !identifier.isEmpty
        else { throw .claim(name) }
        // Other authorities, and identifiers of more parts, exist; they name no organisation of Enhetsregisteret.
        let isNorwegian = authority == OrganisationNumber.authority
        let organisation = isNorwegian ? try? OrganisationNumber(parsingISO6523: Array(identifier.utf8)[...]) : nil
        return Party(authority: authority, identifier: identifier, organisation: organisation)
    }

    private static func text(_ name: String, in claims: JSONObject) throws(VerificationError) -> String? {
        guard let value = claims[name] else { return nil }
        guard let text = value.string else { throw .claim(name) }
        return text
    }
}

extension VerifiedToken: CustomStringConvertible, CustomReflectable {
    /// Client, consumer and end; not the claims, among which a national identity number may be.
    public var description: String { "token of client \(clientID) for \(consumer.identifier) until \(expiresAt)" }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
