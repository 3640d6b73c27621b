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

@Suite("When a notice is sent again")
struct WebhookRetriesTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func delivery(attempts: Int = 0) -> WebhookDelivery {
        WebhookDelivery(id: "msg_1", target: "ops", payload: "{}", created: now, attempts: attempts, due: now)
    }

    private func outcome(_ attempts: Int, _ status: Int?, draw: Double = 0) -> WebhookDelivery {
        WebhookRetries.outcome(of: delivery(attempts: attempts), status: status, fault: "f", draw: draw, at: now)
    }

    @Test(arguments: [200, 204, 299]) func `any 2xx ends it`(status: Int) {
        let outcome = outcome(3, status)
        #expect(outcome.state == .delivered)
        #expect(outcome.attempts == 4)
        #expect(outcome.finished == now)
    }

    @Test(arguments: [nil, 199, 300, 302, 400, 410, 500]) func `anything else is repeated`(status: Int?) {
        let outcome = outcome(0, status)
        #expect(outcome.state == .pending)
        #expect(outcome.due == now + 5)
        #expect(outcome.status == status)
    }

    @Test func `waits grow, by chance a fifth longer or shorter, to about a day in all`() {
        var all: Int64 = 0
        for (index, wait) in WebhookRetries.waits.enumerated() {
            #expect(outcome(index, nil).due == now + wait)
            #expect(outcome(index, nil, draw: 1).due == now + Seconds(wait.count * 6 / 5))
            #expect(outcome(index, nil, draw: -1).due == now + Seconds(wait.count * 4 / 5))
            all += wait.count
        }
        #expect((20...26).contains(all / 3_600))
    }

    @Test func `after the last wait it is given up`() {
        #expect(outcome(WebhookRetries.waits.count - 1, 500).state == .pending)
        let last = outcome(WebhookRetries.waits.count, 500)
        #expect(last.state == .givenUp)
        #expect(last.finished == now)
    }
}

@Suite("RFC 4287: the feed")
struct AttentionFeedTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func record(_ subject: String, party: OrganisationNumber? = nil, words: String = "w") -> AttentionRecord {
        AttentionRecord(
            AttentionItem(.access, subject, .urgent, party: party, words, command: "portvakt x"),
            appeared: now - 10,
            updated: now
        )
    }

    private func feed(_ viewer: OrganisationNumber? = nil) -> AttentionFeed {
        AttentionFeed(address: "http://a/feed", base: "https://vakt.example.no", viewer: viewer)
    }

    @Test func `an empty feed has all that must be there`() {
        let text = feed().document([], beginning: now)
        for part in [
            "<id>https://vakt.example.no/attention</id>", "<title>", "<updated>\(now)</updated>", "rel=\"self\"",
        ] {
            #expect(text.contains(part))
        }
        #expect(!text.contains("<entry>"))
    }

    @Test func `what is marked up is text, and an identifier stays`() {
        let text = feed().document([record("a:b/1", words: "<b> & \"c\" \u{1}")], beginning: now)
        #expect(text.contains("urgent: &lt;b&gt; &amp; &quot;c&quot; \u{FFFD}"))
        #expect(text.contains("<id>https://vakt.example.no/attention/1799999990/access:a:b%2F1</id>"))
        var resolved = record("a:b/1")
        resolved.resolved = now
        let later = feed().document([resolved], beginning: now)
        #expect(later.contains("<id>https://vakt.example.no/attention/1799999990/access:a:b%2F1</id>"))
        #expect(later.contains("<title>resolved: w</title>"))
        #expect(!later.contains("command:"))
    }

    @Test func `an organisation's feed has its own items and another identifier`() {
        let other = Sample.number(31_420_077)
        let records = [record("mine", party: Sample.party), record("theirs", party: other), record("operator")]
        let text = feed(Sample.party).document(records, beginning: now)
        #expect(text.contains("access:mine"))
        #expect(!text.contains("theirs") && !text.contains("access:operator"))
        #expect(text.contains("/attention/of/\(Sample.party)</id>"))
        #expect(feed().document(records, beginning: now).contains("theirs"))
    }
}
