import JOSE
import LibCrypto
import Logging
import Synchronization
import Testing
import Vocabulary

@testable import PortvaktProvider

/// A clock that stands still but for `advance`, which wakes those whose time has come.
final class FakeClock: KeySetClock, WallClock {
    private struct State {
        var elapsed = Duration.seconds(1_000_000)
        var sleepers: [Int: (end: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var cancelled: Set<Int> = []
        var drawn = 0
    }

    static let start = Timestamp(seconds: 1_795_000_000)

    private let state = Mutex(State())

    var elapsed: Duration { state.withLock(\.elapsed) }

    var now: Timestamp { Self.start + Seconds((elapsed - .seconds(1_000_000)).components.seconds) }

    /// How many wait for the clock.
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.elapsed += duration
            let due = state.sleepers.filter { $0.value.end <= state.elapsed }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    func sleep(for duration: Duration) async throws {
        let id = state.withLock { state in
            state.drawn += 1
            return state.drawn
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers[id] = (state.elapsed + duration, continuation)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// Answers by a script and remembers what was asked.
final class ScriptedTransport: KeyTransport {
    typealias Script = @Sendable (KeyRequest, Int) async throws(KeyTransportError) -> KeyResponse

    private let script: Mutex<Script>
    private let asked = Mutex<[KeyRequest]>([])

    init(_ script: @escaping Script) { self.script = Mutex(script) }

    /// What was asked, metadata included.
    var requests: [KeyRequest] { asked.withLock { $0 } }

    /// Another script from now on.
    func play(_ script: @escaping Script) { self.script.withLock { $0 = script } }

    func fetch(_ request: KeyRequest) async throws(KeyTransportError) -> KeyResponse {
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count
        }
        let script = script.withLock { $0 }
        return try await script(request, number)
    }
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

/// What the tests have in common: an issuer, its keys, tokens by them.
enum Sample {
    static let issuer = made { try Issuer(parsing: "https://test.maskinporten.no/") }
    static let keysURL = "https://test.maskinporten.no/jwk"
    static let rsa = made { try PrivateKey.generate(.rsa(bits: 2048)) }
    static let elliptic = made { try PrivateKey.generate(.ec(.p256)) }

    /// The public key under a name.
    static func jwk(_ keyID: String?, _ key: PrivateKey = elliptic, algorithm: JWSAlgorithm? = nil) -> JWK {
        JWK(key.publicKey, keyID: keyID, algorithm: algorithm)
    }

    /// A key set document.
    static func document(
        _ keyIDs: String...,
        cacheControl: String? = nil,
        entityTag: String? = nil
    ) -> KeyResponse {
        var headers: [(name: String, value: String)] = []
        if let cacheControl { headers.append(("cache-control", cacheControl)) }
        if let entityTag { headers.append(("etag", entityTag)) }
        let keys = JSONValue.array(keyIDs.map { .object(jwk($0).object) })
        return KeyResponse(status: 200, headers: headers, body: JSONObject(dictionaryLiteral: ("keys", keys)).encoded())
    }

    /// A header that names a key.
    static func header(_ keyID: String?) -> JOSEHeader {
        var object: JSONObject = ["alg": "ES256"]
        if let keyID { object["kid"] = .string(keyID) }
        return made { try JOSEHeader(object) }
    }

    /// The claims of a good token at the clock's start.
    static let claims: JSONObject = [
        "iss": "https://test.maskinporten.no/", "client_id": "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11",
        "client_amr": "virksomhetssertifikat",
        "consumer": ["authority": "iso6523-actorid-upis", "ID": "0192:991825827"],
        "scope": "exampledir:register.read exampledir:register.write", "token_type": "Bearer",
        "iat": 1_795_000_000, "exp": 1_795_000_120, "jti": "k3Yx0y0l0mJm0pGx5Jr2h0v1qk7sE2b8QmN4cTzWb1A",
    ]

    /// A signed token.
    static func token(
        _ claims: JSONObject = claims,
        header: JSONObject = ["kid": "k1", "alg": "RS256"],
        by key: PrivateKey = rsa,
        algorithm: JWSAlgorithm = .rs256
    ) throws -> String {
        try CompactJWS.sign(header: header, payload: claims.encoded(), with: key, algorithm: algorithm)
    }
}

/// A sample that cannot fail to be made.
func made<Value>(_ make: () throws -> Value) -> Value {
    do { return try make() } catch { preconditionFailure("a sample is wrong: \(error)") }
}
