import ArgumentParser

/// `portvakt completion`.
struct Completion: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print the completion script of a shell.",
        discussion: "For bash: `portvakt completion bash > ~/.local/share/bash-completion/completions/portvakt`."
    )

    /// The shells that ArgumentParser writes for.
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish

        var completionShell: CompletionShell {
            switch self {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        }
    }

    @Argument(help: "The shell.")
    var shell: Shell

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireNoServer()
        try Console.current.write(Portvakt.completionScript(for: shell.completionShell) + "\n")
    }
}
