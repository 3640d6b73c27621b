import JOSE
import Synchronization
import Testing

@testable import PortvaktClient

@Suite("A key whose module or service hangs holds nobody up", .timeLimit(.minutes(1)))
struct SigningDeadlineTests {
    private let clock = FakeClock()
    private let transport = ScriptedTransport { _, number in Sample.token("t\(number)") }

    private func client(_ signer: HangingSigner) -> TokenClient {
        var configuration = Sample.configuration()
        configuration.signer = signer
        configuration.retry.deadline = .milliseconds(150)
        return Sample.client(configuration, transport, clock)
    }

    private func failure(_ client: TokenClient, _ request: TokenRequest = Sample.request) async -> TokenError.Kind? {
        await #expect(throws: TokenError.self) { try await client.token(for: request) }?.kind
    }

    /// A token, once the gate is open: on a slow machine what hangs no longer may still take longer than the deadline.
    private func token(_ client: TokenClient, _ request: TokenRequest = Sample.request) async throws -> AccessToken {
        while true {
            do {
                return try await client.token(for: request)
            } catch {
                guard error.kind == .signing else { throw error }
                await Task.yield()
            }
        }
    }

    @Test(arguments: [HangingSigner.Call.sign, .current]) func `the caller is told, and the next one tries again`(
        call: HangingSigner.Call
    ) async throws {
        let signer = HangingSigner(in: call)
        let client = client(signer)
        #expect(await failure(client) == .signing)
        #expect(transport.requests.isEmpty)
        signer.gate.open()
        #expect(try await token(client).value == "t1")
    }

    @Test func `as long as one call hangs no other begins, whatever is asked for`() async throws {
        let signer = HangingSigner(in: .sign)
        let client = client(signer)
        #expect(await failure(client) == .signing)
        let others = try (1...5).map { try TokenRequest(parsing: "exampledir:other\($0)") }
        for request in others { #expect(await failure(client, request) == .signing) }
        #expect(signer.begun == 1)
        signer.gate.open()
        for request in others { _ = try await token(client, request) }
        #expect(signer.begun >= 6)
    }

    @Test func `a search for a new key that hangs leaves the server's refusal`() async throws {
        let signer = HangingSigner(in: .renew)
        var configuration = Sample.configuration()
        configuration.signer = signer
        configuration.retry.deadline = .milliseconds(300)
        let refusing = ScriptedTransport { _, _ in Sample.refusal("unknown", code: "PV-010") }
        let client = Sample.client(configuration, refusing, clock)
        let error = await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        #expect(error?.code == "PV-010")
        #expect(refusing.requests.count == 1)
        signer.gate.open()
    }
}

/// A signer that hangs in one of its calls until its gate is opened.
final class HangingSigner: AssertionSigner {
    enum Call: Sendable {
        case current
        case sign
        case renew
    }

    let gate = Gate()

    private let call: Call
    private let count = Mutex(0)

    init(in call: Call) { self.call = call }

    /// How many calls have begun that may hang.
    var begun: Int { count.withLock { $0 } }

    var algorithm: JWSAlgorithm { Sample.signer.algorithm }
    var keyReference: KeyReference { Sample.signer.keyReference }

    func sign(_ signingInput: [UInt8]) async throws(SigningError) -> [UInt8] {
        await hang(in: .sign)
        return try await Sample.signer.sign(signingInput)
    }

    func current() async -> any AssertionSigner {
        await hang(in: .current)
        return self
    }

    func renew(after refused: KeyReference) async -> Bool {
        await hang(in: .renew)
        return false
    }

    private func hang(in call: Call) async {
        guard call == self.call else { return }
        count.withLock { $0 += 1 }
        await gate.pass()
    }
}
