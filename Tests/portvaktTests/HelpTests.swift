import ArgumentParser
import Foundation
import Testing

@testable import portvakt

@Suite("Help: every command tells what it is for, and shows a line that can be typed")
struct HelpTests {
    /// Every command that does something, by its words.
    private static let commands: [[String]] = leaves(of: Portvakt.self, [])

    private static func leaves(of type: any ParsableCommand.Type, _ words: [String]) -> [[String]] {
        let below = type.configuration.subcommands
        guard !below.isEmpty else { return [words] }
        return below.flatMap { leaves(of: $0, words + [$0.configuration.commandName ?? ""]) }
    }

    /// A line as a shell would take it apart: quotes, and what goes to a file.
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isQuoted = false
        for character in line.prefix(while: { $0 != ">" }) {
            switch character {
            case "'": isQuoted.toggle()
            case " " where !isQuoted:
                if !word.isEmpty { words.append(word) }
                word = ""
            default: word.append(character)
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    @Test func `there are as many commands as examples, and every example is one of its command`() throws {
        #expect(Self.commands.count > 90)
        let known = Set(Self.commands.map { $0.joined(separator: " ") })
        #expect(known == Set(CommandExamples.all.keys))
        for (command, line) in CommandExamples.all {
            #expect(line.hasPrefix("portvakt \(command)"), "\(line)")
            let words = Array(Self.words(line).dropFirst())
            #expect(throws: Never.self, "\(line)") { try Portvakt.parseAsRoot(words) }
        }
    }

    @Test func `help has a purpose, a short usage, what is its own first, and the example last`() async throws {
        for words in Self.commands {
            let run = await Self.help(words + ["--help"])
            #expect(run.status == .done)
            #expect(run.errors.isEmpty)
            let text = run.output
            #expect(text.hasPrefix("OVERVIEW: "), "\(words)")
            #expect(text.contains("USAGE: portvakt \(words.joined(separator: " "))"))
            #expect(!text.contains("[--color <color>]"), "\(words)")
            let example = try #require(CommandExamples.example(of: words.joined(separator: " ")))
            #expect(text.hasSuffix("EXAMPLE:\n  \(example)\n"), "\(words)")
            if let own = text.range(of: "\nOPTIONS:\n"), let global = text.range(of: "\nGLOBAL OPTIONS:\n") {
                #expect(own.lowerBound < global.lowerBound, "\(words)")
            }
            #expect(await Self.help(["help"] + words).output == text, "\(words)")
        }
    }

    @Test func `a noun lists its verbs and has no example of its own`() async {
        let run = await Self.help(["access", "--help"])
        #expect(run.output.contains("SUBCOMMANDS:"))
        #expect(!run.output.contains("EXAMPLE:"))
        #expect(!run.output.hasSuffix("\n\n"))
    }

    @Test func `a version is nothing but that`() async {
        let version = await Self.help(["--version"]).output
        #expect(await Self.help(["access", "grant", "--version"]).output == version)
    }

    private static func help(_ arguments: [String]) async -> CommandLineRun {
        let console = CapturedConsole()
        let status = await Console.$current.withValue(console.console) { await Portvakt.run(arguments) }
        return CommandLineRun(status: status, output: console.output, errors: console.errors)
    }
}
