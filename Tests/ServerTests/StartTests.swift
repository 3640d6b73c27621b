import Foundation
import JOSE
import SQLiteStorage
import Server
import Testing
import TokenIssuance
import Vocabulary

extension OneAtATime {
    @Suite("A server that cannot start says why and starts nothing")
    struct StartTests {
        private func faults(_ world: World, _ flags: [ConfigurationKey: String] = [:]) throws -> [String] {
            do {
                _ = try world.server(flags)
                return []
            } catch let error as StartFaults {
                return error.faults.map {
                    $0.replacing(world.path, with: "DIR").replacing(world.folder.path, with: "TMP")
                }
            }
        }

        private func setMode(_ mode: Int, _ path: String) throws {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }

        @Test func `a sound installation starts`() throws { #expect(try faults(World()).isEmpty) }

        @Test func `a port that is taken, both when both are`() throws {
            let world = try World()
            let taken = try TakenPort()
            let address = "127.0.0.1:\(taken.port)"
            #expect(
                try faults(world, [.listen: address])
                    == ["`\(address)` is taken by another process: stop it, or listen elsewhere"]
            )
        }

        @Test func `an address that the machine does not have`() throws {
            let told = try faults(World(), [.listen: "192.0.2.1:7080", .behindTLSProxy: "true"])
            #expect(told == ["`192.0.2.1:7080` is no address of this machine"])
        }

        @Test func `no installation`() throws {
            let folder = try TemporaryFolder()
            let configuration = try ServerConfiguration(
                ConfigurationInputs(
                    dataFolder: folder.path,
                    environment: [
                        "PORTVAKT_ISSUER": "https://test.example.no/", "PORTVAKT_ENVIRONMENT": "test",
                        "PORTVAKT_REVOCATION": "off", "PORTVAKT_LISTEN": "127.0.0.1:0",
                        "PORTVAKT_ADMIN_LISTEN": "127.0.0.1:0",
                    ]
                )
            )
            let error = #expect(throws: StartFaults.self) { try PortvaktServer(configuration, logger: .silent) }
            #expect(error?.faults.contains { $0.contains("portvakt init") } == true)
            #expect(!FileManager.default.fileExists(atPath: folder.path + "/portvakt.db"))
        }

        @Test func `a data folder or database that others can open`() throws {
            let world = try World()
            try setMode(0o750, world.path)
            #expect(try faults(world).first?.contains("lets other users in") == true)
            try setMode(0o700, world.path)
            try setMode(0o640, world.path + "/portvakt.db")
            #expect(try faults(world).first?.contains("lets other users in") == true)
        }

        @Test func `a signing key that is gone, or that others can read`() throws {
            let world = try World()
            let key = "\(world.path)/keys/signing/\(world.signingKey).pem"
            try setMode(0o640, key)
            #expect(
                try faults(world) == [
                    "signing key: `DIR/keys/signing/\(world.signingKey).pem` holds a secret and others can open it (mode 640): "
                        + "run `chmod 600 DIR/keys/signing/\(world.signingKey).pem`"
                ]
            )
            try FileManager.default.removeItem(atPath: key)
            #expect(try faults(world).first?.contains("No such file") == true)
        }

