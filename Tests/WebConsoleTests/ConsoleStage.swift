import Administration
import HTTPServer
import HTTPTypes
import Hummingbird
import NIOCore
import Operations
import Synchronization
import Testing
import TokenIssuance
import Vocabulary

@testable import WebConsole

/// Sessions in memory, as honest as the store's.
final class RememberedSessions: SessionKeeping {
    private struct State {
        var links: [[UInt8]: (organisation: OrganisationNumber?, ends: Timestamp)] = [:]
        var sessions: [[UInt8]: ConsoleSession] = [:]
    }

    private let state = Mutex(State())

    func link(_ secret: ConsoleSecret, for organisation: OrganisationNumber? = nil, until end: Timestamp) {
        state.withLock { $0.links[secret.hash] = (organisation, end) }
    }

    func session(_ hash: [UInt8]) async throws -> ConsoleSession? { state.withLock { $0.sessions[hash] } }

    func logIn(
        _ code: ConsoleSecret,
        as secret: ConsoleSecret,
        replacing: ConsoleSecret?,
        trace: TraceID,
        at now: Timestamp
    ) async throws -> ConsoleSession? {
        state.withLock { state in
            guard let link = state.links.removeValue(forKey: code.hash), now < link.ends else { return nil }
            if let replacing { state.sessions[replacing.hash] = nil }
            let session = ConsoleSession(
                hash: secret.hash,
                organisation: link.organisation,
                madeBy: "kari@vakt",
                began: now,
                used: now
            )
            state.sessions[secret.hash] = session
            return session
        }
    }

    func logOut(_ secret: ConsoleSecret, trace: TraceID, at now: Timestamp) async throws {
        state.withLock { $0.sessions[secret.hash] = nil }
    }

    func noteUse(of session: ConsoleSession, at now: Timestamp) async throws {
        state.withLock {
            $0.sessions[session.hash] = ConsoleSession(
                hash: session.hash,
                organisation: session.organisation,
                madeBy: session.madeBy,
                began: session.began,
                used: now
            )
        }
    }
}

/// A clock that a test sets.
final class StageClock: WallClock {
    private let time: Mutex<Timestamp>

    init(_ now: Timestamp) { time = Mutex(now) }

    var now: Timestamp { time.withLock { $0 } }

    func go(to now: Timestamp) { time.withLock { $0 = now } }
}

/// A console whose every answer is the worst text that anybody could have written.
struct ConsoleStage {
    static let start = Timestamp(seconds: 1_795_000_000)
    /// What must never become markup.
    static let hostile = "<script>alert('1')</script>\"'&{{{x}}}<img src=x onerror=y>"

    let sessions = RememberedSessions()
    let clock = StageClock(start)
    let console: WebConsole

    init(isSecure: Bool = false, asked note: (@Sendable (String, Viewer) -> Void)? = nil) throws {
        console = try WebConsole(
            installation: ConsoleInstallation(
                issuer: "https://vakt.example/",
                environment: "test",
                isProduction: false,
                version: Self.hostile,
                started: Self.start,
                commandSuffix: "--data '\(Self.hostile)'",
                isSecure: isSecure
            ),
            sessions: sessions,
            admission: Admission(),
            clock: clock
        ) { inquiry, viewer, _ in
            note?(type(of: inquiry).name, viewer)
            return Self.report(for: type(of: inquiry).name)
        }
    }

    /// Rows, or a record, in which every text is hostile.
    private static func report(for name: String) -> Report {
        let texts = [
            "scope", "scopes", "consumer_name", "consumer_orgno", "supplier_name", "supplier_orgno", "suppliers",
            "client_id", "client_name", "client_orgno", "client_orgname", "client", "owner_orgno", "owner_name",
            "orgno",
            "name", "origin", "reason", "actor", "description", "kid", "alg", "state", "status", "form", "code",
            "event",
            "trace_id", "thumbprint", "consumer", "result", "part", "environment", "issuer", "details", "purpose",
        ]
        guard !name.hasSuffix("-show") else {
            return Report(Record(name, texts.map { .init($0, hostile) } + [.init("parent", hostile)]))
        }
        if name == "attention-list" { return attention }
        let columns =
            texts.map { Report.Column(key: $0, title: $0) } + [
                Report.Column(key: "count", title: "count"), Report.Column(key: "until", title: "until"),
                Report.Column(key: "nearest_key_expiry", title: "end"),
            ]
        let cells =
            texts.map { _ in OutputValue.text(hostile) } + [
                .number(3), .time(start + .days(2)), .time(start - .days(2)),
            ]
        let row = Report.Row(cells: cells, tones: cells.map { _ in .warning })
        var report = Report(
            schema: name,
            content: .table(columns: columns, rows: [row, row]),
            facts: [
                .init("total", 120), .init("offset", 0), .init("last_refusal_entry", 7), .init("last_refusal", start),
            ],
            whenEmpty: hostile
        )
        report.notes = [hostile]
        return report
    }

    /// One thing in both languages, and one that an earlier version kept.
    private static var attention: Report {
        let keys = ["severity", "words", "words_nb", "command", "party_orgno"]
        let rows: [[OutputValue]] = [
            [.text("urgent"), .text("the access ends"), .text("tilgangen utløper"), .text(hostile), .text(hostile)],
            [.text("notice"), .text("an old item"), .none, .none, .none],
        ]
        return Report(
            schema: "attention-list",
            content: .table(
                columns: keys.map { Report.Column(key: $0, title: $0) },
                rows: rows.map { Report.Row(cells: $0, tones: $0.map { _ in .warning }) }
            ),
            facts: [],
            whenEmpty: ""
        )
    }

    static func draw() -> ConsoleSecret {
        var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
        return ConsoleSecret(drawing: &generator)
    }

    /// What the console answers, with the whole body.
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ fields: HTTPFields = [:],
        body: String = ""
    ) async throws -> (response: Response, body: String) {
        let request = Request(
            head: HTTPRequest(method: method, scheme: "http", authority: "vakt:7081", path: path, headerFields: fields),
            body: RequestBody(buffer: ByteBuffer(string: body))
        )
        let endpoint = try #require(console.endpoint(at: request.uri.path))
        var response = try await endpoint.respond(
            to: request,
            trace: RequestTrace(traceID: TraceID(high: 1, low: 2), remoteAddress: "127.0.0.1"),
            peer: .unknown
        )
        endpoint.complete(&response, to: request)
        let collected = Mutex("")
        try await response.body.write(Collector { text in collected.withLock { $0 += text } })
        return (response, collected.withLock { $0 })
    }

    /// The cookie of a new session.
    func logIn(for organisation: OrganisationNumber? = nil) async throws -> String {
        let code = Self.draw()
        sessions.link(code, for: organisation, until: clock.now + 60)
        let (response, _) = try await send(.post, "/console/login", body: "code=\(code.text)")
        return String((response.headers[.setCookie] ?? "").prefix { $0 != ";" })
    }
}

/// Takes a body down as text.
private struct Collector: ResponseBodyWriter {
    let take: @Sendable (String) -> Void

    func write(_ buffer: ByteBuffer) async throws { take(String(buffer: buffer)) }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
