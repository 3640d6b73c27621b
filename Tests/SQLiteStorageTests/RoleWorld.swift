import Administration
import AuditLedger
import Delegations
import Foundation
import Organisations
import SQLiteStorage
import Testing
import Vocabulary

/// A database for the tests of roles, and files in the register's shapes.
struct RoleWorld {
    let register: RegisterWorld
    var store: SQLiteStore { register.store }
    let key: PseudonymKey

    init() throws {
        register = try RegisterWorld()
        key = try #require(PseudonymKey(bytes: Array(repeating: 7, count: 32)))
        try register.take(RegisterWorld.register(of: 40))
    }

    static func number(_ index: Int) -> OrganisationNumber { RegisterWorld.number(index) }

    /// A synthetic national identity number (month + 80), both control digits right.
    static func identity(_ index: Int) throws -> NationalIdentityNumber {
        var found: [NationalIdentityNumber] = []
        var serial = 0
        while found.count <= index {
            let stem = String(format: "018190%03d", serial)
            for control in 0..<100 {
                let text = stem + String(format: "%02d", control)
                if let number = NationalIdentityNumber(parsing: text) { found.append(number) }
            }
            serial += 1
        }
        return found[index]
    }

    // MARK: Files

    static func person(_ number: NationalIdentityNumber) -> String {
        """
        {"fodselsnummer":"\(number.exposed)","fodselsdato":"1990-01-01","navn":{"fornavn":"KARI","etternavn":"ELG"},\
        "erDoed":false}
        """
    }

    static func named(_ name: String, born: String = "1970-01-01") -> String {
        """
        {"fodselsdato":"\(born)","navn":{"fornavn":"\(name)","etternavn":"ELG"},"erDoed":false}
        """
    }

    static func role(_ code: String, person: String) -> String {
        #"{"type":{"kode":"\#(code)"},"person":\#(person),"fratraadt":false,"avregistrert":false,"rekkefolge":0}"#
    }

    static func role(_ code: String, unit: OrganisationNumber) -> String {
        """
        {"type":{"kode":"\(code)"},"enhet":{"organisasjonsnummer":"\(unit)","navn":["A"],"erSlettet":false},\
        "fratraadt":false,"avregistrert":false}
        """
    }

    static func unit(_ number: OrganisationNumber, _ roles: [String]) -> String {
        """
        {"organisasjonsnummer":"\(number)","rollegrupper":[{"type":{"kode":"STYR"},"roller":[\
        \(roles.joined(separator: ","))]}]}
        """
    }

    static func file(_ units: [String]) -> [UInt8] { Array("[\(units.joined(separator: ",\n"))]".utf8) }

    // MARK: Importing

    @discardableResult
    func take(
        _ bytes: [UInt8],
        mode: ImportMode = .replace,
        allowsClosing: Bool = false,
        isDryRun: Bool = false
    ) throws -> RoleImportReport {
        let actor = Actor(operatingSystemUser: "kari", host: "host")
        return try RoleImport(mode: mode, allowsClosing: allowsClosing, isDryRun: isDryRun, batchSize: 3).run(
            MemoryByteSource(bytes, chunkSize: 1_000),
            under: key,
            into: SQLiteRoleImport(into: store) { $0.ledgerEvent(by: actor, at: Timestamp(seconds: 1_700_000_000)) }
        )
    }

    func assignments(of index: Int) throws -> [RoleAssignment] {
        try store.read { try $0.assignments(of: Self.number(index)) }
    }

    func assignments(heldBy party: Party) throws -> [RoleAssignment] {
        try store.read { try $0.assignments(heldBy: party) }
    }

    func count(_ table: String) throws -> Int { try register.count(table) }
}
