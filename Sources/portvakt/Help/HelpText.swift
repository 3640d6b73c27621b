import ArgumentParser

/// The help of a command as people read it: what is its own first, what all commands have after it, and an example last.
struct HelpText {
    private let text: String
    private let example: String?

    /// The help that ArgumentParser made for a command line.
    init(_ text: String, for arguments: [String]) {
        self.text = text
        let words = Self.command(of: arguments)
        example = CommandExamples.example(of: words.joined(separator: " "))
    }

    /// What is printed.
    var shown: String {
        var blocks = Self.blocks(of: text)
        if let index = blocks.firstIndex(where: { $0.hasPrefix(Self.globalTitle) }) {
            blocks.append(blocks.remove(at: index))
        }
        blocks = blocks.map { $0.hasPrefix("USAGE:") ? Self.shortUsage($0) : $0 }
        if let example { blocks.append("EXAMPLE:\n  \(example)\n") }
        return blocks.joined(separator: "\n")
    }

    private static let globalTitle = "GLOBAL OPTIONS:"

    /// The words of the command in a line: `help access grant` and `access grant --help` are about the same one.
    static func command(of arguments: [String]) -> [String] {
        var type: any ParsableCommand.Type = Portvakt.self
        var words: [String] = []
        for word in arguments where !word.hasPrefix("-") {
            if words.isEmpty, word == "help" { continue }
            guard let next = type.configuration.subcommands.first(where: { $0.configuration.commandName == word })
            else { break }
            words.append(word)
            type = next
        }
        return words
    }

    /// The text cut before each title in capitals that stands alone in its line or begins one.
    private static func blocks(of text: String) -> [String] {
        var blocks: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let title = line.prefix { $0.isUppercase || $0 == " " }
            let isTitle = title.count > 3 && line.dropFirst(title.count).first == ":" && !line.hasPrefix(" ")
            if isTitle || blocks.isEmpty {
                blocks.append(String(line) + "\n")
            } else {
                blocks[blocks.count - 1] += line + "\n"
            }
        }
        // One empty line between blocks, whatever stood there.
        return blocks.map { String($0.reversed().drop { $0 == "\n" }.reversed()) + "\n" }
    }

    /// The global options of a command that has few others, which ArgumentParser would name one by one.
    private static func shortUsage(_ block: String) -> String {
        block.replacing(/\s\[--json\].*\[--as <name>\]/.dotMatchesNewlines(), with: " [<options>]")
    }
}
