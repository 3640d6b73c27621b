import HTTPTypes
import Hummingbird
import NIOCore
import NIOSSL
public import TokenIssuance

/// Where a listener takes the certificates of its clients from (`client_certificates`).
public enum ClientCertificateSource: String, Sendable, Hashable, CaseIterable {
    /// From nowhere: no handshake asks for one, and `Client-Cert` is dropped from everyone.
    case off
    /// From the TLS handshake, which asks for a certificate and lets any pass, to be judged where it is used.
    case ask
    /// From `Client-Cert` (RFC 9440) of a trusted proxy that ends TLS and sets the field anew on each request.
    case proxy
}

/// Reads the certificate that a client showed, when an endpoint wants it; other requests pay nothing for it.
public struct ClientCertificateReading: Sendable {
    private let source: ClientCertificateSource
    private let proxies: TrustedProxies

    /// No certificate is ever read.
    public static let off = ClientCertificateReading(.off, proxies: .none)

    /// Reads certificates from `source`; with `.proxy` from these proxies only.
    public init(_ source: ClientCertificateSource, proxies: TrustedProxies) {
        self.source = source
        self.proxies = proxies
    }

    /// The certificate that the client of this request showed; nil when it showed none.
    ///
    /// - Throws: `.clientCertificateMalformed` for what cannot be read, or what a broken connection throws.
    func certificate(of request: Request, on channel: any Channel) async throws -> ClientCertificate? {
        switch source {
        case .off: return nil
        case .ask: return try await Self.handshakeCertificate(on: channel)
        case .proxy:
            // RFC 9440 §4: from anyone else the field is as if it had not been sent.
            guard proxies.trusts(channel.remoteAddress.flatMap(PeerAddress.init)) else { return nil }
            return try ClientCertificateField.certificate(in: request.headers)
        }
    }

    /// The leaf that the TLS handshake proved the peer to hold.
    ///
    /// It is asked of the session and not of the handshake, so that a resumed session still has it (RFC 8446 §2.2). What the
    /// peer sent behind the leaf is in no session and so never used: issuing authorities lie in the trust folder.
    private static func handshakeCertificate(on channel: any Channel) async throws -> ClientCertificate? {
        // A stream of HTTP/2 has the connection as its parent, and that has the listening socket.
        let connection = channel.parent?.parent != nil ? channel.parent ?? channel : channel
        guard let leaf = try await connection.nioSSL_peerCertificate().get() else { return nil }
        let der = try leaf.toDERBytes()
        guard der.count <= ClientCertificateField.maximumLength else {
            throw Refusal.clientCertificateMalformed(field: nil)
        }
        return ClientCertificate(chain: [der])
    }
}

/// Whoever sent a request, as far as an endpoint may want to know: looked up only when it asks.
public struct RequestPeer: Sendable {
    /// Nobody of whom anything is known.
    public static let unknown = RequestPeer(reading: .off, connection: nil)

    private let reading: ClientCertificateReading
    private let connection: (request: Request, channel: any Channel)?

    /// Whoever sent `request` on `channel`.
    init(of request: Request, on channel: any Channel, reading: ClientCertificateReading) {
        self.init(reading: reading, connection: (request, channel))
    }

    private init(reading: ClientCertificateReading, connection: (request: Request, channel: any Channel)?) {
        self.reading = reading
        self.connection = connection
    }

    /// The address that the connection came from, whomever it forwards for.
    var address: PeerAddress? { connection?.channel.remoteAddress.flatMap(PeerAddress.init) }

    /// The client certificate that it showed, in the handshake or to a trusted proxy; nil when it showed none.
    ///
    /// - Throws: `Refusal.clientCertificateMalformed`, or what a broken connection throws.
    public func clientCertificate() async throws -> ClientCertificate? {
        guard let (request, channel) = connection else { return nil }
        return try await reading.certificate(of: request, on: channel)
    }
}
