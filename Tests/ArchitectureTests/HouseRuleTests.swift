import Foundation
import Testing

@Suite("House rules that a compiler does not know")
struct HouseRuleTests {
    @Test(arguments: ["try!", "as!", "fatalError(", "Bundle.module", "nonisolated(unsafe)"])
    func `a forbidden word stands nowhere in the code`(word: String) throws {
        for file in try Sources.files() {
            for (index, line) in file.code.enumerated() where line.contains(word) {
                Issue.record("\(file.path):\(index + 1) holds `\(word)`")
            }
        }
    }

    @Test func `@unchecked Sendable is explained by an invariant`() throws {
        for file in try Sources.files() {
            for (index, line) in file.code.enumerated() where line.contains("@unchecked Sendable") {
                // Just above the declaration, or the first words inside it.
                let near = file.comments[max(0, index - 6)...min(index + 2, file.comments.count - 1)]
                #expect(near.contains { $0.contains("INVARIANT:") }, "\(file.path):\(index + 1) says no INVARIANT")
            }
        }
    }

    @Test func `SQL stands in the storage targets alone`() throws {
        var statements = 0
        for file in try Sources.files() {
            for (index, line) in file.literals.enumerated() where Self.isSQL(line) {
                statements += 1
                #expect(Picture.storage.contains(file.module), "\(file.path):\(index + 1) holds SQL: \(line)")
            }
        }
        // The storage targets do hold some: else this test looks at nothing.
        #expect(statements > 20)
    }

    @Test(arguments: [
        ("SELECT a FROM b", true), ("INSERT INTO t VALUES (?)", true), ("PRAGMA synchronous = FULL", true),
        ("select the scopes from the list", false), ("UPDATE client SET name = ?", true),
        ("an UPDATE of the list", false), ("SELECT a,", true),
    ])
    func `a literal is told to be SQL by its words`(text: String, expected: Bool) {
        #expect(Self.isSQL(text) == expected)
    }

    @Test func `a file has one subject: none has more than 600 lines`() throws {
        for file in try Sources.files() {
            #expect(file.code.count <= 600, "\(file.path) has \(file.code.count) lines")
        }
    }

    @Test func `no name says Manager, Helper or Util`() throws {
        let declaration = /\b(?:struct|class|enum|actor|protocol)\s+(\w*(?:Manager|Helper|Util|Utils|Impl))\b/
        for file in try Sources.files() {
            for (index, line) in file.code.enumerated() {
                guard let match = line.firstMatch(of: declaration) else { continue }
                Issue.record("\(file.path):\(index + 1) declares \(match.1)")
            }
        }
    }

    @Test func `the executable has no rules: it holds no refusal of its own`() throws {
        for file in try Sources.files() where file.module == "portvakt" {
            for (index, line) in file.code.enumerated() where line.contains("throw Refusal") {
                Issue.record("\(file.path):\(index + 1) refuses by itself")
            }
        }
    }

    private static func isSQL(_ literal: String) -> Bool {
        let patterns = [
            #"\bSELECT\b.+\bFROM\b"#, #"^\s*(?:SELECT|INSERT|UPDATE)\s"#, #"\bINSERT\s+(?:OR\s+\w+\s+)?INTO\b"#,
            #"\bUPDATE\s+\w+\s+SET\b"#,
            #"\bDELETE\s+FROM\b"#, #"\bCREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX|TRIGGER|VIEW)\b"#, #"\bPRAGMA\s+\w"#,
            #"\bDROP\s+(?:TABLE|INDEX|TRIGGER|VIEW)\b"#, #"\bALTER\s+TABLE\b"#,
        ]
        return patterns.contains { literal.range(of: $0, options: .regularExpression) != nil }
    }
}
