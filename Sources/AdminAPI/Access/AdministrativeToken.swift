import JOSE
import TokenIssuance
import Vocabulary

/// A token of ours that was verified: signed by one of the server's keys, for this API, not expired.
struct AdministrativeToken: Sendable {
    /// The client that it was issued to.
    let client: ClientID
    /// The organisation whose rights it has.
    let consumer: OrganisationNumber
    /// The organisation that got it on the consumer's behalf.
    let supplier: OrganisationNumber?
    /// Whether it rests on a delegation.
    let isDelegated: Bool
    /// Its scopes, as texts: they are compared, never taken apart.
    let scopes: Set<String>
    /// The prefixes that the consumer owns, where the token says so.
    let prefixes: [String]
    /// The person that it names; believed only as ``AccessDemand`` says.
    let pid: NationalIdentityNumber?
    /// Whether it is bound to a key, which the request has proved to hold.
    let isBound: Bool
    /// What tells whether it still stands.
    let own: OwnToken

    /// Its `jti`.
    var tokenID: TokenID { own.tokenID }

    func holds(_ scope: AdministrativeScope) -> Bool { scopes.contains(scope.rawValue) }

    func holds(anyOf scopes: [AdministrativeScope]) -> Bool { scopes.contains { holds($0) } }

    /// Whether the scope's prefix is one that the consumer owns.
    func owns(_ scope: ScopeName) -> Bool { prefixes.contains(scope.prefix.rawValue) }
}

extension AdministrativeToken {
    /// Reads the claims of a token whose signature holds; nil when they are not those of a token of ours.
    init?(claims: JSONObject, of issuer: Issuer) {
        guard let own = OwnToken(verified: claims, of: issuer),
            let client = claims["client_id"]?.string.flatMap({ try? ClientID(parsing: $0) }),
            let consumer = Self.organisation(claims["consumer"]),
            let scope = claims["scope"]?.string
        else { return nil }
        self.client = client
        self.consumer = consumer
        supplier = Self.organisation(claims["supplier"])
        isDelegated = claims.contains("supplier") || claims.contains("delegation_source")
        scopes = Set(scope.split(separator: " ").map(String.init))
        prefixes = claims["consumer_prefix"]?.strings ?? []
        pid = claims["pid"]?.string.flatMap(NationalIdentityNumber.init(parsing:))
        self.own = own
        isBound = claims.contains("cnf")
    }

    /// The ISO 6523 form, `{"authority": …, "ID": "0192:991825827"}`.
    private static func organisation(_ value: JSONValue?) -> OrganisationNumber? {
        guard let text = value?["ID"]?.string, text.hasPrefix("0192:") else { return nil }
        return try? OrganisationNumber(parsing: text.dropFirst(5))
    }
}
