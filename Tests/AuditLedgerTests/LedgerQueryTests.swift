import AuditLedger
import Testing
import Vocabulary

@Suite("Ledger: which entries a search wants")
struct LedgerQueryTests {
    @Test func `wants all when nothing is asked`() throws {
        #expect(LedgerQuery().matches(try fullEvent()))
        #expect(LedgerQuery().needles.isEmpty)
    }

    @Test func `takes the first second and leaves the last`() throws {
        let event = try fullEvent()
        func matches(_ since: Seconds?, _ until: Seconds?) -> Bool {
            var query = LedgerQuery()
            query.since = since.map { epoch + $0 }
            query.until = until.map { epoch + $0 }
            return query.matches(event)
        }
        #expect(matches(0, nil))
        #expect(!matches(1, nil))
        #expect(matches(nil, 1))
        #expect(!matches(nil, 0))
    }

    @Test func `compares each part, and all that are asked must fit`() throws {
        let event = try fullEvent()
        func matches(_ change: (inout LedgerQuery) -> Void) -> Bool {
            var query = LedgerQuery()
            change(&query)
            return query.matches(event)
        }
        #expect(matches { $0.trace = event.traceID })
        #expect(matches { $0.trace = event.parentTraceID })
        #expect(!matches { $0.trace = TraceID(high: 9, low: 9) })
        #expect(matches { $0.kinds = [.tokenIssued, .tokenRefused] })
        #expect(!matches { $0.kinds = [.tokenRefused] })
        #expect(matches { $0.client = event.client })
        #expect(matches { $0.organisation = event.consumer })
        #expect(matches { $0.organisation = event.supplier })
        #expect(matches { $0.scope = event.scopes.last })
        #expect(matches { $0.code = "MP-012" })
        #expect(!matches { $0.code = "MP-01" })
        #expect(matches { $0.actor = "kari" })
        #expect(!matches { $0.actor = "ola" })
        #expect(
            !matches {
                $0.code = "MP-012"
                $0.actor = "ola"
            }
        )
    }

    @Test func `every needle stands in the text of a wanted entry`() throws {
        let event = try fullEvent()
        var query = LedgerQuery()
        query.trace = event.parentTraceID
        query.client = event.client
        query.organisation = event.supplier
        query.scope = event.scopes.last
        query.code = event.code
        #expect(query.needles.count == 4, "the client's quotes are escaped there")
        var maker = LedgerEntryMaker()
        var body = ""
        _ = try maker.make(
            event,
            claiming: nil,
            at: LedgerPosition(node: "node-1", sequence: 1),
            after: LedgerEntry.genesis,
            salt: [UInt8](repeating: 0, count: 16)
        ) { text, _ in body = String(decoding: text, as: UTF8.self) }
        for needle in query.needles { #expect(body.contains(needle)) }
    }
}
