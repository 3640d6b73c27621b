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
