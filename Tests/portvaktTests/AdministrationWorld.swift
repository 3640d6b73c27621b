import AuditLedger
import Foundation
import JOSE
import LibCrypto
import SQLiteStorage
import Testing
import Vocabulary

@testable import portvakt

/// An installation with four organisations in its register, for the commands of administrators.
final class AdministrationWorld: Sendable {
    /// 2026-11-18T13:06:40Z.
    static let now = Timestamp(seconds: 1_795_000_000)
    static let owner = number(31_000_012)
    static let consumer = number(31_420_077)
    static let other = number(31_234_567)
    static let deleted = number(31_111_111)

    let scratch: ScratchFolder
    let data: String

    init() async throws {
        scratch = try ScratchFolder()
        data = scratch.path + "/var"
        let folder = SQLiteStorage.DataFolder(path: data)
        try folder.create()
        let store = try SQLiteStore(folder, opening: .migrate)
        try store.transaction { try $0.set("issuer", to: "https://vakt.example.no/") }
        try store.close()
        let units = [Self.owner: "EIER", Self.consumer: "KONSUMENT", Self.other: "ANNEN"].map { number, name in
            #"{"organisasjonsnummer":"\#(number)","navn":"\#(name)","organisasjonsform":{"kode":"AS"}}"#
        }
        let gone =
            #"{"organisasjonsnummer":"\#(Self.deleted)","navn":"BORTE","organisasjonsform":{"kode":"AS"},"slettedato":"2026-01-31"}"#
        let register = try scratch.file("register.json", "[" + (units + [gone]).joined(separator: ",") + "]")
        let run = await run("org", "import", register)
        #expect(run.status == .done, "\(run.errors)")
    }

    /// The database file, byte for byte, but for its header of 100 bytes.
    ///
    /// Opening a database for the first time since it
    /// was closed counts up change counter and schema cookie there (SQLite file format §1.3).
    func pages() throws -> Data { try Data(contentsOf: URL(filePath: data + "/portvakt.db")).dropFirst(100) }

    /// Runs a command on the installation; in pipes unless a terminal is asked for.
    func run(
        _ arguments: String...,
        terminal: Bool = false,
        answers: [String] = [],
        environment: [String: String] = [:],
        at now: Timestamp = now
    ) async -> CommandLineRun {
        await run(arguments, terminal: terminal, answers: answers, environment: environment, at: now)
    }

    /// Runs a command on the installation; in pipes unless a terminal is asked for.
    func run(
        _ arguments: [String],
        terminal: Bool = false,
        answers: [String] = [],
        environment: [String: String] = [:],
        at now: Timestamp = now
    ) async -> CommandLineRun {
        let captured = CapturedConsole(terminal: terminal, environment: environment, answers: answers, now: now)
        let status = await Console.$current.withValue(captured.console) {
            await Portvakt.run(arguments + ["--data", data])
        }
        return CommandLineRun(status: status, output: captured.output, errors: captured.errors)
    }

    /// Prefix `acme` of ``owner`` with `acme:a`, which ``consumer`` has access to.
    func prepare() async {
        for arguments in [
            ["prefix", "assign", "acme", "\(Self.owner)"], ["scope", "create", "acme:a", "--description", "A"],
            ["access", "grant", "acme:a", "\(Self.consumer)"],
        ] {
            let run = await run(arguments)
            #expect(run.status == .done, "\(arguments): \(run.errors)")
        }
    }

    /// Everything that the ledger remembers, oldest first.
    func events() throws -> [LedgerEvent] {
        let store = try SQLiteStore(.init(path: data), opening: .requireCurrent)
        defer { try? store.close() }
        return try store.read { reader in
            var events: [LedgerEvent] = []
            try reader.visitEntries(LedgerQuery()) { content in
                events.append(content.event)
                return true
            }
            return events
        }
    }

    /// Gives the installation a configuration that a server could start with.
    func configure() throws {
        let text = "issuer: https://vakt.example.no/\nenvironment: test\nrevocation: off\n"
        try Data(text.utf8).write(to: URL(filePath: "\(data)/portvakt.yaml"))
    }

    /// Puts an event into the ledger, as the server or somebody else would have.
    func remember(_ fill: (inout LedgerEvent) throws -> Void) throws {
        let store = try SQLiteStore(.init(path: data), opening: .requireCurrent)
        defer { try? store.close() }
        var event = LedgerEvent(time: Self.now, kind: .tokenIssued)
        try fill(&event)
        try store.transaction { _ = try $0.append(event, claiming: []) }
    }

    func file(_ name: String, _ text: String) throws -> String { try scratch.file(name, text) }

    static func number(_ stem: Int) -> OrganisationNumber { OrganisationNumber(stem: stem) ?? number(stem + 1) }
}
