import EnterpriseCertificates
import Foundation
import SQLiteStorage
import Server
import TestSupport
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt doctor")
struct DoctorCommandTests {
    private static let now = Timestamp(seconds: 1_795_000_000)

    private func run(_ arguments: [String], at now: Timestamp = Self.now) async -> CommandLineRun {
        let console = CapturedConsole(now: now)
        let status = await Console.$current.withValue(console.console) { await Portvakt.run(arguments) }
        return CommandLineRun(status: status, output: console.output, errors: console.errors)
    }

    /// An installation made by `init`, and the findings of `doctor` on it by check.
    private func examine(
        _ environment: String,
        at time: Timestamp = Self.now,
        _ change: (String) throws -> Void = { _ in }
    ) async throws -> (CommandLineRun, [String: [[String: Any]]]) {
        let scratch = try ScratchFolder()
        let data = scratch.path + "/data"
        let made = await run(["init", data, "--issuer", "https://id.example.no/", "--env", environment])
        #expect(made.status == .done, "\(made.errors)")
        try change(data)
        let done = await run(["doctor", "--data", data, "--offline", "--json"], at: time)
        let items = try done.json["items"] as? [[String: Any]] ?? []
        return (done, Dictionary(grouping: items) { $0["check"] as? String ?? "" })
    }

    @Test func `a new installation lacks its register alone`() async throws {
        let (done, found) = try await examine("prod")
        #expect(done.status == .failed)
        let red = found.values.joined().filter { $0["state"] as? String == "red" }
        #expect(red.compactMap { $0["check"] as? String } == ["register"])
        #expect(red.first?["remedy"] as? String == "run `portvakt org import`")
        let good = [
            "data_folder", "configuration", "store", "ledger", "clock", "signing_keys", "trust", "client_keys",
        ]
        for check in good {
            #expect(found[check]?.first?["state"] as? String == "green", "\(check): \(found[check] ?? [])")
        }
        let mode = found["revocation"]?.first
        #expect(mode?["message"] as? String == "the mode in force is `require` with 3600 s of grace")
    }

    @Test func `revocation that is off is told`() async throws {
        let (_, found) = try await examine("test")
        #expect(found["revocation"]?.first?["state"] as? String == "yellow")
    }

