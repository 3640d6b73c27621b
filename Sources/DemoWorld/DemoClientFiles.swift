import Clients
import JOSE
import LibCrypto
import TestAuthority
import Vocabulary

/// What a client's owner holds: its key in the forms that libraries read, and an `.env` in the names that NAIS gives.
struct DemoClientFiles {
    let folder: DemoFolder
    let issuer: Issuer

    /// The pass phrase of the PKCS#12 files; a file beside them holds it, as issuers hand it out apart.
    private static let passphrase = Secret("portvakt-demo")

    /// Writes a registered key as JWK and PEM.
    func write(_ jwk: JWK.Private, of client: Client) throws {
        let object = try jwk.secretObject()
        try folder.write("key.jwk", object)
        try folder.write("key.pem", try jwk.key.pem())
        // Single quotes: a shell that reads the file leaves JSON alone.
        try writeEnvironment(.init(client), key: ["MASKINPORTEN_CLIENT_JWK='\(JSONValue.object(object).text())'"])
    }

    /// Writes an enterprise certificate with its key, as PKCS#12 and as PEM.
    func write(_ certificate: IssuedCertificate, of client: Client) throws {
        try writeContainer(certificate, named: "certificate")
        try writeEnvironment(.init(client), key: containerVariables)
    }

    /// Writes the seal of a European organisation with its key, as PKCS#12 and as PEM.
    func write(_ seal: IssuedCertificate, of holder: DemoSealHolder) throws {
        try writeContainer(seal, named: "certificate")
        try writeEnvironment(.init(holder), key: containerVariables)
    }

    private var containerVariables: [String] {
        [
            "MASKINPORTEN_PKCS12_PATH=\(folder.absoluteFile("certificate.p12"))",
            "MASKINPORTEN_PKCS12_PASSWORD_FILE=\(folder.absoluteFile("password"))",
        ]
    }

    /// Writes a certificate that its issuer has revoked, to see what the server says to it.
    func writeRevoked(_ certificate: IssuedCertificate) throws {
        try writeContainer(certificate, named: "revoked")
    }

    private func writeContainer(_ certificate: IssuedCertificate, named name: String) throws {
        guard let key = certificate.key else { throw DemoWorldError.inconsistent("a certificate without a key") }
        let container = try PKCS12.make(
            key: key,
            certificateDER: certificate.der,
            chainDER: Array(certificate.chain.dropFirst()),
            passphrase: Self.passphrase
        )
        try folder.write("\(name).p12", container)
        try folder.write("password", Self.passphrase.exposed + "\n")
        try folder.write(name == "certificate" ? "key.pem" : "\(name)-key.pem", try key.pem())
        try folder.write(name == "certificate" ? "chain.pem" : "\(name)-chain.pem", certificate.chainPEM)
    }

    /// Who asks, as the file says it.
    private struct Asker {
        let title: String
        let id: String
        let scopes: [ScopeName]

        init(_ client: Client) {
            title = "\(client.name), for \(client.owner)"
            id = client.id.rawValue
            scopes = client.scopes
        }

        init(_ holder: DemoSealHolder) {
            title = "\(holder.name), by its electronic seal; no client is registered"
            id = holder.folder
            scopes = holder.scopes
        }
    }

    private func writeEnvironment(_ asker: Asker, key: [String]) throws {
        let lines =
            [
                "# \(asker.title). Read by `portvakt token request --env-file`, or by any application",
                "# that knows the names of NAIS.",
                "MASKINPORTEN_CLIENT_ID=\(asker.id)",
                "MASKINPORTEN_WELL_KNOWN_URL=\(issuer.endpoint(".well-known/oauth-authorization-server"))",
                "MASKINPORTEN_ISSUER=\(issuer)",
                // The first alone: scopes that demand different audiences or algorithms do not go into one token.
                "MASKINPORTEN_SCOPES=\(asker.scopes.first?.rawValue ?? "")",
            ] + key
        try folder.write(".env", lines.joined(separator: "\n") + "\n")
    }
}
