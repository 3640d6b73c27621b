import Foundation
import JOSE
import LibCrypto
import SQLiteStorage
import TestSupport
import Testing
import Vocabulary

/// What the tests on issued tokens do again and again: get a token, ask about it, end it.
extension LiveServer {
    static let assertionType = "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"

    /// An access token of a client with the key `rsa-1`.
    func accessToken(
        _ scope: String = "demo:read",
        client: String = World.keyClient,
        claims: [String: JSONValue?] = [:]
    ) async throws -> String {
        let mint = AssertionMint(
            client: client,
            audience: Self.issuer,
            scope: scope,
            at: SystemClock().now,
            jti: UUID().uuidString,
            kid: "rsa-1"
        ).with(claims: claims)
        let answer = try await token("\(RefusalCase.grantType)&assertion=\(mint.signed(by: TestKeys.rsa))")
        return try #require(try answer.json()["access_token"]?.string, "\(answer.body)")
    }

    /// A client assertion as a part of a form.
    static func authentication(
        _ client: String,
        jti: String = UUID().uuidString,
        by key: PrivateKey = TestKeys.rsa
    ) throws -> String {
        let mint = AssertionMint(
            client: client,
            audience: issuer,
            scope: nil,
            at: SystemClock().now,
            jti: jti,
            kid: "rsa-1"
        ).with(claims: ["sub": .string(client)])
        return "\(assertionType)&client_assertion=\(try mint.signed(by: key))"
    }

    /// What the server says of a token to a client that authenticates by assertion.
    func introspect(
        _ token: String,
        as client: String = World.providerClient,
        fields: [(String, String)] = []
    ) async throws -> Answer {
        try await post("introspect", "token=\(token)&\(Self.authentication(client))", fields)
    }

    /// Whether the owner of its scopes is told that the token is active.
    func isActive(_ token: String) async throws -> Bool {
        let answer = try await introspect(token)
        #expect(answer.status == 200, "\(answer.body)")
        return try answer.json()["active"]?.bool == true
    }

    /// Asks that a token be ended.
    func revoke(_ token: String, as client: String) async throws -> Answer {
        try await post("revoke", "token=\(token)&\(Self.authentication(client))")
    }

    /// Changes facts from another connection, as the command line does.
    func change(_ body: (SQLiteTransaction) throws -> Void) throws {
        let store = try SQLiteStore(DataFolder(path: folder), opening: .requireCurrent)
        try store.transaction { transaction in
            try body(transaction)
            try transaction.raiseRevision()
        }
        try store.close()
    }
}

/// The claims of a JWT, unproved.
func payload(of token: String) throws -> JSONObject { try CompactJWS(parsing: token).payloadObject() }
