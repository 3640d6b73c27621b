import Administration
import AuditLedger
import Delegations
import JOSE
import Scopes
import TestSupport
import Testing
import TokenIssuance
import Vocabulary

@testable import SQLiteStorage

@Suite("Delegations given and revoked")
struct DelegationActsTests {
    @Test func `a delegation counts for exactly its scope and its two numbers, from the next snapshot on`() throws {
        let world = try DelegationWorld()
        #expect(try world.delegated(for: ["acme:a", "acme:b"]) == [false, false])
        let outcome = try world.give()
        #expect(outcome.hasChanged)
        #expect(try world.delegated(for: ["acme:a", "acme:b"]) == [true, false])
        #expect(try world.delegated(for: ["acme:a"], consumer: world.other) == [false])
        let again = try world.give()
        #expect(!again.hasChanged)
        #expect(again.value == outcome.value)
    }

    @Test func `the ledger names delegation, resource, basis and end, and the revision rises`() throws {
        let world = try DelegationWorld()
        let before = try world.store.read { try $0.revision }
        let delegation = try world.give(until: DelegationWorld.now + 100).value
        #expect(try world.store.read { try $0.revision } == before + 1)
        let entries = try world.store.read { try $0.newestEntries(LedgerQuery(), limit: 2) }
        let event = try #require(entries.first?.event)
        #expect(event.kind == .delegationGiven)
        #expect(event.consumer == world.consumer)
        #expect(event.supplier == world.supplier)
        #expect(event.scopes.map(\.rawValue) == ["acme:a"])
        #expect(
            event.details["delegation"] == .string("\(delegation.id)")
                && event.details["basis"] == "operator"
                && event.details["until"] == .string("\(DelegationWorld.now + 100)")
        )
        #expect(entries.last?.event.kind == .supplierAdded)
    }

    // MARK: §9 case 7

    @Test func `§9.7: revoked from either side, and a second time harmlessly`() throws {
        let world = try DelegationWorld()
        for side in [DelegationSide.consumer, .supplier] {
            try world.give()
            for isFirst in [true, false] {
                let count = try world.store.read { try $0.lastSequence }
                let outcome = try world.act {
                    try $0.revokeDelegation(
                        of: try world.own("acme:a"),
                        from: world.consumer,
                        to: world.supplier,
                        on: side,
                        by: .operatorsAct
                    )
                }
                #expect(outcome.hasChanged == isFirst)
                #expect(try world.store.read { try $0.lastSequence } == count + (isFirst ? 1 : 0))
                #expect(try world.delegated(for: ["acme:a"]) == [false])
            }
        }
    }

    @Test func `§9.7: revoking works after the resource became non-delegable, and after it went`() throws {
        let world = try DelegationWorld()
        let schema = try world.resource("acme-schema", bundling: ["acme:a"])
        let acme: Set<ScopePrefix> = [try ScopePrefix(parsing: "acme")]
        try world.act { administration in
            try administration.createResource(schema, for: .organisation(world.provider, prefixes: acme))
            try administration.giveDelegation(
                of: schema.identifier,
                from: world.consumer,
                to: world.supplier,
                by: .operatorsAct
            )
            var closed = schema
            closed.isDelegable = false
            try administration.updateResource(closed, for: .organisation(world.provider, prefixes: acme))
        }
        // What was given goes on, and nothing new is given.
        #expect(try world.delegated(for: ["acme:a"]) == [true])
        #expect(throws: AdministrationRefusal.delegation(.notDelegable(schema.identifier))) {
            try world.act {
                try $0.giveDelegation(
                    of: schema.identifier,
                    from: world.consumer,
                    to: world.other,
                    by: .operatorsAct
                )
            }
        }
        let revoked = try world.act {
            try $0.revokeDelegation(
                of: schema.identifier,
                from: world.consumer,
                to: world.supplier,
                by: .operatorsAct
            )
        }
        #expect(revoked.hasChanged)
        #expect(try world.delegated(for: ["acme:a"]) == [false])
    }

    // MARK: §9 case 8

    @Test func `§9.8: a supplier with resources is removed with cascade only, by either side`() throws {
        for side in [DelegationSide.consumer, .supplier] {
            let world = try DelegationWorld()
            try world.give("acme:a")
            try world.give("acme:b")
            func remove(cascade: Bool) throws -> AdministrationOutcome<[ScopeDelegation]> {
                try world.act {
                    try $0.removeSupplier(
                        world.supplier,
                        from: world.consumer,
                        cascade: cascade,
                        on: side,
                        by: .operatorsAct
                    )
                }
            }
            let resources = [try world.own("acme:a"), try world.own("acme:b")]
            #expect(throws: AdministrationRefusal.delegation(.remainingResources(resources))) {
                try remove(cascade: false)
            }
            #expect(try world.delegated(for: ["acme:a", "acme:b"]) == [true, true])
            #expect(try remove(cascade: true).value.count == 2)
            #expect(try world.delegated(for: ["acme:a", "acme:b"]) == [false, false])
            #expect(try !remove(cascade: true).hasChanged)
            #expect(try world.store.read { try $0.supplierRelations(consumer: nil, supplier: nil) }.isEmpty)
        }
    }

    @Test func `the newer API wants the supplier first`() throws {
        let world = try DelegationWorld()
        func give() throws {
            try world.act {
                try $0.giveDelegation(
                    of: try world.own("acme:a"),
                    from: world.consumer,
                    to: world.supplier,
                    by: .operatorsAct,
                    wantsRelation: true
                )
            }
        }
        let missing = DelegationRefusal.missingConnection(consumer: world.consumer, supplier: world.supplier)
        #expect(throws: AdministrationRefusal.delegation(missing)) { try give() }
        try world.act { try $0.addSupplier(world.supplier, to: world.consumer, by: .operatorsAct) }
        try give()
        #expect(try world.delegated(for: ["acme:a"]) == [true])
    }

    @Test func `a person's right is checked for giving and for revoking`() throws {
        let world = try DelegationWorld()
        let right = ActingRight.person(world.person, level: 3)
        func code(_ body: () throws -> Void) -> String? {
            do { try body() } catch AdministrationRefusal.delegation(let refusal) {
                switch refusal {
                case .notAllowed: return "not allowed"
                case .notAdministrator: return "not administrator"
                default: return "\(refusal)"
                }
            } catch { return "\(error)" }
            return nil
        }
        func revoke(on side: DelegationSide) throws {
            try world.act {
                try $0.revokeDelegation(
                    of: try world.own("acme:a"),
                    from: world.consumer,
                    to: world.supplier,
                    on: side,
                    by: right
                )
            }
        }
        #expect(code { try world.give(by: right) } == "not allowed")
        #expect(code { try revoke(on: .consumer) } == "not administrator")
        try world.store.transaction { transaction in
            try transaction.give(
                RoleAssignment(
                    organisation: world.consumer,
                    role: try #require(RoleCode(parsing: "APIADM")),
                    holder: .person(world.person),
                    source: .given
                )
            )
            try transaction.raiseRevision()
        }
        #expect(code { try world.give(by: right) } == nil)
        #expect(try world.store.read { try $0.delegations(DelegationQuery()) }.first?.basis == .person(world.person))
        // Whoever moves the end answers for the delegation from then on.
        try world.give(until: DelegationWorld.now + 100)
        #expect(try world.store.read { try $0.delegations(DelegationQuery()) }.first?.basis == .operator)
        try world.give(by: right)
        #expect(try world.store.read { try $0.delegations(DelegationQuery()) }.first?.basis == .operator)
        try world.give(until: DelegationWorld.now + 200, by: right)
        #expect(try world.store.read { try $0.delegations(DelegationQuery()) }.first?.basis == .person(world.person))
        // The person acts for the consumer, not for the supplier.
        #expect(code { try revoke(on: .supplier) } == "not administrator")
        #expect(code { try revoke(on: .consumer) } == nil)
    }

    @Test func `an end can be set, moved and passed; a delegation that is over begins anew`() throws {
        let world = try DelegationWorld()
        let first = try world.give(until: DelegationWorld.now + 10).value
        let moved = try world.give(until: DelegationWorld.now + 20)
        #expect(moved.hasChanged && moved.value.id == first.id)
        // Giving again without an end takes none away; that has to be said.
        let kept = try world.give()
        #expect(!kept.hasChanged && kept.value == moved.value)
        let endless = try world.give(isEndless: true)
        #expect(endless.hasChanged && endless.value.until == nil && endless.value.id == first.id)
        try world.give(until: DelegationWorld.now + 30)
        let anew = try world.give(at: DelegationWorld.now + 30)
        #expect(anew.hasChanged && anew.value.id != first.id)
        #expect(try world.store.read { try $0.delegations(DelegationQuery()) }.count == 1)
    }

    @Test func `use is noted once a day, without raising the revision`() throws {
        let world = try DelegationWorld()
        let delegation = try world.give().value
        let revision = try world.store.read { try $0.revision }
        func lastUsed() throws -> Timestamp? {
            try world.store.read { try $0.delegations(DelegationQuery()) }.first?.lastUsed
        }
        for (offset, expected) in [(0, 0), (100, 0), (86_399, 0), (86_400, 86_400)] as [(Int64, Int64)] {
            try world.store.transaction {
                try $0.noteUse(of: [delegation], at: DelegationWorld.now + Seconds(offset))
            }
            #expect(try lastUsed() == DelegationWorld.now + Seconds(expected))
        }
        #expect(try world.store.read { try $0.revision } == revision)
    }

    // MARK: Property

    /// The promise: revoking anything removes exactly the tokens that rested on it.
    @Test(arguments: 1...12)
    func `revoking one thing removes exactly what rested on it`(seed: Int) throws {
        let names = (0..<4).map { "acme:s\($0)" }
        let world = try DelegationWorld(scopes: names)
        var draws = SeededDraws(seed: UInt64(seed))
        let acme: Set<ScopePrefix> = [try ScopePrefix(parsing: "acme")]
        var bundles: [(id: ResourceID, scopes: Set<String>)] = try names.map { (try world.own($0), [$0]) }
        for index in 0..<3 {
            let scopes = Set(names.filter { _ in draws.next() % 2 == 0 } + [names[index]])
            let schema = try world.resource("acme-schema-\(index)", bundling: scopes.sorted())
            try world.act {
                try $0.createResource(schema, for: .organisation(world.provider, prefixes: acme))
            }
            bundles.append((schema.identifier, scopes))
        }
        var model: Set<ResourceID> = []
        for bundle in bundles where draws.next() % 3 != 0 {
            try world.act {
                try $0.giveDelegation(of: bundle.id, from: world.consumer, to: world.supplier, by: .operatorsAct)
            }
            model.insert(bundle.id)
        }
        func expected() -> [Bool] {
            names.map { name in bundles.contains { model.contains($0.id) && $0.scopes.contains(name) } }
        }
        #expect(try world.delegated(for: names) == expected())
        for id in draws.shuffled(model.sorted()) {
            if id.ownScope == nil, draws.next() % 2 == 0 {
                try world.act {
                    try $0.deleteResource(id, endingDelegations: true, for: .administrator)
                }
            } else {
                try world.act {
                    try $0.revokeDelegation(of: id, from: world.consumer, to: world.supplier, by: .operatorsAct)
                }
            }
            model.remove(id)
            #expect(try world.delegated(for: names) == expected(), "after \(id)")
        }
    }
}

/// Draws that a seed repeats (SplitMix64).
struct SeededDraws {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Whether one draw of so many falls.
    mutating func falls(oneIn count: UInt64) -> Bool { next() % count == 0 }

    /// The same elements in an order that is drawn.
    mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var rest = elements
        var order: [Element] = []
        while !rest.isEmpty { order.append(rest.remove(at: Int(next() % UInt64(rest.count)))) }
        return order
    }
}
