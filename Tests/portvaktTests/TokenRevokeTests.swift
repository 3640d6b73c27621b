import AuditLedger
import Foundation
import JOSE
import LibCrypto
import SQLiteStorage
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt token revoke")
struct TokenRevokeTests {
    private static let now = AdministrationWorld.now
    private static let key = Result { try PrivateKey.generate(.ec(.p256)) }
    private let consumer = "\(AdministrationWorld.consumer)"

    /// A client `c1` of the consumer, and the ledger's entry of a token of its own that lives for two minutes.
    private func world(jti: String = "t1", issued: Timestamp = Self.now) async throws -> AdministrationWorld {
        let world = try await AdministrationWorld()
        await world.prepare()
        let made = await world.run(
            "client",
            "create",
            "--org",
            consumer,
            "--name",
            "C",
            "--id",
            "c1",
            "--scope",
            "acme:a"
        )
        #expect(made.status == .done, "\(made.errors)")
        var event = LedgerEvent(time: issued, kind: .tokenIssued, details: ["lifetime": 120])
        event.client = try ClientID(parsing: "c1")
        event.consumer = AdministrationWorld.consumer
        event.scopes = [try ScopeName(parsing: "acme:a")]
        event.tokenID = TokenID(jti)
        let store = try SQLiteStore(.init(path: world.data), opening: .requireCurrent)
        try store.transaction { [event] in _ = try $0.append(event, claiming: []) }
        try store.close()
        return world
    }

    private func token(jti: String) throws -> String {
        let claims: JSONObject = ["jti": .string(jti)]
        return try CompactJWS.sign(
            header: ["alg": "ES256"],
            payload: claims.encoded(),
            with: Self.key.get(),
            algorithm: .es256
        )
    }

    private func revocations(_ world: AdministrationWorld) throws -> [LedgerEvent] {
        try world.events().filter { $0.kind == .tokensRevoked }
    }

    // MARK: One token

    @Test func `in a pipe one line says what was done, and twice is once`() async throws {
        let world = try await world()
        let run = await world.run("token", "revoke", "--jti", "t1", "--yes", "--reason", "Leaked")
        #expect(run.status == .done)
        #expect(run.output == "subject\ttoken\njti\tt1\nissued_until\t\nresult\trevoked\n")
        #expect(run.errors.isEmpty)
        let again = await world.run("token", "revoke", "--jti", "t1", "--yes")
        #expect(again.status == .done)
        #expect(again.output.hasSuffix("result\talready\n"))
        let event = try #require(try revocations(world).first)
        #expect(try revocations(world).count == 1)
        #expect(event.tokenID == TokenID("t1"))
        #expect(event.client?.rawValue == "c1")
        #expect(event.details["subject"] == "token")
        #expect(event.details["exp"]?.integer == (Self.now + 120).seconds)
        #expect(event.details["reason"] == "Leaked")
    }

    @Test func `a token's text does, from a file too, and is not shown`() async throws {
        let text = try token(jti: "t1")
        for place in ["argument", "file"] {
            let world = try await world()
            let argument = place == "file" ? "@" + (try world.file("token", "Bearer \(text)\n")) : text
            let run = await world.run("token", "revoke", "--token", argument, "--yes")
            #expect(run.status == .done, "\(run.errors)")
            #expect(run.output.hasSuffix("result\trevoked\n"))
            #expect(!(run.output + run.errors).contains(text))
        }
    }

    @Test func `on a terminal it asks first, and says whose token it is`() async throws {
        let world = try await world()
        let no = await world.run("token", "revoke", "--jti", "t1", terminal: true, answers: ["n"])
        #expect(no.status == .failed)
        #expect(no.errors.hasPrefix("end the token `t1` of the client `c1`? [y/N] "))
        #expect(no.errors.contains("nothing was done"))
        #expect(try revocations(world).isEmpty)
        let yes = await world.run(
            "token",
            "revoke",
            "--jti",
            "t1",
            terminal: true,
            answers: ["y"],
            environment: ["NO_COLOR": "1"]
        )
        #expect(yes.status == .done)
        #expect(yes.output.contains("revoked"))
        #expect(try revocations(world).count == 1)
    }

