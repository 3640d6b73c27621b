public import AsyncHTTPClient
import FoundationEssentials
import JOSE
import LibCrypto
import NIOSSL
public import Vocabulary

/// A certificate and its key that an HTTP client shows at the connection (RFC 8705), to the token endpoint and to APIs alike.
///
/// ```swift
/// let certificate = try ClientCertificate(pkcs12: "certificate.p12", passphrase: passphrase)
/// var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
/// certificate.show(in: &settings)
/// let transport = HTTPTokenTransport(HTTPClient(configuration: settings))
/// configuration.grantStyle = certificate.grantStyle  // tls_client_auth; leave it out to have tokens bound only
/// ```
public struct ClientCertificate: Sendable {
    /// Why files make no certificate that can be shown.
    public enum Fault: Error, Equatable, Sendable {
        /// The file cannot be read.
        case file(String)
        /// There is no certificate in it, or no key, or the pass phrase is wrong; says what was wanted.
        case content(String)
    }

    /// The SHA-256 of the certificate in DER, `x5t#S256` of the tokens that are bound to it (RFC 8705 §3.1).
    public let thumbprint: String

    private let chain: [NIOSSLCertificate]
    private let key: NIOSSLPrivateKey

    /// A chain in PEM, the client's own certificate first, and its key in PEM, not encrypted.
    public init(certificates: String, key: String) throws(Fault) {
        let (certificateBytes, keyBytes) = (try Self.contents(of: certificates), try Self.contents(of: key))
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(certificateBytes) else {
            throw .content("`\(certificates)` holds no certificate in PEM")
        }
        guard let privateKey = try? NIOSSLPrivateKey(bytes: keyBytes, format: .pem) else {
            throw .content("`\(key)` holds no private key in PEM")
        }
        try self.init(chain: chain, key: privateKey)
    }

    /// A PKCS#12 container with certificate, key and perhaps issuers.
    public init(pkcs12 path: String, passphrase: Secret) throws(Fault) {
        let contents = try Self.contents(of: path)
        guard let bundle = try? NIOSSLPKCS12Bundle(buffer: contents, passphrase: passphrase.exposed.utf8) else {
            throw .content("`\(path)` is no PKCS#12 container, or the pass phrase is not its")
        }
        try self.init(chain: bundle.certificateChain, key: bundle.privateKey)
    }

    private init(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) throws(Fault) {
        guard let der = try? chain.first?.toDERBytes() else { throw .content("there is no certificate") }
        thumbprint = Base64URL.encode(HashFunction.sha256.digest(der))
        self.chain = chain
        self.key = key
    }

    /// Makes clients of this configuration show the certificate to every server that asks for one.
    public func show(in configuration: inout HTTPClient.Configuration) {
        var settings = configuration.tlsConfiguration ?? .makeClientConfiguration()
        settings.certificateChain = chain.map { .certificate($0) }
        settings.privateKey = .privateKey(key)
        configuration.tlsConfiguration = settings
    }

    /// Asks for tokens by this certificate alone (`tls_client_auth`, RFC 8705 §2.1).
    public var grantStyle: GrantStyle { .clientCertificate(thumbprint: thumbprint) }

    private static func contents(of path: String) throws(Fault) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else { throw .file(path) }
        return Array(data)
    }
}
