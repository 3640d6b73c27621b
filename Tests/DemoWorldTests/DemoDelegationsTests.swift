import Scopes
import Delegations
import DemoWorld
import Foundation
import JOSE
import SQLiteStorage
import Testing
import Vocabulary

@Suite("DESIGN §1: who may act for whom in the demo world", .demoWorld)
struct DemoDelegationsTests {
    private static let now = DemoWorldScope.now
    private let consumer = try? OrganisationNumber(parsing: "311001213")
    private let supplier = try? OrganisationNumber(parsing: "311001078")

    private func withWorld(_ body: (SQLiteStore, JSONValue) throws -> Void) throws {
        let world = try #require(DemoWorldScope.world)
        let store = try SQLiteStore(DataFolder(path: world.dataFolder), opening: .migrate)
        defer { try? store.close() }
        let text = try Data(contentsOf: URL(filePath: world.dataFolder + "/demo/world.json"))
        try body(store, try #require(JSONValue(parsing: Array(text))["delegations"]))
    }

    @Test func `the supplier has a live delegation, given by the director, and the consumer has the scope`() throws {
        try withWorld { store, told in
            let (consumer, supplier) = (try #require(consumer), try #require(supplier))
            let scope = try ScopeName(parsing: "demo:fangst.read")
            let found = try store.read {
                try $0.delegations(DelegationQuery(consumer: consumer, supplier: supplier, scope: scope))
            }
            let delegation = try #require(found.first)
            #expect(found.count == 1)
            #expect(delegation.isInForce(at: Self.now))
            #expect(told["delegation"]?["id"]?.string == "\(delegation.id)")
            guard case .person(let person) = delegation.basis else {
                Issue.record("the operator gave it")
                return
            }
            let roles = try store.read { try RoleRules($0).roles(of: .person(person), for: consumer) }
            #expect(roles.contains { $0.role == "DAGL" })
            #expect(try store.read { try $0.access(to: scope, of: consumer) }?.state == .approved)
        }
    }

    @Test func `the vendor's client finds its system user, and another request waits`() throws {
        try withWorld { store, told in
            let (consumer, supplier) = (try #require(consumer), try #require(supplier))
            let client = try #require(DemoWorldScope.world?.clients.first { $0.name == "lonn" })
            let found = try store.read {
                try SystemUserLookup($0).systemUser(
                    ofClient: client.id,
                    vendor: supplier,
                    owner: consumer,
                    externalRef: nil
                )
            }
            let user = try found.get()
            #expect(told["system_user"]?["id"]?.string == user.id.uuidString.lowercased())
            let waiting = try store.read { try $0.systemUserRequests(to: consumer) }.filter {
                $0.status(at: Self.now) == .new
            }
            #expect(waiting.count == 1)
            let page = try #require(told["waiting"]?["system_user"]?.string)
            #expect(page == waiting.first?.confirmURL(portal: "http://127.0.0.1:7491/"))
        }
    }

    @Test func `the bank has a consent that can be used, and another that waits`() throws {
        try withWorld { store, told in
            let consumer = try #require(consumer)
            let bank = try OrganisationNumber(parsing: "311001140")
            let consents = try store.read { try $0.consents(ConsentQuery(from: .organisation(consumer), to: bank)) }
            let statuses = consents.map { $0.status(at: Self.now).rawValue }.sorted()
            #expect(statuses == ["Accepted", "Created"])
            let accepted = try #require(consents.first { $0.answer == .accepted })
            #expect(accepted.impediments(from: .organisation(consumer), to: bank, at: Self.now).isEmpty)
            #expect(told["consent"]?["id"]?.string == accepted.id.uuidString.lowercased())
        }
    }

    @Test func `no national identity number stands in the database`() throws {
        let world = try #require(DemoWorldScope.world)
        let text = try Data(contentsOf: URL(filePath: world.dataFolder + "/demo/world.json"))
        let persons = try JSONValue(parsing: Array(text))["persons"]?.array ?? []
        #expect(persons.count > 2)
        for file in ["portvakt.db", "portvakt.db-wal"] {
            guard let bytes = try? Data(contentsOf: URL(filePath: world.dataFolder + "/" + file)) else { continue }
            for person in persons {
                let number = try #require(person["national_identity_number"]?.string)
                #expect(bytes.range(of: Data(number.utf8)) == nil, "\(file)")
            }
        }
    }
}
