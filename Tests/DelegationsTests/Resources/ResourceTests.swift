import Delegations
import JOSE
import TestSupport
import Testing
import Vocabulary
import XACML

@Suite("Altinn §3.2: the record of a resource")
struct ResourceRecordTests {
    /// Every field, as Altinn's resource registry writes them.
    private let full = """
        {"identifier":"acme-consent","resourceType":"Consent","title":{"nb":"A","nn":"B","en":"C"},\
        "description":{"nb":"A","nn":"B","en":"C"},"rightDescription":{"nb":"A","nn":"B","en":"C"},"version":"2",\
        "homepage":"https://acme.no","status":"Completed",\
        "contactPoints":[{"category":"Help","email":"help@acme.no","telephone":"12","contactPage":"https://acme.no"}],\
        "isPartOf":"acme","thematicAreas":["fish"],\
        "resourceReferences":[{"referenceSource":"Altinn3","reference":"acme:a","referenceType":"MaskinportenScope"}],\
        "delegable":false,"visible":false,\
        "hasCompetentAuthority":{"organization":"991825827","orgcode":"acme","name":{"nb":"Acme"}},\
        "keywords":[{"word":"fish","language":"en"}],"accessListMode":"Enabled","selfIdentifiedUserEnabled":true,\
        "enterpriseUserEnabled":true,"availableForType":["LegalEntityEnterprise"],\
        "authorizationReference":[{"id":"urn:altinn:resource","value":"acme-consent"}],"consentTemplate":"basic",\
        "consentText":{"nb":"A","nn":"B","en":"C"},"consentMetadata":{"year":{"optional":true}},"isOneTimeConsent":true}
        """

    @Test func `every field is read and written again`() throws {
        let object = try #require(try JSONValue(parsing: Array(full.utf8)).object)
        let resource = try Resource(reading: object)
        #expect(JSONValue.object(resource.record).encoded() == Array(full.utf8))
        #expect(ResourceRules.faults(in: resource).isEmpty)
    }

    @Test(
        arguments: [
            ("identifier", .none, .missing("identifier")), ("identifier", "A", .malformed("identifier")),
            ("resourceType", "App", .malformed("resourceType")), ("title", ["nb": 1], .malformed("title")),
            ("delegable", "yes", .malformed("delegable")),
            ("Delegable", true, .unknown("Delegable", suggestion: "delegable")),
            ("hasCompetentAuthority", ["organization": "1"], .malformed("hasCompetentAuthority")),
            ("resourceReferences", [["referenceType": "Uri"]], .missing("resourceReferences.reference")),
            ("resourceReferences", [["reference": "x", "referenceType": "X"]], .malformed("resourceReferences")),
            ("accessListMode", "On", .malformed("accessListMode")),
        ] as [(String, JSONValue?, ResourceRecordFault)]
    )
    func `a faulty field is refused by name`(field: String, value: JSONValue?, fault: ResourceRecordFault) throws {
        var object = try #require(try JSONValue(parsing: Array(full.utf8)).object)
        object[field] = value
        #expect(throws: fault) { try Resource(reading: object) }
    }
}

@Suite("Altinn §3.2: rules of the registry")
struct ResourceRulesTests {
    private func schema(_ change: (inout Resource) -> Void = { _ in }) throws -> [ResourceFault] {
        var world = try DelegationWorld()
        let found = world.registry.stored.removeValue(forKey: world.schema)
        var resource = try #require(found)
        change(&resource)
        return ResourceRules.faults(in: resource)
    }

