import JOSE
import Synchronization

/// A header that has passed the checks of a policy.
///
/// A reference, since each token takes it and gives it back.
final class AcceptedHeader: Sendable {
    /// As it was sent.
    let encoded: CompactJWS.KnownHeader
    /// As it was read.
    let header: JOSEHeader
    /// The algorithm that it names and the policy takes.
    let algorithm: JWSAlgorithm

    init(encoded: CompactJWS.KnownHeader, header: JOSEHeader, algorithm: JWSAlgorithm) {
        self.encoded = encoded
        self.header = header
        self.algorithm = algorithm
    }
}

/// The header of the token that was proved last.
///
/// An issuer writes the same header on all tokens of a key, so that it need not be read again; nothing about a token's
/// claims or its end is remembered.
final class HeaderMemory: Sendable {
    private let stored = Mutex<AcceptedHeader?>(nil)

    /// What is remembered.
    var latest: AcceptedHeader? { stored.withLock { $0 } }

    /// Remembers the header of a token whose signature holds.
    func remember(_ header: AcceptedHeader) { stored.withLock { $0 = header } }
}
