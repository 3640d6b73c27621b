import AuditLedger
import Vocabulary

/// When a token was last issued to each consumer with each scope, as the ledger remembers it.
///
/// It reads every entry of a token in question: an answer for whoever asks for it, not for every list.
struct LastTokens: Sendable {
    private struct Place: Hashable {
        let scope: ScopeName
        let consumer: OrganisationNumber
    }

    private var times: [Place: Timestamp] = [:]

    /// Reads the ledger; a scope and a consumer narrow what is read.
    init(from reader: some LedgerReader, scope: ScopeName? = nil, consumer: OrganisationNumber? = nil) throws {
        var query = LedgerQuery()
        query.kinds = [.tokenIssued]
        query.scope = scope
        query.organisation = consumer
        try reader.visitEntries(query, after: 0) { content in
            guard let consumer = content.event.consumer else { return true }
            for scope in content.event.scopes {
                let place = Place(scope: scope, consumer: consumer)
                // The clock may have been set back: the latest counts, not the last.
                times[place] = max(times[place] ?? content.event.time, content.event.time)
            }
            return true
        }
    }

    /// The time of the last token; nil: none that the ledger remembers.
    subscript(scope: ScopeName, consumer: OrganisationNumber) -> Timestamp? {
        times[Place(scope: scope, consumer: consumer)]
    }
}
