import Administration
import Clients
import DemoWorld
import EnterpriseCertificates
import Foundation
import JOSE
import LibCrypto
import Organisations
import SQLiteStorage
import Scopes
import Server
import Testing
import TokenIssuance
import Vocabulary

@Suite("DESIGN §1: the demo world is honest", .demoWorld)
struct DemoWorldTests {
    private static let now = DemoWorldScope.now

    /// The world that all tests of the suite look at.
    private func withWorld(_ body: (DemoWorld, SQLiteStore, URL) throws -> Void) throws {
        let world = try #require(DemoWorldScope.world)
        let store = try SQLiteStore(DataFolder(path: world.dataFolder), opening: .migrate)
        defer { try? store.close() }
        try body(world, store, URL(filePath: world.dataFolder))
    }

    private func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }

    @Test func `the register has live, deleted, bankrupt and winding-up units, and sub-units`() throws {
        try withWorld { _, _, folder in
            let mainUnits = try JSONValue(parsing: bytes(folder.path + "/demo/enheter.json")).array ?? []
            let subUnits = try JSONValue(parsing: bytes(folder.path + "/demo/underenheter.json")).array ?? []
            #expect(mainUnits.count > 300)
            #expect(subUnits.count > 150)
            for unit in mainUnits + subUnits {
                let number = try OrganisationNumber(parsing: try #require(unit["organisasjonsnummer"]?.string))
                #expect("23".contains(number.description.prefix(1)), "\(number) could be a real organisation's")
            }
            #expect(mainUnits.contains { $0["slettedato"] != nil })
            #expect(mainUnits.contains { $0["konkurs"]?.bool == true })
            #expect(mainUnits.contains { $0["underAvvikling"]?.bool == true })
            #expect(subUnits.allSatisfy { $0["overordnetEnhet"] != nil || $0["slettedato"] != nil })
        }
    }

    @Test func `the register in the store is that of the files`() throws {
        try withWorld { _, store, folder in
            for unit in try JSONValue(parsing: bytes(folder.path + "/demo/enheter.json")).array ?? [] {
                let number = try OrganisationNumber(parsing: try #require(unit["organisasjonsnummer"]?.string))
                let stored = try #require(try store.read { try $0.organisation(number) })
                #expect(stored.name == unit["navn"]?.string)
                #expect(stored.isLive == (unit["slettedato"] == nil))
            }
        }
    }

    @Test func `every owner and consumer of the scope files stands in the register, alive`() throws {
        try withWorld { _, store, _ in
            let files = try ScopeFile.read(
                BundledScopeFiles.all.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) }
            )
            let consumers = files.flatMap(\.scopes).flatMap { $0.access ?? [] }.map(\.consumer)
            let numbers = Set(files.map(\.owner.value) + consumers)
            #expect(numbers.count == 18)
            for number in numbers {
                let standing = try #require(try store.read { try $0.standing(of: number) }, "\(number)")
                #expect(standing.impediment == nil)
                #expect(standing.name.hasPrefix("DEMO "))
            }
        }
    }

    @Test func `applying the scope files again changes nothing`() throws {
        try withWorld { _, store, folder in
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/scopes").sorted()
            let files = try ScopeFile.read(
                names.map { ($0, String(decoding: try bytes(folder.path + "/scopes/\($0)"), as: UTF8.self)) }
            )
            #expect(files.count == BundledScopeFiles.all.count)
            let plan = try store.read { try $0.plan(files) }
            #expect(plan.isEmpty)
        }
    }

    @Test func `every client may have every scope that is on it`() throws {
        try withWorld { world, store, _ in
            #expect(world.clients.count == 10)
            for client in world.clients {
                let stored = try #require(try store.read { try $0.client(client.id) })
                #expect(stored.owner == client.owner)
                for name in stored.scopes {
                    let scope = try #require(try store.read { try $0.scope(name) }, "\(name)")
                    if scope.isAccessibleForAll { continue }
                    let access = try #require(
                        try store.read { try $0.access(to: name, of: client.owner) },
                        "\(client.owner) has no access to \(name)"
                    )
                    #expect(access.impediment(at: Self.now, requiredTerms: scope.requiredTermsVersion) == nil)
                }
            }
        }
    }

    @Test func `a client holds the private half of the key that is registered`() throws {
        try withWorld { world, store, _ in
            var seen = 0
            for client in world.clients {
                let stored = try #require(try store.read { try $0.client(client.id) })
                guard let key = stored.keys.first else { continue }
                seen += 1
                let text = try bytes(client.folder + "/key.jwk")
                let jwk = try JWK.Private(parsing: try #require(JSONValue(parsing: text).object))
                #expect(jwk.key.publicKey == key.publicKey)
                #expect(jwk.publicJWK.keyID == key.id.rawValue)
                let pem = String(decoding: try bytes(client.folder + "/key.pem"), as: UTF8.self)
                #expect(try PrivateKey(pem: pem).publicKey == key.publicKey)
            }
            #expect(seen == 8)
        }
    }

    @Test func `a certificate of the demo world is accepted by its trust folder, and its revoked twin is not`() throws {
        try withWorld { world, _, folder in
            let trust = try TrustStore(directory: folder.path + "/keys/trust/test")
            let validator = try EnterpriseCertificateValidator(trust: trust, revocation: .crlFiles)
            var seen = 0
            for client in world.clients where FileManager.default.fileExists(atPath: client.folder + "/certificate.p12")
            {
                seen += 1
                let current = try container(client.folder + "/certificate.p12", client)
                let certificate = try validator.validate([current.certificateDER] + current.chainDER, at: Self.now)
                #expect(certificate.organisation == client.owner)
                guard FileManager.default.fileExists(atPath: client.folder + "/revoked.p12") else { continue }
                let revoked = try container(client.folder + "/revoked.p12", client)
                let rejection = #expect(throws: CertificateRejection.self) {
                    try validator.validate([revoked.certificateDER] + revoked.chainDER, at: Self.now)
                }
                #expect(rejection?.reason == "certificate_revoked")
            }
            #expect(seen == 2)
        }
    }

    private func container(_ path: String, _ client: DemoWorld.RegisteredClient) throws -> PKCS12 {
        let passphrase = String(decoding: try bytes(client.folder + "/password"), as: UTF8.self)
        return try PKCS12(der: try bytes(path), passphrase: Secret(passphrase.trimmingCharacters(in: .newlines)))
    }

    @Test func `nothing in the folder can be read by others`() throws {
        try withWorld { _, _, folder in
            let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            #expect(paths.count > 40)
            for path in [""] + paths {
                let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/" + path)
                let mode = try #require(attributes[.posixPermissions] as? NSNumber).intValue
                #expect(mode & 0o077 == 0, "\(path) has mode \(String(mode, radix: 8))")
            }
        }
    }

    @Test func `two worlds share no key, no certificate and no client`() throws {
        try withWorld { first, _, _ in
            try DemoWorldScope.withNewWorld { second in
                for (one, other) in zip(first.clients, second.clients) {
                    #expect(one.id != other.id)
                    #expect(one.name == other.name)
                    let keys = try [one, other].map { try bytes($0.folder + "/key.pem") }
                    #expect(keys[0] != keys[1])
                }
            }
        }
    }

    @Test func `every algorithm that a scope demands has a signing key`() throws {
        try withWorld { _, store, _ in
            let algorithms = Set(try store.read { try $0.signingKeys() }.map(\.algorithm))
            #expect(algorithms == [.rs256, .es256])
        }
    }

    @Test func `the configuration says where the issuer is, and is valid`() throws {
        try withWorld { world, _, folder in
            let configuration = try ServerConfiguration(ConfigurationInputs(dataFolder: folder.path))
            #expect(configuration.issuer == world.issuer)
            #expect(configuration.listen.description == "127.0.0.1:7480")
            #expect(configuration.adminListen.description == "127.0.0.1:7481")
            #expect(configuration.portalURL == "http://127.0.0.1:7491/")
            #expect(configuration.environment == .test)
        }
    }

    @Test func `a folder that holds something is left alone`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "portvakt-demo-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: folder.appending(path: "file"))
        let plan = DemoWorld.Plan(
            dataFolder: folder.path,
            issuer: try DemoWorld.Plan.standardIssuer(),
            actor: Actor(operatingSystemUser: "kari", host: "test")
        )
        #expect(throws: InstallationFault.notEmpty(folder.path)) { try DemoWorld.make(plan, at: Self.now) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
    }
}
