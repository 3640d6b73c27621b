import Foundation
import JOSE
import LibCrypto
import TestSupport
import Testing
import Vocabulary

@testable import portvakt

/// A stand-in for an authorization server: metadata, a key set, and a token for every well-formed assertion.
private final class StandInServer: Sendable {
    static let key = Result { try PrivateKey.generate(.rsa(bits: 2048)) }

    let server: LoopbackServer

    /// Answers the token endpoint by `token`, with a good token unless told otherwise.
    init(token: (@Sendable (String) -> LoopbackServer.Answer)? = nil) throws {
        let key = try Self.key.get()
        let keys = try JWKSet([JWK(key.publicKey, keyID: "s1", algorithm: .rs256)]).encoded()
        server = try LoopbackServer { request in
            let host =
                request.split(separator: "\r\n").first { $0.lowercased().hasPrefix("host: ") }?.dropFirst(6) ?? ""
            let issuer = "http://\(host)/"
            if request.hasPrefix("GET /.well-known/oauth-authorization-server ") {
                return .whole(
                    200,
                    #"{"issuer":"\#(issuer)","token_endpoint":"\#(issuer)token","jwks_uri":"\#(issuer)jwk"}"#
                )
            }
            if request.hasPrefix("GET /jwk ") { return .whole(200, String(decoding: keys, as: UTF8.self)) }
            guard request.hasPrefix("POST /token ") else { return .whole(404, "") }
            if let token { return token(request) }
            let signed = (try? Self.accessToken(issuer: issuer)) ?? "x"
            return .whole(
                200,
                #"{"access_token":"\#(signed)","token_type":"Bearer","expires_in":119,"scope":"demo:read"}"#,
                headers: ["Portvakt-Trace-Id: 0123456789abcdef0123456789abcdef"]
            )
        }
    }

    deinit { server.stop() }

    var issuer: String { "http://127.0.0.1:\(server.port)/" }

    /// The claims of the last assertion that arrived.
    var claims: JSONObject {
        get throws { try assertion.payloadObject() }
    }

    var assertion: CompactJWS {
        get throws {
            let body = try #require(server.requests.last { $0.hasPrefix("POST") }?.split(separator: "\r\n\r\n").last)
            let field = try #require(body.split(separator: "&").first { $0.hasPrefix("assertion=") })
            return try CompactJWS(parsing: field.dropFirst("assertion=".count))
        }
    }

    static func accessToken(issuer: String, _ change: (inout JSONObject) -> Void = { _ in }) throws -> String {
        var claims: JSONObject = [
            "iss": .string(issuer), "client_id": "c1", "client_amr": "private_key_jwt",
            "consumer": ["authority": "iso6523-actorid-upis", "ID": "0192:991825827"], "scope": "demo:read",
            "token_type": "Bearer", "iat": 1_795_000_000, "exp": 1_795_000_120, "jti": "j1",
        ]
        change(&claims)
        return try CompactJWS.sign(
            header: ["kid": "s1", "alg": "RS256"],
            payload: claims.encoded(),
            with: key.get(),
            algorithm: .rs256
        )
    }
}

@Suite("portvakt token request")
struct TokenRequestCommandTests {
    private static let clientKey = Result { try PrivateKey.generate(.ec(.p256)) }
    private let scratch: ScratchFolder
    private let server: StandInServer

    init() throws {
        scratch = try ScratchFolder()
        server = try StandInServer()
    }

    private func jwk() throws -> String {
        let secret = JWK.Private(try Self.clientKey.get(), keyID: "k1", algorithm: nil)
        return String(decoding: try secret.secretObject().encoded(), as: UTF8.self)
    }

    private func environmentFile(_ extra: String = "") throws -> String {
        try scratch.file(
            ".env",
            """
            # A client.
            MASKINPORTEN_CLIENT_ID=c1
            export MASKINPORTEN_WELL_KNOWN_URL="\(server.issuer).well-known/oauth-authorization-server"
            MASKINPORTEN_SCOPES=demo:read
            MASKINPORTEN_CLIENT_JWK='\(jwk())'
            \(extra)
            """
        )
    }

