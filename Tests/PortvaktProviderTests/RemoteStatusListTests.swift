import JOSE
import LibCrypto
import StatusLists
import Testing
import Vocabulary

@testable import PortvaktProvider

@Suite("Status lists: tokens that were ended before their exp (Token Status List draft §8.3)")
struct RemoteStatusListTests {
    let clock = FakeClock()
    static let uri = "https://test.maskinporten.no/statuslists/0"

    /// A list as the issuer publishes it, with these places ended.
    private func response(
        ended: [Int] = [],
        ttl: Int64? = 30,
        lifetime: Int64 = 600,
        type: String = "statuslist+jwt",
        headers: [(name: String, value: String)] = [],
        by key: PrivateKey = Sample.rsa,
        _ change: (inout JSONObject) -> Void = { _ in }
    ) -> KeyResponse {
        var list = StatusList(count: 1_024)
        for index in ended { list.set(StatusList.invalid, at: index) }
        let now = clock.now
        var payload = StatusListToken(
            uri: Self.uri,
            issuedAt: now,
            expires: now + Seconds(lifetime),
            timeToLive: ttl.map { Seconds($0) },
            list: list
        ).payload()
        change(&payload)
        let header: JSONObject = ["kid": "k1", "alg": "RS256", "typ": .string(type)]
        let text = made {
            try CompactJWS.sign(header: header, payload: payload.encoded(), with: key, algorithm: .rs256)
        }
        return KeyResponse(status: 200, headers: headers, body: Array(text.utf8))
    }

    private func lists(
        _ transport: ScriptedTransport,
        _ change: (inout StatusListOptions) -> Void = { _ in }
    ) throws -> RemoteStatusLists {
        var options = StatusListOptions()
        change(&options)
        return RemoteStatusLists(
            issuer: Sample.issuer,
            keys: LocalKeySet(try JWKSet([Sample.jwk("k1", Sample.rsa), Sample.jwk("e1")])),
            transport: transport,
            options: options,
            wallClock: clock,
            clock: clock
        )
    }

    private func reference(_ index: Int, uri: String = uri) -> StatusReference {
        StatusReference(index: index, uri: uri)
    }

    @Test func `tells ended tokens from others, and asks for the list by its media type`() async throws {
        let answer = response(ended: [3])
        let transport = ScriptedTransport { _, _ in answer }
        let lists = try lists(transport)
        #expect(try await lists.status(of: reference(3)) == 1)
        #expect(try await lists.status(of: reference(4)) == 0)
        #expect(transport.requests.map(\.url) == [Self.uri])
        #expect(transport.requests.map(\.accept) == ["application/statuslist+jwt"])
    }

    @Test func `learns of an ended token when the list's ttl has passed, and not a moment later`() async throws {
        let first = response()
        let transport = ScriptedTransport { _, _ in first }
        let lists = try lists(transport)
        #expect(try await lists.status(of: reference(3)) == 0)
        let second = response(ended: [3])
        transport.play { _, _ in second }
        clock.advance(by: .seconds(29))
        #expect(try await lists.status(of: reference(3)) == 0)
        #expect(transport.requests.count == 1)
        clock.advance(by: .seconds(1))
        #expect(try await lists.status(of: reference(3)) == 1)
        #expect(transport.requests.count == 2)
    }

    @Test func `takes off the ttl what a cache on the way has used up`() async throws {
        let answer = response(headers: [("Age", "20")])
        let transport = ScriptedTransport { _, _ in answer }
        let lists = try lists(transport)
        _ = try await lists.status(of: reference(3))
        clock.advance(by: .seconds(10))
        _ = try await lists.status(of: reference(3))
        #expect(transport.requests.count == 2)
    }

    @Test func `does not have an unchanged list sent again`() async throws {
        let answer = response(ended: [7], headers: [("ETag", "\"a\"")])
        let transport = ScriptedTransport { request, _ in
            request.entityTag == "\"a\"" ? KeyResponse(status: 304) : answer
        }
        let lists = try lists(transport)
        #expect(try await lists.status(of: reference(7)) == 1)
        clock.advance(by: .seconds(30))
        #expect(try await lists.status(of: reference(7)) == 1)
        #expect(transport.requests.map(\.entityTag) == [nil, "\"a\""])
    }

    @Test func `asks once for all who wait`() async throws {
        let answer = response(ended: [3])
        let gate = Gate()
        let transport = ScriptedTransport { _, _ in
            await gate.pass()
            return answer
        }
        let lists = try lists(transport)
        try await withThrowingTaskGroup(of: UInt8.self) { group in
            for index in 0..<50 { group.addTask { try await lists.status(of: reference(index)) } }
            try await eventually { transport.requests.count == 1 }
            gate.open()
            var ended = 0
            for try await status in group { ended += Int(status) }
            #expect(ended == 1)
        }
        #expect(transport.requests.count == 1)
    }

