public import Administration
public import Vocabulary

/// Where the console's links and sessions are kept: in the server, the store and its one writer.
public protocol SessionKeeping: Sendable {
    /// The session whose secret has that hash.
    func session(_ hash: [UInt8]) async throws -> ConsoleSession?

    /// Turns a link into a session, once; nil when the link is unknown, used or over.
    func logIn(
        _ code: ConsoleSecret,
        as secret: ConsoleSecret,
        replacing: ConsoleSecret?,
        trace: TraceID,
        at now: Timestamp
    ) async throws -> ConsoleSession?

    /// Ends a session.
    func logOut(_ secret: ConsoleSecret, trace: TraceID, at now: Timestamp) async throws

    /// Notes that a session was used.
    func noteUse(of session: ConsoleSession, at now: Timestamp) async throws
}

/// Knows by its cookie whose browser it is.
struct SessionGate: Sendable {
    let cookie: ConsoleCookie
    let sessions: any SessionKeeping

    /// The session that a request shows, with its secret; nil when it has none that stands.
    func session(
        _ secret: ConsoleSecret?,
        at now: Timestamp
    ) async throws -> (secret: ConsoleSecret, session: ConsoleSession)? {
        guard let secret, let session = try await sessions.session(secret.hash), session.stands(at: now) else {
            return nil
        }
        if now - session.used >= ConsoleSession.noteInterval {
            // A page that is shown is worth more than a note of it: a store that cannot be written shows its pages.
            try? await sessions.noteUse(of: session, at: now)
        }
        return (secret, session)
    }
}
