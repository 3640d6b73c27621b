public import Clients
internal import Foundation
internal import RelationalStorage
internal import JOSE
internal import LibCrypto
public import Vocabulary

/// Clients, the scopes put on them and their keys.
extension SQLiteReader: ClientReader {
    /// The client of that identifier, with its scopes and keys.
    public func client(_ id: ClientID) throws -> Client? {
        let statement = try database.cachedStatement(sql: Self.selectClient + " WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id.rawValue]).map(client)
    }

    /// The clients asked for, by owner and name.
    public func clients(_ query: ClientQuery) throws -> [Client] {
        var filter = SQLFilter()
        filter.require("owner = ?", query.owner?.integer)
        filter.require("supplier = ?", query.supplier?.integer)
        filter.require("id IN (SELECT client FROM client_scope WHERE scope = ?)", query.scope?.rawValue)
        filter.require("id IN (SELECT client FROM client_key WHERE expires < ?)", query.keyEndingBefore?.seconds)
        if !query.includesInactive { filter.require("active = 1") }
        return try Row.fetchAll(
            database,
            sql: Self.selectClient + filter.clause + " ORDER BY owner, name, id",
            arguments: filter.arguments
        ).map(client)
    }

    /// How many keys of active clients end after one time and before another.
    public func countClientKeys(endingAfter start: Timestamp, before end: Timestamp) throws -> Int {
        let statement = try database.cachedStatement(
            sql: """
                SELECT count(*) FROM client_key JOIN client ON client.id = client_key.client
                WHERE client_key.expires > ? AND client_key.expires < ? AND client.active = 1
                """
        )
        return try Int.fetchOne(statement, arguments: [start.seconds, end.seconds]) ?? 0
    }

    // MARK: Rows

    private static let selectClient = """
        SELECT id, owner, supplier, integration_type, name, description, uri, access_token_lifetime, active, \
        authentication, endpoint_audience, inert_fields, created, last_updated, dpop_bound, \
        certificate_bound \
        FROM client
        """

    private func client(_ row: Row) throws -> Client {
        let text: String = row[0]
        guard let id = try? ClientID(parsing: text), let type = Client.IntegrationType(rawValue: row[3]),
            let authentication = Client.AuthenticationMethod(rawValue: row[9])
        else { throw StorageError.corrupt(detail: "client `\(text)` is malformed") }
        var client = Client(
            id: id,
            owner: try StoredValue.organisation(row[1], of: "client `\(text)`"),
            integrationType: type,
            name: row[4],
            scopes: try scopes(of: id),
            created: Timestamp(seconds: row[12])
        )
        client.supplier = try (row[2] as Int64?).map { try StoredValue.organisation($0, of: "client `\(text)`") }
        client.description = row[5]
        client.uri = row[6]
        client.accessTokenLifetime = (row[7] as Int64?).map { Seconds($0) }
        client.isActive = row[8]
        client.authentication = authentication
        client.keys = try keys(of: id)
        client.onBehalfOf = try onBehalfOfEntries(of: id)
        client.acceptsTokenEndpointAudience = row[10]
        client.inertFields = row[11]
        client.lastUpdated = Timestamp(seconds: row[13])
        client.requiresDPoP = row[14]
        client.requiresClientCertificate = row[15]
        return client
    }

    private func scopes(of client: ClientID) throws -> [ScopeName] {
        let statement = try database.cachedStatement(
            sql: "SELECT scope FROM client_scope WHERE client = ? ORDER BY position"
        )
        return try String.fetchAll(statement, arguments: [client.rawValue]).map { text in
            guard let name = try? ScopeName(parsing: text) else {
                throw StorageError.corrupt(detail: "scope `\(text)` of client `\(client)` is malformed")
            }
            return name
        }
    }

    private func keys(of client: ClientID) throws -> [ClientKey] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT kid, algorithm, public_key, thumbprint, certificate, created, expires, certificate_chain,
                    EXISTS (SELECT 1 FROM blocked_certificate WHERE blocked_certificate.thumbprint = certificate)
                FROM client_key
                WHERE client = ? ORDER BY created, kid
                """
        )
        return try Row.fetchAll(statement, arguments: [client.rawValue]).map { row in
            let text: String = row[0]
            guard let id = try? KeyID(parsing: text), let algorithm = JWSAlgorithm(rawValue: row[1]),
                let key = try? PublicKey(spkiDER: [UInt8](row[2] as Data))
            else { throw StorageError.corrupt(detail: "key `\(text)` of client `\(client)` is malformed") }
            let chain = try (row[7] as String?).map { try Self.certificates($0, of: client) } ?? []
            return ClientKey(
                id: id,
                algorithm: algorithm,
                publicKey: key,
                thumbprint: row[3],
                certificateThumbprint: row[4],
                certificateChain: chain,
                isCertificateBlocked: row[8],
                created: Timestamp(seconds: row[5]),
                expires: Timestamp(seconds: row[6])
            )
        }
    }

    private static func certificates(_ text: String, of client: ClientID) throws -> [[UInt8]] {
        try text.split(separator: " ").map { item in
            guard let der = try? Base64.decode(item) else {
                throw StorageError.corrupt(detail: "a certificate of client `\(client)` is malformed")
            }
            return der
        }
    }
}

extension SQLiteTransaction: ClientStore {
    /// Keeps a new client with its scopes and keys; its identifier must be free.
    public func insert(_ client: Client) throws {
        try database.execute(
            sql: """
                INSERT INTO client (id, owner, supplier, integration_type, name, description, uri, access_token_lifetime,
                    active, authentication, endpoint_audience, inert_fields, created, last_updated, dpop_bound,
                    certificate_bound)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                client.id.rawValue, client.owner.integer, client.supplier?.integer, client.integrationType.rawValue,
                client.name, client.description, client.uri, client.accessTokenLifetime?.count, client.isActive,
                client.authentication.rawValue, client.acceptsTokenEndpointAudience, client.inertFields,
                client.created.seconds, client.lastUpdated.seconds, client.requiresDPoP,
                client.requiresClientCertificate,
            ]
        )
        try insertParts(of: client)
    }

    /// Keeps the client's new values, its scopes and its keys.
    public func update(_ client: Client) throws {
        try database.execute(
            sql: """
                UPDATE client SET supplier = ?, name = ?, description = ?, uri = ?, access_token_lifetime = ?, active = ?,
                    authentication = ?, endpoint_audience = ?, inert_fields = ?, last_updated = ?,
                    dpop_bound = ?, certificate_bound = ?
                WHERE id = ?
                """,
            arguments: [
                client.supplier?.integer, client.name, client.description, client.uri,
                client.accessTokenLifetime?.count, client.isActive, client.authentication.rawValue,
                client.acceptsTokenEndpointAudience, client.inertFields, client.lastUpdated.seconds,
                client.requiresDPoP, client.requiresClientCertificate, client.id.rawValue,
            ]
        )
        try database.execute(sql: "DELETE FROM client_scope WHERE client = ?", arguments: [client.id.rawValue])
        try database.execute(sql: "DELETE FROM client_key WHERE client = ?", arguments: [client.id.rawValue])
        try insertParts(of: client)
    }

    private func insertParts(of client: Client) throws {
        try replaceOnBehalfOfEntries(of: client.id, with: client.onBehalfOf)
        let scope = try database.cachedStatement(
            sql: "INSERT INTO client_scope (client, position, scope) VALUES (?, ?, ?)"
        )
        for (position, name) in client.scopes.enumerated() {
            try scope.execute(arguments: [client.id.rawValue, position, name.rawValue])
        }
        let key = try database.cachedStatement(
            sql: """
                INSERT INTO client_key (client, kid, algorithm, public_key, thumbprint, certificate, created, expires,
                    certificate_chain)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        for item in client.keys {
            try key.execute(arguments: [
                client.id.rawValue, item.id.rawValue, item.algorithm.rawValue, Data(item.publicKey.spkiDER),
                item.thumbprint, item.certificateThumbprint, item.created.seconds, item.expires.seconds,
                item.certificateChain.isEmpty
                    ? nil : item.certificateChain.map { Base64.encode($0) }.joined(separator: " "),
            ])
        }
    }
}
