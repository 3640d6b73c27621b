public import CoreMetrics
import Foundation
public import LibCrypto
public import Logging
import Vocabulary

/// Where a client's key is, with the files that go with it.
///
/// ``load(keyID:)`` reads it once; ``reloading(keyID:interval:clock:logger:metrics:)`` keeps to its files while the program runs.
public enum KeySource: Sendable, Hashable {
    /// A private JWK in a file (RFC 7517).
    case jwk(path: String)
    /// A PEM file: PKCS#8, PKCS#1 or SEC 1; encrypted, with the pass phrase on the first line of a file; with certificates
    /// in the same file or in another.
    case pem(path: String, passphraseFile: String? = nil, certificates: String? = nil)
    /// A PKCS#12 file, with its password on the first line of a file; without one the password is empty.
    case pkcs12(path: String, passwordFile: String? = nil)
    /// A key in a PKCS#11 token, with the PIN on the first line of a file; the certificates from the token, or from a PEM
    /// file.
    case pkcs11(PKCS11KeyLocation, pinFile: String, certificates: String? = nil)

    /// The files that are read.
    public var paths: [String] {
        switch self {
        case .jwk(let path): [path]
        case .pem(let path, let passphrase, let certificates): [path] + [passphrase, certificates].compactMap { $0 }
        case .pkcs12(let path, let password): [path] + [password].compactMap { $0 }
        case .pkcs11(_, let pin, let certificates): [pin] + [certificates].compactMap { $0 }
        }
    }

    /// Reads the key; waits for files and token.
    ///
    /// With a `kid` it is named by that, else by the JWK's own or by the certificate.
    ///
    /// - Throws: `KeyLoadingError`.
    public func load(keyID: String? = nil) throws(KeyLoadingError) -> any AssertionSigner {
        switch self {
        case .jwk(let path): return try KeySigner(jwk: Self.content(path), keyID: keyID)
        case .pem(let path, let passphrase, let certificates):
            return try KeySigner(
                pem: Self.text(path),
                passphrase: try passphrase.map(Self.secret),
                keyID: keyID,
                certificates: try certificates.map(Self.text)
            )
        case .pkcs12(let path, let password):
            return try KeySigner(
                pkcs12: Self.content(path),
                passphrase: try password.map(Self.secret) ?? Secret(""),
                keyID: keyID
            )
        case .pkcs11(let location, let pinFile, let certificates):
            return try PKCS11Signer(
                location,
                pin: Self.secret(pinFile),
                keyID: keyID,
                certificates: try certificates.map(Self.text)
            )
        }
    }

    /// Reads the key, and takes a new one from changed files while the program runs.
    ///
    /// - Throws: `KeyLoadingError` for the first key.
    public func reloading(
        keyID: String? = nil,
        interval: Duration = .seconds(5),
        clock: any ClientClock = SystemClientClock(),
        logger: Logger = Logger(label: "portvakt.client") { _ in SwiftLogNoOpLogHandler() },
        metrics: (any MetricsFactory)? = nil
    ) throws(KeyLoadingError) -> ReloadingSigner {
        try ReloadingSigner(watching: paths, interval: interval, clock: clock, logger: logger, metrics: metrics) {
            () throws(KeyLoadingError) in try load(keyID: keyID)
        }
    }

    static func content(_ path: String) throws(KeyLoadingError) -> [UInt8] {
        guard let content = try? Data(contentsOf: URL(filePath: path)) else { throw .file(path) }
        return Array(content)
    }

    private static func text(_ path: String) throws(KeyLoadingError) -> String {
        String(decoding: try content(path), as: UTF8.self)
    }

    private static func secret(_ path: String) throws(KeyLoadingError) -> Secret {
        Secret(String(try text(path).prefix { !$0.isNewline }))
    }
}
