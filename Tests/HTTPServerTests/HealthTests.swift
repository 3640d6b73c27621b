import HTTPServer
import HTTPTypes
import HummingbirdTesting
import JOSE
import Synchronization
import Testing
import TokenIssuance

@Suite("GET /health: live and ready")
struct HealthTests {
    @Test func `is live whatever else is the matter`() async throws {
        let fixture = Fixture(readiness: Readiness { .storeUnavailable })
        let answer = try await fixture.send(.get, "/health/live")
        #expect(answer.status == .ok)
        #expect(answer.text == #"{"status":"live"}"#)
        #expect(answer.headers[.cacheControl] == "no-store")
    }

    @Test func `is ready as long as nothing stands in the way`() async throws {
        #expect(try await Fixture().send(.get, "/health/ready").text == #"{"status":"ready"}"#)
        let hindered = try await Fixture(readiness: Readiness { .clockBehind }).send(.get, "/health/ready")
        #expect(hindered.status == .serviceUnavailable)
        #expect(try hindered.object()["reason"] == "clock_behind")
        #expect(hindered.headers[.retryAfter] == "30")
    }

    @Test func `is not ready once it drains, and still answers`() async throws {
        let fixture = Fixture(tokens: ScriptedIssuer.throwing(Refusal.replayed))
        fixture.readiness.beginDraining()
        let answer = try await fixture.send(.get, "/health/ready")
        #expect(answer.status == .serviceUnavailable)
        #expect(try answer.object()["reason"] == "draining")
        #expect(try await fixture.post(Fixture.form).object()["code"] == "MP-012")
    }
}
