import ArgumentParser
import DemoWorld
import LibCrypto
import Operations
import Vocabulary

/// `portvakt demo revoke`.
struct DemoRevoke: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Have the demo world's issuer revoke a certificate.",
        discussion: """
            The issuer's responder and list say so from then on; a running server learns of it when it renews what it \
            knows, within `revocation_refresh`.
            """
    )

    @Argument(help: ArgumentHelp("The certificate, PEM, first of its chain.", valueName: "file"))
    var certificate: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() throws {
        try options.requireDataFolder()
        let contents = try InputFile.read(certificate)
        let found: Certificate
        do throws(CertificateError) {
            guard let first = try Certificate.all(in: contents).first else { throw CertificateError.noPEM }
            found = first
        } catch {
            throw CLIError("certificate_malformed", "`\(certificate)` holds no certificate: \(error)", status: .failed)
        }
        guard let authorities = try DemoAuthorities(dataFolder: options.data) else {
            throw CLIError("no_demo_world", "`\(options.data)` is no demo world's folder", status: .failed)
        }
        let isNew: Bool
        do { isNew = try authorities.revoke(found, at: options.now) } catch let error as DemoWorldError {
            throw CLIError("not_issued_here", error.description, status: .failed)
        }
        try options.print(
            Record(
                "demo-revocation",
                [
                    .init("subject", found.subject.rfc2253), .init("serial", found.serialNumber.hexadecimal),
                    .init("new", isNew),
                ]
            )
        )
    }
}
