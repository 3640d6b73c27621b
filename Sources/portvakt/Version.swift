import ArgumentParser
import Operations

/// The version of this build.
enum Version {
    /// The number, as in CHANGELOG.
    static let number = "0.1.0"
}

/// `portvakt version`.
struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        try options.requireNoServer()
        try options.print(Record("version", [.init("version", Version.number)]))
    }
}
