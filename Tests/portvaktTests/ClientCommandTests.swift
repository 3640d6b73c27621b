import AuditLedger
import Clients
import Foundation
import JOSE
import LibCrypto
import TestAuthority
import Testing
import Vocabulary

@testable import portvakt

@Suite("portvakt client")
struct ClientCommandTests {
    private let consumer = "\(AdministrationWorld.consumer)"
    private let now = AdministrationWorld.now

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    private func world() async throws -> AdministrationWorld {
        let world = try await AdministrationWorld()
        await world.prepare()
        return world
    }

    private func create(_ world: AdministrationWorld) async -> String {
        let run = await world.run("client", "create", "--org", consumer, "--name", "payroll", "--output", "id")
        #expect(run.status == .done, "\(run.errors)")
        return run.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func publicJWK(_ kid: String, _ key: PrivateKey) -> String {
        JWK(key.publicKey, keyID: kid, algorithm: .es256).object.pretty()
    }

    // MARK: create

    @Test func `a client without a key is told by its JSON`() async throws {
        let world = try await world()
        let run = await world.run(
            "client",
            "create",
            "--org",
            consumer,
            "--name",
            "payroll",
            "--scope",
            "acme:a",
            "--description",
            "Nightly",
            "--lifetime",
            "60s",
            "--id",
            "old_client",
            "--token-endpoint-audience",
            "--json"
        )
        #expect(run.status == .done)
        let client = try run.json
        #expect(client["schema"] as? String == "portvakt/client/v1")
        #expect(client["client_id"] as? String == "old_client")
        #expect(client["scopes"] as? [String] == ["acme:a"])
        #expect(client["access_token_lifetime"] as? Int == 60)
        #expect(client["accepts_token_endpoint_audience"] as? Bool == true)
        #expect(client["authentication"] as? String == "certificate")
        #expect((client["keys"] as? [Any])?.isEmpty == true)
    }

    @Test func `a new key is written beside an environment file that the client SDK reads`() async throws {
        let world = try await world()
        let path = world.scratch.path + "/payroll.jwk"
        let run = await world.run(
            "client",
            "create",
            "--org",
            consumer,
            "--name",
            "payroll",
            "--scope",
            "acme:a",
            "--generate-key",
            path,
            "--alg",
            "ES256",
            "--kid",
            "k-1",
            "--json"
        )
        #expect(run.status == .done, "\(run.errors)")
        let client = try run.json
        #expect(client["key_file"] as? String == path)
        #expect(client["env_file"] as? String == world.scratch.path + "/payroll.env")
        #expect(try mode(path) == 0o600)
        #expect(try mode(world.scratch.path + "/payroll.env") == 0o600)
        // The private key is in those two files and nowhere else.
        let secret = try JWK.Private(parsing: JSONObject(reading: path))
        let scalar = try #require(try secret.secretObject()["d"]?.string)
        #expect(!run.output.contains(scalar))
        #expect(secret.publicJWK.keyID == "k-1")
        let keys = try #require(client["keys"] as? [[String: Any]])
        #expect(keys.first?["kid"] as? String == "k-1")
        #expect(keys.first?["thumbprint"] as? String == secret.publicJWK.thumbprint())
        #expect(keys.first?["expires"] as? String == "\(now + .days(365))")
        let environment = try String(contentsOfFile: world.scratch.path + "/payroll.env", encoding: .utf8)
        let lines = environment.split(separator: "\n")
        #expect(lines[0] == "# payroll, for \(consumer).")
        #expect(lines[1] == "MASKINPORTEN_CLIENT_ID=\(client["client_id"] as? String ?? "")")
        #expect(
            lines[2] == "MASKINPORTEN_WELL_KNOWN_URL=https://vakt.example.no/.well-known/oauth-authorization-server"
        )
        #expect(lines[3] == "MASKINPORTEN_ISSUER=https://vakt.example.no/")
        #expect(lines[4] == "MASKINPORTEN_TOKEN_ENDPOINT=https://vakt.example.no/token")
        #expect(lines[5] == "MASKINPORTEN_SCOPES=\"acme:a\"")
        #expect(lines[6].hasPrefix("MASKINPORTEN_CLIENT_JWK='{") && lines[6].hasSuffix("}'"))
        #expect(lines.count == 7)
    }

