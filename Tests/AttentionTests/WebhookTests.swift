import Attention
import JOSE
import Testing
import Vocabulary

@Suite("Webhooks")
struct WebhookTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func target(_ url: String = "https://ops.example.no/x", _ name: String = "ops") throws -> WebhookTarget {
        try WebhookTarget(adding: name, url: url, seed: [1, 2, 3], at: now)
    }

    @Test(arguments: [
        "http://ops.example.no/", "https://", "https://a@b/", "https://a/#b", "ftp://a", "https:///x", "https://a b/",
        "https://\(String(repeating: "a", count: 2_048))/",
    ])
    func `only https addresses without user and fragment are targets`(url: String) {
        #expect(throws: WebhookTarget.Fault.url(url)) { try target(url) }
    }

    @Test(arguments: ["", "A", "a b", "a_b", String(repeating: "a", count: 33)])
    func `a name is short and plain`(name: String) {
        #expect(throws: WebhookTarget.Fault.name(name)) { try target("https://a/", name) }
    }

    @Test func `the former key signs beside the new one for a day`() throws {
        var target = try target()
        target.rotate(to: [9], at: now)
        #expect(target.seeds(at: now) == [[9], [1, 2, 3]])
        #expect(target.seeds(at: now + .days(1) - 1) == [[9], [1, 2, 3]])
        #expect(target.seeds(at: now + .days(1)) == [[9]])
    }

    @Test func `each seed has its key and its signature`() {
        let signer = WebhookSigner(key: Secret("k"))
        let secret = signer.secret(seed: [1]).exposed
        #expect(secret.hasPrefix("whsec_"))
        #expect(secret.utf8.count == 6 + 44)
        #expect(secret != signer.secret(seed: [2]).exposed)
        #expect(secret != WebhookSigner(key: Secret("l")).secret(seed: [1]).exposed)
        let both = signer.signature(id: "msg_1", time: now, body: [1], seeds: [[1], [2]]).split(separator: " ")
        #expect(both.count == 2)
        #expect(both.allSatisfy { $0.hasPrefix("v1,") && $0.utf8.count == 3 + 44 })
        #expect(both[0] == signer.signature(id: "msg_1", time: now, body: [1], seeds: [[1]]))
        #expect(both[0] != signer.signature(id: "msg_1", time: now + 1, body: [1], seeds: [[1]]))
        #expect(both[0] != signer.signature(id: "msg_2", time: now, body: [1], seeds: [[1]]))
        #expect("\(signer)".contains("redacted"))
    }

    @Test func `a notice holds the item and nothing of any person`() throws {
        let item = AttentionItem(.clientKey, "payroll/k1", .urgent, until: now, "words")
        let delivery = WebhookDelivery(id: "msg_1", target: "ops", AttentionEvent(change: .rose, item: item), at: now)
        let payload = try #require(try JSONValue(parsing: delivery.payload).object)
        #expect(payload.names == ["type", "timestamp", "data"])
        #expect(payload["type"] == "attention.rose")
        #expect(payload["data"] == .object(item.json))
        #expect(delivery.due == now)
    }
}
