extension XACMLPolicy {
    /// Reads a policy from an XML document of XACML 3.0.
    ///
    /// UTF-8 only, 1 MiB at most, 64 elements deep at most, and never with a document type declaration.
    /// - Throws: `XACMLPolicyError`.
    public init(parsing document: [UInt8]) throws(XACMLPolicyError) {
        let root = try XMLDocumentReader.root(of: document)
        guard root.namespace == XACMLNamespace.core else { throw .notPolicy(element: root.name) }
        if root.name == "PolicySet" { throw .policySet }
        guard root.name == "Policy" else { throw .notPolicy(element: root.name) }
        var reader = PolicyReader()
        try reader.read(root)
        let mentioned = reader.mentioned
        identifier = try root.attribute("PolicyId")
        version = root.attributes["Version"] ?? "1.0"
        description = reader.description
        // A policy that names no algorithm is kept, and Indeterminate (spec: unknown or missing).
        combining = XACMLCombiningAlgorithm(uri: root.attributes["RuleCombiningAlgId"] ?? "")
        rules = reader.rules
        target = reader.target
        variables = reader.variables
        duties = reader.duties
        self.mentioned = mentioned
        combinations = try Self.combinations(of: reader.rules)
    }

    private static func combinations(of rules: [Rule]) throws(XACMLPolicyError) -> [XACMLCombination] {
        var count = 0
        for rule in rules {
            count += rule.target.countOfWays(limit: maximumCombinations)
            guard count <= maximumCombinations else { throw .tooManyCombinations(limit: maximumCombinations) }
        }
        return rules.flatMap { rule in
            rule.target.ways.map { way in
                XACMLCombination(
                    rule: rule.identifier,
                    effect: rule.effect,
                    subject: attributes(of: .accessSubject, in: way),
                    resource: attributes(of: .resource, in: way),
                    action: attributes(of: .action, in: way),
                    isConditional: rule.condition != nil
                )
            }
        }
    }

    private static func attributes(of category: XACMLCategory, in way: [Match]) -> [XACMLTargetAttribute] {
        way.compactMap { match in
            guard let attribute = match.attribute, attribute.category == category else { return nil }
            return XACMLTargetAttribute(attribute.identifier, match.value)
        }
    }
}

/// Reads the elements of one policy.
struct PolicyReader {
    private(set) var description: String?
    private(set) var target = Target(anyOf: [])
    private(set) var rules: [XACMLPolicy.Rule] = []
    private(set) var variables: [String: Expression] = [:]
    private(set) var duties: [ObligationExpression] = []
    private var hasTarget = false

    mutating func read(_ policy: XMLElement) throws(XACMLPolicyError) {
        try policy.requireElementsOnly()
        for element in policy.children {
            try element.requireStandardNamespace(in: policy)
            switch element.name {
            case "Description": description = element.text
            case "PolicyDefaults", "CombinerParameters", "RuleCombinerParameters": break
            case "Target":
                guard !hasTarget else { throw .unexpectedElement("Target", in: "Policy") }
                hasTarget = true
                target = try TargetReader.target(element)
            case "Rule":
                let rule = try Self.rule(element)
                guard !rules.contains(where: { $0.identifier == rule.identifier }) else {
                    throw .duplicate(rule.identifier)
                }
                rules.append(rule)
            case "VariableDefinition": try define(element)
            case "ObligationExpressions", "AdviceExpressions": duties += try DutyReader.duties(element)
            // Also `PolicyIssuer`: only whoever owns the resource gives it its policy.
            default: throw .unexpectedElement(element.name, in: "Policy")
            }
        }
        guard hasTarget else { throw .missing("Target", in: "Policy") }
        try checkVariables()
    }

    private static func rule(_ element: XMLElement) throws(XACMLPolicyError) -> XACMLPolicy.Rule {
        try element.requireElementsOnly()
        guard let effect = XACMLEffect(rawValue: try element.attribute("Effect")) else {
            throw .invalid("Effect", in: "Rule")
        }
        var description: String?
        var target: Target?
        var condition: Expression?
        var duties: [ObligationExpression] = []
        for child in element.children {
            try child.requireStandardNamespace(in: element)
            switch child.name {
            case "Description": description = child.text
            case "Target" where target == nil: target = try TargetReader.target(child)
            case "Condition" where condition == nil:
                guard child.children.count == 1 else { throw .invalid("Condition", in: "Rule") }
                condition = try ExpressionReader.expression(child.children[0], in: child)
            case "ObligationExpressions", "AdviceExpressions": duties += try DutyReader.duties(child)
            default: throw .unexpectedElement(child.name, in: "Rule")
            }
        }
        return XACMLPolicy.Rule(
            identifier: try element.attribute("RuleId"),
            effect: effect,
            description: description,
            target: target ?? Target(anyOf: []),
            condition: condition,
            duties: duties
        )
    }

    private mutating func define(_ element: XMLElement) throws(XACMLPolicyError) {
        let identifier = try element.attribute("VariableId")
        guard element.children.count == 1 else { throw .invalid("VariableDefinition", in: "Policy") }
        guard variables[identifier] == nil else { throw .duplicate(identifier) }
        variables[identifier] = try ExpressionReader.expression(element.children[0], in: element)
    }

    // MARK: Checks on the whole

    /// No variable may be missing, or rest on itself.
    private func checkVariables() throws(XACMLPolicyError) {
        var sound: Set<String> = []
        // By name, so that the same document always has the same fault.
        for identifier in variables.keys.sorted() { try check([identifier], above: [], &sound) }
        for expression in expressions { try check(expression.variables, above: [], &sound) }
    }

    private func check(
        _ identifiers: [String],
        above: Set<String>,
        _ sound: inout Set<String>
    ) throws(XACMLPolicyError) {
        for identifier in identifiers where !sound.contains(identifier) {
            guard let expression = variables[identifier], !above.contains(identifier) else {
                throw .variable(identifier)
            }
            try check(expression.variables, above: above.union([identifier]), &sound)
            sound.insert(identifier)
        }
    }

    private var expressions: [Expression] {
        rules.compactMap(\.condition) + rules.flatMap { $0.duties.flatMap { $0.assignments.map(\.expression) } }
            + duties.flatMap { $0.assignments.map(\.expression) } + variables.values
    }

    /// Every attribute that is taken from a request.
    var mentioned: [XACMLCategory: [String: XACMLMention]] {
        var mentioned: [XACMLCategory: [String: XACMLMention]] = [:]
        for target in [target] + rules.map(\.target) {
            for match in target.anyOf.joined().joined() {
                guard let attribute = match.attribute else { continue }
                mentioned[attribute.category, default: [:]][attribute.identifier, default: XACMLMention()]
                    .add(match.value)
                guard attribute.mustBePresent || !match.asksForEquality else { continue }
                mentioned[attribute.category]?[attribute.identifier]?.open()
            }
        }
        for designator in expressions.flatMap(\.designators) {
            mentioned[designator.category, default: [:]][designator.identifier, default: XACMLMention()].open()
        }
        return mentioned
    }
}
