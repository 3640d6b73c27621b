import LibCrypto
import Vocabulary

/// Reads the organisation number out of a certificate's subject.
///
/// The identity is the main unit's. Numbers in O, OU or CN are never looked at: whoever orders a certificate may choose
/// those texts.
enum OrganisationInSubject {
    /// What stands before the number in `organizationIdentifier` (ETSI EN 319 412-1 §5.1.4: national trade register, NO).
    private static let prefix = "NTRNO-"

    /// The organisation that a certificate names.
    static func read(
        _ certificate: Certificate,
        profile: CertificateProfile
    ) throws(CertificateRejection.OrganisationFault) -> OrganisationNumber {
        // SEID v2: the attribute decides alone wherever it stands, even when its value is wrong.
        let identifiers = certificate.subject.values(of: .organizationIdentifier)
        guard identifiers.count <= 1 else { throw .several(identifiers) }
        if let identifier = identifiers.first {
            guard identifier.utf8.starts(with: prefix.utf8) else { throw .form(identifier) }
            return try number(in: identifier, from: prefix.utf8.count)
        }
        // SEID v1: only under a policy that is known to be of that profile.
        let isVersion1 = certificate.policies.contains { oid in
            profile.seidVersion1Policies.contains { $0.matches(oid) }
        }
        let numbers = certificate.subject.values(of: .serialNumber)
        guard isVersion1, let first = numbers.first else { throw .missing }
        guard numbers.count == 1 else { throw .several(numbers) }
        return try number(in: first, from: 0)
    }

    private static func number(
        in value: String,
        from start: Int
    ) throws(CertificateRejection.OrganisationFault) -> OrganisationNumber {
        // By bytes: a combining character after the hyphen would make `dropFirst` count differently.
        let digits = String(decoding: value.utf8.dropFirst(start), as: UTF8.self)
        do throws(OrganisationNumber.ParseError) {
            return try OrganisationNumber(parsing: digits)
        } catch {
            switch error {
            case .checkDigit: throw .checkDigit(value)
            case .form, .scheme: throw .form(value)
            }
        }
    }
}
