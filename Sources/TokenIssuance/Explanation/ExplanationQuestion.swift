import Clients
public import JOSE
public import Vocabulary

/// What somebody wants to know: would this client get this token.
///
/// It holds what a grant would say, apart from everything that only the client could prove.
public struct ExplanationQuestion: Sendable {
    /// The client.
    public let client: ClientID
    /// The scopes, in the order asked.
    public let scopes: [ScopeName]
    /// For whom the client would act.
    public var actingFor: ActingFor = .owner
    /// `resource`.
    public var resource: ResourceIndicator?
    /// `authorization_details`.
    public var detail: AuthorizationDetail?
    /// Whether a `pid` would be sent; whose it is does not matter.
    public var namesPerson = false
    /// Whether a DPoP proof would be sent.
    public var provesKey = false
    /// Whether a client certificate would be shown at the connection.
    public var showsCertificate = false
    /// The key that the client would sign with; nil: whichever of its keys is usable.
    public var key: KeyID?
    /// The time of the request; nil: now.
    public var time: Timestamp?

    /// A question about a plain request.
    public init(client: ClientID, scopes: [ScopeName]) {
        self.client = client
        self.scopes = scopes
    }

    /// The facts that answer it.
    public var query: FactsQuery {
        FactsQuery(client: client, scopes: scopes, actingFor: actingFor, detail: detail.map(DetailQuery.init))
    }

    /// The most scopes of one question, as of one grant.
    public static let maximumScopes = 100

    /// Reads the question from JSON, by the names that a grant has.
    ///
    /// Members: `client_id`, `scope` (one text), and as wanted `consumer_org`, `iss_onbehalfof`, `resource`,
    /// `authorization_details`, `pid`, `dpop` and `mtls` (true or false), `kid`, `at`.
    ///
    /// - Throws: the refusal that a grant with such a member would get; `.claim` for one that no question has.
    public init(reading object: JSONObject) throws(Refusal) {
        if let unknown = object.names.first(where: { !Self.members.contains($0) }) {
            throw .claimUnknown(String(unknown.prefix(100)), suggestion: nil)
        }
        guard let member = object["client_id"] else { throw .claim("client_id", fault: .missing) }
        guard let client = member.string.flatMap({ try? ClientID(parsing: $0) }) else {
            throw .claim("client_id", fault: .malformed)
        }
        self.client = client
        scopes = try Self.scopes(object["scope"])
        actingFor = try ActingFor(reading: object)
        resource = try ResourceIndicator(parsing: object["resource"])
        detail = try object["authorization_details"].map { value throws(Refusal) in
            try AuthorizationDetail(parsing: value)
        }
        try AuthorizationDetail.check(detail, besides: actingFor)
        namesPerson = try Self.flag("pid", in: object)
        provesKey = try Self.flag("dpop", in: object)
        showsCertificate = try Self.flag("mtls", in: object)
        if let member = object["kid"] {
            guard let key = member.string.flatMap({ try? KeyID(parsing: $0) }) else {
                throw .claim("kid", fault: .malformed)
            }
            self.key = key
        }
        if let member = object["at"] {
            guard let time = member.string.flatMap({ Timestamp(parsing: $0) }) else {
                throw .claim("at", fault: .malformed)
            }
            self.time = time
        }
    }

    private static let members: Set<String> = [
        "client_id", "scope", "consumer_org", "iss_onbehalfof", "resource", "authorization_details", "pid", "dpop",
        "mtls", "kid", "at",
    ]

    private static func scopes(_ member: JSONValue?) throws(Refusal) -> [ScopeName] {
        guard let member else { throw .claim("scope", fault: .missing) }
        guard let text = member.string, !text.isEmpty else { throw .claim("scope", fault: .malformed) }
        var scopes: [ScopeName] = []
        for part in text.split(separator: " ", omittingEmptySubsequences: false) {
            guard let scope = try? ScopeName(parsing: part), !scopes.contains(scope) else {
                throw .claim("scope", fault: .malformed)
            }
            scopes.append(scope)
            guard scopes.count <= maximumScopes else { throw .claim("scope", fault: .tooLong) }
        }
        return scopes
    }

    /// Of a person the question says whether there would be one, never whom.
    private static func flag(_ name: String, in object: JSONObject) throws(Refusal) -> Bool {
        guard let member = object[name] else { return false }
        guard let flag = member.bool else { throw .claim(name, fault: .malformed) }
        return flag
    }
}

extension ExplanationQuestion {
    /// What the decision is asked.
    ///
    /// The keys that such a request would prove matter only by being there.
    var asked: AskedToken {
        var confirmation: Confirmation?
        if provesKey || showsCertificate {
            var proven = Confirmation(certificateThumbprint: showsCertificate ? "" : nil)
            proven.keyThumbprint = provesKey ? "" : nil
            confirmation = proven
        }
        return AskedToken(
            client: client,
            isAddressedToEndpoint: false,
            actingFor: actingFor,
            resource: resource,
            namesPerson: namesPerson,
            detail: detail,
            confirmation: confirmation
        )
    }

    /// What the client would prove itself with.
    ///
    /// - Throws: what authentication refuses, whatever the client signs.
    func credential(
        of client: Client,
        at now: Timestamp
    ) throws(Refusal) -> AuthenticatedGrant.Credential? {
        switch (client.authentication, key) {
        case (.certificate, nil): return nil
        case (.certificate, let id?): throw .keyNotRegistered(id)
        case (.registeredKey, let id?):
            guard let key = client.key(id) else { throw .keyUnknown(id) }
            return .key(key)
        case (.registeredKey, nil):
            // All removed: a certificate does not take their place (DESIGN §2.2).
            guard let longest = client.keys.max(by: { $0.expires < $1.expires }) else { throw .keyRequired }
            return .key(longest)
        }
    }
}
