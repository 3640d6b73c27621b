import CPKCS11
import Synchronization
import TestTokens
import Testing
import Vocabulary

@testable import LibCrypto

/// In order: tests that finalise the module or make keys would meet each other.
@Suite("Keys in a PKCS#11 token", .serialized, .enabled(if: SoftHSM.isInstalled, Comment(rawValue: SoftHSM.absence)))
struct PKCS11Tests {
    private let message = Array("a message".utf8)

    private func key(_ label: String) throws -> PKCS11Key {
        try PKCS11Key(SoftHSM.shared().location(label), pin: SoftHSM.pin)
    }

    @Test(arguments: [
        ("rsa", SignatureScheme.rsaPKCS1(.sha256)), ("rsa", .rsaPKCS1(.sha384)), ("rsa", .rsaPKCS1(.sha512)),
        ("rsa", .rsaPSS(.sha256)), ("rsa", .rsaPSS(.sha384)), ("rsa", .rsaPSS(.sha512)), ("ec", .ecdsa(.sha256)),
        ("ec384", .ecdsa(.sha384)), ("careful", .rsaPKCS1(.sha256)),
    ])
    func `a signature made in the token holds for libcrypto`(label: String, scheme: SignatureScheme) throws {
        let key = try key(label)
        let signature = try key.sign(message, scheme: scheme)
        #expect(key.publicKey.isValidSignature(signature, of: message, scheme: scheme))
        #expect(!key.publicKey.isValidSignature(signature, of: message + [0], scheme: scheme))
    }

    @Test func `kind and size are read from the token`() throws {
        #expect(try key("rsa").kind == .rsa(bits: 2_048))
        #expect(try key("ec").kind == .ec(.p256))
        #expect(try key("ec384").kind == .ec(.p384))
    }

    @Test func `the bare mechanism of PSS signs the digest`() throws {
        let key = try key("rsa")
        let bare = try #require(PKCS11Mechanism.candidates(for: .rsaPSS(.sha256)).last)
        #expect(!bare.digestsItself)
        let module = try PKCS11Module.at(SoftHSM.modulePath)
        let session = try PKCS11Session(module, SoftHSM.shared().location("rsa"), pin: SoftHSM.pin)
        let signature = try session.sign(message, by: bare)
        #expect(key.publicKey.isValidSignature(signature, of: message, scheme: .rsaPSS(.sha256)))
    }

    @Test func `many threads sign at the same time`() async throws {
        let key = try key("ec")
        let good = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let message = [UInt8(number)]
                    let signature = try key.sign(message, scheme: .ecdsa(.sha256))
                    return key.publicKey.isValidSignature(signature, of: message, scheme: .ecdsa(.sha256))
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(good == 64)
    }

    @Test func `lost sessions are replaced, and the login with them`() throws {
        let key = try key("rsa")
        let module = try PKCS11Module.at(SoftHSM.modulePath)
        let slot = try module.slot(ofToken: SoftHSM.tokenLabel)
        for _ in 0..<3 {
            // The login ends with the last session.
            #expect(module.functions.pointee.C_CloseAllSessions?(slot) == CKR_OK)
            let signature = try key.sign(message, scheme: .rsaPKCS1(.sha256))
            #expect(key.publicKey.isValidSignature(signature, of: message, scheme: .rsaPKCS1(.sha256)))
        }
    }

    @Test func `a module that another part of the process finalised is initialised again`() throws {
        let key = try key("ec")
        let module = try PKCS11Module.at(SoftHSM.modulePath)
        #expect(module.functions.pointee.C_Finalize?(nil) == CKR_OK)
        let signature = try key.sign(message, scheme: .ecdsa(.sha256))
        #expect(key.publicKey.isValidSignature(signature, of: message, scheme: .ecdsa(.sha256)))
    }

    @Test func `another key under the same label is told, never signed with`() throws {
        let token = try SoftHSM.shared()
        try token.makeKey("turning", type: "EC:prime256v1", id: "20")
        let key = try key("turning")
        try token.remove("privkey", id: "20")
        try token.remove("pubkey", id: "20")
        try token.makeKey("turning", type: "EC:prime256v1", id: "21")
        defer {
            try? token.remove("privkey", id: "21")
            try? token.remove("pubkey", id: "21")
        }
        #expect(throws: PKCS11Error.keyReplaced(label: "turning")) { try key.sign(message, scheme: .ecdsa(.sha256)) }
        // Loaded anew it signs.
        let new = try self.key("turning")
        #expect(new.publicKey != key.publicKey)
        _ = try new.sign(message, scheme: .ecdsa(.sha256))
    }

