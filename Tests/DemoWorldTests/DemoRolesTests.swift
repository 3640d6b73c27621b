import Delegations
import DemoWorld
import Foundation
import JOSE
import SQLiteStorage
import Server
import Testing
import Vocabulary

@Suite("The demo world's persons have their roles", .demoWorld)
struct DemoRolesTests {
    @Test func `every person of world.json has the roles that it names, under the key of the installation`() throws {
        let world = try #require(DemoWorldScope.world)
        let store = try SQLiteStore(DataFolder(path: world.dataFolder), opening: .requireCurrent)
        defer { try? store.close() }
        let key = try PseudonymKeyFile.readOrMake(in: world.dataFolder, isUsed: true)
        let bytes = try Data(contentsOf: URL(filePath: world.dataFolder + "/demo/world.json"))
        let persons = try #require(try JSONValue(parsing: Array(bytes))["persons"]?.array)
        #expect(persons.count >= 5)
        for person in persons {
            let text = try #require(person["national_identity_number"]?.string)
            let number = try #require(NationalIdentityNumber(parsing: text))
            #expect(number.isSynthetic, "nobody real is meant")
            for role in try #require(person["roles"]?.array) {
                let organisation = try OrganisationNumber(parsing: try #require(role["organisation"]?.string))
                let code = try #require(role["role"]?.string.flatMap { RoleCode(parsing: $0) })
                let held = try store.read {
                    try RoleRules($0).roles(of: .person(key.pseudonym(of: number)), for: organisation)
                }
                #expect(held.contains { $0.role == code && $0.path.isDirect })
            }
        }
    }

    @Test func `the accountant's managing director reaches the client, and its own organisation's API role`() throws {
        let world = try #require(DemoWorldScope.world)
        let store = try SQLiteStore(DataFolder(path: world.dataFolder), opening: .requireCurrent)
        defer { try? store.close() }
        let accountant = try OrganisationNumber(parsing: "311001078")
        let client = try OrganisationNumber(parsing: "311001213")
        let director = try #require(
            try store.read { try $0.assignments(of: accountant) }.first { $0.role == "DAGL" }?.holder
        )
        let codes = try store.read { Set(try RoleRules($0).roles(of: director, for: client).map(\.role)) }
        #expect(codes == ["REGN", "A0239", "A0240", "A0241"])
        #expect(
            try store.read { try RoleRules($0).roles(of: director, for: accountant) }.contains { $0.role == "APIADM" }
        )
    }

    @Test func `the key of the pseudonyms is the owner's alone`() throws {
        let world = try #require(DemoWorldScope.world)
        let path = PseudonymKeyFile.path(in: world.dataFolder)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
