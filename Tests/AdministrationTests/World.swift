import Administration
import AuditLedger
import Clients
import Foundation
import JOSE
import LibCrypto
import Organisations
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

/// An installation on a real database in a folder of its own, with a small register; removed at the end.
final class World {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let operatorOrganisation = number(31_000_001)
    static let owner = number(31_000_012)
    static let consumer = number(31_420_077)
    static let other = number(31_234_567)
    static let deleted = number(31_111_111)
    static let bankrupt = number(31_222_222)
    static let subUnit = number(31_333_333)
    static let orphan = number(31_444_444)
    static let stranger = number(31_999_999)

    let store: SQLiteStore
    private let folder: DataFolder
    var now = World.now
    var actor = Actor(operatingSystemUser: "kari", host: "vakt1")

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "portvakt-administration-\(UUID())")
        folder = DataFolder(path: url.path)
        try folder.create()
        store = try SQLiteStore(folder, opening: .migrate)
        try store.transaction { try $0.setOperatorOrganisation(Self.operatorOrganisation) }
        try register()
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    private func register() throws {
        func unit(_ number: OrganisationNumber, _ kind: Organisation.Kind = .mainUnit) -> Organisation {
            let form = Organisation.Form(code: kind == .mainUnit ? "AS" : "BEDR", description: nil)
            return Organisation(number: number, kind: kind, name: "DEMO \(number)", form: form)
        }
        var units = [Self.operatorOrganisation, Self.owner, Self.consumer, Self.other].map { unit($0) }
        var deleted = unit(Self.deleted)
        deleted.isDeleted = true
        deleted.deleted = CalendarDate(parsing: "2026-01-31")
        var bankrupt = unit(Self.bankrupt)
        bankrupt.distress.bankrupt = true
        var subUnit = unit(Self.subUnit, .subUnit)
        subUnit.parent = Self.owner
        var orphan = unit(Self.orphan, .subUnit)
        orphan.parent = Self.deleted
        units += [deleted, bankrupt, subUnit, orphan]
        try stage(units)
    }

    /// Puts organisations into the register, alive.
    func know(_ numbers: Set<OrganisationNumber>) throws {
        let form = Organisation.Form(code: "AS", description: nil)
        try stage(
            numbers.sorted().map { Organisation(number: $0, kind: .mainUnit, name: "DEMO \($0)", form: form) }
        )
    }

    private func stage(_ units: [Organisation]) throws {
        let importer = SQLiteOrganisationImport(into: store) { _ in
            LedgerEvent(time: World.now, kind: .organisationsImported)
        }
        try importer.begin()
        try importer.stage(added: units, changed: [])
        try importer.apply(ImportReport(document: .wholeRegister, mode: .update, isDryRun: false))
    }

    // MARK: Acts and what they leave

    @discardableResult
    func act<Result>(
        reason: String? = nil,
        _ body: (Administration<SQLiteTransaction>) throws -> Result
    ) throws -> Result {
        try store.transaction { try body(Administration(in: $0, by: actor, at: now, reason: reason)) }
    }

    /// Prefix `acme` of ``owner`` with these scopes, and access to them for ``consumer``.
    func prepare(_ scopes: String...) throws {
        try act { administration in
            try administration.assignPrefix(Self.prefix("acme"), to: Self.owner)
            for scope in scopes {
                try administration.createScope(Self.scope(scope), [.description: .text("D")], origin: "cli")
                try administration.grantAccess(to: Self.scope(scope), for: Self.consumer, origin: "cli")
            }
        }
    }

    func revision() throws -> Int64 { try store.read { try $0.revision } }

    func lastSequence() throws -> Int64 { try store.read { try $0.lastSequence } }

    /// The events after a sequence number, oldest first.
    func events(after sequence: Int64 = 0) throws -> [LedgerEvent] {
        try store.read { reader in
            var events: [LedgerEvent] = []
            try reader.visitEntries(LedgerQuery(), after: sequence) { content in
                events.append(content.event)
                return true
            }
            return events
        }
    }

    /// Runs acts that must change nothing at all: no entry, no revision.
    @discardableResult
    func unchanged<Result>(_ body: () throws -> Result) throws -> Result {
        let before = (try revision(), try lastSequence())
        let result = try body()
        let after = (try revision(), try lastSequence())
        #expect(before == after)
        return result
    }

    /// Runs an act that must be refused just so, and change nothing.
    func refused(
        _ refusal: AdministrationRefusal,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (Administration<SQLiteTransaction>) throws -> Void
    ) throws {
        try unchanged {
            #expect(throws: refusal, sourceLocation: sourceLocation) { try act(body) }
        }
    }

    // MARK: Values

    static func number(_ stem: Int) -> OrganisationNumber { OrganisationNumber(stem: stem) ?? number(stem + 1) }

    static func prefix(_ text: String) -> ScopePrefix {
        do { return try ScopePrefix(parsing: text) } catch { preconditionFailure("`\(text)` is no prefix") }
    }

    static func scope(_ text: String) -> ScopeName {
        do { return try ScopeName(parsing: text) } catch { preconditionFailure("`\(text)` is no scope name") }
    }

    static func id(_ text: String) -> ClientID {
        do { return try ClientID(parsing: text) } catch { preconditionFailure("`\(text)` is no client identifier") }
    }

    static func kid(_ text: String) -> KeyID {
        do { return try KeyID(parsing: text) } catch { preconditionFailure("`\(text)` is no key identifier") }
    }

    static let key = makeKey()
    static let otherKey = makeKey()

    static func jwk(_ kid: String, _ key: PrivateKey = key, expires: Timestamp? = nil) -> JWK {
        JWK(key.publicKey, keyID: kid, algorithm: .es256, expires: expires)
    }

    private static func makeKey() -> PrivateKey {
        do { return try PrivateKey.generate(.ec(.p256)) } catch { preconditionFailure("libcrypto makes no key") }
    }
}
