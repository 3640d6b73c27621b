import Foundation
import LibCrypto
import TestAuthority
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt cert check")
struct CertCommandTests {
    private static let now = Timestamp(seconds: 1_795_000_000)
    private static let authority = Result { try CertificateAuthority(.buypass, at: now) }
    private static let issued = Result {
        let number = try OrganisationNumber(parsing: "310000124")
        return try authority.get().issue(EnterpriseCertificateRequest(organisation: number, name: "Prøve AS"))
    }

    private let scratch: ScratchFolder
    private let leaf: String
    private let chain: String
    private let root: String

    init() throws {
        scratch = try ScratchFolder()
        let issued = try Self.issued.get()
        leaf = try scratch.file("leaf.pem", issued.pem)
        chain = try scratch.file("chain.pem", issued.chainPEM)
        root = try scratch.file("root.pem", Self.authority.get().root.pem)
    }

    private func check(_ arguments: String...) async -> CommandLineRun { await run(arguments) }

    private func run(_ arguments: [String]) async -> CommandLineRun {
        let console = CapturedConsole(now: Self.now)
        let status = await Console.$current.withValue(console.console) {
            await Portvakt.run(["cert", "check"] + arguments)
        }
        return CommandLineRun(status: status, output: console.output, errors: console.errors)
    }

