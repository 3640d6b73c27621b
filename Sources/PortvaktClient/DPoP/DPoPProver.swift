import JOSE
import Synchronization
import Vocabulary

/// Makes the proofs that go with tokens bound to a key (RFC 9449 §4), and remembers each server's latest nonce.
///
/// ``AuthorizedHTTPClient`` uses it by itself. A program with another HTTP client asks the token's own:
///
/// ```swift
/// let token = try await tokens.token("exampledir:register.read")
/// request.headers.add(name: "Authorization", value: token.authorization)
/// if let prover = token.prover {
///     let proof = try await prover.proof(method: "GET", url: url, token: token)
///     request.headers.add(name: "DPoP", value: proof)
/// }
/// ```
public final class DPoPProver: Sendable {
    /// The thumbprint of the key, as tokens carry it in `cnf.jkt` (RFC 7638).
    public let thumbprint: String

    private let signer: any ProofSigner
    private let encodedHeader: String
    private let now: @Sendable () -> Timestamp
    private let identifier: @Sendable () -> String
    private let nonces = Mutex<[String: String]>([:])

    /// Servers that a program talks to with one key are few; beyond so many the nonces are asked for again.
    static let rememberedOrigins = 64
    /// A nonce longer than this is none that a server gives in earnest.
    static let longestNonce = 1_024

    init(
        _ signer: any ProofSigner,
        now: @escaping @Sendable () -> Timestamp,
        identifier: @escaping @Sendable () -> String
    ) {
        self.signer = signer
        self.now = now
        self.identifier = identifier
        thumbprint = signer.publicKey.thumbprint()
        let header = DPoPProofDraft.header(key: signer.publicKey, algorithm: signer.algorithm)
        encodedHeader = Base64URL.encode(header.encoded())
    }

    /// A proof for one request; every sending needs a new one.
    ///
    /// Its `nonce` is the latest that the URL's server has given.
    ///
    /// - Parameters:
    ///   - method: The request's method.
    ///   - url: Its URL.
    ///   - token: The access token that goes with it; nil at the token endpoint.
    /// - Throws: `SigningError`.
    /// - Returns: The value of the `DPoP` field.
    public func proof(method: String, url: String, token: AccessToken? = nil) async throws(SigningError) -> String {
        let draft = DPoPProofDraft(
            method: method,
            url: url,
            identifier: identifier(),
            issuedAt: now(),
            nonce: nonce(for: url),
            accessToken: token?.value
        )
        let signingInput = "\(encodedHeader).\(Base64URL.encode(draft.claims.encoded()))"
        let signature = try await signer.sign(Array(signingInput.utf8))
        return "\(signingInput).\(Base64URL.encode(signature))"
    }

    /// Remembers the nonce of an answer's `DPoP-Nonce` field, whatever the answer's status, for the server of the URL.
    ///
    /// Each server has its own (RFC 9449 §8.2, §9).
    ///
    /// - Returns: Whether it is another than the one remembered before.
    @discardableResult
    public func remember(nonce: String?, from url: String) -> Bool {
        guard let nonce, !nonce.isEmpty, nonce.utf8.count <= Self.longestNonce,
            nonce.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }),
            let origin = DPoPTarget(url)?.origin
        else { return false }
        return nonces.withLock { nonces in
            if nonces.count >= Self.rememberedOrigins, nonces[origin] == nil { nonces = [:] }
            return nonces.updateValue(nonce, forKey: origin) != nonce
        }
    }

    func nonce(for url: String) -> String? {
        guard let origin = DPoPTarget(url)?.origin else { return nil }
        return nonces.withLock { $0[origin] }
    }
}

extension DPoPProver: Hashable {
    /// Whether both prove the same key.
    public static func == (left: DPoPProver, right: DPoPProver) -> Bool { left.thumbprint == right.thumbprint }

    /// By the key's thumbprint.
    public func hash(into hasher: inout Hasher) { hasher.combine(thumbprint) }
}

extension DPoPProver: CustomStringConvertible, CustomReflectable {
    /// The key's thumbprint.
    public var description: String { "proofs by `\(thumbprint)`" }

    /// Shows nothing of the key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
