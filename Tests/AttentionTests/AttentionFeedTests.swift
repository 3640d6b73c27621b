import Attention
import JOSE
import Testing
import Vocabulary

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

    @Test func `what ends is told on both sides: to whoever has it, and to whoever can prolong it`() {
        let consumer = Sample.number(31_420_077)
        let item = AttentionItem(.access, "a:b/1", .urgent, party: consumer, other: Sample.party, "w")
        let record = AttentionRecord(item, appeared: now - 10, updated: now)
        for viewer in [consumer, Sample.party] {
            #expect(feed(viewer).document([record], beginning: now).contains("<entry>"))
        }
        #expect(!feed(Sample.number(31_234_567)).document([record], beginning: now).contains("<entry>"))
        #expect(AttentionItem(parsing: item.json) == item)
        #expect(item.json["other_orgno"] == .string("\(Sample.party)"))
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
