import ArgumentParser
import Foundation
import Operations
import Testing

@testable import portvakt

@Suite("docs/cli.md: the command tree is the program's")
struct CommandTreeTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/cli.md")

    private static func leaves(
        of type: any ParsableCommand.Type,
        _ words: [String]
    ) -> [(words: [String], abstract: String)] {
        let below = type.configuration.subcommands
        guard !below.isEmpty else { return [(words, type.configuration.abstract)] }
        return below.flatMap { leaves(of: $0, words + [$0.configuration.commandName ?? ""]) }
    }

    /// Commands that ask one operation of their own name are those that work through a server.
    private static var table: String {
        let online = Set(OperationCatalogue.all.map { $0.name })
        let rows = leaves(of: Portvakt.self, []).map { leaf in
            let mark = online.contains(leaf.words.joined(separator: "-")) ? "online" : ""
            return "| `\(leaf.words.joined(separator: " "))` | \(leaf.abstract) | \(mark) |\n"
        }
        return "\n| Command | Does | |\n|---|---|---|\n" + rows.joined() + "\n"
    }

    @Test func `it lists every command, with what it does and where it works`() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let start = try #require(text.ranges(of: "<!-- commands -->\n").first)
        let end = try #require(text.ranges(of: "<!-- end of commands -->").first)
        if ProcessInfo.processInfo.environment["PORTVAKT_GOLDEN"] == "write" {
            let page = text[..<start.upperBound] + Self.table + text[end.lowerBound...]
            try page.write(to: Self.page, atomically: true, encoding: .utf8)
            return
        }
        #expect(text[start.upperBound..<end.lowerBound] == Self.table[...])
    }

    @Test func `what the page says works through a server really is asked by the command`() {
        let online = Set(OperationCatalogue.all.map { $0.name })
        let commands = Set(Self.leaves(of: Portvakt.self, []).map { $0.words.joined(separator: "-") })
        #expect(online.intersection(commands).count > 20)
    }
}
