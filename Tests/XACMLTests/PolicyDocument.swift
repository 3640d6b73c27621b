import Testing
import Vocabulary
import XACML

/// Writes policies for tests, piece by piece.
enum PolicyDocument {
    static let namespace = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"
    static let string = "http://www.w3.org/2001/XMLSchema#string"
    static let schema = "http://www.w3.org/2001/XMLSchema#"
    static let first = "urn:oasis:names:tc:xacml:1.0:function:"
    static let third = "urn:oasis:names:tc:xacml:3.0:function:"
    static let denyOverrides = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"

    static func policy(
        _ content: String,
        algorithm: String = denyOverrides,
        target: String = "<Target/>"
    ) -> String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Policy xmlns="\(namespace)" PolicyId="policy" Version="1.2" RuleCombiningAlgId="\(algorithm)">
        \(target)\(content)
        </Policy>
        """
    }

    static func rule(
        _ identifier: String = "rule",
        _ effect: String = "Permit",
        target: String = "",
        condition: String? = nil,
        duties: String = ""
    ) -> String {
        let condition = condition.map { "<Condition>\($0)</Condition>" } ?? ""
        return "<Rule RuleId=\"\(identifier)\" Effect=\"\(effect)\">\(target)\(condition)\(duties)</Rule>"
    }

    static func target(_ matches: String...) -> String {
        "<Target>" + matches.map { "<AnyOf><AllOf>\($0)</AllOf></AnyOf>" }.joined() + "</Target>"
    }

    static func match(
        _ attribute: String,
        _ value: String,
        in category: XACMLCategory = .accessSubject,
        function: String = first + "string-equal",
        type: String = string,
        mustBePresent: Bool = false
    ) -> String {
        """
        <Match MatchId="\(function)"><AttributeValue DataType="\(type)">\(value)</AttributeValue>\
        \(designator(attribute, in: category, type: type, mustBePresent: mustBePresent))</Match>
        """
    }

    static func designator(
        _ attribute: String,
        in category: XACMLCategory = .accessSubject,
        type: String = string,
        mustBePresent: Bool = false
    ) -> String {
        """
        <AttributeDesignator Category="\(category.uri)" AttributeId="\(attribute)" DataType="\(type)" \
        MustBePresent="\(mustBePresent)"/>
        """
    }

    static func value(_ text: String, _ type: String = "string") -> String {
        "<AttributeValue DataType=\"\(schema)\(type)\">\(text)</AttributeValue>"
    }

    static func apply(_ function: String, _ arguments: String...) -> String {
        "<Apply FunctionId=\"\(function)\">\(arguments.joined())</Apply>"
    }
}

/// 2026-11-22T10:30:00Z.
let now = Timestamp(seconds: 1_795_343_400)

/// What the policy says to somebody with those attributes.
func evaluate(_ document: String, _ attributes: XACMLAttribute...) throws -> XACMLEvaluation {
    try XACMLPolicy(parsing: Array(document.utf8))
        .evaluate(XACMLContext([XACMLAttributes(.accessSubject, attributes)]), at: now)
}

/// What a condition comes to: true is Permit, false NotApplicable, an error Indeterminate.
func decision(on condition: String, _ attributes: XACMLAttribute...) throws -> XACMLDecision {
    let policy = try XACMLPolicy(
        parsing: Array(PolicyDocument.policy(PolicyDocument.rule(condition: condition)).utf8)
    )
    return policy.evaluate(XACMLContext([XACMLAttributes(.accessSubject, attributes)]), at: now).decision
}
