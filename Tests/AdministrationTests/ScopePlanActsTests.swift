import Administration
import AuditLedger
import JOSE
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

@Suite("Scope files applied to a database")
struct ScopePlanActsTests {
    private func files(_ scopes: String) throws -> [ScopeFile] {
        let text = "prefix: acme\nowner_orgno: \"\(World.owner)\"\nscopes:\n\(scopes)"
        return try ScopeFile.read([("acme.yaml", text)])
    }

    private func planned(
        _ world: World,
        _ files: [ScopeFile],
        _ options: ScopePlanOptions = .init()
    ) throws -> ScopePlan {
        try world.store.read { try $0.plan(files, options) }
    }

    private let first = """
          - subscope: a
            description: A
            at_max_age: 30
            access:
              - orgno: "\(World.consumer)"
                until: 2030-06-30
              - orgno: "\(World.deleted)"
          - subscope: b
            description: B
        """

    @Test func `an empty store gets all of it, with origins and an entry for each change`() throws {
        let world = try World()
        let sequence = try world.lastSequence()
        let outcome = try world.act { try $0.apply(files(first)) }
        #expect(outcome.value.additions == 5)
        #expect(outcome.warnings == [.organisationDeleted(World.deleted, CalendarDate(parsing: "2026-01-31"))])
        #expect(
            try world.events(after: sequence).map(\.kind)
                == [.prefixAssigned, .scopeCreated, .accessGranted, .accessGranted, .scopeCreated]
        )
        let name = World.scope("acme:a")
        let scope = try #require(try world.store.read { try $0.scope(name) })
        #expect(scope.origin == "file:acme.yaml:4")
        #expect(scope.maximumTokenAge == 30)
        let access = try #require(try world.store.read { try $0.access(to: name, of: World.consumer) })
        #expect(access.origin == "file:acme.yaml:8")
        #expect(access.validUntil == Timestamp(parsing: "2030-07-01T00:00:00Z"))
    }

    @Test func `afterwards there is nothing to do, and doing it leaves no trace`() throws {
        let world = try World()
        try world.act { try $0.apply(files(first)) }
        #expect(try planned(world, files(first)).isEmpty)
        let again = try world.unchanged { try world.act { try $0.apply(files(first)) } }
        #expect(!again.hasChanged)
    }

    @Test func `making a plan changes nothing`() throws {
        let world = try World()
        let plan = try world.unchanged { try planned(world, files(first)) }
        #expect(plan.changes.count == 5)
        #expect(try world.store.read { try $0.prefixAssignments() }.isEmpty)
    }

    @Test func `a change, a withdrawal and a deactivation are carried out`() throws {
        let world = try World()
        try world.act { try $0.apply(files(first)) }
        let sequence = try world.lastSequence()
        let second = try files("  - {subscope: a, description: A2, access: []}")
        var options = ScopePlanOptions()
        options.prunes = true
        let plan = try planned(world, second, options)
        #expect(plan.summary == "0 to add, 1 to change, 3 to remove")
        try world.act(reason: "Cleaning") { try $0.apply(second, options, agreed: plan) }
        let events = try world.events(after: sequence)
        #expect(
            events.map(\.kind).sorted { $0.rawValue < $1.rawValue } == [
                .accessRevoked, .accessRevoked, .scopeChanged, .scopeDeactivated,
            ]
        )
        #expect(events.allSatisfy { $0.details["reason"] == "Cleaning" })
        #expect(try planned(world, second, options).isEmpty)
    }

    @Test func `what moved within its file is noted once, and no decision is disturbed`() throws {
        let world = try World()
        try world.act { try $0.apply(files(first)) }
        let sequence = try world.lastSequence()
        let revision = try world.revision()
        let outcome = try world.act { try $0.apply(files("  # a comment\n" + first)) }
        #expect(!outcome.hasChanged)
        #expect(try world.revision() == revision)
        let events = try world.events(after: sequence)
        #expect(events.count == 1)
        #expect(events[0].details["moved_lines"] == 4)
        #expect(try world.store.read { try $0.scope(World.scope("acme:a")) }?.origin == "file:acme.yaml:5")
        let access = try world.store.read { try $0.access(to: World.scope("acme:a"), of: World.consumer) }
        #expect(access?.origin == "file:acme.yaml:9")
    }

    @Test func `a plan that is not the one agreed to is stale`() throws {
        let world = try World()
        let shown = try planned(world, files(first))
        try world.act { try $0.assignPrefix(World.prefix("acme"), to: World.owner) }
        try world.refused(.stalePlan) { try $0.apply(files(first), agreed: shown) }
        let fresh = try planned(world, files(first))
        #expect(try world.act { try $0.apply(files(first), agreed: fresh) }.hasChanged)
    }

    @Test func `all that speaks against it is reported, and nothing of it is done`() throws {
        let world = try World()
        try world.act { try $0.assignPrefix(World.prefix("acme"), to: World.other) }
        let bad = try files("  - subscope: a\n    description: A\n    access:\n      - orgno: \"\(World.stranger)\"")
        let line = { SourceLine(file: "acme.yaml", line: $0) }
        let problems = ScopePlanProblems(problems: [
            ScopePlanProblem(.prefixTaken(World.prefix("acme"), owner: World.other), at: line(2)),
            ScopePlanProblem(.unknownOrganisation(World.stranger), at: line(7)),
        ])
        try world.unchanged {
            #expect(throws: problems) { try world.act { try $0.apply(bad) } }
            #expect(throws: problems) { try planned(world, bad) }
        }
    }

    @Test func `a grant in a file may be over, unlike one by hand`() throws {
        let world = try World()
        let text =
            "  - subscope: a\n    description: A\n    access: [{orgno: \"\(World.consumer)\", until: 2020-01-01}]"
        try world.act { try $0.apply(files(text)) }
        #expect(try planned(world, files(text)).isEmpty)
    }

    @Test func `the files of scopes/ can be applied by their operator and leave nothing to do`() throws {
        let world = try World()
        let sources = BundledScopeFiles.all.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) }
        let files = try ScopeFile.read(sources)
        let krr = try #require(files.first { $0.prefix.value.isReserved })
        try world.know(Set(files.flatMap { [$0.owner.value] + $0.scopes.flatMap { $0.access ?? [] }.map(\.consumer) }))
        try world.store.transaction {
            try $0.setOperatorOrganisation(krr.owner.value)
            try $0.set("environment", to: "test")
        }
        let outcome = try world.act { try $0.apply(files) }
        #expect(outcome.warnings.allSatisfy { if case .scopeOpenToAll = $0 { true } else { false } })
        #expect(try planned(world, files).isEmpty)
    }

    @Test func `whatever files follow each other, applying leaves nothing to do`() throws {
        let world = try World()
        var generator = SeededGenerator(seed: 11)
        for round in 0..<25 {
            let files = try files(randomScopes(&generator))
            var options = ScopePlanOptions()
            options.prunes = Bool.random(using: &generator)
            options.maximumRemovals = 100
            try world.act { try $0.apply(files, options) }
            let rest = try planned(world, files, options)
            #expect(rest.isEmpty, "round \(round): \(rest.lines)")
            #expect(rest.moves.isEmpty, "round \(round)")
        }
    }

    private func randomScopes(_ generator: inout SeededGenerator) -> String {
        let consumers = [World.consumer, World.other, World.bankrupt, World.subUnit]
        var text = Bool.random(using: &generator) ? "  # moved\n" : ""
        for index in 0..<6 where index == 0 || Bool.random(using: &generator) {
            text += "  - subscope: s\(index)\n    description: D\(Int.random(in: 0..<3, using: &generator))\n"
            if Bool.random(using: &generator) { text += "    active: \(Bool.random(using: &generator))\n" }
            if Bool.random(using: &generator) {
                text += "    at_max_age: \(Int.random(in: 0..<3, using: &generator))\n"
            }
            guard Bool.random(using: &generator) else { continue }
            let chosen = consumers.filter { _ in Bool.random(using: &generator) }
            text += chosen.isEmpty ? "    access: []\n" : "    access:\n"
            for consumer in chosen {
                text += "      - orgno: \"\(consumer)\"\n"
                if Bool.random(using: &generator) {
                    text += "        reason: R\(Int.random(in: 0..<2, using: &generator))\n"
                }
            }
        }
        return text
    }
}

/// Random numbers that are the same in each run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
