internal import Administration
public import Attention
internal import AuditLedger
internal import Foundation
internal import RelationalStorage
internal import JOSE
internal import Organisations
internal import TokenIssuance
public import Vocabulary

/// What operators must not miss, as far as the store knows it; each list is bounded.
extension SQLiteReader {
    /// The newest entries of the ledger that are looked at for refusals: more would cost what they tell.
    private static let recentEntries: Int64 = 20_000

    /// What the store knows.
    public func attentionFacts(at now: Timestamp) throws -> AttentionFacts {
        let window = (from: now - AttentionSteps.aftermath, until: now + AttentionSteps.horizon)
        var facts = AttentionFacts()
        facts.clientKeys = try endingClientKeys(window)
        facts.clientKeysWithinMonth = try countClientKeys(endingAfter: now, before: now + .days(30))
        facts.signingKeys = try endingSigningKeys(at: now)
        facts.accesses = try endingAccesses(window)
        facts.delegations = try endingDelegations(window)
        facts.closed = try closedOrganisations()
        facts.requests = try recentRequests(since: now - .hours(1))
        facts.feeds = try registerFeeds().compactMap { feed in
            feed.updated.map { AttentionFacts.Feed(feed.feed.rawValue, updated: $0) }
        }
        facts.undelivered = try undeliveredNotices()
        facts.ledgerFault = try ledgerFault()
        facts.oldestUncovered = try oldestUncovered
        facts.incidents = try incidents().prefix(AttentionFacts.limit).filter { $0.declared > window.from }
            .map { AttentionFacts.Incident(id: $0.id, kind: $0.kind, subject: $0.subject, declared: $0.declared) }
        return facts
    }

    // MARK: What ends

    private func ending(
        _ query: String,
        _ window: (from: Timestamp, until: Timestamp),
        _ read: (Row) throws -> AttentionFacts.Ending.Thing
    ) throws -> AttentionFacts.Ending {
        let bounds: StatementArguments = [window.from.seconds, window.until.seconds]
        let columns = query.range(of: " FROM ").map { String(query[$0.lowerBound...]) } ?? ""
        let count = try Int.fetchOne(database, sql: "SELECT count(*)\(columns)", arguments: bounds) ?? 0
        guard count > 0 else { return AttentionFacts.Ending() }
        // The third column of each query is the end.
        let rows = try Row.fetchAll(
            database,
            sql: "\(query) ORDER BY 3, 1, 2 LIMIT \(AttentionFacts.limit)",
            arguments: bounds
        )
        return AttentionFacts.Ending(try rows.map(read), count: count)
    }

    private func endingClientKeys(_ window: (from: Timestamp, until: Timestamp)) throws -> AttentionFacts.Ending {
        let query = """
            SELECT client, kid, expires, owner, certificate IS NOT NULL FROM client_key JOIN client ON client.id = client \
            WHERE active = 1 AND expires > ? AND expires <= ?
            """
        return try ending(query, window) { row in
            let (client, kid): (String, String) = (row[0], row[1])
            let hasCertificate: Bool = row[4]
            let name = "the key `\(kid)` of the client `\(client)`" + (hasCertificate ? ", with its certificate," : "")
            let norwegian =
                "nøkkelen `\(kid)` til klienten `\(client)`" + (hasCertificate ? ", med sertifikatet sitt," : "")
            return AttentionFacts.Ending.Thing(
                "\(client)/\(kid)",
                name,
                norwegian: norwegian,
                party: OrganisationNumber(integer: row[3]),
                end: Timestamp(seconds: row[2]),
                command: "portvakt client keys add \(ShellWord.quoted(client)) --jwk FILE"
            )
        }
    }

    private func endingAccesses(_ window: (from: Timestamp, until: Timestamp)) throws -> AttentionFacts.Ending {
        let query = """
            SELECT scope, consumer, valid_until, scope.owner FROM scope_access JOIN scope ON scope.name = scope_access.scope \
            WHERE valid_until > ? AND valid_until <= ? AND state = 'APPROVED'
            """
        return try ending(query, window) { row in
            let scope: String = row[0]
            let consumer = OrganisationNumber(integer: row[1])
            let number = consumer.map { "\($0)" } ?? ""
            return AttentionFacts.Ending.Thing(
                "\(scope)/\(number)",
                "the access of `\(number)` to `\(scope)`",
                norwegian: "tilgangen som `\(number)` har til `\(scope)`",
                party: consumer,
                other: OrganisationNumber(integer: row[3]),
                end: Timestamp(seconds: row[2]),
                command: "portvakt access grant \(ShellWord.quoted(scope)) \(number) --until DATE"
            )
        }
    }

    private func endingDelegations(_ window: (from: Timestamp, until: Timestamp)) throws -> AttentionFacts.Ending {
        let query = """
            SELECT consumer, supplier, until, resource FROM scope_delegation \
            WHERE until > ? AND until <= ? AND revoked IS NULL
            """
        return try ending(query, window) { row in
            let consumer = OrganisationNumber(integer: row[0])
            let supplier = OrganisationNumber(integer: row[1]).map { "\($0)" } ?? ""
            let resource: String = row[3]
            let number = consumer.map { "\($0)" } ?? ""
            return AttentionFacts.Ending.Thing(
                "\(number)/\(supplier)/\(resource)",
                "the delegation of `\(resource)` from `\(number)` to `\(supplier)`",
                norwegian: "delegeringen av `\(resource)` fra `\(number)` til `\(supplier)`",
                party: consumer,
                other: OrganisationNumber(integer: row[1]),
                end: Timestamp(seconds: row[2]),
                command: "portvakt delegation list --consumer \(number)"
            )
        }
    }