    @Test func `the token alone goes to stdout, the facts to stderr`() async throws {
        let run = await CommandLineRun.of("token", "request", "--env-file", try environmentFile())
        #expect(run.status == .done)
        #expect(try CompactJWS(parsing: run.output.dropLast()).payloadObject()["client_id"] == "c1")
        #expect(run.output.hasSuffix("\n") && run.output.filter(\.isNewline).count == 1)
        #expect(run.errors.hasPrefix("token for demo:read, until "))
        #expect(try server.claims["iss"] == "c1")
        #expect(try server.claims["aud"] == .string(server.issuer))
        #expect(
            await CommandLineRun.of("token", "request", "--env-file", try environmentFile(), "--quiet").errors.isEmpty
        )
    }

    @Test func `the process's own environment is read too, and options win`() async throws {
        let environment = [
            "MASKINPORTEN_CLIENT_ID": "from-environment", "MASKINPORTEN_CLIENT_JWK": try jwk(),
            "MASKINPORTEN_ISSUER": "https://nowhere.example.no/", "MASKINPORTEN_SCOPES": "a:b",
            "MASKINPORTEN_TOKEN_ENDPOINT": "https://nowhere.example.no/token",
        ]
        let run = await CommandLineRun.of(
            "token",
            "request",
            "--issuer",
            server.issuer,
            "--scope",
            "demo:read",
            "--scope",
            "demo:write",
            "--resource",
            "https://api.example.no/",
            "--consumer-org",
            "991825827",
            environment: environment
        )
        #expect(run.status == .done, "\(run.errors)")
        let claims = try server.claims
        #expect(claims["iss"] == "from-environment")
        #expect(claims["scope"] == "demo:read demo:write")
        #expect(claims["resource"] == ["https://api.example.no/"])
        #expect(claims["consumer_org"] == "991825827")
    }

    @Test func `keys are told apart by their content: JWK, PEM, PKCS#12`() async throws {
        let key = try Self.clientKey.get()
        let files = [
            (try scratch.file("k.jwk", jwk()), [String]()), (try scratch.file("k.pem", key.pem()), ["--kid", "k1"]),
            (
                try scratch.file("k.enc.pem", key.pem(encryptedWith: Secret("open sesame"))),
                ["--kid", "k1", "--passphrase-file", try scratch.file("pass", "open sesame\n")]
            ),
        ]
        for (file, options) in files {
            let arguments =
                [
                    "token", "request", "--client-id", "c1", "--issuer", server.issuer, "--key", file, "--scope",
                    "demo:read",
                ]
                + options
            let status = await Console.$current.withValue(CapturedConsole().console) { await Portvakt.run(arguments) }
            #expect(status == .done, "\(file)")
            #expect(try server.assertion.header["kid"] == "k1")
            #expect(try server.assertion.isSigned(by: key.publicKey, algorithm: .es256))
        }
    }

    @Test func `authorization details and person come from files, and the person is not shown`() async throws {
        let details = try scratch.file("details.json", #"[{"type":"urn:altinn:systemuser","id":"1"}]"#)
        let person = try scratch.file("pid", "25886999479\n")
        let run = await CommandLineRun.of(
            "token",
            "request",
            "--env-file",
            try environmentFile(),
            "--details",
            details,
            "--pid-file",
            person,
            "--show-assertion"
        )
        #expect(run.status == .done, "\(run.errors)")
        let claims = try server.claims
        #expect(claims["pid"] == "25886999479")
        #expect(claims["authorization_details"] == [["type": "urn:altinn:systemuser", "id": "1"]])
        #expect(run.errors.contains("POST \(server.issuer)token\n{\n  \"alg\": \"ES256\""))
        #expect(run.errors.contains("\"pid\": \"<redacted>\""))
        #expect(!run.errors.contains("25886999479"))
    }

    @Test func `header and curl are ready to use, JSON has all facts`() async throws {
        let file = try environmentFile()
        let header = await CommandLineRun.of("token", "request", "--env-file", file, "--header")
        #expect(header.output.hasPrefix("Authorization: Bearer ey"))
        let curl = await CommandLineRun.of("token", "request", "--env-file", file, "--curl")
        #expect(curl.output.hasPrefix("curl --header 'Authorization: Bearer ey") && curl.output.hasSuffix("'\n"))
        #expect(await CommandLineRun.of("token", "request", "--header", "--curl").status == .usage)
        let json = try await CommandLineRun.of("token", "request", "--env-file", file, "--json").json
        #expect(
            Set(json.keys) == [
                "schema", "access_token", "token_type", "expires_in", "expires_at", "scope", "trace_id",
            ]
        )
        #expect(json["expires_in"] as? Int == 119)
        #expect(json["trace_id"] as? String == "0123456789abcdef0123456789abcdef")
    }

    @Test func `a refusal is told with code, reason, fix and trace id`() async throws {
        let refusing = try StandInServer { _ in
            .whole(
                403,
                #"{"error":"forbidden","error_description":"no access (trace_id: 00000000000000000000000000000001)","#
                    + #""error_uri":"http://127.0.0.1:7080/errors/MP-250","code":"MP-250","reason":"access_not_granted","#
                    + #""trace_id":"00000000000000000000000000000001"}"#
            )
        }
        let file = try environmentFile()
        let run = await CommandLineRun.of("token", "request", "--env-file", file, "--issuer", refusing.issuer)
        #expect(run.status == .failed)
        #expect(run.output.isEmpty)
        #expect(
            run.errors == """
                error: no access [MP-250]
                  hint: ask the scope's owner to grant your organisation access
                  reason: access_not_granted
                  error: forbidden
                  error uri: http://127.0.0.1:7080/errors/MP-250
                  http status: 403
                  attempts: 1
                  server: \(refusing.issuer).well-known/oauth-authorization-server
                  trace id: 00000000000000000000000000000001

                """
        )
        let error = try await CommandLineRun.of(
            "token",
            "request",
            "--env-file",
            file,
            "--issuer",
            refusing.issuer,
            "--json"
        ).error
        #expect(error["code"] as? String == "MP-250")
        #expect(error["trace_id"] as? String == "00000000000000000000000000000001")
        #expect((error["details"] as? [String: Any])?["reason"] as? String == "access_not_granted")
    }

    @Test func `a server that is not there is exit 5`() async throws {
        let file = try environmentFile()
        let run = await CommandLineRun.of("token", "request", "--env-file", file, "--issuer", "http://127.0.0.1:1/")
        #expect(run.status == .unreachable)
        #expect(run.errors.hasPrefix("error: Connection refused [network]\n"))
    }

    @Test func `all that is missing is told at once`() async throws {
        let run = await CommandLineRun.of("token", "request", "--json")
        #expect(run.status == .usage)
        let message = try #require(try run.error["message"] as? String)
        for name in ["MASKINPORTEN_CLIENT_ID", "MASKINPORTEN_WELL_KNOWN_URL", "no key"] {
            #expect(message.contains(name))
        }
    }

    static let wrong: [[String]] = [
        ["--scope", "nocolon"], ["--consumer-org", "991825828"], ["--details", "/dev/null"],

        ["--client-id", "not one"], ["--issuer", "http://example.no/"], ["--well-known", "https://example.no/"],
    ]

    @Test(arguments: wrong) func `a wrong value is wrong usage, and nothing is sent`(options: [String]) async throws {
        let run = await CommandLineRun.of(
            "token",
            "request",
            "--env-file",
            try environmentFile(),
            options[0],
            options[1]
        )
        #expect(run.status == .usage)
        #expect(server.server.requests.isEmpty)
    }

    @Test func `a person is eleven digits in a file of one's own`() async throws {
        let file = try environmentFile()
        let short = try scratch.file("pid", "2588699947")
        let run = await CommandLineRun.of("token", "request", "--env-file", file, "--pid-file", short)
        #expect(run.status == .usage)
        #expect(!run.errors.contains("2588699947"))
        #expect(server.server.requests.isEmpty)
    }

    @Test func `a key that others can read is refused, as is a file of variables`() async throws {
        let key = try scratch.file("open.pem", try Self.clientKey.get().pem(), mode: 0o644)
        let file = try environmentFile()
        let run = await CommandLineRun.of("token", "request", "--env-file", file, "--key", key)
        #expect(run.errors.hasPrefix("error: `\(key)` holds a secret and others can open it [key_file_open]"))
        chmod(file, 0o644)
        #expect(await CommandLineRun.of("token", "request", "--env-file", file).status == .failed)
        #expect(server.server.requests.isEmpty)
    }

    @Test func `a key that nobody can name says what to add`() async throws {
        let key = try scratch.file("k.pem", try Self.clientKey.get().pem())
        let run = await CommandLineRun.of(
            "token",
            "request",
            "--client-id",
            "c1",
            "--issuer",
            server.issuer,
            "--key",
            key,
            "--scope",
            "a:b"
        )
        #expect(run.status == .failed)
        #expect(run.errors.contains("neither a `kid` nor a certificate says whose key it is [key_unusable]"))
        #expect(run.errors.contains("`--kid`"))
    }

    @Test(
        arguments: [
            ("A=1", ["A": "1"]), ("  A = x", nil), ("A=", ["A": ""]), ("export A='x y'", ["A": "x y"]),
            (#"A="x\"y\\z""#, ["A": #"x"y\z"#]), (#"A='x\"y'"#, ["A": #"x\"y"#]),
            ("# c\n\nA=1\r\nB=2", ["A": "1", "B": "2"]),
            ("A", nil), ("=1", nil), ("A-B=1", nil), ("A=b=c", ["A": "b=c"]), ("A='", ["A": "'"]),
        ] as [(String, [String: String]?)]
    )
    func `a file of variables is read as a shell reads it`(text: String, variables: [String: String]?) throws {
        let file = try scratch.file("variables", text)
        if let variables {
            #expect(try EnvironmentFile(reading: file).variables == variables)
        } else {
            let error = #expect(throws: CLIError.self) { try EnvironmentFile(reading: file) }
            #expect(error?.code == "env_file_malformed")
            #expect(error?.message.contains("line 1") == true)
        }
    }
}