    @Test func `a folder that others can read is red`() async throws {
        let (done, found) = try await examine("test") {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: $0)
        }
        #expect(done.status == .failed)
        #expect(found["data_folder"]?.first?["state"] as? String == "red")
    }

    @Test func `permissions are mended when asked, and told one by one`() async throws {
        let scratch = try ScratchFolder()
        let data = scratch.path + "/data"
        _ = await run(["init", data, "--issuer", "https://id.example.no/", "--env", "test"])
        let open = ["", "/keys/pseudonym.key", "/portvakt.yaml"]
        for name in open {
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: data + name)
        }
        let before = await run(["doctor", "--data", data, "--offline", "--json"])
        #expect(before.output.contains("chmod 700"))
        let mended = await run(["doctor", "--data", data, "--offline", "--fix-permissions", "--json"])
        for name in open { #expect(mended.errors.contains("`\(data)\(name)`: 0755, now 0700")) }
        #expect(!mended.output.contains("chmod 700"))
        let again = await run(["doctor", "--data", data, "--offline", "--fix-permissions", "--json"])
        #expect(!again.errors.contains("now 0700"))
    }

    @Test func `a wrong configuration, and a file that is no certificate, are told with their cause`() async throws {
        let (_, found) = try await examine("test") { data in
            try Data("not a certificate".utf8).write(to: URL(filePath: "\(data)/keys/trust/test/x.pem"))
        }
        #expect(found["trust"]?.first?["state"] as? String == "red")
        let (_, other) = try await examine("test") { data in
            try Data("issuer: nothing\n".utf8).write(to: URL(filePath: "\(data)/portvakt.yaml"))
        }
        #expect(other["configuration"]?.contains { $0["state"] as? String == "red" } == true)
    }

    @Test func `anchors that end are told of sixty days before, and are red once they have`() async throws {
        // Long after the authorities of today.
        let (_, found) = try await examine("prod", at: Timestamp(seconds: 4_000_000_000))
        #expect(found["trust"]?.allSatisfy { $0["state"] as? String == "red" } == true)
    }

    @Test func `where there is nothing, it says so`() async throws {
        let done = await run(["doctor", "--data", "/nonexistent/portvakt", "--offline", "--json"])
        #expect(done.status == .failed)
        #expect(done.output.contains("\"red\""))
    }

    // MARK: Revocation

    /// What `doctor` says of revocation, without what stands around it: on a terminal, in a pipe, as JSON.
    private func revocation(_ records: [RevocationRecord]) async throws -> [(name: String, text: String)] {
        let scratch = try ScratchFolder()
        let data = scratch.path + "/data"
        let made = await run(["init", data, "--issuer", "https://id.example.no/", "--env", "prod"])
        #expect(made.status == .done, "\(made.errors)")
        let store = try SQLiteStore(DataFolder(path: data), opening: .requireCurrent)
        try store.transaction { transaction in for record in records { try transaction.store(record) } }
        try store.close()
        let arguments = ["doctor", "--data", data, "--offline"]
        func lines(_ text: String) -> String {
            text.split(separator: "\n").filter { $0.contains("revocation") }.map { $0 + "\n" }.joined()
        }
        // The message last: how long the lines of other checks are changes nothing.
        let columns = ["--fields", "state,check,message"]
        let terminal = CapturedConsole(terminal: true, now: Self.now)
        _ = await Console.$current.withValue(terminal.console) { await Portvakt.run(arguments + columns) }
        let plain = await run(arguments + columns)
        let json = await run(arguments + ["--json"])
        let items = try #require(try json.json["items"] as? [[String: Any]]).filter {
            $0["check"] as? String == "revocation"
        }
        let text = try JSONSerialization.data(
            withJSONObject: items,
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        )
        return [
            ("terminal.txt", lines(terminal.output)), ("plain.txt", lines(plain.output)),
            ("json", String(decoding: text, as: UTF8.self) + "\n"),
        ]
    }

    /// A record with an answer of that age, good for so long.
    private func record(
        _ subject: String,
        kind: RevocationRecord.Kind = .certificate,
        _ status: RevocationRecord.Status = .good,
        by source: RevocationRecord.Source = .ocsp,
        age: Int64 = 600,
        until: Int64 = 3_000
    ) -> RevocationRecord {
        var record = RevocationRecord(
            kind: kind,
            id: RevocationRecord.listID(subject),
            subject: subject,
            chain: "",
            used: Self.now - 60
        )
        record.answer = RevocationRecord.Answer(
            status: status,
            source: source,
            address: "http://ocsp.example.no/",
            thisUpdate: Self.now - Seconds(age),
            until: Self.now + Seconds(until),
            fetched: Self.now - Seconds(age),
            revoked: status == .revoked ? Self.now - Seconds(age) : nil
        )
        return record
    }

    @Test func `each state of revocation evidence is told in its own words`() async throws {
        var failing = record("CN=failing")
        (failing.attempted, failing.failures, failing.fault) = (Self.now - 5, 3, "no answer in time")
        var missing = record("CN=missing")
        (missing.answer, missing.attempted, missing.failures) = (nil, Self.now - 5, 2)
        missing.fault = "the connection was refused"
        let records = [
            record("CN=fresh"), failing, record("CN=grace", age: 7_200, until: -600),
            record("CN=stale", age: 90_000, until: -7_200), missing, record("CN=revoked", .revoked),
            record("CN=unknown", .unknown), record("http://crl.example.no/ca.crl", kind: .list, by: .crl),
        ]
        for (name, text) in try await revocation(records) {
            try CommandGolden.expect(text, equals: "doctor/revocation.\(name)")
        }
    }

    @Test func `before any certificate was judged it says so, and whom it would ask`() async throws {
        for (name, text) in try await revocation([]) {
            try CommandGolden.expect(text, equals: "doctor/no-evidence.\(name)")
        }
    }
}