    @Test func `without more words a new key is RSA for RS256, named by its thumbprint`() async throws {
        let world = try await world()
        let path = world.scratch.path + "/k.jwk"
        _ = await world.run("client", "create", "--org", consumer, "--name", "x", "--generate-key", path)
        let secret = try JWK.Private(parsing: JSONObject(reading: path))
        #expect(secret.key.kind == .rsa(bits: 2_048))
        #expect(secret.publicJWK.algorithm == .rs256)
        #expect(secret.publicJWK.keyID == secret.publicJWK.thumbprint())
    }

    @Test func `a refused client leaves no files, and files that are there are not touched`() async throws {
        let world = try await world()
        let path = world.scratch.path + "/k.jwk"
        let refused = await world.run(
            "client",
            "create",
            "--org",
            consumer,
            "--name",
            "x",
            "--scope",
            "acme:b",
            "--generate-key",
            path
        )
        #expect(refused.status == .failed)
        #expect(refused.errors.contains("there is no scope `acme:b` [client_invalid]"))
        #expect(!FileManager.default.fileExists(atPath: path))
        for name in ["k.jwk", "k.env"] {
            let file = try world.file(name, "mine")
            let taken = await world.run("client", "create", "--org", consumer, "--name", "x", "--generate-key", path)
            #expect(taken.status == .conflict)
            #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
            try FileManager.default.removeItem(atPath: file)
        }
        #expect(await world.run("client", "list").output.isEmpty)
        let env = await world.run(
            "client",
            "create",
            "--org",
            consumer,
            "--name",
            "x",
            "--generate-key",
            world.scratch.path + "/k.env"
        )
        #expect(env.status == .usage)
    }

    @Test func `public keys are read as a JWK, as a set and as PEM`() async throws {
        let world = try await world()
        let key = try PrivateKey.generate(.ec(.p256))
        let other = try PrivateKey.generate(.ec(.p256))
        let set = "{\"keys\":[\(publicJWK("k1", key)),\(publicJWK("k2", other))]}"
        let files = [
            (try world.file("one.jwk", publicJWK("k1", key)), ["k1"]), (try world.file("set.jwks", set), ["k1", "k2"]),
            (
                try world.file("key.pem", key.publicKey.pem),
                [JWK(key.publicKey, keyID: nil, algorithm: nil).thumbprint()]
            ),
        ]
        for (file, expected) in files {
            let run = await world.run("client", "create", "--org", consumer, "--name", "x", "--jwk", file, "--json")
            let keys = try #require(run.json["keys"] as? [[String: Any]])
            #expect(keys.map { $0["kid"] as? String } == expected)
            #expect(keys.allSatisfy { $0["alg"] as? String == "ES256" })
        }
    }

    @Test func `private keys are refused wherever a public one is due`() async throws {
        let world = try await world()
        let key = try PrivateKey.generate(.ec(.p256))
        let secret = try JWK.Private(key, keyID: "k1", algorithm: .es256).secretObject().pretty()
        for file in [try world.file("s.jwk", secret), try world.file("s.pem", try key.pem())] {
            let run = await world.run("client", "create", "--org", consumer, "--name", "x", "--jwk", file, "--json")
            #expect(run.status == .failed)
            #expect(try run.error["code"] as? String == "private_key")
        }
        #expect(await world.run("client", "list").output.isEmpty)
    }

    @Test func `wrong words are wrong usage`() async throws {
        let world = try await world()
        let run = { (arguments: [String]) in await world.run(["client", "create"] + arguments).status }
        #expect(await run(["--name", "x"]) == .usage)
        #expect(await run(["--org", consumer]) == .usage)
        #expect(await run(["--org", consumer, "--name", "x", "--jwk", "a", "--generate-key", "b"]) == .usage)
        #expect(await run(["--org", consumer, "--name", "x", "--kid", "a"]) == .usage)
        #expect(await run(["--org", consumer, "--name", "x", "--scope", "acme"]) == .usage)
        #expect(await run(["--org", consumer, "--name", "x", "--integration-type", "saml"]) == .usage)
        #expect(await run(["--org", consumer, "--name", "x", "--generate-key", "k", "--alg", "HS256"]) == .usage)
        #expect(await run(["--org", consumer, "--name", "x", "--id", "a b"]) == .usage)
        #expect(await run(["--org", "123", "--name", "x"]) == .failed)
    }

