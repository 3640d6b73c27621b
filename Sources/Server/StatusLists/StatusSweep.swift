import AuditLedger
import SQLiteStorage
import TokenIssuance
import Vocabulary

/// Looks for tokens with a place in a status list that were ended, or that rest on what was withdrawn.
struct StatusSweep: Sendable {
    let policy: IssuancePolicy

    /// What was found in one snapshot.
    struct Finding: Sendable {
        /// The revision of the facts that it was found at.
        let revision: Int64
        /// The revocations that were seen.
        let revocationCount: Int64
        /// Ended for good: nothing brings them back.
        var revoked: [(place: StatusPlace, token: TokenID)] = []
        /// Resting on what was withdrawn, at that revision.
        var withdrawn: [(place: StatusPlace, token: TokenID)] = []
    }

    /// Looks at every token that lives and is not marked yet; each kind of grounds is judged once.
    func look(in reader: SQLiteReader, at now: Timestamp) throws -> Finding {
        var finding = Finding(revision: try reader.revision, revocationCount: try reader.revocationCount)
        let revocations = try RevocationTable(reader)
        var verdicts: [String: Verdict] = [:]
        try reader.visitStatusEntries(livingAt: now) { place, token, text, issued in
            let verdict: Verdict
            if let known = verdicts[text] {
                verdict = known
            } else {
                verdict = try self.verdict(on: text, revocations, in: reader, at: now)
                verdicts[text] = verdict
            }
            if revocations.hasEnded(token, issued: issued) || verdict.endedUntil.map({ issued <= $0 }) == true {
                finding.revoked.append((place, token))
            } else if !verdict.stands {
                finding.withdrawn.append((place, token))
            }
        }
        return finding
    }

    private struct Verdict {
        let stands: Bool
        /// Tokens on these grounds that were issued then or earlier are ended.
        let endedUntil: Timestamp?
    }

    private func verdict(
        on text: String,
        _ revocations: RevocationTable,
        in reader: SQLiteReader,
        at now: Timestamp
    ) throws -> Verdict {
        // What cannot be read proves nothing, and a token without proof does not stand.
        guard let grounds = TokenGrounds(stored: text) else { return Verdict(stands: false, endedUntil: nil) }
        let query = try reader.client(grounds.client).flatMap { grounds.query(for: $0) }
        let facts = try query.map { try reader.facts(for: $0) }
        return Verdict(
            stands: facts.map { policy.impediment(to: grounds, given: $0, at: now) == nil } ?? false,
            endedUntil: revocations.end(of: grounds)
        )
    }
}

/// All revocations, for looking at many tokens.
private struct RevocationTable {
    private let tokens: [String: Timestamp]
    private let clients: [String: Timestamp]
    private let consumers: [String: Timestamp]
    private let scopes: [String: Timestamp]

    init(_ reader: SQLiteReader) throws {
        tokens = try reader.revocations(ofKind: "token")
        clients = try reader.revocations(ofKind: "client")
        consumers = try reader.revocations(ofKind: "consumer")
        scopes = try reader.revocations(ofKind: "scope")
    }

    func hasEnded(_ token: TokenID, issued: Timestamp) -> Bool { tokens[token.rawValue].map { issued <= $0 } ?? false }

    func end(of grounds: TokenGrounds) -> Timestamp? {
        let ends = [clients[grounds.client.rawValue], consumers["\(grounds.consumer)"]]
        return (ends + grounds.scopes.map { scopes[$0.rawValue] }).compactMap(\.self).max()
    }
}
