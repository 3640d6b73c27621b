public import JOSE
public import LibCrypto
import Synchronization
public import Vocabulary

/// The signing keys that are loaded, with their timetable: replaced whole when either changes, read without waiting.
public final class SigningKeyRing: Sendable {
    /// One loaded key.
    public struct Key: Sendable {
        /// Its timetable.
        public let record: SigningKeyRecord
        /// The key itself, here or in a token.
        public let signingKey: SigningKey

        /// The public half.
        public var publicKey: PublicKey { signingKey.publicKey }

        /// Whether a device outside this process has to do its part in each signature, and may stop doing it.
        var isInToken: Bool { if case .inToken = signingKey { true } else { false } }

        /// A loaded key.
        public init(record: SigningKeyRecord, signingKey: SigningKey) {
            self.record = record
            self.signingKey = signingKey
        }

        /// A key that is held in memory.
        public init(record: SigningKeyRecord, privateKey: PrivateKey) {
            self.init(record: record, signingKey: .held(privateKey))
        }
    }

    private let keys: Mutex<[Key]>

    /// A ring of these keys.
    public init(_ keys: [Key]) { self.keys = Mutex(keys) }

    /// Puts another set of keys in place of the present one.
    public func replace(with keys: [Key]) { self.keys.withLock { $0 = keys } }

    /// Every loaded key.
    public var all: [Key] { keys.withLock { $0 } }

    /// The key that signs with `algorithm` at `now`: of several active ones the latest activated.
    public func active(_ algorithm: JWSAlgorithm, at now: Timestamp) -> Key? {
        keys.withLock { keys in
            keys.filter { $0.record.algorithm == algorithm && $0.record.state(at: now) == .active }
                .max { $0.record.activates < $1.record.activates }
        }
    }

    /// The algorithms that can sign at `now`.
    public func algorithms(at now: Timestamp) -> [JWSAlgorithm] {
        JWSAlgorithm.allCases.filter { active($0, at: now) != nil }
    }

    /// The keys that providers must know at `now`: next, active and retiring ones, newest first (RFC 7517 §5).
    public func published(at now: Timestamp) -> [Key] {
        all.filter { $0.record.state(at: now) != .retired && now >= $0.record.published }
            .sorted { ($0.record.activates, $0.record.id.rawValue) > ($1.record.activates, $1.record.id.rawValue) }
    }
}