@Suite("portvakt token inspect and verify")
struct TokenReadingCommandTests {
    private static let issuer = "http://127.0.0.1:7080/"
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    private func keys() throws -> String {
        let set = try JWKSet([JWK(StandInServer.key.get().publicKey, keyID: "s1", algorithm: .rs256)])
        return try scratch.file("jwks", set.encoded())
    }

    // MARK: inspect

    @Test func `inspect shows header and claims, says that nothing is verified, and tells times from now`() async throws
    {
        let token = try StandInServer.accessToken(issuer: Self.issuer)
        let now = Timestamp(seconds: 1_795_000_002)
        let piped = await CommandLineRun.of("token", "inspect", token, at: now)
        #expect(piped.status == .done)
        #expect(piped.errors == "warning: NOT VERIFIED: anybody may have written this\n")
        #expect(
            piped.output == """
                header\tkid\ts1\t
                header\talg\tRS256\t
                claim\tiss\thttp://127.0.0.1:7080/\t
                claim\tclient_id\tc1\t
                claim\tclient_amr\tprivate_key_jwt\t
                claim\tconsumer\t{"authority":"iso6523-actorid-upis","ID":"0192:991825827"}\torganisation 991825827
                claim\tscope\tdemo:read\t
                claim\ttoken_type\tBearer\t
                claim\tiat\t1795000000\t2026-11-18T11:06:40Z, 2 s ago
                claim\texp\t1795000120\t2026-11-18T11:08:40Z, in 118 s
                claim\tjti\tj1\t

                """
        )
        let terminal = await CommandLineRun.of("token", "inspect", token, terminal: true, at: now)
        #expect(terminal.errors == "\u{1B}[33mwarning:\u{1B}[0m NOT VERIFIED: anybody may have written this\n")
        #expect(terminal.output.hasPrefix("\u{1B}[1mPART\u{1B}[0m    \u{1B}[1mNAME\u{1B}[0m"))
    }

    @Test func `JSON keeps header and claims as they are, and says verified false`() async throws {
        let token = try StandInServer.accessToken(issuer: Self.issuer) { $0["amount"] = .number(.init(12)) }
        let json = try await CommandLineRun.of("token", "inspect", token, "--json").json
        #expect(json["verified"] as? Bool == false)
        #expect((json["claims"] as? [String: Any])?["exp"] as? Int == 1_795_000_120)
        #expect((json["times"] as? [String: Any])?["exp"] as? String == "2026-11-18T11:08:40Z")
        #expect((json["header"] as? [String: Any])?["kid"] as? String == "s1")
    }

    @Test func `a token may come with its field name and scheme, from a file or as it is`() async throws {
        let token = try StandInServer.accessToken(issuer: Self.issuer)
        let file = try scratch.file("token", "Authorization: Bearer \(token)\r\n")
        for argument in [token, "Bearer \(token)", "@" + file, "  \(token)  "] {
            #expect(await CommandLineRun.of("token", "inspect", argument, "--quiet").status == .done, "\(argument)")
        }
    }

    @Test(arguments: ["", "   ", "Bearer "]) func `an empty token is wrong usage`(text: String) async {
        #expect(await CommandLineRun.of("token", "inspect", text).status == .usage)
    }

    @Test func `on a terminal nothing is waited for`() async {
        let run = await CommandLineRun.of("token", "inspect", terminal: true)
        #expect(run.status == .usage)
        #expect(run.errors.contains("no token is given"))
    }

    @Test(arguments: [
        ("a.b.c.d.e", "an encrypted token (JWE); a signed one is expected"),
        ("e30.e30", "a token has three parts between dots, this one has 2"),
    ])
    func `what is no token is told`(text: String, message: String) async throws {
        let run = await CommandLineRun.of("token", "inspect", text, "--json")
        #expect(run.status == .failed)
        #expect(try run.error["message"] as? String == message)
    }

    @Test func `an expired token, and an algorithm that is none, stand out`() async throws {
        let token = "eyJhbGciOiJub25lIn0." + Base64URL.encode(Array(#"{"exp":1794999999}"#.utf8)) + "."
        let run = await CommandLineRun.of("token", "inspect", token, terminal: true)
        #expect(run.output.contains("\u{1B}[31mnot an algorithm of ours\u{1B}[0m"))
        #expect(run.output.contains("\u{1B}[31m2026-11-18T11:06:39Z, 1 s ago\u{1B}[0m"))
    }

    // MARK: verify

    @Test func `verify prints one line for each check`() async throws {
        let token = try StandInServer.accessToken(issuer: Self.issuer) { $0["aud"] = "https://api.example.no/" }
        let run = await CommandLineRun.of(
            "token",
            "verify",
            token,
            "--jwks",
            try keys(),
            "--issuer",
            Self.issuer,
            "--audience",
            "https://api.example.no/",
            "--scope",
            "demo:read",
            "--consumer",
            "991825827",
            "--at",
            "2026-11-18T11:08:39Z"
        )
        #expect(run.status == .done, "\(run.errors)")
        #expect(
            run.output == """
                form\tok\t
                type\tok\t
                algorithm\tok\t
                key\tok\t
                signature\tok\t
                issuer\tok\t
                expiry\tok\t
                start\tok\t
                audience\tok\t
                binding\tok\t
                claims\tok\t
                status\tskipped\tnot asked for (`--status`)
                scope demo:read\tok\t
                consumer\tok\t

                """
        )
        #expect(run.errors.isEmpty)
    }

    @Test func `the first check that fails is named, with exit 3, and the rest is not reached`() async throws {
        let token = try StandInServer.accessToken(issuer: Self.issuer)
        let run = await CommandLineRun.of(
            "token",
            "verify",
            token,
            "--jwks",
            try keys(),
            "--issuer",
            Self.issuer,
            "--at",
            "2026-11-18T11:08:40Z",
            "--json"
        )
        #expect(run.status == .negative)
        let json = try run.json
        #expect(json["valid"] as? Bool == false)
        #expect(json["failed_check"] as? String == "expiry")
        let results = try #require(json["items"] as? [[String: Any]]).map { $0["result"] as? String }
        #expect(results == Array(repeating: "ok", count: 6) + ["failed"] + Array(repeating: "skipped", count: 5))
        #expect(try run.error["code"] as? String == "token_expired")
        #expect(
            try run.error["message"] as? String
                == "the token is not valid: expiry: it expired at 2026-11-18T11:08:40Z, it is now 2026-11-18T11:08:40Z"
        )
    }

    static let refused: [([String], String, String)] = [
        (["--issuer", "https://other.example.no/"], "issuer", "token_issuer"),
        (["--audience", "https://api.example.no/"], "audience", "token_audience"),
        (["--scope", "demo:write"], "access", "insufficient_scope"),
        (["--consumer", "310000124"], "access", "access_denied"),
        (["--at", "2026-11-18T11:06:29Z"], "start", "token_not_yet_valid"),
    ]

    @Test(arguments: refused.indices) func `each demand can fail`(index: Int) async throws {
        let (options, check, code) = Self.refused[index]
        let token = try StandInServer.accessToken(issuer: Self.issuer)
        let run = await CommandLineRun.of(
            "token",
            "verify",
            token,
            "--jwks",
            try keys(),
            "--json",
            options[0],
            options[1],
            at: Timestamp(seconds: 1_795_000_060)
        )
        #expect(run.status == .negative)
        #expect(try run.json["failed_check"] as? String == check)
        #expect(try run.error["code"] as? String == code)
    }

    @Test func `without an issuer that check is left out, and it says so`() async throws {
        let token = try StandInServer.accessToken(issuer: Self.issuer)
        let run = await CommandLineRun.of("token", "verify", token, "--jwks", try keys())
        #expect(run.status == .done)
        #expect(run.output.contains("issuer\tskipped\tnot asked for (`--issuer`)\n"))
        #expect(run.output.contains("audience\tskipped\tnot asked for (`--audience`)\n"))
    }

    @Test func `keys are found through the issuer's metadata, or at a URL`() async throws {
        let server = try StandInServer()
        let token = try StandInServer.accessToken(issuer: server.issuer)
        #expect(await CommandLineRun.of("token", "verify", token, "--issuer", server.issuer).status == .done)
        let url = server.issuer + "jwk"
        #expect(await CommandLineRun.of("token", "verify", token, "--jwks", url).status == .done)
        #expect(await CommandLineRun.of("token", "verify", token, "--jwks", "http://example.no/jwk").status == .usage)
    }

    @Test func `a key set that is none is a fault of the file, not of the token`() async throws {
        let token = try StandInServer.accessToken(issuer: Self.issuer)
        let file = try scratch.file("broken", "[]")
        let run = await CommandLineRun.of("token", "verify", token, "--jwks", file, "--json")
        #expect(run.status == .failed)
        #expect(try run.error["code"] as? String == "jwks_malformed")
    }
}
