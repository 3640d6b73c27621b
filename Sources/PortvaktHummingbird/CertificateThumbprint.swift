public import HTTPTypes
import JOSE
import LibCrypto
public import NIOCore
import NIOSSL

/// Where an API finds the certificate of a request, whose SHA-256 a bound token names (`x5t#S256`, RFC 8705 §3.1).
public enum CertificateThumbprint {
    /// The certificate that the peer has proved to hold in the TLS handshake of this connection; nil when it showed none.
    ///
    /// The server's TLS must ask for one and let any pass (`.optionalVerification` with a callback that says yes): whether the
    /// token was issued to its holder is all that matters here. A stream of HTTP/2 finds that of its connection.
    public static func ofConnection(_ channel: any Channel) async -> String? {
        let connection = channel.parent?.parent != nil ? channel.parent ?? channel : channel
        guard let certificate = try? await connection.nioSSL_peerCertificate().get(),
            let der = try? certificate.toDERBytes()
        else { return nil }
        return Base64URL.encode(HashFunction.sha256.digest(der))
    }

    /// The certificate in `Client-Cert` (RFC 9440 §2.2); nil when there is none or it has another form.
    ///
    /// Only for requests that come from a proxy which sets the field anew on each: from anybody else it proves nothing.
    public static func handedOn(in fields: HTTPFields) -> String? {
        guard let name = HTTPField.Name("Client-Cert"), fields[values: name].count == 1,
            let text = fields[values: name].first, text.utf8.count > 2, text.hasPrefix(":"), text.hasSuffix(":"),
            let der = try? Base64.decode(String(text.dropFirst().dropLast())), !der.isEmpty
        else { return nil }
        return Base64URL.encode(HashFunction.sha256.digest(der))
    }
}
