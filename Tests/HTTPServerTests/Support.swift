import Foundation
import HTTPServer
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing
import TokenIssuance
import Vocabulary

/// Answers token requests with what a test says.
struct ScriptedIssuer: TokenIssuing {
    var answer: @Sendable (TokenForm, RequestTrace) async throws -> IssuedToken

    static func throwing(_ error: any Error) -> ScriptedIssuer { ScriptedIssuer { _, _ in throw error } }

    func issue(_ form: TokenForm, proofs: PossessionProofs, trace: RequestTrace) async throws -> IssuedToken {
        try await answer(form, trace)
    }
}

/// Trace ids in order: `…01`, `…02` and so on.
final class CountingTraceIDs: TraceIDSource {
    private let count = Atomic<UInt64>(0)

    func next() -> TraceID { TraceID(high: 0, low: count.add(1, ordering: .relaxed).newValue) }
}

/// Early refusals in an array.
final class KeptRefusals: EarlyRefusals {
    struct Note: Equatable {
        let refusal: Refusal
        let client: ClientID?
        let trace: RequestTrace
    }

    private let notes = Mutex<[Note]>([])

    var all: [Note] { notes.withLock { $0 } }

    func record(_ refusal: Refusal, client: ClientID?, trace: RequestTrace) {
        notes.withLock { $0.append(Note(refusal: refusal, client: client, trace: trace)) }
    }
}

/// Keeps at which level something was said, and what.
struct KeptLog: LogHandler {
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    let lines = Lines()
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.add("\(event.level): \(event.message)") }
}

/// A listener whose every part a test can change and look at.
struct Fixture {
    static let firstTrace = "00000000000000000000000000000001"

    var issuer = "https://test.example.no/"
    var tokens: any TokenIssuing = ScriptedIssuer.throwing(Refusal.formMalformed)
    var readiness = Readiness()
    var keySet = PublishedDocument(Array(#"{"keys":[]}"#.utf8), maximumAge: 3_600)
    var logger = Logger.silent
    var admission = Admission()
    let refusals = KeptRefusals()
    let clock = FixedClock(Timestamp(seconds: 1_795_000_000))

    func listener() throws -> PublicListener {
        let issuer = try Issuer(parsing: issuer)
        let metadata = ServerMetadata(issuer: issuer, maximumAssertionLifetime: 120, defaultTokenLifetime: 120)
        return try PublicListener(
            PublicListener.Parts(
                issuer: issuer,
                tokens: tokens,
                keySet: keySet,
                metadata: PublishedDocument(metadata.document.encoded(), maximumAge: 3_600),
                readiness: readiness,
                earlyRefusals: refusals,
                admission: admission,
                clock: clock,
                traceIDs: CountingTraceIDs()
            ),
            logger: logger
        )
    }

    /// One request, in memory.
    func send(
        _ method: HTTPRequest.Method = .get,
        _ path: String,
        headers: HTTPFields = [:],
        body: String? = nil
    ) async throws -> TestResponse {
        try await Application(responder: listener(), logger: .silent).test(.router) { client in
            try await client.execute(
                uri: path,
                method: method,
                headers: headers,
                body: body.map { ByteBuffer(string: $0) }
            )
        }
    }

    /// One token request with a form.
    func post(_ form: String, headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        if !headers.contains(.contentType) { headers[.contentType] = "application/x-www-form-urlencoded" }
        return try await send(.post, "/token", headers: headers, body: form)
    }

    static let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=a.b.c"
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}

extension TestResponse {
    var text: String { String(buffer: body) }

    func object() throws -> JSONObject { try #require(JSONValue(parsing: Array(body.readableBytesView)).object) }
}

/// Wire documents kept byte for byte; `PORTVAKT_GOLDEN=write` writes them anew.
enum Golden {
    static func check(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name)")
        if ProcessInfo.processInfo.environment["PORTVAKT_GOLDEN"] == "write" {
            try Data(text.utf8).write(to: file)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        #expect(text == kept, "differs from Golden/\(name)", sourceLocation: sourceLocation)
    }
}
