import JOSE
import LibCrypto
import Testing

@testable import PortvaktClient

@Suite("A refused key: the files are read at once, and the request is sent once more")
struct KeyRenewalTests {
    private let folder: TemporaryFolder
    private let clock = FakeClock()

    init() throws { folder = try TemporaryFolder() }

    private func write(_ keyID: String) throws {
        let secret = try JWK.Private(PrivateKey.generate(.ec(.p256)), keyID: keyID, algorithm: nil)
        try folder.write(String(decoding: try secret.secretObject().encoded(), as: UTF8.self), to: "key.json")
    }

    private func configuration() throws -> ClientConfiguration {
        var configuration = Sample.configuration()
        configuration.signer = try KeySource.jwk(path: folder.path("key.json")).reloading(clock: clock)
        return configuration
    }

    /// A server that knows one key only, and says otherwise what it is told.
    private func server(knowing known: String, _ refusal: TransportResponse) -> ScriptedTransport {
        ScriptedTransport { request, number in
            let keyID = try? request.assertion.header["kid"]?.string
            return keyID == known ? Sample.token("t\(number)") : refusal
        }
    }

    private static let refusals = [
        Sample.refusal("unknown", code: "PV-010"), Sample.refusal("Expired key.", code: "MP-121"),
        Sample.refusal("Invalid signature", code: "MP-124"),
        Sample.refusal("Invalid assertion. Unknown key identifier (kid) for client"),
    ]

    @Test(arguments: refusals.indices)
    func `after a rotation the new key is found by the server's refusal of the old`(index: Int) async throws {
        try write("old")
        let transport = server(knowing: "new", Self.refusals[index])
        let client = Sample.client(try configuration(), transport, clock)
        try write("new")
        #expect(try await client.token(for: Sample.request).value == "t2")
        #expect(transport.requests.count == 2)
        // Header, signature and `jti` are new ones.
        let identifiers = try transport.requests.map { try $0.claims["jti"]?.string }
        #expect(identifiers == ["jti-1", "jti-2"])
    }

    @Test func `without a new key the refusal stands, after one request`() async throws {
        try write("old")
        let transport = server(knowing: "new", Self.refusals[0])
        let client = Sample.client(try configuration(), transport, clock)
        let error = await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        #expect(error?.code == "PV-010")
        #expect(transport.requests.count == 1)
    }

    @Test func `a new key that is refused too ends it`() async throws {
        try write("old")
        let transport = server(knowing: "other", Self.refusals[0])
        let client = Sample.client(try configuration(), transport, clock)
        try write("new")
        await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        #expect(transport.requests.count == 2)
    }

    @Test(arguments: ["MP-250", "MP-012", "MP-100"])
    func `a refusal of something else reads no file`(code: String) async throws {
        try write("old")
        let transport = server(knowing: "new", Sample.refusal("no", code: code))
        let client = Sample.client(try configuration(), transport, clock)
        try write("new")
        await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        #expect(transport.requests.count == 1)
    }

    @Test func `a key that cannot sign any more is replaced by the new one`() async throws {
        let new = try KeySigner(Sample.key, keyReference: .keyID("new"))
        var configuration = Sample.configuration()
        configuration.signer = FailingSigner(replacement: new)
        let transport = ScriptedTransport { _, _ in Sample.token("t") }
        #expect(try await Sample.client(configuration, transport, clock).token(for: Sample.request).value == "t")
        #expect(try transport.requests.map { try $0.assertion.header["kid"]?.string } == ["new"])
    }
}

/// A signer that fails until it is renewed.
private final class FailingSigner: AssertionSigner {
    private let replacement: KeySigner
    private let isRenewed = Flag()

    init(replacement: KeySigner) { self.replacement = replacement }

    var algorithm: JWSAlgorithm { .es256 }
    var keyReference: KeyReference { .keyID("old") }

    func sign(_ signingInput: [UInt8]) async throws(SigningError) -> [UInt8] { throw SigningError("the token is gone") }

    func current() async -> any AssertionSigner { isRenewed.isSet ? replacement : self }

    func renew(after refused: KeyReference) async -> Bool {
        isRenewed.set()
        return true
    }
}
