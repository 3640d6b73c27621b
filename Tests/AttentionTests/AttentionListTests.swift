import Attention
import JOSE
import Testing
import Vocabulary

@Suite("What wants attention")
struct AttentionListTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private let party = Sample.party

    private func thing(_ subject: String, _ end: Timestamp) -> AttentionFacts.Ending.Thing {
        .init(subject, "the thing `\(subject)`", party: party, end: end, command: "portvakt mend \(subject)")
    }

    @Test func `what ends is listed, the most pressing first, with words and command`() {
        var facts = AttentionFacts()
        facts.accesses = .init([
            thing("late", now + .days(50)), thing("soon", now + .days(3)), thing("far", now + .days(70)),
        ])
        facts.clientKeys = .init([thing("over", now - .days(1))])
        let items = AttentionList.items(facts, nil, at: now)
        #expect(items.map(\.id) == ["client_key:over", "access:soon", "access:late"])
        #expect(items.map(\.severity) == [.critical, .urgent, .notice])
        #expect(items[1].words == "the thing `soon` ends at `\(now + .days(3))`, within 7 days")
        #expect(items[0].words == "the thing `over` ended at `\(now - .days(1))`")
        #expect(items[1].command == "portvakt mend soon")
        #expect(items[1].party == party)
    }

    @Test func `a checkpoint that is late is listed after ten minutes, one that does not come after a day is critical`()
    {
        func severity(_ oldest: Timestamp?) -> AttentionItem.Severity? {
            var facts = AttentionFacts()
            facts.oldestUncovered = oldest
            return AttentionList.items(facts, nil, at: now).first { $0.kind == .checkpoint }?.severity
        }
        #expect(severity(nil) == nil)
        #expect(severity(now - 599) == nil)
        #expect(severity(now - 600) == .warning)
        #expect(severity(now - 86_399) == .warning)
        #expect(severity(now - 86_400) == .critical)
    }

    @Test func `every item has its words in Norwegian too`() throws {
        var facts = AttentionFacts()
        let named = AttentionFacts.Ending.Thing(
            "a",
            "the thing",
            norwegian: "tingen",
            party: party,
            end: now + .days(3),
            command: nil
        )
        facts.accesses = .init([named], count: 7)
        facts.closed = [.init(party, since: nil, accesses: 1, clients: 2, delegations: 0)]
        facts.requests = [.init(try ClientID(parsing: "payroll"), owner: party, issued: 0, refused: 10)]
        facts.feeds = [.init("main_units", updated: now - .days(2))]
        facts.undelivered = [.init("ops", count: 2, last: now)]
        facts.ledgerFault = "the ledger's last entry cannot be read"
        facts.oldestUncovered = now - .hours(1)
        var surroundings = AttentionSurroundings()
        surroundings.drift = "1 to add"
        let items = AttentionList.items(facts, surroundings, at: now)
        #expect(items.count == 9)
        for item in items {
            let words = try #require(item.norwegianWords, "\(item.id)")
            #expect(words != item.words)
            // Values stand in backticks in both, the same ones.
            let (english, norwegian) = (values(of: item.words), values(of: words))
            #expect(english == norwegian || item.kind == .scopeDrift)
            #expect(AttentionItem(parsing: item.json) == item)
        }
        #expect(items.contains { $0.norwegianWords == "tingen utløper `\(now + .days(3))`, innen 7 dager" })
        #expect(items.contains { $0.words.hasSuffix("has access to 1 scope, 2 active clients") })
    }

    private func values(of words: String) -> [String] {
        words.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    @Test func `a command takes a client's name as one word, whatever it holds`() throws {
        var facts = AttentionFacts()
        facts.requests = [.init(try ClientID(parsing: "a;reboot"), owner: party, issued: 0, refused: 10)]
        let item = try #require(AttentionList.items(facts, nil, at: now).first)
        #expect(item.command == "portvakt audit search --client 'a;reboot' --since 1h")
    }

    @Test func `a list that is cut says how much it leaves out`() {
        var facts = AttentionFacts()
        facts.accesses = .init([thing("a", now + .days(3))], count: 7)
        let items = AttentionList.items(facts, nil, at: now)
        #expect(items.map(\.id) == ["access:a", "access:more"])
        #expect(items[1].words == "6 more of this kind, which end after those that are listed")
    }

    @Test(arguments: [(9, 9, false), (80, 20, false), (79, 21, true), (0, 10, true), (8, 1, false)])
    func `refusals count from ten requests and beyond a fifth`(issued: Int, refused: Int, listed: Bool) throws {
        var facts = AttentionFacts()
        let client = try ClientID(parsing: "payroll")
        let issued = issued == 9 ? 0 : issued
        facts.requests = [.init(client, owner: party, issued: issued, refused: refused)]
        #expect(AttentionList.items(facts, nil, at: now).isEmpty == !listed)
    }

    @Test(
        arguments: [(86_399, nil), (86_400, "warning"), (604_799, "warning"), (604_800, "critical")]
            as [(Int64, String?)]
    )
    func `the register is looked at when it is a day old, and outdated after a week`(age: Int64, word: String?) {
        var facts = AttentionFacts()
        facts.feeds = [.init("main_units", updated: now - Seconds(age))]
        let items = AttentionList.items(facts, nil, at: now)
        #expect(items.first?.severity.word == word)
        #expect(items.count == (word == nil ? 0 : 1))
    }

    @Test func `closed organisations, the ledger, webhooks and the surroundings have their items`() {
        var facts = AttentionFacts()
        facts.closed = [
            .init(party, since: CalendarDate(parsing: "2026-01-31"), accesses: 2, clients: 0, delegations: 1)
        ]
        facts.ledgerFault = "broken"
        facts.undelivered = [.init("ops", count: 3, last: now)]
        var surroundings = AttentionSurroundings()
        surroundings.drift = "1 to add, 0 to change, 0 to remove"
        surroundings.tls = .init([thing("server", now + .days(1))])
        let items = AttentionList.items(facts, surroundings, at: now)
        #expect(
            items.map(\.id) == [
                "ledger:head", "tls_certificate:server", "closed_organisation:\(party)", "scope_drift:scopes",
                "webhook:ops",
            ]
        )
        #expect(
            items[2].words
                == "`\(party)` is deleted from the register since 2026-01-31 and has access to 2 scopes, 1 delegation"
        )
        #expect(items[3].command == "portvakt scope diff")
        #expect(AttentionList.items(facts, nil, at: now).count == 3)
    }

    @Test func `an item is read as it was written`() throws {
        let item = AttentionItem(
            .access,
            "a:b/1",
            .urgent,
            party: party,
            since: now,
            until: now + 5,
            "words",
            command: "portvakt x"
        )
        #expect(AttentionItem(parsing: item.json) == item)
        #expect(AttentionItem(parsing: ["id": "x"]) == nil)
    }
}

