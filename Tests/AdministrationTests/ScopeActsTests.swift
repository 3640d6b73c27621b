import Administration
import AuditLedger
import JOSE
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

@Suite("Acts on prefixes")
struct PrefixActsTests {
    @Test func `a free prefix is assigned, once and recorded`() throws {
        let world = try World()
        let sequence = try world.lastSequence()
        let revision = try world.revision()
        let outcome = try world.act { try $0.assignPrefix(World.prefix("acme"), to: World.owner) }
        #expect(outcome.hasChanged)
        #expect(outcome.value.owner == World.owner)
        #expect(outcome.value.created == World.now)
        #expect(try world.store.read { try $0.prefixAssignments() } == [outcome.value])
        #expect(try world.revision() == revision + 1)
        let event = try #require(world.events(after: sequence).first)
        #expect(event.kind == .prefixAssigned)
        #expect(event.consumer == World.owner)
        #expect(event.actor == "kari@vakt1")
        #expect(event.details == ["prefix": "acme"])
    }

    @Test func `assigning it again to its owner changes nothing`() throws {
        let world = try World()
        try world.act { try $0.assignPrefix(World.prefix("acme"), to: World.owner) }
        let again = try world.unchanged { try world.act { try $0.assignPrefix(World.prefix("acme"), to: World.owner) } }
        #expect(!again.hasChanged)
    }

    @Test func `a prefix of another is refused`() throws {
        let world = try World()
        try world.act { try $0.assignPrefix(World.prefix("acme"), to: World.owner) }
        try world.refused(.prefixTaken(World.prefix("acme"), owner: World.owner)) {
            try $0.assignPrefix(World.prefix("acme"), to: World.other)
        }
    }

    @Test(arguments: ["idporten", "altinn", "krr", "portvakt"])
    func `a reserved prefix is for the operator's organisation`(name: String) throws {
        let world = try World()
        let prefix = World.prefix(name)
        try world.refused(.prefixReserved(prefix)) { try $0.assignPrefix(prefix, to: World.owner) }
        #expect(try world.act { try $0.assignPrefix(prefix, to: World.operatorOrganisation) }.hasChanged)
    }

    @Test func `an organisation that the register does not know gets none`() throws {
        let world = try World()
        try world.refused(.unknownOrganisation(World.stranger)) {
            try $0.assignPrefix(World.prefix("acme"), to: World.stranger)
        }
    }

    @Test func `a deleted or bankrupt organisation gets one, with a warning`() throws {
        let world = try World()
        let deleted = try world.act { try $0.assignPrefix(World.prefix("a"), to: World.deleted) }
        #expect(deleted.warnings == [.organisationDeleted(World.deleted, CalendarDate(parsing: "2026-01-31"))])
        let bankrupt = try world.act { try $0.assignPrefix(World.prefix("b"), to: World.bankrupt) }
        #expect(bankrupt.warnings == [.organisationInDistress(World.bankrupt)])
        let orphan = try world.act { try $0.assignPrefix(World.prefix("c"), to: World.orphan) }
        #expect(orphan.warnings == [.mainUnitDeleted(World.orphan, mainUnit: World.deleted)])
    }
}

@Suite("Acts on scopes")
struct ScopeActsTests {
    private let name = World.scope("acme:catch/reports.read")

    private func world() throws -> World {
        let world = try World()
        try world.act { try $0.assignPrefix(World.prefix("acme"), to: World.owner) }
        return world
    }

    @Test func `a scope is created under its prefix's owner, and recorded`() throws {
        let world = try world()
        let sequence = try world.lastSequence()
        let fields: [ScopeField: ScopeFieldValue] = [.description: .text("Read"), .maximumTokenAge: .number(30)]
        let scope = try world.act { try $0.createScope(name, fields, origin: "cli") }.value
        #expect(scope.owner == World.owner)
        #expect(scope.maximumTokenAge == 30)
        #expect(scope.created == World.now)
        #expect(try world.store.read { try $0.scope(name) } == scope)
        let event = try #require(world.events(after: sequence).first)
        #expect(event.kind == .scopeCreated)
        #expect(event.scopes == [name])
        #expect(event.consumer == World.owner)
        #expect(event.details == ["after": ["description": "Read", "at_max_age": 30], "origin": "cli"])
    }

