import Testing
import XACML

@Suite("What is refused before or while a policy's XML is read")
struct XMLDocumentTests {
    private let policy = PolicyDocument.policy(PolicyDocument.rule())

    private func fault(_ document: [UInt8]) -> XACMLPolicyError? {
        do throws(XACMLPolicyError) {
            _ = try XACMLPolicy(parsing: document)
            return nil
        } catch {
            return error
        }
    }

    private func fault(_ document: String) -> XACMLPolicyError? { fault(Array(document.utf8)) }

    @Test func `reads a policy with declaration, byte order mark, prefix, comments and character data`() throws {
        #expect(fault(policy) == nil)
        #expect(fault([0xEF, 0xBB, 0xBF] + Array(policy.utf8)) == nil)
        let prefixed = """
            <?xml version='1.0' encoding = 'utf-8' standalone="yes"?><!-- a policy -->
            <x:Policy xmlns:x="\(PolicyDocument.namespace)" PolicyId="p" Version="1.0" \
            RuleCombiningAlgId="\(PolicyDocument.denyOverrides)"><x:Description><![CDATA[<b>]]></x:Description>\
            <x:Target/></x:Policy>
            """
        #expect(try XACMLPolicy(parsing: Array(prefixed.utf8)).description == "<b>")
    }

    @Test(
        arguments: [
            "<!DOCTYPE Policy>", "<!DOCTYPE Policy [<!ENTITY a \"b\">]>",
            "<!DOCTYPE Policy SYSTEM \"file:///etc/passwd\">",
            "<!ENTITY a \"b\">", "<!doctype Policy>", "<! DOCTYPE Policy>", "<!-- <!DOCTYPE Policy> -->",
            "<!ELEMENT Policy ANY>", "<!",
        ]
    )
    func `a document type or any other markup declaration is refused unread`(declaration: String) {
        #expect(fault(declaration + policy.drop { $0 != "\n" }) == .documentType)
        #expect(fault(policy.replacing("<Target/>", with: declaration + "<Target/>")) == .documentType)
    }

    /// A parser may end the program at one without text, as Foundation's does; fuzzing found it.
    @Test(
        arguments: [
            "<?x?>", "<?x y?>", "<?xml?>", "<?xml-stylesheet href=\"a\"?>", "<!-- <?x?> -->", "<![CDATA[<?x?>]]>", "<?",
        ]
    )
    func `an instruction to programs is refused unread`(instruction: String) {
        #expect(fault(policy.replacing("<Target/>", with: instruction + "<Target/>")) == .processingInstruction)
        #expect(fault(instruction + policy.drop { $0 != "\n" }) == .processingInstruction)
        #expect(fault(" " + policy) == .processingInstruction)
    }

    @Test func `an entity bomb is refused unread, and so is one in another encoding`() {
        var bomb = "<?xml version=\"1.0\"?><!DOCTYPE Policy [<!ENTITY a0 \"x\">"
        for level in 1...9 {
            bomb += "<!ENTITY a\(level) \"" + String(repeating: "&a\(level - 1);", count: 10) + "\">"
        }
        bomb += "]><Policy>&a9;</Policy>"
        #expect(fault(bomb) == .documentType)
        #expect(fault(bomb.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) == .notUTF8)
        #expect(fault([0xFF, 0xFE] + bomb.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) == .notUTF8)
        #expect(fault([0xFE, 0xFF] + bomb.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }) == .notUTF8)
    }

    @Test(
        arguments: [
            "<?xml version=\"1.0\" encoding=\"UTF-7\"?>", "<?xml version=\"1.0\" encoding='ISO-8859-1'?>",
            "<?xml version=\"1.0\" encoding=\"UTF-16\"?>", "<?xml version=\"1.0\" encoding\t=\n\"EBCDIC-CP-US\"?>",
            "<?xml version=\"1.0\" encoding=\"utf-8\u{0}\"?>",
        ]
    )
    func `a declaration of another encoding is refused, in which a document type could hide`(declaration: String) {
        // In UTF-7 this is a document type declaration.
        #expect(fault(declaration + "+ADwAIQ-DOCTYPE Policy+AD4-" + policy.drop { $0 != "\n" }) == .notUTF8)
    }

    @Test func `what is no UTF-8 is refused`() {
        #expect(fault(Array(policy.utf8) + [0xC0, 0x80]) == .notUTF8)
        #expect(fault(Array(policy.utf8) + [0]) == .notUTF8)
    }

