internal import COpenSSL

/// Why a key, a container or an operation of cryptography was refused; the words are ours, never those of libcrypto.
public enum CryptoError: Error, Equatable, Sendable {
    /// The text is not well-formed PEM (RFC 7468); says where.
    case malformedPEM(String)
    /// The bytes are not the key that they claim to be.
    case malformedKey(String)
    /// A point that does not satisfy the equation of its curve.
    case pointNotOnCurve
    /// A well-formed key of a kind that this program does not use.
    case unsupportedKey(String)
    /// The key or container is encrypted, and no pass phrase was given.
    case passphraseRequired
    /// The pass phrase does not open the key or container.
    case wrongPassphrase
    /// The bytes are no PKCS#12 container that holds one key with its certificate.
    case malformedPKCS12(String)
    /// libcrypto refused an operation that should have succeeded, such as a signature.
    case operation(String)
    /// The PKCS#11 token that holds the key could not be used.
    case token(PKCS11Error)
}

extension CryptoError: CustomStringConvertible {
    /// One line for an operator.
    public var description: String {
        switch self {
        case .malformedPEM(let reason): "malformed PEM: \(reason)"
        case .malformedKey(let reason): "malformed key: \(reason)"
        case .pointNotOnCurve: "malformed key: the point is not on the curve"
        case .unsupportedKey(let reason): "unsupported key: \(reason)"
        case .passphraseRequired: "encrypted, and no pass phrase was given"
        case .wrongPassphrase: "the pass phrase does not open it"
        case .malformedPKCS12(let reason): "malformed PKCS#12: \(reason)"
        case .operation(let reason): "libcrypto refused: \(reason)"
        case .token(let error): "\(error)"
        }
    }
}

/// The error queue of libcrypto, which belongs to the calling thread.
///
/// Whatever fails leaves entries there, and the next caller would take them for its own: so every failing path ends
/// in `clear` or `drain`.
enum ErrorQueue {
    /// One entry: the numbers of library and reason (`ERR_LIB_…`, `…_R_…`).
    struct Entry: Equatable {
        let library: Int32
        let reason: Int32
    }

    /// Forgets all entries.
    static func clear() { ERR_clear_error() }

    /// Takes all entries, the oldest first.
    static func drain() -> [Entry] {
        var entries: [Entry] = []
        while true {
            let code = ERR_get_error()
            guard code != 0 else { return entries }
            // ERR_GET_LIB and ERR_GET_REASON are macros: 8 bits of library above 23 bits of reason.
            entries.append(Entry(library: Int32((code >> 23) & 0xFF), reason: Int32(code & 0x7F_FFFF)))
        }
    }

    private static let unsupported: Int32 = 268

    /// Whether an algorithm was asked for that no loaded provider has.
    static func namesUnsupported(_ entries: [Entry]) -> Bool {
        entries.contains { entry in
            // ERR_R_UNSUPPORTED is a reason of all libraries; above 18 bits stand flags. The macro is not imported.
            (entry.reason & 0x3_FFFF) == unsupported
                || entry.library == ERR_LIB_EVP && entry.reason == EVP_R_UNSUPPORTED_ALGORITHM
                || entry.library == ERR_LIB_EVP && entry.reason == EVP_R_UNKNOWN_PBE_ALGORITHM
        }
    }
}
