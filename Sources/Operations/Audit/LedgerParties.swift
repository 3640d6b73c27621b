import AuditLedger
import Scopes
import Vocabulary

extension Viewer {
    /// Whether it is a party to what an entry tells: consumer or supplier, and of a token the owner of one of its scopes, who
    /// got the token shown.
    func isParty(to event: LedgerEvent, in reader: some OperationReader) throws -> Bool {
        if isOne(of: event.consumer, event.supplier) { return true }
        guard event.kind == .tokenIssued else { return false }
        return try event.scopes.contains { isOne(of: try reader.scope($0)?.owner) }
    }
}
