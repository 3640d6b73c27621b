import Foundation
import Testing

@Suite("Documents are true to the code")
struct DocumentTests {
    /// The cells of each row of the tables of requirements, or of threats, in a document, without the heads.
    private static func rows(
        of document: String = "docs/conformance.md",
        under head: String = "| Requirement |"
    ) throws -> [[String]] {
        let text = try String(contentsOf: Sources.root.appending(path: document), encoding: .utf8)
        // Other tables, of counts, have other heads.
        var isOfRequirements = false
        return text.split(separator: "\n", omittingEmptySubsequences: false).compactMap { line in
            guard line.hasPrefix("|") else {
                isOfRequirements = false
                return nil
            }
            if line.hasPrefix(head) { isOfRequirements = true }
            guard isOfRequirements, line.hasPrefix("| "), !line.hasPrefix(head) else { return nil }
            return line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    private static func threats() throws -> [[String]] { try rows(of: "docs/threat-model.md", under: "| Threat |") }

    /// What stands between backticks in a cell; a test's name may hold a comma, but no backtick.
    private static func quoted(_ cell: String) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }

    /// The text of every test file, by name.
    private static func testFiles() throws -> [String: String] {
        let folder = Sources.root.appending(path: "Tests").resolvingSymlinksInPath()
        let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
        var files: [String: String] = [:]
        for path in paths where path.hasSuffix(".swift") || path.hasSuffix(".py") {
            let name = (path as NSString).lastPathComponent
            files[name, default: ""] += try String(contentsOf: folder.appending(path: path), encoding: .utf8)
        }
        return files
    }

    @Test func `every requirement has a source and a test`() throws {
        let rows = try Self.rows()
        #expect(rows.count > 50)
        for row in rows {
            #expect(row.count == 4, "\(row)")
            guard row.count == 4 else { continue }
            #expect(!row[1].isEmpty && !Self.quoted(row[3]).isEmpty, "\(row)")
        }
    }

    @Test func `every place that the conformance table names exists`() throws {
        for place in try Self.rows().flatMap({ Self.quoted($0[2]) }) {
            let path = Sources.root.appending(path: "Sources/\(place)").path
            #expect(FileManager.default.fileExists(atPath: path), "no file \(place)")
        }
    }

    @Test func `every threat has a defence and a test`() throws {
        let rows = try Self.threats()
        #expect(rows.count >= 20)
        for row in rows {
            #expect(row.count == 3, "\(row)")
            guard row.count == 3 else { continue }
            #expect(!row[1].isEmpty && !Self.quoted(row[2]).isEmpty, "\(row)")
        }
    }

    @Test func `every test that the conformance table and the threat model name exists`() throws {
        let files = try Self.testFiles()
        let named = try Self.rows().map { $0[3] } + Self.threats().map { $0[2] }
        for name in named.flatMap(Self.quoted) {
            guard let slash = name.firstIndex(of: "/") else {
                Issue.record("`\(name)` names no file")
                continue
            }
            let file = name[..<slash].hasSuffix(".py") ? String(name[..<slash]) : "\(name[..<slash]).swift"
            let test = name[name.index(after: slash)...]
            let declaration = file.hasSuffix(".py") ? "def \(test)(" : "func `\(test)`"
            #expect(files[file]?.contains(declaration) == true, "no test `\(name)`")
        }
    }

    @Test(arguments: [
        "README.md", "CHANGELOG.md", "docs/architecture.md", "docs/walkthrough.md", "docs/deviations.md",
        "docs/conformance.md", "docs/threat-model.md", "docs/five-minutes-to-a-token.md",
        "docs/decisions/0001-targets-beside-the-picture.md",
    ])
    func `links inside the repository lead somewhere`(document: String) throws {
        let place = Sources.root.appending(path: document)
        let text = try String(contentsOf: place, encoding: .utf8)
        let folder = place.deletingLastPathComponent()
        for match in text.matches(of: /\]\(([^)#]+)\)/) where !match.1.hasPrefix("http") {
            let target = folder.appending(path: String(match.1)).path
            #expect(FileManager.default.fileExists(atPath: target), "\(document) links to \(match.1)")
        }
    }
}
