public import Attention
internal import Foundation
internal import RelationalStorage
internal import JOSE
public import Vocabulary

/// The list of what operators must not miss, and the webhooks that tell them.
extension SQLiteReader: AttentionReader, WebhookReader {
    /// What was listed when the server last looked, with what was resolved since the last clearing.
    public func attentionRecords() throws -> [AttentionRecord] {
        try Row.fetchAll(database, sql: "SELECT body, appeared, updated, resolved, id FROM attention_item ORDER BY id")
            .map { row in
                guard let object = (try? JSONValue(parsing: (row[0] as String)))?.object,
                    let item = AttentionItem(parsing: object)
                else { throw StorageError.corrupt(detail: "the item `\(row[4] as String)` is malformed") }
                return AttentionRecord(
                    item,
                    appeared: Timestamp(seconds: row[1]),
                    updated: Timestamp(seconds: row[2]),
                    resolved: (row[3] as Int64?).map(Timestamp.init(seconds:))
                )
            }
    }

    /// All targets, by name.
    public func webhookTargets() throws -> [WebhookTarget] {
        try Row.fetchAll(
            database,
            sql: "SELECT name, url, seed, former_seed, former_until, created FROM webhook_target ORDER BY name"
        ).map { row in
            var former: WebhookTarget.Former?
            if let seed = row[3] as Data?, let until = row[4] as Int64? {
                former = WebhookTarget.Former(seed: Array(seed), until: Timestamp(seconds: until))
            }
            return WebhookTarget(
                name: row[0],
                url: row[1],
                seed: Array(row[2] as Data),
                former: former,
                created: Timestamp(seconds: row[5])
            )
        }
    }

    /// What waits to be sent and is due, the oldest first, so many of each target at most.
    public func dueDeliveries(at now: Timestamp, ofEach limit: Int) throws -> [WebhookDelivery] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT id, target, payload, created, attempts, due, status, fault FROM (
                    SELECT *, row_number() OVER (PARTITION BY target ORDER BY created, id) AS place
                    FROM webhook_delivery WHERE state = 'pending' AND due <= ?
                ) WHERE place <= ? ORDER BY created, id
                """,
            arguments: [now.seconds, limit]
        ).map { row in
            WebhookDelivery(
                id: row[0],
                target: row[1],
                payload: row[2],
                created: Timestamp(seconds: row[3]),
                attempts: row[4],
                due: Timestamp(seconds: row[5]),
                status: row[6],
                fault: row[7]
            )
        }
    }

    /// How many wait for each target, and the last attempts' outcome.
    public func webhookStandings() throws -> [WebhookStanding] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT name, count(id) FILTER (WHERE state = 'pending'), count(id) FILTER (WHERE state = 'given_up'),
                    max(finished) FILTER (WHERE state = 'delivered')
                FROM webhook_target LEFT JOIN webhook_delivery ON target = name GROUP BY name ORDER BY name
                """
        ).map { row in
            WebhookStanding(
                target: row[0],
                pending: row[1],
                givenUp: row[2],
                lastDelivered: (row[3] as Int64?).map(Timestamp.init(seconds:))
            )
        }
    }
}

extension SQLiteTransaction: AttentionStore {
    /// Keeps new or changed records, and forgets those that were resolved before a time.
    public func keep(_ records: [AttentionRecord], forgettingResolvedBefore time: Timestamp) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO attention_item (id, body, appeared, updated, resolved) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET body = excluded.body, appeared = excluded.appeared,
                    updated = excluded.updated, resolved = excluded.resolved
                """
        )
        for record in records {
            try statement.execute(arguments: [
                record.item.id, JSONValue.object(record.item.json).text(), record.appeared.seconds,
                record.updated.seconds, record.resolved?.seconds,
            ])
        }
        try database.execute(sql: "DELETE FROM attention_item WHERE resolved < ?", arguments: [time.seconds])
    }

    /// Keeps a new target, or the new keys of one.
    public func put(_ target: WebhookTarget) throws {
        try database.execute(
            sql: """
                INSERT INTO webhook_target (name, url, seed, former_seed, former_until, created)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET url = excluded.url, seed = excluded.seed,
                    former_seed = excluded.former_seed, former_until = excluded.former_until
                """,
            arguments: [
                target.name, target.url, Data(target.seed), target.former.map { Data($0.seed) },
                target.former?.until.seconds, target.created.seconds,
            ]
        )
    }

    /// Forgets a target and what waits for it.
    public func removeWebhookTarget(_ name: String) throws {
        try database.execute(sql: "DELETE FROM webhook_target WHERE name = ?", arguments: [name])
        try database.execute(sql: "DELETE FROM webhook_delivery WHERE target = ?", arguments: [name])
    }

    /// Puts deliveries into the outbox, or keeps what became of them; one of a target that is no more is forgotten.
    public func put(_ deliveries: [WebhookDelivery]) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO webhook_delivery
                    (id, target, payload, created, state, attempts, due, finished, status, fault)
                SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
                WHERE EXISTS (SELECT 1 FROM webhook_target WHERE name = ?2)
                ON CONFLICT (id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,
                    due = excluded.due, finished = excluded.finished, status = excluded.status, fault = excluded.fault
                """
        )
        for delivery in deliveries {
            try statement.execute(arguments: [
                delivery.id, delivery.target, delivery.payload, delivery.created.seconds, delivery.state.rawValue,
                delivery.attempts, delivery.due.seconds, delivery.finished?.seconds, delivery.status, delivery.fault,
            ])
        }
    }

    /// Forgets deliveries that were finished before a time, and gives up the oldest beyond a number that wait.
    public func trimDeliveries(finishedBefore time: Timestamp, keepingPending limit: Int, at now: Timestamp) throws {
        try database.execute(sql: "DELETE FROM webhook_delivery WHERE finished < ?", arguments: [time.seconds])
        try database.execute(
            sql: """
                UPDATE webhook_delivery SET state = 'given_up', finished = ?, fault = 'too many notices waited'
                WHERE id IN (
                    SELECT id FROM webhook_delivery WHERE state = 'pending' ORDER BY created DESC, id LIMIT -1 OFFSET ?
                )
                """,
            arguments: [now.seconds, limit]
        )
    }
}
