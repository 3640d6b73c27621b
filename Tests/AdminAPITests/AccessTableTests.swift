import HTTPServer
import HTTPTypes
import HummingbirdTesting
import JOSE
import Scopes
import Testing
import Vocabulary

@testable import AdminAPI

/// The name without its twin in Foundation.
typealias APIOperation = Operation<TestStore>

@Suite("DESIGN §11: each operation demands its scope, of a token that is good, on nobody's behalf")
struct AccessTableTests {
    /// Everything that the API does.
    static let operations = AdminAPI<TestStore>.operations

    /// A path that fits the template.
    private func path(_ operation: Operation<TestStore>) -> String {
        var text = operation.path.text
        let samples = [
            "{party}": "\(AdminWorld.consumer)", "{partyId}": "1", "{id}": "acme-demo", "{systemId}": "x",
            "{orgNo}": "y",
            "{consumer_orgno}": "\(AdminWorld.consumer)", "{supplier_orgno}": "\(AdminWorld.supplier)",
            "{externalRef}": "z", "{requestId}": "r", "{systemUserId}": "u",
        ]
        for (name, sample) in samples { text = text.replacing(name, with: sample) }
        return text
    }

    private func answer(
        to operation: Operation<TestStore>,
        in world: AdminWorld,
        _ change: (inout JSONObject) -> Void = { _ in }
    ) async throws -> TestResponse {
        let scopes = operation.access.scopes + (operation.access.isPersonal ? [.portal] : [])
        var claims = world.claims(scopes.map(\.rawValue), pid: operation.access.isPersonal ? AdminWorld.director : nil)
        change(&claims)
        return try await world.send(operation.method, path(operation), token: try world.mint(claims))
    }

    @Test(arguments: operations.indices)
    func `no token, an expired one, one for another audience: 401`(index: Int) async throws {
        let (operation, world) = (Self.operations[index], try AdminWorld())
        #expect(try await world.send(operation.method, path(operation)).object()["code"] == "PV-021")
        let expired = try await answer(to: operation, in: world) { $0["exp"] = .integer(AdminWorld.now.seconds) }
        #expect(try expired.object()["reason"] == "access_token_expired")
        let foreign = try await answer(to: operation, in: world) { $0["aud"] = "https://api.example.no/" }
        #expect(try foreign.object()["reason"] == "access_token_audience")
        #expect(expired.status == .unauthorized && foreign.status == .unauthorized)
    }

    @Test(arguments: operations.indices)
    func `a token that was ended, or whose rights were: 401`(index: Int) async throws {
        let (operation, world) = (Self.operations[index], try AdminWorld())
        world.ended.insert(TokenID("ended"))
        let answer = try await answer(to: operation, in: world) { $0["jti"] = "ended" }
        #expect(answer.status == .unauthorized)
        #expect(try answer.object()["reason"] == "access_token_ended")
    }

    @Test(arguments: operations.indices)
    func `a token of another scope: 403 that names the right ones`(index: Int) async throws {
        let (operation, world) = (Self.operations[index], try AdminWorld())
        let answer = try await answer(to: operation, in: world) { $0["scope"] = "altinn:something.else" }
        #expect(answer.status == .forbidden)
        #expect(try answer.object()["code"] == "PV-061")
        let named = try answer.object()["details"]?["scopes"]?.strings ?? []
        #expect(Set(named) == Set(operation.access.scopes.map(\.rawValue)))
        #expect(answer.headers[.wwwAuthenticate]?.contains(#"error="insufficient_scope""#) == true)
    }

    @Test(arguments: operations.indices)
    func `a supplier's token: 403, but where suppliers ask for consents`(index: Int) async throws {
        let (operation, world) = (Self.operations[index], try AdminWorld())
        for claim in ["supplier", "delegation_source"] {
            let answer = try await answer(to: operation, in: world) { claims in
                claims[claim] =
                    claim == "supplier"
                    ? ["authority": "iso6523-actorid-upis", "ID": .string(AdminWorld.supplier.iso6523)]
                    : "https://test.example.no/"
            }
            let isRefused = try answer.status == .forbidden && answer.object()["reason"] == "token_on_behalf"
            #expect(isRefused == !operation.path.text.contains("/enterprise/consentrequests"), "\(operation.path.text)")
        }
    }

    @Test(arguments: operations.indices)
    func `a person's act: only by a portal's token that names the person and is bound to a key`(index: Int) async throws
    {
        let operation = Self.operations[index]
        guard operation.access.isPersonal else { return }
        let world = try AdminWorld()
        let nobody = try await answer(to: operation, in: world) { $0["pid"] = nil }
        #expect(try nobody.object()["reason"] == "person_missing")
        let unbound = try await answer(to: operation, in: world) { claims in
            claims["cnf"] = nil
            claims["token_type"] = "Bearer"
        }
        #expect(try unbound.object()["reason"] == "portal_unbound")
        let other = try await answer(to: operation, in: world) { claims in
            let scopes = operation.access.scopes.map(\.rawValue).filter { $0 != "altinn:portal/enduser" }
            claims["scope"] = .string((scopes + ["altinn:another"]).joined(separator: " "))
        }
        #expect(try other.object()["code"] == "PV-061")
        #expect(nobody.status == .forbidden && unbound.status == .forbidden && other.status == .forbidden)
    }

    @Test(arguments: operations.indices)
    func `an unknown parameter is refused by name`(index: Int) async throws {
        let (operation, world) = (Self.operations[index], try AdminWorld())
        let scopes = operation.access.scopes + (operation.access.isPersonal ? [.portal] : [])
        let claims = world.claims(scopes.map(\.rawValue), pid: operation.access.isPersonal ? AdminWorld.director : nil)
        let answer = try await world.send(
            operation.method,
            path(operation) + "?supplierOrgno=1",
            token: try world.mint(claims)
        )
        #expect(answer.status == .badRequest)
        #expect(try answer.object()["details"] == ["parameter": "supplierOrgno"])
    }

    @Test func `a method that a path does not have is told to whoever has a token`() async throws {
        let world = try AdminWorld()
        let answer = try await world.call(.patch, "/authorization/api/v1/decision", .authorizeAdmin)
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers[.allow] == "POST")
    }

    @Test func `every scope is declared in the operator's file, with its rule on persons`() throws {
        let files = try ScopeFile.read(
            BundledScopeFiles.all.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) }
        )
        let reserved: Set = ["altinn", "idporten", "portvakt"]
        let declared = files.filter { reserved.contains($0.prefix.value.rawValue) }.flatMap(\.scopes)
        #expect(Set(declared.map(\.name.rawValue)) == Set(AdministrativeScope.allCases.map(\.rawValue)))
        // A scope that goes into a person's token must not refuse the person's number.
        let personal = Set(Self.operations.filter(\.access.isPersonal).flatMap(\.access.scopes).map(\.rawValue))
        for scope in declared where personal.contains(scope.name.rawValue) {
            #expect(scope.fields[.pid]?.value != .text("refused"), "\(scope.name)")
        }
    }
}