    // MARK: list, show, disable, enable

    @Test func `clients are listed and shown`() async throws {
        let world = try await world()
        let key = try world.file("k.jwk", publicJWK("k1", try PrivateKey.generate(.ec(.p256))))
        _ = await world.run("client", "create", "--org", consumer, "--name", "b", "--id", "b")
        _ = await world.run(
            "client",
            "create",
            "--org",
            consumer,
            "--name",
            "a",
            "--id",
            "a",
            "--scope",
            "acme:a",
            "--jwk",
            key
        )
        let list = await world.run("client", "list", terminal: true, environment: ["NO_COLOR": "1"])
        #expect(
            list.output == """
                ID  NAME  ORG        SCOPES  KEYS  NEAREST KEY EXPIRY    LAST TOKEN  STATE
                a   a     \(consumer)  acme:a     1  2027-11-18T\(now.description.dropFirst(11))              active
                b   b     \(consumer)             0                                    active

                """
        )
        #expect(await world.run("client", "list", "--scope", "acme:a", "--output", "id").output == "a\n")
        #expect(await world.run("client", "list", "--expiring", "364d").output.isEmpty)
        #expect(await world.run("client", "list", "--expiring", "366d", "--output", "id").output == "a\n")
        #expect(await world.run("client", "list", "--org", "\(AdministrationWorld.owner)").output.isEmpty)
        let shown = try await world.run("client", "show", "a", "--json").json
        #expect(shown["owner_name"] as? String == "KONSUMENT")
        #expect(shown["authentication"] as? String == "registered_key")
        #expect(await world.run("client", "show", "c").errors == "error: there is no client `c` [client_not_found]\n")
    }

    @Test func `disabling asks, enabling does not, and twice is once`() async throws {
        let world = try await world()
        let id = await create(world)
        #expect(await world.run("client", "disable", id).status == .usage)
        #expect(await world.run("client", "disable", id, terminal: true, answers: ["no"]).status == .failed)
        #expect(await world.run("client", "disable", id, terminal: true, answers: ["y"]).status == .done)
        #expect(await world.run("client", "list").output.isEmpty)
        #expect(await world.run("client", "list", "--disabled", "--output", "id").output == id + "\n")
        #expect(await world.run("client", "disable", id, "--yes").output.contains("result\talready"))
        #expect(await world.run("client", "enable", id).output.contains("result\tenabled"))
        #expect(await world.run("client", "enable", id).output.contains("result\talready"))
        #expect(await world.run("client", "enable", "c").errors.contains("[client_not_found]"))
    }

    // MARK: keys

    @Test func `a key is added, listed, renewed and removed`() async throws {
        let world = try await world()
        let id = await create(world)
        let file = try world.file("k.jwk", publicJWK("k1", try PrivateKey.generate(.ec(.p256))))
        #expect(await world.run("client", "keys", "list", id, terminal: true).errors.contains("authenticates by its"))
        let added = try await world.run(
            "client",
            "keys",
            "add",
            id,
            "--jwk",
            file,
            "--not-after",
            "2027-01-01",
            "--json"
        ).json
        #expect(added["schema"] as? String == "portvakt/client-key/v1")
        #expect(added["result"] as? String == "added")
        #expect(added["expires"] as? String == "2027-01-01T00:00:00Z")
        let renewed = try await world.run("client", "keys", "add", id, "--jwk", file, "--json").json
        #expect(renewed["result"] as? String == "renewed")
        let list = await world.run("client", "keys", "list", id)
        #expect(list.output == "k1\tES256\t\(now)\t\(now + .days(365))\tvalid\n")
        let later = await world.run("client", "keys", "list", id, "--fields", "state", at: now + .days(365))
        #expect(later.output == "expired\n")
        #expect(await world.run("client", "keys", "remove", id, "k1").status == .usage)
        let removed = await world.run("client", "keys", "remove", id, "k1", "--yes")
        #expect(removed.output.contains("keys_left\t0\n"))
        #expect(removed.errors == "warning: `\(id)` has no key left and cannot authenticate\n")
        #expect(await world.run("client", "keys", "remove", id, "k1", "--yes").errors.contains("[key_not_found]"))
        #expect(await world.run("client", "keys", "list", id, terminal: true).errors.contains("no key left"))
        let reset = await world.run("client", "keys", "reset", id, "--yes")
        #expect(reset.output.contains("authentication\tcertificate\n"))
        #expect(await world.run("client", "keys", "reset", id).status == .usage)
        #expect(
            try world.events().suffix(4).map(\.kind)
                == [.clientKeyAdded, .clientKeyAdded, .clientKeyRemoved, .clientChanged]
        )
    }

    @Test func `a certificate binds the key and ends it`() async throws {
        let world = try await world()
        let id = await create(world)
        let authority = try CertificateAuthority(.buypass, at: now)
        var request = EnterpriseCertificateRequest(organisation: AdministrationWorld.consumer, name: "KONSUMENT")
        request.notAfter = now + .days(100)
        let certificate = try authority.issue(request)
        let pem = try world.file("chain.pem", certificate.chainPEM)
        let added = try await world.run("client", "keys", "add", id, "--cert", pem, "--kid", "c1", "--json").json
        #expect(added["kid"] as? String == "c1")
        #expect(added["alg"] as? String == "RS256")
        #expect(added["expires"] as? String == "\(now + .days(100) + 1)")
        #expect((added["certificate"] as? String)?.count == 64)
        let der = try world.scratch.file("leaf.der", certificate.der)
        #expect(
            try await world.run("client", "keys", "add", id, "--cert", der, "--kid", "c1", "--json").json["result"]
                as? String == "renewed"
        )
        let late = await world.run("client", "keys", "add", id, "--cert", pem, at: now + .days(101))
        #expect(late.errors.contains("[key_refused]"))
        #expect(await world.run("client", "keys", "add", id, "--cert", try world.file("x", "x")).status == .failed)
    }

    @Test func `a full client says so, and takes no sixth key`() async throws {
        let world = try await world()
        let id = await create(world)
        for index in 1...5 {
            let file = try world.file("k", publicJWK("k\(index)", try PrivateKey.generate(.ec(.p256))))
            let run = await world.run("client", "keys", "add", id, "--jwk", file)
            #expect(run.status == .done)
            switch index {
            case 2: #expect(run.errors.contains("two keys now"))
            case 5: #expect(run.errors.contains("warning: the client holds 5 keys"))
            default: #expect(run.errors.isEmpty)
            }
        }
        let sixth = try world.file("k", publicJWK("k6", try PrivateKey.generate(.ec(.p256))))
        let refused = await world.run("client", "keys", "add", id, "--jwk", sixth)
        #expect(refused.status == .failed)
        #expect(refused.errors.contains("a client holds at most 5 keys, expired ones too: remove one [key_refused]"))
        let taken = await world.run("client", "keys", "add", id, "--jwk", sixth, "--kid", "k1")
        #expect(taken.status == .conflict)
    }

    @Test func `a file that is no key says why`() async throws {
        let world = try await world()
        let id = await create(world)
        let jwk = JWK(try PrivateKey.generate(.ec(.p256)).publicKey, keyID: "k1", algorithm: .es256).object
        let cases: [(String, String)] = [
            ("nonsense", "neither PEM nor strict JSON"), ("[]", "not a JSON object"), (#"{"keys":[]}"#, "or empty"),
            (#"{"keys":[1]}"#, "holds what is no key"), (#"{"kty":"oct","k":"AAAA"}"#, "a symmetric key"),
            (jwk.removing(["kid"]).pretty(), "`kid` is missing"), (jwk.removing(["use"]).pretty(), "`use` is missing"),
            (jwk.removing(["alg"]).pretty(), "`alg` is missing"),
        ]
        for (text, reason) in cases {
            let run = await world.run("client", "keys", "add", id, "--jwk", try world.file("k", text))
            #expect(run.status == .failed)
            #expect(run.errors.contains(reason), "\(text): \(run.errors)")
        }
        #expect(await world.run("client", "keys", "add", id).status == .usage)
        #expect(
            await world.run("client", "keys", "add", id, "--jwk", "/nonexistent").errors.contains("[file_unreadable]")
        )
        #expect(await world.run("client", "keys", "list", id).output.isEmpty)
    }
}

extension JSONObject {
    fileprivate init(reading path: String) throws {
        let value = try JSONValue(parsing: Array(Data(contentsOf: URL(filePath: path))))
        self = try #require(value.object)
    }
}