    @Test func `a scope under nobody's prefix is refused`() throws {
        let world = try world()
        try world.refused(.prefixUnassigned(World.prefix("other"))) {
            try $0.createScope(World.scope("other:a"), [.description: .text("D")], origin: "cli")
        }
    }

    @Test func `a scope that exists is refused, deactivated too`() throws {
        let world = try world()
        try world.act { try $0.createScope(name, [.description: .text("D")], origin: "cli") }
        try world.refused(.scopeExists(name, isActive: true)) {
            try $0.createScope(name, [.description: .text("D")], origin: "cli")
        }
        try world.act { try $0.setScope(name, active: false) }
        try world.refused(.scopeExists(name, isActive: false)) {
            try $0.createScope(name, [.description: .text("D")], origin: "cli")
        }
    }

    @Test func `all broken rules are reported together`() throws {
        let world = try world()
        try world.refused(
            .scope([.choice(.visibility, found: "x"), .required(.description), .outOfRange(.maximumTokenAge, -1)])
        ) {
            try $0.createScope(name, [.visibility: .text("x"), .maximumTokenAge: .number(-1)], origin: "cli")
        }
    }

    @Test func `a change is recorded with what was and what is`() throws {
        let world = try world()
        try world.act { try $0.createScope(name, [.description: .text("D"), .purpose: .text("P")], origin: "cli") }
        let sequence = try world.lastSequence()
        world.now = World.now + 60
        let scope = try world.act(reason: "Ticket 7") {
            try $0.changeScope(name, [.maximumTokenAge: .number(30), .purpose: .absent, .description: .text("D")])
        }.value
        #expect(scope.lastUpdated == World.now + 60)
        #expect(scope.created == World.now)
        #expect(try world.store.read { try $0.scope(name) } == scope)
        let event = try #require(world.events(after: sequence).first)
        #expect(event.kind == .scopeChanged)
        #expect(
            event.details == [
                "changes": [
                    "at_max_age": ["before": 0, "after": 30], "purpose": ["before": "P", "after": nil],
                ],
                "reason": "Ticket 7",
            ]
        )
    }

    @Test func `a change that changes nothing is none`() throws {
        let world = try world()
        try world.act { try $0.createScope(name, [.description: .text("D")], origin: "cli") }
        let outcome = try world.unchanged { try world.act { try $0.changeScope(name, [.description: .text("D")]) } }
        #expect(!outcome.hasChanged)
    }

    @Test func `deactivating and activating have names of their own, and access stays`() throws {
        let world = try World()
        try world.prepare("acme:catch/reports.read")
        let sequence = try world.lastSequence()
        #expect(try !world.act { try $0.setScope(name, active: false) }.value.isActive)
        #expect(try !world.unchanged { try world.act { try $0.setScope(name, active: false) } }.hasChanged)
        #expect(try world.act { try $0.setScope(name, active: true) }.value.isActive)
        #expect(try world.events(after: sequence).map(\.kind) == [.scopeDeactivated, .scopeActivated])
        #expect(try world.store.read { try $0.access(to: name, of: World.consumer) }?.state == .approved)
    }

    @Test func `a scope that does not exist cannot be changed`() throws {
        let world = try world()
        try world.refused(.unknownScope(name)) { try $0.changeScope(name, [.description: .text("D")]) }
        try world.refused(.unknownScope(name)) { try $0.setScope(name, active: false) }
    }
}

@Suite("Acts on access")
struct AccessActsTests {
    private let name = World.scope("acme:a")

