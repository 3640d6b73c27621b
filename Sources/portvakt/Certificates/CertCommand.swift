import ArgumentParser
import EnterpriseCertificates
import Foundation
import LibCrypto
import Operations
import Vocabulary

/// `portvakt cert`.
struct CertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cert",
        abstract: "Check enterprise certificates.",
        subcommands: [CertCheck.self]
    )
}

/// `portvakt cert check FILE`.
struct CertCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a certificate: path, organisation number, purpose, validity, revocation, policy, key.",
        discussion: """
            The trust is that of --trust, else of the profile named, else of the data folder. With `--profile none` only \
            the path is judged (RFC 5280 §6), every certificate of --trust is an anchor, and revocation is looked at \
            only with --crl. Files may be PEM or DER. Exit 0 when it is accepted, 3 when not, 1 when a file cannot be read.
            """
    )

    @Argument(help: ArgumentHelp("The certificate, with or without its chain; - is stdin."), completion: .file())
    var file: String?

    @Option(name: .long, help: ArgumentHelp("Check as of this time.", valueName: "time"))
    var at: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Anchors: a trust folder, or a file.", valueName: "path"),
        completion: .file()
    )
    var trust: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Certificates to build the path with.", valueName: "file"),
        completion: .file()
    )
    var intermediates: [String] = []

    @Option(
        name: .long,
        parsing: .upToNextOption,
        help: ArgumentHelp("Revocation lists.", valueName: "file"),
        completion: .file()
    )
    var crl: [String] = []

    @Option(name: .long, help: ArgumentHelp("The profile: prod, test or none.", valueName: "name"))
    var profile: String?

    @Option(name: .long, help: ArgumentHelp("An extended key usage that it must have.", valueName: "oid"))
    var purpose: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("How many intermediates the path may have, self-issued ones not counted.", valueName: "n")
    )
    var maxDepth: Int?

    @Option(
        name: .long,
        parsing: .upToNextOption,
        help: ArgumentHelp("Policies that are acceptable.", valueName: "oid")
    )
    var policy: [String] = []

    @Flag(name: .long, help: "A valid policy must be left at the end of the path.")
    var requireExplicitPolicy = false

    @Flag(name: .long, help: "anyPolicy counts for nothing.")
    var inhibitAnyPolicy = false

    @Flag(name: .long, help: "Policies may not be mapped.")
    var inhibitPolicyMapping = false

    @OptionGroup(title: "Global options") var options: GlobalOptions

    mutating func validate() throws {
        if let maxDepth, !(0...1_000).contains(maxDepth) { throw ValidationError("--max-depth is 0 to 1000.") }
        // `--crl A B FILE`: options that take several values take the certificate's name with them when it stands last.
        if file == nil {
            if let last = policy.last, policy.count > 1, OID(parsing: last) == nil {
                file = policy.removeLast()
            } else if crl.count > 1 {
                file = crl.removeLast()
            }
        }
        if file == nil { throw ValidationError("Missing expected argument '<file>'") }
    }

    func run() async throws {
        try options.requireDataFolder()
        guard let file else { throw CLIError.usage("no certificate is named") }
        let contents = try InputFile.read(file)
        var check = try check(at: at.map { text throws(CLIError) in try TimeArgument.time(text, option: "--at") })
        check.intermediates = try intermediates.map(Self.read)
        check.revocationLists = try crl.map(Self.read)
        check.purposes = try Self.identifiers(purpose, option: "--purpose")
        check.policies = try Self.identifiers(policy, option: "--policy")
        check.maximumIntermediates = maxDepth
        check.requiresExplicitPolicy = requireExplicitPolicy
        check.inhibitsAnyPolicy = inhibitAnyPolicy
        check.inhibitsPolicyMapping = inhibitPolicyMapping
        let report = check.run(TrustStore.File(name: file, contents: contents))
        try options.print(Self.table(report))
        guard let fault = report.findings.first(where: { $0.outcome == .failed }) else { return }
        throw CLIError.verdict(
            "certificate_refused",
            "the certificate is not accepted: \(fault.step.words): \(fault.explanation)"
        )
    }

    private func check(at time: Timestamp?) throws(CLIError) -> CertificateCheck {
        let time = time ?? options.now
        switch profile {
        case "none":
            guard let trust else { throw .usage("`--profile none` needs `--trust`") }
            return CertificateCheck(trust: .files(try Self.files(at: trust)), at: time, profile: nil)
        case nil:
            let folder = if let trust { trust } else { try trustInDataFolder() }
            let store = try Self.store(at: folder)
            return CertificateCheck(trust: .store(store), at: time, profile: store.profile)
        case let name?:
            guard let bundled = BundledTrust(rawValue: name), let file = BundledTrust.profile(for: bundled) else {
                throw .usage("there is no profile `\(name)`", hint: "the profiles are `prod`, `test` and `none`")
            }
            // Anchors of one's own, judged by the environment's profile; without them the environment's anchors too.
            let files =
                if let trust { try Self.files(at: trust).map(Self.anchor) + [file] } else {
                    BundledTrust.files(for: bundled)
                }
            do throws(TrustFaults) {
                let store = try TrustStore(files: files)
                return CertificateCheck(trust: .store(store), at: time, profile: store.profile)
            } catch {
                throw CLIError("trust_invalid", "the trust is not usable: \(error)")
            }
        }
    }

    /// The one environment's trust folder of the data folder.
    private func trustInDataFolder() throws(CLIError) -> String {
        let folder = options.data + "/keys/trust"
        let environments = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let found = environments.filter { BundledTrust(rawValue: $0) != nil }
        guard found.count == 1 else {
            throw .usage(
                "nothing says which certificates are trusted",
                hint: "name a folder with `--trust`, an environment with `--profile`, or a data folder with `--data`"
            )
        }
        return "\(folder)/\(found[0])"
    }

    private static func store(at path: String) throws(CLIError) -> TrustStore {
        guard (try? FileStatus(path))?.isFolder == true else {
            throw .usage("`\(path)` is no trust folder", hint: "name the profile for a file of anchors: `--profile`")
        }
        do throws(TrustFaults) {
            return try TrustStore(directory: path)
        } catch {
            throw CLIError("trust_invalid", "the trust folder `\(path)` is not usable: \(error)")
        }
    }

    /// A file, or the certificates of a folder.
    private static func files(at path: String) throws(CLIError) -> [TrustStore.File] {
        guard (try? FileStatus(path))?.isFolder == true else { return [try read(path)] }
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
        let certificates = names.filter { name in [".pem", ".cer", ".crt", ".der"].contains { name.hasSuffix($0) } }
        guard !certificates.isEmpty else { throw CLIError("trust_empty", "there is no certificate in `\(path)`") }
        var files: [TrustStore.File] = []
        for name in certificates {
            files.append(TrustStore.File(name: name, contents: try InputFile.read("\(path)/\(name)")))
        }
        return files
    }

    /// A file under a name that a trust folder takes.
    private static func anchor(_ file: TrustStore.File) -> TrustStore.File {
        let name = file.name.split(separator: "/").last.map(String.init) ?? file.name
        let isKnown = [".pem", ".cer", ".crt"].contains { name.hasSuffix($0) }
        return TrustStore.File(name: isKnown ? name : name + ".pem", contents: file.contents)
    }

    private static func read(_ path: String) throws(CLIError) -> TrustStore.File {
        TrustStore.File(name: path, contents: try InputFile.read(path))
    }

    private static func identifiers(_ texts: [String], option: String) throws(CLIError) -> [OID] {
        var identifiers: [OID] = []
        for text in texts {
            guard let identifier = OID(parsing: text) else {
                throw .usage("`\(option)` is no object identifier: `\(text)`", hint: "as in 2.16.578.1.26.1.3.5")
            }
            identifiers.append(identifier)
        }
        return identifiers
    }

    private static func table(_ report: CertificateCheck.Report) -> Table<CertificateCheck.Finding> {
        Table(
            "certificate-check",
            report.findings,
            facts: [
                .init("accepted", report.isAccepted), .init("organisation_number", report.organisation),
                .init("subject", report.certificate?.subject.rfc2253),
                .init("issuer", report.certificate?.issuer.rfc2253),
                .init("serial_number", report.certificate?.serialNumber.hexadecimal),
                .init("not_before", report.certificate?.notBefore), .init("not_after", report.certificate?.notAfter),
                .init("sha256", report.certificate.map { hexadecimal($0.thumbprint) }),
                .init("path", report.path.map(\.subject.rfc2253)),
            ],
            columns: [
                Column("step") { $0.step.rawValue },
                Column("result", style: { $0.outcome.style }, value: { $0.outcome.rawValue }),
                Column("detail") { $0.explanation },
            ]
        )
    }
}

extension CertificateCheck.Step {
    fileprivate var words: String { rawValue.replacing("_", with: " ") }
}

extension CertificateCheck.Outcome {
    fileprivate var style: TextStyle {
        switch self {
        case .ok: .good
        case .failed: .bad
        case .skipped: .faint
        }
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
}
