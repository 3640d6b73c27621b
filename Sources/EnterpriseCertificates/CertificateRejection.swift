public import Vocabulary

/// Why a certificate is not acceptable as an enterprise certificate; the caller's fault.
public enum CertificateRejection: Error, Equatable, Sendable {
    /// The chain or a certificate in it cannot be read; says what is wrong.
    case malformed(String)
    /// The first certificate is a certification authority's own, as in a chain sent in reversed order.
    case certificationAuthority(subject: String)
    /// The certificate signed itself.
    case selfSigned
    /// No path leads to one of our anchors; names the issuer that the certificate claims, and what fails.
    case untrusted(issuer: String, cause: String)
    /// Its validity begins later.
    case notYetValid(notBefore: Timestamp)
    /// Its validity is over.
    case expired(notAfter: Timestamp)
    /// Its issuer has revoked it, or the certificate of the issuer.
    case revoked(subject: String)
    /// The operator of this server has blocked it after an incident; its SHA-256 in hexadecimal.
    case blocked(thumbprint: String)
    /// Whether it is revoked cannot be told; says why.
    case revocationUnknown(RevocationDoubt)
    /// None of its policies is that of an enterprise certificate for authentication; lists those it has.
    case policy([String])
    /// It may not be used to authenticate; lists the key usages that it has.
    case keyUsage([String])
    /// Its extended key usage leaves out the purpose; lists those it has.
    case extendedKeyUsage([String])
    /// It marks extensions as critical that the profile does not know.
    case criticalExtension([String])
    /// Its key or its signature is too weak; says which.
    case weakKey(String)
    /// It names no organisation, or not exactly one.
    case organisationNumber(OrganisationFault)

    /// Its subject does not name one legal person as a seal's must.
    case subject(SubjectFault)

    /// Why a seal's subject names no legal person (ETSI EN 319 412-3 §4.2.1).
    public enum SubjectFault: Error, Equatable, Sendable {
        /// The attribute is missing.
        case missing(String)
        /// The attribute stands more than once.
        case several(String, [String])
        /// The attribute's value has another form than EN 319 412-1 gives it.
        case form(String, String)
    }

    /// Why no organisation number can be read from a certificate.
    public enum OrganisationFault: Error, Equatable, Sendable {
        /// The subject has neither an `organizationIdentifier` nor, under a SEID v1 policy, a `serialNumber`.
        case missing
        /// The subject has several `organizationIdentifier` attributes, or several `serialNumber` under SEID v1.
        case several([String])
        /// The value has another form than `NTRNO-` and nine digits (SEID v1: nine digits).
        case form(String)
        /// The last digit is not the check digit.
        case checkDigit(String)
    }
}

extension CertificateRejection {
    /// The stable word that tells this cause from others of the same code.
    public var reason: String {
        switch self {
        case .malformed: "certificate_malformed"
        case .certificationAuthority: "certificate_not_end_entity"
        case .selfSigned: "certificate_self_signed"
        case .untrusted: "certificate_untrusted"
        case .notYetValid: "certificate_not_yet_valid"
        case .expired: "certificate_expired"
        case .revoked: "certificate_revoked"
        case .blocked: "certificate_blocked"
        case .revocationUnknown: "certificate_revocation_unknown"
        case .policy: "certificate_policy"
        case .keyUsage: "certificate_key_usage"
        case .extendedKeyUsage: "certificate_extended_key_usage"
        case .criticalExtension: "certificate_critical_extension"
        case .weakKey: "certificate_weak_key"
        case .organisationNumber: "certificate_organisation_number"
        case .subject: "certificate_subject"
        }
    }

    /// All reasons there are, for the table of errors.
    public static let reasons = [
        "certificate_malformed", "certificate_not_end_entity", "certificate_self_signed", "certificate_untrusted",
        "certificate_not_yet_valid", "certificate_expired", "certificate_revoked", "certificate_blocked",
        "certificate_revocation_unknown",
        "certificate_policy", "certificate_key_usage", "certificate_extended_key_usage",
        "certificate_critical_extension", "certificate_weak_key", "certificate_organisation_number",
        "certificate_subject",
    ]