    @Test func `lives through an outage with what it knows, but not past the list's exp`() async throws {
        let answer = response(ended: [3], lifetime: 100)
        let transport = ScriptedTransport { _, _ in answer }
        let lists = try lists(transport)
        _ = try await lists.status(of: reference(3))
        transport.play { (_, _) throws(KeyTransportError) in throw .network("down") }
        clock.advance(by: .seconds(99))
        #expect(try await lists.status(of: reference(3)) == 1)
        clock.advance(by: .seconds(1))
        await #expect(throws: StatusListError.unavailable("down")) { try await lists.status(of: reference(3)) }
        transport.play { _, _ in KeyResponse(status: 304) }
        clock.advance(by: .seconds(2))
        await #expect(throws: StatusListError.unavailable("the answer has status 304")) {
            try await lists.status(of: reference(3))
        }
    }

    @Test func `does not serve a stale copy longer than it is told to`() async throws {
        let answer = response(lifetime: 3_600)
        let transport = ScriptedTransport { _, _ in answer }
        let lists = try lists(transport) { $0.staleLimit = .seconds(20) }
        _ = try await lists.status(of: reference(3))
        transport.play { (_, _) throws(KeyTransportError) in throw .timedOut }
        clock.advance(by: .seconds(49))
        #expect(try await lists.status(of: reference(3)) == 0)
        clock.advance(by: .seconds(1))
        await #expect(throws: StatusListError.unavailable("no answer came in time")) {
            try await lists.status(of: reference(3))
        }
    }

    @Test func `does not ask again and again while nobody answers`() async throws {
        let transport = ScriptedTransport { (_, _) throws(KeyTransportError) in throw .network("down") }
        let lists = try lists(transport)
        for _ in 0..<10 {
            await #expect(throws: StatusListError.unavailable("down")) { try await lists.status(of: reference(3)) }
        }
        #expect(transport.requests.count == 1)
        clock.advance(by: .seconds(1))
        _ = try? await lists.status(of: reference(3))
        #expect(transport.requests.count == 2)
    }

    @Test(arguments: [
        ("typ", "its `typ` is not that of a status list"), ("signature", "its signature does not hold"),
        ("sub", "it is another list, `https://test.maskinporten.no/statuslists/1`"), ("exp", "it has expired"),
        ("iat", "its `iat` is ahead of this clock"), ("bits", "its `bits` is missing or malformed"),
        ("bomb", "it is larger than allowed"), ("text", "it is no signed JWT"),
    ])
    func `refuses a list that proves nothing`(fault: String, reason: String) async throws {
        let answer =
            switch fault {
            case "typ": response(type: "JWT")
            case "signature": response(by: made { try PrivateKey.generate(.rsa(bits: 2048)) })
            case "sub": response { $0["sub"] = "https://test.maskinporten.no/statuslists/1" }
            case "exp": response(lifetime: 0)
            case "iat": response { $0["iat"] = .integer(FakeClock.start.seconds + 11) }
            case "bits": response { $0["status_list"] = ["bits": 3, "lst": "eNrbuRgAAhcBXQ"] }
            case "bomb":
                response { payload in
                    payload = StatusListToken(
                        uri: Self.uri,
                        issuedAt: FakeClock.start,
                        expires: nil,
                        timeToLive: nil,
                        list: StatusList(count: 8 * 50_000_000)
                    ).payload()
                }
            default: KeyResponse(status: 200, body: Array("{}".utf8))
            }
        let lists = try lists(ScriptedTransport { _, _ in answer })
        await #expect(throws: StatusListError.refused(reason)) { try await lists.status(of: reference(3)) }
    }

    @Test func `has no status for a place that the list has not`() async throws {
        let answer = response()
        let lists = try lists(ScriptedTransport { _, _ in answer })
        #expect(try await lists.status(of: reference(1_023)) == 0)
        await #expect(throws: StatusListError.index(1_024)) { try await lists.status(of: reference(1_024)) }
    }

    @Test(arguments: [
        "https://test.maskinporten.no.evil.example/statuslists/0", "http://test.maskinporten.no/statuslists/0",
        "https://test.maskinporten.no@evil.example/", "file:///etc/passwd", "https://test.maskinporten.no:8443/0",
    ])
    func `fetches nothing from elsewhere than the issuer`(uri: String) async throws {
        let transport = ScriptedTransport { _, _ in KeyResponse(status: 404) }
        let lists = try lists(transport)
        await #expect(throws: StatusListError.foreign(uri)) { try await lists.status(of: reference(1, uri: uri)) }
        #expect(transport.requests.isEmpty)
    }

    @Test func `keeps a bounded number of lists`() async throws {
        let now = clock.now
        let transport = ScriptedTransport { request, _ in
            let payload = StatusListToken(
                uri: request.url,
                issuedAt: now,
                expires: nil,
                timeToLive: nil,
                list: StatusList(count: 8)
            ).payload()
            let text = made {
                try CompactJWS.sign(
                    header: ["kid": "k1", "alg": "RS256", "typ": "statuslist+jwt"],
                    payload: payload.encoded(),
                    with: Sample.rsa,
                    algorithm: .rs256
                )
            }
            return KeyResponse(status: 200, body: Array(text.utf8))
        }
        let lists = try lists(transport) { $0.maximumLists = 2 }
        for number in [0, 1, 2, 2, 1, 0] {
            clock.advance(by: .milliseconds(1))
            _ = try await lists.status(of: reference(1, uri: "https://test.maskinporten.no/statuslists/\(number)"))
        }
        // The third pushes the first out, which has to be fetched again.
        #expect(transport.requests.count == 4)
    }
}
