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
        var matches = 0
        for rule in rules {
            let ways = rule.target.countOfWays(limit: maximumCombinations)
            count += ways
            matches += ways * rule.target.mostMatches
            guard count <= maximumCombinations, matches <= maximumCombinations * 10 else {
                throw .tooManyCombinations(limit: maximumCombinations)
            }
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
    private var identifiers: Set<String> = []

    mutating func read(_ policy: XMLElement) throws(XACMLPolicyError) {
        try policy.requireElementsOnly()
        // Each rule spells out to one combination at least: too many are not read first.
        guard policy.children.count(where: { $0.name == "Rule" }) <= XACMLPolicy.maximumCombinations else {
            throw .tooManyCombinations(limit: XACMLPolicy.maximumCombinations)
        }
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
                guard identifiers.insert(rule.identifier).inserted else { throw .duplicate(rule.identifier) }
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

    /// No variable may be missing, rest on itself, or build a tower that evaluation could fall from.
    private func checkVariables() throws(XACMLPolicyError) {
        var heights: [String: Int] = [:]
        // By name, so that the same document always has the same fault.
        for identifier in variables.keys.sorted() {
            _ = try height(of: .variable(identifier), at: 0, above: [], &heights)
        }
        for expression in expressions { _ = try height(of: expression, at: 0, above: [], &heights) }
    }

    /// How many expressions stand in one another there, variables spelt out.
    private func height(
        of expression: Expression,
        at depth: Int,
        above: Set<String>,
        _ heights: inout [String: Int]
    ) throws(XACMLPolicyError) -> Int {
        let limit = XACMLPolicy.maximumHeight
        guard depth < limit else { throw .tooDeep(limit: limit) }
        switch expression {
        case .apply(_, let arguments):
            var highest = 0
            for argument in arguments {
                highest = max(highest, try height(of: argument, at: depth + 1, above: above, &heights))
            }
            return highest + 1
        case .variable(let identifier):
            if let known = heights[identifier] {
                guard depth + known <= limit else { throw .tooDeep(limit: limit) }
                return known
            }
            guard let definition = variables[identifier], !above.contains(identifier) else {
                throw .variable(identifier)
            }
            let own = try height(of: definition, at: depth + 1, above: above.union([identifier]), &heights) + 1
            heights[identifier] = own
            return own
        case .literal, .designator, .function, .unsupported: return 1
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
