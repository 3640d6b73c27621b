import AuditLedger
import Foundation
import GRDB
import JOSE
import Organisations
import SQLiteStorage
import Testing
import Vocabulary

/// A fresh data folder with an empty register, removed at the end.
final class RegisterWorld {
    let folder: DataFolder
    let store: SQLiteStore

    init() throws {
        folder = DataFolder(path: FileManager.default.temporaryDirectory.path + "/portvakt-\(UUID().uuidString)")
        try folder.create()
        store = try SQLiteStore(folder, opening: .migrate)
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    func importer() -> SQLiteOrganisationImport {
        SQLiteOrganisationImport(into: store) { report in
            LedgerEvent(
                time: Timestamp(seconds: 1_700_000_000),
                kind: .organisationsImported,
                details: ["added": .integer(Int64(report.added))]
            )
        }
    }

    @discardableResult
    func take(
        _ text: String,
        mode: ImportMode = .replace,
        allowsClosing: Bool = false,
        batchSize: Int = 1_000
    ) throws -> ImportReport {
        try OrganisationImport(mode: mode, allowsClosing: allowsClosing, batchSize: batchSize)
            .run(MemoryByteSource(Array(text.utf8)), into: importer())
    }

    func unit(_ number: OrganisationNumber) throws -> Organisation? {
        try store.read { try $0.organisation(number) }
    }

    func standing(_ number: OrganisationNumber) throws -> OrganisationStanding? {
        try store.read { try $0.standing(of: number) }
    }

    func revision() throws -> Int64 { try store.read { try $0.revision } }

    /// What stands in the tables, past all our code.
    func count(_ table: String) throws -> Int {
        try DatabaseQueue(path: folder.database).read {
            try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM \(table)") ?? 0
        }
    }

    func execute(_ sql: String) throws {
        try DatabaseQueue(path: folder.database).write { try $0.execute(sql: sql) }
    }

    func isUnswept() throws -> Bool {
        try DatabaseQueue(path: folder.database).read {
            try Bool.fetchOne($0, sql: "SELECT unswept FROM organisation_register") ?? true
        }
    }

    // MARK: Texts

    /// The so-manyth valid synthetic number.
    static func number(_ index: Int) -> OrganisationNumber {
        guard
            let number = OrganisationNumber(stem: 31_000_000 + 2 * index)
                ?? OrganisationNumber(stem: 31_000_001 + 2 * index)
        else { preconditionFailure("no number at \(index)") }
        return number
    }

    static func main(_ index: Int, name: String = "RASK ELG AS", more: String = "") -> String {
        #"{"organisasjonsnummer":"\#(number(index))","navn":"\#(name)","organisasjonsform":{"kode":"AS"}\#(more)}"#
    }

    static func sub(_ index: Int, of parent: Int) -> String {
        """
        {"organisasjonsnummer":"\(number(index))","navn":"AVD","organisasjonsform":{"kode":"BEDR"},\
        "overordnetEnhet":"\(number(parent))"}
        """
    }

    static func array(_ units: [String]) -> String { "[" + units.joined(separator: ",") + "]" }

    static func register(of count: Int, name: String = "RASK ELG AS") -> String {
        array((0..<count).map { main($0, name: name) })
    }
}
