import JOSE
import Scopes
import Testing
import Vocabulary

@Suite("Spec §6: the objects of the self-service API")
struct ScopeWireFormTests {
    @Test func `a scope is written with the names of the specification`() {
        var scope = Sample.scope("exampledir:income.read")
        scope.description = "Read income statements"
        scope.allowedIntegrationTypes = ["maskinporten"]
        scope.maximumTokenAge = 30
        scope.authorizationMaximumLifetime = 30
        scope.delegationSource = "https://tt02.altinn.no/"
        scope.descriptions = ["en": "Read income"]
        let expected = """
            {"name":"exampledir:income.read","prefix":"exampledir","subscope":"income.read",\
            "owner_orgno":"\(Sample.owner)","description":"Read income statements",\
            "descriptions":{"en":"Read income"},"long_descriptions":{},"active":true,"visibility":"PUBLIC",\
            "allowed_integration_types":["maskinporten"],"accessible_for_all":false,\
            "delegation_source":"https://tt02.altinn.no/","at_max_age":30,"authorization_max_lifetime":30,\
            "token_type":"SELF_CONTAINED","requires_user_consent":false,"requires_user_authentication":false,\
            "requires_pseudonymous_tokens":false,"protected":false,"supports_european_businesses":false,\
            "allowed_resources":[],"token_header_typ":"JWT","pid":"allowed","token_status_list":false,\
            "allows_unproven_supplier":false,"dpop_bound_access_tokens":false,\
            "tls_client_certificate_bound_access_tokens":false,"requires_processor_agreement":false,\
            "data_categories":[],"description#en":"Read income",\
            "created":"2027-01-15T08:00:00Z","last_updated":"2027-01-15T08:00:00Z"}
            """
        #expect(JSONValue.object(scope.jsonObject).text() == expected)
    }

    @Test(arguments: [Sample.scope(), Sample.full])
    func `what is written can be read back`(scope: Scope) throws {
        let request = try ScopeRequest(parsing: scope.jsonObject)
        #expect(request.prefix == "acme")
        #expect(request.subscope == "catch/reports.read")
        var copy = Sample.scope()
        for (field, value) in request.fields { try copy.set(field, to: value) }
        #expect(copy == scope)
    }

    @Test func `what is absent is not there, and null is nothing`() throws {
        let request = try ScopeRequest(parsing: ["description": "x", "delegation_source": nil])
        #expect(request.fields == [.description: .text("x"), .delegationSource: .absent])
        #expect(request.prefix == nil)
        #expect(request.subscope == nil)
    }

    @Test func `members of the server's and unknown ones are ignored`() throws {
        let request = try ScopeRequest(parsing: [
            "created": 1, "last_updated": "x", "owner_orgno": 5, "name": [], "organization_name": "x", "new": [:],
        ])
        #expect(request.fields.isEmpty)
    }

    static let spellings: [(String, String, JSONValue, JSONValue)] = [
        ("allowable_integration_types", "allowed_integration_types", .strings(["krr"]), .strings(["maskinporten"])),
        ("authorization_max_age", "authorization_max_lifetime", 30, 60),
    ]

    @Test(arguments: spellings)
    func `either spelling is read, and both only when they agree`(
        other: String,
        name: String,
        value: JSONValue,
        different: JSONValue
    ) throws {
        var object = JSONObject()
        object[other] = value
        let field = try #require(ScopeField(named: name))
        #expect(try ScopeRequest(parsing: object).fields[field]?.json == value)
        object[name] = value
        #expect(try ScopeRequest(parsing: object).fields[field]?.json == value)
        object[name] = different
        #expect(throws: ScopeRequest.Faults(faults: [.contradiction(name, other)])) {
            try ScopeRequest(parsing: object)
        }
    }

    @Test func `texts by language are read from either form, and both only when they agree`() throws {
        let old = try ScopeRequest(parsing: ["description#nn": "a", "long_description#se": "b"])
        #expect(old.fields == [.descriptions: .texts(["nn": "a"]), .longDescriptions: .texts(["se": "b"])])
        let both = try ScopeRequest(parsing: ["descriptions": ["en": "x"], "description#nn": "a"])
        #expect(both.fields == [.descriptions: .texts(["en": "x", "nn": "a"])])
        #expect(throws: ScopeRequest.Faults(faults: [.contradiction("descriptions", "description#en")])) {
            try ScopeRequest(parsing: ["descriptions": ["en": "x"], "description#en": "y"])
        }
    }

    @Test func `every value of another type is reported at once`() {
        let object: JSONObject = [
            "prefix": 1, "description": 5, "active": "true", "at_max_age": "30", "allowed_integration_types": "krr",
            "descriptions": ["nn": 1], "authorization_max_lifetime": ["1"],
        ]
        #expect(
            throws: ScopeRequest.Faults(faults: [
                .text("prefix"), .scope(.form(.description)), .scope(.form(.descriptions)), .scope(.form(.isActive)),
                .scope(.form(.allowedIntegrationTypes)), .scope(.form(.maximumTokenAge)),
                .scope(.form(.authorizationMaximumLifetime)),
            ])
        ) {
            try ScopeRequest(parsing: object)
        }
    }

    @Test func `an access grant is written with the names of the specification`() {
        var access = Sample.access(Sample.consumer, to: "exampledir:income.read")
        access.validUntil = Sample.now + .days(1)
        access.reason = "Agreement 2026-14"
        let object = access.jsonObject(owner: Sample.owner, ownerName: "OWNER", consumerName: nil)
        let expected = """
            {"scope":"exampledir:income.read","state":"APPROVED","prefix":"exampledir",\
            "consumer_orgno":"\(Sample.consumer)","owner_orgno":"\(Sample.owner)","owner_organization_name":"OWNER",\
            "until":"2027-01-16T08:00:00Z","reason":"Agreement 2026-14",\
            "created":"2027-01-15T08:00:00Z","last_updated":"2027-01-15T08:00:00Z"}
            """
        #expect(JSONValue.object(object).text() == expected)
    }

    @Test func `a prefix is written with the names of the specification`() throws {
        let prefix = try ScopePrefix(parsing: "exampledir")
        let assignment = ScopePrefixAssignment(
            prefix: prefix,
            owner: Sample.owner,
            created: Sample.now,
            lastUpdated: Sample.now
        )
        let expected = """
            {"prefix":"exampledir","owner_orgno":"\(Sample.owner)","organization_name":"OWNER","active":true,\
            "created":"2027-01-15T08:00:00Z","last_updated":"2027-01-15T08:00:00Z"}
            """
        #expect(JSONValue.object(assignment.jsonObject(ownerName: "OWNER")).text() == expected)
    }
}