    /// What is wrong and how it is mended, for the caller.
    public var explanation: String {
        switch self {
        case .malformed(let fault): "the certificate cannot be used: \(fault)"
        case .certificationAuthority(let subject):
            "the first certificate of the chain is that of a certification authority, `\(subject)`; send the enterprise "
                + "certificate first, its issuer after it or not at all"
        case .selfSigned:
            "the certificate is self-signed; use an enterprise certificate from Buypass or Commfides, or register the "
                + "public key and send its `kid`"
        case .untrusted(let issuer, let cause):
            "no path leads from the certificate, issued by `\(issuer)`, to a trusted root of this environment: \(cause)"
        case .notYetValid(let notBefore): "the certificate is not valid before `\(notBefore)`; check the clock"
        case .expired(let notAfter): "the certificate expired at `\(notAfter)`; order a new one"
        case .revoked(let subject): "the certificate of `\(subject)` has been revoked by its issuer; order a new one"
        case .blocked(let thumbprint):
            "the operator of this server has blocked the certificate with the SHA-256 `\(thumbprint)` after an incident; "
                + "order a new one"
        case .revocationUnknown(let doubt): "whether the certificate is revoked cannot be told: \(doubt.cause)"
        case .policy(let policies):
            "the certificate's policies \(list(policies)) are not those of an enterprise certificate for authentication; "
                + "use the certificate marked for authentication, not the one for signing or encryption, and of this "
                + "environment"
        case .keyUsage(let usages):
            "the certificate's key usage \(list(usages)) lacks `digitalSignature`; use the certificate for authentication"
        case .extendedKeyUsage(let usages):
            "the certificate's extended key usage \(list(usages)) does not allow client authentication"
        case .criticalExtension(let extensions):
            "the certificate marks extensions as critical that an enterprise certificate does not have: "
                + list(extensions)
        case .weakKey(let fault): "the certificate's cryptography is too weak: \(fault)"
        case .organisationNumber(let fault): fault.explanation
        case .subject(.missing(let name)):
            "the certificate's subject has no `\(name)`, which a seal's must have (ETSI EN 319 412-3)"
        case .subject(.several(let name, _)):
            "the certificate's subject has `\(name)` more than once (ETSI EN 319 412-3 wants it once)"
        case .subject(.form(let name, let value)):
            "the certificate's `\(name)` is `\(value)`, which has not the form of ETSI EN 319 412-1"
        }
    }

    /// What was found, by name: public facts of the certificate that the caller sent.
    public var details: [String: [String]] {
        switch self {
        case .malformed, .selfSigned, .weakKey: [:]
        case .blocked(let thumbprint): ["certificate_sha256": [thumbprint]]
        case .revocationUnknown(let doubt):
            doubt.evidenceAge.map { ["evidence_age_seconds": [String($0.count)]] } ?? [:]
        case .certificationAuthority(let subject), .revoked(let subject): ["subject": [subject]]
        case .untrusted(let issuer, _): ["issuer": [issuer]]
        case .notYetValid(let notBefore): ["not_before": [notBefore.description]]
        case .expired(let notAfter): ["not_after": [notAfter.description]]
        case .policy(let policies): ["policies": policies]
        case .keyUsage(let usages): ["key_usage": usages]
        case .extendedKeyUsage(let usages): ["extended_key_usage": usages]
        case .criticalExtension(let extensions): ["critical_extensions": extensions]
        case .organisationNumber(let fault): fault.received.isEmpty ? [:] : ["received": fault.received]
        case .subject(.missing(let name)): ["attribute": [name]]
        case .subject(.several(let name, let values)): ["attribute": [name], "received": values]
        case .subject(.form(let name, let value)): ["attribute": [name], "received": [value]]
        }
    }

    private func list(_ words: [String]) -> String {
        words.isEmpty ? "(none)" : words.map { "`\($0)`" }.joined(separator: ", ")
    }
}

extension CertificateRejection.OrganisationFault {
    /// What is wrong and how it is mended.
    public var explanation: String {
        switch self {
        case .missing: "the certificate names no organisation: its subject has no `organizationIdentifier`"
        case .several(let values):
            "the certificate names more than one organisation: " + values.map { "`\($0)`" }.joined(separator: ", ")
        case .form(let value):
            "the certificate's organisation is `\(value)`, not the `NTRNO-` and nine digits of a Norwegian organisation"
        case .checkDigit(let value): "the certificate's organisation `\(value)` fails the modulus-11 check"
        }
    }

    /// The values that the certificate has.
    var received: [String] {
        switch self {
        case .missing: []
        case .several(let values): values
        case .form(let value), .checkDigit(let value): [value]
        }
    }
}
