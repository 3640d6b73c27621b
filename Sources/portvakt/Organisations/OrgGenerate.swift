import ArgumentParser
import Foundation
import Operations
import Organisations

/// `portvakt org generate`.
struct OrgGenerate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Make up a register: bulk files in the exact shapes of Enhetsregisteret, of units that do not exist.",
        discussion: """
            For tests and measurements at national scale. Writes enheter.json.gz, underenheter.json.gz, roller.json.gz, \
            enheter.csv.gz and underenheter.csv.gz; five sub-units and some twenty-five roles come with six main units, as in \
            the country. The numbers pass modulus 11 and begin with 2 or 3, which no real unit's does. The same seed gives \
            the same bytes.
            """
    )

    @Option(help: ArgumentHelp("How many main units.", valueName: "n")) var units = 1_000

    @Option(help: ArgumentHelp("What the files are drawn from.", valueName: "s")) var seed: UInt64 = 1

    @Option(help: ArgumentHelp("The folder to write into; made when it is missing.", valueName: "dir"))
    var out: String

    @Flag(help: "Roles with national identity numbers, synthetic ones, as the authorised interface gives them.")
    var authorisedRoles = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        guard (1...SyntheticRegister.maximumCount).contains(units) else {
            throw ValidationError("--units is 1 to \(SyntheticRegister.maximumCount).")
        }
    }

    func run() async throws {
        try options.requireNoServer()
        try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
        let register = SyntheticRegister(seed: seed, mainUnits: units, subUnits: units * 5 / 6)
        let shape: SyntheticRegister.RoleShape = authorisedRoles ? .authorised : .open
        let files: [GeneratedFile] = [
            GeneratedFile("enheter.json.gz") { try register.write(.mainUnit, to: $0) },
            GeneratedFile("underenheter.json.gz") { try register.write(.subUnit, to: $0) },
            GeneratedFile("roller.json.gz") { try register.writeRoles(shape, to: $0) },
            GeneratedFile("enheter.csv.gz") { try register.writeCSV(.mainUnit, to: $0) },
            GeneratedFile("underenheter.csv.gz") { try register.writeCSV(.subUnit, to: $0) },
        ]
        // Each on a core of its own, as far as there are cores.
        let folder = out
        let sizes = try await withThrowingTaskGroup(of: (String, Int).self) { group in
            for file in files { group.addTask { (file.name, try file.write(into: folder)) } }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        try options.print(
            Table(
                "org-generate",
                files,
                columns: [
                    Column("file") { "\(folder)/\($0.name)" }, Column("bytes") { sizes[$0.name] ?? 0 },
                ]
            )
        )
    }
}

/// One file of a made-up register.
private struct GeneratedFile: Sendable {
    let name: String
    let content: @Sendable (([UInt8]) throws -> Void) throws -> Void

    init(_ name: String, _ content: @escaping @Sendable (([UInt8]) throws -> Void) throws -> Void) {
        self.name = name
        self.content = content
    }

    /// Writes it packed under a name of its own first, so that a file with the right name is whole; gives its size.
    func write(into folder: String) throws -> Int {
        let partial = "\(folder)/.\(name).partial"
        guard FileManager.default.createFile(atPath: partial, contents: nil),
            let file = FileHandle(forWritingAtPath: partial)
        else { throw CLIError("file_unwritable", "`\(partial)` cannot be written") }
        defer { try? file.close() }
        let deflater = GzipDeflater()
        var size = 0
        func append(_ packed: [UInt8]) throws {
            guard !packed.isEmpty else { return }
            try file.write(contentsOf: Data(packed))
            size += packed.count
        }
        try content { try append(deflater.pack($0)) }
        try append(deflater.finish())
        guard rename(partial, "\(folder)/\(name)") == 0 else {
            throw CLIError("file_unwritable", "`\(folder)/\(name)` cannot be written")
        }
        return size
    }
}
