import Foundation
import JOSE
import LibCrypto
import TestSupport
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt keys: rotate, retire, export")
struct KeysCommandTests {
    private static let now = Timestamp(seconds: 1_795_000_000)
    private let scratch: ScratchFolder
    private let data: String

    init() async throws {
        scratch = try ScratchFolder()
        data = scratch.path + "/data"
        let made = await run("init", data, "--issuer", "https://vakt.example.no/", "--env", "test")
        #expect(made.status == .done, "\(made.errors)")
    }

    private func run(_ arguments: String..., at now: Timestamp = Self.now) async -> CommandLineRun {
        let console = CapturedConsole(now: now)
        let all = arguments.first == "init" ? arguments : arguments + ["--data", data]
        let status = await Console.$current.withValue(console.console) { await Portvakt.run(all) }
        return CommandLineRun(status: status, output: console.output, errors: console.errors)
    }

    /// The keys' identifiers by their state.
    private func states(at now: Timestamp = Self.now) async throws -> [String: [String]] {
        let run = await run("keys", "list", "--json", at: now)
        let items = try #require(try run.json["items"] as? [[String: Any]])
        return Dictionary(grouping: items) { $0["state"] as? String ?? "" }
            .mapValues { $0.compactMap { $0["kid"] as? String } }
    }

    @Test func `the only key of an algorithm is not retired, and stays as it is`() async throws {
        let key = try #require(try await states()["active"]?.first)
        let refused = await run("keys", "retire", key, "--yes", "--json")
        #expect(refused.status == .conflict)
        #expect(try refused.error["code"] as? String == "signing_key_needed")
        #expect(try refused.error["message"] as? String == "`\(key)` is the only key that signs RS256 now")
        #expect(try await states() == ["active": [key]])
    }

    @Test func `a key that has a successor signs no more at once, and is published until its tokens have ended`()
        async throws
    {
        let old = try #require(try await states()["active"]?.first)
        // Beside a key of another algorithm it is the only one of its own.
        #expect(await run("keys", "rotate", "--alg", "ES256").status == .done)
        #expect(await run("keys", "retire", old, "--yes").status == .conflict)
        #expect(await run("keys", "rotate").status == .done)
        let next = try #require(try await states()["next"]?.first)
        // The successor does not sign yet.
        #expect(await run("keys", "retire", old, "--yes").status == .conflict)
        let later = Self.now + .hours(2)
        #expect(await run("keys", "rotate", "--now", "--yes", at: later).status == .done)
        let newest = try #require(try await states(at: later)["active"]).filter { $0 != old && $0 != next }
        #expect(!newest.isEmpty)
        let already = await run("keys", "retire", old, "--yes", at: later)
        #expect(already.status == .done)
        #expect(already.errors.contains("it had ended already"))
    }

    @Test func `a key that has not signed is withdrawn at once`() async throws {
        #expect(await run("keys", "rotate").status == .done)
        let next = try #require(try await states()["next"]?.first)
        let without = await run("keys", "retire", next)
        #expect(without.status == .usage)
        let done = await run("keys", "retire", next, "--yes", "--reason", "made by mistake", "--json")
        #expect(done.status == .done, "\(done.errors)")
        #expect(try await states()["next"] == nil)
        #expect(try await states()["retired"] == [next])
        let told = await run("audit", "search", "--event", "signing_key_scheduled", "--json")
        let last = try #require(try told.json["items"] as? [[String: Any]]).last
        let details = try #require(last?["details"] as? [String: Any])
        #expect(details["kid"] as? String == next)
        #expect(details["reason"] as? String == "made by mistake")
    }

    @Test func `an unknown key is told`() async throws {
        let run = await run("keys", "retire", "nobody", "--yes", "--json")
        #expect(run.status == .failed)
        #expect(try run.error["code"] as? String == "signing_key_not_found")
    }

    @Test func `only the public half goes out, as it stands in the key set`() async throws {
        let key = try #require(try await states()["active"]?.first)
        #expect(await run("keys", "export", key).status == .usage)
        let jwk = try JWK(parsing: await run("keys", "export", key, "--public").output.utf8)
        #expect(jwk.keyID == key)
        #expect(jwk.object["d"] == nil)
        let pem = await run("keys", "export", key, "--public", "--form", "pem").output
        #expect(pem.hasPrefix("-----BEGIN PUBLIC KEY-----\n"))
        #expect(try PublicKey(pem: pem) == jwk.publicKey)
        let unknown = await run("keys", "export", "nobody", "--public", "--json")
        #expect(try unknown.error["code"] as? String == "signing_key_not_found")
    }
}