    @Test func `a good certificate under one's own anchors is exit 0, one line for each step`() async throws {
        let run = await check(chain, "--trust", root, "--profile", "test")
        #expect(run.status == .done, "\(run.output)\(run.errors)")
        let steps = run.output.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false)
        }
        #expect(
            steps.map { $0[0] } == [
                "chain", "issuer", "organisation_number", "purpose", "expiry", "revocation", "policy", "key",
            ]
        )
        #expect(steps.allSatisfy { $0[1] == "ok" || $0[0] == "revocation" })
        #expect(run.errors.isEmpty)
    }

    @Test func `JSON names the organisation and the path`() async throws {
        let json = try await check(chain, "--trust", root, "--profile", "test", "--json").json
        #expect(json["schema"] as? String == "portvakt/certificate-check/v1")
        #expect(json["accepted"] as? Bool == true)
        #expect(json["organisation_number"] as? String == "310000124")
        #expect((json["path"] as? [String])?.count == 3)
        #expect((json["sha256"] as? String)?.count == 64)
    }

    @Test func `a refused certificate is exit 3 and names the first step that failed`() async throws {
        let run = await check(chain, "--profile", "prod", "--json")
        #expect(run.status == .negative)
        #expect(try run.error["code"] as? String == "certificate_refused")
        #expect((try run.error["message"] as? String)?.hasPrefix("the certificate is not accepted: issuer: ") == true)
        #expect(try run.json["accepted"] as? Bool == false)
    }

    @Test func `the time, intermediates and limits of the line are those of the check`() async throws {
        let expired = await check(chain, "--trust", root, "--profile", "test", "--at", "2040-01-01")
        #expect(expired.status == .negative)
        #expect(expired.errors.contains("expiry"))
        #expect(await check(leaf, "--trust", root, "--profile", "none").status == .negative)
        let found = await check(leaf, "--trust", root, "--profile", "none", "--intermediates", chain)
        #expect(found.status == .done, "\(found.output)")
        #expect(await check(chain, "--trust", root, "--profile", "none", "--max-depth", "0").status == .negative)
        #expect(await check(chain, "--trust", root, "--profile", "none", "--max-depth", "1").status == .done)
    }

    @Test func `purposes and policies are demanded when they are named`() async throws {
        let base = [chain, "--trust", root, "--profile", "none"]
        func status(_ options: String...) async -> portvakt.ExitStatus { await run(base + options).status }
        #expect(await status("--policy", "1.2.3.4", "--require-explicit-policy") == .negative)
        #expect(await status("--policy", "not-an-oid") == .usage)
        #expect(await status("--inhibit-any-policy", "--inhibit-policy-mapping") == .done)
        #expect(await status("--max-depth", "-1") == .usage)
    }

    @Test func `a purpose is demanded of a certificate that limits its purposes`() async throws {
        var request = EnterpriseCertificateRequest(
            organisation: try OrganisationNumber(parsing: "310000124"),
            name: "Prøve AS"
        )
        request.extendedKeyUsage = [.clientAuthentication]
        let limited = try scratch.file("limited.pem", Self.authority.get().issue(request).chainPEM)
        let base = ["--trust", root, "--profile", "none", "--purpose"]
        #expect(await run([limited] + base + ["1.3.6.1.5.5.7.3.2"]).status == .done)
        #expect(await run([limited] + base + ["1.3.6.1.5.5.7.3.1"]).status == .negative)
    }

    @Test func `with a list every certificate below the anchor must be covered by one`() async throws {
        let authority = try Self.authority.get()
        let base = [chain, "--trust", root, "--profile", "none"]
        func status(_ lists: String...) async -> portvakt.ExitStatus {
            await run(base + lists.flatMap { ["--crl", $0] }).status
        }
        let next = Self.now + .days(1)
        let ofRoot = try authority.revocationList(of: .root, thisUpdate: Self.now, nextUpdate: next)
        let clean = try authority.revocationList(of: .issuing, thisUpdate: Self.now, nextUpdate: next)
        let revoking = try authority.revocationList(
            of: .issuing,
            revoked: [.init(serialNumber: Certificate(der: Self.issued.get().der).serialNumber, at: Self.now)],
            thisUpdate: Self.now,
            nextUpdate: next
        )
        let rootList = try scratch.file("root.crl", ofRoot)
        let cleanList = try scratch.file("clean.crl", clean)
        let revokingList = try scratch.file("revoking.crl", revoking)
        #expect(await status() == .done)
        #expect(await status(cleanList) == .negative)
        #expect(await status(cleanList, rootList) == .done)
        #expect(await status(revokingList, rootList) == .negative)
        // Several lists may stand behind one flag too, before the certificate or after it.
        #expect(await run(base + ["--crl", cleanList, rootList]).status == .done)
        #expect(await run(base + ["--crl", revokingList, rootList]).status == .negative)
        #expect(await run(base.dropFirst() + ["--crl", cleanList, rootList, chain]).status == .done)
        #expect(await run(base.dropFirst() + ["--crl", cleanList]).status == .usage)
    }

    @Test func `policies are required, inhibited and mapped as RFC 5280 §6_1_1 has it`() async throws {
        let policy = "2.16.578.1.26.1.3.2"
        let base = [chain, "--trust", root, "--profile", "none", "--require-explicit-policy"]
        func status(_ options: String...) async -> portvakt.ExitStatus { await run(base + options).status }
        #expect(await status() == .done)
        #expect(await status("--policy", policy) == .done)
        #expect(await status("--policy", "1.2.3.4") == .negative)
        #expect(await status("--policy", "1.2.3.4", policy) == .done)
        #expect(await status("--policy", "1.2.3.4", "--policy", policy, "--inhibit-policy-mapping") == .done)
        // The issuing authority has `anyPolicy` alone.
        #expect(await status("--policy", policy, "--inhibit-any-policy") == .negative)
        #expect(await run(base.dropFirst() + ["--policy", policy, chain]).status == .done)
    }

    @Test func `without a profile neither data folder nor configuration is looked at`() async throws {
        let nowhere = scratch.path + "/nowhere"
        let base = [chain, "--trust", root, "--profile", "none", "--data", nowhere]
        #expect(await run(base).status == .done)
        #expect(!FileManager.default.fileExists(atPath: nowhere))
    }

    @Test func `whatever is no certificate in any of the files is exit 3, whatever cannot be read exit 1`() async throws
    {
        let broken = try scratch.file("broken.der", [0x30, 0x82, 0x01, 0x00, 0x05, 0x00])
        let empty = try scratch.file("empty.pem", "")
        let base = ["--trust", root, "--profile", "none"]
        for file in [broken, empty] {
            #expect(await run([file] + base).status == .negative)
            #expect(await run([chain, "--profile", "none", "--trust", file]).status == .negative)
            #expect(await run([chain] + base + ["--intermediates", file]).status == .negative)
            #expect(await run([chain] + base + ["--crl", file]).status == .negative)
        }
        for option in ["--intermediates", "--crl"] {
            #expect(await run([chain] + base + [option, scratch.path + "/none"]).status == .failed)
        }
    }

    @Test func `DER is read like PEM`() async throws {
        let der = try scratch.file("leaf.cer", Self.issued.get().der)
        #expect(await check(der, "--trust", root, "--intermediates", chain, "--profile", "none").status == .done)
    }

    @Test func `what is no certificate is exit 3, what cannot be read exit 1, what is not said exit 64`() async throws {
        let broken = try scratch.file("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        #expect(await check(broken, "--trust", root, "--profile", "none").status == .negative)
        #expect(await check(scratch.path + "/none.pem", "--trust", root, "--profile", "none").status == .failed)
        #expect(await check(chain, "--trust", scratch.path + "/none", "--profile", "none").status == .failed)
        #expect(await check(chain, "--profile", "none").status == .usage)
        #expect(await check(chain, "--profile", "nonsense").status == .usage)
        #expect(await check(chain, "--data", scratch.path).status == .usage)
        #expect(await check(chain, "--at", "someday", "--profile", "test").status == .usage)
    }

    @Test func `without options the data folder's one environment is trusted`() async throws {
        let folder = scratch.path + "/data/keys/trust/test"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: root, toPath: folder + "/root.pem")
        let missing = await check(chain, "--data", scratch.path + "/data")
        #expect(missing.status == .failed)
        #expect(missing.errors.contains("profile.yaml"))
        let profile = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "keys/trust/test/profile.yaml")
        try FileManager.default.copyItem(atPath: profile.path, toPath: folder + "/profile.yaml")
        for file in ["root.pem", "profile.yaml"] { chmod("\(folder)/\(file)", 0o644) }
        let run = await check(chain, "--data", scratch.path + "/data")
        #expect(run.status == .done, "\(run.output)\(run.errors)")
    }
}
