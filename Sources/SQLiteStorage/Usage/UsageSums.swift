internal import Foundation
internal import RelationalStorage
internal import JOSE
internal import Vocabulary

/// What a stretch of the ledger says of use, summed up.
struct UsageSums: Sendable {
    struct Hour: Hashable { let organisation: Int64, hour: Int64, code: String }
    struct Access: Hashable { let scope: String, consumer: Int64, supplier: Int64 }
    struct Day: Hashable { let scope: String, consumer: Int64, day: Int64 }
    struct Key: Hashable { let client: String, kid: String }
    struct Refusal: Hashable { let scope: String, consumer: Int64, client: String, code: String, reason: String }
    struct Client { var issued: Int64?, refused: Int64?, refusal: Int64? }

    /// The last entry that it counts in.
    var through: Int64
    var hours: [Hour: Int64] = [:]
    var accesses: [Access: Int64] = [:]
    var days: [Day: Int64] = [:]
    var clients: [String: Client] = [:]
    var keys: [Key: Int64] = [:]
    var refusals: [Refusal: (count: Int64, last: Int64)] = [:]

    /// Entries that are alike, together.
    fileprivate struct Group {
        let hour: Int64, isIssued: Bool, client: String?, kid: String?, consumer: Int64, supplier: Int64
        let scopes: [String], code: String, reasons: [(scope: String, reason: String)]
        let count: Int64, last: Int64, sequence: Int64
    }

    fileprivate mutating func add(_ group: Group, owners: (String) throws -> Int64?) throws {
        var concerned: Set<Int64> = [0, group.consumer, group.supplier]
        for scope in group.scopes { if let owner = try owners(scope) { concerned.insert(owner) } }
        let code = group.isIssued ? "" : group.code
        for organisation in concerned {
            hours[Hour(organisation: organisation, hour: group.hour, code: code), default: 0] += group.count
        }
        if let client = group.client {
            var use = clients[client] ?? Client()
            if group.isIssued {
                use.issued = max(use.issued ?? .min, group.last)
            } else if use.refusal ?? 0 < group.sequence {
                (use.refused, use.refusal) = (group.last, group.sequence)
            }
            clients[client] = use
            if let kid = group.kid {
                let key = Key(client: client, kid: kid)
                keys[key] = max(keys[key] ?? .min, group.last)
            }
            for (scope, reason) in group.reasons {
                let key = Refusal(
                    scope: scope,
                    consumer: group.consumer,
                    client: client,
                    code: group.code,
                    reason: reason
                )
                let known = refusals[key] ?? (0, .min)
                refusals[key] = (known.count + group.count, max(known.last, group.last))
            }
        }
        guard group.isIssued, group.consumer != 0 else { return }
        for scope in group.scopes {
            let access = Access(scope: scope, consumer: group.consumer, supplier: group.supplier)
            accesses[access] = max(accesses[access] ?? .min, group.last)
            days[Day(scope: scope, consumer: group.consumer, day: group.hour / 24), default: 0] += group.count
        }
    }
}

extension SQLiteReader {
    /// The last entry of the ledger that the stored sums count in.
    func usageState() throws -> Int64 {
        try Int64.fetchOne(database.cachedStatement(sql: "SELECT sequence FROM usage_state WHERE id = 1")) ?? 0
    }

    /// The most entries that whoever asks adds to the stored sums: some seconds of the highest load.
    ///
    /// More are there only while the sums are made for the first time, on a long ledger.
    static var mostUnsummed: Int64 { 50_000 }

    /// What the entries after the stored sums say, at most `limit` of them; with rests, it leaves most of the time to those
    /// who have more hurry.
    func unsummedUsage(limit: Int64 = mostUnsummed, resting rests: Bool = false) throws -> UsageSums {
        let first = try usageState()
        let last = min(try lastSequence, first + limit)
        var sums = UsageSums(through: max(first, last))
        var owners: [String: Int64?] = [:]
        var reading = RestingReading(rests: rests)
        let piece = rests ? Self.restedPiece : limit
        for start in stride(from: first, to: last, by: Int64.Stride(piece)) {
            try addUsage(after: start, through: min(start + piece, last), to: &sums, owners: &owners)
            reading.rest()
        }
        return sums
    }

    /// How many entries are summed up between two rests.
    private static var restedPiece: Int64 { 32 }

    private func addUsage(
        after first: Int64,
        through last: Int64,
        to sums: inout UsageSums,
        owners: inout [String: Int64?]
    ) throws {
        let rows = try Row.fetchCursor(
            database.cachedStatement(sql: Self.groupedUsage),
            arguments: [first, last]
        )
        while let row = try rows.next() {
            try sums.add(Self.group(row)) { scope in
                if let known = owners[scope] { return known }
                let owner = try Int64.fetchOne(
                    database.cachedStatement(sql: "SELECT owner FROM scope WHERE name = ?"),
                    arguments: [scope]
                )
                owners[scope] = .some(owner)
                return owner
            }
        }
    }

    /// The database reads the entries itself and gives out those that are alike together: one row for many tokens.
    private static let groupedUsage = """
        SELECT time / 3600, kind,
            json_extract(CAST(body AS TEXT), '$.client_id', '$.key.kid', '$.consumer', '$.supplier', '$.scopes', '$.code',
                '$.details.scopes') AS facts,
            sum(CASE kind
                WHEN 'token_refusals_summed' THEN json_extract(CAST(body AS TEXT), '$.details.count') ELSE 1 END),
            max(time), max(sequence)
        FROM ledger
        WHERE sequence > ? AND sequence <= ? AND kind IN ('token_issued', 'token_refused', 'token_refusals_summed')
        GROUP BY 1, 2, 3
        """

    private static func group(_ row: Row) throws -> UsageSums.Group {
        // The database's own text: what it lacks is null in it.
        guard let facts = try JSONValue(parsing: Array((row[2] as String).utf8)).array, facts.count == 7 else {
            throw StorageError.corrupt(detail: "the facts of use are no array of seven")
        }
        return UsageSums.Group(
            hour: row[0],
            isIssued: row[1] as String == "token_issued",
            client: facts[0].string,
            kid: facts[1].string,
            consumer: facts[2].string.flatMap { Int64($0) } ?? 0,
            supplier: facts[3].string.flatMap { Int64($0) } ?? 0,
            scopes: (facts[4].array ?? []).compactMap(\.string),
            code: facts[5].string ?? "",
            reasons: (facts[6].array ?? []).compactMap { entry in
                guard let scope = entry["scope"]?.string, let reason = entry["reason"]?.string else { return nil }
                return (scope, reason)
            },
            count: (row[3] as Int64?) ?? 1,
            last: row[4],
            sequence: row[5]
        )
    }
}
