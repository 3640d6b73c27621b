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

/// The private signing keys on disk: `<data>/keys/signing/<kid>.pem`, each the owner's alone.
public struct SigningKeyFolder: Sendable {
    /// Why a key file cannot be used.
    public struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// What is wrong and what mends it.
        public let description: String
    }

    /// What tells one state of a file from another without reading it.
    struct Signature: Hashable, Sendable {
        let size: Int64
        let modified: Int64
        let inode: UInt64
        let mode: UInt32
    }

    /// The folder's path.
    public let path: String

    private let passphrase: Secret?

    /// The folder of a data folder; `passphrase` opens the keys that are encrypted.
    public init(dataFolder: String, passphrase: Secret? = nil) {
        path = ServerConfiguration.signingKeyFolder(in: dataFolder)
        self.passphrase = passphrase
    }

    /// Makes a key and its file, which must not be there yet; encrypted when there is a pass phrase.
    ///
    /// - Returns: the identifier, made from the key itself.
    /// - Throws: `Fault`.
    public func makeKey(for algorithm: JWSAlgorithm) throws(Fault) -> (id: KeyID, key: PrivateKey) {
        do {
            let key = try PrivateKey.generate(algorithm.signingKeyKind)
            let id = try Self.identifier(of: key)
            let pem = try passphrase.map { try key.pem(encryptedWith: $0) } ?? key.pem()
            try PrivateFile.write(Array(pem.utf8), to: file(of: id))
            return (id, key)
        } catch {
            throw Fault(description: "cannot make a signing key: \(error)")
        }
    }

    /// Reads a key.
    ///
    /// - Throws: `Fault` when its file is missing, open to others, no key, or no key for `algorithm`.
    public func key(_ id: KeyID, for algorithm: JWSAlgorithm) throws(Fault) -> PrivateKey {
        let path = file(of: id)
        let text: [UInt8]
        do { text = try PrivateFile.read(path) } catch { throw Fault(description: "signing key: \(error)") }
        let key: PrivateKey
        do { key = try PrivateKey(pem: String(decoding: text, as: UTF8.self), passphrase: passphrase) } catch {
            throw Fault(description: "signing key `\(path)`: \(error)")
        }
        guard algorithm.fits(key.kind) else {
            throw Fault(description: "signing key `\(path)` is \(key.kind), which does not sign \(algorithm.rawValue)")
        }
        return key
    }

    /// The state of a key's file; nil when there is none.
    func signature(of id: KeyID) -> Signature? {
        var status = stat()
        guard stat(file(of: id), &status) == 0 else { return nil }
        return Signature(
            size: Int64(status.st_size),
            modified: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec),
            inode: UInt64(status.st_ino),
            mode: UInt32(status.st_mode)
        )
    }

    private func file(of id: KeyID) -> String { "\(path)/\(id.rawValue).pem" }

    /// The beginning of the RFC 7638 thumbprint: 132 bits, and never a name that begins with a hyphen.
    private static func identifier(of key: PrivateKey) throws -> KeyID {
        let thumbprint = JWK(key.publicKey, keyID: nil, algorithm: nil).thumbprint()
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