    @Test func `a label that is not there is told with those that are`() throws {
        let token = try SoftHSM.shared()
        #expect {
            try PKCS11Key(token.location("nobody"), pin: SoftHSM.pin)
        } throws: { error in
            guard case PKCS11Error.keyMissing("nobody", let found) = error else { return false }
            return Set(found).isSuperset(of: ["rsa", "ec", "ec384", "careful"])
        }
        #expect {
            try PKCS11Key(token.location("rsa", token: "no such"), pin: SoftHSM.pin)
        } throws: { error in
            guard case PKCS11Error.tokenMissing("no such", let found) = error else { return false }
            return Set(found) == [SoftHSM.tokenLabel, SoftHSM.otherTokenLabel]
        }
    }

    @Test func `two keys of one label are refused`() throws {
        let token = try SoftHSM.shared()
        for id in ["30", "31"] { try token.makeKey("twin", type: "EC:prime256v1", id: id) }
        defer { for id in ["30", "31"] { for type in ["privkey", "pubkey"] { try? token.remove(type, id: id) } } }
        #expect(throws: PKCS11Error.keyAmbiguous(label: "twin")) { try key("twin") }
    }

    @Test func `an EC key without its public half says what to put there`() throws {
        let token = try SoftHSM.shared()
        try token.makeKey("half", type: "EC:prime256v1", id: "40")
        try token.remove("pubkey", id: "40")
        defer { try? token.remove("privkey", id: "40") }
        #expect(throws: PKCS11Error.publicKeyMissing(label: "half")) { try key("half") }
    }

    @Test func `a wrong PIN is told, tried once, and stands in no text`() throws {
        let token = try SoftHSM.shared()
        let module = try PKCS11Module.at(SoftHSM.modulePath)
        // A login of another session would do for all, whatever the PIN.
        _ = module.functions.pointee.C_CloseAllSessions?(try module.slot(ofToken: SoftHSM.tokenLabel))
        #expect(throws: PKCS11Error.pinIncorrect) { try PKCS11Key(token.location("rsa"), pin: Secret("9999")) }
        #expect(!"\(PKCS11Error.pinIncorrect)".contains("9999"))
        let key = try key("rsa")
        var text = ""
        dump(key, to: &text)
        #expect(!text.contains(SoftHSM.pin.exposed))
        #expect(!"\(key)\(String(reflecting: key))".contains(SoftHSM.pin.exposed))
    }

    @Test func `a key that asks for the PIN each time tries a wrong one once`() throws {
        let key = try key("careful")
        let module = try PKCS11Module.at(SoftHSM.modulePath)
        try module.changePIN(ofToken: SoftHSM.tokenLabel, from: SoftHSM.pin, to: Secret("1174"))
        let refused = Result { try key.sign(message, scheme: .rsaPKCS1(.sha256)) }
        try module.changePIN(ofToken: SoftHSM.tokenLabel, from: Secret("1174"), to: SoftHSM.pin)
        #expect(throws: PKCS11Error.pinIncorrect) { try refused.get() }
        // It is right again by now, which nobody can know without trying.
        #expect(throws: PKCS11Error.pinIncorrect) { try key.sign(message, scheme: .rsaPKCS1(.sha256)) }
        _ = try self.key("careful").sign(message, scheme: .rsaPKCS1(.sha256))
    }

    @Test func `a token whose next wrong PIN locks it is sent none, until somebody has logged in`() throws {
        let token = try SoftHSM.shared()
        let module = try PKCS11Module.at(SoftHSM.modulePath)
        let slot = try module.slot(ofToken: SoftHSM.otherTokenLabel)
        _ = module.functions.pointee.C_CloseAllSessions?(slot)
        func open(_ pin: Secret) -> PKCS11Error? {
            let location = token.location("nothing", token: SoftHSM.otherTokenLabel)
            do throws(PKCS11Error) { _ = try PKCS11Key(location, pin: pin) } catch { return error }
            return nil
        }
        // SoftHSM never says so by itself.
        try WatchedModule.watch(module, flagging: slot)
        defer { WatchedModule.release(module) }
        #expect(open(WatchedModule.pin) == .pinFinalTry)
        #expect(open(WatchedModule.pin) == .pinFinalTry)
        #expect(WatchedModule.logins == 0)
        #expect(open(SoftHSM.pin) == .pinFinalTry)
        WatchedModule.clearFlag()
        #expect(open(WatchedModule.pin) == .pinIncorrect)
        #expect(WatchedModule.logins == 1)
        #expect(open(SoftHSM.pin) == .keyMissing(label: "nothing", found: []))
    }

    @Test func `a scheme that does not fit the key is refused`() throws {
        let key = try key("ec")
        #expect(throws: PKCS11Error.self) { try key.sign(message, scheme: .rsaPKCS1(.sha256)) }
        #expect(throws: PKCS11Error.self) { try key.sign(message, scheme: .ed25519) }
    }
}

