import JOSE
import Testing
import XACML

@Suite("JSON profile of XACML 3.0: requests")
struct RequestJSONTests {
    private func request(_ text: String) throws -> XACMLRequest { try XACMLRequest(json: JSONValue(parsing: text)) }

    private func fault(_ text: String) throws -> XACMLStatus? {
        let value = try JSONValue(parsing: text)
        do throws(XACMLStatus) {
            _ = try XACMLRequest(json: value)
            return nil
        } catch {
            return error
        }
    }

    /// The shape that Altinn's clients send.
    private static let altinn = """
        { "Request": { "ReturnPolicyIdList": false,
          "AccessSubject": [ { "Id": "s1", "Attribute": [
            { "AttributeId": "urn:altinn:systemuser:uuid", "Value": "a-uuid" } ] } ],
          "Action": [ { "Id": "a1", "Attribute": [
            { "AttributeId": "urn:oasis:names:tc:xacml:1.0:action:action-id", "Value": "read",
              "DataType": "http://www.w3.org/2001/XMLSchema#string" } ] } ],
          "Resource": [
            { "Id": "r1", "Attribute": [
              { "AttributeId": "urn:altinn:resource", "Value": "one", "IncludeInResult": true } ] },
            { "Id": "r2", "Attribute": [ { "AttributeId": "urn:altinn:resource", "Value": "two" } ] } ],
          "MultiRequests": { "RequestReference": [
            { "ReferenceId": ["s1","a1","r1"] }, { "ReferenceId": ["s1","a1","r2"] } ] } } }
        """

    @Test func `reads several requests in one, in the order of the references`() throws {
        let request = try request(Self.altinn)
        #expect(request.isMultiple)
        let contexts = try request.contexts.map { try $0.get() }
        #expect(contexts.map { $0.values(of: "urn:altinn:resource", in: .resource) } == [["one"], ["two"]])
        #expect(contexts.allSatisfy { $0.values(of: "urn:altinn:systemuser:uuid", in: .accessSubject) == ["a-uuid"] })
        #expect(contexts[0].groupsInResult.map(\.category) == [.resource])
        #expect(contexts[1].groupsInResult.isEmpty)
    }

    @Test(arguments: ["", "{ \"ReferenceId\": [\"s1\",\"a1\",\"r1\"] }"])
    func `with fewer than two references the whole is one request`(references: String) throws {
        let start = try #require(Self.altinn.firstRange(of: "[\n    { \"ReferenceId\""))
        let text = Self.altinn[..<start.lowerBound] + "[\(references)] } } }"
        let request = try request(String(text))
        #expect(!request.isMultiple)
        #expect(request.contexts.count == 1)
        let context = try request.contexts[0].get()
        #expect(context.values(of: "urn:altinn:resource", in: .resource) == ["one", "two"])
    }

