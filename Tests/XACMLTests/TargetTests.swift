import Testing
import XACML

@Suite("XACML 3.0 sections 7.6 and 7.7: matches and targets")
struct TargetTests {
    /// What one part of a target comes to, and a match that does.
    enum Part: CaseIterable {
        case yes
        case no
        case faulty

        var match: String {
            switch self {
            case .yes: PolicyDocument.match("a", "b")
            case .no: PolicyDocument.match("a", "c")
            case .faulty: PolicyDocument.match("missing", "x", mustBePresent: true)
            }
        }
    }

    private func decision(_ target: String) throws -> XACMLDecision {
        try evaluate(
            PolicyDocument.policy(PolicyDocument.rule(target: "<Target>\(target)</Target>")),
            XACMLAttribute("a", ["b", "z"])
        ).decision
    }

    private func expected(_ part: Part) -> XACMLDecision {
        switch part {
        case .yes: .permit
        case .no: .notApplicable
        case .faulty: .indeterminate
        }
    }

    @Test func `AllOf: a false is enough for no, a fault beats what is true`() throws {
        for left in Part.allCases {
            for right in Part.allCases {
                let both = [left, right]
                let part: Part = both.contains(.no) ? .no : both.contains(.faulty) ? .faulty : .yes
                #expect(
                    try decision("<AnyOf><AllOf>\(left.match)\(right.match)</AllOf></AnyOf>") == expected(part),
                    "\(left) and \(right)"
                )
            }
        }
    }

    @Test func `AnyOf: a match is enough for yes, a fault beats what is false`() throws {
        for left in Part.allCases {
            for right in Part.allCases {
                let both = [left, right]
                let part: Part = both.contains(.yes) ? .yes : both.contains(.faulty) ? .faulty : .no
                let target = "<AnyOf><AllOf>\(left.match)</AllOf><AllOf>\(right.match)</AllOf></AnyOf>"
                #expect(try decision(target) == expected(part), "\(left) or \(right)")
            }
        }
    }

    @Test func `Target: every AnyOf must match, one that does not is enough for no`() throws {
        for left in Part.allCases {
            for right in Part.allCases {
                let both = [left, right]
                let part: Part = both.contains(.no) ? .no : both.contains(.faulty) ? .faulty : .yes
                let target = "<AnyOf><AllOf>\(left.match)</AllOf></AnyOf><AnyOf><AllOf>\(right.match)</AllOf></AnyOf>"
                #expect(try decision(target) == expected(part), "\(left) and \(right)")
            }
        }
    }

    @Test func `an empty target matches all`() throws {
        #expect(try decision("") == .permit)
    }

    @Test func `one value of a bag is enough, case counts but for the function that ignores it`() throws {
        let ignoring = PolicyDocument.third + "string-equal-ignore-case"
        #expect(try decision("<AnyOf><AllOf>\(PolicyDocument.match("a", "z"))</AllOf></AnyOf>") == .permit)
        #expect(try decision("<AnyOf><AllOf>\(PolicyDocument.match("a", "Z"))</AllOf></AnyOf>") == .notApplicable)
        let match = PolicyDocument.match("a", "Z", function: ignoring)
        #expect(try decision("<AnyOf><AllOf>\(match)</AllOf></AnyOf>") == .permit)
    }

    @Test func `texts match code point by code point`() throws {
        let composed = PolicyDocument.match("a", "\u{E9}")
        let document = PolicyDocument.policy(PolicyDocument.rule(target: PolicyDocument.target(composed)))
        #expect(try evaluate(document, XACMLAttribute("a", ["\u{E9}"])).decision == .permit)
        #expect(try evaluate(document, XACMLAttribute("a", ["e\u{301}"])).decision == .notApplicable)
    }

    @Test func `a missing attribute is named, when it must be present`() throws {
        let target = PolicyDocument.target(PolicyDocument.match("urn:needed", "x", mustBePresent: true))
        let evaluation = try evaluate(PolicyDocument.policy(PolicyDocument.rule(target: target)))
        #expect(evaluation.outcome == .indeterminatePermit)
        #expect(evaluation.status == XACMLStatus(.missingAttribute, "attribute `urn:needed` is missing"))
    }

    @Test func `attributes of another category, type or issuer do not count`() throws {
        let target = PolicyDocument.target(PolicyDocument.match("a", "b"))
        let document = PolicyDocument.policy(PolicyDocument.rule(target: target))
        let policy = try XACMLPolicy(parsing: Array(document.utf8))
        func decide(_ category: XACMLCategory, _ attribute: XACMLAttribute) -> XACMLDecision {
            policy.evaluate(XACMLContext([XACMLAttributes(category, [attribute])]), at: now).decision
        }
        #expect(decide(.accessSubject, XACMLAttribute("a", ["b"])) == .permit)
        #expect(decide(.accessSubject, XACMLAttribute("a", ["b"], issuer: "anyone")) == .permit)
        #expect(decide(.resource, XACMLAttribute("a", ["b"])) == .notApplicable)
        #expect(decide(.accessSubject, XACMLAttribute("a", ["b"], type: .anyURI)) == .notApplicable)
        let issued = try XACMLPolicy(
            parsing: Array(document.replacing("MustBePresent", with: "Issuer=\"x\" MustBePresent").utf8)
        )
        let stranger = XACMLContext([XACMLAttributes(.accessSubject, [XACMLAttribute("a", ["b"], issuer: "y")])])
        let known = XACMLContext([XACMLAttributes(.accessSubject, [XACMLAttribute("a", ["b"], issuer: "x")])])
        #expect(issued.evaluate(stranger, at: now).decision == .notApplicable)
        #expect(issued.evaluate(known, at: now).decision == .permit)
    }

    @Test(
        arguments: [
            PolicyDocument.match("a", "b", function: "urn:unknown"),
            PolicyDocument.match("a", "b", function: PolicyDocument.first + "string-one-and-only"),
            PolicyDocument.match("a", "b", in: XACMLCategory("urn:unknown")),
            PolicyDocument.match("a", "b", type: "urn:unknown"),
            PolicyDocument.match(
                "a",
                "abc",
                function: PolicyDocument.first + "integer-equal",
                type: PolicyDocument.schema + "integer"
            ),
            PolicyDocument.match("a", "1", function: PolicyDocument.first + "integer-equal"),
            """
            <Match MatchId="\(PolicyDocument.first)string-equal">\(PolicyDocument.value("b"))\
            <AttributeSelector Category="c" Path="p" DataType="\(PolicyDocument.string)" MustBePresent="false"/></Match>
            """,
        ]
    )
    func `unknown functions, categories, types and malformed values make the rule Indeterminate`(
        match: String
    ) throws {
        for effect in XACMLEffect.allCases {
            let rule = PolicyDocument.rule("r", effect.rawValue, target: PolicyDocument.target(match))
            let outcome = try evaluate(PolicyDocument.policy(rule), XACMLAttribute("a", ["b"])).outcome
            #expect(outcome == XACMLOutcome(indeterminate: effect))
        }
    }
}
