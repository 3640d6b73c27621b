import Administration
import AuditLedger
import Clients
import JOSE
import LibCrypto
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

@Suite("Acts on clients")
struct ClientActsTests {
    private let id = World.id("0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11")
    private let identifiers = ClientIDSource { (0x0b1f_4c1e_2f5f_0d4e, 0x1f21_6f0f_5a0a_7a11) }

    private func world() throws -> World {
        let world = try World()
        try world.prepare("acme:a", "acme:b")
        return world
    }

    private func drafted(_ scopes: String...) -> ClientDraft {
        ClientDraft(owner: World.consumer, name: "payroll", scopes: scopes.map(World.scope))
    }

    @Test func `a client without a key authenticates by certificate`() throws {
        let world = try world()
        let sequence = try world.lastSequence()
        let outcome = try world.act { try $0.createClient(drafted("acme:a"), identifiers: identifiers) }
        #expect(outcome.value.id == id)
        #expect(outcome.value.authentication == .certificate)
        #expect(outcome.warnings.isEmpty)
        #expect(try world.store.read { try $0.client(id) } == outcome.value)
        let event = try #require(world.events(after: sequence).first)
        #expect(event.kind == .clientCreated)
        #expect(event.client == id)
        #expect(event.consumer == World.consumer)
        #expect(event.details["after"]?["scopes"] == ["acme:a"])
    }

    @Test func `a client is created together with its keys`() throws {
        let world = try world()
        let sequence = try world.lastSequence()
        let client = try world.act {
            try $0.createClient(drafted("acme:a"), keys: [World.jwk("k1"), World.jwk("k2", World.otherKey)])
        }.value
        #expect(client.authentication == .registeredKey)
        #expect(client.keys.map(\.id.rawValue) == ["k1", "k2"])
        #expect(try world.store.read { try $0.client(client.id) } == client)
        let events = try world.events(after: sequence)
        #expect(events.map(\.kind) == [.clientCreated, .clientKeyAdded, .clientKeyAdded])
        #expect(events[1].details["kid"] == "k1")
        #expect(events[1].details["thumbprint"] == .string(World.jwk("k1").thumbprint()))
        #expect(events[1].details["renewed"] == nil)
    }

