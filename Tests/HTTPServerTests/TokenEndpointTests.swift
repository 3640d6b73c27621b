import HTTPTypes
import HummingbirdTesting
import JOSE
import Logging
import NIOCore
import Testing
import TokenIssuance
import Vocabulary

@Suite("POST /token: what comes before and around the issuer")
struct TokenEndpointTests {
    @Test func `gives the issuer the parsed form and a trace of our own`() async throws {
        let parent = "4bf92f3577b34da6a3ce929d0e0e4736"
        let fixture = Fixture(
            tokens: ScriptedIssuer { form, trace in
                #expect(form.grant == .jwtBearer(assertion: "a.b.c"))
                #expect(trace.traceID.rawValue == Fixture.firstTrace)
                #expect(trace.parentTraceID?.rawValue == parent)
                throw Refusal.replayed
            }
        )
        let traceParent = try #require(HTTPField.Name("traceparent"))
        let answer = try await fixture.post(
            Fixture.form,
            headers: [traceParent: "00-\(parent)-00f067aa0ba902b7-01"]
        )
        #expect(answer.status == .badRequest)
        #expect(try answer.object()["reason"] == "assertion_replayed")
    }

    @Test func `says to its operator what was refused after authentication; what came before fills no log`()
        async throws
    {
        let log = KeptLog()
        var fixture = Fixture(
            tokens: ScriptedIssuer.throwing(RefusedRequest(.replayed, isAuthenticated: true))
        )
        fixture.logger = Logger(label: "test") { _ in log }
        _ = try await fixture.post(Fixture.form)
        #expect(log.lines.all == ["notice: request refused"])
        fixture.tokens = ScriptedIssuer.throwing(RefusedRequest(.replayed))
        _ = try await fixture.post(Fixture.form)
        _ = try await fixture.post("nonsense")
        _ = try await fixture.send(.get, "/token")
        _ = try await fixture.send(.get, "/nothing")
        #expect(log.lines.all.dropFirst() == Array(repeating: "debug: request refused", count: 4)[...])
    }

    @Test(
        arguments: [
            "application/x-www-form-urlencoded; charset=UTF-8", "Application/X-WWW-Form-Urlencoded",
            "application/x-www-form-urlencoded ;charset=utf-8",
        ]
    )
    func `takes the media type of a form with parameters and in any case`(type: String) async throws {
        let answer = try await Fixture(tokens: ScriptedIssuer.throwing(Refusal.replayed))
            .post(Fixture.form, headers: [.contentType: type])
        #expect(try answer.object()["code"] == "MP-012")
    }

    @Test(arguments: ["application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencodedx"])
    func `refuses another media type with 415`(type: String) async throws {
        let answer = try await Fixture().post(Fixture.form, headers: [.contentType: type])
        #expect(answer.status == .unsupportedMediaType)
        #expect(try answer.object()["code"] == "PV-003")
    }

    @Test func `refuses a body without a media type with 415`() async throws {
        let answer = try await Fixture().send(.post, "/token", body: Fixture.form)
        #expect(answer.status == .unsupportedMediaType)
    }

    @Test func `takes a body of 64 KiB and refuses one byte more`() async throws {
        let fixture = Fixture(tokens: ScriptedIssuer.throwing(Refusal.replayed))
        let padding = TokenForm.maximumLength - Fixture.form.utf8.count - 3
        let fitting = Fixture.form + "&p=" + String(repeating: "x", count: padding)
        #expect(try await fixture.post(fitting).object()["code"] == "MP-012")
        let answer = try await fixture.post(fitting + "x")
        #expect(answer.status == .contentTooLarge)
        #expect(try answer.object()["code"] == "PV-006")
        #expect(try answer.object()["details"]?["limit"]?.integer == 65_536)
    }

    @Test(
        arguments: [
            ("", "form_parameter_missing"), ("grant_type=%zz", "form_malformed"),
            ("grant_type=a&grant_type=a", "form_parameter_twice"), ("grant_type=password", "grant_type_unsupported"),
        ]
    )
    func `refuses what is no token request, and keeps it in the ring`(form: String, reason: String) async throws {
        let fixture = Fixture()
        let answer = try await fixture.post(form)
        #expect(answer.status == .badRequest)
        #expect(try answer.object()["reason"]?.string == reason)
        #expect(fixture.refusals.all.map(\.refusal.reason) == [reason])
        #expect(fixture.refusals.all.first?.trace.traceID.rawValue == Fixture.firstTrace)
    }

    @Test func `keeps refusals from before authentication in the ring, later ones not`() async throws {
        let client = try ClientID(parsing: "0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11")
        let early = Fixture(tokens: ScriptedIssuer.throwing(RefusedRequest(.signature, claimedClient: client)))
        _ = try await early.post(Fixture.form)
        #expect(early.refusals.all.map(\.refusal) == [.signature])
        #expect(early.refusals.all.map(\.client) == [client])
        let late = Fixture(
            tokens: ScriptedIssuer.throwing(
                RefusedRequest(.replayed, isAuthenticated: true, claimedClient: client)
            )
        )
        _ = try await late.post(Fixture.form)
        #expect(late.refusals.all.isEmpty)
    }

    @Test func `ignores an Authorization field`() async throws {
        let fixture = Fixture(tokens: ScriptedIssuer.throwing(Refusal.replayed))
        let answer = try await fixture.post(Fixture.form, headers: [.authorization: "Basic bm9ib2R5OnNlY3JldA=="])
        #expect(try answer.object()["code"] == "MP-012")
    }

    @Test(arguments: [HTTPRequest.Method.get, .head, .put, .delete, .options, .patch])
    func `answers POST alone, and says so`(method: HTTPRequest.Method) async throws {
        let answer = try await Fixture().send(method, "/token")
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers[.allow] == "POST")
        if method != .head { #expect(try answer.object()["code"] == "PV-005") }
    }

    @Test func `lets no page of another origin read an answer`() async throws {
        let answer = try await Fixture().post(Fixture.form, headers: [.origin: "https://elsewhere.example"])
        #expect(answer.headers[.accessControlAllowOrigin] == nil)
    }
}
