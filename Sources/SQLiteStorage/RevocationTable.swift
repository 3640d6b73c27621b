public import EnterpriseCertificates
internal import Foundation
internal import RelationalStorage
internal import Vocabulary

/// What responders and revocation lists have said.
extension SQLiteReader {
    /// All records; `withAnswers: false` leaves the answers' DER out, which may be many megabytes.
    public func revocationRecords(withAnswers: Bool = true) throws -> [RevocationRecord] {
        let answer = withAnswers ? "answer" : "x''"
        return try Row.fetchAll(
            database,
            sql: """
                SELECT id, kind, subject, chain, status, source, address, \(answer), this_update, until, fetched,
                    revoked, attempted, failures, fault, used
                FROM revocation_evidence ORDER BY kind, subject, id
                """
        ).map(Self.record)
    }

    private static func record(_ row: Row) throws -> RevocationRecord {
        guard let kind = RevocationRecord.Kind(rawValue: row[1]) else {
            throw StorageError.corrupt(detail: "a record of revocation is of kind `\(row[1] as String)`")
        }
        var record = RevocationRecord(
            kind: kind,
            id: Array(row[0] as Data),
            subject: row[2],
            chain: row[3],
            used: Timestamp(seconds: row[15])
        )
        record.attempted = (row[12] as Int64?).map { Timestamp(seconds: $0) }
        record.failures = row[13]
        record.fault = row[14]
        guard let status = row[4] as String? else { return record }
        guard let status = RevocationRecord.Status(rawValue: status),
            let source = (row[5] as String?).flatMap(RevocationRecord.Source.init),
            let thisUpdate = row[8] as Int64?, let until = row[9] as Int64?,
            let fetched = row[10] as Int64?
        else { throw StorageError.corrupt(detail: "the answer on `\(record.subject)` is malformed") }
        record.answer = RevocationRecord.Answer(
            status: status,
            source: source,
            address: row[6] as String? ?? "",
            der: Array(row[7] as Data? ?? Data()),
            thisUpdate: Timestamp(seconds: thisUpdate),
            until: Timestamp(seconds: until),
            fetched: Timestamp(seconds: fetched),
            revoked: (row[11] as Int64?).map { Timestamp(seconds: $0) }
        )
        return record
    }
}

extension SQLiteTransaction {
    /// Stores a record in place of the older one of its name.
    ///
    /// It is evidence and no fact of the register: the revision of facts does not move.
    public func store(_ record: RevocationRecord) throws {
        let answer = record.answer
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO revocation_evidence
                    (id, kind, subject, chain, status, source, address, answer, this_update, until, fetched, revoked,
                    attempted, failures, fault, used)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET
                    kind = excluded.kind, subject = excluded.subject, chain = excluded.chain, status = excluded.status,
                    source = excluded.source, address = excluded.address, answer = excluded.answer,
                    this_update = excluded.this_update, until = excluded.until, fetched = excluded.fetched,
                    revoked = excluded.revoked, attempted = excluded.attempted, failures = excluded.failures,
                    fault = excluded.fault, used = excluded.used
                """
        )
        try statement.execute(arguments: [
            Data(record.id), record.kind.rawValue, record.subject, record.chain, answer?.status.rawValue,
            answer?.source.rawValue, answer?.address, answer.map { Data($0.der) }, answer?.thisUpdate.seconds,
            answer?.until.seconds, answer?.fetched.seconds, answer?.revoked?.seconds, record.attempted?.seconds,
            record.failures, record.fault, record.used.seconds,
        ])
    }

    /// Forgets a record.
    public func removeRevocationRecord(_ id: [UInt8]) throws {
        try database.execute(sql: "DELETE FROM revocation_evidence WHERE id = ?", arguments: [Data(id)])
    }
}
