import Clients
import JOSE
import Testing
import Vocabulary

@Suite("Spec §5.3: the client object of the self-service API")
struct ClientWireFormTests {
    @Test func `a client is written with the names of the specification`() {
        var client = Sample.client("exampledir:income.read")
        client.description = "Nightly income lookup"
        client.accessTokenLifetime = 60
        let expected = """
            {"client_id":"0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11","client_name":"payroll-batch",\
            "description":"Nightly income lookup","client_orgno":"\(Sample.owner)","integration_type":"maskinporten",\
            "token_endpoint_auth_method":"private_key_jwt",\
            "grant_types":["urn:ietf:params:oauth:grant-type:jwt-bearer"],"scopes":["exampledir:income.read"],\
            "access_token_lifetime":60,"application_type":"web","authorization_lifetime":7200,\
            "refresh_token_lifetime":600,"refresh_token_usage":"ONETIME","active":true,\
            "created":"2027-01-15T08:00:00Z","last_updated":"2027-01-15T08:00:00Z"}
            """
        #expect(JSONValue.object(client.jsonObject).text() == expected)
    }

    @Test func `the composed create of the specification is read`() throws {
        let request = try ClientRequest(parsing: [
            "integration_type": "maskinporten", "client_name": "payroll-batch",
            "description": "Nightly income lookup", "application_type": "web",
            "token_endpoint_auth_method": "private_key_jwt",
            "grant_types": ["urn:ietf:params:oauth:grant-type:jwt-bearer"], "scopes": ["exampledir:income.read"],
            "access_token_lifetime": 120,
        ])
        let draft = request.draft(owner: Sample.owner)
        #expect(draft.name == "payroll-batch")
        #expect(draft.description == "Nightly income lookup")
        #expect(draft.integrationType == .maskinporten)
        #expect(draft.scopes == [Sample.scope("exampledir:income.read")])
        #expect(draft.accessTokenLifetime == 120)
        #expect(draft.inertFields == #"{"application_type":"web"}"#)
        #expect(draft.id == nil)
        #expect(draft.supplier == nil)
    }

    @Test func `what is answered can be put back and changes nothing`() throws {
        var client = Sample.client("acme:a", "acme:b")
        client.uri = "https://example.no"
        client.acceptsTokenEndpointAudience = true
        client.requiresDPoP = true
        client.requiresClientCertificate = true
        client.inertFields = #"{"redirect_uris":["https://a.example"],"sso_disabled":true}"#
        let request = try ClientRequest(parsing: client.jsonObject)
        var copy = client
        copy.adopt(request.draft(owner: client.owner))
        #expect(copy.jsonObject == client.jsonObject)
        #expect(request.id == client.id)
        #expect(request.owner == client.owner)
    }

    @Test func `fields of user flows are kept as given`() throws {
        let request = try ClientRequest(parsing: [
            "integration_type": "idporten", "client_name": "x", "redirect_uris": ["https://a.example"],
            "frontchannel_logout_session_required": true, "grant_types": ["authorization_code", "refresh_token"],
        ])
        var client = Client(request.draft(owner: Sample.owner), id: Sample.id("c"), created: Sample.now)
        client.inertFields = request.inertFields
        let object = client.jsonObject
        #expect(object["redirect_uris"] == ["https://a.example"])
        #expect(object["frontchannel_logout_session_required"] == true)
        #expect(object["grant_types"] == ["authorization_code", "refresh_token"])
    }

    static let readable: [(String, JSONValue)] = [
        ("grant_types", .strings(["jwt_bearer_token"])), ("grant_types", .strings(["client_credentials"])),
        ("token_endpoint_auth_method", "private_key_jwt"), ("client_uri", ""), ("client_uri", nil),
        ("client_secret", "ignored"), ("unknown", .array([])), ("active", false),
    ]

    @Test(arguments: readable)
    func `is read`(name: String, value: JSONValue) throws {
        var object: JSONObject = ["integration_type": "maskinporten", "client_name": "x"]
        object[name] = value
        #expect(try ClientRequest(parsing: object).name == "x")
    }

    static let refused: [(String, JSONValue, ClientFault)] = [
        ("integration_type", "idporten_saml2", .choice(.integrationType, found: "idporten_saml2", allowed: types)),
        ("integration_type", nil, .required(.integrationType)),
        ("integration_type", 1, .form(.integrationType, expected: "text")),
        ("client_name", nil, .required(.name)), ("client_name", "", .required(.name)),
        (
            "grant_types", .strings(["authorization_code"]),
            .choice(.grantTypes, found: "authorization_code", allowed: ClientRules.grantTypes)
        ),
        ("grant_types", "jwt_bearer_token", .form(.grantTypes, expected: "a list of texts")),
        (
            "token_endpoint_auth_method", "client_secret_basic",
            .choice(.authenticationMethod, found: "client_secret_basic", allowed: ["private_key_jwt"])
        ),
        (
            "token_endpoint_auth_method", "none",
            .choice(.authenticationMethod, found: "none", allowed: ["private_key_jwt"])
        ),
        ("scopes", "acme:a", .form(.scopes, expected: "a list of texts")),
        ("scopes", .strings(["acme"]), .scopeName("acme")),
        ("access_token_lifetime", "120", .form(.accessTokenLifetime, expected: "a whole number of seconds")),
        ("client_orgno", "..", .organisation(.owner, "..")), ("client_id", "a b", .identifier("a b")),
        ("redirect_uris", "https://a.example", .inertForm("redirect_uris")),
        ("accepts_token_endpoint_audience", "yes", .form(.acceptsTokenEndpointAudience, expected: "true or false")),
        ("dpop_bound_access_tokens", 1, .form(.requiresDPoP, expected: "true or false")),
        (
            "tls_client_certificate_bound_access_tokens", 1,
            .form(.requiresClientCertificate, expected: "true or false")
        ),
    ]

    private static let types = Client.IntegrationType.allCases.map(\.rawValue)

    @Test(arguments: refused)
    func `is refused`(name: String, value: JSONValue, fault: ClientFault) {
        var object: JSONObject = ["integration_type": "maskinporten", "client_name": "x"]
        object[name] = value
        do {
            _ = try ClientRequest(parsing: object)
            Issue.record("taken")
        } catch {
            #expect(error.faults.contains(fault), "\(error.faults)")
            #expect(
                error.faults.count == (name == "client_name" || name == "integration_type" ? error.faults.count : 1)
            )
        }
    }

    @Test func `every fault is reported at once`() {
        #expect(
            throws: ClientFaults([
                .required(.integrationType), .required(.name), .scopeName("x"),
                .form(.accessTokenLifetime, expected: "a whole number of seconds"),
            ])
        ) {
            try ClientRequest(parsing: ["scopes": ["x", "acme:a"], "access_token_lifetime": true])
        }
    }

    @Test func `a key set is written with its times`() throws {
        var client = Sample.client()
        #expect(client.keySetObject["keys"] == [])
        try client.add(Sample.registered("k1"))
        try client.add(Sample.registered("k2", Sample.otherP256, at: Sample.now + 10))
        let object = client.keySetObject
        #expect(object["created"] == "2027-01-15T08:00:00Z")
        #expect(object["last_updated"] == "2027-01-15T08:00:10Z")
        #expect(try JWKSet(parsing: object).keys.map(\.keyID) == ["k1", "k2"])
    }
}
