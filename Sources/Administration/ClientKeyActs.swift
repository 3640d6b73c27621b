import AuditLedger
public import Clients
public import JOSE
public import Vocabulary

// Keys of clients.
extension Administration {
    /// Registers a key on a client; the very same key begins a new year.
    ///
    /// From the first key on the client authenticates by keys alone (DESIGN §2.2).
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownClient`, `.key`.
    /// - Returns: the client and whether the key was new to it.
    @discardableResult
    public func addKey(
        _ jwk: JWK,
        to id: ClientID
    ) throws -> (outcome: AdministrationOutcome<Client>, addition: Client.KeyAddition) {
        var client = try existing(id)
        let key = try registration(of: jwk)
        let addition = try add(key, to: &client)
        try keep(&client)
        try recordAddition(addition, of: key, to: client)
        return (AdministrationOutcome(client, warnings: try keyWarnings(about: client)), addition)
    }

    /// Takes a key from a client, which goes on authenticating by keys, also when it has none left.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownClient`, `.key(.unknown)`.
    @discardableResult
    public func removeKey(_ kid: KeyID, from id: ClientID) throws -> AdministrationOutcome<Client> {
        var client = try existing(id)
        let key: ClientKey
        do throws(ClientKeyFault) { key = try client.removeKey(kid) } catch { throw AdministrationRefusal.key(error) }
        try keep(&client)
        try recordRemoval(of: key, from: client)
        return AdministrationOutcome(client, warnings: try keyWarnings(about: client))
    }

    /// Puts a set in place of all keys of a client; keys that were there before begin a new year.
    ///
    /// - Throws: `AdministrationRefusal`: `.unknownClient`, `.key`.
    @discardableResult
    public func replaceKeys(with set: [JWK], on id: ClientID) throws -> AdministrationOutcome<Client> {
        var client = try existing(id)
        let before = client.keys
        let keys = try set.map { try registration(of: $0) }
        do throws(ClientKeyFault) { try client.replaceKeys(with: keys) } catch {
            throw AdministrationRefusal.key(error)
        }
        try keep(&client)
        let stays: (ClientKey, [ClientKey]) -> Bool = { key, others in
            others.contains { $0.id == key.id && $0.publicKey == key.publicKey }
        }
        for key in before where !stays(key, keys) { try recordRemoval(of: key, from: client) }
        for key in keys { try recordAddition(stays(key, before) ? .renewed : .added, of: key, to: client) }
        return AdministrationOutcome(client, warnings: try keyWarnings(about: client))
    }

    /// Takes all keys from a client and lets it authenticate by its organisation's enterprise certificate again.
    ///
    /// - Throws: `AdministrationRefusal.unknownClient`.
    @discardableResult
    public func resetToCertificate(_ id: ClientID) throws -> AdministrationOutcome<Client> {
        let before = try existing(id)
        var client = before
        client.resetToCertificate()
        for key in before.keys { try recordRemoval(of: key, from: before) }
        return try keep(client, insteadOf: before, as: .clientChanged, warnings: try keyWarnings(about: client))
    }

    // MARK: Parts

    /// The key as it would be registered now.
    func registration(of jwk: JWK) throws -> ClientKey {
        do throws(ClientKeyFault) {
            return try ClientKey(registering: jwk, at: now)
        } catch {
            throw AdministrationRefusal.key(error)
        }
    }

    @discardableResult
    func add(_ key: ClientKey, to client: inout Client) throws -> Client.KeyAddition {
        do throws(ClientKeyFault) { return try client.add(key) } catch { throw AdministrationRefusal.key(error) }
    }

    func recordAddition(_ addition: Client.KeyAddition, of key: ClientKey, to client: Client) throws {
        var details = Self.details(of: key)
        if addition == .renewed { details["renewed"] = true }
        try record(.clientKeyAdded, details) { $0.concern(client) }
    }

    /// What to say of the way in which a client can authenticate now.
    func keyWarnings(about client: Client) throws -> [AdministrationWarning] {
        switch client.authentication {
        case .certificate: try isSubUnit(client.holder) ? [.subUnitNeedsKey(client.id, client.holder)] : []
        case .registeredKey: client.keys.contains { !$0.isExpired(at: now) } ? [] : [.noKeyLeft(client.id)]
        }
    }

    private func keep(_ client: inout Client) throws {
        client.lastUpdated = now
        try transaction.update(client)
    }

    private func recordRemoval(of key: ClientKey, from client: Client) throws {
        try record(.clientKeyRemoved, Self.details(of: key)) { $0.concern(client) }
    }

    // The name of the key, never the key.
    private static func details(of key: ClientKey) -> JSONObject {
        var details: JSONObject = [
            "kid": .string(key.id.rawValue), "alg": .string(key.algorithm.rawValue),
            "thumbprint": .string(key.thumbprint), "expires": .string("\(key.expires)"),
        ]
        details["certificate"] = key.certificateThumbprint.map { .string($0) }
        return details
    }
}
