import AuditLedger
import EnterpriseCertificates
import Foundation
import JOSE
import SQLiteStorage
import Server
import Testing
import TokenIssuance
import Vocabulary

extension OneAtATime {
    @Suite("init: a new installation")
    struct InstallationTests {
        private let folder: TemporaryFolder
        private let now = Timestamp(seconds: 1_795_000_000)
        private var path: String { folder.path + "/data" }

        init() throws { folder = try TemporaryFolder() }

        private func plan(
            _ environment: ServerConfiguration.Environment = .test,
            issuer: String = "https://test.example.no",
            replacing: Bool = false
        ) throws -> Installation.Plan {
            Installation.Plan(
                dataFolder: path,
                issuer: try Issuer(parsing: issuer),
                environment: environment,
                settings: [.listen: "127.0.0.1:0", .adminListen: "127.0.0.1:0"],
                replacesExisting: replacing,
                actor: "kari@host"
            )
        }

        private func mode(_ name: String) throws -> Int {
            let attributes = try FileManager.default.attributesOfItem(atPath: name.isEmpty ? path : "\(path)/\(name)")
            return try #require(attributes[.posixPermissions] as? Int)
        }

        @Test func `has everything that is its owner's alone`() throws {
            let installation = try Installation.make(plan(), at: now)
            try installation.store.close()
            for name in ["", "keys", "keys/trust", "keys/trust/test", "keys/signing", "scopes"] {
                #expect(try mode(name) == 0o700, "\(name)")
            }
            for name in ["portvakt.yaml", "portvakt.db", "keys/signing/\(installation.signingKey.id).pem"] {
                #expect(try mode(name) == 0o600, "\(name)")
            }
            let bundled = Set(BundledTrust.files(for: .test).map(\.name))
            #expect(try Set(FileManager.default.contentsOfDirectory(atPath: path + "/keys/trust/test")) == bundled)
            #expect(throws: Never.self) { try TrustStore(directory: path + "/keys/trust/test") }
        }

        @Test func `keeps the issuer byte for byte and is a configuration that starts`() throws {
            let installation = try Installation.make(plan(), at: now)
            #expect(try installation.store.read { try $0.setting("issuer") } == "https://test.example.no")
            try installation.store.close()
            let configuration = try ServerConfiguration(ConfigurationInputs(dataFolder: path))
            #expect(configuration.issuer.rawValue == "https://test.example.no")
            #expect(configuration.environment == .test)
            #expect(configuration.revocation == .off)
            let server = try PortvaktServer(configuration, logger: .silent)
            #expect(server.banner.lines.contains { $0.value.contains(installation.signingKey.id.rawValue) })
            #expect(server.banner.warnings.contains { $0.contains("register is empty") })
        }

        @Test func `production demands revocation, with an hour of grace, and starts so`() async throws {
            try Installation.make(plan(.prod), at: now).store.close()
            let text = try String(contentsOfFile: path + "/portvakt.yaml", encoding: .utf8)
            #expect(text.split(separator: "\n").contains("revocation: require"))
            #expect(text.split(separator: "\n").contains("revocation_grace: 1h"))
            let configuration = try ServerConfiguration(ConfigurationInputs(dataFolder: path))
            #expect(configuration.environment == .prod)
            #expect(configuration.revocation == .require(grace: 3_600))
            let server = try PortvaktServer(configuration, logger: .silent)
            #expect(server.banner.lines.contains { $0.value.contains("`require` with 3600 s of grace") })
            #expect(!server.banner.warnings.contains { $0.contains("revocation") })
            let (ready, told) = AsyncStream<ListenerPorts>.makeStream()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    defer { told.finish() }
                    try await server.run { told.yield($0) }
                }
                var first = ready.makeAsyncIterator()
                let ports = await first.next()
                #expect(ports != nil)
                await server.stop()
                try await group.waitForAll()
            }
        }

        @Test func `production without revocation starts, and warns`() throws {
            try Installation.make(plan(.prod), at: now).store.close()
            let anyway = ConfigurationInputs(dataFolder: path, environment: ["PORTVAKT_REVOCATION": "off"])
            let server = try PortvaktServer(ServerConfiguration(anyway), logger: .silent)
            #expect(server.banner.warnings.contains { $0.contains("`revocation` is `off` in `prod`") })
        }

        @Test func `has a first key that signs at once, and says so in the ledger`() throws {
            let installation = try Installation.make(plan(), at: now)
            #expect(installation.signingKey.state(at: now) == .active)
            #expect(installation.signingKey.algorithm == .rs256)
            let (records, entries) = try installation.store.read { reader in
                (try reader.signingKeys(), try reader.newestEntries(LedgerQuery(), limit: 10))
            }
            #expect(records == [installation.signingKey])
            #expect(Set(entries.map(\.event.kind)) == [.initialised, .signingKeyCreated])
            #expect(entries.allSatisfy { $0.event.actor == "kari@host" })
            try installation.store.close()
        }

        @Test func `refuses a folder that holds something, and changes nothing`() throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: URL(filePath: path + "/letter"))
            #expect(throws: InstallationFault.notEmpty(path)) { try Installation.make(plan(), at: now) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["letter"])
        }

        @Test func `--force sets aside what is there, deleting nothing`() throws {
            let first = try Installation.make(plan(), at: now)
            try first.store.close()
            let second = try Installation.make(plan(replacing: true), at: now)
            try second.store.close()
            let aside = try #require(second.setAside)
            #expect(FileManager.default.fileExists(atPath: "\(aside)/portvakt.db"))
            #expect(FileManager.default.fileExists(atPath: "\(aside)/keys/signing/\(first.signingKey.id).pem"))
            #expect(second.signingKey.id != first.signingKey.id)
            #expect(try ServerConfiguration(ConfigurationInputs(dataFolder: path)).environment == .test)
        }

        @Test func `--force is refused while a server runs`() throws {
            try Installation.make(plan(), at: now).store.close()
            let lock = try ServeLock(on: DataFolder(path: path))
            #expect(throws: InstallationFault.served(path)) { try Installation.make(plan(replacing: true), at: now) }
            withExtendedLifetime(lock) {}
        }

        @Test func `the file that it writes is read back as it was meant`() throws {
            var plan = try plan()
            plan.settings[.adminURL] = "https://admin.example.no/"
            plan.settings[.listen] = "[::1]:7080"
            try Installation.make(plan, at: now).store.close()
            let configuration = try ServerConfiguration(ConfigurationInputs(dataFolder: path))
            #expect(configuration.adminURL == "https://admin.example.no/")
            #expect(configuration.listen.host == "::1")
        }

        @Test func `listens where a plain-HTTP issuer is`() throws {
            let plan = Installation.Plan(
                dataFolder: path,
                issuer: try Issuer(parsing: "http://127.0.0.1:17099/"),
                environment: .test,
                actor: "test"
            )
            try Installation.make(plan, at: now).store.close()
            let text = try String(contentsOfFile: path + "/portvakt.yaml", encoding: .utf8)
            #expect(text.split(separator: "\n").allSatisfy { $0.count <= 110 })
            #expect(try ServerConfiguration(ConfigurationInputs(dataFolder: path)).listen.port == 17_099)
        }
    }
}
