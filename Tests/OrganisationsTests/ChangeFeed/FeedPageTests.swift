import Testing
import Vocabulary

@testable import Organisations

@Suite("Change feeds: pages as the register writes them")
struct FeedPageTests {
    private static let first = Samples.number(at: 0)
    private static let start = FeedCursor.after(id: 10)

    private func page(
        _ text: String,
        of feed: RegisterFeed = .mainUnits,
        behind cursor: FeedCursor = start,
        size: Int = 10
    ) throws -> FeedPage {
        try FeedPage(Array(text.utf8), of: feed, behind: cursor, size: size)
    }

    private func entry(_ id: Int, _ number: String = "\(first)", type: String = "Endring") -> String {
        """
        {"oppdateringsid":\(id),"dato":"2026-07-05T04:01:39.613Z","organisasjonsnummer":"\(number)","endringstype":"\(type)",\
        "endringer":["replace","/navn","X"]}
        """
    }

    private func hal(_ entries: [String], total: Int? = nil, name: String = "oppdaterteEnheter") -> String {
        """
        {"_embedded":{"\(name)":[\(entries.joined(separator: ","))]},"_links":{},\
        "page":{"size":10,"totalElements":\(total ?? entries.count),"totalPages":1,"number":0}}
        """
    }

    private func event(_ id: String, _ time: String, _ number: String = "\(first)") -> String {
        #"{"specversion":"1.0","id":"\#(id)","time":"\#(time)","data":{"organisasjonsnummer":"\#(number)"}}"#
    }

    @Test(
        "types: Sletting and Fjernet are themselves, all else is asked for",
        arguments: [
            ("Ny", FeedChange.Kind.changed), ("Endring", .changed), ("Ukjent", .changed), ("Nyskapning", .changed),
            ("Sletting", .deleted), ("Fjernet", .removed),
        ]
    )
    func types(type: String, kind: FeedChange.Kind) throws {
        let page = try page(hal([entry(11, type: type)]))
        #expect(
            page.changes == [
                FeedChange(number: Self.first, kind: kind, time: Timestamp(parsing: "2026-07-05T04:01:39Z"))
            ]
        )
    }

    @Test func `identifiers that do not rise by one move the cursor to the last`() throws {
        let page = try page(hal([entry(11), entry(4_711), entry(15_600_739)], total: 9))
        #expect(page.cursor == .after(id: 15_600_739))
        #expect(page.hasMore)
        #expect(try self.page(hal([entry(11), entry(14)])).hasMore == false)
    }

    @Test func `an empty page has no _embedded and leaves the cursor`() throws {
        let page = try page(
            #"{"_links":{"self":{"href":"x"}},"page":{"size":20,"totalElements":0,"totalPages":0,"number":0}}"#
        )
        #expect(page.changes.isEmpty && !page.hasMore)
        #expect(page.cursor == Self.start)
    }

    @Test func `an entry without a number that holds is counted and passed`() throws {
        let page = try page(hal([entry(11, "111111112"), entry(12)]))
        #expect(page.malformedCount == 1)
        #expect(page.changes.count == 1)
        #expect(page.cursor == .after(id: 12))
    }

    @Test(
        "what is no page is refused",
        arguments: [
            "", "[]", "{}", #"{"page":{},"_embedded":{"oppdaterteUnderenheter":[]}}"#,
            #"{"_embedded":{"oppdaterteEnheter":[{"organisasjonsnummer":"310279323"}]}}"#,
            #"{"_embedded":{"oppdaterteEnheter":[{"oppdateringsid":-1}]}}"#,
            #"{"_embedded":{"oppdaterteEnheter":[{"oppdateringsid":"7"}]}}"#,
        ]
    )
    func noPage(text: String) { #expect(throws: FeedPage.Malformed.self) { try page(text) } }

    @Test(
        "what is no array of events is refused",
        arguments: [
            "", "{}", "[1]", #"[{"id":"a"}]"#, #"[{"id":"a","time":"yesterday"}]"#,
            #"[{"time":"2026-01-01T00:00:00Z"}]"#,
        ]
    )
    func noEvents(text: String) {
        #expect(throws: FeedPage.Malformed.self) { try page(text, of: .roles, behind: .since(Timestamp(seconds: 0))) }
    }

    @Test func `events of one instant over two pages are neither lost nor doubled`() throws {
        let (early, late) = ("2026-07-05T04:01:39.100Z", "2026-07-05T04:01:39.200Z")
        let one = try page(
            "[\(event("a", early)),\(event("b", late))]",
            of: .roles,
            behind: .since(.init(seconds: 0)),
            size: 2
        )
        #expect(one.cursor == .through(time: late, events: ["b"]))
        #expect(one.hasMore)
        let text = "[\(event("b", late)),\(event("c", late))]"
        let two = try page(text, of: .roles, behind: one.cursor, size: 2)
        #expect(two.changes.count == 1)
        #expect(two.cursor == .through(time: late, events: ["b", "c"]))
        let three = try page(text, of: .roles, behind: two.cursor, size: 2)
        // All of it is known, and there may be more in that second: a larger page tells.
        #expect(three.changes.isEmpty && three.cursor == two.cursor && three.hasMore)
        #expect(three.cursor == two.cursor)
    }

    @Test func `fractions of a second count in the order of events`() throws {
        let text = "[\(event("a", "2026-07-05T04:01:39.9Z")),\(event("b", "2026-07-05T04:01:39.89Z"))]"
        let page = try page(text, of: .roles, behind: .since(.init(seconds: 0)))
        #expect(page.cursor == .through(time: "2026-07-05T04:01:39.9Z", events: ["a"]))
    }

    @Test(
        "a cursor comes back as it was stored",
        arguments: [
            FeedCursor.since(Timestamp(seconds: 1_700_000_000)), .after(id: 0), .after(id: 15_600_739),
            .through(time: "2026-07-05T04:01:39.613Z", events: ["b", "a"]),
        ]
    )
    func cursorText(cursor: FeedCursor) { #expect(FeedCursor(text: cursor.text) == cursor) }

    @Test(
        "what is no cursor is none",
        arguments: ["", "{}", "[]", #"{"after":"1"}"#, #"{"since":"x"}"#, #"{"through":"x"}"#]
    )
    func noCursor(text: String) { #expect(FeedCursor(text: text) == nil) }

    @Test(
        "times of a feed, with fractions and without",
        arguments: [
            ("2026-07-05T04:01:39.613Z", "2026-07-05T04:01:39Z"), ("2026-07-05T04:01:39Z", "2026-07-05T04:01:39Z"),
            ("2026-07-05T04:01:39.Z", nil), ("2026-07-05T04:01:39.6", nil), ("2026-07-05T04:01:39.6+02:00", nil),
            ("", nil),
        ]
    )
    func times(text: String, expected: String?) {
        #expect(Timestamp(feed: text) == expected.flatMap { Timestamp(parsing: $0) })
    }

    @Test("a feed that others recorded is read", .enabled(if: Vectors.folder != nil, "no vectors/enhetsregisteret"))
    func recorded() throws {
        let bytes = try #require(try Vectors.files()["pia-oppdateringer/oppdatering-underenhet-response.json"])
        let page = try FeedPage(bytes, of: .subUnits, behind: .after(id: 0), size: 10)
        #expect(page.changes.count + page.malformedCount == 10)
        #expect(Set(page.changes.map(\.kind)).isSuperset(of: [.removed, .deleted, .changed]))
        #expect(!page.hasMore)
    }
}
