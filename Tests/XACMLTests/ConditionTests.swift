import Testing
import XACML

/// A condition, and what a rule with it comes to.
struct ConditionCase: Sendable, CustomTestStringConvertible {
    let condition: String
    let decision: XACMLDecision

    init(_ condition: String, _ decision: XACMLDecision) {
        self.condition = condition
        self.decision = decision
    }

    var testDescription: String { "\(decision): \(condition)" }
}

@Suite("XACML 3.0 A.3: functions")
struct ConditionTests {
    private static let first = PolicyDocument.first
    private static let third = PolicyDocument.third

    private static func compare(_ type: String, _ function: String, _ left: String, _ right: String) -> String {
        PolicyDocument.apply(
            first + "\(type)-\(function)",
            PolicyDocument.value(left, type),
            PolicyDocument.value(right, type)
        )
    }

    /// Two values of a type in order, and a third that equals the first in other words.
    static let ordered: [(type: String, low: String, high: String, same: String)] = [
        ("integer", "-3", "12", " -3 "), ("integer", "9", "10", "+9"), ("double", "-1.5", "2e3", "-15e-1"),
        ("double", "1", "INF", "1.0"), ("string", "a", "b", "a"), ("date", "2026-02-28", "2026-03-01", "2026-02-28Z"),
        ("date", "2026-02-28+02:00", "2026-02-28", "2026-02-28+02:00"),
        ("time", "08:59:59", "09:00:00", "09:59:59+01:00"),
        ("time", "10:00:00+02:00", "09:00:00Z", "08:00:00"),
        ("time", "00:00:00.000000001", "00:00:00.1", "00:00:00.0000000010"),
        ("dateTime", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z", "2026-01-01T01:00:00+01:00"),
        ("dateTime", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00", "1969-12-31T18:59:59-05:00"),
        ("dateTime", "2025-12-31T12:00:00Z", "2026-01-01T00:00:00Z", "2025-12-31T12:00:00"),
    ]

    @Test(arguments: ordered)
    func `compares values of every type that has an order`(type: String, low: String, high: String, same: String) throws
    {
        let table: [(String, less: XACMLDecision, equal: XACMLDecision, greater: XACMLDecision)] = [
            ("equal", .notApplicable, .permit, .notApplicable),
            ("less-than", .permit, .notApplicable, .notApplicable),
            ("less-than-or-equal", .permit, .permit, .notApplicable),
            ("greater-than", .notApplicable, .notApplicable, .permit),
            ("greater-than-or-equal", .notApplicable, .permit, .permit),
        ]
        for (function, less, equal, greater) in table {
            #expect(try decision(on: Self.compare(type, function, low, high)) == less, "\(low) \(function) \(high)")
            #expect(try decision(on: Self.compare(type, function, low, same)) == equal, "\(low) \(function) \(same)")
            #expect(try decision(on: Self.compare(type, function, high, low)) == greater, "\(high) \(function) \(low)")
        }
    }

    @Test(
        arguments: [
            ("integer", ""), ("integer", "1.0"), ("integer", "0x1"), ("integer", "9223372036854775808"),
            ("integer", "++1"), ("boolean", "TRUE"), ("boolean", ""), ("double", "0x1p3"), ("double", "nan"),
            ("double", "infinity"), ("date", "2026-02-29"), ("date", "26-02-01"), ("date", "2026-01-01+15:00"),
            ("date", "0000-01-01"), ("date", "2026-01-01T00:00:00Z"), ("time", "24:00:01"), ("time", "9:00:00"),
            ("time", "09:60:00"), ("time", "09:00:00."), ("time", "09:00:00+0100"), ("dateTime", "2026-01-01"),
            ("dateTime", "2026-01-01 00:00:00"), ("dateTime", "2026-01-01T00:00"), ("dateTime", "T"),
        ]
    )
    func `a text that is no value of its type is Indeterminate, in policy and request`(
        type: String,
        text: String
    ) throws {
        #expect(try decision(on: Self.compare(type, "equal", text, text)) == .indeterminate)
        let designator = PolicyDocument.designator("a", type: PolicyDocument.schema + type)
        let size = PolicyDocument.apply(
            Self.first + "integer-equal",
            PolicyDocument.apply(Self.first + "\(type)-bag-size", designator),
            PolicyDocument.value("1", "integer")
        )
        let attribute = XACMLAttribute("a", [text], type: XACMLDataType(type))
        #expect(try decision(on: size, attribute) == .indeterminate)
    }

    static let logic: [ConditionCase] = {
        let yes = PolicyDocument.value("true", "boolean")
        let no = PolicyDocument.value("0", "boolean")
        let bad = PolicyDocument.apply("urn:unknown")
        func apply(_ name: String, _ arguments: String...) -> String {
            "<Apply FunctionId=\"\(first)\(name)\">\(arguments.joined())</Apply>"
        }
        func count(_ number: Int) -> String { PolicyDocument.value("\(number)", "integer") }
        return [
            ConditionCase(yes, .permit), ConditionCase(no, .notApplicable), ConditionCase(bad, .indeterminate),
            ConditionCase(apply("not", yes), .notApplicable), ConditionCase(apply("not", no), .permit),
            ConditionCase(apply("not", bad), .indeterminate), ConditionCase(apply("not"), .indeterminate),
            ConditionCase(apply("not", yes, no), .indeterminate),
            ConditionCase(apply("and"), .permit), ConditionCase(apply("and", yes, yes), .permit),
            ConditionCase(apply("and", yes, no), .notApplicable), ConditionCase(apply("and", no, bad), .notApplicable),
            ConditionCase(apply("and", bad, no), .indeterminate), ConditionCase(apply("and", yes, bad), .indeterminate),
            ConditionCase(apply("or"), .notApplicable), ConditionCase(apply("or", no, yes), .permit),
            ConditionCase(apply("or", yes, bad), .permit), ConditionCase(apply("or", bad, yes), .indeterminate),
            ConditionCase(apply("or", no, bad), .indeterminate),
            ConditionCase(apply("n-of", count(2), yes, no, yes), .permit),
            ConditionCase(apply("n-of", count(2), yes, no), .notApplicable),
            ConditionCase(apply("n-of", count(0), bad), .permit),
            ConditionCase(apply("n-of", count(1), yes, bad), .permit),
            ConditionCase(apply("n-of", count(1), bad, yes), .indeterminate),
            ConditionCase(apply("n-of", count(3), yes, yes), .indeterminate),
            ConditionCase(apply("n-of"), .indeterminate), ConditionCase(apply("n-of", yes), .indeterminate),
            ConditionCase(PolicyDocument.value("text"), .indeterminate),
            ConditionCase(PolicyDocument.designator("a"), .indeterminate),
            ConditionCase("<Function FunctionId='\(first)and'/>", .indeterminate),
            ConditionCase(PolicyDocument.value("x", "hexBinary"), .indeterminate),
        ]
    }()

    @Test(arguments: logic)
    func `decides by logic, looking at no more arguments than it must`(example: ConditionCase) throws {
        #expect(try decision(on: example.condition) == example.decision)
    }

    static let texts: [ConditionCase] = {
        func third(_ name: String, _ left: String, _ right: String) -> String {
            PolicyDocument.apply(Self.third + name, PolicyDocument.value(left), PolicyDocument.value(right))
        }
        func equal(_ function: String, _ text: String, _ expected: String) -> String {
            PolicyDocument.apply(
                first + "string-equal",
                PolicyDocument.apply(first + function, PolicyDocument.value(text)),
                PolicyDocument.value(expected)
            )
        }
        return [
            ConditionCase(third("string-equal-ignore-case", "ScopeAccess", "scopeACCESS"), .permit),
            ConditionCase(third("string-equal-ignore-case", "Æ", "æ"), .permit),
            ConditionCase(third("string-equal-ignore-case", "a", "b"), .notApplicable),
            ConditionCase(third("string-starts-with", "ab", "abc"), .permit),
            ConditionCase(third("string-starts-with", "abc", "ab"), .notApplicable),
            ConditionCase(third("string-ends-with", "bc", "abc"), .permit),
            ConditionCase(third("string-ends-with", "ab", "abc"), .notApplicable),
            ConditionCase(third("string-contains", "b", "abc"), .permit),
            ConditionCase(third("string-contains", "", "abc"), .permit),
            ConditionCase(third("string-contains", "abcd", "abc"), .notApplicable),
            ConditionCase(equal("string-normalize-space", "\t a b \n", "a b"), .permit),
            ConditionCase(equal("string-normalize-to-lower-case", "AbÅ", "abå"), .permit),
            ConditionCase(
                PolicyDocument.apply(
                    first + "string-equal",
                    PolicyDocument.value("1"),
                    PolicyDocument.value("1", "integer")
                ),
                .indeterminate
            ),
            ConditionCase(
                PolicyDocument.apply(
                    Self.third + "string-contains",
                    PolicyDocument.value("1", "integer"),
                    PolicyDocument.value("1")
                ),
                .indeterminate
            ),
        ]
    }()

    @Test(arguments: texts)
    func `works on texts`(example: ConditionCase) throws {
        #expect(try decision(on: example.condition) == example.decision)
    }

    private static func inRange(_ time: String, _ from: String, _ to: String) -> String {
        PolicyDocument.apply(
            "urn:oasis:names:tc:xacml:2.0:function:time-in-range",
            PolicyDocument.value(time, "time"),
            PolicyDocument.value(from, "time"),
            PolicyDocument.value(to, "time")
        )
    }

    @Test func `a range of times holds its ends, and may reach over midnight`() throws {
        #expect(try decision(on: Self.inRange("08:00:00", "08:00:00", "16:00:00")) == .permit)
        #expect(try decision(on: Self.inRange("16:00:00", "08:00:00", "16:00:00")) == .permit)
        #expect(try decision(on: Self.inRange("16:00:01", "08:00:00", "16:00:00")) == .notApplicable)
        #expect(try decision(on: Self.inRange("23:00:00", "22:00:00", "06:00:00")) == .permit)
        #expect(try decision(on: Self.inRange("06:00:00", "22:00:00", "06:00:00")) == .permit)
        #expect(try decision(on: Self.inRange("12:00:00", "22:00:00", "06:00:00")) == .notApplicable)
    }

    @Test func `the present time is there also when the request does not say it`() throws {
        let environment = "urn:oasis:names:tc:xacml:1.0:environment:"
        for (name, type, same, other) in [
            ("current-time", "time", "10:30:00Z", "10:30:01Z"), ("current-date", "date", "2026-11-22", "2026-11-23"),
            ("current-dateTime", "dateTime", "2026-11-22T10:30:00Z", "2026-11-22T10:30:01Z"),
        ] {
            func condition(_ value: String) -> String {
                PolicyDocument.apply(
                    Self.first + "\(type)-equal",
                    PolicyDocument.value(value, type),
                    PolicyDocument.apply(
                        Self.first + "\(type)-one-and-only",
                        PolicyDocument.designator(
                            environment + name,
                            in: .environment,
                            type: PolicyDocument.schema + type,
                            mustBePresent: true
                        )
                    )
                )
            }
            #expect(try decision(on: condition(same)) == .permit)
            #expect(try decision(on: condition(other)) == .notApplicable)
        }
    }

    static let bags: [ConditionCase] = {
        let roles = PolicyDocument.designator("role")
        let none = PolicyDocument.designator("none")
        func bag(_ values: String...) -> String {
            "<Apply FunctionId=\"\(first)string-bag\">\(values.map { PolicyDocument.value($0) }.joined())</Apply>"
        }
        func apply(_ name: String, _ arguments: String...) -> String {
            "<Apply FunctionId=\"\(first)\(name)\">\(arguments.joined())</Apply>"
        }
        func text(_ text: String) -> String { PolicyDocument.value(text) }
        func size(_ bag: String, _ count: Int) -> String {
            apply("integer-equal", apply("string-bag-size", bag), PolicyDocument.value("\(count)", "integer"))
        }
        let equal = "<Function FunctionId='\(first)string-equal'/>"
        func higher(_ name: String, _ arguments: String...) -> String {
            "<Apply FunctionId=\"\(third)\(name)\">\(arguments.joined())</Apply>"
        }
        // The request has the roles DAGL and LEDE.
        return [
            ConditionCase(apply("string-is-in", text("DAGL"), roles), .permit),
            ConditionCase(apply("string-is-in", text("dagl"), roles), .notApplicable),
            ConditionCase(apply("string-is-in", text("DAGL"), none), .notApplicable),
            ConditionCase(apply("string-is-in", roles, text("DAGL")), .indeterminate),
            ConditionCase(apply("integer-is-in", text("DAGL"), roles), .indeterminate),
            ConditionCase(apply("string-equal", text("x"), apply("string-one-and-only", bag("x"))), .permit),
            ConditionCase(apply("string-equal", text("x"), apply("string-one-and-only", roles)), .indeterminate),
            ConditionCase(apply("string-equal", text("x"), apply("string-one-and-only", none)), .indeterminate),
            ConditionCase(size(roles, 2), .permit), ConditionCase(size(none, 0), .permit),
            ConditionCase(size(bag("a", "a"), 2), .permit),
            ConditionCase(size(apply("string-union", bag("a", "a"), bag("b")), 2), .permit),
            ConditionCase(size(apply("string-intersection", roles, bag("LEDE", "X")), 1), .permit),
            ConditionCase(apply("string-at-least-one-member-of", roles, bag("X", "LEDE")), .permit),
            ConditionCase(apply("string-at-least-one-member-of", roles, bag("X")), .notApplicable),
            ConditionCase(apply("string-at-least-one-member-of", none, roles), .notApplicable),
            ConditionCase(apply("string-subset", bag("LEDE"), roles), .permit),
            ConditionCase(apply("string-subset", roles, bag("LEDE")), .notApplicable),
            ConditionCase(apply("string-set-equals", roles, bag("LEDE", "DAGL", "DAGL")), .permit),
            ConditionCase(apply("string-set-equals", roles, bag("LEDE")), .notApplicable),
            ConditionCase(higher("any-of", equal, text("LEDE"), roles), .permit),
            ConditionCase(higher("any-of", equal, text("X"), roles), .notApplicable),
            ConditionCase(higher("all-of", equal, text("LEDE"), roles), .notApplicable),
            ConditionCase(higher("all-of", equal, text("a"), bag("a", "a")), .permit),
            ConditionCase(higher("any-of-any", equal, bag("X", "DAGL"), roles), .permit),
            ConditionCase(higher("any-of", equal, roles, roles), .indeterminate),
            ConditionCase(higher("any-of", "<Function FunctionId='urn:unknown'/>", text("a"), roles), .indeterminate),
            ConditionCase(apply("and", roles), .indeterminate),
        ]
    }()

    @Test(arguments: bags)
    func `works on bags and sets`(example: ConditionCase) throws {
        let roles = XACMLAttribute("role", ["DAGL", "LEDE"])
        #expect(try decision(on: example.condition, roles) == example.decision)
    }

    @Test func `a variable is evaluated once, however often it is referred to`() throws {
        // Forty levels, each referring twice to the next: a million million evaluations without memory.
        var definitions = ""
        for level in 0..<40 {
            let next = "<VariableReference VariableId='v\(level + 1)'/>"
            let expression = PolicyDocument.apply(Self.first + "and", next, next)
            definitions += "<VariableDefinition VariableId='v\(level)'>\(expression)</VariableDefinition>"
        }
        definitions +=
            "<VariableDefinition VariableId='v40'>\(PolicyDocument.value("true", "boolean"))</VariableDefinition>"
        let rule = PolicyDocument.rule(condition: "<VariableReference VariableId='v0'/>")
        #expect(try evaluate(PolicyDocument.policy(definitions + rule)).decision == .permit)
    }
}
