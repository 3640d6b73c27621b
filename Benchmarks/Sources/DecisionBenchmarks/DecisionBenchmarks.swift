import AuditLedger
import Delegations
import Foundation
import JOSE
import SQLiteStorage
import Vocabulary

/// Measures decisions on a registry as large as the country's: `DecisionBenchmarks [REPORT.json] [UNITS DELEGATIONS]`.
///
/// Each decision opens a snapshot of its own, as a server's does, and needs all that the rules have: a person with a key role
/// in an organisation that has been given APIADM by the main unit of the sub-unit that is asked about. Exits with 1 when the
/// median falls short of its budget.
@main
enum DecisionBenchmarks {
    /// The budget of a decision, in microseconds.
    static let budget = 200.0
    static let rounds = 20_000

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let sizes = arguments.compactMap { Int($0) }
        let units = sizes.first ?? 2_000_000
        let delegations = sizes.dropFirst().first ?? 1_000_000
        let path = NSTemporaryDirectory() + "/portvakt-decisions-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let start = ContinuousClock.now
        let registry = try DecisionRegistry(path: path, units: units, delegations: delegations)
        print("\(units) units and \(delegations) delegations made in \(ContinuousClock.now - start)")
        let times = try measure(registry)
        try registry.close()
        let median = times[times.count / 2]
        let last = times[times.count * 99 / 100]
        let passed = median < budget
        print("decision, median  \(median) us  < \(budget)\(passed ? "" : "  FALLS SHORT")")
        print("decision, p99  \(last) us")
        if let report = arguments.first(where: { Int($0) == nil }) {
            try write(median: median, last: last, passed: passed, to: report)
        }
        if !passed { exit(1) }
    }

    /// The time of each decision in microseconds, the shortest first.
    private static func measure(_ registry: DecisionRegistry) throws -> [Double] {
        let clock = ContinuousClock()
        var times: [Double] = []
        times.reserveCapacity(rounds)
        for index in 0..<(rounds + 1_000) {
            let question = registry.question(index)
            let start = clock.now
            let outcome = try registry.store.read { reader in
                try DecisionPoint(reader).decide(question, at: registry.now)
            }
            let time = (clock.now - start) / .microseconds(1)
            guard outcome.result.decision == .permit else { throw NotPermitted() }
            // The first thousand fill the caches of pages and statements, as a server's first minute does.
            if index >= 1_000 { times.append(time) }
        }
        return times.sorted()
    }

    private struct NotPermitted: Error {}

    private static func write(median: Double, last: Double, passed: Bool, to path: String) throws {
        func row(_ name: String, _ value: Double, must: JSONValue, passed: Bool) throws -> JSONValue {
            [
                "name": .string(name), "value": try JSONValue(parsing: "\((value * 10).rounded() / 10)"), "unit": "µs",
                "must": must, "passed": .bool(passed),
            ]
        }
        let report: JSONObject = [
            "target": "bench-decisions", "passed": .bool(passed),
            "results": .array([
                try row(
                    "a decision with roles, main unit and key role, median",
                    median,
                    must: .string("< \(budget)"),
                    passed: passed
                ),
                try row("a decision with roles, main unit and key role, p99", last, must: .null, passed: true),
            ]),
        ]
        try Data(report.encoded()).write(to: URL(filePath: path))
    }
}
