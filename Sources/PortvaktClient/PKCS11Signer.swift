import Dispatch
public import JOSE
public import LibCrypto
public import Vocabulary

/// Signs with a key that never leaves its PKCS#11 token: a hardware module, a smart card, SoftHSM.
///
/// Without a `kid` the assertion carries the certificate that the token, or the text given, holds for the key. A session
/// that is lost is replaced; a wrong PIN is tried once.
public struct PKCS11Signer: AssertionSigner {
    /// The algorithm that it signs by.
    public let algorithm: JWSAlgorithm
    /// How the assertion names the key.
    public let keyReference: KeyReference

    private let key: PKCS11Key
    /// A token may take its time: its calls wait here, one after the other, and hold up no other task.
    private let queue = DispatchQueue(label: "portvakt.client.pkcs11")

    /// Opens the token, logs in and finds the key; waits for the token.
    ///
    /// `certificates` is a PEM text, used in place of the token's certificates.
    ///
    /// - Throws: `KeyLoadingError.token`, `.unnamed`, `.certificateOfAnotherKey`, `.algorithm`.
    public init(
        _ location: PKCS11KeyLocation,
        pin: Secret,
        keyID: String? = nil,
        certificates: String? = nil,
        algorithm: JWSAlgorithm? = nil
    ) throws(KeyLoadingError) {
        let key: PKCS11Key
        do throws(PKCS11Error) { key = try PKCS11Key(location, pin: pin) } catch { throw .token(error) }
        let algorithm = algorithm ?? .preferred(for: key.kind)
        guard algorithm.fits(key.kind) else { throw .algorithm(algorithm, key.kind) }
        var chain: [[UInt8]] = []
        if keyID == nil {
            if let certificates {
                chain = try KeyCertificates.chain(in: certificates, of: key.publicKey)
            } else {
                chain = try KeyCertificates.chain(of: key.certificatesDER, key.publicKey)
            }
        }
        keyReference = try KeyCertificates.reference(keyID, chain)
        self.algorithm = algorithm
        self.key = key
    }

    /// The signature of a signing input, made in the token.
    ///
    /// - Throws: `SigningError` when the token cannot.
    public func sign(_ signingInput: [UInt8]) async throws(SigningError) -> [UInt8] {
        let outcome = await withCheckedContinuation { continuation in
            queue.async {
                let outcome: Result<[UInt8], PKCS11Error>
                do throws(PKCS11Error) {
                    outcome = .success(try key.sign(signingInput, scheme: algorithm.scheme))
                } catch {
                    outcome = .failure(error)
                }
                continuation.resume(returning: outcome)
            }
        }
        switch outcome {
        case .success(let signature): return signature
        case .failure(let error): throw SigningError("\(error)")
        }
    }
}

/// A signer that has a PIN, of which a few wrong ones lock the token.
protocol PINHolder {
    /// Whether the token has refused the PIN.
    var isPINRefused: Bool { get }
}

extension PKCS11Signer: PINHolder {
    var isPINRefused: Bool { key.isPINRefused }
}

extension PKCS11Signer: CustomStringConvertible, CustomReflectable {
    /// The algorithm, the key's kind and its place.
    public var description: String { "\(algorithm.rawValue) by a \(key)" }

    /// Shows nothing of the content, which holds the PIN.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
