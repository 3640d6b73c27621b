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

    @Test(arguments: ["prod", "test"]) func `the operator grants it in every environment, as its tokens are bound`(
        environment: String
    ) throws {
        let (world, scope) = (try world(), try AdminWorld.scope(Self.scope))
        try world.store.transaction { try $0.set("environment", to: environment) }
        try world.act { try $0.grantAccess(to: scope, for: AdminWorld.supplier, origin: "cli") }
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
