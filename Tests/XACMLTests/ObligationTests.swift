import Testing
import XACML

@Suite("XACML 3.0 section 7.18: obligations and advice")
struct ObligationTests {
    private static func obligation(_ identifier: String, on effect: String, _ expression: String) -> String {
        """
        <ObligationExpressions><ObligationExpression ObligationId="\(identifier)" FulfillOn="\(effect)">\
        <AttributeAssignmentExpression AttributeId="level" Category="urn:altinn:minimum-authenticationlevel">\
        \(expression)</AttributeAssignmentExpression></ObligationExpression></ObligationExpressions>
        """
    }

    private static let three = PolicyDocument.value("3", "integer")

    @Test func `those of the decision come with it, the policy's after its rules'`() throws {
        let rules =
            PolicyDocument.rule("a", duties: Self.obligation("of-a", on: "Permit", Self.three))
            + PolicyDocument.rule("b", duties: Self.obligation("of-b", on: "Deny", Self.three))
            + PolicyDocument.rule(
                "c",
                condition: PolicyDocument.value("false", "boolean"),
                duties: Self.obligation("of-c", on: "Permit", Self.three)
            )
        let evaluation = try evaluate(
            PolicyDocument.policy(
                rules + Self.obligation("own", on: "Permit", Self.three)
                    + Self.obligation("other", on: "Deny", Self.three)
            )
        )
        #expect(evaluation.decision == .permit)
        #expect(evaluation.obligations.map(\.identifier) == ["of-a", "own"])
        #expect(
            evaluation.obligations.last?.assignments == [
                XACMLAttributeAssignment(
                    identifier: "level",
                    value: "3",
                    type: .integer,
                    category: "urn:altinn:minimum-authenticationlevel"
                )
            ]
        )
    }

    @Test func `on Deny only those of Deny come`() throws {
        let content =
            PolicyDocument.rule("r", "Deny", duties: Self.obligation("of-r", on: "Deny", Self.three))
            + Self.obligation("own", on: "Permit", Self.three) + Self.obligation("other", on: "Deny", Self.three)
        let evaluation = try evaluate(PolicyDocument.policy(content))
        #expect(evaluation.decision == .deny)
        #expect(evaluation.obligations.map(\.identifier) == ["of-r", "other"])
    }

    @Test func `none come when nothing is decided`() throws {
        let own = Self.obligation("own", on: "Permit", Self.three)
        #expect(try evaluate(PolicyDocument.policy(own)).obligations.isEmpty)
        let faulty = PolicyDocument.rule(condition: PolicyDocument.apply("urn:unknown"))
        #expect(try evaluate(PolicyDocument.policy(faulty + own)).obligations.isEmpty)
    }

    @Test func `a bag gives an assignment for each of its values`() throws {
        let roles = Self.obligation("own", on: "Permit", PolicyDocument.designator("role"))
        let document = PolicyDocument.policy(PolicyDocument.rule() + roles)
        let values = try evaluate(document, XACMLAttribute("role", ["a", "b"])).obligations.first?.assignments.map(
            \.value
        )
        #expect(values == ["a", "b"])
        #expect(try evaluate(document).obligations.first?.assignments.isEmpty == true)
    }

    @Test func `one that cannot be evaluated makes its policy or rule Indeterminate`() throws {
        let faulty = PolicyDocument.designator("missing", mustBePresent: true)
        let own = Self.obligation("own", on: "Permit", faulty)
        #expect(try evaluate(PolicyDocument.policy(PolicyDocument.rule() + own)).outcome == .indeterminatePermit)
        #expect(try evaluate(PolicyDocument.policy(PolicyDocument.rule("r", "Deny") + own)).outcome == .deny)
        let inRule = PolicyDocument.rule("r", "Deny", duties: Self.obligation("own", on: "Deny", faulty))
        let evaluation = try evaluate(PolicyDocument.policy(inRule))
        #expect(evaluation.outcome == .indeterminateDeny)
        #expect(evaluation.status.code == .missingAttribute)
    }

    @Test func `advice comes beside obligations`() throws {
        let advice = """
            <AdviceExpressions><AdviceExpression AdviceId="hint" AppliesTo="Permit">\
            <AttributeAssignmentExpression AttributeId="a">\(PolicyDocument.value("b"))</AttributeAssignmentExpression>\
            </AdviceExpression></AdviceExpressions>
            """
        let evaluation = try evaluate(PolicyDocument.policy(PolicyDocument.rule() + advice))
        #expect(evaluation.obligations.isEmpty)
        #expect(evaluation.advice.map(\.identifier) == ["hint"])
    }

    @Test func `the trace names each rule that was looked at, up to the one that decided`() throws {
        let never = PolicyDocument.value("false", "boolean")
        let rules =
            PolicyDocument.rule("a", condition: never) + PolicyDocument.rule("b", "Deny") + PolicyDocument.rule("c")
        let evaluation = try evaluate(PolicyDocument.policy(rules))
        #expect(evaluation.trace.map(\.rule) == ["a", "b"])
        #expect(evaluation.trace.map(\.outcome) == [.notApplicable, .deny])
        #expect(evaluation.decidingRules == ["b"])
    }
}
