import Administration
import ArgumentParser
import FoundationEssentials
import JOSE
import LibCrypto
import Operations
import SQLiteStorage
import Server
import TokenIssuance
import Vocabulary

/// `portvakt incident`.
struct IncidentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident",
        abstract: "Stop what has fallen into other hands, and tell everybody concerned.",
        subcommands: [IncidentDeclare.self, IncidentListCommand.self, IncidentUnblockCommand.self],
        defaultSubcommand: IncidentDeclare.self
    )
}

/// `portvakt incident declare`, or `portvakt incident` with its options.
struct IncidentDeclare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "declare",
        abstract: "Stop what has fallen into other hands, end its tokens, and write a report for each party.",
        discussion: """
            Name one of --key, --client, --certificate and --org, and since when it is not to be trusted. A signing key is \
            withdrawn and another one signs at once; a client's key is removed; a client, or every client of an \
            organisation, is disabled; a certificate is blocked. Their living tokens are ended. With --dry-run it shows what \
            would be touched, and stops nothing; with --out it writes the reports too. Webhooks and the console tell of an \
            incident as of anything that wants attention. `portvakt incident` alone means this command.
            """
    )

    @OptionGroup(title: "What it is about") var subject: IncidentSubjectOptions

    @Option(
        help: ArgumentHelp(
            "The folder for the reports, made with mode 0700; default incident-NUMBER.",
            valueName: "folder"
        )
    )
    var out: String?

    @Flag(help: "Only show which tokens and parties it touches.")
    var dryRun = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let arguments = try subject.arguments()
        let before = try await options.answer(FindIncident(arguments))
        guard !dryRun else {
            if let out { _ = try IncidentFolder(making: out).write(before) }
            try options.print(before)
            return options.note("nothing was done: without --dry-run it is stopped")
        }
        try options.confirm(
            "stop the \(before["subject_kind"].cell.replacing("_", with: " ")) `\(before["subject"].cell)`"
        )
        // Before anything is done: what is stopped must not be left without its reports.
        let named = try out.map { try IncidentFolder(making: $0) }
        let declared = try await declare(DeclareIncident(arguments), of: before["subject_kind"].cell)
        let after = try await options.answer(FindIncident(arguments))
        let folder = try named ?? IncidentFolder(making: "incident-\(declared["incident"].cell)")
        let files = try folder.write(after)
        try options.print(
            declared.adding([
                .init("tokens_count", after["tokens_count"]), .init("reports", files.count),
                .init("folder", folder.path),
            ])
        )
        options.note("it is stopped; send each party its report in `\(folder.path)`, and keep the operator's")
    }

    /// Declares it; on the data folder a signing key gets a successor first where none is there.
    private func declare(_ act: DeclareIncident, of kind: String) async throws -> Report {
        var act = act
        if kind == "signing_key", case .dataFolder = try options.target() {
            act.replacement = try replacement()
        }
        return try await options.answer(act)
    }

    /// A key that signs at once, made only where no other key of the algorithm is there.
    private func replacement() throws -> SigningKeyRecord? {
        guard let id = try subject.key.map({ try Typed.key($0) }) else { return nil }
        let keys = try SigningKeyParts(options)
        defer { try? keys.store.close() }
        let known = try keys.store.read { try $0.signingKeys() }
        guard let record = known.first(where: { $0.id == id }) else { return nil }
        do {
            _ = try SigningKeySchedule.emergency(withdrawing: id, among: known, at: options.now)
            return nil
        } catch {
            let made = try keys.folder.makeKey(for: record.algorithm, at: options.now)
            return SigningKeyRecord(
                id: made.id,
                algorithm: record.algorithm,
                published: options.now,
                activates: options.now
            )
        }
    }
}

/// What an incident is about.
struct IncidentSubjectOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A signing key of this server, or a key of clients.", valueName: "kid"))
    var key: String?

    @Option(help: ArgumentHelp("A client, with all it has.", valueName: "id"), completion: .clients)
    var client: String?

    @Option(
        help: ArgumentHelp(
            "An enterprise certificate: a file, or the SHA-256 of its DER in hexadecimal.",
            valueName: "file|sha256"
        )
    )
    var certificate: String?

    @Option(
        help: ArgumentHelp("An organisation: every client that it owns or holds.", valueName: "org"),
        completion: .organisations
    )
    var org: String?

    @Option(help: ArgumentHelp("From when on it is not to be trusted: a time, or how long ago.", valueName: "time"))
    var since: String

    /// The arguments of the operations.
    func arguments() throws -> Arguments {
        [
            "key": key, "client": client, "certificate": try certificate.map(Self.thumbprint), "org": org,
            "since": since,
        ]
    }

    /// The thumbprint that was given, or that of the first certificate in a file.
    static func thumbprint(_ text: String) throws -> String {
        let digits = text.lowercased().filter { $0 != ":" }
        if digits.count == 64, digits.allSatisfy({ $0.isASCII && $0.isHexDigit }) { return digits }
        let chain: [Certificate]
        do { chain = try Certificate.all(in: try InputFile.read(text)) } catch let error as CertificateError {
            throw CLIError("certificate_unreadable", "`\(text)`: \(error)")
        }
        guard let first = chain.first else {
            throw CLIError("certificate_unreadable", "`\(text)` holds no certificate")
        }
        return HashFunction.sha256.digest(first.der).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// `portvakt incident list`.
struct IncidentListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the incidents that were declared, the newest first."
    )

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws { try await options.perform(ListIncidents([:])) }
}

/// `portvakt incident unblock CERTIFICATE`.
struct IncidentUnblockCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unblock",
        abstract: "Let a certificate that was blocked after an incident prove its organisation's clients again."
    )

    @Argument(help: ArgumentHelp("A file, or the SHA-256 of its DER in hexadecimal.", valueName: "file|sha256"))
    var certificate: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let thumbprint = try IncidentSubjectOptions.thumbprint(certificate)
        try await options.perform(UnblockCertificate(["certificate": thumbprint]))
    }
}
