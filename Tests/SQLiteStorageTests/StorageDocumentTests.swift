import Foundation
import GRDB
import Testing

@testable import SQLiteStorage

@Suite("docs/storage.md shows every table")
struct StorageDocumentTests {
    /// The columns of each table as the page lists them.
    private func documented() throws -> [String: [String]] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/storage.md"), encoding: .utf8)
        var tables: [String: [String]] = [:]
        var table = ""
        for line in page.split(separator: "\n") {
            if line.hasPrefix("### ") {
                table = String(line.dropFirst(4))
                tables[table] = []
            } else if line.hasPrefix("## ") {
                table = ""
            } else if !table.isEmpty, line.hasPrefix("| "), let name = line.split(separator: "|").first {
                tables[table]?.append(name.trimmingCharacters(in: .whitespaces))
            }
        }
        return tables.mapValues { Array($0.drop { $0 == "Column" }) }
    }

    @Test func `with every column, in its order`() throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let schema = try installation.open().read { reader in
            let names = try String.fetchAll(
                reader.grdb,
                sql: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            )
            return try Dictionary(
                uniqueKeysWithValues: names.map { name in
                    let columns = try String.fetchAll(
                        reader.grdb,
                        sql: "SELECT name FROM pragma_table_xinfo(?) ORDER BY cid",
                        arguments: [name]
                    )
                    return (name, columns)
                }
            )
        }
        let documented = try documented()
        #expect(Set(documented.keys) == Set(schema.keys))
        for (table, columns) in schema { #expect(documented[table] == columns, "table \(table)") }
    }
}
