import CoreMetrics
import Foundation
import JOSE
import LibCrypto
import Logging
import Synchronization
import Testing
import Tracing
import Vocabulary

@testable import PortvaktClient

/// A clock that stands still but for `advance` and for those who sleep.
final class FakeClock: ClientClock {
    private struct State {
        var start: Timestamp
        var elapsed = Duration.seconds(1_000_000)
        var skew: Seconds = 0
        var sleeps: [Duration] = []
    }

    private let state: Mutex<State>

    init(at start: Timestamp = Timestamp(seconds: 1_795_000_000)) { state = Mutex(State(start: start)) }

    /// The true time, which the server has.
    var trueNow: Timestamp {
        state.withLock { $0.start + Seconds(($0.elapsed - .seconds(1_000_000)).components.seconds) }
    }

    /// The time that this machine believes in.
    var now: Timestamp { trueNow + state.withLock(\.skew) }

    var elapsed: Duration { state.withLock(\.elapsed) }

    var sleeps: [Duration] { state.withLock(\.sleeps) }

    func setSkew(_ skew: Seconds) { state.withLock { $0.skew = skew } }

    func advance(by duration: Duration) { state.withLock { $0.elapsed += duration } }

    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.sleeps.append(duration)
            state.elapsed += duration
        }
    }
}

/// Answers by a script and remembers what was asked.
final class ScriptedTransport: TokenTransport {
    typealias Script = @Sendable (TransportRequest, Int) async throws(TransportError) -> TransportResponse

    private let script: Script
    private let sent = Mutex<[TransportRequest]>([])

    init(_ script: @escaping Script) { self.script = script }

    var requests: [TransportRequest] { sent.withLock { $0 } }

    /// The requests for tokens.
    var tokenRequests: [TransportRequest] { requests.filter { $0.method == .post } }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportResponse {
        let number = sent.withLock { sent in
            sent.append(request)
            return sent.count
        }
        return try await script(request, number)
    }

    /// Waits until so many requests were sent.
    func waitForRequests(_ count: Int) async throws { try await eventually { self.requests.count >= count } }
}

/// A gate that waiting tasks pass once it is open.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// What the tests have in common: one client key, one issuer, a client upon a script.
enum Sample {
    static let now = Timestamp(seconds: 1_795_000_000)
    static let issuer = made { try Issuer(parsing: "https://test.maskinporten.no/") }
    static let clientID = made { try ClientID(parsing: "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11") }
    static let key = made { try PrivateKey.generate(.ec(.p256)) }
    static let signer = made { try KeySigner(key, keyReference: .keyID("key-1")) }
    static let request = made { try TokenRequest(parsing: "exampledir:register.read") }

    static func configuration(
        server: ServerLocation = .explicit(issuer: issuer, tokenEndpoint: "https://test.maskinporten.no/token")
    ) -> ClientConfiguration {
        ClientConfiguration(clientID: clientID, server: server, signer: signer)
    }

    static func client(
        _ configuration: ClientConfiguration = configuration(),
        _ transport: ScriptedTransport,
        _ clock: any ClientClock,
        cache: TokenCache = TokenCache(),
        chance: Double = 0.5,
        metrics: (any MetricsFactory)? = nil,
        tracer: (any Tracer)? = nil
    ) -> TokenClient {
        let counter = Counter()
        return TokenClient(
            configuration,
            transport: transport,
            cache: cache,
            clock: clock,
            draws: Draws(identifier: { "jti-\(counter.next())" }, chance: { chance }),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: metrics,
            tracer: tracer
        )
    }

    /// A token answer; the text tells tokens apart.
    static func token(_ text: String, expiresIn: Int? = 119) -> TransportResponse {
        let lifetime = expiresIn.map { #","expires_in":\#($0)"# } ?? ""
        return TransportResponse(
            status: 200,
            body: Array(#"{"access_token":"\#(text)","token_type":"Bearer"\#(lifetime)}"#.utf8)
        )
    }

    /// A refusal as Maskinporten writes it.
    static func refusal(
        _ description: String,
        code: String? = nil,
        status: Int = 400,
        error: String = "invalid_grant",
        headers: [(name: String, value: String)] = []
    ) -> TransportResponse {
        var document: JSONObject = ["error": .string(error), "error_description": .string(description)]
        if let code { document["error_uri"] = .string("https://test.maskinporten.no/errors/\(code)") }
        return TransportResponse(status: status, headers: headers, body: document.encoded())
    }
}

/// Numbers from 1.
final class Counter: Sendable {
    private let value = Mutex(0)

    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}

extension TransportRequest {
    /// The assertion in the form, taken apart.
    var assertion: CompactJWS {
        get throws {
            let fields = String(decoding: body, as: UTF8.self).split(separator: "&")
            let assertion = try #require(fields.first { $0.hasPrefix("assertion=") })
            return try CompactJWS(parsing: assertion.dropFirst("assertion=".count))
        }
    }

    /// The claims of the assertion.
    var claims: JSONObject { get throws { try assertion.payloadObject() } }
}

/// Waits until something holds; fails the test when it does not within a minute.
func eventually(
    _ condition: () async throws -> Bool,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        try #require(ContinuousClock.now < end, "still waiting", sourceLocation: sourceLocation)
        await Task.yield()
    }
}

/// A sample that cannot fail to be made.
private func made<Value>(_ make: () throws -> Value) -> Value {
    do { return try make() } catch { preconditionFailure("a sample is wrong: \(error)") }
}

/// Set once.
final class Flag: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}
