import ArgumentParser

/// `portvakt token`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Ask for, prove, look into, verify and revoke access tokens.",
        subcommands: [TokenInspect.self, TokenProof.self, TokenRequestCommand.self, TokenRevoke.self, TokenVerify.self]
    )
}

/// A token named on the command line: the text itself, `@FILE`, or `-` for stdin.
enum TokenArgument {
    /// The token's text, without the field name and scheme that people copy along, and without white space.
    ///
    /// - Throws: `CLIError` when there is nothing to read.
    static func text(_ argument: String?) throws(CLIError) -> String {
        var text: String
        switch argument {
        case nil where Console.current.surroundings.inputIsTerminal:
            throw .usage("no token is given", hint: "name it, as `@FILE`, or pipe it in")
        case nil, "-": text = try InputFile.readText("-")
        case let argument? where argument.hasPrefix("@"): text = try InputFile.readText(String(argument.dropFirst()))
        case let argument?: text = argument
        }
        text = text.filter { !$0.isNewline }.trimmingPrefix(while: \.isWhitespace).description
        for prefix in ["authorization:", "bearer ", "dpop "] {
            guard text.lowercased().hasPrefix(prefix) else { continue }
            text = text.dropFirst(prefix.count).trimmingPrefix(while: \.isWhitespace).description
        }
        while text.last?.isWhitespace == true { text.removeLast() }
        guard !text.isEmpty else { throw .usage("the token is empty") }
        return text
    }
}
