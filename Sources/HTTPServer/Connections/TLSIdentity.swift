import NIOCore
import HummingbirdHTTP2
import NIOSSL
import Synchronization
public import Vocabulary

/// The certificate chain and key that a listener shows, replaced while it runs: each new handshake takes the present ones.
public final class TLSIdentity: Sendable {
    /// Why two files make no identity.
    public enum Fault: Error, Equatable, Sendable {
        /// No certificate in PEM.
        case certificate
        /// No private key in PEM.
        case privateKey
        /// The key is not that of the first certificate, or BoringSSL refuses one of them; says which.
        case unusable(String)
    }

    private let current: Mutex<NIOSSLContextConfigurationOverride>

    /// An identity from PEM: the server's certificate first, then its issuers; and the key, not encrypted.
    ///
    /// - Throws: `Fault`.
    public init(certificates: [UInt8], privateKey: [UInt8]) throws {
        current = Mutex(try Self.parse(certificates: certificates, privateKey: privateKey))
    }

    /// Puts another identity in place of the present one; when it is no sound one the present one stays.
    ///
    /// - Throws: `Fault`.
    public func replace(certificates: [UInt8], privateKey: [UInt8]) throws {
        let next = try Self.parse(certificates: certificates, privateKey: privateKey)
        current.withLock { $0 = next }
    }

    /// The last second in which the listener's own certificate is valid.
    public var notAfter: Timestamp? {
        guard case .certificate(let certificate)? = current.withLock({ $0.certificateChain?.first }) else { return nil }
        return Timestamp(seconds: Int64(certificate.notValidAfter))
    }

    /// The settings of a listener: TLS 1.2 with the suites of BCP 195 (RFC 9325 §4.2), TLS 1.3 where the peer has it.
    var configuration: TLSConfiguration {
        let identity = current.withLock { $0 }
        guard let chain = identity.certificateChain, let key = identity.privateKey else {
            preconditionFailure("an identity always has both")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuites = Self.cipherSuites
        configuration.sslContextCallback = { [self] _, promise in promise.succeed(current.withLock { $0 }) }
        return configuration
    }

    /// The settings of a listener's connections.
    ///
    /// With client certificates the handshake proves only that the peer holds the key of what it shows (RFC 8705 §2); whether
    /// the certificate is worth anything is libcrypto's to say, with our anchors, profile and revocation, where it is used.
    /// So every certificate passes here, a self-signed one too, and none is missed by whoever shows none.
    func channelConfiguration(asksForClientCertificates: Bool) -> TLSChannelConfiguration {
        var configuration = configuration
        guard asksForClientCertificates else { return TLSChannelConfiguration(tlsConfiguration: configuration) }
        configuration.certificateVerification = .optionalVerification
        // No root of the machine's is trusted, and no list of them is sent: a client would choose by it.
        configuration.trustRoots = .certificates([])
        return TLSChannelConfiguration(
            tlsConfiguration: configuration,
            customVerificationCallback: { chain, promise in
                // BoringSSL has bounded the message (100 KiB) before it looked into it; whoever sends more than a chain can
                // be has made a mistake that it should see.
                promise.succeed(
                    chain.count <= ClientCertificateField.maximumIssuers + 1 ? .certificateVerified : .failed
                )
            }
        )
    }

    /// Forward secrecy and authenticated encryption only; TLS 1.3 has its own suites.
    private static let cipherSuites = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ].joined(separator: ":")

    private static func parse(
        certificates: [UInt8],
        privateKey: [UInt8]
    ) throws(Fault) -> NIOSSLContextConfigurationOverride {
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(certificates), !chain.isEmpty else { throw .certificate }
        guard let key = try? NIOSSLPrivateKey(bytes: privateKey, format: .pem) else { throw .privateKey }
        var identity = NIOSSLContextConfigurationOverride()
        identity.certificateChain = chain.map { .certificate($0) }
        identity.privateKey = .privateKey(key)
        do {
            // A context is made only to be told whether the key belongs to the certificate.
            _ = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: identity.certificateChain ?? [],
                    privateKey: .privateKey(key)
                )
            )
        } catch {
            throw .unusable("\(error)")
        }
        return identity
    }
}