    @Test func `the ledger never holds a key`() throws {
        let world = try world()
        let jwk = World.jwk("k1")
        let client = try world.act { try $0.createClient(drafted("acme:a"), keys: [jwk]) }.value
        try world.act { _ = try $0.removeKey(World.kid("k1"), from: client.id) }
        let coordinates = ["x", "y"].compactMap { jwk.object[$0]?.string }
        #expect(coordinates.count == 2)
        for event in try world.events() {
            let text = JSONValue.object(event.details).text()
            for coordinate in coordinates { #expect(!text.contains(coordinate)) }
        }
    }

    @Test func `all faults are reported together and nothing is kept`() throws {
        let world = try world()
        var draft = drafted("acme:a", "acme:c", "other:x")
        draft.name = ""
        draft.accessTokenLifetime = 0
        draft.owner = World.other
        draft.id = World.id("eidas-x")
        try world.refused(
            .client([
                .identifier("eidas-x"), .required(.name),
                .outOfRange(.accessTokenLifetime, 0, allowed: ClientRules.lifetimes),
                .scopeNotGranted(World.scope("acme:a"), to: World.other), .unknownScope(World.scope("acme:c")),
                .unknownScope(World.scope("other:x")),
            ])
        ) {
            try $0.createClient(draft)
        }
        #expect(try world.store.read { try $0.clients(ClientQuery()) }.isEmpty)
    }

    @Test func `an identifier stands once`() throws {
        let world = try world()
        var draft = drafted("acme:a")
        draft.id = World.id("oidc_old")
        #expect(try world.act { try $0.createClient(draft) }.value.id.rawValue == "oidc_old")
        try world.refused(.client([.identifierTaken(World.id("oidc_old"))])) { try $0.createClient(draft) }
    }

    @Test func `a bad key refuses the whole client`() throws {
        let world = try world()
        try world.refused(.key(.over(expires: World.now, now: World.now))) {
            try $0.createClient(drafted("acme:a"), keys: [World.jwk("k1"), World.jwk("k2", expires: World.now)])
        }
        try world.refused(.key(.keyIDTaken(World.kid("k1")))) {
            try $0.createClient(drafted("acme:a"), keys: [World.jwk("k1"), World.jwk("k1", World.otherKey)])
        }
    }

    @Test func `scopes follow the rules of §5.6, from the store's facts`() throws {
        let world = try world()
        let open = World.scope("acme:open")
        let delegable = World.scope("acme:delegable")
        let krr = World.scope("acme:krr")
        try world.act { administration in
            try administration.createScope(
                open,
                [.description: .text("D"), .isAccessibleForAll: .flag(true)],
                origin: "cli"
            )
            let source = ScopeFieldValue.text("internal")
            try administration.createScope(
                delegable,
                [.description: .text("D"), .delegationSource: source],
                origin: "cli"
            )
            let types = ScopeFieldValue.list(["krr"])
            try administration.createScope(
                krr,
                [.description: .text("D"), .allowedIntegrationTypes: types],
                origin: "cli"
            )
            try administration.grantAccess(to: krr, for: World.other, origin: "cli")
        }
        var draft = ClientDraft(owner: World.other, name: "x", scopes: [open, delegable])
        #expect(try world.act { try $0.createClient(draft) }.hasChanged)
        draft.scopes = [krr]
        try world.refused(.client([.integrationTypeConflict(krr, allowed: ["krr"])])) { try $0.createClient(draft) }
    }

    @Test func `a grant that ended gives no scope, one that begins later does`() throws {
        let world = try world()
        let name = World.scope("acme:a")
        try world.act {
            try $0.grantAccess(to: name, for: World.other, [.validUntil: .time(World.now + 10)], origin: "cli")
        }
        let draft = ClientDraft(owner: World.other, name: "x", scopes: [name])
        world.now = World.now + 10
        try world.refused(.client([.scopeNotGranted(name, to: World.other)])) { try $0.createClient(draft) }
        try world.act {
            try $0.grantAccess(
                to: name,
                for: World.other,
                [.validFrom: .time(world.now + 100), .validUntil: .absent],
                origin: "cli"
            )
        }
        #expect(try world.act { try $0.createClient(draft) }.hasChanged)
    }

    @Test func `with a supplier the grant is the supplier's`() throws {
        let world = try world()
        var draft = ClientDraft(owner: World.other, name: "x", scopes: [World.scope("acme:a")])
        draft.supplier = World.consumer
        let client = try world.act { try $0.createClient(draft) }.value
        #expect(client.supplier == World.consumer)
        draft.supplier = World.stranger
        try world.refused(.unknownOrganisation(World.stranger)) { try $0.createClient(draft) }
    }

    @Test func `the register decides who may own a client`() throws {
        let world = try world()
        try world.refused(.unknownOrganisation(World.stranger)) {
            try $0.createClient(ClientDraft(owner: World.stranger, name: "x"))
        }
        let deleted = try world.act { try $0.createClient(ClientDraft(owner: World.deleted, name: "x")) }
        #expect(deleted.warnings == [.organisationDeleted(World.deleted, CalendarDate(parsing: "2026-01-31"))])
    }

    @Test func `a sub-unit's client needs a key, which certificates of the main unit cannot replace`() throws {
        let world = try world()
        let draft = ClientDraft(owner: World.subUnit, name: "x")
        let outcome = try world.act { try $0.createClient(draft) }
        #expect(outcome.warnings == [.subUnitNeedsKey(outcome.value.id, World.subUnit)])
        let withKey = try world.act { try $0.createClient(draft, keys: [World.jwk("k1")]) }
        #expect(withKey.warnings.isEmpty)
    }

    @Test func `disabling and enabling are recorded, and twice is once`() throws {
        let world = try world()
        let id = try world.act { try $0.createClient(drafted("acme:a")) }.value.id
        let sequence = try world.lastSequence()
        #expect(try !world.act { try $0.disableClient(id) }.value.isActive)
        #expect(try !world.unchanged { try world.act { try $0.disableClient(id) } }.hasChanged)
        #expect(try world.act { try $0.enableClient(id) }.value.isActive)
        #expect(try !world.unchanged { try world.act { try $0.enableClient(id) } }.hasChanged)
        let events = try world.events(after: sequence)
        #expect(events.map(\.kind) == [.clientDisabled, .clientEnabled])
        #expect(events[0].details["changes"] == ["active": ["before": true, "after": false]])
    }

    @Test func `a change is recorded with what was and what is`() throws {
        let world = try world()
        let client = try world.act { try $0.createClient(drafted("acme:a")) }.value
        let sequence = try world.lastSequence()
        world.now = World.now + 60
        var draft = ClientDraft(client)
        draft.name = "payroll-2"
        draft.scopes = [World.scope("acme:b"), World.scope("acme:a")]
        let changed = try world.act { try $0.changeClient(client.id, to: draft) }.value
        #expect(changed.lastUpdated == World.now + 60)
        #expect(try world.store.read { try $0.client(client.id) } == changed)
        let event = try #require(world.events(after: sequence).first)
        #expect(event.kind == .clientChanged)
        #expect(
            event.details["changes"] == [
                "client_name": ["before": "payroll", "after": "payroll-2"],
                "scopes": ["before": ["acme:a"], "after": ["acme:b", "acme:a"]],
            ]
        )
        #expect(try !world.unchanged { try world.act { try $0.changeClient(client.id, to: draft) } }.hasChanged)
    }

