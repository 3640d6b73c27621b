import Testing
import XACML

@Suite("What can be read off a policy")
struct DerivationTests {
    private func policy(_ rules: String) throws -> XACMLPolicy {
        try XACMLPolicy(parsing: Array(PolicyDocument.policy(rules).utf8))
    }

    private func allOf(_ matches: String...) -> String { "<AllOf>\(matches.joined())</AllOf>" }

    private func subject(_ value: String) -> String { PolicyDocument.match("urn:altinn:rolecode", value) }

    private func resource(_ value: String) -> String {
        PolicyDocument.match("urn:altinn:resource", value, in: .resource)
    }

    private func action(_ value: String) -> String { PolicyDocument.match("action-id", value, in: .action) }

    private func rule(_ identifier: String, _ anyOf: [String], effect: String = "Permit") -> String {
        let target = anyOf.map { "<AnyOf>\($0)</AnyOf>" }.joined()
        return PolicyDocument.rule(identifier, effect, target: "<Target>\(target)</Target>")
    }

    @Test func `rights are actions on resources, each with all who may`() throws {
        let policy = try policy(
            rule(
                "one",
                [
                    allOf(subject("DAGL")) + allOf(subject("LEDE"), PolicyDocument.match("x", "y")),
                    allOf(resource("r")), allOf(action("read")) + allOf(action("write")),
                ]
            )
                + rule("two", [allOf(subject("REGN"), resource("r"), action("read"))])
                + rule("three", [allOf(subject("MEDL")), allOf(resource("r")), allOf(action("read"))], effect: "Deny")
        )
        let role = "urn:altinn:rolecode"
        let both = [XACMLTargetAttribute(role, "LEDE"), XACMLTargetAttribute("x", "y")]
        let dagl = [XACMLTargetAttribute(role, "DAGL")]
        #expect(policy.combinations.count == 2 * 2 + 1 + 1)
        #expect(policy.rights.map { $0.action.map(\.value) } == [["read"], ["write"]])
        #expect(
            policy.rights.map(\.resource)
                == Array(repeating: [XACMLTargetAttribute("urn:altinn:resource", "r")], count: 2)
        )
        #expect(policy.rights.map(\.subjects) == [[dagl, both, [XACMLTargetAttribute(role, "REGN")]], [dagl, both]])
        #expect(policy.subjects == dagl + both + [XACMLTargetAttribute(role, "REGN")])
    }

    @Test func `what a policy asks of a request is known, in targets and conditions`() throws {
        let condition = PolicyDocument.apply(
            PolicyDocument.first + "string-is-in",
            PolicyDocument.value("a"),
            PolicyDocument.designator("urn:altinn:accesspackage")
        )
        let policy = try policy(
            rule("one", [allOf(subject("dagl")) + allOf(subject("lede"))])
                + PolicyDocument.rule("two", condition: condition)
        )
        #expect(policy.mentions("urn:altinn:rolecode", in: .accessSubject))
        #expect(policy.mentions("urn:altinn:accesspackage", in: .accessSubject))
        #expect(!policy.mentions("urn:altinn:rolecode", in: .resource))
        #expect(!policy.mentions("urn:altinn:partytype", in: .accessSubject))
        #expect(policy.values(of: "urn:altinn:rolecode", in: .accessSubject) == ["dagl", "lede"])
        #expect(policy.values(of: "urn:altinn:accesspackage", in: .accessSubject).isEmpty)
    }

    @Test func `what can never be evaluated is told, each once`() throws {
        let unknown = PolicyDocument.apply("urn:unknown")
        let policy = try policy(
            PolicyDocument.rule("one", condition: unknown) + PolicyDocument.rule("two", condition: unknown)
                + rule("three", [allOf(PolicyDocument.match("a", "b", type: "urn:type"))])
        )
        #expect(
            policy.faults.compactMap(\.message) == [
                "function `urn:unknown` is not known", "data type `urn:type` is not known",
            ]
        )
        #expect(try self.policy(PolicyDocument.rule()).faults.isEmpty)
    }

    @Test func `what a policy says of itself`() throws {
        let policy = try policy("<Description>About it</Description>" + PolicyDocument.rule("r"))
        #expect(policy.identifier == "policy")
        #expect(policy.version == "1.2")
        #expect(policy.description == "About it")
        #expect(policy.combining == .denyOverrides)
        #expect(policy.rules.map(\.identifier) == ["r"])
        #expect(policy.rules.map(\.effect) == [.permit])
    }
}