    @Test func `a reference to what is not there fails by itself`() throws {
        let request = try request(Self.altinn.replacing("[\"s1\",\"a1\",\"r2\"]", with: "[\"s1\",\"a1\",\"r9\"]"))
        #expect(throws: Never.self) { try request.contexts[0].get() }
        #expect(throws: XACMLStatus(.syntaxError, "a reference names `r9`, which is not there exactly once")) {
            try request.contexts[1].get()
        }
        let twice = try self.request(Self.altinn.replacing("[\"s1\",\"a1\",\"r2\"]", with: "[\"s1\",\"r1\",\"r2\"]"))
        #expect(throws: XACMLStatus(.syntaxError, "a reference names two of one category")) {
            try twice.contexts[1].get()
        }
        let ambiguous = try self.request(Self.altinn.replacing("\"Id\": \"r2\"", with: "\"Id\": \"r1\""))
        #expect(ambiguous.contexts.allSatisfy { (try? $0.get()) == nil })
    }

    @Test func `names of members are read in any case`() throws {
        let lowered = Self.altinn.replacing("\"Request\"", with: "\"request\"")
            .replacing("\"AccessSubject\"", with: "\"accessSubject\"").replacing("\"Attribute\"", with: "\"ATTRIBUTE\"")
            .replacing("\"AttributeId\"", with: "\"attributeId\"").replacing("\"Value\"", with: "\"value\"")
            .replacing("\"MultiRequests\"", with: "\"multirequests\"")
        #expect(try request(lowered) == request(Self.altinn))
        #expect(
            try fault("{\"Request\":{\"Resource\":[],\"resource\":[]}}")
                == XACMLStatus(.syntaxError, "a member of `Request` stands twice")
        )
    }

    @Test func `a category may be named by its URI, and a lone object is a list of one`() throws {
        let byShort = try request(
            "{\"Request\":{\"Resource\":{\"Attribute\":{\"AttributeId\":\"a\",\"Value\":\"b\"}}}}"
        )
        let byURI = try request(
            """
            {"Request":{"Category":[{"CategoryId":"urn:oasis:names:tc:xacml:3.0:attribute-category:resource",
             "Attribute":[{"AttributeId":"a","Value":["b"],"DataType":"string"}]}]}}
            """
        )
        #expect(byShort == byURI)
        #expect(byShort.groups.first?.category == .resource)
    }

    @Test(
        arguments: [
            ("\"b\"", XACMLDataType.string, ["b"]), ("12", .integer, ["12"]), ("1.5", .double, ["1.5"]),
            ("true", .boolean, ["true"]), ("[\"a\",\"b\"]", .string, ["a", "b"]), ("[]", .string, []),
            ("[1,2.5]", .double, ["1", "2.5"]), ("[2.5,1]", .double, ["2.5", "1"]), ("[1,2]", .integer, ["1", "2"]),
            ("\"1\",\"DataType\":\"integer\"", .integer, ["1"]),
            ("\"1\",\"DataType\":\"http://www.w3.org/2001/XMLSchema#integer\"", .integer, ["1"]),
            ("\"x\",\"DataType\":\"anyURI\"", .anyURI, ["x"]), ("\"x\",\"DataType\":\"dateTime\"", .dateTime, ["x"]),
            ("\"x\",\"DataType\":\"rfc822Name\"", .other("urn:oasis:names:tc:xacml:1.0:data-type:rfc822Name"), ["x"]),
            ("\"x\",\"DataType\":\"urn:own\"", .other("urn:own"), ["x"]),
        ] as [(String, XACMLDataType, [String])]
    )
    func `infers types, and knows their short names`(value: String, type: XACMLDataType, values: [String]) throws {
        let request = try request(
            "{\"Request\":{\"Action\":[{\"Attribute\":[{\"AttributeId\":\"a\",\"Value\":\(value)}]}]}}"
        )
        let attribute = try #require(request.groups.first?.attributes.first)
        #expect(attribute.type == type)
        #expect(attribute.values == values)
    }

    @Test(
        arguments: [
            ("[]", "`$` must be an object"), ("{}", "`Request` must be an object"),
            ("{\"Request\":[]}", "`Request` must be an object"),
            ("{\"Request\":{\"Action\":\"read\"}}", "`Request.Action` must be a list"),
            ("{\"Request\":{\"Action\":[\"read\"]}}", "`Action` must be an object"),
            (
                "{\"Request\":{\"Action\":[{\"Attribute\":[{\"Value\":\"b\"}]}]}}",
                "`Attribute.AttributeId` must be given"
            ),
            (
                "{\"Request\":{\"Action\":[{\"Attribute\":[{\"AttributeId\":\"a\"}]}]}}",
                "`Attribute.Value` must be given"
            ),
            (
                "{\"Request\":{\"Action\":[{\"Attribute\":[{\"AttributeId\":\"a\",\"Value\":{}}]}]}}",
                "`Attribute.Value` must be a text, a number, a truth value or a list of them"
            ),
            (
                "{\"Request\":{\"Action\":[{\"Attribute\":[{\"AttributeId\":\"a\",\"Value\":[\"a\",1]}]}]}}",
                "`Attribute.Value` must be a list of one type"
            ),
            ("{\"Request\":{\"Category\":[{\"Attribute\":[]}]}}", "`Category.CategoryId` must be given"),
            (
                "{\"Request\":{\"ReturnPolicyIdList\":\"yes\"}}",
                "`Request.ReturnPolicyIdList` must be `true` or `false`"
            ),
            (
                "{\"Request\":{\"MultiRequests\":{\"RequestReference\":[{\"ReferenceId\":\"s1\"}]}}}",
                "`RequestReference.ReferenceId` must be a list of texts"
            ),
        ]
    )
    func `says what to mend`(text: String, message: String) throws {
        #expect(try fault(text) == XACMLStatus(.syntaxError, message))
    }

    @Test func `a thousand decisions may be asked for at once, no more`() throws {
        func text(_ count: Int) -> String {
            let references = Array(repeating: "{\"ReferenceId\":[\"s\"]}", count: count).joined(separator: ",")
            return
                "{\"Request\":{\"AccessSubject\":[{\"Id\":\"s\"}],\"MultiRequests\":{\"RequestReference\":[\(references)]}}}"
        }
        #expect(try request(text(1_000)).contexts.count == 1_000)
        #expect(
            try fault(text(1_001))
                == XACMLStatus(.syntaxError, "`MultiRequests.RequestReference` must be a list of at most 1000")
        )
    }

    @Test func `what is written is read again`() throws {
        var request = try request(Self.altinn)
        request.returnsPolicyIdentifiers = true
        request.groups.append(
            XACMLAttributes(
                XACMLCategory("urn:own"),
                identifier: "x",
                [XACMLAttribute("a", ["1", "2"], type: .integer, issuer: "me", isInResult: true)]
            )
        )
        let again = try XACMLRequest(json: request.json)
        #expect(again.references == request.references)
        #expect(again.returnsPolicyIdentifiers)
        #expect(Set(again.groups) == Set(request.groups))
    }
}

