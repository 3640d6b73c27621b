import ArgumentParser
import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import portvakt

@Suite("Command line: exit codes, errors, questions")
struct CommandLineTests {
    // MARK: Exit codes

    @Test func `the exit codes are those of the reference`() {
        let codes: [portvakt.ExitStatus: Int32] = [
            .done: 0, .failed: 1, .attention: 2, .negative: 3, .notAllowed: 4, .unreachable: 5, .conflict: 6,
            .usage: 64,
            .interrupted: 130,
        ]
        #expect(codes.count == portvakt.ExitStatus.allCases.count)
        for (status, code) in codes { #expect(status.rawValue == code) }
        #expect(CLIError("x", "y").status == .failed)
        #expect(CLIError.usage("x").status == .usage)
        #expect(CLIError.verdict("x", "y").status == .negative)
        #expect(CLIError.conflict("x", "y").status == .conflict)
        #expect(CLIError.notFound("client", "c").status == .failed)
    }

    @Test func `commands end with the code of what happened`() async throws {
        let scratch = try ScratchFolder()
        let open = try ScratchFolder()
        chmod(open.path, 0o755)
        let token = "eyJhbGciOiJSUzI1NiJ9.e30.AAAA"
        let keys = try scratch.file("jwks", #"{"keys":[]}"#)
        #expect(await CommandLineRun.of("version").status == .done)
        #expect(await CommandLineRun.of("token", "inspect", "abc").status == .failed)
        #expect(await CommandLineRun.of("token", "verify", token, "--jwks", keys).status == .negative)
        #expect(await CommandLineRun.of("org", "show", "991825827", "--data", open.path).status == .notAllowed)
        let nobody = "http://127.0.0.1:1/jwk"
        #expect(await CommandLineRun.of("token", "verify", token, "--jwks", nobody).status == .unreachable)
        #expect(await CommandLineRun.of("token", "verify", token).status == .usage)
        #expect(await CommandLineRun.of("nonsense").status == .usage)
    }

    // MARK: Errors

    @Test func `an error is a line on stderr with its hint, and stdout stays empty`() async throws {
        let run = await CommandLineRun.of("version", "--fields", "nothing")
        #expect(run.output.isEmpty)
        #expect(run.errors == "error: there is no field `nothing`\n  hint: the fields are `version`\n")
    }

    @Test(arguments: [
        ["--json"], ["--output", "json"], ["--output=json"], ["--output", "jsonl"], ["--json", "--quiet"],
    ])
    func `with JSON asked for, errors are JSON too`(options: [String]) async throws {
        let run = await CommandLineRun.of(
            "token",
            "inspect",
            "a.b",
            options[0],
            options.count > 1 ? options[1] : "--quiet"
        )
        #expect(run.output.isEmpty)
        let error = try run.error
        #expect(Set(error.keys) == ["code", "message", "hint", "trace_id", "details"])
        #expect(error["code"] as? String == "token_malformed")
        #expect(error["message"] as? String == "a token has three parts between dots, this one has 2")
    }

    @Test func `a line that cannot be parsed is reported in the form it asked for`() async throws {
        let text = await CommandLineRun.of("version", "--nonsense")
        #expect(text.status == .usage)
        #expect(text.errors.contains("Unknown option '--nonsense'") && text.errors.contains("Usage: portvakt version"))
        let json = await CommandLineRun.of("version", "--json", "--nonsense")
        #expect(json.status == .usage)
        #expect(try json.error["code"] as? String == "usage")
        // After `--` an option is an argument.
        #expect(await CommandLineRun.of("token", "inspect", "--", "--json").errors.hasPrefix("error: "))
    }

    @Test func `options that contradict each other are wrong usage`() async throws {
        #expect(await CommandLineRun.of("version", "--json", "--output", "yaml").status == .usage)
        #expect(await CommandLineRun.of("version", "--quiet", "--verbose").status == .usage)
        #expect(await CommandLineRun.of("version", "--json", "--output", "json").status == .done)
    }

    @Test func `an error's text cannot steer the terminal`() async throws {
        let run = await CommandLineRun.of("version", "--fields", "\u{1B}[2Jx", terminal: true)
        #expect(run.errors.contains("\\u{1b}[2Jx"))
        #expect(!run.errors.contains("\u{1B}[2J"))
    }

    // MARK: Options before the noun

    @Test(arguments: [
        (["--json", "a", "b"], ["a", "b", "--json"]), (["--data", "d", "a"], ["a", "--data", "d"]),
        (["--data=d", "--yes", "a", "--", "x"], ["a", "--data=d", "--yes", "--", "x"]),
        (["a", "--json"], ["a", "--json"]),
        (["--json"], ["--json"]), (["--help"], ["--help"]), (["--data"], ["--data"]), ([], []),
        (["--output", "tsv", "--", "x"], ["--output", "tsv", "--", "x"]),
    ])
    func `global options may stand before the noun`(arguments: [String], moved: [String]) {
        #expect(movingLeadingGlobalOptions(arguments) == moved)
    }

    // MARK: Questions

    private func confirm(
        _ options: [String],
        terminal: Bool,
        answers: [String] = []
    ) throws -> (asked: String, error: CLIError?) {
        let options = try GlobalOptions.parse(options)
        let console = CapturedConsole(terminal: terminal, answers: answers)
        let error = Console.$current.withValue(console.console) { () -> CLIError? in
            do throws(CLIError) {
                try options.confirm("revoke the access")
                return nil
            } catch { return error }
        }
        return (console.errors, error)
    }

    @Test func `what takes away needs --yes without a terminal, and nothing is asked`() throws {
        let result = try confirm([], terminal: false)
        #expect(result.error?.status == .usage)
        #expect(result.error?.message == "`--yes` is needed to revoke the access without a terminal")
        #expect(result.asked.isEmpty)
        #expect(try confirm(["--yes"], terminal: false).error == nil)
        #expect(try confirm(["--no-input"], terminal: true, answers: ["y"]).error?.status == .usage)
    }

    @Test(arguments: [
        ("y", true), ("Y", true), ("yes", true), (" yes ", true), ("", false), ("n", false), ("yea", false),
    ])
    func `on a terminal it asks, and only yes is yes`(answer: String, isYes: Bool) throws {
        let result = try confirm([], terminal: true, answers: [answer])
        #expect(result.asked == "revoke the access? [y/N] ")
        #expect((result.error == nil) == isYes)
        if !isYes { #expect(result.error == CLIError("declined", "nothing was done")) }
    }

    @Test func `the end of input is no yes`() throws {
        #expect(try confirm([], terminal: true).error?.code == "declined")
        #expect(try confirm(["--yes"], terminal: true).asked.isEmpty)
    }

    // MARK: Notes and progress

    @Test func `notes go to stderr; quiet has none, verbose more`() throws {
        for (arguments, expected) in [
            ([], "note\nwarning: careful\n"), (["--quiet"], ""), (["--verbose"], "note\ndetail\nwarning: careful\n"),
        ] {
            let options = try GlobalOptions.parse(arguments)
            let console = CapturedConsole()
            Console.$current.withValue(console.console) {
                options.note("note")
                options.detail("detail")
                options.warn("careful")
            }
            #expect(console.errors == expected)
            #expect(console.output.isEmpty)
        }
    }

    @Test func `progress shows after half a second, on a terminal only, and leaves no trace`() throws {
        for (terminal, quiet, isShown) in [(true, false, true), (false, false, false), (true, true, false)] {
            let console = CapturedConsole(terminal: terminal)
            let options = try GlobalOptions.parse(quiet ? ["--quiet"] : [])
            let bar = Console.$current.withValue(console.console) { options.progress("importing", total: 200) }
            bar.update(1)
            #expect(console.errors.isEmpty)
            console.steps.advance(by: .milliseconds(499))
            bar.update(2)
            #expect(console.errors.isEmpty)
            console.steps.advance(by: .milliseconds(1))
            bar.update(100, "100 units")
            bar.update(101)
            #expect(console.errors.isEmpty == !isShown)
            bar.finish()
            bar.update(102)
            guard isShown else { continue }
            #expect(console.errors.hasPrefix("\r\u{1B}[2Kimporting ███████████████░░░░░░░░░░░░░░░ 50 % 100 units"))
            #expect(console.errors.hasSuffix("\r\u{1B}[2K"))
            #expect(!console.errors.contains("101"))
        }
    }

    @Test(arguments: [
        (Int64(2), 50, " 25 % 900 units, 450 a second, 6 s left"), (2, 200, " 100 % 900 units, 450 a second, 0 s left"),
        (50, 50, " 25 % 900 units, 18 a second, 2 min 30 s left"),
        (3_600, 50, " 25 % 900 units, 0 a second, 3 h 0 min left"), (2, 0, " 0 % 900 units, 450 a second"),
    ])
    func `progress tells the rate, and the time left as far as it is known`(
        seconds: Int64,
        done: Int,
        line: String
    ) throws {
        let console = CapturedConsole(terminal: true)
        let options = try GlobalOptions.parse([])
        let bar = Console.$current.withValue(console.console) { options.progress("importing", total: 200) }
        console.steps.advance(by: .seconds(seconds))
        bar.update(done, count: 900, of: "units")
        #expect(console.errors.hasSuffix(line))
    }

    @Test func `progress through a pipe, whose length nobody knows, tells the rate alone`() throws {
        let console = CapturedConsole(terminal: true)
        let options = try GlobalOptions.parse([])
        let bar = Console.$current.withValue(console.console) { options.progress("importing", total: nil) }
        console.steps.advance(by: .seconds(3))
        bar.update(10, count: 900, of: "units")
        #expect(console.errors == "\r\u{1B}[2Kimporting … 900 units, 300 a second")
    }

    // MARK: Files

    @Test(arguments: [(UInt32(0o600), true), (0o400, true), (0o640, false), (0o604, false), (0o660, false)])
    func `a file with a secret must be its owner's alone`(mode: UInt32, isTaken: Bool) throws {
        let scratch = try ScratchFolder()
        let file = try scratch.file("secret", "open sesame\nsecond line", mode: mode)
        if isTaken {
            #expect(try InputFile.readSecret(file).exposed == "open sesame")
        } else {
            let error = #expect(throws: CLIError.self) { try InputFile.readSecret(file) }
            #expect(error?.code == "key_file_open")
            #expect(error?.hint == "run `chmod 600 \(file)`")
        }
    }

    @Test func `a file that cannot be read says why`() throws {
        let scratch = try ScratchFolder()
        let missing = #expect(throws: CLIError.self) { try InputFile.read(scratch.path + "/none") }
        #expect(missing?.message == "cannot read `\(scratch.path)/none`: No such file or directory")
        #expect(throws: CLIError.self) { try InputFile.read(scratch.path) }
        let binary = try scratch.file("binary", [0xFF, 0xFE])
        #expect(throws: CLIError("file_not_text", "`\(binary)` is no UTF-8 text")) { try InputFile.readText(binary) }
    }

    @Test func `a data folder that others can open, or its database, is refused`() throws {
        let scratch = try ScratchFolder()
        #expect(try DataFolder(checking: scratch.path + "/").path == scratch.path)
        _ = try scratch.file("portvakt.db", "", mode: 0o640)
        let database = #expect(throws: CLIError.self) { try DataFolder(checking: scratch.path) }
        #expect(database?.code == "data_folder_open")
        #expect(database?.status == .notAllowed)
        chmod(scratch.path + "/portvakt.db", 0o600)
        _ = try DataFolder(checking: scratch.path)
        for mode in [UInt32(0o710), 0o701, 0o750, 0o755] {
            chmod(scratch.path, mode)
            #expect(throws: CLIError.self, "\(mode)") { try DataFolder(checking: scratch.path) }
        }
        chmod(scratch.path, 0o700)
        let missing = #expect(throws: CLIError.self) { try DataFolder(checking: scratch.path + "/none") }
        #expect(missing?.code == "data_folder_missing")
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
    func `a data folder of another user is refused, to root as well`() throws {
        let scratch = try ScratchFolder()
        try #require(chown(scratch.path, 65_534, 65_534) == 0)
        let error = #expect(throws: CLIError.self) { try DataFolder(checking: scratch.path) }
        #expect(error?.code == "data_folder_not_yours")
    }

    // MARK: Whoever runs it

    @Test func `the operator is who the system says, a claimed name stands beside`() throws {
        let options = try GlobalOptions.parse(["--as", "vaktlaget"])
        let console = CapturedConsole(environment: ["SUDO_USER": "kari", "USER": "somebody"])
        let identity = Console.$current.withValue(console.console) { options.operatorIdentity }
        #expect(identity.user != "somebody")
        #expect(identity.sudoUser == "kari")
        #expect(identity.claimedName == "vaktlaget")
        #expect(identity.actor.hasPrefix("\(identity.user)@\(identity.host) (sudo: kari)"))
    }

    // MARK: Times

    @Test(
        arguments: [
            (0, "now"), (1, "in 1 s"), (-1, "1 s ago"), (119, "in 119 s"), (120, "in 2 min"), (-7_199, "119 min ago"),
            (7_200, "in 2 hours"), (172_799, "in 47 hours"), (172_800, "in 2 days"), (-864_000, "10 days ago"),
        ] as [(Int64, String)]
    )
    func `a time is told from the present`(offset: Int64, words: String) {
        let now = Timestamp(seconds: 1_795_000_000)
        #expect((now + Seconds(offset)).relative(to: now) == words)
    }

    @Test(arguments: [
        ("2026-11-18T11:06:40Z", Int64?.some(1_795_000_000)), ("2026-11-18", 1_794_960_000),
        ("1795000000", 1_795_000_000),
        ("0", 0), ("-1", nil), ("tomorrow", nil), ("2026-11-18T11:06:40+01:00", nil), ("", nil),
    ])
    func `a time is given in three forms`(text: String, seconds: Int64?) throws {
        if let seconds {
            #expect(try TimeArgument.time(text, option: "--at").seconds == seconds)
        } else {
            #expect(throws: CLIError.self) { try TimeArgument.time(text, option: "--at") }
        }
    }
}
