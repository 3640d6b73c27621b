import JOSE
import Testing
import Vocabulary

@testable import AuditLedger

@Suite("Ledger: equal refusals beyond ten a minute become one entry")
struct RefusalSummariesTests {
    private func refusal(
        _ name: String = "client-a",
        code: String = "MP-303",
        scope: String = "demo:a",
        at time: Timestamp = epoch
    ) throws -> LedgerEvent {
        var event = LedgerEvent(time: time, kind: .tokenRefused)
        event.client = try client(name)
        event.code = code
        event.reason = "access_missing"
        event.scopes = [try ScopeName(parsing: scope)]
        event.consumer = try OrganisationNumber(parsing: "991825827")
        return event
    }

    @Test func `the first ten are entries of their own, the rest one with their count`() throws {
        var summaries = RefusalSummaries()
        let admitted = try (0..<25).map { try summaries.admits(refusal(at: epoch + Seconds($0)), boot: $0) }
        #expect(admitted == Array(repeating: true, count: 10) + Array(repeating: false, count: 15))
        #expect(summaries.ended(boot: 59, now: epoch + 59).isEmpty)
        let entries = summaries.ended(boot: 60, now: epoch + 60)
        let entry = try #require(entries.first)
        #expect(entries.count == 1)
        #expect(entry.kind == .tokenRefusalsSummed)
        #expect(entry.time == epoch + 60)
        #expect(entry.client == (try client()))
        #expect(entry.code == "MP-303")
        #expect(entry.consumer == (try OrganisationNumber(parsing: "991825827")))
        #expect(entry.details["count"] == 15)
        #expect(entry.details["from"] == .integer(epoch.seconds + 10))
        #expect(entry.details["until"] == .integer(epoch.seconds + 24))
    }

    @Test func `another client, another code and another minute are counted by themselves`() throws {
        var summaries = RefusalSummaries()
        for _ in 0..<10 { #expect(try summaries.admits(refusal(), boot: 0)) }
        #expect(try summaries.admits(refusal("client-b"), boot: 0))
        #expect(try summaries.admits(refusal(code: "MP-100"), boot: 0))
        #expect(try !summaries.admits(refusal(scope: "demo:b"), boot: 0), "whatever the scope")
        #expect(summaries.ended(boot: 60, now: epoch).count == 1)
        #expect(try summaries.admits(refusal(), boot: 60))
    }

    @Test func `names at most 20 scopes and says that there were more`() throws {
        var summaries = RefusalSummaries()
        for number in 0..<31 { _ = try summaries.admits(refusal(scope: "demo:s\(number)"), boot: 0) }
        let entry = try #require(summaries.ended(boot: 60, now: epoch).first)
        #expect(entry.scopes.map(\.rawValue) == (10..<30).map { "demo:s\($0)" })
        #expect(entry.details["more_scopes"] == true)
    }

    @Test func `nothing is written for a minute with ten or fewer`() throws {
        var summaries = RefusalSummaries()
        for _ in 0..<10 { _ = try summaries.admits(refusal(), boot: 0) }
        #expect(summaries.isDue(boot: 60))
        #expect(summaries.ended(boot: 60, now: epoch).isEmpty)
        #expect(!summaries.isDue(boot: 60))
    }

    @Test func `all are written at the end, whatever is left of their minutes`() throws {
        var summaries = RefusalSummaries()
        for name in ["client-a", "client-b"] { for _ in 0..<12 { _ = try summaries.admits(refusal(name), boot: 5) } }
        #expect(summaries.ended(boot: 6, all: true, now: epoch).map { $0.details["count"] } == [2, 2])
    }

    @Test func `a batch that fails counts for nothing, and its summaries are given again`() throws {
        var summaries = RefusalSummaries()
        for _ in 0..<12 { _ = try summaries.admits(refusal(), boot: 0) }
        summaries.commit()
        for _ in 0..<5 { _ = try summaries.admits(refusal(), boot: 1) }
        _ = try summaries.admits(refusal("client-b"), boot: 1)
        summaries.rollBack()
        #expect(summaries.ended(boot: 60, now: epoch).first?.details["count"] == 2)
        summaries.rollBack()
        #expect(summaries.ended(boot: 60, now: epoch).first?.details["count"] == 2)
        summaries.commit()
        #expect(summaries.ended(boot: 600, all: true, now: epoch).isEmpty)
    }
}
