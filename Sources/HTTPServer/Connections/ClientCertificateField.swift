import HTTPTypes
import JOSE
import TokenIssuance

/// The header fields in which a proxy that ends TLS hands on the client's certificate (RFC 9440 §2).
///
/// Nothing but their form is looked at here, within limits that hold before anything is decoded.
enum ClientCertificateField {
    /// The longest certificate in DER, in bytes.
    static let maximumLength = 16 * 1024

    /// The most certificates behind the leaf.
    static let maximumIssuers = 9

    /// The certificate in `Client-Cert`, with those of `Client-Cert-Chain` behind it; nil when there is none.
    ///
    /// - Throws: `.clientCertificateMalformed` with the field's name.
    static func certificate(in fields: HTTPFields) throws(Refusal) -> ClientCertificate? {
        let leaves = fields[values: .clientCertificate]
        let chain = fields[values: .clientCertificateChain]
        guard let text = leaves.first else {
            // RFC 9440 §2.3: the chain stands only beside a certificate.
            guard chain.isEmpty else { throw .clientCertificateMalformed(field: "Client-Cert-Chain") }
            return nil
        }
        // An Item stands once; a second field line would be a second opinion.
        guard leaves.count == 1, let leaf = byteSequence(text[...]) else {
            throw .clientCertificateMalformed(field: "Client-Cert")
        }
        var certificates = [leaf]
        for member in chain.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            guard certificates.count <= maximumIssuers, let issuer = byteSequence(member) else {
                throw .clientCertificateMalformed(field: "Client-Cert-Chain")
            }
            certificates.append(issuer)
        }
        return ClientCertificate(chain: certificates)
    }

    /// The bytes of a Byte Sequence without parameters (RFC 8941 §3.3.5): base64 between colons.
    private static func byteSequence(_ text: Substring) -> [UInt8]? {
        var text = text
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        guard text.utf8.count <= maximumLength * 4 / 3 + 6, text.utf8.count > 2, text.first == ":", text.last == ":",
            let bytes = try? Base64.decode(String(text.dropFirst().dropLast())), bytes.count <= maximumLength
        else { return nil }
        return bytes.isEmpty ? nil : bytes
    }
}

extension HTTPField.Name {
    /// RFC 9440 §2.2.
    static let clientCertificate = known("Client-Cert")
    /// RFC 9440 §2.3.
    static let clientCertificateChain = known("Client-Cert-Chain")
}