    @Test func `a whole schema breaks none`() throws { #expect(try schema().isEmpty) }

    @Test func `a schema without scope references is refused`() throws {
        #expect(try schema { $0.references = [] } == [.noScopeReference])
        #expect(
            try schema { $0.references = [Resource.Reference(reference: "https://a.no", type: .uri)] }
                == [.noScopeReference]
        )
        #expect(
            try schema { $0.references = [Resource.Reference(reference: "no scope", type: .maskinportenScope)] }
                == [.scopeReference("no scope"), .noScopeReference]
        )
        #expect(try schema { $0.references.append($0.references[0]) } == [.duplicateReference("acme:a")])
    }

    @Test func `texts are needed in three languages, of the right only when it can be given`() throws {
        #expect(try schema { $0.title.texts["nn"] = nil } == [.missingLanguages(field: "title", ["nn"])])
        #expect(try schema { $0.description.texts["en"] = " " } == [.missingLanguages(field: "description", ["en"])])
        #expect(try schema { $0.rightDescription.texts = [:] }.count == 1)
        #expect(
            try schema {
                $0.rightDescription.texts = [:]
                $0.isDelegable = false
            }.isEmpty
        )
        #expect(try schema { $0.title.texts["nb"] = "<b>" } == [.character(field: "title", "<")])
    }

    @Test func `consent fields belong to consents, and consents need them`() throws {
        #expect(try schema { $0.consentTemplate = "basic" } == [.foreign(field: "consentTemplate", to: .consent)])
    }

    @Test func `prefixes of others are told by scope`() throws {
        var world = try DelegationWorld()
        try world.add(world.schema, bundling: ["acme:a", "other:b", "other:c"])
        let resource = try #require(world.registry.stored[world.schema])
        let foreign = ResourceRules.foreignScopes(in: resource, owning: [try ScopePrefix(parsing: "acme")])
        #expect(foreign.map(\.rawValue) == ["other:b", "other:c"])
    }

    @Test func `identifiers of the system and of scopes are kept`() throws {
        for (id, scope, isFine) in [
            ("altinn_thing", "acme:a", false), ("scope_thing", "acme:a", false), ("scope_acme_3aa", "acme:a", true),
            ("scope_acme_3aa", "acme:b", false),
        ] {
            var world = try DelegationWorld()
            let id = try ResourceID(parsing: id)
            try world.add(id, bundling: [scope])
            let faults = ResourceRules.faults(in: try #require(world.registry.stored[id]))
            #expect(faults.isEmpty == isFine, "\(id) \(faults)")
        }
    }
}

@Suite("DESIGN §8: the resource that a scope has of its own")
struct OwnResourceTests {
    @Test(arguments: [
        "acme:catch/reports.read", "a:b", "acme:_", "acme:Å".replacing("Å", with: "~!"), "acme:UPPER_case-x",
    ])
    func `its identifier is the scope's name, and leads back to it`(name: String) throws {
        let scope = try ScopeName(parsing: name)
        let id = try #require(ResourceID(of: scope))
        #expect(id.ownScope == scope)
        #expect(try ResourceID(parsing: id.rawValue) == id)
    }

    @Test func `names that are not written so lead nowhere`() throws {
        for text in ["scope_acme", "scope_acme_3", "scope_acme_3Aa", "acme_3aa", "scope_acme_3aa_5"] {
            #expect((try? ResourceID(parsing: text))?.ownScope == nil, "\(text)")
        }
        #expect(ResourceID(of: try ScopeName(parsing: "a:" + String(repeating: "_", count: 200))) == nil)
    }

    @Test func `its policy lets APIADM and APIADMNUF delegate ScopeAccess, from level 2`() throws {
        var world = try DelegationWorld()
        let scope = try ScopeName(parsing: "acme:own")
        let resource = try #require(InternalResources.resource(of: scope, ownedBy: world.owner, described: "Own"))
        #expect(resource.scopes == [scope])
        #expect(ResourceRules.faults(in: resource).isEmpty)
        world.registry.stored[resource.identifier] = resource
        world.registry.policies[resource.identifier] = InternalResources.policyDocument(of: resource.identifier)
        world.assign("DAGL")
        for (level, isDelegable) in [(1, false), (2, true)] {
            let result = try DelegationGates(world.registry)
                .check(resource.identifier, by: world.person, level: level, for: world.consumer, at: now)
            #expect(result.isDelegable == isDelegable, "\(result.conditions)")
        }
        let policy = try XACMLPolicy(parsing: InternalResources.policyDocument(of: resource.identifier))
        #expect(policy.subjects.map(\.value) == ["APIADM", "APIADMNUF"])
        #expect(policy.faults.isEmpty)
    }

    @Test func `every resource of the system has a policy without faults`() throws {
        for id in SystemResources.identifiers {
            let document = try #require(SystemResources.policyDocument(of: id))
            let policy = try XACMLPolicy(parsing: document)
            #expect(policy.faults.isEmpty)
            #expect(Set(policy.rights.flatMap { $0.action.map(\.value) }) == ["read", "write"])
            #expect(SystemResources.resource(id)?.isDelegable == false)
        }
    }
}
