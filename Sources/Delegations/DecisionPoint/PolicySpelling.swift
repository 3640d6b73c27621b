public import XACML

/// Names of roles and packages as a policy spells them: Altinn compares them without case, whatever function it names.
enum PolicySpelling {
    /// The values by attribute as the policy writes them, and as they are where that may matter.
    static func values(of held: [(String, String)], as policy: XACMLPolicy) -> [(String, [String])] {
        var values: [(identifier: String, mention: XACMLMention, values: [String])] = []
        for (identifier, value) in held {
            let index: Int
            if let known = values.firstIndex(where: { $0.identifier == identifier }) {
                index = known
            } else if let mention = policy.mention(of: identifier, in: .accessSubject) {
                index = values.endIndex
                values.append((identifier, mention, []))
            } else {
                continue
            }
            var spellings = values[index].mention.values(likeIgnoringCase: value)
            if values[index].mention.isOpen { spellings.append(value) }
            for spelling in spellings where !values[index].values.contains(spelling) {
                values[index].values.append(spelling)
            }
        }
        return values.map { ($0.identifier, $0.values) }
    }

    /// Whether both differ in case at most.
    static func isSame(_ left: String, _ right: String) -> Bool {
        left == right || (left.utf8.count == right.utf8.count && left.lowercased() == right.lowercased())
    }
}

extension HeldAttribute {
    /// Whether it is what a target asks for.
    func answers(_ asked: XACMLTargetAttribute) -> Bool {
        identifier == asked.identifier && PolicySpelling.isSame(value, asked.value)
    }
}

extension XACMLEvaluation {
    /// The login level that its obligations demand; nil when they demand none.
    func minimumLevel(forOrganisations: Bool) -> Int? { obligations.minimumLevel(forOrganisations: forOrganisations) }
}

extension [XACMLObligation] {
    /// The highest login level that they demand; nil when they demand none.
    ///
    /// A demand on organisations takes the place of that on persons, for system users and tokens of organisations.
    public func minimumLevel(forOrganisations: Bool) -> Int? {
        let assignments = flatMap(\.assignments)
        if forOrganisations {
            let own = assignments.filter { $0.category == DecisionAttribute.minimumLevelOfOrganisations }
            if let level = own.compactMap({ Int($0.value) }).max() { return level }
        }
        return assignments.filter { $0.category == DecisionAttribute.minimumLevel }.compactMap { Int($0.value) }.max()
    }
}
