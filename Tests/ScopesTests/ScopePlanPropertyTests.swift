import Scopes
import Testing
import Vocabulary

@Suite("Scope plans: applied once, there is nothing left to do")
struct ScopePlanPropertyTests {
    @Test func `after a plan is carried out the same files change nothing, whatever the store held`() throws {
        var generator = SeededGenerator(seed: 7)
        var facts = ScopePlanFacts()
        var changes = 0
        for round in 0..<300 {
            let files = try ScopeFile.read([("acme.yaml", text(&generator))])
            var options = ScopePlanOptions()
            options.prunes = Bool.random(using: &generator)
            options.maximumRemovals = 1_000
            let plan = try ScopePlan(files: files, facts: facts, options: options)
            changes += plan.changes.count
            let before = facts
            facts = try carriedOut(plan, on: facts)
            let again = try ScopePlan(files: files, facts: facts, options: options)
            #expect(again.isEmpty, "round \(round): \(again.lines)")
            #expect(again.moves.isEmpty, "round \(round)")
            if plan.isEmpty && plan.moves.isEmpty { #expect(facts == before) }
            disturb(&facts, &generator)
        }
        // Else the files said nothing.
        #expect(changes > 1_000)
    }

    private static let organisations = (0..<8).map { Sample.number(31_000_000 + $0 * 1_000) }

    /// A file with some of ten scopes, each with some fields and some of eight consumers.
    private func text(_ generator: inout SeededGenerator) -> String {
        var text = "prefix: acme\nowner_orgno: \"\(Sample.owner)\"\nscopes:\n"
        if Bool.random(using: &generator) { text += "  # moved\n" }
        var count = 0
        for index in 0..<10 where Int.random(in: 0..<3, using: &generator) > 0 {
            count += 1
            text += "  - subscope: s\(index)\n    description: D\(Int.random(in: 0..<3, using: &generator))\n"
            if Bool.random(using: &generator) {
                text += "    at_max_age: \(Int.random(in: 0..<4, using: &generator))\n"
            }
            if Bool.random(using: &generator) { text += "    active: \(Bool.random(using: &generator))\n" }
            if Bool.random(using: &generator) {
                text += "    delegation_source: \(Bool.random(using: &generator) ? "internal" : "null")\n"
            }
            if Bool.random(using: &generator) {
                text += "    descriptions: {en: E\(Int.random(in: 0..<2, using: &generator))}\n"
            }
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: break
            case 1: text += "    access: []\n"
            default:
                let consumers = Self.organisations.filter { _ in Bool.random(using: &generator) }
                text += consumers.isEmpty ? "    access: []\n" : "    access:\n"
                for consumer in consumers {
                    text += "      - orgno: \"\(consumer)\"\n"
                    if Bool.random(using: &generator) {
                        text += "        until: 2027-0\(Int.random(in: 1...9, using: &generator))-01\n"
                    }
                    if Bool.random(using: &generator) { text += "        reason: null\n" }
                }
            }
        }
        return count == 0 ? text.replacing("scopes:\n", with: "scopes: []\n") : text
    }

    /// What others do between two applications.
    private func disturb(_ facts: inout ScopePlanFacts, _ generator: inout SeededGenerator) {
        for name in facts.scopes.keys.sorted() where Int.random(in: 0..<8, using: &generator) == 0 {
            facts.scopes[name]?.maximumTokenAge = 99
            facts.scopes[name]?.isActive.toggle()
        }
        for name in facts.accesses.keys.sorted() {
            for consumer in Self.organisations where Int.random(in: 0..<8, using: &generator) == 0 {
                facts.accesses[name]?[consumer]?.state = .denied
            }
            let consumer = Self.organisations[Int.random(in: 0..<8, using: &generator)]
            if facts.accesses[name]?[consumer] == nil {
                facts.accesses[name]?[consumer] = Sample.access(consumer, to: name.rawValue)
            }
        }
    }

    /// What a store holds after a plan, told again without any store.
    private func carriedOut(_ plan: ScopePlan, on before: ScopePlanFacts) throws -> ScopePlanFacts {
        var facts = before
        for change in plan.changes {
            switch change {
            case .assignPrefix(let prefix, let owner, _): facts.owners[prefix] = owner
            case .createScope(let name, let fields, let line):
                var scope = Sample.scope(name.rawValue)
                scope.origin = line.origin
                for field in fields { try scope.set(field.field, to: field.new) }
                facts.scopes[name] = scope
            case .changeScope(let name, let fields, _):
                for field in fields { try facts.scopes[name]?.set(field.field, to: field.new) }
            case .grantAccess(let name, let consumer, let fields, _, let line):
                var access = Sample.access(consumer, to: name.rawValue)
                access.origin = line.origin
                for field in fields { try access.set(field.field, to: field.new) }
                facts.accesses[name, default: GrantsByConsumer()][consumer] = access
            case .changeAccess(let name, let consumer, let fields, _):
                for field in fields { try facts.accesses[name]?[consumer]?.set(field.field, to: field.new) }
            case .revokeAccess(let name, let consumer, _): facts.accesses[name]?[consumer]?.state = .denied
            case .deactivateScope(let name, _): facts.scopes[name]?.isActive = false
            }
        }
        for move in plan.moves {
            if let consumer = move.consumer {
                facts.accesses[move.scope]?[consumer]?.origin = move.line.origin
            } else {
                facts.scopes[move.scope]?.origin = move.line.origin
            }
        }
        return facts
    }
}
