import Foundation
import JOSE
import Testing
import Vocabulary

@testable import portvakt

@Suite("What commands print: on a terminal, in a pipe, as JSON")
struct CommandGoldenTests {
    private static let owner = AdministrationWorld.owner
    private static let consumer = AdministrationWorld.consumer
    private static let other = AdministrationWorld.other
    private static let client = "5c21a5a0-6a0b-4b4e-9a53-7f0b4f0f8f51"

    /// The example key of RFC 7517 §A.1, whose other half nobody here has.
    private static let key = """
        {"kty":"RSA","alg":"RS256","use":"sig","kid":"2026","e":"AQAB","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfA\
        AtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Q\
        vzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBnii\
        qbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}
        """

    /// Every command that only reads, and what makes its golden files' name.
    private static let commands: [(name: String, line: [String])] = [
        ("access-list", ["access", "list"]),
        ("access-list-expiring", ["access", "list", "--expiring", "30d"]),
        ("access-list-empty", ["access", "list", "--scope", "acme:b", "--org", "\(other)"]),
        ("client-list", ["client", "list"]),
        ("client-show", ["client", "show", client]),
        ("client-keys-list", ["client", "keys", "list", client]),
        ("client-onbehalfof-list", ["client", "onbehalfof", "list", client]),
        ("delegation-list", ["delegation", "list"]),
        ("org-check", ["org", "check", "\(owner)", "\(AdministrationWorld.deleted)"]),
        ("org-search", ["org", "search", "konsument"]),
        ("org-show", ["org", "show", "\(consumer)"]),
        ("prefix-list", ["prefix", "list"]),
        ("resource-list", ["resource", "list"]),
        ("scope-list", ["scope", "list", "--inactive"]),
        ("scope-show", ["scope", "show", "acme:a"]),
        ("audit-tail", ["audit", "tail", "--lines", "4"]),
        ("audit-search", ["audit", "search", "--event", "access_granted"]),
        ("audit-verify", ["audit", "verify"]),
        ("version", ["version"]),
    ]

    private func world() async throws -> AdministrationWorld {
        let world = try await AdministrationWorld()
        await world.prepare()
        let key = try world.file("key.jwk", Self.key)
        for line in [
            [
                "scope", "create", "acme:b", "--description", "Til overlevering", "--delegation-source", "internal",
                "--lifetime", "60s",
            ],
            ["scope", "create", "acme:gone", "--description", "Borte"],
            ["scope", "deactivate", "acme:gone", "--yes"],
            ["access", "grant", "acme:b", "\(Self.consumer)", "--until", "2026-12-01", "--reason", "Avtale 14"],
            [
                "client", "create", "--org", "\(Self.consumer)", "--name", "Lønn – natt", "--scope", "acme:a", "--jwk",
                key, "--id", Self.client,
            ],
            ["client", "onbehalfof", "add", Self.client, "kunde-a", "\(Self.other)", "--name", "Kunde A"],
            ["delegation", "grant", "\(Self.consumer)", "\(Self.other)", "acme:b", "--until", "2027-01-31"],
        ] {
            let run = await world.run(line)
            #expect(run.status == .done, "\(line): \(run.errors)")
        }
        return world
    }

    @Test func `every list and every record is what it was`() async throws {
        let world = try await world()
        for (name, line) in Self.commands {
            let terminal = await world.run(line, terminal: true)
            let pipe = await world.run(line)
            let json = await world.run(line + ["--json"])
            #expect(Set([terminal.status, pipe.status, json.status]).count == 1, "\(name)")
            try CommandGolden.expect(
                Self.still(terminal.output + terminal.errors),
                equals: "commands/\(name).terminal.txt"
            )
            try CommandGolden.expect(Self.still(pipe.output), equals: "commands/\(name).pipe.txt")
            try CommandGolden.expect(Self.still(json.output), equals: "commands/\(name).json")
            // What is asked for as JSON is the same on a terminal.
            #expect(await world.run(line + ["--json"], terminal: true).output == json.output, "\(name)")
        }
    }

    @Test func `refusals read the same to people, and are objects to scripts`() async throws {
        let world = try await world()
        for (name, line) in [
            ("no-such-scope", ["scope", "show", "acme:nothing"]),
            ("no-such-client", ["client", "show", "nobody"]),
            ("wrong-number", ["org", "show", "123456789"]),
            ("needs-yes", ["access", "revoke", "acme:a", "\(Self.consumer)"]),
            ("unknown-organisation", ["access", "grant", "acme:a", "\(AdministrationWorld.number(39_999_990))"]),
        ] {
            let text = await world.run(line)
            let json = await world.run(line + ["--json"])
            #expect(text.output.isEmpty && json.output.isEmpty)
            #expect(text.status == json.status && text.status != .done)
            try CommandGolden.expect(text.errors, equals: "commands/refusal-\(name).txt")
            try CommandGolden.expect(json.errors, equals: "commands/refusal-\(name).json")
        }
    }

    /// The text without what is another at each run: hashes of entries, which are salted, and the name of the user.
    private static func still(_ text: String) -> String {
        text.replacing(/[0-9a-f]{64}/, with: "<hash>")
            .replacing("\(NSUserName())@\(ProcessInfo.processInfo.hostName)", with: "<user>@<host>")
    }
}
