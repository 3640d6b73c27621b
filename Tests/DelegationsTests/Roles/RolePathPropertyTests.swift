import Delegations
import TestSupport
import Testing
import Vocabulary

/// The connection rules once more, written as relations over the whole world: slow, and nothing in common with ``RoleRules``.
private struct ReferenceRoles {
    struct Fact: Hashable {
        let party: Party
        let organisation: OrganisationNumber
        let role: RoleCode
    }

    static let keyRoles: Set<RoleCode> = ["BEST", "BOBE", "DAGL", "DTPR", "DTSO", "INNH", "KOMP", "LEDE"]

    /// Every role that anybody has for anyone.
    static func all(in world: InMemoryRoles) -> Set<Fact> {
        func form(_ number: OrganisationNumber) -> String { world.units[number]?.form ?? "" }
        func lives(_ number: OrganisationNumber) -> Bool {
            guard let unit = world.units[number], unit.isLive else { return false }
            return unit.mainUnit.map { world.units[$0]?.isLive ?? false } ?? true
        }
        // Assignments, to the party and, when that is an organisation, to its key role persons.
        var held: Set<RoleAssignment> = Set(world.assignments)
        for outer in world.assignments {
            guard !(outer.role == "DTPR" && form(outer.organisation) == "IKS") else { continue }
            for inner in world.assignments {
                guard Party.organisation(inner.organisation) == outer.holder, case .person = inner.holder,
                    keyRoles.contains(inner.role), inner.source == .register, lives(inner.organisation),
                    !(inner.role == "DTPR" && form(inner.organisation) == "IKS")
                else { continue }
                held.insert(
                    RoleAssignment(
                        organisation: outer.organisation,
                        role: outer.role,
                        holder: inner.holder,
                        source: outer.source
                    )
                )
            }
        }
        var facts: Set<Fact> = []
        for unit in world.units.values where lives(unit.number) {
            for assignment in held
            where assignment.organisation == unit.number || assignment.organisation == unit.mainUnit {
                if let holder = assignment.holder.organisation, !lives(holder) { continue }
                facts.insert(
                    Fact(party: assignment.holder, organisation: unit.number, role: assignment.role)
                )
                guard assignment.source == .register else { continue }
                // The rows of the table, not the index by column that the rules use.
                for row in RoleMap.roles where row.registerRoles.contains(assignment.role) {
                    facts.insert(Fact(party: assignment.holder, organisation: unit.number, role: row.code))
                }
            }
        }
        return facts
    }
}

@Suite("No role path exists that the tables do not give")
struct RolePathPropertyTests {
    private static let forms = ["AS", "DA", "IKS", "ENK", "NUF", "KOMM", "ADOS"]
    private static let roles: [RoleCode] = RegisterRole.all.map(\.code)
    private static let givable: [RoleCode] = RoleMap.roles.map(\.code).filter {
        RoleGiving<InMemoryRoles>.isGivable($0)
    }

    /// A small world in which everything touches everything.
    private static func world(seed: UInt64) -> InMemoryRoles {
        var draws = SeededDraws(seed: seed)
        var world = InMemoryRoles()
        let organisations = (1...7).map { Sample.organisation($0) }
        for (index, number) in organisations.enumerated() {
            let isSubUnit = index >= 4
            world.units[number] = Unit(
                number: number,
                form: isSubUnit ? "BEDR" : forms.randomElement(using: &draws) ?? "AS",
                mainUnit: isSubUnit ? organisations[Int.random(in: 0..<4, using: &draws)] : nil,
                isLive: Int.random(in: 0..<8, using: &draws) > 0
            )
        }
        let parties =
            organisations.map { Party.organisation($0) } + (1...3).map { Party.person(.sample($0)) }
        for _ in 0..<Int.random(in: 0...18, using: &draws) {
            guard let organisation = organisations.randomElement(using: &draws),
                let holder = parties.randomElement(using: &draws), holder != .organisation(organisation)
            else { continue }
            let isGiven = Int.random(in: 0..<3, using: &draws) == 0
            // Key roles and DTPR often enough for chains to come about.
            let pool = Bool.random(using: &draws) ? ["DAGL", "LEDE", "DTPR", "REGN", "MEDL"] : roles
            guard let role = (isGiven ? givable : pool).randomElement(using: &draws) else { continue }
            world.assign(role, of: organisation, to: holder, source: isGiven ? .given : .register)
        }
        return world
    }

    @Test(arguments: 0..<300)
    func `in a random world everybody has exactly the roles of the reference`(seed: Int) throws {
        let world = Self.world(seed: UInt64(seed))
        let expected = ReferenceRoles.all(in: world)
        var found: Set<ReferenceRoles.Fact> = []
        let parties = Set(world.assignments.map(\.holder))
        for party in parties {
            for organisation in world.units.keys {
                for held in try RoleRules(world).roles(of: party, for: organisation) {
                    found.insert(.init(party: party, organisation: organisation, role: held.role))
                    try check(held.path, of: party, role: held.role, in: world)
                }
            }
        }
        #expect(found == expected)
    }

    /// Every step of a path is a fact of the world or a line of a table.
    private func check(_ path: RolePath, of party: Party, role: RoleCode, in world: InMemoryRoles) throws {
        #expect(world.assignments.contains(path.assignment))
        if let keyRole = path.keyRole {
            #expect(world.assignments.contains(keyRole))
            #expect(keyRole.holder == party)
            #expect(path.assignment.holder == .organisation(keyRole.organisation))
            #expect(ReferenceRoles.keyRoles.contains(keyRole.role))
        } else {
            #expect(path.assignment.holder == party)
        }
        if let mainUnit = path.mainUnit { #expect(world.units[path.organisation]?.mainUnit == mainUnit) }
        if let mappedFrom = path.mappedFrom {
            #expect(mappedFrom == path.assignment.role)
            #expect(try #require(RoleMap.altinnRole(role)).registerRoles.contains(mappedFrom))
        } else {
            #expect(role == path.assignment.role)
        }
    }

    @Test func `the random worlds hold every kind of path`() throws {
        var kinds: Set<String> = []
        for seed in 0..<300 {
            let world = Self.world(seed: UInt64(seed))
            for party in Set(world.assignments.map(\.holder)) {
                for organisation in world.units.keys {
                    for held in try RoleRules(world).roles(of: party, for: organisation) {
                        let path = held.path
                        let steps = [path.keyRole != nil, path.mainUnit != nil, path.mappedFrom != nil]
                        kinds.insert("\(steps) \(path.assignment.source)")
                    }
                }
            }
        }
        // Of the sixteen the four in which a given role is mapped cannot be.
        #expect(kinds.count == 12, "\(kinds.sorted())")
    }
}

/// Repeatable draws (SplitMix64).
private struct SeededDraws: RandomNumberGenerator {
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
