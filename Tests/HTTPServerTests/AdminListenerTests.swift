import HTTPServer
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JOSE
import Testing
import Vocabulary

@Suite("DESIGN §1: the admin listener, as long as it has no API")
struct AdminListenerTests {
    /// Requests in memory always name the host `localhost`.
    private func send(_ path: String, hosts: Set<String> = ["localhost"]) async throws -> TestResponse {
        let listener = try AdminListener(
            issuer: Issuer(parsing: "https://test.example.no/"),
            hosts: hosts,
            readiness: Readiness(),
            clock: Fixture().clock,
            traceIDs: CountingTraceIDs(),
            logger: .silent
        )
        return try await Application(responder: listener, logger: .silent).test(.router) { client in
            try await client.execute(uri: path, method: .get)
        }
    }

    @Test(arguments: ["/health/live", "/health/ready"])
    func `tells everybody about its health`(path: String) async throws {
        #expect(try await send(path).status == .ok)
    }

    @Test(arguments: [
        "/", "/api/v1/scopes", "/console", "/token", "/metrics", "/.well-known/oauth-authorization-server",
    ])
    func `wants a token for everything else`(path: String) async throws {
        let answer = try await send(path)
        #expect(answer.status == .unauthorized)
        #expect(answer.headers[.wwwAuthenticate] == #"Bearer realm="https://test.example.no/""#)
        #expect(try answer.object()["code"] == "PV-021")
        #expect(try answer.object()["error"] == "invalid_token")
    }

    @Test func `knows its host name in any case`() async throws {
        #expect(try await send("/health/live", hosts: ["LocalHost"]).status == .ok)
    }

    @Test(arguments: ["/health/live", "/api/v1/scopes"])
    func `does not answer to a host name that it does not know`(path: String) async throws {
        let answer = try await send(path, hosts: ["admin.example.no:7081"])
        #expect(answer.status == .misdirectedRequest)
        #expect(try answer.object()["code"] == "PV-022")
        #expect(try answer.object()["details"] == ["host": "localhost"])
    }
}
