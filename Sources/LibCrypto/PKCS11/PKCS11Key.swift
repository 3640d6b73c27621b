internal import CPKCS11
internal import Synchronization
public import Vocabulary

/// Where a key stands that never leaves its token.
public struct PKCS11KeyLocation: Sendable, Hashable {
    /// The module's absolute path, `/usr/lib/softhsm/libsofthsm2.so`.
    public let module: String
    /// The token's label.
    public let token: String
    /// The private key's label (`CKA_LABEL`).
    public let key: String

    /// A place.
    public init(module: String, token: String, key: String) {
        self.module = module
        self.token = token
        self.key = key
    }
}

/// A private key in a PKCS#11 token: a hardware module, a smart card, SoftHSM.
///
/// Any number of threads may sign; each uses a session of its own. A session that is lost (the module was restarted, the
/// card was pulled and put back) is replaced and the signature tried once more. Calls wait for the token.
public final class PKCS11Key: Sendable {
    /// The public half.
    public let publicKey: PublicKey
    /// The certificates in the token, DER, in no order: the key's own may be among them, with its issuers.
    public let certificatesDER: [[UInt8]]

    /// What it is good for.
    public var kind: KeyKind { publicKey.kind }

    /// Whether the token has refused the PIN since the key was opened; it is not tried again.
    public var isPINRefused: Bool { state.withLock { $0.refusal != nil } }

    private struct State {
        var idle: [PKCS11Session] = []
        /// Raised whenever sessions are lost, so that one of before is not put back.
        var generation = 0
        /// Set by a wrong PIN: it is never tried again, for a few wrong ones lock a token.
        var refusal: PKCS11Error?
        var mechanisms: [SignatureScheme: PKCS11Mechanism] = [:]
    }

    private let module: PKCS11Module
    private let location: PKCS11KeyLocation
    private let pin: Secret
    private let state: Mutex<State>

    /// More threads than these open and close a session for each signature.
    private static let mostIdle = 8

    /// Opens the token, logs in, finds the key and proves by a signature that it can be used.
    ///
    /// - Throws: `PKCS11Error`.
    public init(_ location: PKCS11KeyLocation, pin: Secret) throws(PKCS11Error) {
        module = try PKCS11Module.at(location.module)
        self.location = location
        self.pin = pin
        let session = try Self.open(module, location, pin)
        let (publicKey, certificates) = try Self.read(session, location)
        self.publicKey = publicKey
        certificatesDER = certificates
        state = Mutex(State(idle: [session]))
        try proveUsable()
    }

    /// Signs a message; ECDSA signatures come as r and s side by side.
    ///
    /// - Throws: `PKCS11Error.mechanismMissing` when the token cannot sign by the scheme, `.unsupportedKey` when the
    ///   scheme does not fit the key, `.keyReplaced`, `.pinIncorrect`, `.failed`.
    public func sign(_ message: some Collection<UInt8>, scheme: SignatureScheme) throws(PKCS11Error) -> [UInt8] {
        guard kind.fits(scheme) else {
            throw .unsupportedKey("a key of kind \(kind) cannot sign by this scheme")
        }
        let message = Array(message)
        do throws(PKCS11Error) {
            return try sign(message, scheme, in: session())
        } catch {
            guard error.isLossOfSession else { throw error }
            forgetSessions()
            return try sign(message, scheme, in: session())
        }
    }

    private func sign(
        _ message: [UInt8],
        _ scheme: SignatureScheme,
        in lent: (session: PKCS11Session, generation: Int)
    ) throws(PKCS11Error) -> [UInt8] {
        let mechanism = try mechanism(for: scheme, in: lent.session)
        // A session that failed is not put back: it may have an operation begun.
        let signature: [UInt8]
        do throws(PKCS11Error) { signature = try lent.session.sign(message, by: mechanism) } catch {
            // A key that asks for the PIN each time may refuse it only here.
            remember(error)
            throw error
        }
        state.withLock { state in
            guard state.generation == lent.generation, state.idle.count < Self.mostIdle else { return }
            state.idle.append(lent.session)
        }
        return signature
    }

    private func session() throws(PKCS11Error) -> (PKCS11Session, Int) {
        let (idle, generation) = try state.withLock { state throws(PKCS11Error) in
            if let refusal = state.refusal { throw refusal }
            return (state.idle.popLast(), state.generation)
        }
        if let idle { return (idle, generation) }
        do throws(PKCS11Error) {
            let session = try Self.open(module, location, pin)
            // The label may lead to another key by now; the assertion would name the old one.
            guard try Self.read(session, location).publicKey == publicKey else {
                throw .keyReplaced(label: location.key)
            }
            return (session, generation)
        } catch {
            remember(error)
            throw error
        }
    }

    private func remember(_ error: PKCS11Error) {
        guard error.isAboutPIN else { return }
        state.withLock { $0.refusal = error }
    }

    private func forgetSessions() {
        let lost = state.withLock { state in
            state.generation += 1
            state.mechanisms = [:]
            defer { state.idle = [] }
            return state.idle
        }
        // Closed here, outside the lock.
        _ = lost
    }

    private func mechanism(
        for scheme: SignatureScheme,
        in session: PKCS11Session
    ) throws(PKCS11Error) -> PKCS11Mechanism {
        if let known = state.withLock({ $0.mechanisms[scheme] }) { return known }
        let candidates = PKCS11Mechanism.candidates(for: scheme)
        guard let found = candidates.first(where: { module.canSign(by: $0.type, in: session.slot) }) else {
            throw .mechanismMissing(
                candidates.isEmpty ? "for Ed25519" : candidates.map { "`\($0.name)`" }.joined(separator: " or ")
            )
        }
        state.withLock { $0.mechanisms[scheme] = found }
        return found
    }

    private func proveUsable() throws(PKCS11Error) {
        let scheme: SignatureScheme =
            switch kind {
            case .ec: .ecdsa(.sha256)
            case .rsa, .ed25519: .rsaPKCS1(.sha256)
            }
        let message = Array("consistency of a key pair".utf8)
        guard publicKey.isValidSignature(try sign(message, scheme: scheme), of: message, scheme: scheme) else {
            throw .unsupportedKey("the public key beside it is another key's")
        }
    }

    /// Opens a session, after a new initialisation where another part of the process has finalised the module.
    private static func open(
        _ module: PKCS11Module,
        _ location: PKCS11KeyLocation,
        _ pin: Secret
    ) throws(PKCS11Error) -> PKCS11Session {
        do throws(PKCS11Error) {
            return try PKCS11Session(module, location, pin: pin)
        } catch {
            guard case .failed(_, CKR_CRYPTOKI_NOT_INITIALIZED) = error else { throw error }
            try module.initialise()
            return try PKCS11Session(module, location, pin: pin)
        }
    }

    private static func read(
        _ session: PKCS11Session,
        _ location: PKCS11KeyLocation
    ) throws(PKCS11Error) -> (publicKey: PublicKey, certificates: [[UInt8]]) {
        let reader = PKCS11KeyReader(objects: session.objects, key: session.key, label: location.key)
        return (try reader.publicKey(), try reader.certificates())
    }
}

extension PKCS11Key: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind and the place.
    public var description: String { "\(kind) key `\(location.key)` in the token `\(location.token)`" }

    /// As ``description``.
    public var debugDescription: String { description }

    /// Shows nothing of the content, which holds the PIN.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
