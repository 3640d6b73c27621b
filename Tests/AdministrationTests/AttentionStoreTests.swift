import Administration
import Attention
import AuditLedger
import JOSE
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

@Suite("The list and the outbox on a database")
struct AttentionStoreTests {
    private func delivery(_ id: String, _ target: String, created: Int64, due: Int64 = 0) -> WebhookDelivery {
        WebhookDelivery(
            id: id,
            target: target,
            payload: "{}",
            created: World.now + Seconds(created),
            due: World.now + Seconds(due)
        )
    }

    @Test func `records are kept, changed and forgotten`() throws {
        let world = try World()
        let item = AttentionItem(.access, "a:b/1", .urgent, party: World.owner, until: World.now, "w", command: "c")
        let record = AttentionRecord(item, appeared: World.now, updated: World.now)
        try world.store.transaction { try $0.keep([record], forgettingResolvedBefore: World.now) }
        #expect(try world.store.read { try $0.attentionRecords() } == [record])
        var resolved = record
        resolved.resolved = World.now + 5
        try world.store.transaction { try $0.keep([resolved], forgettingResolvedBefore: World.now + 5) }
        #expect(try world.store.read { try $0.attentionRecords() } == [resolved])
        try world.store.transaction { try $0.keep([], forgettingResolvedBefore: World.now + 6) }
        #expect(try world.store.read { try $0.attentionRecords() }.isEmpty)
    }

    @Test func `of each target the oldest that are due are sent first`() throws {
        let world = try World()
        try world.act { administration in
            for name in ["a", "b"] { try administration.addWebhook(name, url: "https://x/", seed: [1]) }
        }
        try world.store.transaction {
            try $0.put([
                delivery("a3", "a", created: 3), delivery("a1", "a", created: 1), delivery("a2", "a", created: 2),
                delivery("b1", "b", created: 4), delivery("later", "b", created: 0, due: 1),
            ])
        }
        #expect(
            try world.store.read { try $0.dueDeliveries(at: World.now, ofEach: 2) }.map(\.id) == ["a1", "a2", "b1"]
        )
        var done = delivery("a1", "a", created: 1)
        done.state = .delivered
        done.finished = World.now
        done.attempts = 1
        try world.store.transaction { try $0.put([done]) }
        #expect(try world.store.read { try $0.dueDeliveries(at: World.now, ofEach: 1) }.map(\.id) == ["a2", "b1"])
        let standings = try world.store.read { try $0.webhookStandings() }
        #expect(standings.map(\.pending) == [2, 2])
        #expect(standings[0].lastDelivered == World.now)
    }

    @Test func `what waits beyond the limit is given up, the oldest first, and is an item`() throws {
        let world = try World()
        try world.act { try $0.addWebhook("ops", url: "https://x/", seed: [1]) }
        try world.store.transaction { transaction in
            try transaction.put((0..<5).map { delivery("m\($0)", "ops", created: Int64($0)) })
            try transaction.trimDeliveries(finishedBefore: World.now, keepingPending: 3, at: World.now)
        }
        #expect(
            try world.store.read { try $0.dueDeliveries(at: World.now, ofEach: 9) }.map(\.id) == ["m2", "m3", "m4"]
        )
        let facts = try world.store.read { try $0.attentionFacts(at: World.now) }
        #expect(facts.undelivered == [.init("ops", count: 2, last: World.now)])
        try world.store.transaction {
            try $0.trimDeliveries(finishedBefore: World.now + 1, keepingPending: 3, at: World.now)
        }
        #expect(try world.store.read { try $0.attentionFacts(at: World.now) }.undelivered.isEmpty)
    }

    @Test func `facts name what ends and who is no more`() throws {
        let world = try World()
        try world.prepare("acme:a", "acme:b")
        try world.act { administration in
            try administration.grantAccess(
                to: World.scope("acme:a"),
                for: World.consumer,
                [.validUntil: .time(World.now + .days(5))],
                origin: "cli"
            )
            try administration.grantAccess(to: World.scope("acme:b"), for: World.deleted, origin: "cli")
            try administration.grantAccess(to: World.scope("acme:b"), for: World.orphan, origin: "cli")
        }
        let facts = try world.store.read { try $0.attentionFacts(at: World.now) }
        #expect(facts.accesses.things.map(\.subject) == ["acme:a/\(World.consumer)"])
        #expect(facts.accesses.things.map(\.party) == [World.consumer])
        #expect(facts.accesses.things.map(\.other) == [World.owner])
        #expect(Set(facts.closed.map(\.organisation)) == [World.deleted, World.orphan])
        #expect(facts.closed.first { $0.organisation == World.deleted }?.day == CalendarDate(parsing: "2026-01-31"))
        #expect(facts.closed.allSatisfy { $0.accesses == 1 && $0.clients == 0 && $0.delegations == 0 })
        #expect(facts.ledgerFault == nil)
        #expect(facts.requests.isEmpty)
        let items = AttentionList.items(facts, nil, at: World.now)
        #expect(items.map(\.severity) == [.urgent, .warning, .warning])
    }

    @Test func `a command takes the name that an owner chose for a scope as one word`() throws {
        let world = try World()
        try world.prepare("acme:a;reboot")
        try world.act { administration in
            try administration.grantAccess(
                to: World.scope("acme:a;reboot"),
                for: World.consumer,
                [.validUntil: .time(World.now + .days(5))],
                origin: "cli"
            )
        }
        let facts = try world.store.read { try $0.attentionFacts(at: World.now) }
        #expect(
            facts.accesses.things.map(\.command)
                == ["portvakt access grant 'acme:a;reboot' \(World.consumer) --until DATE"]
        )
    }
}
