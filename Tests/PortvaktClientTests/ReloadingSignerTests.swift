import Foundation
import JOSE
import LibCrypto
import Logging
import MetricsTestKit
import Synchronization
import TestAuthority
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("A key in files is replaced while the program runs")
struct ReloadingSignerTests {
    private let folder: TemporaryFolder
    private let clock = FakeClock()
    private let log = LogRecorder()
    private let metrics = TestMetrics()

    init() throws { folder = try TemporaryFolder() }

    private static func jwk(_ keyID: String) throws -> String {
        let secret = try JWK.Private(PrivateKey.generate(.ec(.p256)), keyID: keyID, algorithm: nil)
        return String(decoding: try secret.secretObject().encoded(), as: UTF8.self)
    }

    private static func certificate(of key: PrivateKey) throws -> String {
        let authority = try CertificateAuthority(.buypass, at: Timestamp(seconds: 1_795_000_000))
        let organisation = try OrganisationNumber(parsing: "310000124")
        let request = EnterpriseCertificateRequest(organisation: organisation, name: "Prøve AS", key: key)
        return try authority.issue(request).pem
    }

    private func makeSigner() throws -> ReloadingSigner {
        try KeySource.jwk(path: folder.path("key.json")).reloading(clock: clock, logger: log.logger, metrics: metrics)
    }

    private func keyID(_ signer: ReloadingSigner) async -> KeyReference { await signer.current().keyReference }

    @Test func `a new file is taken at the next look, not before`() async throws {
        try folder.write(Self.jwk("a"), to: "key.json")
        let signer = try makeSigner()
        #expect(await keyID(signer) == .keyID("a"))
        try folder.write(Self.jwk("b"), to: "key.json")
        #expect(await keyID(signer) == .keyID("a"))
        clock.advance(by: .seconds(5))
        #expect(await keyID(signer) == .keyID("b"))
        #expect(signer.keyReference == .keyID("b"))
        #expect(log.messages == ["key_reloaded"])
    }

    @Test func `an unchanged file is not read again`() async throws {
        let path = try folder.write(Self.jwk("a"), to: "key.json")
        let reads = Counter()
        let signer = try ReloadingSigner(watching: [path], clock: clock, logger: log.logger) {
            () throws(KeyLoadingError) in
            _ = reads.next()
            return try KeySource.jwk(path: path).load()
        }
        for _ in 0..<5 {
            clock.advance(by: .seconds(5))
            _ = await signer.current()
        }
        #expect(reads.next() == 2)
        #expect(log.messages.isEmpty)
    }

    @Test func `while the file is broken the old key signs on, told once, until it is mended`() async throws {
        try folder.write(Self.jwk("a"), to: "key.json")
        let signer = try makeSigner()
        try folder.write("{", to: "key.json")
        for _ in 0..<3 {
            clock.advance(by: .seconds(5))
            #expect(await keyID(signer) == .keyID("a"))
        }
        #expect(log.messages == ["key_not_reloaded"])
        try FileManager.default.removeItem(atPath: folder.path("key.json"))
        clock.advance(by: .seconds(5))
        #expect(await keyID(signer) == .keyID("a"))
        try folder.write(Self.jwk("b"), to: "key.json")
        clock.advance(by: .seconds(5))
        #expect(await keyID(signer) == .keyID("b"))
        #expect(log.messages == ["key_not_reloaded", "key_not_reloaded", "key_reloaded"])
        let name = "portvakt_client_key_reloads_total"
        #expect(metrics.counterTotal(label: name, dimensions: [("outcome", "refused")]) == 2)
        #expect(metrics.counterTotal(label: name, dimensions: [("outcome", "taken")]) == 1)
    }

    @Test func `a file that is still being written is left alone until it rests`() async throws {
        let path = try folder.write(Self.jwk("a"), to: "key.json")
        let versions = try (0..<3).map { try Self.jwk(String(repeating: "v", count: $0 + 1)) }
        // Each rest of the clock is met by another version, until there are no more.
        let writing = WritingClock(clock) { number in
            if number < versions.count { try? Data(versions[number].utf8).write(to: URL(filePath: path)) }
        }
        let signer = try KeySource.jwk(path: path).reloading(clock: writing, logger: log.logger)
        try folder.write(Self.jwk("begun"), to: "key.json")
        clock.advance(by: .seconds(5))
        #expect(await keyID(signer) == .keyID("vvv"))
        #expect(log.messages == ["key_reloaded"])
    }

    @Test func `a key without its certificate yet is not taken`() async throws {
        let first = try PrivateKey.generate(.ec(.p256))
        let second = try PrivateKey.generate(.ec(.p256))
        try folder.write(first.pem(), to: "key.pem")
        let certificate = try Self.certificate(of: first)
        try folder.write(certificate, to: "certificate.pem")
        let source = KeySource.pem(path: folder.path("key.pem"), certificates: folder.path("certificate.pem"))
        let signer = try source.reloading(clock: clock, logger: log.logger)
        let old = signer.keyReference
        try folder.write(second.pem(), to: "key.pem")
        clock.advance(by: .seconds(5))
        #expect(await keyID(signer) == old)
        try folder.write(Self.certificate(of: second), to: "certificate.pem")
        clock.advance(by: .seconds(5))
        #expect(await keyID(signer) != old)
        #expect(log.messages == ["key_not_reloaded", "key_reloaded"])
    }

    @Test func `a refused key is looked for at once, and found once for all who ask`() async throws {
        try folder.write(Self.jwk("a"), to: "key.json")
        let signer = try makeSigner()
        #expect(await signer.renew(after: .keyID("a")) == false)
        try folder.write(Self.jwk("b"), to: "key.json")
        let found = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<20 { group.addTask { await signer.renew(after: .keyID("a")) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(found == 20)
        #expect(log.messages == ["key_reloaded"])
    }

    @Test func `the first key must be good, and no log or text shows any key`() async throws {
        try folder.write("{", to: "key.json")
        #expect(throws: KeyLoadingError.self) { try makeSigner() }
        let jwk = try Self.jwk("a")
        try folder.write(jwk, to: "key.json")
        let signer = try makeSigner()
        try folder.write(String(jwk.dropLast()), to: "key.json")
        clock.advance(by: .seconds(5))
        _ = await signer.current()
        var text = "\(signer)\(String(reflecting: signer))\(log.text)"
        dump(signer, to: &text)
        let secret = try #require(try JSONValue(parsing: jwk).object?["d"]?.string)
        #expect(log.messages == ["key_not_reloaded"])
        #expect(!text.contains(secret))
    }
}

/// A clock by which something happens whenever somebody rests.
private final class WritingClock: ClientClock {
    private let clock: FakeClock
    private let rests = Mutex(0)
    private let atRest: @Sendable (Int) -> Void

    init(_ clock: FakeClock, atRest: @escaping @Sendable (Int) -> Void) {
        self.clock = clock
        self.atRest = atRest
    }

    var now: Timestamp { clock.now }
    var elapsed: Duration { clock.elapsed }

    func sleep(for duration: Duration) async throws {
        let number = rests.withLock { rests in
            defer { rests += 1 }
            return rests
        }
        atRest(number)
        try await clock.sleep(for: duration)
    }
}
