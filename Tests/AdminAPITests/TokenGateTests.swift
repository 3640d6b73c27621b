import HTTPTypes
import HummingbirdTesting
import JOSE
import LibCrypto
import TestSupport
import Testing
import TokenIssuance
import Vocabulary

@Suite("DESIGN §11: the admin API takes tokens of this very server, made for it")
struct TokenGateTests {
    private static let path = "/accessmanagement/api/v1/nothing"

    /// What a good token finds at a path that is not there.
    private func status(
        _ change: (inout JSONObject) -> Void = { _ in },
        type: String = "JWT",
        key: PrivateKey = TestKeys.p256,
        kid: String? = nil
    ) async throws -> TestResponse {
        let world = try AdminWorld()
        var claims = world.claims(["altinn:maskinporten/delegations"])
        change(&claims)
        return try await world.send(.get, Self.path, token: try world.mint(claims, type: type, key: key, kid: kid))
    }

    @Test func `a good token is told that there is nothing at a path`() async throws {
        let answer = try await status()
        #expect(answer.status == .notFound)
        #expect(answer.headers[.contentType] == "application/problem+json")
        #expect(try answer.object()["code"] == "PV-004")
        #expect(try await status(type: "at+jwt").status == .notFound)
    }

    @Test func `without a token every path and method is the same`() async throws {
        let world = try AdminWorld()
        for path in [Self.path, "/authorization/api/v1/decision", "/"] {
            for method in [HTTPRequest.Method.get, .post, .delete] {
                let answer = try await world.send(method, path)
                #expect(answer.status == .unauthorized)
                #expect(answer.headers[.wwwAuthenticate] == #"Bearer realm="https://test.example.no/""#)
            }
        }
    }

    private static let faults: [(String, @Sendable (inout JSONObject) -> Void)] = [
        ("access_token_expired", { $0["exp"] = .integer(AdminWorld.now.seconds) }),
        ("access_token_malformed", { $0["exp"] = nil }),
        ("access_token_issuer", { $0["iss"] = "https://test.example.no" }),
        ("access_token_audience", { $0["aud"] = nil }),
        ("access_token_audience", { $0["aud"] = "http://localhost" }),
        ("access_token_audience", { $0["aud"] = ["http://localhost/", "https://api.example.no/"] }),
        ("access_token_bound", { $0["cnf"] = ["jkt": "x"] }),
        ("access_token_bound", { $0["token_type"] = "DPoP" }),
        ("access_token_malformed", { $0["consumer"] = nil }),
        ("access_token_malformed", { $0["consumer"] = ["ID": "0192:311000013"] }),
        ("access_token_malformed", { $0["scope"] = nil }),
    ]

    @Test(arguments: faults.indices)
    func `refuses a token with another claim`(index: Int) async throws {
        let (reason, change) = Self.faults[index]
        let answer = try await status(change)
        #expect(answer.status == .unauthorized)
        #expect(try answer.object()["reason"]?.string == reason)
        #expect(try answer.object()["code"] == "PV-060")
        #expect(answer.headers[.wwwAuthenticate]?.contains(#"error="invalid_token""#) == true)
    }

    @Test func `one audience in an array is that audience, and the last second counts`() async throws {
        #expect(try await status { $0["aud"] = ["http://localhost/"] }.status == .notFound)
        #expect(try await status { $0["exp"] = .integer(AdminWorld.now.seconds + 1) }.status == .notFound)
    }

    @Test func `refuses other keys, other types and what is no token`() async throws {
        let foreign = try PrivateKey.generate(.ec(.p256))
        #expect(try await status(key: foreign).object()["reason"] == "access_token_signature")
        #expect(try await status(kid: "other").object()["reason"] == "access_token_signature")
        #expect(try await status(type: "client-authentication+jwt").object()["reason"] == "access_token_malformed")
        let world = try AdminWorld()
        for token in ["", "x", "a.b.c", "e30.e30."] {
            let answer = try await world.send(.get, Self.path, token: token)
            #expect(answer.status == .unauthorized, "\(token)")
        }
    }

    @Test func `a key that was taken from the ring counts no more at once`() async throws {
        let world = try AdminWorld()
        let token = try world.mint(world.claims(["altinn:maskinporten/delegations"]))
        #expect(try await world.send(.get, Self.path, token: token).status == .notFound)
        world.keys.replace(with: [])
        #expect(try await world.send(.get, Self.path, token: token).status == .unauthorized)
    }
}
