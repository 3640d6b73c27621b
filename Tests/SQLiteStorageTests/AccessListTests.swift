import Administration
import AuditLedger
import Delegations
import JOSE
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("Access lists: acts, tables, ledger")
struct AccessListTests {
    private let world: DelegationWorld
    private let list: AccessListID
    private let resource: ResourceID

    init() throws {
        world = try DelegationWorld()
        list = try AccessListID(owner: world.provider, parsing: "readers")
        resource = try ResourceID(parsing: "acme-catch")
        let world = world
        let stored = try world.resource("acme-catch", bundling: ["acme:a"])
        _ = try world.store.transaction { try $0.put(stored, at: DelegationWorld.now) }
        try world.act { try $0.setAccessList(self.list, name: "Readers") }
    }

    private var admitting: [AccessListID] {
        get throws {
            try world.store.read { try $0.accessLists(admitting: world.consumer, to: resource).map(\.list) }
        }
    }

    private func kinds() throws -> [LedgerEvent.Kind] {
        try world.store.read { reader in
            var kinds: [LedgerEvent.Kind] = []
            try reader.visitEntries(LedgerQuery()) { content in
                if content.event.kind.rawValue.hasPrefix("access_list") { kinds.append(content.event.kind) }
                return true
            }
            return kinds
        }
    }

    @Test func `a list counts for its members and the resources it is connected to, until it does no more`() throws {
        #expect(try admitting.isEmpty)
        try world.act { try $0.addMember(world.consumer, to: list) }
        #expect(try admitting.isEmpty)
        try world.act { try $0.connect(list, to: resource, actions: ["read"]) }
        #expect(try admitting == [list])
        let connections = try world.store.read { try $0.connections(of: list) }
        #expect(connections == [AccessListConnection(resource: resource, actions: ["read"])])
        #expect(try world.act { try $0.removeMember(world.consumer, from: list) })
        #expect(try admitting.isEmpty)
        try world.act { try $0.addMember(world.consumer, to: list) }
        #expect(try world.act { try $0.disconnect(list, from: resource) })
        #expect(try admitting.isEmpty)
        #expect(
            try kinds() == [
                .accessListCreated, .accessListMemberAdded, .accessListConnected, .accessListMemberRemoved,
                .accessListMemberAdded, .accessListDisconnected,
            ]
        )
    }

    @Test func `lists are found by owner, member and resource`() throws {
        try world.act { administration in
            try administration.addMember(world.consumer, to: list)
            try administration.connect(list, to: resource)
            let other = try AccessListID(owner: world.supplier, parsing: "others")
            try administration.setAccessList(other, name: "Others", description: "For others")
        }
        func found(_ query: AccessListQuery) throws -> [String] {
            try world.store.read { try $0.accessLists(query).map(\.id.identifier) }
        }
        #expect(Set(try found(AccessListQuery())) == ["readers", "others"])
        #expect(try found(AccessListQuery(owner: world.provider)) == ["readers"])
        #expect(try found(AccessListQuery(member: world.consumer)) == ["readers"])
        #expect(try found(AccessListQuery(resource: resource)) == ["readers"])
        #expect(try found(AccessListQuery(member: world.supplier)).isEmpty)
    }

    @Test func `what is so already changes neither revision nor ledger`() throws {
        try world.act { administration in
            try administration.addMember(world.consumer, to: list)
            try administration.connect(list, to: resource)
        }
        let before = (try world.store.read { try $0.revision }, try kinds())
        let other = try ResourceID(parsing: "acme-other")
        let changes = try world.act { administration in
            [
                try administration.setAccessList(list, name: "Readers").hasChanged,
                try administration.addMember(world.consumer, to: list).hasChanged,
                try administration.connect(list, to: resource).hasChanged,
                try administration.removeMember(world.supplier, from: list),
                try administration.disconnect(list, from: other),
            ]
        }
        #expect(changes == Array(repeating: false, count: 5))
        #expect(try world.store.read { try $0.revision } == before.0)
        #expect(try kinds() == before.1)
    }

    @Test func `a deleted list leaves nothing behind`() throws {
        try world.act { administration in
            try administration.addMember(world.consumer, to: list)
            try administration.connect(list, to: resource)
            try administration.deleteAccessList(list)
        }
        #expect(try world.store.read { try $0.accessList(list) } == nil)
        #expect(try admitting.isEmpty)
        #expect(throws: AccessListRefusal.unknownList(list)) {
            try world.act { try $0.addMember(world.consumer, to: list) }
        }
    }

    @Test func `refuses what cannot be`() throws {
        let foreign = try AccessListID(owner: world.supplier, parsing: "readers")
        try world.act { try $0.setAccessList(foreign, name: "Readers") }
        #expect(throws: AccessListRefusal.foreignResource(resource, owner: world.provider)) {
            try world.act { try $0.connect(foreign, to: resource) }
        }
        let unknown = try ResourceID(parsing: "acme-unknown")
        #expect(throws: AccessListRefusal.unknownResource(unknown)) {
            try world.act { try $0.connect(list, to: unknown) }
        }
        #expect(throws: AccessListRefusal.action("a b")) {
            try world.act { try $0.connect(list, to: resource, actions: ["a b"]) }
        }
        #expect(throws: AccessListRefusal.text("name")) { try world.act { try $0.setAccessList(list, name: " ") } }
        #expect(throws: AccessListRefusal.text("description")) {
            try world.act { try $0.setAccessList(list, name: "R", description: "a\nb") }
        }
        let stranger = RegisterWorld.number(39)
        #expect(throws: AdministrationRefusal.unknownOrganisation(stranger)) {
            try world.act { try $0.addMember(stranger, to: list) }
        }
    }

    @Test(arguments: ["", "UPPER", "with space", "ø", String(repeating: "a", count: 65)])
    func `an identifier is 1 to 64 of a few characters`(identifier: String) {
        #expect(throws: AccessListID.ParseError.self) { try AccessListID(owner: world.provider, parsing: identifier) }
        #expect(throws: AccessListID.ParseError.self) { try AccessListID(parsing: "\(world.provider):\(identifier)") }
    }
}
