import Dispatch
import JOSE
import LibCrypto
import Synchronization
import Testing

@testable import PortvaktClient

@Suite(
    "Key files and tokens that hang or refuse: the other keys sign on, and no wrong PIN is tried twice",
    .timeLimit(.minutes(1))
)
struct SlowKeyFilesTests {
    private let folder: TemporaryFolder
    private let clock = FakeClock()

    init() throws { folder = try TemporaryFolder() }

    @Test func `while a key's files hang the old key signs on, and other signers read theirs`() async throws {
        let release = DispatchSemaphore(value: 0)
        let loads = Counter()
        let slowPath = try folder.write("1", to: "slow")
        let slow = try ReloadingSigner(watching: [slowPath], clock: clock) {
            () throws(KeyLoadingError) in
            if loads.next() > 1 { release.wait() }
            return Sample.signer
        }
        let otherLoads = Counter()
        let otherPath = try folder.write("1", to: "other")
        let other = try ReloadingSigner(watching: [otherPath], clock: clock) {
            () throws(KeyLoadingError) in
            try KeySigner(Sample.key, keyReference: .keyID("other-\(otherLoads.next())"))
        }
        try folder.write("22", to: "slow")
        try folder.write("22", to: "other")
        clock.advance(by: .seconds(5))
        #expect(await slow.current().keyReference == Sample.signer.keyReference)
        #expect(await other.current().keyReference == .keyID("other-2"))
        // Nobody waits a second time, and no second look begins.
        for _ in 0..<100 {
            clock.advance(by: .seconds(5))
            #expect(await slow.current().keyReference == Sample.signer.keyReference)
        }
        #expect(loads.next() == 3)
        release.signal()
    }

    @Test func `a PIN that the token has refused is not tried again until the files change`() async throws {
        let loads = Counter()
        let path = try folder.write("1174", to: "pin")
        let first = RefusedSigner()
        let signer = try ReloadingSigner(watching: [path], clock: clock) {
            () throws(KeyLoadingError) in
            if loads.next() == 1 { return first }
            return Sample.signer
        }
        first.refusePIN()
        #expect(await signer.renew(after: first.keyReference) == false)
        #expect(loads.next() == 2)
        try folder.write("471147", to: "pin")
        #expect(await signer.renew(after: first.keyReference))
        #expect(loads.next() == 4)
    }
}

/// A key in a token that comes to refuse the PIN.
private final class RefusedSigner: AssertionSigner, PINHolder {
    private let refused = Flag()

    var isPINRefused: Bool { refused.isSet }
    var algorithm: JWSAlgorithm { .es256 }
    var keyReference: KeyReference { .keyID("refused") }

    func refusePIN() { refused.set() }

    func sign(_ signingInput: [UInt8]) async throws(SigningError) -> [UInt8] { throw SigningError("the PIN is wrong") }
}
