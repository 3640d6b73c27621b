internal import CPKCS11

/// Why a key in a PKCS#11 token cannot be used; each case says what to mend, and none holds the PIN.
public enum PKCS11Error: Error, Equatable, Sendable {
    /// The module is no PKCS#11 library, or cannot be opened; says why.
    case module(path: String, reason: String)
    /// No token of this label stands in a slot; names those that do.
    case tokenMissing(label: String, found: [String])
    /// Several tokens have this label.
    case tokenAmbiguous(label: String)
    /// The token refused the PIN; it was tried once and is not tried again, for a few wrong ones lock a token.
    case pinIncorrect
    /// The token is locked after too many wrong PINs.
    case pinLocked
    /// The token says that the next wrong PIN locks it, so none is tried.
    case pinFinalTry
    /// The token has no private key of this label; names those that it has.
    case keyMissing(label: String, found: [String])
    /// Several private keys have this label.
    case keyAmbiguous(label: String)
    /// The token holds neither the public half of an EC key nor its certificate.
    case publicKeyMissing(label: String)
    /// The key is of a kind or size that this program does not use, or cannot sign; says why.
    case unsupportedKey(String)
    /// The token has none of the mechanisms that a scheme needs.
    case mechanismMissing(String)
    /// Under the label stands another key than at the start.
    case keyReplaced(label: String)
    /// A function of the module failed: its name, and the return value of the standard.
    case failed(function: String, code: UInt)

    /// Whether the PIN is wrong, or must not be tried: asking again can only do harm.
    public var isAboutPIN: Bool {
        switch self {
        case .pinIncorrect, .pinLocked, .pinFinalTry: true
        default: false
        }
    }

    /// Whether the session, or the token behind it, was lost, so that a new session may succeed.
    var isLossOfSession: Bool {
        guard case .failed(_, let code) = self else { return false }
        switch code {
        case CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED, CKR_USER_NOT_LOGGED_IN, CKR_KEY_HANDLE_INVALID,
            CKR_OBJECT_HANDLE_INVALID, CKR_DEVICE_ERROR, CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT,
            CKR_TOKEN_NOT_RECOGNIZED, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_OPERATION_ACTIVE:
            return true
        default: return false
        }
    }
}

extension PKCS11Error: CustomStringConvertible {
    /// One line for an operator.
    public var description: String {
        switch self {
        case .module(let path, let reason): "the PKCS#11 module `\(path)` cannot be used: \(reason)"
        case .tokenMissing(let label, let found):
            "no token is labelled `\(label)`; check the label and the module's own configuration; \(Self.list(found))"
        case .tokenAmbiguous(let label): "several tokens are labelled `\(label)`; give each a label of its own"
        case .pinIncorrect: "the token refused the PIN; mend the PIN before the token locks itself"
        case .pinLocked: "the token is locked after too many wrong PINs; its security officer must set a new one"
        case .pinFinalTry:
            "one more wrong PIN would lock the token, so none is tried; mend the PIN, then log in once with another tool "
                + "(`pkcs11-tool --login`), which clears the token's mark"
        case .keyMissing(let label, let found):
            "the token has no private key labelled `\(label)`; \(Self.list(found))"
        case .keyAmbiguous(let label):
            "the token has several private keys labelled `\(label)`; give each a label of its own"
        case .publicKeyMissing(let label):
            "the token has no public key or certificate beside the EC key `\(label)`; put one of them there, "
                + "with the same id or label"
        case .unsupportedKey(let reason): "the key in the token cannot be used: \(reason)"
        case .mechanismMissing(let names): "the token has no mechanism \(names); choose another algorithm"
        case .keyReplaced(let label): "under the label `\(label)` stands another key now; load it anew"
        case .failed(let function, let code): "the PKCS#11 module failed: \(function) gave \(Self.name(of: code))"
        }
    }

    private static func list(_ found: [String]) -> String {
        found.isEmpty ? "there is none" : "there is \(found.sorted().map { "`\($0)`" }.joined(separator: ", "))"
    }

    /// The standard's name for a return value, for those that tell an operator something.
    private static func name(of code: UInt) -> String {
        switch code {
        case CKR_HOST_MEMORY: "CKR_HOST_MEMORY"
        case CKR_GENERAL_ERROR: "CKR_GENERAL_ERROR"
        case CKR_FUNCTION_FAILED: "CKR_FUNCTION_FAILED"
        case CKR_ARGUMENTS_BAD: "CKR_ARGUMENTS_BAD"
        case CKR_DEVICE_ERROR: "CKR_DEVICE_ERROR"
        case CKR_DEVICE_MEMORY: "CKR_DEVICE_MEMORY"
        case CKR_DEVICE_REMOVED: "CKR_DEVICE_REMOVED"
        case CKR_FUNCTION_NOT_SUPPORTED: "CKR_FUNCTION_NOT_SUPPORTED"
        case CKR_KEY_HANDLE_INVALID: "CKR_KEY_HANDLE_INVALID"
        case CKR_KEY_SIZE_RANGE: "CKR_KEY_SIZE_RANGE"
        case CKR_KEY_TYPE_INCONSISTENT: "CKR_KEY_TYPE_INCONSISTENT"
        case CKR_KEY_FUNCTION_NOT_PERMITTED: "CKR_KEY_FUNCTION_NOT_PERMITTED (the key may not sign)"
        case CKR_MECHANISM_INVALID: "CKR_MECHANISM_INVALID"
        case CKR_MECHANISM_PARAM_INVALID: "CKR_MECHANISM_PARAM_INVALID"
        case CKR_PIN_EXPIRED: "CKR_PIN_EXPIRED"
        case CKR_SESSION_CLOSED: "CKR_SESSION_CLOSED"
        case CKR_SESSION_COUNT: "CKR_SESSION_COUNT (the token allows no more sessions)"
        case CKR_SESSION_HANDLE_INVALID: "CKR_SESSION_HANDLE_INVALID"
        case CKR_TOKEN_NOT_PRESENT: "CKR_TOKEN_NOT_PRESENT"
        case CKR_TOKEN_NOT_RECOGNIZED: "CKR_TOKEN_NOT_RECOGNIZED"
        case CKR_USER_NOT_LOGGED_IN: "CKR_USER_NOT_LOGGED_IN"
        case CKR_USER_PIN_NOT_INITIALIZED: "CKR_USER_PIN_NOT_INITIALIZED (set the user's PIN)"
        case CKR_USER_ANOTHER_ALREADY_LOGGED_IN: "CKR_USER_ANOTHER_ALREADY_LOGGED_IN"
        case CKR_CRYPTOKI_NOT_INITIALIZED: "CKR_CRYPTOKI_NOT_INITIALIZED"
        default: "0x" + String(code, radix: 16)
        }
    }
}