@Suite("JSON profile of XACML 3.0: responses")
struct ResponseJSONTests {
    private static let permit: XACMLResult = {
        var result = XACMLResult(.permit)
        result.obligations = [
            XACMLObligation(
                identifier: "urn:altinn:obligation:authenticationLevel1",
                assignments: [
                    XACMLAttributeAssignment(
                        identifier: "urn:altinn:obligation1-assignment1",
                        value: "3",
                        type: .integer,
                        category: "urn:altinn:minimum-authenticationlevel"
                    )
                ]
            )
        ]
        result.groups = [
            XACMLAttributes(
                .resource,
                identifier: "r1",
                [XACMLAttribute("urn:altinn:resource", ["one"], isInResult: true)]
            )
        ]
        result.policies = [.init("urn:policy:one", version: "1.2")]
        return result
    }()

    @Test func `is written in the casing that deployments use`() {
        let response = XACMLResponse([
            Self.permit, XACMLResult(.indeterminate, XACMLStatus(.processingError, "resource `x` is not known")),
        ])
        let expected = """
            {"Response":[{"Decision":"Permit","Status":{"StatusCode":{"Value":"urn:oasis:names:tc:xacml:1.0:status:ok"}},\
            "Obligations":[{"id":"urn:altinn:obligation:authenticationLevel1","attributeAssignment":[{"attributeId":\
            "urn:altinn:obligation1-assignment1","value":"3","category":"urn:altinn:minimum-authenticationlevel",\
            "dataType":"http://www.w3.org/2001/XMLSchema#integer","issuer":null}]}],\
            "Category":[{"CategoryId":"urn:oasis:names:tc:xacml:3.0:attribute-category:resource","Id":"r1","Attribute":\
            [{"AttributeId":"urn:altinn:resource","Value":"one","DataType":"http://www.w3.org/2001/XMLSchema#string",\
            "IncludeInResult":true}]}],"PolicyIdentifierList":{"PolicyIdReference":[{"Id":"urn:policy:one","Version":"1.2"}]}},\
            {"Decision":"Indeterminate","Status":{"StatusCode":{"Value":\
            "urn:oasis:names:tc:xacml:1.0:status:processing-error"},"StatusMessage":"resource `x` is not known"}}]}
            """
        #expect(response.json.text() == expected)
    }

    @Test func `what is written is read again, in whatever case`() throws {
        let response = XACMLResponse([Self.permit, XACMLResult(.notApplicable)])
        #expect(try XACMLResponse(json: response.json) == response)
        let lowered = response.json.text().replacing("\"Response\"", with: "\"response\"")
            .replacing("\"Decision\"", with: "\"decision\"").replacing("\"Obligations\"", with: "\"obligations\"")
            .replacing("\"StatusCode\"", with: "\"statusCode\"").replacing("\"Category\"", with: "\"category\"")
            .replacing("\"attributeId\"", with: "\"AttributeId\"")
        #expect(try XACMLResponse(json: JSONValue(parsing: lowered)) == response)
    }

    @Test(arguments: ["{}", "{\"Response\":[{}]}", "{\"Response\":[{\"Decision\":\"permit\"}]}", "[]"])
    func `a response without a decision is none`(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(throws: XACMLStatus.self) { try XACMLResponse(json: value) }
    }
}
