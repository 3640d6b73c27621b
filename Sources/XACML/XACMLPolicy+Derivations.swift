/// One attribute value that a target demands.
public struct XACMLTargetAttribute: Sendable, Hashable, Comparable {
    /// The attribute.
    public let identifier: String
    /// The value, as the policy writes it.
    public let value: String

    /// An attribute and its value.
    public init(_ identifier: String, _ value: String) {
        self.identifier = identifier
        self.value = value
    }

    /// Orders by attribute, then by value.
    public static func < (left: XACMLTargetAttribute, right: XACMLTargetAttribute) -> Bool {
        (left.identifier, left.value) < (right.identifier, right.value)
    }
}

/// One way in which the target of a rule can match: these subjects, on that resource, for that action.
public struct XACMLCombination: Sendable, Hashable {
    /// The rule.
    public let rule: String
    /// What the rule says when it holds.
    public let effect: XACMLEffect
    /// What is demanded of the subject, all of it.
    public let subject: [XACMLTargetAttribute]
    /// What is demanded of the resource, all of it.
    public let resource: [XACMLTargetAttribute]
    /// What is demanded of the action, all of it.
    public let action: [XACMLTargetAttribute]
    /// Whether the rule has a condition besides its target.
    public let isConditional: Bool
}

/// Something that a policy permits: an action on a resource, and to whom.
public struct XACMLRight: Sendable, Hashable {
    /// The resource.
    public let resource: [XACMLTargetAttribute]
    /// The action.
    public let action: [XACMLTargetAttribute]
    /// Who may do it: each a list of attributes that one subject must have all of.
    public let subjects: [[XACMLTargetAttribute]]
}

extension XACMLPolicy {
    /// How many combinations the rules of one policy may spell out to, with ten matches each on average.
    public static let maximumCombinations = 10_000

    /// How many expressions may stand in one another, variables spelt out.
    static let maximumHeight = 128

    /// Every attribute value by which a rule that permits names a subject, in order, none twice.
    public var subjects: [XACMLTargetAttribute] {
        var seen: Set<XACMLTargetAttribute> = []
        var subjects: [XACMLTargetAttribute] = []
        for combination in combinations where combination.effect == .permit {
            for attribute in combination.subject where seen.insert(attribute).inserted { subjects.append(attribute) }
        }
        return subjects
    }

    /// What the policy's rules permit, by resource and action, in order.
    public var rights: [XACMLRight] {
        struct Key: Hashable {
            let resource: [XACMLTargetAttribute]
            let action: [XACMLTargetAttribute]
        }
        var order: [Key] = []
        var subjects: [Key: [[XACMLTargetAttribute]]] = [:]
        for combination in combinations where combination.effect == .permit {
            let key = Key(resource: combination.resource, action: combination.action)
            if subjects[key] == nil { order.append(key) }
            if subjects[key, default: []].contains(combination.subject) { continue }
            subjects[key, default: []].append(combination.subject)
        }
        return order.map { XACMLRight(resource: $0.resource, action: $0.action, subjects: subjects[$0] ?? []) }
    }

    /// How the policy takes that attribute of that category from a request; nil when it does not.
    public func mention(of identifier: String, in category: XACMLCategory) -> XACMLMention? {
        mentioned[category]?[identifier]
    }

    /// Whether the policy takes that attribute of that category from a request.
    public func mentions(_ identifier: String, in category: XACMLCategory) -> Bool {
        mention(of: identifier, in: category) != nil
    }

    /// The values that targets of the policy compare the attribute with, as it writes them.
    public func values(of identifier: String, in category: XACMLCategory) -> [String] {
        mention(of: identifier, in: category)?.values ?? []
    }

    /// What in the policy can never be evaluated, in order, none twice: functions, categories, types, algorithms.
    ///
    /// A policy with such faults can be kept; what they stand in is Indeterminate.
    public var faults: [XACMLStatus] {
        var found: [XACMLStatus] = []
        if case .unknown(let uri) = combining {
            found.append(XACMLStatus(.processingError, "combining algorithm `\(uri)` is not known"))
        }
        found += target.faults
        for rule in rules {
            found += rule.target.faults + (rule.condition?.faults ?? [])
            found += rule.duties.flatMap { $0.assignments.flatMap(\.expression.faults) }
        }
        found += duties.flatMap { $0.assignments.flatMap(\.expression.faults) }
        found += variables.sorted { $0.key < $1.key }.flatMap(\.value.faults)
        var seen: Set<XACMLStatus> = []
        return found.filter { seen.insert($0).inserted }
    }
}

extension Target {
    /// What in it cannot be evaluated.
    var faults: [XACMLStatus] {
        anyOf.joined().joined().compactMap { match in
            if case .unsupported(let status) = match.test { status } else { nil }
        }
    }

    /// How many ways there are to match it; at most one more than `limit`.
    func countOfWays(limit: Int) -> Int {
        var count = 1
        for alternatives in anyOf {
            count *= max(1, alternatives.count)
            if count > limit { return limit + 1 }
        }
        return count
    }

    /// How many matches one way has at most.
    var mostMatches: Int { anyOf.reduce(0) { $0 + ($1.map(\.count).max() ?? 0) } }

    /// Every way to match it: from each `AnyOf` one `AllOf`.
    var ways: [[Match]] {
        anyOf.reduce([[]]) { ways, alternatives in
            ways.flatMap { way in alternatives.map { way + $0 } }
        }
    }
}
