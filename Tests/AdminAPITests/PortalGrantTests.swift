import Administration
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

@Suite("DESIGN §8: who may vouch for persons")
struct PortalGrantTests {
    private static let scope = "altinn:portal/enduser"

    private func world() throws -> AdminWorld {
        let world = try AdminWorld()
        try world.know(AdminWorld.operatorOrganisation, AdminWorld.supplier)
        try world.store.transaction { try $0.setOperatorOrganisation(AdminWorld.operatorOrganisation) }
        try world.act { administration in
            try administration.assignPrefix(ScopePrefix(parsing: "altinn"), to: AdminWorld.operatorOrganisation)
            try administration.createScope(AdminWorld.scope(Self.scope), [.description: .text("P")], origin: "cli")
        }
        return world
    }

    @Test func `until its tokens are bound, a portal is granted in installations for tests alone`() throws {
        let (world, scope) = (try world(), try AdminWorld.scope(Self.scope))
        func grant() throws {
            try world.act { try $0.grantAccess(to: scope, for: AdminWorld.supplier, origin: "cli") }
        }
        for environment in [nil, "prod"] as [String?] {
            if let environment { try world.store.transaction { try $0.set("environment", to: environment) } }
            #expect(throws: AdministrationRefusal.portalUnbound(scope)) { try grant() }
        }
        #expect(try world.store.read { try $0.access(to: scope, of: AdminWorld.supplier) } == nil)
        try world.store.transaction { try $0.set("environment", to: "test") }
        try grant()
        #expect(try world.store.read { try $0.access(to: scope, of: AdminWorld.supplier) }?.state == .approved)
    }

    @Test(arguments: [ScopeField.isAccessibleForAll, .delegationSource])
    func `it is open to nobody by default, and cannot be passed on`(field: ScopeField) throws {
        let (world, scope) = (try world(), try AdminWorld.scope(Self.scope))
        let value: ScopeFieldValue = field == .isAccessibleForAll ? .flag(true) : .text("internal")
        #expect(throws: AdministrationRefusal.scope([.reserved(field, scope)])) {
            try world.act { try $0.changeScope(scope, [field: value]) }
        }
    }
}