    @Test func `what cannot change is refused`() throws {
        let world = try world()
        let client = try world.act { try $0.createClient(drafted("acme:a")) }.value
        var draft = ClientDraft(client)
        draft.owner = World.other
        draft.integrationType = .idporten
        try world.refused(.client([.immutable(.owner), .immutable(.integrationType)])) {
            try $0.changeClient(client.id, to: draft)
        }
    }

    @Test func `a withdrawn grant hinders new scopes, not the scopes that are there`() throws {
        let world = try world()
        let client = try world.act { try $0.createClient(drafted("acme:a")) }.value
        try world.act {
            try $0.revokeAccess(to: World.scope("acme:a"), for: World.consumer)
            try $0.revokeAccess(to: World.scope("acme:b"), for: World.consumer)
        }
        var draft = ClientDraft(client)
        draft.name = "other"
        #expect(try world.act { try $0.changeClient(client.id, to: draft) }.hasChanged)
        draft.scopes.append(World.scope("acme:b"))
        try world.refused(.client([.scopeNotGranted(World.scope("acme:b"), to: World.consumer)])) {
            try $0.changeClient(client.id, to: draft)
        }
    }

    @Test func `a client that does not exist is refused by name`() throws {
        let world = try world()
        try world.refused(.unknownClient(id)) { try $0.disableClient(id) }
        try world.refused(.unknownClient(id)) { try $0.enableClient(id) }
        try world.refused(.unknownClient(id)) { try $0.changeClient(id, to: drafted()) }
        try world.refused(.unknownClient(id)) { _ = try $0.addKey(World.jwk("k1"), to: id) }
        try world.refused(.unknownClient(id)) { try $0.removeKey(World.kid("k1"), from: id) }
        try world.refused(.unknownClient(id)) { try $0.replaceKeys(with: [World.jwk("k1")], on: id) }
        try world.refused(.unknownClient(id)) { try $0.resetToCertificate(id) }
    }
}

@Suite("Acts on keys of clients")
struct ClientKeyActsTests {
    private func world() throws -> (World, ClientID) {
        let world = try World()
        let draft = ClientDraft(owner: World.consumer, name: "payroll")
        return (world, try world.act { try $0.createClient(draft) }.value.id)
    }

