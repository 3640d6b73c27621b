import JOSE
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("Token request: everything that changes the token, and nothing else, changes its cache key")
struct TokenRequestTests {
    static let base = Sample.request

    static let changes: [(String, @Sendable (inout TokenRequest) throws -> Void)] = [
        ("scope", { $0.scopes.insert(try ScopeName(parsing: "exampledir:register.write")) }),
        ("resource", { $0.resource = ["https://api.example.no/"] }),
        ("consumer_org", { $0.consumerOrganisation = try OrganisationNumber(parsing: "991825827") }),
        (
            "authorization_details",
            { $0.authorizationDetails = try AuthorizationDetail.all(parsing: #"{"type":"urn:altinn:consent"}"#) }
        ),
        ("pid", { $0.person = PersonIdentifier(parsing: "25886999479") }),
    ]

    @Test(arguments: changes.indices) func `another value of a field is another key`(index: Int) throws {
        var changed = Self.base
        try Self.changes[index].1(&changed)
        #expect(changed != Self.base, "\(Self.changes[index].0)")
        var again = Self.base
        try Self.changes[index].1(&again)
        #expect(changed == again)
        #expect(changed.hashValue == again.hashValue)
    }

    @Test func `the order of scopes and of JSON members makes no other key`() throws {
        let details = try AuthorizationDetail.all(parsing: #"{"type":"t","a":1,"b":[1,2]}"#)
        let sameDetails = try AuthorizationDetail.all(parsing: #"[{"b":[1,2],"a":1,"type":"t"}]"#)
        let first = try TokenRequest(parsing: "b:two a:one") { $0.authorizationDetails = details }
        let second = try TokenRequest(parsing: "a:one  b:two") { $0.authorizationDetails = sameDetails }
        #expect(first == second)
        #expect(first.hashValue == second.hashValue)
        #expect(first.scopeText == "a:one b:two")
    }

    @Test func `the order of resources is kept, for the token's audience has it too`() throws {
        var first = Self.base
        first.resource = ["https://a.example.no", "https://b.example.no"]
        var second = Self.base
        second.resource = ["https://b.example.no", "https://a.example.no"]
        #expect(first != second)
    }

    @Test(arguments: ["", "1234567890", "123456789012", "1234567890a", "１2345678901"])
    func `what is not eleven digits names no person`(text: String) {
        #expect(PersonIdentifier(parsing: text) == nil)
    }

    @Test func `a national identity number prints nowhere`() throws {
        var request = Self.base
        request.person = PersonIdentifier(parsing: "25886999479")
        let person = try #require(request.person)
        #expect("\(person) \(String(reflecting: person))" == "<redacted> <redacted>")
        var dumped = ""
        dump(request, to: &dumped)
        #expect(!dumped.contains("25886999479"))
        #expect(!"\(request)".contains("25886999479"))
    }

    @Test(arguments: [
        (#"{"type":"t"}"#, AuthorizationDetail.ParseError?.none), (#"[]"#, nil), (#"[{"type":"t"},{"type":"u"}]"#, nil),
        (#"{"type":""}"#, .type), (#"{"a":1}"#, .type), (#"{"type":1}"#, .type), (#""t""#, .form), ("[1]", .form),
        (#"{"type":"t","type":"t"}"#, .form), ("", .form),
    ])
    func `authorization details are objects with a type`(json: String, fault: AuthorizationDetail.ParseError?) throws {
        if let fault {
            #expect(throws: fault) { try AuthorizationDetail.all(parsing: json) }
        } else {
            _ = try AuthorizationDetail.all(parsing: json)
        }
    }
}
