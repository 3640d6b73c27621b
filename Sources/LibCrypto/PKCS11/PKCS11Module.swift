internal import CPKCS11
internal import Glibc
internal import Synchronization
internal import Vocabulary

/// A PKCS#11 module, opened and initialised once a process and never closed.
///
/// The standard has one initialisation a process (`C_Initialize`), whoever in it uses the module: so the modules are the
/// process's own too, and nobody finalises what another part of the program may use.
final class PKCS11Module: @unchecked Sendable {
    // INVARIANT: `functions` points into a library that is never unloaded, and is only read. The module was initialised
    // with CKF_OS_LOCKING_OK, so any thread may call; each session is used by one thread at a time.
    let functions: UnsafePointer<CK_FUNCTION_LIST>

    private let path: String

    /// The PIN that a token refused last, by slot: a few wrong ones lock a token, so the same is not sent twice.
    private let refused = Mutex<[CK_SLOT_ID: String]>([:])

    private static let opened = Mutex<[String: PKCS11Module]>([:])
    private static let mostSlots: CK_ULONG = 1024

    /// The module at a path, opened by whoever asks first.
    static func at(_ path: String) throws(PKCS11Error) -> PKCS11Module {
        // A bare name would be looked for in places that depend on the environment.
        guard path.hasPrefix("/") else { throw .module(path: path, reason: "the path must be absolute") }
        return try opened.withLock { opened throws(PKCS11Error) in
            if let module = opened[path] { return module }
            let module = try PKCS11Module(opening: path)
            opened[path] = module
            return module
        }
    }

    private init(opening path: String) throws(PKCS11Error) {
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { String(cString: $0) } ?? "it cannot be opened"
            throw .module(path: path, reason: reason)
        }
        guard let symbol = dlsym(library, "C_GetFunctionList") else {
            dlclose(library)
            throw .module(path: path, reason: "it has no `C_GetFunctionList`")
        }
        let getFunctionList = unsafeBitCast(symbol, to: CK_C_GetFunctionList.self)
        var list: UnsafeMutablePointer<CK_FUNCTION_LIST>?
        guard getFunctionList(&list) == CKR_OK, let list, list.pointee.version.major == 2 else {
            dlclose(library)
            throw .module(path: path, reason: "it gives no functions of PKCS#11 version 2")
        }
        functions = UnsafePointer(list)
        self.path = path
        try initialise()
    }

    /// Initialises the module; one that another part of the process has initialised will do.
    func initialise() throws(PKCS11Error) {
        var arguments = CK_C_INITIALIZE_ARGS()
        arguments.flags = CKF_OS_LOCKING_OK
        let code = functions.pointee.C_Initialize?(&arguments) ?? CKR_FUNCTION_NOT_SUPPORTED
        guard code == CKR_OK || code == CKR_CRYPTOKI_ALREADY_INITIALIZED else {
            throw .failed(function: "C_Initialize", code: code)
        }
    }

    /// The slot whose token has a label.
    func slot(ofToken label: String) throws(PKCS11Error) -> CK_SLOT_ID {
        var labels: [String] = []
        var matches: [CK_SLOT_ID] = []
        for slot in try slots() {
            var info = CK_TOKEN_INFO()
            // A token that went away between the two calls is none.
            guard functions.pointee.C_GetTokenInfo?(slot, &info) == CKR_OK else { continue }
            let name = Self.text(info.label)
            labels.append(name)
            if name == label { matches.append(slot) }
        }
        guard let slot = matches.first else {
            throw .tokenMissing(label: label, found: labels.filter { !$0.isEmpty })
        }
        guard matches.count == 1 else { throw .tokenAmbiguous(label: label) }
        return slot
    }

    /// Throws where a PIN must not be sent to a token: it has refused this very one, or would be locked by a wrong one.
    ///
    /// What it has refused is forgotten when the token says that somebody has logged in since, or has set a new PIN.
    func requireUntried(_ pin: Secret, in slot: CK_SLOT_ID) throws(PKCS11Error) {
        var info = CK_TOKEN_INFO()
        try Self.check("C_GetTokenInfo", functions.pointee.C_GetTokenInfo?(slot, &info))
        if info.flags & CKF_USER_PIN_FINAL_TRY != 0 { throw .pinFinalTry }
        let isRefused = refused.withLock { refused in
            if info.flags & CKF_USER_PIN_COUNT_LOW == 0 { refused[slot] = nil }
            return refused[slot] == pin.exposed
        }
        if isRefused { throw .pinIncorrect }
    }

    /// Remembers that a token has refused a PIN.
    func noteRefusal(of pin: Secret, in slot: CK_SLOT_ID) { refused.withLock { $0[slot] = pin.exposed } }

    /// Whether a token can sign by a mechanism.
    func canSign(by mechanism: CK_ULONG, in slot: CK_SLOT_ID) -> Bool {
        var info = CK_MECHANISM_INFO()
        return functions.pointee.C_GetMechanismInfo?(slot, mechanism, &info) == CKR_OK && info.flags & CKF_SIGN != 0
    }

    private func slots() throws(PKCS11Error) -> [CK_SLOT_ID] {
        var count: CK_ULONG = 0
        try Self.check("C_GetSlotList", functions.pointee.C_GetSlotList?(1, nil, &count))
        // Room for tokens that are put in just now.
        var slots = [CK_SLOT_ID](repeating: 0, count: Int(min(count, Self.mostSlots)) + 8)
        count = CK_ULONG(slots.count)
        try Self.check("C_GetSlotList", functions.pointee.C_GetSlotList?(1, &slots, &count))
        return Array(slots.prefix(Int(clamping: count)))
    }

    /// Throws unless a function gave `CKR_OK`; nil stands for a function that the module lacks.
    static func check(_ function: String, _ code: CK_RV?) throws(PKCS11Error) {
        switch code ?? CKR_FUNCTION_NOT_SUPPORTED {
        case CKR_OK: return
        case CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE: throw .pinIncorrect
        case CKR_PIN_LOCKED: throw .pinLocked
        case let code: throw .failed(function: function, code: code)
        }
    }

    /// A label of the standard: blanks at its end, no zero byte.
    private static func text(_ label: some Any) -> String {
        withUnsafeBytes(of: label) { bytes in
            var content = bytes[...]
            while let last = content.last, last == 0x20 || last == 0 { content.removeLast() }
            return String(decoding: content, as: UTF8.self)
        }
    }
}
