import AuditLedger
import JOSE
import Vocabulary

/// The proof that an entry stands in the ledger, that of a token above all, as a document that anybody can check.
package struct ProveAudit: Inquiry {
    package static let name = "audit-prove"
    package static let summary = "Prove that a token's entry, or another one, stands unaltered in the ledger."
    package static let parameters = [
        Parameter("jti", .text, "The token's identifier."),
        Parameter("sequence", .number(1...Int64.max), "The entry's number, in place of a token."),
        Parameter("since", .time, "The token was issued from that time on: quicker in a large ledger."),
        Parameter("until", .time, "The token was issued before that time."),
    ]
    package let arguments: Arguments
    private let tokenID: TokenID?
    private let sequence: Int64?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        tokenID = try arguments.text("jti").map { TokenID($0) }
        sequence = try arguments.number("sequence", in: 1...Int64.max)
        guard (tokenID == nil) != (sequence == nil) else {
            throw .usage("name one entry: by a token's `jti` or by its number")
        }
        _ = try arguments.past("since", before: Timestamp(seconds: 0))
        _ = try arguments.past("until", before: Timestamp(seconds: 0))
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let place = try wanted(reader, context)
        guard let row = try reader.row(place) else {
            if let cut = try reader.cut, place <= cut.size, context.viewer.organisation == nil {
                throw OperationFault(
                    .absent,
                    "entry_cut",
                    "entry \(place) was let go on \(cut.time)",
                    hint: "the tree still proves an exported copy: its leaf was kept"
                )
            }
            throw absent
        }
        let content: LedgerContent
        do { content = try LedgerContent(parsing: row.entry.body) } catch { throw Self.broken(place) }
        // Of what is not its own an organisation does not learn that it is there. A proof shows the whole entry, and that of an
        // act names who acted for another, whom lists do not tell either: such a one is proved to the operator alone.
        guard try context.viewer.isParty(to: content.event, in: reader),
            context.viewer.organisation == nil || content.event.actor == nil
        else { throw absent }
        guard let checkpoint = try reader.latestCheckpoint, checkpoint.size >= place else {
            throw OperationFault(
                .absent,
                "checkpoint_pending",
                "no checkpoint covers entry \(place) yet",
                hint: "a server makes one each minute; `portvakt audit checkpoint --new` makes one at once"
            )
        }
        let proof = try EntryProof(of: row.entry, from: reader.treeNodes, by: checkpoint)
        // What cannot be proved any more must not be handed out as a proof.
        guard try reader.treeNodes.leaf(place - 1) == TreeHash.leaf(of: row.entry) else { throw Self.broken(place) }
        return Report(
            Record(EntryProof.schema, proof.json.members.dropFirst().map { .init($0.name, $0.value.output) })
        )
    }

    private func wanted(_ reader: some OperationReader, _ context: OperationContext) throws -> Int64 {
        if let sequence { return sequence }
        var query = LedgerQuery()
        query.tokenID = tokenID
        query.kinds = [.tokenIssued]
        query.since = try arguments.past("since", before: context.now)
        query.until = try arguments.past("until", before: context.now)
        guard let found = try reader.newestEntries(query, limit: 1).first else { throw absent }
        return found.position.sequence
    }

    private var absent: OperationFault {
        if let sequence { return OperationFault(.absent, "entry_not_found", "there is no entry `\(sequence)`") }
        return OperationFault(
            .absent,
            "token_not_found",
            "no token `\(tokenID?.rawValue ?? "")` is in the ledger",
            hint: "is the `jti` whole, and the time span right?"
        )
    }

    private static func broken(_ sequence: Int64) -> OperationFault {
        OperationFault(
            .refused,
            "ledger_broken",
            "entry \(sequence) is not the one that the tree was built of",
            hint: "run `portvakt audit verify`"
        )
    }
}

/// The proof that the ledger of a newer checkpoint begins with the entries of an older one.
package struct ProveConsistency: Inquiry {
    package static let name = "audit-consistency"
    package static let summary = "Prove that the ledger of one checkpoint begins with that of an older one."
    package static let parameters = [
        Parameter("old", .text, "The older checkpoint's signed note, as it was kept."),
        Parameter("from", .number(0...Int64.max), "How many entries the older one covers, in place of its note."),
        Parameter("to", .number(0...Int64.max), "How many entries the newer one covers at least; all if not given."),
    ]
    package let arguments: Arguments
    private let old: (note: String, size: Int64)?
    private let from: Int64?
    private let to: Int64?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        from = try arguments.number("from", in: 0...Int64.max)
        to = try arguments.number("to", in: 0...Int64.max)
        if let text = try arguments.text("old") {
            do {
                let note = try SignedNote(parsing: Array(text.utf8))
                old = (text, try Checkpoint(reading: note).size)
            } catch { throw .usage("the older checkpoint cannot be read: \(error)") }
        } else {
            old = nil
        }
        guard (old == nil) != (from == nil) else {
            throw .usage("name the older checkpoint: its note or how many entries it covers")
        }
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let older: (note: String, size: Int64)
        if let old {
            older = old
        } else {
            guard let found = try reader.checkpoint(covering: from ?? 0) else { throw Self.absent(from ?? 0) }
            older = (found.note, found.size)
        }
        let newer = try to.map { try reader.checkpoint(covering: $0) } ?? reader.latestCheckpoint
        guard let newer, newer.size >= older.size else { throw Self.absent(max(older.size, to ?? 0)) }
        let path = try reader.treeNodes.consistencyPath(from: older.size, to: newer.size)
        let proof = ConsistencyProof(from: older.note, to: newer.note, path: path)
        return Report(
            Record(ConsistencyProof.schema, proof.json.members.dropFirst().map { .init($0.name, $0.value.output) })
        )
    }

    private static func absent(_ size: Int64) -> OperationFault {
        OperationFault(
            .absent,
            "checkpoint_not_found",
            "no checkpoint covers \(size) entries",
            hint: "an older one may be of another ledger, or of one that was restored from a backup"
        )
    }
}

/// The newest checkpoint, or the first one that covers so many entries.
package struct ShowCheckpoint: Inquiry {
    package static let name = "audit-checkpoint"
    package static let summary = "Show the newest signed checkpoint of the ledger, and what it is checked with."
    package static let parameters = [
        Parameter("size", .number(0...Int64.max), "The first one that covers at least so many entries.")
    ]
    package let arguments: Arguments
    private let size: Int64?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        size = try arguments.number("size", in: 0...Int64.max)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let found = try size.map { try reader.checkpoint(covering: $0) } ?? reader.latestCheckpoint
        guard let found else {
            throw OperationFault(
                .absent,
                "checkpoint_not_found",
                size.map { "no checkpoint covers \($0) entries" } ?? "there is no checkpoint yet",
                hint: "a server makes one each minute; `portvakt audit checkpoint --new` makes one at once"
            )
        }
        return Report(
            Record(
                "audit-checkpoint",
                [
                    .init("entries", found.size), .init("time", found.time), .init("note", found.note),
                    .init("keys", try reader.checkpointKeys.map(\.description)),
                    .init("cut", try reader.cut.map(\.size)),
                ]
            )
        )
    }
}
