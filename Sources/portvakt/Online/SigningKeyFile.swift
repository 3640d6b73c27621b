import LibCrypto
import PortvaktClient
import Vocabulary

/// A client's private key in a file, whose form is told from its content: PEM, JWK or PKCS#12.
enum SigningKeyFile {
    /// Reads it.
    ///
    /// - Throws: `CLIError` for a file that others can open, or that holds no key that can be used.
    static func signer(
        at path: String,
        passphraseFile: String?,
        keyID: String?,
        certificate: String?
    ) throws(CLIError) -> KeySigner {
        let content = try InputFile.readPrivate(path)
        let passphrase = try passphraseFile.map { file throws(CLIError) in try InputFile.readSecret(file) }
        let certificates = try certificate.map { file throws(CLIError) in try InputFile.readText(file) }
        do throws(KeyLoadingError) {
            if content.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
                return try KeySigner(jwk: content, keyID: keyID)
            }
            if let text = String(validating: content, as: UTF8.self), text.contains("-----BEGIN ") {
                return try KeySigner(pem: text, passphrase: passphrase, keyID: keyID, certificates: certificates)
            }
            return try KeySigner(pkcs12: content, passphrase: passphrase ?? Secret(""), keyID: keyID)
        } catch {
            throw CLIError("key_unusable", "`\(path)`: \(error)", hint: hint(for: error))
        }
    }

    private static func hint(for error: KeyLoadingError) -> String? {
        switch error {
        case .unnamed: "name the registered key with `--kid`, or its certificate with `--enterprise-certificate`"
        case .key(.passphraseRequired), .key(.wrongPassphrase): "give a file with the pass phrase: `--passphrase-file`"
        case .certificateOfAnotherKey: "key and certificate must be a pair"
        case .key, .jwk, .token, .file, .certificate, .algorithm: nil
        }
    }
}
