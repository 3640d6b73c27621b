import AuditLedger
import JOSE
import Operations
import Vocabulary

/// One line of `audit tail` and `audit search`: an entry of the ledger, or an early refusal that only the ring has kept.
struct AuditEntry: Sendable {
    /// How it ended.
    enum Result: String, Sendable {
        /// A token was issued.
        case issued
        /// A request was refused.
        case refused
        /// An act was done.
        case done
    }

    let time: Timestamp
    let event: String
    let result: Result
    /// The entry's place in the ledger; nil for an early refusal, which stands in none.
    let sequence: Int64?
    let client: String?
    let consumer: OrganisationNumber?
    let supplier: OrganisationNumber?
    let scopes: [ScopeName]
    let code: String?
    let reason: String?
    let trace: TraceID?
    let parentTrace: TraceID?
    let tokenID: TokenID?
    let credential: OutputValue
    let revision: Int64?
    let actor: String?
    /// The peer's address, of an early refusal.
    let address: String?
    let details: OutputValue

    /// An entry of the ledger.
    init(_ content: LedgerContent) {
        let event = content.event
        time = event.time
        self.event = event.kind.rawValue
        result =
            switch event.kind {
            case .tokenIssued: .issued
            case .tokenRefused, .tokenRefusalsSummed: .refused
            default: .done
            }
        sequence = content.position.sequence
        client = event.client?.rawValue
        consumer = event.consumer
        supplier = event.supplier
        scopes = event.scopes
        code = event.code
        reason = event.reason
        trace = event.traceID
        parentTrace = event.parentTraceID
        tokenID = event.tokenID
        credential =
            switch event.credential {
            case .key(let id, let thumbprint): .object([.init("kid", id), .init("jkt", thumbprint)])
            case .certificate(let thumbprint, let revocation):
                .object([.init("sha256", thumbprint), .init("revocation", revocation)])
            case nil: .none
            }
        revision = event.revision
        actor = event.actor
        address = nil
        details = event.details.isEmpty ? .none : event.details.output
    }

    /// A refusal from before the client was authenticated; the client is only what it claimed to be.
    init(_ note: RefusalNote) {
        time = note.time
        event = "request_refused"
        result = .refused
        sequence = nil
        client = note.claimedClient.isEmpty ? nil : note.claimedClient
        consumer = nil
        supplier = nil
        scopes = []
        code = note.code
        reason = note.reason
        trace = note.trace
        parentTrace = nil
        tokenID = nil
        credential = .none
        revision = nil
        actor = nil
        address = note.address
        details = note.isCut ? .object([.init("cut", true)]) : .none
    }

    /// The columns of both commands.
    static let columns: [Column<AuditEntry>] = [
        Column("time") { $0.time },
        Column("event") { $0.event },
        Column("result", style: { $0.style }) { $0.result.rawValue },
        Column("client") { $0.client },
        Column("consumer") { $0.consumer },
        Column("scopes", title: "SCOPE") { $0.scopes },
        Column("code") { $0.code },
        Column("trace_id", title: "TRACE") { $0.trace },
        Column("reason", .detail) { $0.reason },
        Column("actor", .detail) { $0.actor },
        Column("supplier", .detail) { $0.supplier },
        Column("jti", .detail) { $0.tokenID },
        Column("credential", .detail) { $0.credential },
        Column("parent_trace_id", .detail) { $0.parentTrace },
        Column("address", .detail) { $0.address },
        Column("revision", .detail) { $0.revision },
        Column("sequence", .detail) { $0.sequence },
        Column("details", .detail) { $0.details },
    ]

    private var style: TextStyle {
        switch result {
        case .issued: .good
        case .refused: .bad
        case .done: .plain
        }
    }
}
