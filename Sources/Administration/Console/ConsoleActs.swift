public import AuditLedger
import JOSE
public import Vocabulary

// Who looks at the console.
extension Administration where Transaction: ConsoleStore {
    /// Makes a one-time link; the ledger remembers who made it for whose view.
    ///
    /// - Parameters:
    ///   - secret: What the link holds; only its hash is kept.
    ///   - organisation: Whose view it opens; nil: the operator's.
    /// - Returns: The link.
    /// - Throws: `AdministrationRefusal.unknownOrganisation`; what the store throws.
    public func makeConsoleLink(_ secret: ConsoleSecret, for organisation: OrganisationNumber?) throws -> ConsoleLink {
        if let organisation { _ = try warnings(about: organisation) }
        let link = ConsoleLink(
            hash: secret.hash,
            organisation: organisation,
            madeBy: "\(actor)",
            ends: now + ConsoleLink.lifetime
        )
        var event = LedgerEvent(time: now, kind: .consoleLinkMade)
        if let reason { event.details["reason"] = .string(reason) }
        actor.sign(&event)
        event.describe(view: organisation)
        try transaction.insert(link, at: now)
        // Nothing that a decision rests on: the revision stays.
        try transaction.append(event, claiming: [])
        return link
    }
}

/// The console's door: a link becomes a session, a session is used and ends.
public struct ConsoleDoor<Transaction: ConsoleStore & LedgerTransaction> {
    private let transaction: Transaction
    private let now: Timestamp

    /// The door, inside one open transaction.
    public init(in transaction: Transaction, at now: Timestamp) {
        self.transaction = transaction
        self.now = now
    }

    /// Turns a link into a session with a new secret: what stood in an address never stands in a cookie.
    ///
    /// - Parameters:
    ///   - code: The link's secret.
    ///   - secret: The session's.
    ///   - replacing: A session that the same browser had, which ends.
    ///   - trace: The request.
    /// - Returns: The session; nil when the link is unknown, used or over.
    /// - Throws: What the store throws.
    public func logIn(
        _ code: ConsoleSecret,
        as secret: ConsoleSecret,
        replacing: ConsoleSecret?,
        trace: TraceID
    ) throws -> ConsoleSession? {
        guard let link = try transaction.takeConsoleLink(code.hash), now < link.ends else { return nil }
        if let replacing { try logOut(replacing, trace: trace) }
        let session = ConsoleSession(
            hash: secret.hash,
            organisation: link.organisation,
            madeBy: link.madeBy,
            began: now,
            used: now
        )
        try transaction.insert(session, at: now)
        try record(.consoleLoggedIn, session, trace: trace)
        return session
    }

    /// Ends a session; nothing happens when there is none.
    public func logOut(_ secret: ConsoleSecret, trace: TraceID) throws {
        guard let session = try transaction.removeConsoleSession(secret.hash), session.stands(at: now) else { return }
        try record(.consoleLoggedOut, session, trace: trace)
    }

    /// Notes that a session was used.
    public func noteUse(of session: ConsoleSession) throws {
        try transaction.noteUse(ofConsoleSession: session.hash, at: now)
    }

    private func record(_ kind: LedgerEvent.Kind, _ session: ConsoleSession, trace: TraceID) throws {
        var event = LedgerEvent(time: now, kind: kind)
        // Whoever made the link answers for whom he gave it to.
        event.actor = session.madeBy
        event.traceID = trace
        event.describe(view: session.organisation)
        try transaction.append(event, claiming: [])
    }
}

extension LedgerEvent {
    /// Says whose view of the console it is about.
    fileprivate mutating func describe(view organisation: OrganisationNumber?) {
        consumer = organisation
        details["view"] = .string(organisation == nil ? "operator" : "organisation")
    }
}
