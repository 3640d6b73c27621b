public import JOSE
import LibCrypto

/// Whoever knows the issuer's keys.
public protocol KeySource: Sendable {
    /// The key that a token's header names.
    ///
    /// Only `kid` is looked at, and `alg` when there is none: keys that a token brings along are never used
    /// (`jwk`, `jku`, `x5u`, `x5c`).
    ///
    /// - Throws: `KeySourceError`.
    func key(for header: JOSEHeader) async throws(KeySourceError) -> JWK
}

/// Why there is no key for a token.
public enum KeySourceError: Error, Sendable, Equatable {
    /// The issuer has no such key; nil when the token names none and not exactly one fits.
    case unknownKey(String?)
    /// The issuer's keys cannot be had at present; says why.
    case unavailable(String)
}

extension KeySourceError: CustomStringConvertible {
    /// One line.
    public var description: String {
        switch self {
        case .unknownKey(let keyID):
            keyID.map { "the issuer has no key `\($0)`" } ?? "the token names no key, and not exactly one fits"
        case .unavailable(let reason): "the issuer's keys cannot be had: \(reason)"
        }
    }
}

/// The keys of one reading, which are replaced as a whole.
struct IndexedKeys: Sendable {
    private let byKeyID: [String: JWK]
    private let all: [JWK]

    /// No keys.
    static let none = IndexedKeys([])

    init(_ keys: [JWK]) {
        all = keys
        byKeyID = Dictionary(
            keys.compactMap { key in key.keyID.map { ($0, key) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// How many.
    var count: Int { all.count }

    /// Their identifiers, sorted.
    var keyIDs: [String] { byKeyID.keys.sorted() }

    /// The key of that name; without a name, the only one that fits the algorithm.
    subscript(header: JOSEHeader) -> JWK? {
        if let keyID = header.keyID { return byKeyID[keyID] }
        let fitting = all.filter { key in header.algorithm.map { $0.fits(key.publicKey.kind) } ?? false }
        return fitting.count == 1 ? fitting[0] : nil
    }
}

/// Keys that were given, as from a file; they never change.
public struct LocalKeySet: KeySource {
    private let keys: IndexedKeys
    /// The keys that were left out, with the reason.
    public let skipped: [JWKSet.Skipped]

    /// Keys.
    public init(_ set: JWKSet) { self.init(set, skipped: []) }

    /// Reads a key set (RFC 7517 §5) or a single key, leaving out what cannot be used.
    ///
    /// - Throws: `JWKSetError`.
    public init(parsing text: [UInt8]) throws(JWKSetError) {
        if let object = try? JSONValue(parsing: text).object, object.contains("kty") {
            self.init(try JWKSet([try JWK(parsing: text)]))
            return
        }
        let found = try JWKSet.readingUsable(from: text)
        self.init(found.set, skipped: found.skipped)
    }

    private init(_ set: JWKSet, skipped: [JWKSet.Skipped]) {
        keys = IndexedKeys(set.keys)
        self.skipped = skipped
    }

    /// The key that a header names.
    ///
    /// - Throws: `KeySourceError.unknownKey`.
    public func key(for header: JOSEHeader) throws(KeySourceError) -> JWK {
        guard let key = keys[header] else { throw .unknownKey(header.keyID) }
        return key
    }
}
