// The compiler takes `stat` for this module's where NIO is imported too.
import CDispatch
import FoundationEssentials
public import JOSE
public import LibCrypto
public import Vocabulary

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The private signing keys in `<data>/keys/signing`, each the owner's alone.
///
/// `<kid>.pem` holds a key, encrypted or not; `<kid>.p12` a PKCS#12 container; `<kid>.pkcs11` the RFC 7512 URI of a key in
/// a token, which never leaves it.
public struct SigningKeyFolder: Sendable {
    /// Why a key cannot be used.
    public struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// What is wrong and what mends it.
        public let description: String
        /// Whether to ask again could lock a token: it is left alone until key, PIN or configuration have changed.
        public let isFinal: Bool

        init(description: String, isFinal: Bool = false) {
            self.description = description
            self.isFinal = isFinal
        }
    }

    /// What tells one state of a key's files from another without reading them.
    struct Signature: Hashable, Sendable {
        struct File: Hashable, Sendable {
            let size: Int64
            let modified: Int64
            let inode: UInt64
            let mode: UInt32
        }

        let key: File
        /// The file of the PIN that opens it.
        let pin: File?
    }

    /// Where a key comes from.
    public enum Origin: Sendable, Hashable {
        /// Made now: in the token where new keys are to be, else as a file.
        case new
        /// A PEM or PKCS#12 file, which is copied.
        case file(String)
        /// A key that is in a token already.
        case token(PKCS11URI)
    }

    /// The folder's path.
    public let path: String

    private let secrets: SigningKeySecrets
    private let token: PKCS11URI?

    /// The folder of a data folder.
    ///
    /// - Parameters:
    ///   - dataFolder: The data folder.
    ///   - secrets: What opens the keys.
    ///   - token: The token in which new keys are made; nil: they are files.
    public init(dataFolder: String, secrets: SigningKeySecrets = SigningKeySecrets(), token: PKCS11URI? = nil) {
        path = ServerConfiguration.signingKeyFolder(in: dataFolder)
        self.secrets = secrets
        self.token = token
    }

    /// The folder as a configuration has it.
    public init(_ configuration: ServerConfiguration) {
        self.init(
            dataFolder: configuration.dataFolder,
            secrets: configuration.signingKeySecrets,
            token: configuration.signingKeyToken
        )
    }

    /// Makes a key, or takes one over, and writes its file, which must not be there yet.
    ///
    /// - Parameters:
    ///   - algorithm: What it will sign with.
    ///   - origin: Where the key comes from.
    ///   - now: Part of the label of a key that is made in a token.
    /// - Returns: the identifier, made from the key itself.
    /// - Throws: `Fault`.
    @discardableResult
    public func makeKey(
        for algorithm: JWSAlgorithm,
        from origin: Origin = .new,
        at now: Timestamp = Timestamp(seconds: 0)
    ) throws(Fault) -> (id: KeyID, key: SigningKey) {
        let key: SigningKey
        let content: [UInt8]
        let suffix: Form
        do {
            switch origin {
            case .new:
                if let token {
                    let named = token.naming("portvakt \(algorithm.rawValue) \(now.seconds)")
                    key = .inToken(try makeKey(algorithm.signingKeyKind, at: named))
                    (content, suffix) = (Array("\(named)\n".utf8), .pkcs11)
                } else {
                    let made = try PrivateKey.generate(algorithm.signingKeyKind)
                    let pem = try secrets.passphrase.map { try made.pem(encryptedWith: $0) } ?? made.pem()
                    key = .held(made)
                    (content, suffix) = (Array(pem.utf8), .pem)
                }
            case .file(let source):
                content = try PrivateFile.read(source)
                suffix = content.starts(with: "-----BEGIN".utf8) || Self.holdsPEM(content) ? .pem : .p12
                key = .held(try held(content, suffix))
            case .token(let uri):
                key = .inToken(try opened(uri))
                (content, suffix) = (Array("\(uri)\n".utf8), .pkcs11)
            }
            guard algorithm.fits(key.kind) else {
                throw Fault(description: "a key of kind \(key.kind) does not sign \(algorithm.rawValue)")
            }
            let id = try Self.identifier(of: key.publicKey)
            guard self.file(of: id) == nil else { throw Fault(description: "the key `\(id)` is here already") }
            try PrivateFile.write(content, to: "\(path)/\(id.rawValue).\(suffix.rawValue)")
            return (id, key)
        } catch let fault as Fault {
            throw Fault(description: "cannot make a signing key: \(fault)", isFinal: fault.isFinal)
        } catch {
            throw Fault(
                description: "cannot make a signing key: \(error)",
                isFinal: (error as? PKCS11Error)?.isAboutPIN ?? false
            )
        }
    }

    /// Reads or opens a key.
    ///
    /// - Throws: `Fault` when its file is missing, open to others, no key, or no key for `algorithm`, or when the token does
    ///   not give it.
    public func key(_ id: KeyID, for algorithm: JWSAlgorithm) throws(Fault) -> SigningKey {
        // Named though it is missing: that is where it belongs.
        let (path, form) = file(of: id) ?? ("\(self.path)/\(id.rawValue).pem", .pem)
        let content: [UInt8]
        do { content = try PrivateFile.read(path) } catch { throw Fault(description: "signing key: \(error)") }
        let key: SigningKey
        do {
            switch form {
            case .pem, .p12: key = .held(try held(content, form))
            case .pkcs11:
                let text = String(decoding: content, as: UTF8.self)
                key = .inToken(try opened(PKCS11URI(parsing: String(text.prefix { !$0.isNewline }))))
            }
        } catch {
            throw Fault(
                description: "signing key `\(path)`: \(error)",
                isFinal: (error as? PKCS11Error)?.isAboutPIN ?? false
            )
        }
        guard algorithm.fits(key.kind) else {
            throw Fault(description: "signing key `\(path)` is \(key.kind), which does not sign \(algorithm.rawValue)")
        }
        guard form != .pkcs11 || (try? Self.identifier(of: key.publicKey)) == id else {
            // Else a label that leads to another key would sign under a name that providers know another key by.
            throw Fault(description: "signing key `\(path)`: under its label stands another key")
        }
        return key
    }

    /// The state of a key's files; nil when there is none.
    func signature(of id: KeyID) -> Signature? {
        guard let (path, form) = file(of: id), let key = Self.state(of: path) else { return nil }
        guard form == .pkcs11, let content = try? PrivateFile.read(path),
            let uri = try? PKCS11URI(parsing: String(String(decoding: content, as: UTF8.self).prefix { !$0.isNewline }))
        else { return Signature(key: key, pin: nil) }
        return Signature(key: key, pin: secrets.pinFile(for: uri).flatMap(Self.state))
    }

    // MARK: Parts

    private enum Form: String, CaseIterable { case pem, p12, pkcs11 }

    private func held(_ content: [UInt8], _ form: Form) throws -> PrivateKey {
        switch form {
        case .p12:
            guard let passphrase = secrets.passphrase else { throw CryptoError.passphraseRequired }
            return try PKCS12(der: content, passphrase: passphrase).key
        case .pem, .pkcs11:
            return try PrivateKey(pem: String(decoding: content, as: UTF8.self), passphrase: secrets.passphrase)
        }
    }

    private func opened(_ uri: PKCS11URI) throws -> PKCS11Key {
        guard let location = uri.location else { throw PKCS11URI.Fault("`object` is missing: it names the key") }
        return try PKCS11Key(location, pin: pin(for: uri))
    }

    private func makeKey(_ kind: KeyKind, at uri: PKCS11URI) throws -> PKCS11Key {
        guard let location = uri.location else { throw PKCS11URI.Fault("`object` is missing: it names the key") }
        return try PKCS11Key.generate(kind, at: location, pin: pin(for: uri))
    }

    private func pin(for uri: PKCS11URI) throws -> Secret {
        guard let pin = try secrets.pin(for: uri) else {
            throw PKCS11URI.Fault("no PIN is set: set `signing_key_pin_file`, or `pin-source` in the URI")
        }
        return pin
    }

    private func file(of id: KeyID) -> (path: String, form: Form)? {
        for form in Form.allCases {
            let path = "\(self.path)/\(id.rawValue).\(form.rawValue)"
            if access(path, F_OK) == 0 { return (path, form) }
        }
        return nil
    }

    private static func state(of path: String) -> Signature.File? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Signature.File(
            size: Int64(status.st_size),
            modified: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec),
            inode: UInt64(status.st_ino),
            mode: UInt32(status.st_mode)
        )
    }

    /// Whether a file is PEM with words before the key, as tools write.
    private static func holdsPEM(_ content: [UInt8]) -> Bool {
        String(validating: content, as: UTF8.self)?.contains("-----BEGIN") ?? false
    }

    /// The beginning of the RFC 7638 thumbprint: 132 bits, and never a name that begins with a hyphen.
    private static func identifier(of key: PublicKey) throws -> KeyID {
        let thumbprint = JWK(key, keyID: nil, algorithm: nil).thumbprint()
        return try KeyID(parsing: "sig-\(thumbprint.prefix(22))")
    }
}

extension JWSAlgorithm {
    /// The kind of key that the server makes for itself.
    var signingKeyKind: KeyKind {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa(bits: 2_048)
        case .es256: .ec(.p256)
        case .es384: .ec(.p384)
        case .es512: .ec(.p521)
        case .edDSA: .ed25519
        }
    }
}
