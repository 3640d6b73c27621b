import HTTPTypes
import HummingbirdTesting
import JOSE
import PortvaktProvider
import Testing

@Suite("RFC 6750 §3: what a Hummingbird API answers to a token that is missing or not good enough")
struct ChallengeTests {
    @Test func `a good token reaches the route, which sees whose it is`() async throws {
        let response = try await Sample.call("/units/1", authorization: "Bearer \(Sample.token())")
        #expect(response.status == .ok)
        #expect(response.text == "0192:991825827")
    }

    @Test(arguments: ["bearer", "BEARER", "Bearer  "]) func `the scheme's name has no case`(scheme: String) async throws
    {
        let response = try await Sample.call("/units/1", authorization: "\(scheme) \(Sample.token())")
        #expect(response.status == .ok)
    }

    @Test(arguments: [[], ["Basic dXNlcjpwYXNz"], ["DPoP abc"]])
    func `without a token there is a challenge that names the scope, and no error`(fields: [String]) async throws {
        let response =
            try await fields.isEmpty
            ? Sample.call("/units/1") : Sample.call("/units/1", authorization: fields[0])
        #expect(response.status == .unauthorized)
        #expect(response.challenge == #"Bearer realm="register", scope="exampledir:register.read""#)
        let problem = try #require(response.problem)
        #expect(problem["error"] == nil)
        #expect(problem["code"] == "token_missing")
        #expect(problem["scope"] == "exampledir:register.read")
        #expect(problem["status"] == 401)
        #expect(response.headers[.cacheControl] == "no-store")
    }

    @Test func `a token in a form's body is not looked at, and counts as none`() async throws {
        let body = "access_token=\(try Sample.token { $0["scope"] = "exampledir:register.delete" })"
        let response = try await Sample.call("/units", .post, body: body)
        #expect(response.status == .unauthorized)
        #expect(response.challenge == #"Bearer realm="register", scope="exampledir:register.delete""#)
        #expect(response.problem?["error"] == nil)
    }

    @Test func `a second Authorization field is refused`() async throws {
        let token = "Bearer \(try Sample.token())"
        let response = try await Sample.call("/units/1", authorization: token, token)
        #expect(response.status == .badRequest)
        #expect(response.challenge?.hasPrefix(#"Bearer realm="register", error="invalid_request", "#) == true)
        #expect(response.problem?["error"] == "invalid_request")
    }

    @Test func `a token in the URL is refused, beside a good one too`() async throws {
        let token = try Sample.token()
        let alone = try await Sample.call("/units/1?access_token=\(token)")
        #expect(alone.status == .badRequest)
        let both = try await Sample.call("/units/1?a=b&access_token=\(token)", authorization: "Bearer \(token)")
        #expect(both.status == .badRequest)
        let other = try await Sample.call("/units/1?my_access_token=x", authorization: "Bearer \(token)")
        #expect(other.status == .ok)
    }

    @Test(arguments: ["Bearer", "Bearer ", "Bearer a b", "Bearer \"abc\"", "Bearer abc,def"])
    func `what is no token is a malformed request`(field: String) async throws {
        let response = try await Sample.call("/units/1", authorization: field)
        #expect(response.status == .badRequest)
        #expect(response.problem?["error"] == "invalid_request")
    }

    @Test func `an expired token is an invalid one`() async throws {
        let token = try Sample.token { $0["exp"] = 1_795_000_000 }
        let response = try await Sample.call("/units/1", authorization: "Bearer \(token)")
        #expect(response.status == .unauthorized)
        #expect(response.challenge?.hasPrefix(#"Bearer realm="register", error="invalid_token", "#) == true)
        #expect(response.problem?["error"] == "invalid_token")
        #expect(response.problem?["code"] == "token_expired")
        #expect(response.problem?["scope"] == nil)
    }

    @Test func `a missing scope is named in the field and in the body`() async throws {
        let token = try Sample.token { $0["scope"] = "exampledir:other" }
        let response = try await Sample.call("/units/1", authorization: "Bearer \(token)")
        #expect(response.status == .forbidden)
        #expect(
            response.challenge == #"Bearer realm="register", error="insufficient_scope", "#
                + #"error_description="the scope `exampledir:register.read` is missing", scope="exampledir:register.read""#
        )
        #expect(response.problem?["error"] == "insufficient_scope")
        #expect(response.problem?["scope"] == "exampledir:register.read")
        #expect(response.problem?["title"] == "Forbidden")
    }

    @Test func `of alternatives all are named`() async throws {
        let token = try Sample.token { $0["scope"] = "exampledir:other" }
        let response = try await Sample.call("/either", authorization: "Bearer \(token)")
        #expect(response.problem?["scope"] == "exampledir:register.read exampledir:register.delete")
    }

    @Test func `a rule that no scope fulfils names none`() async throws {
        let token = try Sample.token {
            $0["supplier"] = ["authority": "iso6523-actorid-upis", "ID": "0192:310000124"]
        }
        let response = try await Sample.call("/admin/log", authorization: "Bearer \(token)")
        #expect(response.status == .forbidden)
        #expect(response.problem?["code"] == "access_denied")
        #expect(response.challenge?.contains("scope=") == false)
    }

    @Test func `a bound token is refused as bearer`() async throws {
        let token = try Sample.token { $0["cnf"] = ["jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"] }
        let response = try await Sample.call("/units/1", authorization: "Bearer \(token)")
        #expect(response.status == .unauthorized)
        #expect(response.problem?["code"] == "token_bound")
    }

    @Test func `no answer repeats the token`() async throws {
        let token = try Sample.token { $0["iss"] = "https://evil.example.no/" }
        let response = try await Sample.call("/units/1", authorization: "Bearer \(token)")
        let all = response.headers.map { $0.value }.joined() + response.text
        let parts = token.split(separator: ".")
        #expect(!parts.contains { all.contains($0) })
    }
}