        @Test func `no key for the algorithm in use`() throws {
            let told = try faults(World(settings: [:]), [:])
            #expect(told.isEmpty)
            let world = try World()
            let configuration = try ServerConfiguration(
                ConfigurationInputs(dataFolder: world.path, environment: ["PORTVAKT_SIGNING_ALGORITHM": "ES256"])
            )
            let error = #expect(throws: StartFaults.self) { try PortvaktServer(configuration, logger: .silent) }
            #expect(
                error?.faults == [
                    "no signing key for ES256 is active: make one with `portvakt keys rotate --alg ES256`"
                ]
            )
        }

        @Test func `broken trust`() throws {
            let world = try World()
            try Data("nonsense".utf8).write(to: URL(filePath: world.path + "/keys/trust/test/own.pem"))
            #expect(try faults(world).contains { $0.contains("own.pem") })
            try FileManager.default.removeItem(atPath: world.path + "/keys/trust/test")
            #expect(try !faults(world).isEmpty)
        }

        @Test func `TLS files that are missing, open or do not belong together`() throws {
            let world = try World()
            let one = try world.writeTLSFiles(named: "one")
            let other = try world.writeTLSFiles(named: "other")
            #expect(try faults(world, one).isEmpty)
            let mixed = one.merging([.tlsKey: other[.tlsKey] ?? ""]) { $1 }
            #expect(
                try faults(world, mixed)
                    == ["`tls_key`: `TMP/other.key` is not the key of the first certificate of `TMP/one.pem`"]
            )
            #expect(
                try faults(world, [.tlsCertificate: "/nowhere.pem", .tlsKey: one[.tlsKey] ?? ""])
                    == ["`tls_cert`: cannot read `/nowhere.pem`"]
            )
            try setMode(0o644, one[.tlsKey] ?? "")
            #expect(try faults(world, one).first?.contains("chmod 600") == true)
        }

        @Test func `another server on the same data`() throws {
            let world = try World()
            let first = try world.server()
            #expect(try faults(world) == ["another `portvakt serve` runs on this data folder"])
            withExtendedLifetime(first) {}
        }

        @Test func `all of it together, and the database is not touched`() throws {
            let world = try World()
            let taken = try TakenPort()
            try FileManager.default.removeItem(atPath: world.path + "/keys/trust/test/profile.yaml")
            let before = try FileManager.default.attributesOfItem(atPath: world.path + "/portvakt.db")[
                .modificationDate
            ]
            let told = try faults(
                world,
                [.listen: "127.0.0.1:\(taken.port)", .tlsCertificate: "/nowhere.pem", .tlsKey: "/nowhere.key"]
            )
            #expect(told.count == 3)
            let after = try FileManager.default.attributesOfItem(atPath: world.path + "/portvakt.db")[.modificationDate]
            #expect(before as? Date == after as? Date)
            #expect(try !ServeLock.isHeldByAnother(on: DataFolder(path: world.path)))
        }

        @Test func `a database of a later version, or none of ours`() throws {
            let world = try World()
            let file = URL(filePath: world.path + "/portvakt.db")
            let sound = try Data(contentsOf: file)
            // SQLite's file format §1.3: bytes 60 to 63 hold the user version, which is the schema's.
            var later = sound
            later.replaceSubrange(60..<64, with: [0, 0, 0x27, 0x0F])
            try later.write(to: file)
            let known = SQLiteStore.currentSchemaVersion
            let newer =
                "the database is of schema version 9999, newer than this program's \(known): use a newer portvakt"
            #expect(try faults(world) == [newer])
            try Data(repeating: 0x41, count: 8_192).write(to: file)
            #expect(try faults(world).first?.contains("damaged or not portvakt's") == true)
            try sound.write(to: file)
            #expect(try faults(world) == [])
        }

        @Test func `a database that another process holds`() async throws {
            let world = try World()
            let other = try SQLiteStore(DataFolder(path: world.path), opening: .requireCurrent)
            let told = try other.transaction { _ in try faults(world) }
            #expect(told == ["the database is locked by another process, which held it longer than 5 seconds"])
            try other.close()
            #expect(try faults(world).isEmpty)
        }

        @Test func `an installation of the other environment`() throws {
            let world = try World()
            let configuration = try ServerConfiguration(
                ConfigurationInputs(
                    dataFolder: world.path,
                    environment: ["PORTVAKT_ENVIRONMENT": "prod", "PORTVAKT_REVOCATION": "off"]
                )
            )
            let error = #expect(throws: StartFaults.self) { try PortvaktServer(configuration, logger: .silent) }
            #expect(error?.faults.isEmpty == false)
        }
    }
}

/// A port that somebody listens on.
final class TakenPort: Sendable {
    let port: Int
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.descriptor = descriptor
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                [bind(descriptor, address, length), listen(descriptor, 1), getsockname(descriptor, address, &length)]
            }
        }
        try #require(status == [0, 0, 0])
        port = Int(in_port_t(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }
}
