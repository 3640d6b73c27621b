import JOSE
public import Vocabulary

/// The claims of an assertion, each of the right form (spec §2.3); nothing in them is proven.
public struct AssertionClaims: Sendable, Hashable {
    /// `iss`: the client.
    public let client: ClientID
    /// `aud`, one string or the elements of an array.
    public let audience: [String]
    /// `iat`.
    public let issuedAt: Timestamp
    /// `exp`.
    public let expires: Timestamp
    /// `nbf`.
    public let notBefore: Timestamp?
    /// `jti`, at most 255 bytes.
    public let tokenID: String?
    /// `scope`, in the order asked, no duplicates; empty in a client assertion.
    public let scopes: [ScopeName]
    /// `resource`, in the JSON form that it came in.
    public let resource: ResourceIndicator?
    /// `pid`: an end user's national identity number; never printed, logged or stored.
    public let pid: NationalIdentityNumber?
    /// `consumer_org` or `iss_onbehalfof`: for whom the client acts.
    public let actingFor: ActingFor
    /// `authorization_details`.
    public let authorizationDetail: AuthorizationDetail?

    /// The longest `jti` in bytes.
    public static let maximumTokenIDLength = 255

    /// The most scopes in one request.
    public static let maximumScopes = 100

    private static let known: [String] = [
        "aud", "iss", "iat", "exp", "nbf", "jti", "sub", "scope", "resource", "consumer_org", "iss_onbehalfof", "pid",
        "authorization_details",
    ]

    /// Claims that only a grant may hold (DESIGN §2.1).
    private static let grantOnly: [String] = ["scope", "resource", "consumer_org", "iss_onbehalfof", "pid"]

    init(of kind: UnverifiedAssertion.Kind, in jws: CompactJWS) throws(Refusal) {
        let object: JSONObject
        do { object = try jws.payloadObject() } catch { throw .assertionMalformed(error) }
        if let unknown = object.names.first(where: { !Self.known.contains($0) }) {
            throw .claimUnknown(String(unknown.prefix(100)), suggestion: Self.suggestion(for: unknown))
        }
        let client = try Self.required("iss", in: object)
        guard let id = try? ClientID(parsing: client) else { throw .claim("iss", fault: .malformed) }
        self.client = id
        audience = try Self.audience(in: object)
        issuedAt = try Self.requiredDate("iat", in: object)
        expires = try Self.requiredDate("exp", in: object)
        notBefore = try Self.date("nbf", in: object)
        guard expires > issuedAt else { throw .assertionEndsBeforeItBegins }
        tokenID = try Self.tokenID(in: object)
        authorizationDetail = try object["authorization_details"].map(AuthorizationDetail.init(parsing:))
        switch kind {
        case .grant:
            scopes = try Self.scopes(try Self.required("scope", in: object), named: "scope")
            resource = try ResourceIndicator(parsing: object["resource"])
            pid = try Self.pid(in: object)
            actingFor = try ActingFor(reading: object)
        case .clientAuthentication:
            for name in Self.grantOnly where object[name] != nil { throw .claim(name, fault: .forbidden) }
            // RFC 7523 §3 items 1 and 2: issuer and subject are the client.
            guard isSameBytes(try Self.required("sub", in: object), client) else {
                throw .claim("sub", fault: .malformed)
            }
            scopes = []
            resource = nil
            pid = nil
            actingFor = .owner
        }
    }

    /// Splits and parses a `scope` value: single spaces, no duplicates, at most a hundred (RFC 6749 §3.3).
    static func scopes(_ text: String, named name: String) throws(Refusal) -> [ScopeName] {
        // One scope is what most ask for.
        if let scope = try? ScopeName(parsing: text) { return [scope] }
        var scopes: [ScopeName] = []
        var seen: Set<ScopeName> = []
        for part in text.split(separator: " ", omittingEmptySubsequences: false) {
            guard let scope = try? ScopeName(parsing: part), seen.insert(scope).inserted else {
                throw .claim(name, fault: .malformed)
            }
            guard scopes.count < maximumScopes else { throw .claim(name, fault: .tooLong) }
            scopes.append(scope)
        }
        return scopes
    }

    private static func required(_ name: String, in object: JSONObject) throws(Refusal) -> String {
        guard let member = object[name] else { throw .claim(name, fault: .missing) }
        guard case .string(let text) = member, !text.isEmpty else { throw .claim(name, fault: .malformed) }
        return text
    }

    private static func audience(in object: JSONObject) throws(Refusal) -> [String] {
        switch object["aud"] {
        case nil: throw .claim("aud", fault: .missing)
        case .string(let text): return [text]
        case .array(let elements):
            var audience: [String] = []
            for element in elements {
                guard case .string(let text) = element else { throw .claim("aud", fault: .malformed) }
                audience.append(text)
            }
            guard !audience.isEmpty else { throw .claim("aud", fault: .malformed) }
            return audience
        default: throw .claim("aud", fault: .malformed)
        }
    }

    private static func requiredDate(_ name: String, in object: JSONObject) throws(Refusal) -> Timestamp {
        guard let date = try date(name, in: object) else { throw .claim(name, fault: .missing) }
        return date
    }

    /// RFC 7519 §2 NumericDate: a number, perhaps fractional (floored), neither negative nor beyond 2^53.
    private static func date(_ name: String, in object: JSONObject) throws(Refusal) -> Timestamp? {
        guard let member = object[name] else { return nil }
        guard case .number(let number) = member, let seconds = number.flooredNumericDate
        else { throw .claim(name, fault: .malformed) }
        return Timestamp(seconds: seconds)
    }

    private static func tokenID(in object: JSONObject) throws(Refusal) -> String? {
        guard let member = object["jti"] else { return nil }
        guard case .string(let text) = member, !text.isEmpty else { throw .claim("jti", fault: .malformed) }
        guard text.utf8.count <= maximumTokenIDLength else { throw .claim("jti", fault: .tooLong) }
        return text
    }

    private static func pid(in object: JSONObject) throws(Refusal) -> NationalIdentityNumber? {
        guard let member = object["pid"] else { return nil }
        guard case .string(let text) = member, let number = NationalIdentityNumber(parsing: text) else {
            throw .claim("pid", fault: .malformed)
        }
        return number
    }

    /// The known claim within two edits of `name`, as `consumer_org` of `consumer_orgno`.
    static func suggestion(for name: String) -> String? {
        guard name.utf8.count <= 40 else { return nil }
        let best = known.map { (name: $0, distance: editDistance($0, name)) }.min { $0.distance < $1.distance }
        guard let best, best.distance <= 2 else { return nil }
        return best.name
    }

    private static func editDistance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substitution = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
