import Foundation
import JOSE

/// Prints what our libraries cost, and writes it as JSON when a file is named: `SDKBenchmarks [REPORT.json]`.
///
/// Exits with 1 when a row falls short of its budget.
@main
enum SDKBenchmarks {
    static func main() async throws {
        // Each library's rows stand in a file of their own.
        let rows = try await ProviderBenchmark.rows() + ClientBenchmark.rows()
        for row in rows {
            let verdict = row.passed ? "" : "  FALLS SHORT"
            print("\(row.name)  \((row.value * 100).rounded() / 100) \(row.unit)  \(row.must ?? "")\(verdict)")
        }
        let passed = rows.allSatisfy(\.passed)
        if let path = CommandLine.arguments.dropFirst().first {
            let report: JSONObject = [
                "target": "bench-sdk", "passed": .bool(passed), "results": .array(rows.map(\.json)),
            ]
            try Data(report.encoded()).write(to: URL(filePath: path))
        }
        if !passed { exit(1) }
    }
}
