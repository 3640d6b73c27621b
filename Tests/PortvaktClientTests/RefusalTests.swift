import JOSE
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("Refusals: code, reason, trace id and hint reach whoever must mend it")
struct RefusalTests {
    private func refused(_ response: TransportResponse) async throws -> TokenError {
        let transport = ScriptedTransport { _, _ in response }
        let client = Sample.client(Sample.configuration(), transport, FakeClock())
        return try #require(
            await #expect(throws: TokenError.self) { try await client.token(for: Sample.request) }
        )
    }

    @Test func `Maskinporten's form: the code in error_uri, the trace id in the text`() async throws {
        let error = try await refused(
            TransportResponse(
                status: 400,
                body: Array(
                    #"""
                    {"error": "invalid_grant",
                     "error_description": "Invalid assertion. Client authentication failed. Expired key. (trace_id: 0f3c2b1a09f8e7d6c5b4a39281706f5e)",
                     "error_uri": "https://maskinporten.no/errors/MP-121"}
                    """#.utf8
                )
            )
        )
        let refusal = try #require(error.refusal)
        #expect(refusal.error == "invalid_grant")
        #expect(refusal.code == "MP-121")
        #expect(refusal.reason == nil)
        #expect(refusal.description == "Invalid assertion. Client authentication failed. Expired key.")
        #expect(refusal.traceID == "0f3c2b1a09f8e7d6c5b4a39281706f5e")
        #expect(error.hint == "the client's key has expired: register a new key, then configure its `kid`")
        #expect(error.httpStatus == 400)
        #expect(
            "\(error)"
                == "Invalid assertion. Client authentication failed. Expired key. [MP-121] (trace_id: 0f3c2b1a09f8e7d6c5b4a39281706f5e)"
        )
    }

    @Test func `Portvakt's form: code, reason and trace id as members`() async throws {
        let error = try await refused(
            TransportResponse(
                status: 403,
                body: Array(
                    #"""
                    {"error":"forbidden","error_description":"no access (trace_id: 00000000000000000000000000000001)","code":"MP-250",
                     "error_uri":"http://127.0.0.1:7080/errors/MP-250","reason":"access_not_granted",
                     "trace_id":"00000000000000000000000000000001","details":{"scopes":{}}}
                    """#.utf8
                )
            )
        )
        #expect(error.code == "MP-250")
        #expect(error.refusal?.reason == "access_not_granted")
        #expect(error.traceID == "00000000000000000000000000000001")
        #expect(error.message == "no access")
        #expect(error.hint == "ask the scope's owner to grant your organisation access")
    }

    @Test func `older servers wrote a correlation id`() async throws {
        let error = try await refused(Sample.refusal("Not found (correlation id: 6a2d6a34-3c9e-4a0c-8b6c)"))
        #expect(error.traceID == "6a2d6a34-3c9e-4a0c-8b6c")
        #expect(error.refusal?.description == "Not found")
    }

    @Test(arguments: [
        ("https://m.no/errors/MP-012", String?.some("MP-012")), ("https://m.no/errors/PV-010/", "PV-010"),
        ("https://m.no/errors/", nil), ("https://m.no/errors/MP-1", nil), ("https://m.no/errors/mp-012", nil),
        ("https://m.no/errors/MP-0123", nil), ("https://m.no/errors/MP-01a", nil), ("", nil),
    ])
    func `a code is the last part of error_uri, if it is one`(uri: String, code: String?) {
        let refusal = ServerRefusal(
            error: "e",
            code: nil,
            reason: nil,
            description: nil,
            uri: uri,
            traceID: nil
        )
        #expect(refusal.code == code)
    }

    // Every code whose remedy lies with the client has a hint.
    @Test(arguments: [
        "MP-011", "MP-012", "MP-100", "MP-110", "MP-120", "MP-121", "MP-122", "MP-123", "MP-124", "MP-130", "MP-200",
        "MP-201", "MP-250", "MP-251", "MP-301", "PV-007", "PV-010", "PV-011", "PV-012", "PV-014",
    ])
    func `a code that the client can mend has a hint`(code: String) {
        let refusal = ServerRefusal(error: "e", code: code, reason: nil, description: nil, uri: nil, traceID: nil)
        #expect(refusal.hint != nil)
    }

    @Test(arguments: [
        ("Issue time is after now", String?.none, true), ("JWT is expired", nil, true),
        ("Invalid assertion. Client authentication failed. Expired key.", nil, false),
        ("JWT is expired", "MP-121", false), ("x", "MP-130", true), ("x", "PV-012", true), ("x", "MP-110", false),
    ])
    func `a refusal for time is told from one for an expired key`(text: String, code: String?, isForTime: Bool) {
        let refusal = ServerRefusal(error: "e", code: code, reason: nil, description: text, uri: nil, traceID: nil)
        #expect(refusal.concernsTime == isForTime)
    }

    @Test(arguments: [
        (200, "", "the answer is not a JSON object"), (200, "[]", "the answer is not a JSON object"),
        (200, "{}", "`access_token` is missing or malformed"),
        (200, #"{"access_token":"","token_type":"Bearer"}"#, "`access_token` is missing or malformed"),
        (200, #"{"access_token":"a b","token_type":"Bearer"}"#, "`access_token` is missing or malformed"),
        (200, #"{"access_token":"a\nX: y","token_type":"Bearer"}"#, "`access_token` is missing or malformed"),
        (200, #"{"access_token":"a"}"#, "`token_type` is neither `Bearer` nor `DPoP`"),
        (200, #"{"access_token":"a","token_type":"mac"}"#, "`token_type` is neither `Bearer` nor `DPoP`"),
        (
            200, #"{"access_token":"a","token_type":"Bearer","expires_in":"119"}"#,
            "`expires_in` is no number of seconds"
        ),
        (200, #"{"access_token":"a","token_type":"Bearer","expires_in":0}"#, "`expires_in` is no number of seconds"),
        (200, #"{"access_token":"a","token_type":"Bearer","expires_in":1.5}"#, "`expires_in` is no number of seconds"),
        (200, #"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#, "the answer is not a JSON object"),
        (204, "", "status 204, which a token endpoint does not give"),
        (302, "", "status 302, which a token endpoint does not give"),
        (404, "<html>not here</html>", "status 404 without an OAuth error"),
    ])
    func `an answer that is no token answer is told, and not asked for again`(
        status: Int,
        body: String,
        reason: String
    ) async throws {
        let error = try await refused(TransportResponse(status: status, body: Array(body.utf8)))
        #expect(error.kind == .invalidResponse)
        #expect(error.message == reason)
        #expect(error.attempts == 1)
    }

    @Test(arguments: [("Bearer", 3600), ("bearer", 1), ("BEARER", 31_536_000)])
    func `a token answer is read whatever the case of its type`(type: String, lifetime: Int64) async throws {
        let clock = FakeClock()
        let transport = ScriptedTransport { _, _ in
            let body = #"{"access_token":"a.b.c","token_type":"\#(type)","expires_in":\#(lifetime),"scope":"x:y x:z"}"#
            return TransportResponse(status: 200, body: Array(body.utf8))
        }
        let token = try await Sample.client(Sample.configuration(), transport, clock).token(for: Sample.request)
        #expect(token.value == "a.b.c")
        #expect(token.expiresAt == clock.now + Seconds(lifetime))
        #expect(token.scopes == [try ScopeName(parsing: "x:y"), try ScopeName(parsing: "x:z")])
    }

    @Test func `no error prints the person that was asked for`() async throws {
        var request = Sample.request
        request.person = PersonIdentifier(parsing: "25886999479")
        let transport = ScriptedTransport { _, _ in Sample.refusal("no", code: "MP-250", status: 403) }
        let client = Sample.client(Sample.configuration(), transport, FakeClock())
        let error = try #require(await #expect(throws: TokenError.self) { try await client.token(for: request) })
        var dumped = ""
        dump(error, to: &dumped)
        #expect(!"\(error) \(String(reflecting: error)) \(dumped)".contains("25886999479"))
    }
}
