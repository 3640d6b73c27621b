/// Reads the ledger inside an open transaction or snapshot; blocks.
public protocol LedgerReader {
    /// The sequence number of the last entry; 0 in an empty ledger.
    var lastSequence: Int64 { get throws }

    /// The entries that `query` wants, those written last first, at most `limit`.
    func newestEntries(_ query: LedgerQuery, limit: Int) throws -> [LedgerContent]

    /// Visits the entries that `query` wants, those written last first, until `visit` says false.
    func visitNewestEntries(_ query: LedgerQuery, _ visit: (LedgerContent) throws -> Bool) throws

    /// Visits the entries that `query` wants after a sequence number, oldest first, until `visit` says false.
    func visitEntries(
        _ query: LedgerQuery,
        after position: Int64,
        _ visit: (LedgerContent) throws -> Bool
    ) throws
}
