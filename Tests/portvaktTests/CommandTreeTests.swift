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

    /// Where a command works, as it says itself when it is told of a server that no context knows.
    private enum Place: String {
        case online
        case folder = "data folder"
        case here = ""
    }

    /// Runs the example of a command, with a server that is not there.
    private static func place(of words: [String]) async throws -> Place {
        let command = words.joined(separator: " ")
        // They are about servers themselves.
        if ["context", "login", "whoami"].contains(words[0]) { return .here }
        let line = try #require(CommandExamples.example(of: command))
        var typed = HelpTests.words(line).dropFirst().filter { $0 != "--json" }
        // A folder and a server contradict each other for every command.
        if let data = typed.firstIndex(of: "--data") { typed.removeSubrange(data...data + 1) }
        let scratch = try ScratchFolder()
        let run = await CommandLineRun.of(
            typed + ["--server", "http://127.0.0.1:1/", "--json"],
            environment: ["XDG_CONFIG_HOME": scratch.path]
        )
        let error = try run.error
        let message = try #require(error["message"] as? String)
        switch run.status {
        case .usage where message.hasSuffix("works on the data folder alone"): return .folder
        case .usage where message.hasPrefix("this command asks no server"): return .here
        // It looked for a client to ask that server with, or for a file that it would send.
        case .notAllowed where error["code"] as? String == "context_not_found": return .online
        case .failed where error["code"] as? String == "file_unreadable": return .online
        // The made-up numbers of an example are looked at before anything is asked: whoever works elsewhere has refused by then.
        case .failed, .usage: return .online
        default:
            Issue.record("`\(command)` with `--server`: \(run.errors)")
            return .here
        }
    }

    private static func table() async throws -> String {
        var rows = ""
        for leaf in leaves(of: Portvakt.self, []) {
            let place = try await place(of: leaf.words)
            rows += "| `\(leaf.words.joined(separator: " "))` | \(leaf.abstract) | \(place.rawValue) |\n"
        }
        return "\n| Command | Does | |\n|---|---|---|\n" + rows + "\n"
    }

    @Test func `it lists every command, with what it does and where it works`() async throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let start = try #require(text.ranges(of: "<!-- commands -->\n").first)
        let end = try #require(text.ranges(of: "<!-- end of commands -->").first)
        let table = try await Self.table()
        if ProcessInfo.processInfo.environment["PORTVAKT_GOLDEN"] == "write" {
            let page = text[..<start.upperBound] + table + text[end.lowerBound...]
            try page.write(to: Self.page, atomically: true, encoding: .utf8)
            return
        }
        #expect(text[start.upperBound..<end.lowerBound] == table[...])
    }

    @Test func `every operation of the API has a command, but for what only the console asks`() throws {
        let commands = Set(Self.leaves(of: Portvakt.self, []).map { $0.words.joined(separator: "-") })
        let others = OperationCatalogue.all.map { $0.name }.filter { !commands.contains($0) }
        #expect(Set(others) == Self.withoutCommandOfTheirName)
    }

    /// Operations that go by another name than a command: what the console asks, and parts of commands.
    private static let withoutCommandOfTheirName: Set = [
        "access-use", "access-withdraw-request", "attention-list", "audit-browse", "audit-position", "audit-show",
        "certificate-unblock", "client-keys", "client-scopes", "client-use", "console-link-make", "delegation-use",
        "incident-reports", "installation-show", "org-facts", "org-sharing", "org-use", "resource-policy-set",
        "scope-refusals", "scope-use", "token-find",
        "usage",
    ]
}
