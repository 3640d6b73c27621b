import HTTPTypes
import HummingbirdTesting
import JOSE
import NIOCore
import Testing
import TokenIssuance
import Vocabulary

@Suite("DESIGN §3: the body and the fields of errors")
struct ErrorResponseTests {
    private struct Broken: Error, CustomStringConvertible {
        let description = "the disk with the secret is gone"
    }

    private static let faults: [any Error] = [
        Refusal.replayed,
        RefusedRequest(.signature, isClientAuthentication: true),
        Refusal.tooManyRequests(retryAfter: 7),
        Unavailable.storeUnavailable, Unavailable.queueFull, Unavailable.clockBehind, Unavailable.noSigningKey,
        Unavailable.draining,
        Broken(),
    ]

    @Test(arguments: faults.indices)
    func `has the members in the order that clients read them`(index: Int) async throws {
        let answer = try await Fixture(tokens: ScriptedIssuer.throwing(Self.faults[index])).post(Fixture.form)
        let body = try answer.object()
        #expect(
            body.names == ["error", "error_description", "error_uri", "code", "reason", "trace_id", "details"]
        )
        let trace = try #require(body["trace_id"]?.string)
        #expect(trace == Fixture.firstTrace)
        #expect(answer.headers[try #require(HTTPField.Name("Portvakt-Trace-Id"))] == trace)
        #expect(body["error_description"]?.string?.hasSuffix("(trace_id: \(trace))") == true)
        let code = try #require(body["code"]?.string)
        #expect(body["error_uri"]?.string == "https://test.example.no/errors/\(code)")
        #expect(body["details"]?.object != nil)
        #expect(answer.headers[.contentType] == "application/json")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(answer.headers[try #require(HTTPField.Name("Pragma"))] == "no-cache")
        #expect(answer.headers[.contentLength] == String(answer.body.readableBytes))
    }

    @Test func `every answer dates itself and forbids guessing and referring`() async throws {
        for path in ["/jwk", "/token", "/nothing", "/health/live", "/errors"] {
            let answer = try await Fixture().send(.get, path)
            #expect(answer.headers[.date] == "Wed, 18 Nov 2026 11:06:40 GMT")
            #expect(answer.headers[try #require(HTTPField.Name("X-Content-Type-Options"))] == "nosniff")
            #expect(answer.headers[try #require(HTTPField.Name("Referrer-Policy"))] == "no-referrer")
        }
    }

    @Test func `tells nothing of a fault of ours but the trace id`() async throws {
        let answer = try await Fixture(tokens: ScriptedIssuer.throwing(Broken())).post(Fixture.form)
        #expect(answer.status == .internalServerError)
        #expect(!answer.text.contains("disk"))
        let body = try answer.object()
        #expect(body["error"] == "server_error")
        #expect(body["code"] == "PV-009")
        #expect(body["details"] == [:])
    }

    @Test(
        arguments: [
            (Unavailable.storeUnavailable, "5"), (.queueFull, "1"), (.clockBehind, "30"), (.signingFailed, "5"),
            (.noSigningKey, "30"),
            (.draining, "1"),
        ]
    )
    func `says when to come back after 503`(obstacle: Unavailable, seconds: String) async throws {
        let answer = try await Fixture(tokens: ScriptedIssuer.throwing(obstacle)).post(Fixture.form)
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers[.retryAfter] == seconds)
        #expect(try answer.object()["error"] == "temporarily_unavailable")
        #expect(try answer.object()["reason"]?.string == obstacle.rawValue)
    }

    @Test func `says when to come back after 429`() async throws {
        let answer = try await Fixture(tokens: ScriptedIssuer.throwing(Refusal.tooManyRequests(retryAfter: 7)))
            .post(Fixture.form)
        #expect(answer.status == .tooManyRequests)
        #expect(answer.headers[.retryAfter] == "7")
    }

    @Test func `challenges after 401`() async throws {
        let refused = RefusedRequest(.signature, isClientAuthentication: true)
        let answer = try await Fixture(tokens: ScriptedIssuer.throwing(refused)).post(Fixture.form)
        #expect(answer.status == .unauthorized)
        #expect(answer.headers[.wwwAuthenticate] == #"private_key_jwt realm="https://test.example.no/""#)
        #expect(try answer.object()["error"] == "invalid_client")
        #expect(try answer.object()["code"] == "MP-124")
    }

    @Test func `keeps a description within RFC 6749 §5_2 whatever the caller sent`() async throws {
        let answer = try await Fixture().send(.get, #"/"quoted"\é"#)
        let description = try #require(answer.object()["error_description"]?.string)
        #expect(description.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C })
        #expect(answer.status == .notFound)
    }

    @Test func `an unknown path is 404 with the path, at most so much of it`() async throws {
        let answer = try await Fixture().send(.get, "/" + String(repeating: "a", count: 5_000))
        #expect(try answer.object()["code"] == "PV-004")
        #expect(try answer.object()["details"]?["path"]?.string?.count == 200)
    }

    @Test func `the bodies are those of the golden file`() async throws {
        var text = ""
        for fault in Self.faults {
            let answer = try await Fixture(tokens: ScriptedIssuer.throwing(fault)).post(Fixture.form)
            text += "\(answer.status.code) \(answer.text)\n"
        }
        for (method, path) in [(HTTPRequest.Method.get, "/token"), (.get, "/nothing"), (.post, "/token")] {
            let answer = try await Fixture().send(method, path)
            text += "\(answer.status.code) \(answer.text)\n"
        }
        try Golden.check(text, "error-bodies.txt")
    }
}
