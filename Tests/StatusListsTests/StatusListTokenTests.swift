import JOSE
import StatusLists
import Testing
import Vocabulary

@Suite("Token Status List draft §5.1: the claims of a list")
struct StatusListTokenTests {
    let uri = "https://auth.example/statuslists/0"
    let now = Timestamp(seconds: 1_700_000_000)

    @Test(
        arguments: [
            // The examples of §4.1 and §4.2, as other implementations pack them.
            (1, "eNrbuRgAAhcBXQ", [0xB9, 0xA3]), (2, "eNo76fITAAPfAgc", [0xC9, 0x44, 0xF9]),
        ] as [(Int64, String, [UInt8])]
    )
    func `reads the draft's own examples`(bits: Int64, text: String, bytes: [UInt8]) throws {
        let token = try StatusListToken(payload: payload(bits: .integer(bits), lst: .string(text)), maximumSize: 100)
        #expect(token.list.bytes == bytes)
        #expect(token.list.width.rawValue == Int(bits))
        #expect(token.timeToLive == 43_200)
        #expect(token.expires == Timestamp(seconds: 2_291_720_170))
    }

    @Test func `reads what it writes, a hundred thousand tokens in a few hundred bytes`() throws {
        var list = StatusList(count: 131_072)
        for index in stride(from: 0, to: 131_072, by: 2_001) { list.set(StatusList.invalid, at: index) }
        let token = StatusListToken(uri: uri, issuedAt: now, expires: now + 600, timeToLive: 30, list: list)
        let payload = token.payload(aggregation: "https://auth.example/statuslists")
        #expect(try StatusListToken(payload: payload, maximumSize: 16_384) == token)
        #expect(payload["status_list"]?["aggregation_uri"] == "https://auth.example/statuslists")
        #expect(payload.encoded().count < 1_000)
    }

    @Test func `takes no more than was allowed, however small it came`() throws {
        let list = StatusList(count: 8 * 1_000_000)
        let payload = StatusListToken(uri: uri, issuedAt: now, expires: nil, timeToLive: nil, list: list).payload()
        #expect(payload.encoded().count < 2_000)
        #expect(throws: StatusListToken.Fault.tooLarge) { try StatusListToken(payload: payload, maximumSize: 999_999) }
        #expect(try StatusListToken(payload: payload, maximumSize: 1_000_000).list.count == 8_000_000)
    }

    @Test(arguments: [
        // Raw deflate without its wrapping, cut short, with something behind, with a wrong sum, empty, with padding.
        ("lst", #""27kYAA""#, StatusListToken.Fault.packing), ("lst", #""eNrbuRgAAhcB""#, .packing),
        ("lst", #""eNrbuRgAAhcBXQAA""#, .packing), ("lst", #""eNrbuRgAAhcBXg""#, .packing), ("lst", #""""#, .packing),
        ("lst", #""eNrbuRgAAhcBXQ==""#, .claim("lst")), ("lst", "7", .claim("lst")), ("bits", "3", .claim("bits")),
        ("bits", "0", .claim("bits")), ("bits", #""1""#, .claim("bits")),
        ("bits", "9223372036854775807", .claim("bits")),
    ])
    func `takes nothing malformed`(member: String, value: String, fault: StatusListToken.Fault) throws {
        var status: JSONObject = ["bits": 1, "lst": "eNrbuRgAAhcBXQ"]
        status[member] = try JSONValue(parsing: value)
        let payload: JSONObject = ["sub": .string(uri), "iat": 1_700_000_000, "status_list": .object(status)]
        #expect(throws: fault) { try StatusListToken(payload: payload, maximumSize: 100) }
    }

    @Test(arguments: ["sub", "iat", "status_list"])
    func `demands its claims`(name: String) {
        let payload = payload(bits: 1, lst: "eNrbuRgAAhcBXQ").removing([name])
        #expect(throws: StatusListToken.Fault.claim(name)) { try StatusListToken(payload: payload, maximumSize: 100) }
    }

    @Test(arguments: ["0", "-1", #""30""#])
    func `takes no time to live that is no positive number`(value: String) throws {
        var payload = payload(bits: 1, lst: "eNrbuRgAAhcBXQ")
        payload["ttl"] = try JSONValue(parsing: value)
        #expect(throws: StatusListToken.Fault.claim("ttl")) { try StatusListToken(payload: payload, maximumSize: 100) }
    }

    @Test func `survives whatever is sent as packed statuses`() {
        // A seeded generator: each round changes one byte of a good list.
        var seed: UInt64 = 0x5EED
        let good: [UInt8] = [0x78, 0xDA, 0xDB, 0xB9, 0x18, 0x00, 0x02, 0x17, 0x01, 0x5D]
        for _ in 0..<5_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var bytes = good
            bytes[Int(seed >> 33) % bytes.count] = UInt8(truncatingIfNeeded: seed >> 24)
            let payload = payload(bits: 1, lst: .string(Base64URL.encode(bytes)))
            let list = try? StatusListToken(payload: payload, maximumSize: 64)
            // The check sum stands behind whatever is taken.
            if let list { #expect(bytes == good || list.list.bytes == [0xB9, 0xA3]) }
        }
    }

    private func payload(bits: JSONValue, lst: JSONValue) -> JSONObject {
        [
            "sub": .string(uri), "iat": 1_700_000_000, "exp": 2_291_720_170, "ttl": 43_200,
            "status_list": ["bits": bits, "lst": lst],
        ]
    }
}
