import Administration
import AuditLedger
import JOSE
import Scopes
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("What the ledger says of use: the same before it is summed up, half-way and after")
struct UsageTests {
    private let world: DelegationWorld
    private let now = DelegationWorld.now
    private let scope: ScopeName

    init() throws {
        world = try DelegationWorld()
        scope = try ScopeName(parsing: "acme:a")
    }

    private func entry(
        _ kind: LedgerEvent.Kind,
        at time: Timestamp,
        supplier: Bool = false,
        code: String? = nil,
        details: JSONObject = [:]
    ) throws {
        var event = LedgerEvent(time: time, kind: kind, details: details)
        event.client = world.client
        event.credential = .key(try KeyID(parsing: "key-1"), thumbprint: "t")
        event.consumer = world.consumer
        event.supplier = supplier ? world.supplier : nil
        event.scopes = [scope]
        event.code = code
        try world.store.transaction { _ = try $0.append(event) }
    }

    private func fill() throws {
        for second in 0..<5 { try entry(.tokenIssued, at: now + Seconds(Int64(second))) }
        try entry(.tokenIssued, at: now + .hours(2), supplier: true)
        try entry(
            .tokenRefused,
            at: now + .hours(1),
            code: "MP-303",
            details: ["scopes": [["scope": "acme:a", "reason": "access_ended"]]]
        )
        try entry(.tokenRefusalsSummed, at: now + .hours(1), code: "MP-303", details: ["count": 40])
    }

    /// Sums up at most so many entries.
    private func sum(_ limit: Int64) async throws {
        let step = try await world.store.nextUsageStep(limit: limit)
        try world.store.transaction { try $0.add(step) }
    }

    private func look() throws {
        try world.store.read { reader in
            let all = try reader.usage(from: now - .hours(1), of: nil)
            #expect(all.filter { $0.code == nil }.map(\.count) == [5, 1])
            #expect(all.filter { $0.code == "MP-303" }.map(\.count) == [41])
            for organisation in [world.consumer, world.provider] {
                #expect(try reader.usage(from: now - .hours(1), of: organisation) == all)
            }
            #expect(try reader.usage(from: now - .hours(1), of: world.supplier).map(\.count) == [1])
            #expect(try reader.usage(from: now - .hours(1), of: world.other).isEmpty)
            #expect(try reader.usage(from: now + .hours(2), of: nil).map(\.count) == [1])
            let use = try reader.use(of: [world.client])[world.client]
            #expect(use?.issued == now + .hours(2) && use?.refused == now + .hours(1))
            let refusal = try #require(use?.refusal)
            #expect(try reader.row(refusal)?.kind == "token_refusals_summed")
            #expect(try reader.keyUse(of: world.client) == [try KeyID(parsing: "key-1"): now + .hours(2)])
            let refusals = try reader.scopeRefusals(ScopeRefusalQuery())
            #expect(refusals.map(\.count) == [1] && refusals.map(\.reason) == ["access_ended"])
            var query = AccessBrowsing()
            query.scope = scope
            let listed = try reader.browse(query, at: now + .days(1))
            #expect(listed.rows.map(\.recentTokens) == [6] && listed.rows.map(\.lastToken) == [now + .hours(2)])
            #expect(try reader.browse(query, at: now + .days(40)).rows.map(\.recentTokens) == [0])
        }
    }

    private func counts() throws -> [Int64] {
        try world.store.read { try $0.usage(from: now - .days(1), of: nil) }.map(\.count)
    }

    @Test func `entry by entry`() async throws {
        try fill()
        try look()
        while try await world.store.nextUsageStep(limit: 1).entries > 0 {
            try await sum(1)
            try look()
        }
    }

    @Test func `a step that somebody else has done is not done twice`() async throws {
        try fill()
        let step = try await world.store.nextUsageStep(limit: 1_000)
        for _ in 0..<3 { try world.store.transaction { try $0.add(step) } }
        try look()
    }

    @Test func `what is a month old is forgotten as time goes on`() async throws {
        try fill()
        try await sum(1_000)
        try entry(.tokenIssued, at: now + .days(60))
        try await sum(1_000)
        #expect(try counts() == [1])
    }
}
