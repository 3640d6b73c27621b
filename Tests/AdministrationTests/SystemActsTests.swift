import Administration
import AuditLedger
import Clients
import Delegations
import JOSE
import SQLiteStorage
import Testing
import Vocabulary

@Suite("The system register (altinn.md §6.2)")
struct SystemActsTests {
    private let world: World

    init() throws {
        world = try World()
        try world.prepareSystemUsers()
    }

    private func rules(_ changes: JSONObject) throws -> [SystemRule?] {
        var found: [SystemRule?] = []
        try world.unchanged {
            do {
                try world.act { try $0.registerSystem(World.draft(changes)) }
                Issue.record("the system was registered")
            } catch let faults as SystemFaults { found = faults.faults.map(\.rule) }
        }
        return found
    }

    private func right(_ resource: String, _ action: String? = nil) -> JSONValue {
        var right: JSONObject = ["resource": [["id": "urn:altinn:resource", "value": .string(resource)]]]
        right["action"] = action.map { .string($0) }
        return .object(right)
    }

    @Test func `a registered system is found by its client, and has a change log and a ledger entry`() throws {
        let stored = try #require(try world.store.read { try $0.system(ofClient: World.systemClient) })
        #expect(stored.id == World.system)
        #expect(stored.vendor == World.vendor)
        #expect(stored.rights.map(\.description) == ["acme-income", "acme-secret", "acme-schema"])
        #expect(try world.store.read { try $0.changes(of: World.system) }.map(\.kind) == [.create])
        let entry = try #require(try world.events().last)
        #expect(entry.kind == .systemRegistered)
        #expect(entry.consumer == World.vendor)
    }

    @Test func `each of the ten validation errors`() throws {
        let free: JSONObject = ["id": .string("\(World.vendor)_other"), "clientId": []]
        func with(_ name: String, _ value: JSONValue) -> JSONObject {
            var changes = free
            changes[name] = value
            return changes
        }
        #expect(try rules(with("vendor", ["ID": .string("\(World.vendor)")])) == [.vendorForm])
        #expect(try rules(with("id", "payroll")) == [.identifierForm])
        #expect(try rules(with("id", .string("\(World.consumer)_payroll"))) == [.identifierForm])
        #expect(try rules(with("id", .string(World.system.rawValue))) == [.identifierTaken])
        #expect(try rules(with("rights", [right("acme-nothing")])) == [.resourceUnknown])
        #expect(try rules(with("clientId", [.string(World.systemClient.rawValue)])) == [.clientTaken])
        #expect(try rules(with("clientId", ["22222222-2222-4222-8222-222222222222"])) == [.clientTaken])
        #expect(try rules(with("allowedRedirectUrls", ["http://vendor.example.no/"])) == [.redirectForm])
        #expect(
            try rules(with("rights", [right("acme-income", "read"), right("acme-income", "READ")])) == [.rightTwice]
        )
        let package: JSONValue = ["urn": "urn:altinn:accesspackage:regnskapsforer-lonn"]
        #expect(try rules(with("accessPackages", [package, package])) == [.packageTwice])
        #expect(try rules(with("accessPackages", [["urn": "urn:altinn:accesspackage:nothing"]])) == [.packageUnknown])
        // Known, and not to be delegated on.
        #expect(
            try rules(with("accessPackages", [["urn": "urn:altinn:accesspackage:maskinporten-scopes"]]))
                == [.packageUnknown]
        )
        #expect(
            try rules(with("rights", [["resource": [["id": "urn:altinn:org", "value": "acme-income"]]]]))
                == [.resourceForm]
        )
        #expect(SystemRule.allCases.map(\.rawValue) == Array(0...9))
    }

    @Test func `all faults are told together`() throws {
        let found = try rules([
            "vendor": ["ID": "x"], "rights": [right("acme-nothing")], "allowedRedirectUrls": ["ftp://x"],
        ])
        #expect(found == [.vendorForm, .resourceUnknown, .redirectForm])
    }

    @Test func `only the vendor changes its system`() throws {
        try world.refused(.notOwned, about: World.system.rawValue) {
            try $0.setRights([], ofSystem: World.system, by: World.consumer)
        }
        try world.act { try $0.setRights([], ofSystem: World.system, by: World.vendor) }
        try world.act { try $0.setPackages(["teknisk-samhandling-digdir"], ofSystem: World.system, by: World.vendor) }
        let stored = try #require(try world.store.read { try $0.system(World.system) })
        #expect(stored.rights.isEmpty)
        #expect(stored.packages == ["teknisk-samhandling-digdir"])
        #expect(
            try world.store.read { try $0.changes(of: World.system) }.map(\.kind)
                == [.create, .rightsUpdate, .accessPackagesUpdate]
        )
        try world.unchanged {
            let again = try world.act { try $0.setPackages(stored.packages, ofSystem: World.system) }
            #expect(!again.hasChanged)
        }
    }

    @Test func `deleting a system denies what waits, ends its system users and keeps its identifier`() throws {
        let draft = SystemUserRequestDraft(
            system: World.system,
            customer: World.consumer,
            rights: [SystemRight(resource: World.income)]
        )
        let accepted = try world.act { try $0.requestSystemUser(draft, kind: .standard).value }
        try world.act { try $0.approveSystemUserRequest(accepted.id, on: .operatorsAct) }
        var other = draft
        other.externalRef = "second"
        let waiting = try world.act { try $0.requestSystemUser(other, kind: .standard).value }
        try world.act { try $0.deleteSystem(World.system, by: World.vendor) }
        let (system, holder, user, request) = try world.store.read { reader in
            (
                try reader.system(World.system), try reader.system(ofClient: World.systemClient),
                try reader.systemUser(accepted.id), try reader.systemUserRequest(waiting.id)
            )
        }
        #expect(system?.isDeleted == true)
        #expect(holder == nil)
        #expect(user?.isDeleted == true)
        #expect(request?.answer == .denied)
        #expect(try rules([:]) == [.identifierTaken])
    }
}
