import Administration
import Delegations
import GRDB
import Scopes
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("Long lists are read part by part")
struct BrowsingTests {
    private let world: DelegationWorld
    private let now = DelegationWorld.now

    init() throws {
        world = try DelegationWorld(scopes: ["acme:a", "acme:b", "acme:c"])
        let scope = try ScopeName(parsing: "acme:a")
        try world.act { [world] in
            _ = try $0.grantAccess(to: scope, for: world.other, [.validUntil: .time(now + .days(5))], origin: "cli")
        }
    }

    private func rows(_ change: (inout AccessBrowsing) -> Void) throws -> [String] {
        var query = AccessBrowsing()
        change(&query)
        return try world.store.read { try $0.browse(query, at: now) }.rows.map {
            "\($0.access.scope) \($0.access.consumer)"
        }
    }

    @Test func `parts follow each other without gap or overlap`() throws {
        let all = try rows { _ in }
        #expect(all.count == 4)
        for order in AccessBrowsing.Order.allCases {
            for isDescending in [false, true] {
                let parts = try (0..<5).flatMap { offset in
                    try rows { query in
                        query.paging.order = order
                        query.paging.isDescending = isDescending
                        (query.paging.offset, query.paging.limit) = (offset, 1)
                    }
                }
                #expect(Set(parts) == Set(all) && parts.count == all.count, "\(order) \(isDescending)")
            }
        }
        let total = try world.store.read { reader in
            var query = AccessBrowsing()
            query.paging.limit = 1
            return try reader.browse(query, at: now).total
        }
        #expect(total == 4)
    }

    @Test func `a part of the grants is read alone, and all are counted unread`() throws {
        try world.store.read { reader throws in
            var query = AccessQuery()
            let all = try reader.accesses(query)
            #expect(all.count == 4)
            #expect(try reader.accessCount(query) == 4)
            for offset in 0..<5 {
                query.part = offset..<(offset + 2)
                #expect(try reader.accesses(query) == Array(all.dropFirst(offset).prefix(2)))
                #expect(try reader.accessCount(query) == 4)
            }
            query.scope = try ScopeName(parsing: "acme:a")
            #expect(try reader.accessCount(query) == all.filter { $0.scope.rawValue == "acme:a" }.count)
        }
    }

    @Test func `lists of an organisation find their rows by a key`() throws {
        try world.store.read { reader throws in
            let statements = [
                "SELECT id FROM client WHERE supplier = 1 AND active = 1",
                "SELECT c.id FROM client c WHERE (c.owner = 1 OR c.supplier = 1) AND c.active = 1",
                "SELECT scope FROM scope_access WHERE scope = 'acme:a' ORDER BY scope, consumer LIMIT 10 OFFSET 10",
                "SELECT count(*) FROM scope_access WHERE scope = 'acme:a' AND state = 'APPROVED'",
                "SELECT scope FROM scope_access WHERE consumer = 1 ORDER BY scope, consumer LIMIT 10 OFFSET 0",
            ]
            for statement in statements {
                let plan = try Row.fetchAll(reader.grdb, sql: "EXPLAIN QUERY PLAN \(statement)").map {
                    $0[3] as String
                }
                #expect(!plan.isEmpty && plan.allSatisfy { !$0.hasPrefix("SCAN") }, "\(statement): \(plan)")
            }
        }
    }

    @Test func `what ends comes first, what has no end last, both ways`() throws {
        for isDescending in [false, true] {
            let found = try rows { query in
                query.paging.order = .until
                query.paging.isDescending = isDescending
            }
            #expect(found.first == "acme:a \(world.other)")
        }
        #expect(try rows { $0.endingBefore = now + .days(30) } == ["acme:a \(world.other)"])
    }

    @Test func `a viewer has its own grants and those to its scopes`() throws {
        #expect(try rows { $0.viewer = world.provider }.count == 4)
        #expect(try rows { $0.viewer = world.consumer }.count == 3)
        #expect(try rows { $0.viewer = world.other } == ["acme:a \(world.other)"])
        #expect(try rows { $0.viewer = world.supplier }.isEmpty)
    }

    @Test func `as of a moment: what was in force then, whatever happened since`() throws {
        let scope = try ScopeName(parsing: "acme:b")
        try world.act(at: now + 100) { _ = try $0.revokeAccess(to: scope, for: world.consumer) }
        try world.act(at: now + 200) { _ = try $0.grantAccess(to: scope, for: world.consumer, origin: "cli") }
        let row = "acme:b \(world.consumer)"
        func has(_ moment: Seconds) throws -> Bool { try rows { $0.moment = now + moment }.contains(row) }
        #expect(try !has(-1))
        #expect(try has(0))
        #expect(try has(99))
        #expect(try !has(100))
        #expect(try !has(199))
        #expect(try has(200))
        let ending = "acme:a \(world.other)"
        #expect(try rows { $0.moment = now + .days(5) - 1 }.contains(ending))
        #expect(try !rows { $0.moment = now + .days(5) }.contains(ending))
    }

    @Test func `a text to look for is a text, not a pattern`() throws {
        func found(_ text: String) throws -> Int {
            var query = ClientBrowsing()
            query.text = text
            return try world.store.read { try $0.browse(query) }.total
        }
        #expect(try found("Suppl") == 1)
        #expect(try found("suppl") == 1)
        #expect(try found("%") == 0)
        #expect(try found("_") == 0)
        #expect(try found("' OR 1=1 --") == 0)
    }

    @Test func `who shares with whom`() throws {
        let picture = try world.store.read { try $0.sharing(of: world.provider, limit: 1) }
        #expect(picture.consumers.rows.map(\.organisation) == [world.consumer] && picture.consumers.total == 2)
        #expect(picture.consumers.rows.map(\.count) == [3])
        let other = try world.store.read { try $0.sharing(of: world.consumer, limit: 8) }
        #expect(other.providers.rows.map(\.organisation) == [world.provider] && other.consumers.rows.isEmpty)
    }

    @Test func `an organisation deals with those who share with it, and with nobody else`() throws {
        func parties(_ viewer: OrganisationNumber?) throws -> Set<OrganisationNumber> {
            Set(try world.store.read { try $0.parties(of: viewer, offset: 0, limit: 100) }.rows.map(\.organisation))
        }
        #expect(try parties(world.other) == [world.other, world.provider])
        #expect(try parties(world.provider) == [world.provider, world.consumer, world.other])
        #expect(try parties(nil) == [world.provider, world.consumer, world.other, world.supplier])
    }
}
