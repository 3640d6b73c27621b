import FoundationEssentials
import HTTPServer
import JOSE
import Testing
import TokenIssuance
import Vocabulary

@testable import AdminAPI

@Suite("Requests of the admin API are read strictly")
struct RequestReadingTests {
    @Test func `a query has known parameters alone, each once, found without case`() throws {
        let query = try Query(
            parsing: "supplierorg=311000012&Scope=demo%3Aa+b&empty=",
            allowing: ["supplierOrg", "scope", "empty"]
        )
        #expect(query["supplierOrg"] == "311000012")
        #expect(query["scope"] == "demo:a b")
        #expect(query["empty"] == nil)
    }

    @Test(arguments: [
        ("a=1&a=2", "query_parameter"), ("a=1&A=2", "query_parameter"), ("c=1", "query_parameter"),
        ("a=%4", "query_malformed"), ("a=%zz", "query_malformed"), ("a=%ff", "query_malformed"),
    ])
    func `refuses a query that is ambiguous, misspelt or badly encoded`(text: String, reason: String) {
        let problem = #expect(throws: Problem.self) { try Query(parsing: text, allowing: ["a", "b"]) }
        #expect(problem?.reason == reason)
    }

    @Test(arguments: ["%2B5", "+5", "0x5", "5.0", "%D9%A5", "5%20", "-1", "11", "99999999999999999999", "%00"])
    func `a number has one spelling, and limits`(text: String) throws {
        let query = try Query(parsing: "limit=\(text)", allowing: ["limit"])
        #expect(throws: Problem.self) { try query.number("limit", in: 1...10) }
        #expect(try Query(parsing: "limit=5", allowing: ["limit"]).number("limit", in: 1...10) == 5)
    }

    @Test(arguments: ["311000012", "0192:311000012", "urn:altinn:organization:identifier-no:311000012"])
    func `takes an organisation in each of its forms`(text: String) {
        #expect(OrganisationText.parse(text)?.description == "311000012")
    }

    @Test(arguments: ["311000013", "0193:311000012", "31100001", "", "urn:altinn:person:identifier-no:311000012"])
    func `takes nothing else for an organisation`(text: String) { #expect(OrganisationText.parse(text) == nil) }

    @Test func `a template matches by literals and parameters, whatever the last slash`() {
        let template = PathTemplate("/a/{id}/policy")
        #expect(template.match(PathTemplate.split("/a/x%2Fy/policy/")) == ["id": "x%2Fy"])
        for path in ["/a//policy", "/a/x/policies", "/a/x", "/a/x/policy//", "/b/x/policy"] {
            #expect(template.match(PathTemplate.split(path)) == nil, "\(path)")
        }
    }

    @Test func `a fault of a body says which member is meant`() throws {
        let body = try JSONPart(parsing: Array(#"{"Rights":[{"resource":1}],"flag":"yes"}"#.utf8))
        let rights = try body.elements("rights")
        #expect(
            throws: Problem(
                .malformedRequest,
                reason: "body_member",
                "`rights[0].resource` in the body is no text",
                details: ["member": "rights[0].resource"]
            )
        ) { try rights[0].member("resource").text() }
        #expect(throws: Problem.self) { try body.flag("flag") }
        #expect(throws: Problem.self) { try body.member("systemId") }
        #expect(try body.optional("systemId") == nil)
    }

    @Test(arguments: ["", "{", #"{"a":1,"a":2}"#, "[1,]", "\u{FEFF}{}"])
    func `refuses what is no strict JSON`(text: String) {
        let problem = #expect(throws: Problem.self) { try JSONPart(parsing: Array(text.utf8)) }
        #expect(problem?.reason == "body_malformed")
    }

    @Test func `finds the file of a multipart body`() throws {
        let body =
            "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"policyFile\"; filename=\"p.xml\"\r\n"
            + "Content-Type: text/xml\r\n\r\n<Policy>\r\n--b1</Policy>\r\n--b--\r\n"
        let file = try Multipart.file(in: Array(body.utf8), mediaType: "multipart/form-data; boundary=\"b\"")
        // A boundary ends only where its own text is followed by CRLF or `--`; other texts may begin alike.
        #expect(String(decoding: file, as: UTF8.self) == "<Policy>\r\n--b1</Policy>")
    }

    @Test(arguments: ["", "--c\r\n\r\nx\r\n--c--", "--b", "--b\r\n\r\nx", "--b--"])
    func `refuses a multipart body that is cut off or another one`(text: String) {
        #expect(throws: Problem.self) {
            try Multipart.file(in: Array(text.utf8), mediaType: "multipart/form-data; boundary=b")
        }
    }

    @Test func `no beginning of a multipart body crashes or is taken for the whole`() throws {
        let body = Array("--b\r\nA: filename=\"f\"\r\n\r\nxyz\r\n--b--\r\n".utf8)
        for count in 0..<body.count {
            let cut = try? Multipart.file(in: Array(body.prefix(count)), mediaType: "multipart/form-data;boundary=b")
            if let cut { #expect(String(decoding: cut, as: UTF8.self) == "xyz") }
        }
    }
}
