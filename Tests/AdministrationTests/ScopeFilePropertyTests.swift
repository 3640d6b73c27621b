import Administration
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

@Suite("Scope files on a database: applied once, there is nothing left to do")
struct ScopeFilePropertyTests {
    private static let rounds = 1_000
    private static let prefixes = ["acme", "beta-1"]

    @Test func `a comparison after each of a thousand applications finds no difference`() throws {
        let world = try World()
        let consumers = (0..<8).map { World.number(31_600_000 + $0 * 1_000) }
        try world.know(Set(consumers))
        var generator = ScopeFileGenerator(seed: 2026)
        var (changes, removals, moves, exports) = (0, 0, 0, 0)
        for round in 0..<Self.rounds {
            let sources = generator.files(prefixes: Self.prefixes, owner: World.owner, consumers: consumers)
            let files = try ScopeFile.read(sources)
            var options = ScopePlanOptions()
            options.prunes = Bool.random(using: &generator)
            options.isWholeFolder = Bool.random(using: &generator)
            options.maximumRemovals = .max
            let outcome = try world.act { try $0.apply(files, options) }
            changes += outcome.value.changes.count
            removals += outcome.value.removals
            moves += outcome.value.moves.count
            let again = try world.store.read { try $0.plan(files, options) }
            #expect(again.isEmpty, "round \(round): \(again.lines)")
            #expect(again.moves.isEmpty, "round \(round)")
            if round.isMultiple(of: 10) {
                exports += 1
                try expectRoundTrip(world, round)
            }
            if generator.happens(onceIn: 3) { try disturb(world, consumers, &generator) }
        }
        // Else the files said nothing.
        #expect(changes > 10 * Self.rounds)
        #expect(removals > Self.rounds)
        #expect(moves > Self.rounds)
        #expect(exports == 100)
    }

    /// What is written of a prefix, read again, is what the store holds.
    private func expectRoundTrip(_ world: World, _ round: Int) throws {
        let texts = try world.store.read { reader in
            try reader.prefixAssignments().map { assignment in
                var scopes = ScopeQuery()
                scopes.prefix = assignment.prefix
                scopes.includesInactive = true
                var accesses = AccessQuery()
                accesses.prefix = assignment.prefix
                return ScopeFileText(
                    assignment,
                    scopes: try reader.scopes(scopes),
                    accesses: Dictionary(grouping: try reader.accesses(accesses), by: \.scope)
                ).text
            }
        }
        let files = try ScopeFile.read(texts.enumerated().map { ("\($0.offset).yaml", $0.element) })
        var options = ScopePlanOptions()
        options.prunes = true
        let plan = try world.store.read { try $0.plan(files, options) }
        #expect(plan.isEmpty, "round \(round): \(plan.lines)")
        #expect(plan.kept.isEmpty, "round \(round)")
    }

    /// What others do between two applications.
    private func disturb(
        _ world: World,
        _ consumers: [OrganisationNumber],
        _ generator: inout ScopeFileGenerator
    ) throws {
        var query = ScopeQuery()
        query.includesInactive = true
        let names = try world.store.read { try $0.scopes(query) }.map(\.name)
        guard let name = names.randomElement(using: &generator),
            let consumer = consumers.randomElement(using: &generator)
        else { return }
        let grants = Bool.random(using: &generator)
        try world.act { administration in
            try administration.changeScope(name, [.maximumTokenAge: .number(77)])
            if grants {
                try administration.grantAccess(to: name, for: consumer, [.reason: .text("by hand")], origin: "cli")
            } else {
                try administration.revokeAccess(to: name, for: consumer)
            }
        }
    }
}
