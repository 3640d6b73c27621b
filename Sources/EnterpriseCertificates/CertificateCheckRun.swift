import LibCrypto
import Vocabulary

/// One run of a check: the path once, with every finding, then each step on its own.
struct CheckRun {
    private typealias Step = CertificateCheck.Step
    private typealias Finding = CertificateCheck.Finding

    private let check: CertificateCheck
    private let material: CheckMaterial
    private let options: CertificatePathValidator.Options
    private let path: [Certificate]
    private let faults: [PathFinding]

    private var leaf: Certificate { material.leaf }

    init(_ material: CheckMaterial, _ check: CertificateCheck) {
        self.material = material
        self.check = check
        options = Self.options(for: check, material)
        let validator = CertificatePathValidator(
            anchors: material.anchors,
            intermediates: material.intermediates,
            revocationLists: material.lists,
            options: options
        )
        do throws(PathRejection) {
            path = try validator.validate(material.leaf, with: material.sent, at: check.time)
            faults = []
        } catch {
            path = []
            faults = error.findings
        }
    }

    func report() -> CertificateCheck.Report {
        let (organisation, organisationFinding) = organisationNumber()
        return CertificateCheck.Report(
            certificate: leaf,
            path: path,
            organisation: organisation,
            findings: [
                chain(), issuer(), organisationFinding, purpose(), expiry(), revocation(), policy(), key(),
            ]
        )
    }

    private static func options(
        for check: CertificateCheck,
        _ material: CheckMaterial
    ) -> CertificatePathValidator.Options {
        var options = check.profile?.pathOptions ?? CertificatePathValidator.Options()
        if let limit = check.maximumIntermediates { options.maximumIntermediates = limit }
        if !check.purposes.isEmpty { options.purposes = check.purposes }
        options.policies =
            check.policies.isEmpty ? check.profile?.accepted(of: material.leaf) ?? [] : Set(check.policies)
        if check.requiresExplicitPolicy { options.requiresExplicitPolicy = true }
        if check.inhibitsAnyPolicy { options.inhibitsAnyPolicy = true }
        if check.inhibitsPolicyMapping { options.inhibitsPolicyMapping = true }
        options.revocation = material.lists.isEmpty ? .none : .allBelowAnchor
        return options
    }
}

// MARK: Steps

extension CheckRun {
    private func chain() -> Finding {
        var words = words(for: [
            .signature, .tooLong, .pathLength, .notCertificationAuthority, .nameConstraint, .criticalExtension,
            .malformed, .searchLimit, .unspecified,
        ])
        if let profile = check.profile {
            if leaf.isCertificationAuthority {
                words.append(CertificateRejection.certificationAuthority(subject: leaf.subject.shortName).explanation)
            }
            if let stranger = material.sent.first(where: { !$0.isCertificationAuthority }) {
                words.append("`\(stranger.subject.shortName)` follows it and is no certification authority's")
            }
            words += [profile.criticalExtensionRejection(leaf)].compactMap { $0?.explanation }
        }
        let names = path.map { "`\($0.subject.shortName)`" }.joined(separator: " ← ")
        return finding(.chain, words, ok: names.isEmpty ? "nothing is wrong with what there is of it" : names)
    }

    private func issuer() -> Finding {
        var words = words(for: [.unknownIssuer, .selfSignedLeaf])
        if check.profile != nil, leaf.isSelfIssued { words.append(CertificateRejection.selfSigned.explanation) }
        let anchor = path.last.map { ", under `\($0.subject.shortName)`" } ?? ""
        return finding(.issuer, words, ok: "`\(leaf.issuer.shortName)`\(anchor)")
    }

    private func organisationNumber() -> (OrganisationNumber?, Finding) {
        guard let profile = check.profile else {
            return (nil, Finding(step: .organisationNumber, outcome: .skipped, explanation: "no profile asks for it"))
        }
        do throws(CertificateRejection.OrganisationFault) {
            let number = try OrganisationInSubject.read(leaf, profile: profile)
            return (number, Finding(step: .organisationNumber, outcome: .ok, explanation: "`\(number)`"))
        } catch {
            return (nil, Finding(step: .organisationNumber, outcome: .failed, explanation: error.explanation))
        }
    }

