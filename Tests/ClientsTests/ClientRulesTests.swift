import Clients
import Testing
import Vocabulary

@Suite("Spec §5.3, §5.6: what a client must keep to be registered")
struct ClientRulesTests {
    private func faults(
        operator organisation: OrganisationNumber? = nil,
        _ change: (inout ClientDraft) -> Void
    ) -> [ClientFault] {
        var draft = ClientDraft(owner: Sample.owner, name: "payroll-batch")
        change(&draft)
        return ClientRules.faults(in: draft, operatorOrganisation: organisation)
    }

    @Test func `a client with a name may be registered`() {
        #expect(faults { _ in }.isEmpty)
    }

    @Test func `a name says something, in at most 255 plain characters`() {
        #expect(faults { $0.name = " " } == [.required(.name)])
        #expect(faults { $0.name = String(repeating: "n", count: 255) }.isEmpty)
        #expect(faults { $0.name = String(repeating: "n", count: 256) } == [.tooLong(.name, limit: 255)])
        #expect(faults { $0.name = "a\u{202E}b" } == [.character(.name, "\u{202E}")])
    }

    @Test func `a description has at most 1,023 plain characters`() {
        #expect(faults { $0.description = String(repeating: "n", count: 1_023) }.isEmpty)
        #expect(
            faults { $0.description = String(repeating: "n", count: 1_024) } == [.tooLong(.description, limit: 1_023)]
        )
        #expect(faults { $0.description = "a\nb" } == [.character(.description, "\n")])
    }

    @Test func `a page is an absolute URI`() {
        #expect(faults { $0.uri = "https://example.no/payroll" }.isEmpty)
        #expect(faults { $0.uri = "example.no" } == [.notAbsoluteURI(.uri, "example.no")])
    }

    @Test func `a wished lifetime is a second or more`() {
        let allowed = 1...Int64(Int32.max)
        #expect(faults { $0.accessTokenLifetime = 1 }.isEmpty)
        #expect(faults { $0.accessTokenLifetime = 0 } == [.outOfRange(.accessTokenLifetime, 0, allowed: allowed)])
        #expect(faults { $0.accessTokenLifetime = -1 } == [.outOfRange(.accessTokenLifetime, -1, allowed: allowed)])
    }

    @Test(arguments: ["eidas-NTRNO-310000012", "EIDAS-x", "eidas-"])
    func `identifiers of e-seal holders cannot be registered`(id: String) {
        #expect(faults { $0.id = Sample.id(id) } == [.identifier(id)])
    }

    @Test(arguments: ["oidc_old_client", "eidas", "my-eidas-x"])
    func `an older identifier can be brought along`(id: String) {
        #expect(faults { $0.id = Sample.id(id) }.isEmpty)
    }

    @Test func `a scope stands once, and there are at most 1,000`() {
        let name = Sample.scope("acme:a")
        #expect(faults { $0.scopes = [name, name] } == [.duplicateScope(name)])
        #expect(faults { $0.scopes = (1...1_000).map { Sample.scope("acme:\($0)") } }.isEmpty)
        #expect(
            faults { $0.scopes = (1...1_001).map { Sample.scope("acme:\($0)") } } == [.tooManyScopes(limit: 1_000)]
        )
    }

    @Test func `the operator's type is the operator's`() {
        #expect(faults { $0.integrationType = .eformidling } == [.operatorOnly(.eformidling)])
        #expect(faults(operator: Sample.other) { $0.integrationType = .eformidling } == [.operatorOnly(.eformidling)])
        #expect(faults(operator: Sample.owner) { $0.integrationType = .eformidling }.isEmpty)
    }

    @Test func `fields of user flows have a limit`() {
        #expect(faults { $0.inertFields = String(repeating: "x", count: 16_384) }.isEmpty)
        #expect(
            faults { $0.inertFields = String(repeating: "x", count: 16_385) } == [.inertTooLong(limit: 16_384)]
        )
    }

    @Test func `owner, supplier, type and identifier never change`() {
        let client = Sample.client()
        var draft = ClientDraft(client)
        #expect(ClientRules.immutableFaults(changing: client, to: draft).isEmpty)
        draft.owner = Sample.other
        draft.supplier = Sample.other
        draft.integrationType = .krr
        draft.id = Sample.id("other")
        #expect(
            ClientRules.immutableFaults(changing: client, to: draft)
                == [.immutable(.id), .immutable(.owner), .immutable(.supplier), .immutable(.integrationType)]
        )
        draft = ClientDraft(client)
        draft.id = nil
        #expect(ClientRules.immutableFaults(changing: client, to: draft).isEmpty)
    }
}