    @Test func `JSON has subject, identifier and result`() async throws {
        let world = try await world()
        let json = try await world.run("token", "revoke", "--jti", "t1", "--yes", "--json").json
        #expect(Set(json.keys) == ["schema", "subject", "jti", "issued_until", "result"])
        #expect(json["schema"] as? String == "portvakt/token-revocation/v1")
        #expect(json["jti"] as? String == "t1")
        #expect(json["issued_until"] is NSNull)
        #expect(json["result"] as? String == "revoked")
    }

    @Test func `a token that has ended by itself needs no revocation`() async throws {
        let world = try await world(issued: Self.now - 120)
        let run = await world.run("token", "revoke", "--jti", "t1", "--yes")
        #expect(run.status == .done)
        #expect(run.output.hasSuffix("result\tended\n"))
        #expect(try revocations(world).isEmpty)
        let last = try await self.world(issued: Self.now - 119)
        #expect(await last.run("token", "revoke", "--jti", "t1", "--yes").output.hasSuffix("result\trevoked\n"))
    }

    // MARK: Many tokens

    static let subjects: [(option: String, value: String, kind: String, member: String)] = [
        ("--client", "c1", "client", "client_id"),
        ("--consumer", "\(AdministrationWorld.consumer)", "consumer", "consumer_orgno"),
        ("--scope", "acme:a", "scope", "scope"),
    ]

    @Test(arguments: subjects.indices) func `all that were issued by now are ended, once a second`(
        index: Int
    ) async throws {
        let (option, value, kind, member) = Self.subjects[index]
        let world = try await world()
        #expect(await world.run("token", "revoke", option, value).status == .usage)
        let run = await world.run("token", "revoke", option, value, "--yes")
        #expect(run.status == .done, "\(run.errors)")
        #expect(run.output == "subject\t\(kind)\n\(member)\t\(value)\nissued_until\t\(Self.now)\nresult\trevoked\n")
        let again = await world.run("token", "revoke", option, value, "--yes")
        #expect(again.output.hasSuffix("result\talready\n"))
        let later = try await world.run("token", "revoke", option, value, "--yes", "--json", at: Self.now + 1).json
        #expect(later["result"] as? String == "revoked")
        #expect(later[member] as? String == value)
        #expect(later["issued_until"] as? String == "\(Self.now + 1)")
        #expect(try revocations(world).map { $0.details["subject"]?.string } == [kind, kind])
    }

    // MARK: Refusals

    static let usage: [[String]] = [
        [], ["--jti", "t1", "--client", "c1"], ["--scope", "acme:a", "--consumer", "\(AdministrationWorld.consumer)"],
        ["--scope", "nocolon"], ["--client", "not one"], ["--jti", "t1"],
    ]

    @Test(arguments: usage.indices) func `wrong usage ends nothing`(index: Int) async throws {
        let world = try await world()
        // The last is right but for `--yes`, which a pipe needs.
        let options = Self.usage[index] == ["--jti", "t1"] ? [] : ["--yes"]
        let run = await world.run(["token", "revoke"] + Self.usage[index] + options)
        #expect(run.status == .usage, "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(try revocations(world).isEmpty)
    }

    static let unknown: [(option: String, value: String, code: String)] = [
        ("--jti", "t2", "token_not_found"), ("--token", "e30.e30.", "token_malformed"),
        ("--token", "no token", "token_malformed"), ("--client", "c2", "client_not_found"),
        ("--consumer", "\(AdministrationWorld.number(31_999_999))", "organisation_unknown"),
        ("--consumer", "12", "organisation_number_invalid"), ("--scope", "acme:x", "scope_not_found"),
    ]

    @Test(arguments: unknown.indices) func `what nobody knows is refused with its code`(index: Int) async throws {
        let (option, value, code) = Self.unknown[index]
        let world = try await world()
        let run = await world.run("token", "revoke", option, value, "--yes", "--json")
        #expect(run.status == .failed)
        #expect(run.output.isEmpty)
        #expect(try run.error["code"] as? String == code)
        #expect(try revocations(world).isEmpty)
    }
}
