package import AuditLedger
import JOSE
package import Vocabulary

/// One line of `audit tail` and `audit search`: an entry of the ledger, or an early refusal that only the ring has kept.
package struct AuditEntry: Sendable {
    /// How it ended.
    package enum Result: String, Sendable {
        /// A token was issued.
        case issued
        /// A request was refused.
        case refused
        /// An act was done.
        case done
    }

    package let time: Timestamp
    package let event: String
    package let result: Result
    /// The entry's place in the ledger; nil for an early refusal, which stands in none.
    package let sequence: Int64?
    package let client: String?
    package let consumer: OrganisationNumber?
    package let supplier: OrganisationNumber?
    package let scopes: [ScopeName]
    package let code: String?
    package let reason: String?
    package let trace: TraceID?
    package let parentTrace: TraceID?
    package let tokenID: TokenID?
    package let credential: OutputValue
    package let revision: Int64?
    package let actor: String?
    /// The peer's address, of an early refusal.
    package let address: String?
    package let details: OutputValue

    /// An entry of the ledger as somebody sees it.
    ///
    /// An organisation reads what it is a party to. Who at the operator's or at another organisation did the act, on which
    /// machine and with which token is no business of its: it is told the organisation.
    package init(_ content: LedgerContent, seenBy viewer: Viewer = .operator) {
        let event = content.event
        let acting = event.details["actor_organisation"]?.string
        let isWhole = viewer.organisation.map { "\($0)" == acting } ?? true
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
        actor = isWhole ? event.actor : event.actor.map { _ in acting ?? Self.operatorName }
        address = nil
        let told = isWhole ? event.details : event.details.removing(Self.actorsOwn)
        details = told.isEmpty ? .none : told.output
    }

    /// What others are told of whoever acts for the operator.
    private static let operatorName = "operator"
    /// What an entry says of whoever acted, beside its organisation.
    private static let actorsOwn: Set<String> = [
        "claimed_actor", "command", "actor_token", "actor_person", "origin",
    ]

    /// A refusal from before the client was authenticated; the client is only what it claimed to be.
    package init(_ note: RefusalNote) {
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
    package static let columns: [Column<AuditEntry>] = [
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

    private var style: Tone {
        switch result {
        case .issued: .good
        case .refused: .bad
        case .done: .plain
        }
    }
}