    @Test func `too many rules are refused before they are read`() {
        // The second repeats the first: whoever reads before counting finds that.
        let rule = #"<Rule RuleId="r" Effect="Permit"/>"#
        let document = PolicyDocument.policy(String(repeating: rule, count: XACMLPolicy.maximumCombinations + 1))
        #expect(throws: XACMLPolicyError.tooManyCombinations(limit: XACMLPolicy.maximumCombinations)) {
            _ = try XACMLPolicy(parsing: Array(document.utf8))
        }
        let two = PolicyDocument.policy(rule + rule)
        #expect(throws: XACMLPolicyError.duplicate("r")) { _ = try XACMLPolicy(parsing: Array(two.utf8)) }
    }

    @Test func `one mebibyte is read, a byte more is not`() {
        let room = 1_048_576 - policy.utf8.count
        #expect(fault(policy + String(repeating: " ", count: room)) == nil)
        #expect(fault(policy + String(repeating: " ", count: room + 1)) == .tooLong(limit: 1_048_576))
    }

    @Test func `elements stand 64 deep at most`() {
        func nested(_ count: Int) -> String {
            // Policy, Rule and Condition are three; the innermost is a value.
            let negations = count - 4
            var condition = PolicyDocument.value("true", "boolean")
            for _ in 0..<negations { condition = PolicyDocument.apply(PolicyDocument.first + "not", condition) }
            return PolicyDocument.policy(PolicyDocument.rule(condition: condition))
        }
        #expect(fault(nested(64)) == nil)
        #expect(fault(nested(65)) == .tooDeep(limit: 64))
        #expect(fault(nested(5_000)) == .tooDeep(limit: 64))
    }

    @Test(
        arguments: [
            "", " ", "not XML", "{}", "<Policy", "<Policy>", "<Policy></Rule>", "<Policy/><Policy/>", "<Policy/>junk",
            "<Policy a='1' a='2'/>", "<x:Policy/>", "<Policy>&nope;</Policy>", "<Policy>&#0;</Policy>", "<Policy a=1/>",
            "<?xml version=\"1.0\"",
        ]
    )
    func `what is not well-formed is refused`(document: String) {
        guard case .notXML? = fault(document) else {
            // A declaration that never ends says nothing of its encoding.
            #expect(fault(document) == .notUTF8)
            return
        }
    }

    @Test func `a document that breaks off is refused wherever it does`() {
        let bytes = Array(policy.utf8)
        // The closing bracket of the root is the last byte that matters.
        for length in stride(from: 0, to: bytes.count, by: 7) {
            #expect(fault(Array(bytes[..<length])) != nil, "cut at \(length)")
        }
    }

    @Test func `only a Policy of XACML 3-0 is one`() {
        #expect(
            fault(policy.replacing(PolicyDocument.namespace, with: "urn:oasis:names:tc:xacml:2.0:policy:schema:os"))
                == .notPolicy(element: "Policy")
        )
        #expect(fault("<Policy/>") == .notPolicy(element: "Policy"))
        #expect(fault("<a xmlns='\(PolicyDocument.namespace)'/>") == .notPolicy(element: "a"))
        #expect(fault("<PolicySet xmlns='\(PolicyDocument.namespace)'/>") == .policySet)
    }

    @Test func `elements of another namespace have no place in it`() {
        let foreign = "<o:Rule xmlns:o='urn:other' RuleId='r' Effect='Permit'/>"
        #expect(fault(PolicyDocument.policy(foreign)) == .unexpectedElement("Rule", in: "Policy"))
        let match = PolicyDocument.match("a", "b").replacing(
            "<AttributeValue",
            with: "<AttributeValue xmlns='urn:other'"
        )
        #expect(
            fault(PolicyDocument.policy(PolicyDocument.rule(target: PolicyDocument.target(match))))
                == .unexpectedElement("AttributeValue", in: "Match")
        )
    }
}

