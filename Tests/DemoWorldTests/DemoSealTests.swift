import DemoWorld
import EnterpriseCertificates
import Foundation
import JOSE
import LibCrypto
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

@Suite("Spec §8.7: the demo world has a European organisation with an electronic seal", .demoWorld)
struct DemoSealTests {
    private struct Holder {
        let world: DemoWorld
        let folder: String
        let chain: [[UInt8]]
        let certificate: Certificate

        init() throws {
            let world = try #require(DemoWorldScope.world)
            self.world = world
            folder = world.dataFolder + "/demo/seals/svensk-fiskhandel"
            let passphrase = try String(contentsOfFile: folder + "/password", encoding: .utf8)
            let container = try PKCS12(
                der: Array(Data(contentsOf: URL(filePath: folder + "/certificate.p12"))),
                passphrase: Secret(passphrase.trimmingCharacters(in: .newlines))
            )
            chain = [container.certificateDER] + container.chainDER
            certificate = try Certificate(der: container.certificateDER)
        }
    }

    @Test func `its seal is proved by the anchors of seals and by no other folder`() throws {
        let holder = try Holder()
        let folder = holder.world.dataFolder + "/keys/trust/test"
        let seals = try ElectronicSealValidator(trust: TrustStore(directory: folder + "-eseal"), revocation: .crlFiles)
        let seal = try seals.validate(holder.chain, at: DemoWorldScope.now)
        #expect(seal.legalPerson.identifier == "NTRSE-5560000001")
        #expect(seal.legalPerson.country == "SE")
        #expect(seal.isQualified)
        let enterprise = try EnterpriseCertificateValidator(
            trust: TrustStore(directory: folder),
            revocation: .crlFiles
        )
        let rejection = #expect(throws: CertificateRejection.self) {
            try enterprise.validate(holder.chain, at: DemoWorldScope.now)
        }
        #expect(rejection?.reason == "certificate_untrusted")
        for client in holder.world.clients {
            let path = client.folder + "/chain.pem"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let chain = try Certificate.all(in: Array(Data(contentsOf: URL(filePath: path)))).map(\.der)
            #expect(!seals.recognises(chain))
        }
    }

    @Test func `its file of variables asks for a scope that is open to seals, as nobody's client`() throws {
        let holder = try Holder()
        let text = try String(contentsOfFile: holder.folder + "/.env", encoding: .utf8)
        #expect(text.contains("MASKINPORTEN_CLIENT_ID=svensk-fiskhandel\n"))
        #expect(text.contains("MASKINPORTEN_SCOPES=demo:tollkvoter.read\n"))
        #expect(text.contains("MASKINPORTEN_PKCS12_PATH=\(holder.folder)/certificate.p12\n"))
        let store = try SQLiteStore(DataFolder(path: holder.world.dataFolder), opening: .migrate)
        defer { try? store.close() }
        let open = try store.read { try $0.scopes(ScopeQuery()) }.filter(\.supportsEuropeanBusinesses)
        #expect(open.map(\.name.rawValue) == ["demo:tollkvoter.read"])
        #expect(try store.read { try $0.client(ClientID(parsing: "svensk-fiskhandel")) } == nil)
    }

    @Test func `world.json names it`() throws {
        let holder = try Holder()
        let bytes = try Data(contentsOf: URL(filePath: holder.world.dataFolder + "/demo/world.json"))
        let seals = try JSONValue(parsing: Array(bytes))["seals"]?.array ?? []
        #expect(seals.count == 1)
        #expect(seals.first?["folder"]?.string == "seals/svensk-fiskhandel")
        #expect(seals.first?["organisation"]?.string == "NTRSE-5560000001")
    }

    @Test func `the demo's issuers know it, and can revoke it once`() throws {
        try DemoWorldScope.withNewWorld { world in
            let path = world.dataFolder + "/demo/seals/svensk-fiskhandel/chain.pem"
            let chain = try Certificate.all(in: Array(Data(contentsOf: URL(filePath: path))))
            let authorities = try #require(try DemoAuthorities(dataFolder: world.dataFolder))
            let leaf = try #require(chain.first)
            #expect(try authorities.revoke(leaf, at: DemoWorldScope.now))
            #expect(try !authorities.revoke(leaf, at: DemoWorldScope.now))
        }
    }
}