@Suite("Files that are no PKCS#11 module")
struct PKCS11ModuleTests {
    @Test(arguments: ["libsofthsm2.so", "/no/such/module.so", "/etc/hostname", "/lib/x86_64-linux-gnu/libz.so.1"])
    func `what cannot be opened as a module is told with its path`(path: String) {
        #expect {
            try PKCS11Key(PKCS11KeyLocation(module: path, token: "t", key: "k"), pin: Secret("1"))
        } throws: { error in
            guard case PKCS11Error.module(path, let reason) = error else { return false }
            return !reason.isEmpty
        }
    }

    @Test func `each failure says what to mend`() {
        let texts = [
            "\(PKCS11Error.keyMissing(label: "a", found: ["b", "c"]))",
            "\(PKCS11Error.failed(function: "C_Sign", code: CKR_DEVICE_REMOVED))",
            "\(PKCS11Error.failed(function: "C_Sign", code: 0x8000_0001))",
        ]
        #expect(
            texts == [
                "the token has no private key labelled `a`; there is `b`, `c`",
                "the PKCS#11 module failed: C_Sign gave CKR_DEVICE_REMOVED",
                "the PKCS#11 module failed: C_Sign gave 0x80000001",
            ]
        )
    }
}

extension PKCS11Module {
    /// Changes the user's PIN within this process, whose module would not hear of it otherwise.
    fileprivate func changePIN(ofToken label: String, from old: Secret, to new: Secret) throws(PKCS11Error) {
        typealias SetPIN =
            @convention(c) (
                CK_SESSION_HANDLE, UnsafeMutablePointer<UInt8>?, CK_ULONG, UnsafeMutablePointer<UInt8>?, CK_ULONG
            ) -> CK_RV
        let readAndWrite: CK_ULONG = 2
        var session: CK_SESSION_HANDLE = 0
        try Self.check(
            "C_OpenSession",
            functions.pointee.C_OpenSession?(
                try slot(ofToken: label),
                CKF_SERIAL_SESSION | readAndWrite,
                nil,
                nil,
                &session
            )
        )
        defer { _ = functions.pointee.C_CloseSession?(session) }
        let setPIN = unsafeBitCast(functions.pointee.C_SetPIN, to: SetPIN?.self)
        var (before, after) = (Array(old.exposed.utf8), Array(new.exposed.utf8))
        try Self.check("C_SetPIN", setPIN?(session, &before, CK_ULONG(before.count), &after, CK_ULONG(after.count)))
    }
}

/// The module's own functions for a while with a look at what goes in, and a flag that one token does not set by itself.
private enum WatchedModule {
    private struct State {
        var original: CK_FUNCTION_LIST?
        var flagged: CK_SLOT_ID?
        var logins = 0
    }

    /// A wrong PIN that no other test sends.
    static let pin = Secret("0815-4711")
    private static let state = Mutex(State())

    /// How often ``pin`` was sent.
    static var logins: Int { state.withLock { $0.logins } }

    static func clearFlag() { state.withLock { $0.flagged = nil } }

    static func watch(_ module: PKCS11Module, flagging slot: CK_SLOT_ID) throws {
        let original = module.functions.pointee
        state.withLock { $0 = State(original: original, flagged: slot) }
        let functions = UnsafeMutablePointer(mutating: module.functions)
        functions.pointee.C_GetTokenInfo = { slot, info in
            let (original, flagged) = WatchedModule.state.withLock { ($0.original, $0.flagged) }
            let code = original?.C_GetTokenInfo?(slot, info) ?? CKR_FUNCTION_NOT_SUPPORTED
            if slot == flagged { info?.pointee.flags |= CKF_USER_PIN_FINAL_TRY }
            return code
        }
        functions.pointee.C_Login = { session, user, pin, length in
            let sent = pin.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(length)), as: UTF8.self) }
            let original = WatchedModule.state.withLock { state in
                if sent == WatchedModule.pin.exposed { state.logins += 1 }
                return state.original
            }
            return original?.C_Login?(session, user, pin, length) ?? CKR_FUNCTION_NOT_SUPPORTED
        }
    }

    static func release(_ module: PKCS11Module) {
        guard let original = state.withLock({ $0.original }) else { return }
        UnsafeMutablePointer(mutating: module.functions).pointee = original
    }
}
