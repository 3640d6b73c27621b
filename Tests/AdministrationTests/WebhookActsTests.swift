import Administration
import Attention
import AuditLedger
import JOSE
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

@Suite("Acts on webhooks")
struct WebhookActsTests {
    private let seed = [UInt8](repeating: 7, count: 32)
    private let url = "https://ops.example.no/hooks/secret?x=1"

    @Test func `a webhook is added once, with the host alone in the ledger`() throws {
        let world = try World()
        let sequence = try world.lastSequence()
        let added = try world.act { try $0.addWebhook("ops", url: url, seed: seed) }
        #expect(added.hasChanged)
        let again = try world.act { try $0.addWebhook("ops", url: url, seed: [1]) }
        #expect(!again.hasChanged)
        #expect(again.value.seed == seed)
        let events = try world.events(after: sequence)
        #expect(events.map(\.kind) == [.webhookAdded])
        #expect(events[0].details["host"] == "ops.example.no")
        #expect(throws: WebhookRefusal.exists("ops", url: url)) {
            try world.act { try $0.addWebhook("ops", url: "https://other/", seed: seed) }
        }
        #expect(throws: WebhookRefusal.target(.url("http://ops/"))) {
            try world.act { try $0.addWebhook("x", url: "http://ops/", seed: seed) }
        }
    }

    @Test func `there are twenty at most`() throws {
        let world = try World()
        try world.act { administration in
            for index in 0..<20 { try administration.addWebhook("ops-\(index)", url: url, seed: seed) }
        }
        #expect(throws: WebhookRefusal.tooMany(limit: 20)) {
            try world.act { try $0.addWebhook("ops-20", url: url, seed: seed) }
        }
    }

    @Test func `rotating keeps the former seed for a day`() throws {
        let world = try World()
        try world.act { try $0.addWebhook("ops", url: url, seed: seed) }
        let revision = try world.revision()
        try world.act { try $0.rotateWebhookKey(of: "ops", seed: [9]) }
        let target = try #require(try world.store.read { try $0.webhookTargets() }.first)
        #expect(target.seed == [9])
        #expect(target.former == .init(seed: seed, until: World.now + .days(1)))
        // No decision rests on it.
        #expect(try world.revision() == revision)
        #expect(throws: WebhookRefusal.unknown("x")) { try world.act { try $0.rotateWebhookKey(of: "x", seed: [9]) } }
    }

    @Test func `removing takes along what waits`() throws {
        let world = try World()
        try world.act { try $0.addWebhook("ops", url: url, seed: seed) }
        let delivery = WebhookDelivery(id: "m", target: "ops", payload: "{}", created: world.now, due: world.now)
        try world.store.transaction { try $0.put([delivery]) }
        #expect(try world.act { try $0.removeWebhook("ops") }.hasChanged)
        #expect(try !world.act { try $0.removeWebhook("ops") }.hasChanged)
        try world.store.transaction { try $0.put([delivery]) }
        #expect(try world.store.read { try $0.dueDeliveries(at: world.now, ofEach: 9) }.isEmpty)
    }
}

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
        #expect(Set(facts.closed.map(\.organisation)) == [World.deleted, World.orphan])
        #expect(facts.closed.first { $0.organisation == World.deleted }?.day == CalendarDate(parsing: "2026-01-31"))
        #expect(facts.closed.allSatisfy { $0.accesses == 1 && $0.clients == 0 && $0.delegations == 0 })
        #expect(facts.ledgerFault == nil)
        #expect(facts.requests.isEmpty)
        let items = AttentionList.items(facts, nil, at: World.now)
        #expect(items.map(\.severity) == [.urgent, .warning, .warning])
    }
}
