public import Vocabulary

/// Why a responder's answer says nothing of a certificate.
public enum OCSPFault: Error, Sendable, Hashable {
    /// It cannot be read, or a request cannot be made; says what is wrong.
    case malformed(String)
    /// The responder gave no answer but a status of its own (RFC 6960 §4.2.1).
    case refused(OCSPRefusal)
    /// The signature does not verify, or its algorithm is too weak.
    case signature
    /// Who signed it may not speak for the issuer (RFC 6960 §4.2.2.2); says why.
    case responder(String)
    /// It speaks of other certificates.
    case otherCertificate
    /// It answers another request.
    case otherNonce
    /// It marks something as critical that nobody here understands.
    case criticalExtension
    /// It, or what it says, is of a time to come.
    case notYetValid(Timestamp)
    /// A newer answer has been due since then.
    case stale(Timestamp)
}

/// What a responder says in place of an answer (RFC 6960 §4.2.1).
public enum OCSPRefusal: String, Sendable, Hashable, CaseIterable {
    /// The request is malformed.
    case malformedRequest
    /// The responder failed.
    case internalError
    /// The responder cannot answer now.
    case tryLater
    /// The request must be signed.
    case sigRequired
    /// The responder does not answer the asker, or not on this certificate.
    case unauthorized
    /// A status that RFC 6960 does not know.
    case other
}

extension OCSPFault: CustomStringConvertible {
    /// What is wrong, as the rest of a sentence about the answer.
    public var description: String {
        switch self {
        case .malformed(let fault): "it is malformed: \(fault)"
        case .refused(let refusal): "the responder says `\(refusal.rawValue)`"
        case .signature: "its signature does not hold"
        case .responder(let fault): "its signer may not speak for the issuer: \(fault)"
        case .otherCertificate: "it speaks of another certificate"
        case .otherNonce: "it answers another request"
        case .criticalExtension: "it has a critical extension that is not known here"
        case .notYetValid(let time): "it is of `\(time)`, which is to come"
        case .stale(let time): "it was due for renewal at `\(time)`"
        }
    }
}
