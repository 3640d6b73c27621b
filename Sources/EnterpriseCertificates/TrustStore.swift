public import LibCrypto

/// The trust of one environment as it was read at one time: anchors, intermediates, revocation lists and profile.
///
/// A self-signed certificate is an anchor; any other is an intermediate, used to build paths and trusted for nothing.
public struct TrustStore: Sendable {
    /// A file of a trust folder.
    public struct File: Sendable, Hashable {
        /// Its name in the folder, such as `profile.yaml` or `crl/issuer.crl`.
        public let name: String
        /// Its bytes.
        public let contents: [UInt8]

        /// A file.
        public init(name: String, contents: [UInt8]) {
            self.name = name
            self.contents = contents
        }
    }

    /// Where every path must end.
    public let anchors: [Certificate]
    /// Issuing authorities' certificates, which nobody needs to send.
    public let intermediates: [Certificate]
    /// The revocation lists that lie beside the anchors.
    public let revocationLists: [CertificateRevocationList]
    /// What a certificate must be.
    public let profile: CertificateProfile
    /// Changes with any byte of any file: the SHA-256 of them all, in hexadecimal.
    public let revision: String

    /// Proves paths under the profile's demands, without revocation.
    let paths: CertificatePathValidator

    /// Reads the files of a trust folder: certificates (`*.pem`, `*.cer`, `*.crt`; PEM or DER), `crl/*.crl`, `profile.yaml`.
    ///
    /// - Throws: all faults together. Files of other names are faults, but for `README.md` and hidden ones.
    public init(files: [File]) throws(TrustFaults) {
        var reader = TrustFileReader()
        for file in files.sorted(by: { $0.name < $1.name }) { reader.read(file) }
        let profile = reader.finish()
        guard let profile, reader.faults.isEmpty else { throw TrustFaults(faults: reader.faults) }
        self.profile = profile
        anchors = reader.anchors
        intermediates = reader.intermediates
        revocationLists = reader.revocationLists
        revision = Self.revision(of: files)
        var options = profile.pathOptions
        options.provesIssuersFirst = true
        paths = CertificatePathValidator(anchors: anchors, intermediates: intermediates, options: options)
    }

    private static func revision(of files: [File]) -> String {
        var record: [UInt8] = []
        for file in files.sorted(by: { $0.name < $1.name }) {
            // Lengths in front, so that no two sets of files make the same record.
            record += Array("\(file.name.utf8.count):\(file.name):\(file.contents.count):".utf8)
            record += HashFunction.sha256.digest(file.contents)
        }
        return hexadecimal(HashFunction.sha256.digest(record))
    }
}

/// Sorts the files of a trust folder and gathers what is wrong with them.
private struct TrustFileReader {
    var anchors: [Certificate] = []
    var intermediates: [Certificate] = []
    var revocationLists: [CertificateRevocationList] = []
    var faults: [TrustFault] = []
    private var profile: CertificateProfile?
    private var sawProfile = false

    mutating func read(_ file: TrustStore.File) {
        switch TrustFileKind(name: file.name) {
        case .certificates: readCertificates(file)
        case .revocationList: readLists(file)
        case .profile: readProfile(file)
        case .ignored: break
        case .unknown:
            fault(file, "neither a certificate (.pem, .cer, .crt), a list (crl/*.crl), `profile.yaml` nor `README.md`")
        }
    }

    /// The profile, when all that a trust folder needs is there.
    mutating func finish() -> CertificateProfile? {
        if !sawProfile { faults.append(TrustFault(file: "profile.yaml", message: "the file is missing")) }
        if anchors.isEmpty, faults.isEmpty {
            faults.append(TrustFault(file: ".", message: "there is no anchor: none of the certificates is self-signed"))
        }
        return profile
    }

    private mutating func readCertificates(_ file: TrustStore.File) {
        do throws(CertificateError) {
            for certificate in try Certificate.all(in: file.contents) { place(certificate, from: file) }
        } catch {
            fault(file, "not a certificate: \(error)")
        }
    }

    private mutating func place(_ certificate: Certificate, from file: TrustStore.File) {
        guard certificate.isCertificationAuthority else {
            fault(file, "`\(certificate.subject.shortName)` is no certification authority's certificate")
            return
        }
        if certificate.isSelfSigned {
            if !anchors.contains(certificate) { anchors.append(certificate) }
        } else if !intermediates.contains(certificate) {
            intermediates.append(certificate)
        }
    }

    private mutating func readLists(_ file: TrustStore.File) {
        do throws(CertificateError) {
            revocationLists += try CertificateRevocationList.all(in: file.contents)
        } catch {
            fault(file, "not a revocation list: \(error)")
        }
    }

    private mutating func readProfile(_ file: TrustStore.File) {
        sawProfile = true
        do throws(TrustFaults) {
            profile = try CertificateProfile(yaml: String(decoding: file.contents, as: UTF8.self), file: file.name)
        } catch {
            faults += error.faults
        }
    }

    private mutating func fault(_ file: TrustStore.File, _ message: String) {
        faults.append(TrustFault(file: file.name, message: message))
    }
}

/// What a file of a trust folder is, by its name.
private enum TrustFileKind {
    case certificates, revocationList, profile, ignored, unknown

    init(name: String) {
        let parts = name.split(separator: "/")
        let last = parts.last ?? ""
        let ending = last.split(separator: ".", omittingEmptySubsequences: false).last.map { $0.lowercased() } ?? ""
        switch (parts.count, ending) {
        case _ where last.hasPrefix("."), _ where last == "README.md": self = .ignored
        case (1, "pem"), (1, "cer"), (1, "crt"): self = .certificates
        case (2, "crl") where parts[0] == "crl": self = .revocationList
        case (1, "yaml") where last == "profile.yaml": self = .profile
        default: self = .unknown
        }
    }
}
