import JOSE
import Operations
import Testing
import Vocabulary

@Suite("Arguments: read by the parameters that an operation has")
struct ArgumentsTests {
    private static let parameters = [
        Parameter("scope", .scope, "The scope.").required, Parameter("orgs", .organisation, "Numbers.").list,
        Parameter("all", .flag, "All."), Parameter("limit", .number(1...10), "How many."),
        Parameter("within", .span, "How long."),
    ]

    @Test func `a query's values have the kind of their parameter`() throws {
        let arguments = try Arguments(
            query: [("scope", "acme:a"), ("orgs", "310000128,310000098"), ("all", "true"), ("limit", "7")],
            of: Self.parameters
        )
        #expect(try arguments.scope("scope")?.rawValue == "acme:a")
        #expect(try arguments.texts("orgs") == ["310000128", "310000098"])
        #expect(try arguments.flag("all"))
        #expect(try arguments.number("limit", in: 1...10) == 7)
        #expect(try arguments.span("within") == nil)
    }

    @Test(arguments: [
        #"{}"#, #"{"scope":null}"#, #"{"scope":"acme:a","owner":"x"}"#, #"{"scope":["acme:a"]}"#,
        #"{"scope":"acme:a","orgs":"310000128"}"#,
    ])
    func `an object that does not fit is wrong usage`(text: String) throws {
        let object = try #require(try JSONValue(parsing: text).object)
        #expect(throws: OperationFault.self) { try Arguments(object: object, of: Self.parameters) }
    }

    @Test func `a fault names the parameter as it was given`() throws {
        let typed: Arguments = ["within": "soon"]
        #expect(
            throws: OperationFault.usage("`--within` is no length of time: `soon`", hint: "write 90s, 30m, 24h or 30d")
        ) {
            try typed.span("within")
        }
        let called = try Arguments(query: [("scope", "acme:a"), ("within", "soon")], of: Self.parameters)
        #expect(
            throws: OperationFault.usage("`within` is no length of time: `soon`", hint: "write 90s, 30m, 24h or 30d")
        ) {
            try called.span("within")
        }
    }

    @Test func `what is nil, false or empty was not given`() {
        let arguments: Arguments = ["a": String?.none, "b": false, "c": [String](), "d": "x", "e": true]
        #expect(arguments.values == ["d": "x", "e": true])
    }

    @Test(arguments: [("90", 90), ("90s", 90), ("2m", 120), ("24h", 86_400), ("30d", 2_592_000)])
    func `a length of time has a unit, or is seconds`(text: String, seconds: Int64) {
        #expect(Parsed.span(text) == Seconds(seconds))
    }

    @Test(arguments: ["", "d", "1w", "-1s", "1.5h", "9999999999"])
    func `what is none is none`(text: String) { #expect(Parsed.span(text) == nil) }
}

@Suite("Catalogue: what it lists can be called")
struct OperationCatalogueTests {
    @Test func `names are unique, of noun and verb`() {
        let names = OperationCatalogue.all.map { $0.name }
        #expect(Set(names).count == names.count)
        for name in names { #expect(name.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil, "\(name)") }
    }

    @Test func `parameters are unique, in snake case, and say what they mean`() {
        for operation in OperationCatalogue.all {
            let names = operation.parameters.map(\.name)
            #expect(Set(names).count == names.count, "\(operation.name)")
            for parameter in operation.parameters {
                #expect(
                    parameter.name.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil,
                    "\(operation.name): \(parameter.name)"
                )
                #expect(parameter.meaning.hasSuffix("."), "\(operation.name): \(parameter.name)")
            }
            #expect(operation.summary.hasSuffix("."), "\(operation.name)")
        }
    }

    @Test func `an act takes a reason, once`() {
        for act in OperationCatalogue.acts {
            #expect(act.parametersWithReason.count { $0.name == "reason" } == 1, "\(act.name)")
        }
    }
}
