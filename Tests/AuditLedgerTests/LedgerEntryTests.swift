import AuditLedger
import JOSE
import LibCrypto
import Testing
import Vocabulary

@Suite("Ledger: an entry and its text")
struct LedgerEntryTests {
    let salt = [UInt8](repeating: 7, count: 16)
    let position = LedgerPosition(node: "node-1", sequence: 5)

    private func make(
        _ event: LedgerEvent,
        _ claims: [ReplayClaim] = [],
        after previous: [UInt8] = LedgerEntry.genesis
    ) throws -> LedgerEntry {
        var maker = LedgerEntryMaker()
        var body: [UInt8] = []
        let hash = try maker.make(event, claiming: ClaimBytes(claims), at: position, after: previous, salt: salt) {
            text,
            _ in
            body = Array(text)
        }
        return LedgerEntry(position: position, previous: previous, hash: hash, body: body)
    }

    @Test(arguments: LedgerEvent.Kind.allCases)
    func `gives every kind of event back as it was`(kind: LedgerEvent.Kind) throws {
        let event = try fullEvent(kind)
        let claims = [try claim(1), try claim(2)]
        let content = try LedgerContent(parsing: make(event, claims).body)
        #expect(content.event == event)
        #expect(content.position == position)
        #expect(content.salt == salt)
        #expect(content.claims.claims == claims.map { HeldClaim($0) })
    }

    @Test func `gives an event of which nothing but time and kind is known back as it was`() throws {
        let event = LedgerEvent(time: Timestamp(seconds: -1), kind: .initialised)
        let content = try LedgerContent(parsing: make(event).body)
        #expect(content.event == event)
        #expect(content.claims.claims.isEmpty)
    }

    @Test func `gives a certificate back`() throws {
        var event = LedgerEvent(time: epoch, kind: .tokenIssued)
        event.credential = .certificate(thumbprint: "ab12", revocation: "grace(3600)")
        #expect(try LedgerContent(parsing: make(event).body).event.credential == event.credential)
    }

    @Test func `writes a text that anybody can hash again`() throws {
        var event = LedgerEvent(time: epoch, kind: .accessGranted, details: ["until": 1_800_000_000])
        event.consumer = try OrganisationNumber(parsing: "991825827")
        let previous = [UInt8](repeating: 9, count: 32)
        let entry = try make(event, after: previous)
        #expect(
            String(decoding: entry.body, as: UTF8.self) == """
                {"v":1,"node":"node-1","sequence":5,"salt":"BwcHBwcHBwcHBwcHBwcHBw","time":1790000000,"kind":"access_granted",\
                "consumer":"991825827","details":{"until":1800000000}}
                """
        )
        let hashed = Array("portvakt ledger entry 1\n".utf8) + previous + entry.body
        #expect(entry.hash == HashFunction.sha256.digest(hashed))
        #expect(entry.hash == LedgerEntry.hash(of: entry.body, after: previous))
    }

    @Test func `hashes the same event to another value with another salt`() throws {
        let event = LedgerEvent(time: epoch, kind: .initialised)
        var maker = LedgerEntryMaker()
        let hashes = try [1, 2].map { (byte: UInt8) in
            try maker.make(
                event,
                claiming: nil,
                at: position,
                after: LedgerEntry.genesis,
                salt: [UInt8](repeating: byte, count: 16)
            ) { _, _ in }
        }
        #expect(hashes[0] != hashes[1])
    }

    @Test func `uses its memory again without leaving anything of the entry before`() throws {
        var maker = LedgerEntryMaker()
        var bodies: [[UInt8]] = []
        for event in [try fullEvent(), LedgerEvent(time: epoch, kind: .initialised)] {
            _ = try maker.make(event, claiming: nil, at: position, after: LedgerEntry.genesis, salt: salt) { text, _ in
                bodies.append(Array(text))
            }
        }
        #expect(bodies[1] == (try make(LedgerEvent(time: epoch, kind: .initialised)).body))
    }

    @Test func `refuses an event whose text is longer than a reader takes`() throws {
        var event = LedgerEvent(time: epoch, kind: .initialised)
        event.actor = String(repeating: "x", count: LedgerEntry.maximumBodyLength)
        #expect(throws: LedgerEntryError.self) { try make(event) }
        event.actor = String(repeating: "x", count: LedgerEntry.maximumBodyLength - 200)
        #expect(try LedgerContent(parsing: make(event).body).event == event)
    }

    @Test(arguments: [
        (#"{"v":2}"#, LedgerContent.ReadError.version(2)),
        (#"{}"#, .member("v")),
        (#"{"v":1,"node":7}"#, .member("node")),
        (#"{"v":1,"node":"n","sequence":1,"salt":"AA==","time":1,"kind":"initialised"}"#, .member("salt")),
        (#"{"v":1,"node":"n","sequence":1,"salt":"AA","time":1,"kind":"invented"}"#, .member("kind")),
        (
            #"{"v":1,"node":"n","sequence":1,"salt":"AA","time":1,"kind":"initialised","claims":"AA"}"#,
            .member("claims")
        ),
        (
            #"{"v":1,"node":"n","sequence":1,"salt":"AA","time":1,"kind":"initialised","scopes":["x"]}"#,
            .member("scopes")
        ),
        (
            #"{"v":1,"node":"n","sequence":1,"salt":"AA","time":1,"kind":"initialised","key":{"kid":"a"}}"#,
            .member("jkt")
        ),
        ("[]", .json("not an object")),
    ])
    func `refuses a text of another form`(text: String, error: LedgerContent.ReadError) {
        #expect(throws: error) { try LedgerContent(parsing: Array(text.utf8)) }
    }
}

@Suite("Ledger: claims as bytes")
struct ClaimBytesTests {
    @Test func `are 24 bytes each and come back in order`() throws {
        let claims = [try claim(1), try claim(2, client: "client-b"), try claim(3, life: -7)]
        let bytes = ClaimBytes(claims)
        #expect(bytes.bytes.count == 3 * 24)
        #expect(ClaimBytes(bytes: bytes.bytes)?.claims == claims.map { HeldClaim($0) })
        #expect(ClaimBytes(bytes: [UInt8](repeating: 0, count: 23)) == nil)
    }

    @Test func `tell clients with the same key apart, and keys of one client`() throws {
        let digests = [try claim(1), try claim(2), try claim(1, client: "client-b")].map(\.digest)
        #expect(Set(digests).count == 3)
        #expect(try claim(1, life: 60).digest == digests[0])
    }

    @Test func `digest client, zero byte and key`() throws {
        let claim = try claim(1)
        let digest = HashFunction.sha256.digest(Array("client-a".utf8) + [0] + claim.key)
        #expect(Array(ClaimBytes([claim]).bytes.prefix(16)) == Array(digest.prefix(16)))
    }
}