    private func purpose() -> Finding {
        var words = words(for: [.purpose])
        if let profile = check.profile {
            words += [profile.keyUsageRejection(leaf)].compactMap { $0?.explanation }
        } else if words.isEmpty, options.purposes.isEmpty {
            return Finding(step: .purpose, outcome: .skipped, explanation: "no purpose is asked for")
        }
        let usages = (leaf.keyUsage ?? []).names + (leaf.extendedKeyUsage ?? []).map(\.dotted)
        return finding(.purpose, words, ok: usages.isEmpty ? "not restricted" : usages.joined(separator: ", "))
    }

    private func expiry() -> Finding {
        let words = faults.filter { [.expired, .notYetValid].contains($0.fault) }.map { fault in
            guard fault.depth == 0 else { return "\(fault.detail), for `\(fault.subject ?? "an issuer")`" }
            return fault.fault == .expired
                ? CertificateRejection.expired(notAfter: leaf.notAfter).explanation
                : CertificateRejection.notYetValid(notBefore: leaf.notBefore).explanation
        }
        // Without a path nothing else has compared the times.
        if words.isEmpty, !leaf.isValid(at: check.time) {
            return Finding(
                step: .expiry,
                outcome: .failed,
                explanation: "valid from `\(leaf.notBefore)` to `\(leaf.notAfter)`"
            )
        }
        let days = (leaf.notAfter - check.time).count / Seconds.days(1).count
        return finding(.expiry, words, ok: "valid from `\(leaf.notBefore)` to `\(leaf.notAfter)`, \(days) days left")
    }

    private func revocation() -> Finding {
        guard options.revocation == .allBelowAnchor else {
            return Finding(step: .revocation, outcome: .skipped, explanation: "no revocation list is given")
        }
        let kinds: Set<PathFault> = [
            .revoked, .revocationListMissing, .revocationListNotYetValid, .revocationListExpired,
            .revocationListInvalid,
        ]
        return finding(.revocation, words(for: kinds), ok: "no list names a certificate of the path")
    }

    private func policy() -> Finding {
        let has = leaf.policies.isEmpty ? "none" : leaf.policies.map(\.dotted).joined(separator: ", ")
        var words = words(for: [.policy])
        if let profile = check.profile, check.policies.isEmpty, profile.accepted(of: leaf).isEmpty {
            words = [CertificateRejection.policy(leaf.policies.map(\.dotted)).explanation]
        }
        if words.isEmpty, check.profile == nil, options.policies.isEmpty, !options.requiresExplicitPolicy {
            return Finding(step: .policy, outcome: .skipped, explanation: "none is asked for; it has \(has)")
        }
        return finding(.policy, words, ok: has)
    }

    private func key() -> Finding {
        var words = words(for: [.weakKey, .weakSignature])
        if let profile = check.profile { words += [profile.keyRejection(leaf)].compactMap { $0?.explanation } }
        let kind = (try? leaf.publicKey()).map { "\($0.kind)" } ?? "a key that this program does not use"
        return finding(.key, words, ok: "\(kind), signed with \(leaf.signatureAlgorithmName)")
    }

    private func words(for kinds: Set<PathFault>) -> [String] {
        faults.filter { kinds.contains($0.fault) }.map { fault in
            "\(fault.detail)\(fault.subject.map { ", at `\($0)`" } ?? "")"
        }
    }

    private func finding(_ step: Step, _ faults: [String], ok: String) -> Finding {
        guard !faults.isEmpty else { return Finding(step: step, outcome: .ok, explanation: ok) }
        // The verifier says some things twice, once for each place where it met them.
        var said: Set<String> = []
        let words = faults.filter { said.insert($0).inserted }
        return Finding(step: step, outcome: .failed, explanation: words.joined(separator: "; "))
    }
}
