internal import COpenSSL

/// Counts the signatures that one validation has checked, and ends it when there have been too many.
///
/// Whoever sends certificates chooses how many paths there are to try; without a bound he would choose what they cost.
final class SignatureBudget {
    /// How many signatures one validation may check, of certificates and revocation lists together.
    static let maximumChecks = 200

    /// How many were checked.
    private(set) var checks = 0
    /// Whether one more was wanted than there may be.
    private(set) var isExhausted = false

    /// Takes some checks from what is left; false, and the end of the validation, when that is not enough.
    func spend(_ count: Int = 1) -> Bool {
        guard !isExhausted, checks + count <= Self.maximumChecks else {
            isExhausted = true
            return false
        }
        checks += count
        return true
    }

    /// What is said of a validation that ended here.
    static let words = "no valid path was found within \(maximumChecks) signature checks"
}

/// Remembers which signatures hold, so that each is checked once, however many paths lead over it.
struct SignatureLedger {
    /// One check: a certificate and the key that should have signed it.
    private struct Entry: Hashable {
        let certificate: Int
        let key: Int
    }

    let budget: SignatureBudget
    private var verdicts: [Entry: Bool] = [:]

    init(budget: SignatureBudget) { self.budget = budget }

    /// What is known of this signature; nil when it has not been checked.
    func verdict(on certificate: Int, by key: Int) -> Bool? { verdicts[Entry(certificate: certificate, key: key)] }

    /// Whether the issuer's key signed the certificate; nil when the budget does not allow the check.
    mutating func verify(_ certificate: Certificate, _ number: Int, by issuer: Certificate, _ key: Int) -> Bool? {
        let entry = Entry(certificate: number, key: key)
        if let known = verdicts[entry] { return known }
        guard budget.spend() else { return nil }
        let verdict = Self.isSigned(certificate, by: issuer)
        verdicts[entry] = verdict
        return verdict
    }

    private static func isSigned(_ certificate: Certificate, by issuer: Certificate) -> Bool {
        defer { ERR_clear_error() }
        return withExtendedLifetime((certificate, issuer)) {
            // Also compares the algorithm inside the signed part with the one outside (RFC 5280 §4.1.1.2).
            guard let key = X509_get0_pubkey(issuer.handle.pointer) else { return false }
            return X509_verify(certificate.handle.pointer, key) == 1
        }
    }
}
