import Administration
import AuditLedger
import JOSE
import Operations
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

@Suite("Scope files through operations: the same plan, guards and faults wherever they are asked for")
struct ScopeFileOperationsTests {
    private let world: SharedWorld

    init() throws { world = try SharedWorld() }

    private static func file(_ scopes: String) -> Arguments {
        let text = "prefix: acme\nowner_orgno: \"\(SharedWorld.provider)\"\nscopes:\n\(scopes)"
        let files: JSONObject = ["acme.yaml": .string(text)]
        return ["files": files]
    }

    private static let addition = file("  - subscope: new\n    description: New\n")

    @discardableResult
    private func perform(_ arguments: Arguments) throws -> Report {
        let context = OperationContext(viewer: .operator, now: SharedWorld.now)
        let act = try ApplyScopeFiles(arguments)
        return try world.store.transaction { transaction in
            let actor = Actor(operatingSystemUser: "kari", host: "vakt1")
            return try act.perform(in: Administration(in: transaction, by: actor, at: SharedWorld.now), context)
        }
    }

    private func compare(_ arguments: Arguments) throws -> Report {
        try world.answer(CompareScopeFiles(arguments), to: .operator)
    }

    private func scopes() throws -> [String] { try world.seen(ListScopes(["prefix": "acme"]), by: .operator) }

    @Test func `a comparison and a dry run tell the same plan and change nothing`() throws {
        let compared = try compare(Self.addition)
        let dry = try perform(Self.addition.setting("dry_run", to: true))
        #expect(compared["add"] == .number(1))
        #expect(compared["applied"] == .flag(false))
        #expect(compared.items == dry.items && compared["lines"] == dry["lines"])
        #expect(try scopes() == ["acme:inner", "acme:shared", "acme:shown"])
    }

    @Test func `what is applied is what was compared, and then there is nothing left`() throws {
        let compared = try compare(Self.addition)
        let applied = try perform(Self.addition)
        #expect(applied["applied"] == .flag(true))
        #expect(applied.items == compared.items && applied["lines"] == compared["lines"])
        #expect(try scopes().contains("acme:new"))
        #expect(try compare(Self.addition)["add"] == .number(0))
        #expect(try compare(Self.addition)["revision"] == applied["revision"])
    }

    @Test func `nothing is done when the facts have moved, before files are looked at`() throws {
        let base = try #require(try compare(Self.addition)["revision"].jsonValue.integer)
        try perform(Self.addition)
        let none: JSONObject = ["acme.yaml": "no: scope file"]
        let files: [Arguments] = [Self.addition, ["files": none]]
        for files in files {
            let stale = files.setting("revision", to: Int(base))
            #expect(throws: AdministrationRefusal.stalePlan) { try perform(stale) }
            #expect(throws: AdministrationRefusal.stalePlan) { try compare(stale) }
        }
    }

    @Test func `nothing is done when the plan is another than was agreed to`() throws {
        #expect(throws: AdministrationRefusal.stalePlan) {
            try perform(Self.addition.setting("plan", to: "0 to add, 0 to change, 0 to remove"))
        }
        #expect(!(try scopes().contains("acme:new")))
        let lines = try #require(try compare(Self.addition)["lines"].jsonValue.strings)
        #expect(try perform(Self.addition.setting("plan", to: lines.joined(separator: "\n")))["applied"] == .flag(true))
    }

    @Test func `only what came from files is pruned, and no more than was allowed`() throws {
        let two = Self.file("  - subscope: one\n    description: 1\n  - subscope: two\n    description: 2\n")
        try perform(two)
        let none = Self.file("  - subscope: one\n    description: 1\n").setting("prune", to: true)
        let empty: Arguments = Self.file("  - subscope: other\n    description: 3\n").setting("prune", to: true)
        #expect(try compare(none)["remove"] == .number(1))
        #expect(throws: OperationFault.self) { try perform(empty.setting("max_removals", to: 1)) }
        #expect(try compare(empty)["remove"] == .number(2), "whoever looks sees all of it")
        #expect(try perform(empty.setting("max_removals", to: 2))["remove"] == .number(2))
        // What the command line made is no file's, and stays.
        #expect(try scopes() == ["acme:inner", "acme:other", "acme:shared", "acme:shown"])
    }

    @Test func `faults name file and line, all of them, and nothing is applied`() throws {
        let wrong = Self.file(
            "  - subscope: new\n    description: New\n    colour: red\n  - subscope: two\n    visibility: 2\n"
        )
        for ask in [perform, compare] {
            let fault = try #require(throws: OperationFault.self) { _ = try ask(wrong) }
            #expect(fault.code == "scope_files_invalid" && fault.kind == .refused)
            let problems = try #require(fault.details.first?.value.jsonValue.array)
            #expect(problems.allSatisfy { $0["file"]?.string == "acme.yaml" })
            let lines = Set(problems.compactMap { $0["line"]?.integer })
            #expect(lines.isSuperset(of: [6, 8]))
        }
        #expect(!(try scopes().contains("acme:new")))
    }

    @Test func `an act is one entry for each change, with who did it`() throws {
        try perform(Self.addition)
        let events = try world.store.read { reader in
            var events: [LedgerEvent] = []
            try reader.visitEntries(LedgerQuery()) { content in
                events.append(content.event)
                return true
            }
            return events
        }
        #expect(events.last?.kind == .scopeCreated && events.last?.actor == "kari@vakt1")
    }
}
