import Foundation
import JOSE
import LibCrypto
import Testing
import Vocabulary

@testable import portvakt

@Suite(
    "The program itself: pipes, a terminal, signals, completion",
    .enabled(if: Program.exists, "no binary was built")
)
struct ProgramTests {
    private static let key = Result { try PrivateKey.generate(.ec(.p256)) }

    /// A token that is verified at a fixed time, so that the output is always the same.
    private func verification(_ scratch: ScratchFolder) throws -> [String] {
        let key = try Self.key.get()
        let claims: JSONObject = [
            "iss": "https://issuer.example.no/", "client_id": "c1", "scope": "demo:read", "iat": 1_795_000_000,
            "exp": 1_795_000_120, "consumer": ["authority": "iso6523-actorid-upis", "ID": "0192:991825827"],
        ]
        let token = try CompactJWS.sign(
            header: ["kid": "s1", "alg": "ES256"],
            payload: claims.encoded(),
            with: key,
            algorithm: .es256
        )
        let keys = try JWKSet([JWK(key.publicKey, keyID: "s1", algorithm: nil)]).encoded()
        return [
            "token", "verify", "@" + (try scratch.file("token", token)), "--jwks", try scratch.file("jwks", keys),
            "--issuer", "https://issuer.example.no/", "--at", "1795000120",
        ]
    }

    private static let golden: [(check: String, result: String, detail: String)] = [
        ("form", "ok", ""), ("type", "ok", ""), ("algorithm", "ok", ""), ("key", "ok", ""), ("signature", "ok", ""),
        ("issuer", "ok", ""),
        ("expiry", "failed", "it expired at 2026-11-18T11:08:40Z, it is now 2026-11-18T11:08:40Z"),
        ("start", "skipped", "not reached"), ("audience", "skipped", "not reached"),
        ("binding", "skipped", "not reached"),
        ("claims", "skipped", "not reached"), ("status", "skipped", "not reached"),
    ]

    private static let message =
        "the token is not valid: expiry: it expired at 2026-11-18T11:08:40Z, it is now 2026-11-18T11:08:40Z"

    @Test func `in a pipe: TSV without colours, the error on stderr, exit 3`() async throws {
        let scratch = try ScratchFolder()
        let result = try await Program.run(verification(scratch))
        #expect(result.exitCode == 3)
        #expect(result.output == Self.golden.map { "\($0.check)\t\($0.result)\t\($0.detail)\n" }.joined())
        #expect(result.errors == "error: \(Self.message) [token_expired]\n")
    }