    private func endingSigningKeys(at now: Timestamp) throws -> AttentionFacts.Ending {
        let records = try signingKeys()
        let things = records.compactMap { record -> AttentionFacts.Ending.Thing? in
            guard record.state(at: now) == .active, let end = record.retires else { return nil }
            let hasSuccessor = records.contains {
                $0.algorithm == record.algorithm && $0.activates > record.activates && $0.removed == nil
            }
            guard !hasSuccessor else { return nil }
            return AttentionFacts.Ending.Thing(
                record.id.rawValue,
                "the signing key `\(record.id)`, which has no successor,",
                norwegian: "signeringsnøkkelen `\(record.id)`, som ikke har noen etterfølger,",
                party: nil,
                end: end,
                command: "portvakt keys rotate --alg \(record.algorithm.rawValue)"
            )
        }
        return AttentionFacts.Ending(things)
    }

    // MARK: Organisations that are no more

    private func closedOrganisations() throws -> [AttentionFacts.Closed] {
        // Each number once, by walking from one to the next in the index: not each of a million grants is looked at.
        let numbers = try Int64.fetchCursor(
            database,
            sql: """
                WITH RECURSIVE consumers (number) AS (
                    SELECT min(consumer) FROM scope_access
                    UNION ALL
                    SELECT (SELECT min(consumer) FROM scope_access WHERE consumer > number) FROM consumers
                    WHERE number IS NOT NULL
                )
                SELECT number FROM consumers WHERE number IS NOT NULL
                UNION SELECT owner FROM client WHERE active = 1
                UNION SELECT consumer FROM scope_delegation WHERE revoked IS NULL
                UNION SELECT supplier FROM scope_delegation WHERE revoked IS NULL
                """
        )
        var closed: [AttentionFacts.Closed] = []
        while closed.count < AttentionFacts.limit, let integer = try numbers.next() {
            let number = try StoredValue.organisation(integer, of: "a right")
            guard let impediment = try standing(of: number)?.impediment else { continue }
            let held = try rights(of: number)
            guard held.accesses + held.clients + held.delegations > 0 else { continue }
            var day: CalendarDate?
            if case .deleted(let deleted) = impediment { day = deleted }
            closed.append(
                AttentionFacts.Closed(
                    number,
                    since: day,
                    accesses: held.accesses,
                    clients: held.clients,
                    delegations: held.delegations
                )
            )
        }
        return closed
    }

    private func rights(of number: OrganisationNumber) throws -> (accesses: Int, clients: Int, delegations: Int) {
        func count(_ sql: String) throws -> Int {
            try Int.fetchOne(database.cachedStatement(sql: sql), arguments: [number.integer]) ?? 0
        }
        return (
            try count("SELECT count(*) FROM scope_access WHERE consumer = ? AND state = 'APPROVED'"),
            try count("SELECT count(*) FROM client WHERE owner = ? AND active = 1"),
            try count(
                "SELECT count(*) FROM scope_delegation WHERE (consumer = ?1 OR supplier = ?1) AND revoked IS NULL"
            )
        )
    }

    // MARK: What the ledger tells

    private func recentRequests(since start: Timestamp) throws -> [AttentionFacts.Requests] {
        let rows = try Row.fetchAll(
            database,
            sql: """
                WITH recent AS (
                    SELECT kind, CAST(body AS TEXT) AS body FROM ledger
                    WHERE sequence > (SELECT max(sequence) FROM ledger) - ?1 AND time >= ?2
                        AND kind IN ('token_issued', 'token_refused', 'token_refusals_summed')
                )
                SELECT asked, owner, sum(issued), sum(refused) FROM (
                    SELECT json_extract(body, '$.client_id') AS asked, kind = 'token_issued' AS issued,
                        CASE kind WHEN 'token_refused' THEN 1
                            WHEN 'token_refusals_summed' THEN coalesce(json_extract(body, '$.details.count'), 1)
                            ELSE 0 END AS refused
                    FROM recent
                ) LEFT JOIN client ON client.id = asked
                WHERE asked IS NOT NULL GROUP BY asked HAVING sum(refused) > 0
                ORDER BY sum(refused) DESC, asked LIMIT \(AttentionFacts.limit)
                """,
            arguments: [Self.recentEntries, start.seconds]
        )
        return try rows.map { row in
            guard let client = try? ClientID(parsing: row[0] as String) else {
                throw StorageError.corrupt(detail: "a ledger entry names `\(row[0] as String)`, which is no client")
            }
            return AttentionFacts.Requests(
                client,
                owner: (row[1] as Int64?).flatMap(OrganisationNumber.init(integer:)),
                issued: row[2],
                refused: row[3]
            )
        }
    }

    /// Whether the head of the ledger can be read and follows from the entry before it; `audit verify` looks at them all.
    private func ledgerFault() throws -> String? {
        let last = try lastSequence
        guard last > 0 else { return nil }
        guard let head = try row(last) else { return "the ledger's last entry cannot be read" }
        guard let before = try row(last - 1) else { return nil }
        return head.entry.previous == before.entry.hash
            ? nil : "the ledger's last entry does not follow from the one before it"
    }

    private func undeliveredNotices() throws -> [AttentionFacts.Undelivered] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT target, count(*), max(finished) FROM webhook_delivery AS lost WHERE state = 'given_up'
                    AND finished > coalesce((
                        SELECT max(finished) FROM webhook_delivery WHERE target = lost.target AND state = 'delivered'
                    ), 0)
                GROUP BY target ORDER BY target
                """
        ).map { AttentionFacts.Undelivered($0[0], count: $0[1], last: Timestamp(seconds: $0[2])) }
    }
}
