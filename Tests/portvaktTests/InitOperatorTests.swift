import Foundation
import JOSE
import Testing
import Vocabulary

@testable import portvakt

@Suite("init --org: an installation with its operator")
struct InitOperatorTests {
    private let scratch: ScratchFolder
    private static let organisation = AdministrationWorld.owner

    init() throws { scratch = try ScratchFolder() }

    private var data: String { scratch.path + "/var" }

    private func run(_ arguments: [String]) async -> CommandLineRun {
        let captured = CapturedConsole()
        let status = await Console.$current.withValue(captured.console) { await Portvakt.run(arguments) }
        return CommandLineRun(status: status, output: captured.output, errors: captured.errors)
    }

    private func make(_ more: String...) async -> CommandLineRun {
        await run(
            [
                "init", data, "--issuer", "https://id.example.no/", "--env", "test", "--org", "\(Self.organisation)",
                "--json",
            ]
                + more
        )
    }

    @Test func `a client that administers, its key, the reserved prefixes and scopes`() async throws {
        let made = await make("--prefix", "acme", "--org-name", "EIER")
        #expect(made.status == .done, "\(made.errors)")
        let installation = try made.json
        let client = try #require(installation["client_id"] as? String)
        let key = try #require(installation["key_file"] as? String)
        #expect(try FileStatus(key).permissions == 0o600)
        #expect(made.errors.contains("it stands in it by your word"))
        for command in [
            "portvakt serve", "portvakt context set operator --server", "portvakt login --context operator",
        ] {
            #expect(made.errors.contains(command))
        }
        let prefixes = await run(["prefix", "list", "--data", data, "--fields", "prefix,owner_orgno"])
        #expect(
            prefixes.output
                == ["acme", "altinn", "idporten", "portvakt"].map { "\($0)\t\(Self.organisation)\n" }.joined()
        )
        let shown = try await run(["client", "show", client, "--data", data, "--json"]).json
        let scopes = try #require(shown["scopes"] as? [String])
        #expect(
            Set(["portvakt:operator", "idporten:dcr.read", "idporten:dcr.write", "idporten:scopes.write"]).isSubset(
                of: scopes
            )
        )
        #expect(!scopes.contains { $0.hasPrefix("altinn:") })
        let secret = try JSONValue(parsing: try String(contentsOfFile: key, encoding: .utf8))
        #expect((shown["keys"] as? [[String: Any]])?.first?["kid"] as? String == secret["kid"]?.string)
        let access = await run(["access", "list", "--data", data, "--org", "\(Self.organisation)", "--output", "id"])
        #expect(
            access.output.split(separator: "\n").allSatisfy { $0.hasPrefix("idporten:") || $0 == "portvakt:operator" }
        )
        #expect(access.output.contains("portvakt:operator\n"))
        let organisation = try await run(["org", "show", "\(Self.organisation)", "--data", data, "--json"]).json
        #expect(organisation["name"] as? String == "EIER" && organisation["status"] as? String == "live")
    }

    @Test func `a register that knows the operator needs nobody's word, and one that does not closes it`() async throws
    {
        let unit =
            #"{"organisasjonsnummer":"\#(Self.organisation)","navn":"EIER AS","organisasjonsform":{"kode":"AS"}}"#
        let register = try scratch.file("register.json", "[\(unit)]")
        let made = await make("--register", register)
        #expect(made.status == .done, "\(made.errors)")
        #expect(!made.errors.contains("by your word"))
        let shown = try await run(["org", "show", "\(Self.organisation)", "--data", data, "--json"]).json
        #expect(shown["name"] as? String == "EIER AS" && shown["form"] as? String == "AS")
    }

    @Test func `the first whole register takes the place of the operator's word`() async throws {
        #expect(await make().status == .done)
        let unit =
            #"{"organisasjonsnummer":"\#(AdministrationWorld.other)","navn":"ANNEN","organisasjonsform":{"kode":"AS"}}"#
        let register = try scratch.file("register.json", "[\(unit)]")
        #expect(await run(["org", "import", register, "--data", data]).status == .done)
        let shown = try await run(["org", "show", "\(Self.organisation)", "--data", data, "--json"]).json
        #expect((shown["status"] as? String)?.hasPrefix("deleted") == true)
    }

    @Test(arguments: [
        ["--org", "123456789"], ["--prefix", "acme"], ["--org-name", "X"],
        ["--org", "\(organisation)", "--prefix", "A B"],
    ])
    func `what is wrong is found before anything is made`(arguments: [String]) async {
        let refused = await run(
            ["init", data, "--issuer", "https://id.example.no/", "--env", "test"] + arguments
        )
        #expect(refused.status != .done)
        #expect(!FileManager.default.fileExists(atPath: data))
    }
}
