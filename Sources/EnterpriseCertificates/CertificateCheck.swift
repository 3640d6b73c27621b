public import LibCrypto
public import Vocabulary

/// Checks one certificate file and explains every step, for `portvakt cert check`.
///
/// All steps are done even when one fails. With a profile the verdict is that of ``EnterpriseCertificateValidator``; without
/// one only the path is judged (RFC 5280 §6), so that published path-validation suites can be run.
public struct CertificateCheck: Sendable {
    /// Where the path must end.
    public enum Trust: Sendable {
        /// The anchors, intermediates and lists of a trust folder.
        case store(TrustStore)
        /// Files of certificates, PEM or DER, each of which is an anchor whatever it is.
        case files([TrustStore.File])
    }

    /// Where the path must end.
    public var trust: Trust
    /// Files of certificates to build the path with, PEM or DER.
    public var intermediates: [TrustStore.File] = []
    /// Files of revocation lists, PEM or DER; those of a trust folder count besides.
    public var revocationLists: [TrustStore.File] = []
    /// The time at which everything must hold.
    public var time: Timestamp
    /// What the certificate must be besides; nil for `--profile none`.
    public var profile: CertificateProfile?
    /// Where a certificate has extended key usages, it must have one of these; empty for the profile's, or no demand.
    public var purposes: [OID] = []
    /// How many intermediates may stand between certificate and anchor; nil for the profile's limit, or 16.
    public var maximumIntermediates: Int?
    /// The acceptable policies; empty for the profile's, or any.
    public var policies: [OID] = []
    /// Whether a valid policy must be left at the end of the path.
    public var requiresExplicitPolicy = false
    /// Whether `anyPolicy` counts for nothing.
    public var inhibitsAnyPolicy = false
    /// Whether policies may not be mapped.
    public var inhibitsPolicyMapping = false

    /// A check.
    public init(trust: Trust, at time: Timestamp, profile: CertificateProfile?) {
        self.trust = trust
        self.time = time
        self.profile = profile
    }

    /// A thing that is looked at.
    public enum Step: String, Sendable, CaseIterable {
        /// The files, signatures and constraints of the path.
        case chain
        /// Who issued it, under which anchor.
        case issuer
        /// The organisation number in the subject.
        case organisationNumber = "organisation_number"
        /// Key usage and extended key usage.
        case purpose
        /// The validity of all certificates of the path.
        case expiry
        /// The revocation lists.
        case revocation
        /// The certificate policies.
        case policy
        /// The strength of keys and signatures.
        case key
    }

    /// How a step ended.
    public enum Outcome: String, Sendable {
        /// It was looked at and is in order.
        case ok
        /// It was looked at and is not in order.
        case failed
        /// It was not asked for.
        case skipped
    }

    /// One step and its end.
    public struct Finding: Sendable, Hashable {
        /// Which step.
        public let step: Step
        /// How it ended.
        public let outcome: Outcome
        /// Why, for a person.
        public let explanation: String
    }

    /// All that the check found.
    public struct Report: Sendable {
        /// The certificate, nil when it cannot be read.
        public let certificate: Certificate?
        /// The proven path, certificate first, anchor last; empty when there is none.
        public let path: [Certificate]
        /// The organisation that it names, when it names one.
        public let organisation: OrganisationNumber?
        /// One finding for each step, in their order.
        public let findings: [Finding]

        /// Whether no step failed.
        public var isAccepted: Bool { findings.allSatisfy { $0.outcome != .failed } }
    }

    /// Checks the certificate of a file, PEM or DER; further certificates in it may serve as intermediates.
    public func run(_ file: TrustStore.File) -> Report {
        do throws(UnreadableFile) {
            return CheckRun(try CheckMaterial(self, file), self).report()
        } catch {
            let rest = Step.allCases.dropFirst().map {
                Finding(step: $0, outcome: .skipped, explanation: "there is nothing to look at")
            }
            let chain = Finding(step: .chain, outcome: .failed, explanation: "`\(error.name)`: \(error.cause)")
            return Report(certificate: nil, path: [], organisation: nil, findings: [chain] + rest)
        }
    }
}

/// A file that holds nothing of the kind wanted.
struct UnreadableFile: Error {
    let name: String
    let cause: CertificateError
}

/// The certificates and lists of a check, read from its files.
struct CheckMaterial {
    let leaf: Certificate
    /// What stood in the leaf's own file behind it.
    let sent: [Certificate]
    let intermediates: [Certificate]
    let anchors: [Certificate]
    let lists: [CertificateRevocationList]

    init(_ check: CertificateCheck, _ file: TrustStore.File) throws(UnreadableFile) {
        let chain = try Self.certificates([file])
        guard let first = chain.first else { throw UnreadableFile(name: file.name, cause: .noPEM) }
        leaf = first
        sent = Array(chain.dropFirst())
        let given = try Self.certificates(check.intermediates)
        var lists: [CertificateRevocationList] = []
        for file in check.revocationLists {
            do throws(CertificateError) {
                lists += try CertificateRevocationList.all(in: file.contents)
            } catch {
                throw UnreadableFile(name: file.name, cause: error)
            }
        }
        switch check.trust {
        case .store(let store):
            anchors = store.anchors
            intermediates = given + store.intermediates
            self.lists = lists + store.revocationLists
        case .files(let files):
            anchors = try Self.certificates(files)
            intermediates = given
            self.lists = lists
        }
    }

    private static func certificates(_ files: [TrustStore.File]) throws(UnreadableFile) -> [Certificate] {
        var certificates: [Certificate] = []
        for file in files {
            do throws(CertificateError) {
                certificates += try Certificate.all(in: file.contents)
            } catch {
                throw UnreadableFile(name: file.name, cause: error)
            }
        }
        return certificates
    }
}