@Suite("XACML 3.0 section 5: what a policy must hold")
struct PolicySyntaxTests {
    private func fault(_ content: String, target: String = "<Target/>") -> XACMLPolicyError? {
        do throws(XACMLPolicyError) {
            _ = try XACMLPolicy(parsing: Array(PolicyDocument.policy(content, target: target).utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test func `names what is missing`() {
        #expect(fault("", target: "") == .missing("Target", in: "Policy"))
        #expect(fault("<Rule Effect='Permit'/>") == .missing("RuleId", in: "Rule"))
        #expect(fault("<Rule RuleId='r'/>") == .missing("Effect", in: "Rule"))
        #expect(fault("<Rule RuleId='r' Effect='permit'/>") == .invalid("Effect", in: "Rule"))
        #expect(fault("<Rule RuleId='r' Effect='Permit'><Condition/></Rule>") == .invalid("Condition", in: "Rule"))
        #expect(fault("", target: "<Target><AnyOf/></Target>") == .missing("AllOf", in: "AnyOf"))
        #expect(fault("", target: "<Target><AnyOf><AllOf/></AnyOf></Target>") == .missing("Match", in: "AllOf"))
        #expect(
            fault("", target: "<Target><AnyOf><AllOf><Match MatchId='m'/></AllOf></AnyOf></Target>")
                == .missing("AttributeValue", in: "Match")
        )
    }

    @Test func `refuses what has no place, and what stands twice`() {
        #expect(fault("text") == .invalid("text", in: "Policy"))
        #expect(fault("<PolicyIssuer/>") == .unexpectedElement("PolicyIssuer", in: "Policy"))
        #expect(fault("<Target/>") == .unexpectedElement("Target", in: "Policy"))
        #expect(fault(PolicyDocument.rule("r") + PolicyDocument.rule("r", "Deny")) == .duplicate("r"))
        #expect(
            fault("<Rule RuleId='r' Effect='Permit'><Target/><Target/></Rule>")
                == .unexpectedElement("Target", in: "Rule")
        )
    }

    @Test func `a variable must be defined, once, and must not rest on itself`() {
        let reference = "<VariableReference VariableId='v'/>"
        func definition(_ identifier: String, _ content: String) -> String {
            "<VariableDefinition VariableId='\(identifier)'>\(content)</VariableDefinition>"
        }
        let truth = PolicyDocument.value("true", "boolean")
        #expect(fault(PolicyDocument.rule(condition: reference)) == .variable("v"))
        #expect(fault(definition("v", reference)) == .variable("v"))
        #expect(
            fault(definition("v", "<VariableReference VariableId='w'/>") + definition("w", reference)) == .variable("v")
        )
        #expect(fault(definition("v", truth) + definition("v", truth)) == .duplicate("v"))
        #expect(fault(definition("v", truth) + PolicyDocument.rule(condition: reference)) == nil)
    }

    @Test func `variables that build a tower are refused, whichever end is read first`() {
        func tower(_ count: Int, isReversed: Bool) -> String {
            let names = (0...count).map { index in
                let digits = String(index)
                return "v" + String(repeating: "0", count: 6 - digits.count) + digits
            }
            let order = isReversed ? Array(names.reversed()) : names
            var text = ""
            for index in 0..<count {
                let next = "<VariableReference VariableId='\(order[index + 1])'/>"
                text += "<VariableDefinition VariableId='\(order[index])'>\(next)</VariableDefinition>"
            }
            let truth = PolicyDocument.value("true", "boolean")
            text += "<VariableDefinition VariableId='\(order[count])'>\(truth)</VariableDefinition>"
            return text + PolicyDocument.rule(condition: "<VariableReference VariableId='\(order[0])'/>")
        }
        for isReversed in [false, true] {
            #expect(fault(tower(100, isReversed: isReversed)) == nil)
            #expect(fault(tower(130, isReversed: isReversed)) == .tooDeep(limit: 128))
            #expect(fault(tower(5_000, isReversed: isReversed)) == .tooDeep(limit: 128))
        }
    }

    @Test func `rules that spell out to too many combinations are refused`() {
        let alternatives = (0..<101).map { "<AllOf>\(PolicyDocument.match("a", "\($0)"))</AllOf>" }.joined()
        let target = "<Target><AnyOf>\(alternatives)</AnyOf><AnyOf>\(alternatives)</AnyOf></Target>"
        #expect(fault(PolicyDocument.rule(target: target)) == .tooManyCombinations(limit: 10_000))
        // Few ways, but each of them long.
        let long = (0..<500).map { PolicyDocument.match("a", "\($0)") }.joined()
        let few = (0..<300).map { "<AllOf>\(PolicyDocument.match("b", "\($0)"))</AllOf>" }.joined()
        let wide = "<Target><AnyOf><AllOf>\(long)</AllOf></AnyOf><AnyOf>\(few)</AnyOf></Target>"
        #expect(fault(PolicyDocument.rule(target: wide)) == .tooManyCombinations(limit: 10_000))
    }
}
