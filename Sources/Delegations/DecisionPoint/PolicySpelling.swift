public import XACML

/// Names of roles and packages as a policy spells them: Altinn compares them without case, whatever function it names.
enum PolicySpelling {
    /// The values by attribute, each as it is and as the policy writes it.
    static func values(of held: [(String, String)], as policy: XACMLPolicy) -> [(String, [String])] {
        var values: [(identifier: String, values: [String])] = []
        for (identifier, value) in held {
            var spellings = [value]
            for spelling in policy.values(of: identifier, in: .accessSubject)
            where spelling != value && isSame(spelling, value) {
                spellings.append(spelling)
            }
            let index = values.firstIndex { $0.identifier == identifier } ?? values.endIndex
            if index == values.endIndex { values.append((identifier, [])) }
            for spelling in spellings where !values[index].values.contains(spelling) {
                values[index].values.append(spelling)
            }
        }
        return values
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