@Suite("What changed since the last look")
struct AttentionDifferenceTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func item(_ subject: String, _ severity: AttentionItem.Severity, _ words: String = "w") -> AttentionItem {
        AttentionItem(.access, subject, severity, words)
    }

    private func record(_ item: AttentionItem, resolved: Timestamp? = nil) -> AttentionRecord {
        AttentionRecord(item, appeared: now - 100, updated: now - 50, resolved: resolved)
    }

    @Test func `what appears, rises and is resolved is told; what falls is kept alone`() {
        let records = [
            record(item("same", .notice)), record(item("rises", .notice)), record(item("falls", .urgent)),
            record(item("goes", .warning)), record(item("gone", .warning), resolved: now - 10),
        ]
        let items = [item("same", .notice), item("rises", .warning), item("falls", .notice), item("new", .critical)]
        let difference = AttentionDifference(from: records, to: items, at: now)
        #expect(
            difference.events.map { "\($0.type) \($0.item.id)" } == [
                "attention.rose access:rises", "attention.appeared access:new", "attention.resolved access:goes",
            ]
        )
        #expect(difference.changed.map(\.item.id) == ["access:rises", "access:falls", "access:new", "access:goes"])
        #expect(difference.changed.map(\.appeared) == [now - 100, now - 100, now, now - 100])
        #expect(difference.changed.map(\.updated) == [now, now, now, now])
        #expect(difference.changed.map(\.resolved) == [nil, nil, nil, now])
    }

    @Test func `what comes again is told again`() {
        let difference = AttentionDifference(
            from: [record(item("a", .notice), resolved: now - 10)],
            to: [item("a", .notice)],
            at: now
        )
        #expect(difference.events.map(\.type) == ["attention.appeared"])
        #expect(difference.changed.map(\.appeared) == [now])
    }

    @Test func `the same list is no change`() {
        #expect(AttentionDifference(from: [record(item("a", .notice))], to: [item("a", .notice)], at: now).isEmpty)
    }
}

enum Sample {
    static let party = number(31_000_012)

    static func number(_ stem: Int) -> OrganisationNumber { OrganisationNumber(stem: stem) ?? number(stem + 1) }
}
