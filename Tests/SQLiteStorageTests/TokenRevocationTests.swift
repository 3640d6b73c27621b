import AuditLedger
import JOSE
import SQLiteStorage
import Testing
import TokenIssuance
import Vocabulary

@Suite("Revocations and places in status lists, as they are stored")
struct TokenRevocationTests {
    let now = Timestamp(seconds: 1_795_000_000)

    private func entry(_ token: String, expires: Int64 = 120) throws -> StatusEntry {
        let number = try #require(OrganisationNumber(stem: 31_000_000))
        let grounds = try #require(
            TokenGrounds(stored: #"{"client":"c","consumer":"\#(number)","scopes":"demo:read"}"#)
        )
        return StatusEntry(token: TokenID(token), grounds: grounds, issued: now, expires: now + Seconds(expires))
    }

    @Test func `a token is ended once, and all of a client up to a time that only rises`() throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        let client = TokenRevocation.Subject.client(try ClientID(parsing: "c"))
        try store.transaction { transaction in
            let first = try transaction.revoke(TokenID("t"), issued: now, expires: now + 120)
            #expect(first?.freed == now + 180)
            #expect(try transaction.revoke(TokenID("t"), issued: now, expires: now + 120) == nil)
            let all = try transaction.revokeAll(of: client, longestLife: 7_200, at: now)
            #expect(all?.issuedUntil == now)
            #expect(all?.freed == now + 7_260)
            #expect(try transaction.revokeAll(of: client, longestLife: 7_200, at: now - 1) == nil)
            #expect(try transaction.revokeAll(of: client, longestLife: 7_200, at: now + 1)?.issuedUntil == now + 1)
        }
        let stored = try store.read { try $0.revocation(of: client) }
        #expect(stored?.issuedUntil == now + 1)
        #expect(stored?.ends(tokenIssuedAt: now + 1) == true)
        #expect(stored?.ends(tokenIssuedAt: now + 2) == false)
        #expect(try store.read { try $0.revocation(of: .client(ClientID(parsing: "d"))) } == nil)
    }

    @Test func `whoever waited for the lock also ends what was issued meanwhile, but nothing far ahead`() throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        let subject = TokenRevocation.Subject.client(try ClientID(parsing: "c"))
        try store.transaction { transaction in
            try transaction.append(LedgerEvent(time: now + 3, kind: .tokenIssued))
            try transaction.append(LedgerEvent(time: now + 1, kind: .tokenIssued))
            #expect(try transaction.revokeAll(of: subject, longestLife: 7_200, at: now)?.issuedUntil == now + 3)
            // Left behind by a clock that was far ahead once.
            try transaction.append(LedgerEvent(time: now + 86_400, kind: .tokenIssued))
            #expect(try transaction.revokeAll(of: subject, longestLife: 7_200, at: now)?.issuedUntil == now + 10)
        }
    }

    @Test func `the count of revocations rises with each, also after all are gone`() throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        var counts = [try store.read { try $0.revocationCount }]
        for time in [now, now + 1] {
            try store.transaction { transaction in
                _ = try transaction.revokeAll(of: .consumer(entry("t").grounds.consumer), longestLife: 60, at: time)
            }
            counts.append(try store.read { try $0.revocationCount })
        }
        try store.transaction { transaction in
            #expect(try transaction.removeRevocations(freedBefore: now + 121, limit: 10) == 0)
            #expect(try transaction.removeRevocations(freedBefore: now + 122, limit: 10) == 1)
            _ = try transaction.revoke(TokenID("t"), issued: now, expires: now + 120)
        }
        counts.append(try store.read { try $0.revocationCount })
        #expect(counts == counts.sorted())
        #expect(Set(counts).count == 4)
    }

    @Test func `a place has one token until it is freed`() throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        let place = StatusPlace(list: 2, index: 70_211)
        try store.transaction { transaction throws in
            #expect(try transaction.put(entry("a"), at: place))
            #expect(try !transaction.put(entry("b"), at: place))
            #expect(try transaction.put(entry("b"), at: StatusPlace(list: 2, index: 70_212)))
            #expect(try transaction.put(entry("c", expires: 7_200), at: StatusPlace(list: 0, index: 1)))
        }
        try store.read { reader throws in
            #expect(try reader.highestStatusList == 2)
            #expect(try reader.hasEnded(TokenID("a"), at: place) == false)
            #expect(try reader.hasEnded(TokenID("b"), at: place) == nil)
        }
        try store.transaction { transaction throws in
            #expect(try transaction.removeStatusEntries(endedBefore: now + 120, limit: 10) == 0)
            #expect(try transaction.removeStatusEntries(endedBefore: now + 121, limit: 1) == 1)
            #expect(try transaction.removeStatusEntries(endedBefore: now + 121, limit: 10) == 1)
            #expect(try transaction.put(entry("d"), at: place))
        }
        #expect(try store.read { try $0.statusEntryCount } == 2)
    }

    @Test func `an ended token is told until a minute past its exp, and another one at its place is not it`() throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        let place = StatusPlace(list: 0, index: 5)
        try store.transaction { transaction in
            _ = try transaction.put(entry("a"), at: place)
            _ = try transaction.put(entry("b"), at: StatusPlace(list: 0, index: 6))
            try transaction.end([(place, TokenID("b"))], at: now)
            #expect(try transaction.endedStatusPlaces(at: now) == [])
            try transaction.end([(place, TokenID("a"))], at: now)
        }
        try store.read { reader in
            #expect(try reader.hasEnded(TokenID("a"), at: place) == true)
            #expect(try reader.endedStatusPlaces(at: now) == [place])
            #expect(try reader.endedStatusPlaces(at: now + 179) == [place])
            #expect(try reader.endedStatusPlaces(at: now + 180) == [])
            var living: [String] = []
            try reader.visitStatusEntries(livingAt: now) { _, token, _, _ in living.append(token.rawValue) }
            #expect(living == ["b"])
            living = []
            try reader.visitStatusEntries(livingAt: now + 120) { _, token, _, _ in living.append(token.rawValue) }
            #expect(living == [])
        }
    }

    @Test func `what was not committed left no place taken`() throws {
        struct Undone: Error {}
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        let place = StatusPlace(list: 0, index: 5)
        #expect(throws: Undone.self) {
            try store.transaction { transaction in
                _ = try transaction.put(entry("a"), at: place)
                throw Undone()
            }
        }
        try store.close()
        let again = try installation.open()
        let isFree = try again.transaction { try $0.put(entry("b"), at: place) }
        #expect(isFree)
    }
}