    private func world() throws -> World {
        let world = try World()
        try world.act { administration in
            try administration.assignPrefix(World.prefix("acme"), to: World.owner)
            try administration.createScope(name, [.description: .text("D")], origin: "cli")
        }
        return world
    }

    @Test func `access is granted and recorded`() throws {
        let world = try world()
        let sequence = try world.lastSequence()
        let revision = try world.revision()
        let until = World.now + .days(30)
        let outcome = try world.act {
            try $0.grantAccess(
                to: name,
                for: World.consumer,
                [.validUntil: .time(until), .reason: .text("Agreement")],
                origin: "cli"
            )
        }
        #expect(outcome.hasChanged)
        #expect(outcome.warnings.isEmpty)
        #expect(outcome.value.validUntil == until)
        #expect(try world.store.read { try $0.access(to: name, of: World.consumer) } == outcome.value)
        #expect(try world.revision() == revision + 1)
        let event = try #require(world.events(after: sequence).first)
        #expect(event.kind == .accessGranted)
        #expect(event.scopes == [name])
        #expect(event.consumer == World.consumer)
        #expect(
            event.details == [
                "changes": [
                    "state": ["before": nil, "after": "APPROVED"],
                    "until": ["before": nil, "after": .string("\(until)")],
                    "reason": ["before": nil, "after": "Agreement"],
                ],
                "origin": "cli",
            ]
        )
    }

    @Test func `granting what is granted changes nothing, other limits do`() throws {
        let world = try world()
        try world.act { try $0.grantAccess(to: name, for: World.consumer, [.reason: .text("A")], origin: "cli") }
        let already = try world.unchanged {
            try world.act { try $0.grantAccess(to: name, for: World.consumer, origin: "api") }
        }
        #expect(!already.hasChanged)
        #expect(already.value.origin == "cli")
        let changed = try world.act {
            try $0.grantAccess(to: name, for: World.consumer, [.reason: .text("B")], origin: "api")
        }
        #expect(changed.hasChanged)
        #expect(changed.value.reason == "B")
    }

    @Test func `withdrawing leaves the row, and twice is once`() throws {
        let world = try world()
        try world.act { try $0.grantAccess(to: name, for: World.consumer, origin: "cli") }
        let sequence = try world.lastSequence()
        let outcome = try world.act(reason: "Ended") { try $0.revokeAccess(to: name, for: World.consumer) }
        #expect(outcome.value?.state == .denied)
        #expect(outcome.value?.reason == "Ended")
        #expect(
            try !world.unchanged { try world.act { try $0.revokeAccess(to: name, for: World.consumer) } }.hasChanged
        )
        #expect(try world.events(after: sequence).map(\.kind) == [.accessRevoked])
        #expect(try world.store.read { try $0.access(to: name, of: World.consumer) }?.state == .denied)
    }

    @Test func `withdrawing what was never granted is no fault`() throws {
        let world = try world()
        let outcome = try world.unchanged { try world.act { try $0.revokeAccess(to: name, for: World.consumer) } }
        #expect(outcome.value == nil)
    }

    @Test func `granting again begins a new life without the old limits`() throws {
        let world = try world()
        try world.act {
            try $0.grantAccess(to: name, for: World.consumer, [.validUntil: .time(World.now + 60)], origin: "cli")
            try $0.revokeAccess(to: name, for: World.consumer)
        }
        world.now = World.now + .days(1)
        let again = try world.act { try $0.grantAccess(to: name, for: World.consumer, origin: "file:acme.yaml:3") }
        #expect(again.value.validUntil == nil)
        #expect(again.value.origin == "file:acme.yaml:3")
        #expect(again.value.created == World.now)
        #expect(again.value.lastUpdated == world.now)
    }

    @Test func `the register decides who may have access`() throws {
        let world = try world()
        try world.refused(.unknownOrganisation(World.stranger)) {
            try $0.grantAccess(to: name, for: World.stranger, origin: "cli")
        }
        let deleted = try world.act { try $0.grantAccess(to: name, for: World.deleted, origin: "cli") }
        #expect(deleted.warnings == [.organisationDeleted(World.deleted, CalendarDate(parsing: "2026-01-31"))])
        let bankrupt = try world.act { try $0.grantAccess(to: name, for: World.bankrupt, origin: "cli") }
        #expect(bankrupt.warnings == [.organisationInDistress(World.bankrupt)])
        let subUnit = try world.act { try $0.grantAccess(to: name, for: World.subUnit, origin: "cli") }
        #expect(subUnit.warnings.isEmpty)
    }

    @Test func `access to a deactivated or open scope is granted with a warning`() throws {
        let world = try world()
        try world.act { try $0.changeScope(name, [.isActive: .flag(false), .isAccessibleForAll: .flag(true)]) }
        let outcome = try world.act { try $0.grantAccess(to: name, for: World.consumer, origin: "cli") }
        #expect(outcome.warnings == [.scopeInactive(name), .scopeOpenToAll(name)])
    }

    @Test func `a grant that would be over is refused, one that ends in a second is not`() throws {
        let world = try world()
        try world.refused(.accessEndsInThePast(until: World.now)) {
            try $0.grantAccess(to: name, for: World.consumer, [.validUntil: .time(World.now)], origin: "cli")
        }
        try world.act {
            try $0.grantAccess(to: name, for: World.consumer, [.validUntil: .time(World.now + 1)], origin: "cli")
        }
    }

    @Test func `a grant that breaks a rule is refused`() throws {
        let world = try world()
        let fault = AccessFault.endsBeforeItBegins(from: World.now + 10, until: World.now + 5)
        try world.refused(.access([fault])) {
            try $0.grantAccess(
                to: name,
                for: World.consumer,
                [.validFrom: .time(World.now + 10), .validUntil: .time(World.now + 5)],
                origin: "cli"
            )
        }
        try world.refused(.unknownScope(World.scope("acme:b"))) {
            try $0.grantAccess(to: World.scope("acme:b"), for: World.consumer, origin: "cli")
        }
        try world.refused(.unknownScope(World.scope("acme:b"))) {
            try $0.revokeAccess(to: World.scope("acme:b"), for: World.consumer)
        }
    }

    @Test func `acts of one transaction stand or fall together`() throws {
        let world = try world()
        try world.refused(.unknownOrganisation(World.stranger)) {
            try $0.grantAccess(to: name, for: World.consumer, origin: "cli")
            try $0.grantAccess(to: name, for: World.stranger, origin: "cli")
        }
        #expect(try world.store.read { try $0.access(to: name, of: World.consumer) } == nil)
        let revision = try world.revision()
        try world.act {
            try $0.grantAccess(to: name, for: World.consumer, origin: "cli")
            try $0.grantAccess(to: name, for: World.other, origin: "cli")
        }
        #expect(try world.revision() == revision + 1)
    }
}

@Suite("DESIGN §11: who acted")
struct ActorTests {
    @Test func `the ledger has the system's word, and the claimed name, command and reason beside it`() throws {
        let world = try World()
        world.actor = Actor(
            operatingSystemUser: "root",
            originalUser: "kari",
            host: "vakt1",
            claimed: "ola@example.no",
            command: "portvakt prefix assign"
        )
        let sequence = try world.lastSequence()
        try world.act(reason: "Ticket 1") { try $0.assignPrefix(World.prefix("acme"), to: World.owner) }
        let event = try #require(world.events(after: sequence).first)
        #expect(event.actor == "root@vakt1 (sudo: kari)")
        #expect(
            event.details == [
                "prefix": "acme", "reason": "Ticket 1", "claimed_actor": "ola@example.no",
                "command": "portvakt prefix assign",
            ]
        )
    }
}
