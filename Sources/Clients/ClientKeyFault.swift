public import JOSE
public import LibCrypto
public import Vocabulary

/// Why a key cannot be registered on a client, or taken from it.
public enum ClientKeyFault: Error, Equatable, Sendable {
    /// `kid`, `alg` or `use` is missing: all three are required (spec §5.4).
    case missing(String)
    /// A `kid` with other characters than letters, digits, `.`, `_` and `-`, or longer than 255.
    case keyID(String)
    /// `key_ops` or another member that does not go with checking signatures; or a weak or malformed key.
    case key(JWKError)
    /// `exp` is not after the present time.
    case over(expires: Timestamp, now: Timestamp)
    /// `exp` is more than a year after the moment of posting.
    case tooLong(expires: Timestamp, latest: Timestamp)
    /// A certificate of `x5c` that cannot be read.
    case certificate(CertificateError)
    /// The key is not that of the first certificate in `x5c`.
    case certificateOfAnotherKey
    /// The certificate is not valid at the present time.
    case certificateNotValid(from: Timestamp, until: Timestamp)
    /// More keys than a client may hold.
    case tooMany(limit: Int)
    /// Another key of the client has that identifier.
    case keyIDTaken(KeyID)
    /// The client has no key of that identifier.
    case unknown(KeyID)
    /// An empty set in place of the keys: the last key goes by an act of its own.
    case emptySet
}

extension ClientKeyFault: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .missing(let member): "`\(member)` is missing: `kid`, `alg` and `use` are required"
        case .keyID(let text): "`\(text.prefix(64))` is no `kid`: 1 to 255 of letters, digits, `.`, `_`, `-`"
        case .key(let error): "\(error)"
        case .over(let expires, let now): "`exp` is `\(expires)`, and it is `\(now)` now"
        case .tooLong(let expires, let latest):
            "`exp` is `\(expires)`; a key lives a year at most, until `\(latest)`"
        case .certificate(let error): "`x5c`: \(error)"
        case .certificateOfAnotherKey: "the first certificate in `x5c` is that of another key"
        case .certificateNotValid(let from, let until): "the certificate in `x5c` is valid from `\(from)` to `\(until)`"
        case .tooMany(let limit): "a client holds at most \(limit) keys, expired ones too: remove one"
        case .keyIDTaken(let id): "another key of the client has the `kid` `\(id)`"
        case .unknown(let id): "the client has no key `\(id)`"
        case .emptySet: "the set is empty; the last key is removed by an act of its own"
        }
    }
}