@Suite("Spec §5.6: which scopes a client may hold")
struct ClientScopeRulesTests {
    private let name = Sample.scope("acme:a")

    private func faults(
        _ scope: ScopeEligibility?,
        type: Client.IntegrationType = .maskinporten,
        supplier: OrganisationNumber? = nil
    ) -> [ClientFault] {
        var draft = ClientDraft(owner: Sample.owner, name: "x", scopes: [name])
        draft.integrationType = type
        draft.supplier = supplier
        return ClientRules.scopeFaults(adding: draft.scopes, to: draft) { _ in scope }
    }

    private func scope(
        active: Bool = true,
        types: [String] = [],
        open: Bool = false,
        delegable: Bool = false,
        granted: Bool = false
    ) -> ScopeEligibility {
        ScopeEligibility(
            name: name,
            isActive: active,
            allowedIntegrationTypes: types,
            isAccessibleForAll: open,
            hasDelegationSource: delegable,
            isGranted: granted
        )
    }

    @Test func `one that its organisation was granted, one open to all, one that can be delegated`() {
        #expect(faults(scope(granted: true)).isEmpty)
        #expect(faults(scope(open: true)).isEmpty)
        #expect(faults(scope(delegable: true)).isEmpty)
    }

    @Test func `no other one`() {
        #expect(faults(scope()) == [.scopeNotGranted(name, to: Sample.owner)])
        #expect(faults(nil) == [.unknownScope(name)])
        #expect(faults(scope(active: false, granted: true)) == [.inactiveScope(name)])
    }

    @Test func `with a supplier it is the supplier who holds the grant`() {
        #expect(faults(scope(), supplier: Sample.other) == [.scopeNotGranted(name, to: Sample.other)])
    }

    @Test func `one that allows the client's type, or all types`() {
        #expect(faults(scope(types: ["krr", "maskinporten"], granted: true)).isEmpty)
        #expect(
            faults(scope(types: ["krr"], granted: true)) == [.integrationTypeConflict(name, allowed: ["krr"])]
        )
    }

    @Test func `clients of the contact register hold its scopes alone`() {
        #expect(faults(scope(granted: true), type: .krr) == [.foreignScope(name)])
        var draft = ClientDraft(owner: Sample.owner, name: "x")
        draft.integrationType = .krr
        let krr = Sample.scope("krr:global/kontaktinformasjon.read")
        let found = ClientRules.scopeFaults(adding: [krr], to: draft) { _ in scope(granted: true) }
        #expect(found.isEmpty)
    }

    @Test func `what is on the client already is not looked at again`() {
        let client = Sample.client("acme:a", "acme:b")
        var draft = ClientDraft(client)
        draft.scopes = [Sample.scope("acme:c"), Sample.scope("acme:a")]
        #expect(ClientRules.scopesToCheck(in: draft, on: client) == [Sample.scope("acme:c")])
        #expect(ClientRules.scopesToCheck(in: draft, on: nil) == draft.scopes)
    }

    @Test func `every scope at fault is reported`() {
        let draft = ClientDraft(owner: Sample.owner, name: "x", scopes: [name, Sample.scope("acme:b")])
        let found = ClientRules.scopeFaults(adding: draft.scopes, to: draft) { _ in nil }
        #expect(found == [.unknownScope(name), .unknownScope(Sample.scope("acme:b"))])
    }
}

@Suite("Identifiers of new clients")
struct ClientIDSourceTests {
    @Test func `are lower-case UUIDs of version 4 made of the bits drawn (RFC 9562 §5.4)`() throws {
        let ones = ClientIDSource { (.max, .max) }
        #expect(try ones.next().rawValue == "ffffffff-ffff-4fff-bfff-ffffffffffff")
        let zeros = ClientIDSource { (0, 0) }
        #expect(try zeros.next().rawValue == "00000000-0000-4000-8000-000000000000")
        let some = ClientIDSource { (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210) }
        #expect(try some.next().rawValue == "01234567-89ab-4def-bedc-ba9876543210")
    }

    @Test func `of the system differ`() throws {
        let drawn = try Set((0..<1_000).map { _ in try ClientIDSource.system.next() })
        #expect(drawn.count == 1_000)
    }
}