    @Test func `a key is added, renewed and taken away`() throws {
        let (world, id) = try world()
        let sequence = try world.lastSequence()
        let revision = try world.revision()
        let added = try world.act { try $0.addKey(World.jwk("k1"), to: id) }
        #expect(added.addition == .added)
        #expect(added.outcome.value.authentication == .registeredKey)
        world.now = World.now + .days(300)
        let renewed = try world.act { try $0.addKey(World.jwk("k1"), to: id) }
        #expect(renewed.addition == .renewed)
        #expect(renewed.outcome.value.keys.map(\.expires) == [world.now + .days(365)])
        let removed = try world.act { try $0.removeKey(World.kid("k1"), from: id) }
        #expect(removed.value.keys.isEmpty)
        #expect(removed.value.authentication == .registeredKey)
        #expect(removed.warnings == [.noKeyLeft(id)])
        #expect(try world.store.read { try $0.client(id) } == removed.value)
        #expect(try world.revision() == revision + 3)
        let events = try world.events(after: sequence)
        #expect(events.map(\.kind) == [.clientKeyAdded, .clientKeyAdded, .clientKeyRemoved])
        #expect(events.map { $0.details["renewed"] } == [nil, true, nil])
        #expect(events.allSatisfy { $0.client == id && $0.details["kid"] == "k1" })
    }

    @Test func `a key that is not there cannot be removed`() throws {
        let (world, id) = try world()
        try world.refused(.key(.unknown(World.kid("k1")))) { try $0.removeKey(World.kid("k1"), from: id) }
    }

    @Test func `a set replaces all keys, each recorded as what it is`() throws {
        let (world, id) = try world()
        try world.act { administration in
            _ = try administration.addKey(World.jwk("k1"), to: id)
            _ = try administration.addKey(World.jwk("k2", World.otherKey), to: id)
        }
        let sequence = try world.lastSequence()
        let client = try world.act {
            try $0.replaceKeys(with: [World.jwk("k2", World.otherKey), World.jwk("k3")], on: id)
        }.value
        #expect(client.keys.map(\.id.rawValue) == ["k2", "k3"])
        #expect(try world.store.read { try $0.client(id) } == client)
        let events = try world.events(after: sequence)
        #expect(events.map(\.kind) == [.clientKeyRemoved, .clientKeyAdded, .clientKeyAdded])
        #expect(events.map { $0.details["kid"] } == ["k1", "k2", "k3"])
        #expect(events.map { $0.details["renewed"] } == [nil, true, nil])
        try world.refused(.key(.emptySet)) { try $0.replaceKeys(with: [], on: id) }
    }

    @Test func `in a set another key may take an old one's kid`() throws {
        let (world, id) = try world()
        _ = try world.act { try $0.addKey(World.jwk("k1"), to: id) }
        let sequence = try world.lastSequence()
        try world.act { try $0.replaceKeys(with: [World.jwk("k1", World.otherKey)], on: id) }
        let events = try world.events(after: sequence)
        #expect(events.map(\.kind) == [.clientKeyRemoved, .clientKeyAdded])
        #expect(events[0].details["thumbprint"] != events[1].details["thumbprint"])
    }

    @Test func `the way back to certificates is an act of its own, recorded with the keys it takes`() throws {
        let (world, id) = try world()
        _ = try world.act { try $0.addKey(World.jwk("k1"), to: id) }
        let sequence = try world.lastSequence()
        let client = try world.act { try $0.resetToCertificate(id) }.value
        #expect(client.authentication == .certificate)
        #expect(client.keys.isEmpty)
        #expect(try world.store.read { try $0.client(id) } == client)
        let events = try world.events(after: sequence)
        #expect(events.map(\.kind) == [.clientKeyRemoved, .clientChanged])
        #expect(
            events[1].details["changes"] == ["authentication": ["before": "registered_key", "after": "certificate"]]
        )
        #expect(try !world.unchanged { try world.act { try $0.resetToCertificate(id) } }.hasChanged)
    }
}
