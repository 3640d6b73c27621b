import JOSE
import Testing

@testable import PortvaktProvider

extension RemoteKeySetTests {
    // MARK: 6. Limits

    @Test func `rule 6: a request has its limits`() async throws {
        let transport = ScriptedTransport { _, _ in Sample.document("k1") }
        #expect(await isKnown("k1", in: keySet(transport)))
        let request = try #require(transport.requests.first)
        #expect(request.timeout == .seconds(5))
        #expect(request.maximumSize == 1_048_576)
    }

    @Test(arguments: [(100, true), (101, false)])
    func `rule 6: more than a hundred keys are refused`(count: Int, isTaken: Bool) async throws {
        let document = JSONObject(
            dictionaryLiteral: ("keys", .array((0..<count).map { .object(Sample.jwk("k\($0)").object) }))
        ).encoded()
        let keys = keySet(ScriptedTransport { _, _ in KeyResponse(status: 200, body: document) })
        #expect(await isKnown("k0", in: keys) == isTaken)
    }

    @Test func `rule 6: metadata and keys share one time limit`() async throws {
        let clock = clock
        let transport = ScriptedTransport { request, _ in
            guard request.url.hasSuffix("oauth-authorization-server") else { return Sample.document("k1") }
            clock.advance(by: .seconds(3))
            let metadata = #"{"issuer":"https://test.maskinporten.no/","jwks_uri":"\#(Sample.keysURL)"}"#
            return KeyResponse(status: 200, body: Array(metadata.utf8))
        }
        let keys = keySet(transport, .issuer(Sample.issuer)) { $0.patience = .seconds(600) }
        #expect(await isKnown("k1", in: keys))
        #expect(transport.requests.map(\.timeout) == [.seconds(5), .seconds(2)])
    }

    @Test func `rule 6: the keys are not asked for when the metadata have taken all the time`() async throws {
        let clock = clock
        let transport = ScriptedTransport { _, _ in
            clock.advance(by: .seconds(5))
            let metadata = #"{"issuer":"https://test.maskinporten.no/","jwks_uri":"\#(Sample.keysURL)"}"#
            return KeyResponse(status: 200, body: Array(metadata.utf8))
        }
        let keys = keySet(transport, .issuer(Sample.issuer)) { $0.patience = .seconds(600) }
        await #expect(throws: KeySourceError.unavailable("no answer came in time")) {
            try await keys.key(for: Sample.header("k1"))
        }
        #expect(transport.requests.count == 1)
    }

    @Test func `rule 6: bad keys are left out, keys of one name are all refused`() async throws {
        let weak =
            #"{"kty":"RSA","kid":"weak","e":"AQAB","n":"\#(Base64URL.encode([UInt8](repeating: 0xFF, count: 128)))"}"#
        let document = """
            {"keys": [
                \(weak), {"kty":"oct","kid":"secret","k":"AAAA"}, {"kty":"XYZ","kid":"new"},
                \(Sample.jwk("twice").object.pretty()), \(Sample.jwk("twice", Sample.rsa).object.pretty()),
                \(Sample.jwk("good").object.pretty())
            ]}
            """
        let keys = keySet(ScriptedTransport { _, _ in KeyResponse(status: 200, body: Array(document.utf8)) })
        #expect(await isKnown("good", in: keys))
        #expect(keys.snapshot().keyIDs == ["good"])
        for keyID in ["weak", "secret", "new", "twice"] { #expect(await !isKnown(keyID, in: keys), "\(keyID)") }
    }

    // MARK: 7. Tokens without kid

    @Test func `rule 7: without kid the only key that fits is found`() async throws {
        #expect(await isKnown(nil, in: keySet(ScriptedTransport { _, _ in Sample.document("k1") })))
        #expect(await !isKnown(nil, in: keySet(ScriptedTransport { _, _ in Sample.document("k1", "k2") })))
    }

    // MARK: 8. Start

    @Test func `rule 8: loading at the start fails when the issuer is down or another`() async throws {
        let down = ScriptedTransport { _, _ throws(KeyTransportError) in throw .network("down") }
        await #expect(throws: KeySourceError.unavailable("down")) {
            try await RemoteKeySet(loading: .keys(url: Sample.keysURL), transport: down, clock: clock)
        }
        let good = ScriptedTransport { _, _ in Sample.document("k1") }
        let keys = try await RemoteKeySet(loading: .keys(url: Sample.keysURL), transport: good, clock: clock)
        #expect(keys.snapshot().keyIDs == ["k1"])
    }

    @Test func `rule 8: of many who come at once to an issuer that is down, one asks`() async throws {
        for _ in 0..<200 {
            let transport = ScriptedTransport { _, _ throws(KeyTransportError) in throw .network("down") }
            let keys = keySet(transport)
            await withTaskGroup { group in
                for _ in 0..<32 { group.addTask { #expect(await !isKnown("k1", in: keys)) } }
            }
            #expect(transport.requests.count == 1)
        }
    }

    @Test func `rule 8: a late start asks at most every second until it has keys`() async throws {
        let transport = ScriptedTransport { _, _ throws(KeyTransportError) in throw .network("down") }
        let keys = keySet(transport)
        #expect(transport.requests.isEmpty)
        for _ in 0..<50 { #expect(await !isKnown("k1", in: keys)) }
        #expect(transport.requests.count == 1)
        clock.advance(by: .seconds(1))
        transport.play { _, _ in Sample.document("k1") }
        #expect(await isKnown("k1", in: keys))
        #expect(transport.requests.count == 2)
    }

    @Test func `a rotation is lived through without one refused token`() async throws {
        // The issuer publishes the next key, signs with it after a lifetime, then withdraws the old one.
        let transport = ScriptedTransport { _, _ in Sample.document("old") }
        let keys = keySet(transport)
        for minute in 0..<60 {
            switch minute {
            case ..<10: transport.play { _, _ in Sample.document("old") }
            case ..<40: transport.play { _, _ in Sample.document("old", "new") }
            default: transport.play { _, _ in Sample.document("new") }
            }
            let signing = minute < 20 ? "old" : "new"
            #expect(await isKnown(signing, in: keys), "minute \(minute)")
            try await eventually { !keys.isReading }
            clock.advance(by: .seconds(60))
        }
        #expect(keys.snapshot().keyIDs == ["new"])
    }
}
