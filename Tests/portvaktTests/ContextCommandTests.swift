import Foundation
import Testing

@testable import portvakt

@Suite("Contexts: which server, as which client")
struct ContextCommandTests {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private var environment: [String: String] { ["XDG_CONFIG_HOME": scratch.path] }
    private var file: String { scratch.path + "/portvakt/contexts.yaml" }

    private func run(_ arguments: String...) async -> CommandLineRun {
        let captured = CapturedConsole(environment: environment)
        let status = await Console.$current.withValue(captured.console) { await Portvakt.run(arguments) }
        return CommandLineRun(status: status, output: captured.output, errors: captured.errors)
    }

    @Test func `a context is kept, changed in part, used and forgotten`() async throws {
        let made = await run(
            "context",
            "set",
            "test",
            "--server",
            "https://vakt.example.no:7081",
            "--issuer",
            "https://id.example.no/",
            "--client-id",
            "c1",
            "--key",
            "k.jwk"
        )
        #expect(made.status == .done, "\(made.errors)")
        #expect(try FileStatus(file).permissions == 0o600)
        let changed = await run("context", "set", "test", "--client-id", "c2", "--use", "--json")
        let object = try changed.json
        #expect(object["server"] as? String == "https://vakt.example.no:7081/")
        #expect(object["client_id"] as? String == "c2" && object["issuer"] as? String == "https://id.example.no/")
        #expect((object["key"] as? String)?.hasSuffix("/k.jwk") == true && object["current"] as? Bool == true)
        #expect(
            await run("context", "list").output
                == "test\tyes\thttps://vakt.example.no:7081/\thttps://id.example.no/\tc2\n"
        )
        #expect(await run("context", "use", "--none").status == .done)
        #expect(await run("context", "list", "--fields", "current").output == "no\n")
        #expect(await run("context", "remove", "test").status == .usage)
        #expect(await run("context", "remove", "test", "--yes").status == .done)
        #expect(await run("context", "list").output.isEmpty)
    }

    @Test(arguments: [
        ["context", "set", "test"], ["context", "set", "a b", "--server", "https://a.example.no"],
        ["context", "set", "test", "--server", "http://vakt.example.no"],
        ["context", "set", "test", "--server", "vakt"],
        ["context", "use"], ["context", "use", "x", "--none"], ["scope", "list", "--data", "x", "--context", "y"],
        ["scope", "list", "--as", "kari", "--server", "https://a.example.no"],
        ["audit", "verify", "--server", "https://a.example.no"], ["store", "backup", "x", "--context", "y"],
    ])
    func `what contradicts itself or cannot be done is wrong usage`(arguments: [String]) async {
        let captured = CapturedConsole(environment: environment)
        let status = await Console.$current.withValue(captured.console) { await Portvakt.run(arguments) }
        #expect(status == .usage, "\(captured.errors)")
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test(arguments: [
        ("contexts:\n  a:\n    server: https://a.example.no/\n    cleint_id: x\n", "line 4"),
        ("contexts:\n  a:\n    client_id: x\n", "no `server`"), ("contexts: []\n", "no mapping"),
        ("other: x\n", "line 1"), ("current: b\ncontexts: {}\n", "`b`"), ("contexts: [\n", "no YAML"),
    ])
    func `a file of another form is refused, with the line`(text: String, words: String) async throws {
        try FileManager.default.createDirectory(atPath: scratch.path + "/portvakt", withIntermediateDirectories: true)
        _ = try scratch.file("portvakt/contexts.yaml", text)
        let refused = await run("context", "list", "--json")
        #expect(refused.status == .failed)
        #expect((try refused.error["message"] as? String)?.contains(words) == true, "\(refused.errors)")
    }

    @Test func `a file that others can read is refused`() async throws {
        try FileManager.default.createDirectory(atPath: scratch.path + "/portvakt", withIntermediateDirectories: true)
        _ = try scratch.file("portvakt/contexts.yaml", "contexts: {}\n", mode: 0o640)
        let refused = await run("scope", "list", "--json")
        #expect(refused.status == .notAllowed)
        #expect(try refused.error["code"] as? String == "context_file_open")
    }

    @Test func `a context that does not say who asks is no log-in`() async throws {
        #expect(await run("context", "set", "bare", "--server", "https://a.example.no").status == .done)
        let refused = await run("scope", "list", "--context", "bare", "--json")
        #expect(refused.status == .notAllowed)
        #expect(try refused.error["code"] as? String == "context_incomplete")
        #expect((try refused.error["message"] as? String)?.contains("`--issuer`, `--client-id`, `--key`") == true)
        #expect(await run("login").status == .notAllowed)
    }

    @Test func `who acts on a data folder is the operating system's word`() async throws {
        let shown = await run("whoami", "--json", "--data", scratch.path, "--as", "kari")
        #expect(shown.status == .done, "\(shown.errors)")
        #expect(try shown.json["where"] as? String == "data folder")
        #expect(try shown.json["claimed_name"] as? String == "kari")
    }
}
