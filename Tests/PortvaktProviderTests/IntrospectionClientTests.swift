import JOSE
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import PortvaktProvider

@Suite("RFC 7662 §2: asking the issuer about tokens")
struct IntrospectionClientTests {
    private static let token = "aaaa.bbbb.cccc"

    private let clock = FakeClock()

    private static func active(_ changes: [String: JSONValue] = [:], lifetime: Int64 = 120) -> KeyResponse {
        var members: JSONObject = [
            "active": true, "iss": .string(Sample.issuer.rawValue), "client_id": "c1", "scope": "demo:read demo:write",
            "consumer": ["authority": "iso6523-actorid-upis", "ID": "0192:991825827"],
            "iat": .integer(FakeClock.start.seconds), "exp": .integer(FakeClock.start.seconds + lifetime), "jti": "j1",
        ]
        for (name, value) in changes { members[name] = value }
        return KeyResponse(status: 200, body: members.encoded())
    }

    private static let inactive = KeyResponse(status: 200, body: Array(#"{"active":false}"#.utf8))

    private func client(
        _ transport: ScriptedQuestions,
        endpoint: String? = nil,
        credentials: @escaping IntrospectionCredentials = { _, attempt in [("Authorization", "Bearer own\(attempt)")] },
        change: (inout IntrospectionOptions) -> Void = { _ in }
    ) -> IntrospectionClient {
        var options = IntrospectionOptions()
        change(&options)
        return IntrospectionClient(
            issuer: Sample.issuer,
            endpoint: endpoint,
            transport: transport,
            options: options,
            wallClock: clock,
            clock: clock,
            credentials: credentials
        )
    }

    private func failure(_ client: IntrospectionClient) async -> IntrospectionError? {
        await #expect(throws: IntrospectionError.self) { try await client.introspect(Self.token) }
    }

    private func isActive(_ client: IntrospectionClient, _ token: String = token) async throws -> Bool {
        if case .active = try await client.introspect(token) { true } else { false }
    }

    // MARK: The question and its answer

    @Test func `an active token is told with what it grants, and the question shows who asks`() async throws {
        let transport = ScriptedQuestions { _, _ in
            Self.active(["cnf": ["jkt": "k1"], "aud": "https://api.example.no/"])
        }
        guard case .active(let token) = try await client(transport).introspect(Self.token) else {
            Issue.record("it is inactive")
            return
        }
        #expect(token.clientID == "c1")
        #expect(try token.scopes == [ScopeName(parsing: "demo:read"), ScopeName(parsing: "demo:write")])
        #expect(token.consumer.identifier == "0192:991825827")
        #expect(token.audience == ["https://api.example.no/"])
        #expect(token.expiresAt == FakeClock.start + 120)
        #expect(token.confirmation == Confirmation(keyThumbprint: "k1"))
        try token.require(.scope(ScopeName(parsing: "demo:read")))
        #expect(throws: VerificationError.self) { try token.require(.scope(ScopeName(parsing: "demo:other"))) }
        #expect(!"\(token)".contains("demo:read"))
        let request = try #require(transport.requests.first)
        #expect(request.url == "https://test.maskinporten.no/introspect")
        #expect(request.form == "token=aaaa.bbbb.cccc&token_type_hint=access_token")
        #expect(request.credentials.map(\.value) == ["Bearer own1"])
        #expect(!"\(request)".contains("aaaa") && !"\(request)".contains("own1"))
    }

    @Test func `an inactive one is inactive, and what is no token is not asked about`() async throws {
        let transport = ScriptedQuestions { _, _ in Self.inactive }
        #expect(try await !isActive(client(transport)))
        for text in ["", "a b", "a&active=true", "a%2e", String(repeating: "a", count: 20_000)] {
            #expect(try await !isActive(client(transport), text))
        }
        #expect(transport.requests.count == 1)
    }

    @Test(
        arguments: [
            ["iss": "https://other.example.no/"], ["exp": "soon"], ["iat": .null], ["scope": 7], ["client_id": ""],
            ["cnf": ["kid": "x"]], ["cnf": [:]], ["consumer": "0192:991825827"], ["aud": 3], ["active": "true"],
        ] as [[String: JSONValue]]
    )
    func `an answer that cannot be understood is an error, never an answer`(changes: [String: JSONValue]) async {
        let transport = ScriptedQuestions { _, _ in Self.active(changes) }
        let error = await failure(client(transport))
        if case .answer = error {} else { Issue.record("\(String(describing: error))") }
    }

    @Test func `where nobody answers, or otherwise, the error says so`() async {
        let faults: [(@Sendable () throws(KeyTransportError) -> KeyResponse, IntrospectionError)] = [
            ({ () throws(KeyTransportError) in throw .timedOut }, .unavailable("no answer came in time")),
            ({ () throws(KeyTransportError) in throw .redirected }, .unavailable("\(KeyTransportError.redirected)")),
            ({ KeyResponse(status: 503) }, .unavailable("status 503")),
            ({ KeyResponse(status: 302) }, .unavailable("status 302")),
            (
                { KeyResponse(status: 401, body: Array(#"{"error":"invalid_token"}"#.utf8)) },
                .refused(status: 401, error: "invalid_token")
            ),
            ({ KeyResponse(status: 403) }, .refused(status: 403, error: nil)),
            ({ KeyResponse(status: 200, body: Array("active".utf8)) }, .answer("`active`")),
        ]
        for (answer, expected) in faults {
            let transport = ScriptedQuestions { _, _ throws(KeyTransportError) in try answer() }
            #expect(await failure(client(transport)) == expected)
        }
    }

    // MARK: Who asks

    @Test func `credentials that are refused are asked for once more`() async throws {
        let transport = ScriptedQuestions { _, number in number == 1 ? KeyResponse(status: 401) : Self.active() }
        #expect(try await isActive(client(transport)))
        #expect(transport.requests.map { $0.credentials.first?.value } == ["Bearer own1", "Bearer own2"])
    }

    @Test func `credentials that cannot be had are told, and nothing is sent`() async {
        struct NoKey: Error {}
        let transport = ScriptedQuestions { _, _ in Self.active() }
        let error = await failure(client(transport, credentials: { _, _ in throw NoKey() }))
        if case .credentials = error {} else { Issue.record("\(String(describing: error))") }
        #expect(transport.requests.isEmpty)
    }

    @Test(arguments: [
        ("http://as.example.no/introspect", false), ("http://127.0.0.1.example.no/", false),
        ("http://127.0.0.1@example.no/", false), ("ftp://127.0.0.1/", false),
        ("http://127.0.0.1:8080/introspect", true),
        ("http://[::1]:8080/introspect", true), ("https://as.example.no/introspect", true),
    ])
    func `a token does not go to another machine without TLS`(endpoint: String, isTaken: Bool) async throws {
        let transport = ScriptedQuestions { _, _ in Self.active() }
        let client = client(transport, endpoint: endpoint)
        if isTaken {
            #expect(try await isActive(client))
        } else {
            #expect(await failure(client) == .insecureEndpoint)
        }
        #expect(transport.requests.count == (isTaken ? 1 : 0))
    }

    // MARK: Memory

    @Test func `an answer serves for its time and no longer, counted from the question`() async throws {
        let clock = clock
        let transport = ScriptedQuestions { _, number in
            if number == 1 { clock.advance(by: .seconds(2)) }
            return number == 1 ? Self.active() : Self.inactive
        }
        let client = client(transport)
        #expect(try await isActive(client))
        clock.advance(by: .milliseconds(2_999))
        #expect(try await isActive(client))
        #expect(transport.requests.count == 1)
        clock.advance(by: .milliseconds(1))
        #expect(try await !isActive(client))
        #expect(transport.requests.count == 2)
    }

    @Test func `no answer outlives the token, not even one that came late`() async throws {
        let transport = ScriptedQuestions { _, _ in Self.active(lifetime: 3) }
        let client = client(transport, change: { $0.cacheTime = .seconds(60) })
        #expect(try await isActive(client))
        clock.advance(by: .seconds(3))
        #expect(try await !isActive(client))
    }

    @Test func `without memory each call asks`() async throws {
        let transport = ScriptedQuestions { _, _ in Self.active() }
        let client = client(transport, change: { $0.cacheTime = .zero })
        for _ in 1...3 { #expect(try await isActive(client)) }
        #expect(transport.requests.count == 3)
    }

    @Test func `a failure is not remembered`() async throws {
        let transport = ScriptedQuestions { _, number in number == 1 ? KeyResponse(status: 503) : Self.active() }
        let client = client(transport)
        #expect(await failure(client) == .unavailable("status 503"))
        #expect(try await isActive(client))
    }

    @Test func `calls with one token at the same time share one question`() async throws {
        let gate = Gate()
        let transport = ScriptedQuestions { _, _ in
            await gate.pass()
            return Self.active()
        }
        let client = client(transport, change: { $0.patience = .seconds(60) })
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 1...50 { group.addTask { try await isActive(client) } }
            try await eventually { transport.requests.count == 1 }
            gate.open()
            for try await answer in group { #expect(answer) }
        }
        #expect(transport.requests.count == 1)
    }

    @Test func `so many answers are held and no more, the oldest go`() async throws {
        let transport = ScriptedQuestions { _, _ in Self.active(lifetime: 10_000) }
        let client = client(
            transport,
            change: {
                $0.cacheTime = .seconds(1_000)
                $0.maximumAnswers = 8
            }
        )
        for number in 1...9 {
            #expect(try await isActive(client, "t\(number)"))
            clock.advance(by: .milliseconds(1))
        }
        #expect(transport.requests.count == 9)
        #expect(try await isActive(client, "t9"))
        #expect(transport.requests.count == 9)
        #expect(try await isActive(client, "t1"))
        #expect(transport.requests.count == 10)
    }

    // MARK: On a socket

    @Test func `it is posted as a form, and an answer that is too large is none`() async throws {
        let server = try LoopbackServer(.whole(200, #"{"active":false}"#))
        defer { server.stop() }
        let client = IntrospectionClient(
            issuer: Sample.issuer,
            endpoint: "http://127.0.0.1:\(server.port)/introspect"
        ) { url, _ in [("Authorization", "Bearer own"), ("DPoP", "proof for \(url)")] }
        #expect(try await !isActive(client))
        let request = try #require(server.requests.first)
        #expect(request.hasPrefix("POST /introspect HTTP/1.1\r\n"))
        let lower = request.lowercased()
        #expect(lower.contains("\r\nauthorization: bearer own\r\n"))
        #expect(lower.contains("\r\ndpop: proof for http://127.0.0.1:\(server.port)/introspect\r\n"))
        #expect(lower.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"))
        #expect(request.hasSuffix("\r\n\r\ntoken=aaaa.bbbb.cccc&token_type_hint=access_token"))

        let large = try LoopbackServer(.whole(200, String(repeating: " ", count: 70_000) + #"{"active":true}"#))
        defer { large.stop() }
        let other = IntrospectionClient(
            issuer: Sample.issuer,
            endpoint: "http://127.0.0.1:\(large.port)/introspect"
        ) { _, _ in [] }
        #expect(await failure(other) == .unavailable("\(KeyTransportError.tooLarge)"))
    }
}

/// Answers by a script and remembers what was asked.
private final class ScriptedQuestions: IntrospectionTransport {
    typealias Script = @Sendable (IntrospectionRequest, Int) async throws(KeyTransportError) -> KeyResponse

    private let script: Script
    private let asked = Mutex<[IntrospectionRequest]>([])

    init(_ script: @escaping Script) { self.script = script }

    var requests: [IntrospectionRequest] { asked.withLock { $0 } }

    func post(_ request: IntrospectionRequest) async throws(KeyTransportError) -> KeyResponse {
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count
        }
        return try await script(request, number)
    }
}
