import Testing
import TokenIssuance

@Suite("RFC 6749 §3.2: the form of a token request")
struct TokenFormTests {
    static let form = "application/x-www-form-urlencoded"
    static let grantType = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"

    private func parse(_ text: String, mediaType: String? = form) throws -> TokenForm {
        try TokenForm(parsing: Array(text.utf8), mediaType: mediaType)
    }

    @Test func `takes a JWT grant`() throws {
        let form = try parse("\(Self.grantType)&assertion=a.b.c")
        #expect(form.grant == .jwtBearer(assertion: "a.b.c"))
        #expect(form.clientAssertion == nil)
    }

    @Test func `takes client credentials with a client assertion`() throws {
        let type = "client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        let form = try parse(
            "grant_type=client_credentials&\(type)&client_assertion=a.b.c&scope=demo:a+demo:b&resource=https%3A%2F%2Fa.no"
        )
        #expect(
            form.grant
                == .clientCredentials(scope: "demo:a demo:b", resource: "https://a.no", authorizationDetails: nil)
        )
        #expect(form.clientAssertion == "a.b.c")
    }

    @Test func `ignores unknown parameters and empty ones`() throws {
        let form = try parse("\(Self.grantType)&assertion=a.b.c&colour=red&client_id=&&")
        #expect(form.clientID == nil)
    }

    @Test(arguments: [
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8",
        "APPLICATION/X-WWW-Form-URLencoded ;charset=utf-8",
    ])
    func `takes the media type in any spelling`(mediaType: String) throws {
        #expect(try parse("\(Self.grantType)&assertion=x", mediaType: mediaType).clientID == nil)
    }

    @Test(arguments: [nil, "", "application/json", "multipart/form-data", "application/x-www-form-urlencoded2"])
    func `refuses another media type`(mediaType: String?) {
        #expect(throws: Refusal.mediaType(received: mediaType)) {
            try parse("\(Self.grantType)&assertion=x", mediaType: mediaType)
        }
    }

    @Test(arguments: [
        ("assertion=x", Refusal.formParameterMissing("grant_type")),
        ("grant_type=&assertion=x", .formParameterMissing("grant_type")),
        (grantType, .formParameterMissing("assertion")),
        ("\(grantType)&assertion=a&assertion=b", .formParameterTwice("assertion")),
        ("\(grantType)&assertion=a&colour=1&colour=2", .formParameterTwice("colour")),
        ("\(grantType)&%61ssertion=a&assertion=b", .formParameterTwice("assertion")),
        ("\(grantType)&assertion=%4", .formMalformed),
        ("\(grantType)&assertion=%zz", .formMalformed),
        ("\(grantType)&assertion=%ff", .formMalformed),
        ("grant_type=password", .grantType(received: "password")),
        ("grant_type=client_credentials&scope=a:b", .formParameterMissing("client_assertion_type")),
        (
            "grant_type=client_credentials&scope=a:b&client_assertion_type=saml&client_assertion=x",
            .formParameterValue("client_assertion_type", expected: TokenForm.jwtClientAssertionType)
        ),
        (
            "grant_type=client_credentials&client_assertion=x&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            .formParameterMissing("scope")
        ),
    ])
    func `refuses a faulty form`(text: String, refusal: Refusal) {
        #expect(throws: refusal) { try parse(text) }
    }

    @Test func `takes the largest form and refuses one byte more`() throws {
        let start = "\(Self.grantType)&assertion="
        let fill = String(repeating: "a", count: TokenForm.maximumLength - start.utf8.count)
        #expect(try parse(start + fill).clientAssertion == nil)
        #expect(throws: Refusal.bodyTooLarge(limit: TokenForm.maximumLength)) { try parse(start + fill + "a") }
    }
}