    @Test func `as JSON: the same content, the error an object on stderr`() async throws {
        let scratch = try ScratchFolder()
        let result = try await Program.run(verification(scratch) + ["--json"])
        #expect(result.exitCode == 3)
        let items = Self.golden.map {
            "    {\n      \"check\": \"\($0.check)\",\n      \"result\": \"\($0.result)\",\n      \"detail\": \"\($0.detail)\"\n    }"
        }
        #expect(
            result.output == """
                {
                  "schema": "portvakt/token-verification/v1",
                  "valid": false,
                  "failed_check": "expiry",
                  "items": [
                \(items.joined(separator: ",\n"))
                  ]
                }

                """
        )
        #expect(
            result.errors == """
                {
                  "error": {
                    "code": "token_expired",
                    "message": "\(Self.message)",
                    "hint": null,
                    "trace_id": null,
                    "details": {}
                  }
                }

                """
        )
    }

    /// Runs the program on a pseudo-terminal, where stdout and stderr are one stream.
    private func onTerminal(_ arguments: [String], environment: [String: String] = [:]) async throws -> Program.Result {
        let line = ([Program.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
        return try await Program.run(["-qec", line, "/dev/null"], of: "/usr/bin/script", environment: environment)
    }

    private static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

    @Test(.enabled(if: hasScript, "there is no script(1)"))
    func `on a terminal: an aligned table in colours; JSON is what it is in a pipe`() async throws {
        let scratch = try ScratchFolder()
        let arguments = try verification(scratch)
        let result = try await onTerminal(arguments)
        #expect(result.exitCode == 3)
        let width = 9
        let rows = Self.golden.map { row in
            let colour = ["ok": "32", "failed": "31", "skipped": "2"][row.result] ?? ""
            let check = row.check.padding(to: width)
            let space = String(repeating: " ", count: 7 - row.result.count)
            let line = "\(check)  \u{1B}[\(colour)m\(row.result)\u{1B}[0m\(space)  \(row.detail)"
            return String(line.reversed().drop { $0 == " " }.reversed()) + "\r\n"
        }
        let head = "\u{1B}[1mCHECK\u{1B}[0m      \u{1B}[1mRESULT\u{1B}[0m   \u{1B}[1mDETAIL\u{1B}[0m\r\n"
        let error = "\u{1B}[31merror:\u{1B}[0m \(Self.message)\u{1B}[2m [token_expired]\u{1B}[0m\r\n"
        #expect(result.output == head + rows.joined() + error)

        let json = try await onTerminal(arguments + ["--json"]).output.replacing("\r\n", with: "\n")
        let piped = try await Program.run(arguments + ["--json"])
        #expect(json == piped.output + piped.errors)
    }

    @Test(
        .enabled(if: hasScript, "there is no script(1)"),
        arguments: [["NO_COLOR": "1"], ["TERM": "dumb"], ["CLICOLOR": "0"]]
    )
    func `on a terminal that wants none, there are no colours`(environment: [String: String]) async throws {
        let scratch = try ScratchFolder()
        let result = try await onTerminal(verification(scratch), environment: environment)
        #expect(result.output.hasPrefix("CHECK      RESULT   DETAIL\r\n"))
        #expect(!result.output.contains("\u{1B}"))
    }

    @Test func `colours can be had in a pipe, and tables too`() async throws {
        let forced = try await Program.run(["version", "--output", "table", "--color", "always"])
        #expect(forced.output == "\u{1B}[2mversion\u{1B}[0m  \(Version.number)\n")
        #expect(try await Program.run(["version", "--output", "table"]).output == "version  \(Version.number)\n")
    }

    @Test func `a token may be piped in`() async throws {
        let result = try await Program.run(
            ["token", "inspect", "-", "--output", "id"],
            input: "eyJhbGciOiJSUzI1NiJ9.e30.AAAA\n"
        )
        #expect(result.exitCode == 0)
        #expect(result.output == "header\n")
    }

    @Test func `output that cannot be written is a failure`() async throws {
        let result = try await Program.run(["-c", "'\(Program.path)' version > /dev/full"], of: "/bin/sh")
        #expect(result.exitCode == 1)
        #expect(result.errors == "error: cannot write the output: No space left on device [output_failed]\n")
    }

    @Test func `a reader that leaves early is no failure`() async throws {
        let line = "'\(Program.path)' completion bash | head -n 1"
        let result = try await Program.run(["-c", "set -o pipefail; " + line], of: "/bin/bash")
        #expect(result.exitCode == 0)
        #expect(result.errors.isEmpty)
        #expect(result.output == "#!/bin/bash\n")
    }

    @Test func `an interrupt ends it with 130`() async throws {
        let line = "'\(Program.path)' token inspect - < <(sleep 3) & p=$!; sleep 1; kill -INT $p; wait $p; echo $?"
        // Job control, without which a shell starts background programs deaf to interrupts.
        let result = try await Program.run(["-c", "set -m; " + line], of: "/bin/bash")
        #expect(result.output == "130\n")
    }

    @Test func `help of every command is there and names its options`() async throws {
        for arguments in [
            ["--help"], ["token", "--help"], ["token", "request", "--help"], ["cert", "check", "--help"],
        ] {
            let result = try await Program.run(arguments)
            #expect(result.exitCode == 0)
            #expect(result.errors.isEmpty)
            #expect(result.output.contains("USAGE: portvakt"))
        }
    }

    @Test func `the completion script loads in bash and completes nouns`() async throws {
        let scratch = try ScratchFolder()
        let script = try scratch.file("completion.bash", try await Program.run(["completion", "bash"]).output)
        let line = """
            source '\(script)' || exit 9; complete -p portvakt >/dev/null || exit 8
            COMP_WORDS=(portvakt tok); COMP_CWORD=1; COMP_LINE='portvakt tok'; COMP_POINT=12
            _portvakt portvakt tok portvakt; echo "${COMPREPLY[*]}"
            """
        let result = try await Program.run(["-c", line], of: "/bin/bash")
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.output == "token\n")
    }

    private static func shell(_ name: String) -> String? {
        ["/usr/bin/\(name)", "/bin/\(name)"].first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    @Test func `names that stand in the data folder are completed`() async throws {
        let world = try await AdministrationWorld()
        await world.prepare()
        let scratch = try ScratchFolder()
        let script = try scratch.file("completion.bash", try await Program.run(["completion", "bash"]).output)
        // What the script asks for is asked of the program by its name.
        let folder = URL(filePath: Program.path).deletingLastPathComponent().path
        for (typed, expected) in [
            ("portvakt scope show --data \(world.data) acme:", "acme:a"),
            (
                "portvakt access list --data \(world.data) --org 31",
                "\(AdministrationWorld.owner) \(AdministrationWorld.consumer)"
            ),
            ("portvakt scope show --data /nonexistent acme:", ""),
        ] {
            let words = typed.split(separator: " ").map { "'\($0)'" }
            let line = """
                PATH="\(folder):$PATH"; source '\(script)'; COMP_WORDBREAKS=' '
                COMP_WORDS=(\(words.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
                COMP_LINE='\(typed)'; COMP_POINT=${#COMP_LINE}
                _portvakt portvakt "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"; echo "${COMPREPLY[*]}"
                """
            let result = try await Program.run(["-c", line], of: "/bin/bash")
            #expect(result.exitCode == 0, "\(result.errors)")
            #expect(result.output == expected + "\n", "\(typed): \(result.errors)")
        }
    }

    @Test(.enabled(if: shell("zsh") != nil, "there is no zsh")) func `the completion script loads in zsh`() async throws
    {
        let scratch = try ScratchFolder()
        let script = try scratch.file("_portvakt", try await Program.run(["completion", "zsh"]).output)
        let result = try await Program.run(["-n", script], of: Self.shell("zsh") ?? "")
        #expect(result.exitCode == 0, "\(result.errors)")
    }

    @Test(.enabled(if: shell("fish") != nil, "there is no fish")) func `the completion script loads in fish`()
        async throws
    {
        let scratch = try ScratchFolder()
        let script = try scratch.file("portvakt.fish", try await Program.run(["completion", "fish"]).output)
        let result = try await Program.run(
            ["-c", "source '\(script)'; complete -C 'portvakt tok'"],
            of: Self.shell("fish") ?? ""
        )
        #expect(result.exitCode == 0, "\(result.errors)")
        #expect(result.output.contains("token"))
    }
}
