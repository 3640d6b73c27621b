import Testing
import XACML

@Suite("XACML 3.0 appendix C: combining algorithms")
struct CombiningTests {
    /// What rules come to, in the notation of the standard's tables.
    enum Rule: String, CaseIterable {
        case permit = "P"
        case deny = "D"
        case notApplicable = "N"
        case indeterminatePermit = "IP"
        case indeterminateDeny = "ID"

        var document: String {
            let unknown = PolicyDocument.apply("urn:unknown")
            let never = PolicyDocument.value("false", "boolean")
            return switch self {
            case .permit: PolicyDocument.rule("RULE", "Permit")
            case .deny: PolicyDocument.rule("RULE", "Deny")
            case .notApplicable: PolicyDocument.rule("RULE", "Permit", condition: never)
            case .indeterminatePermit: PolicyDocument.rule("RULE", "Permit", condition: unknown)
            case .indeterminateDeny: PolicyDocument.rule("RULE", "Deny", condition: unknown)
            }
        }
    }

    /// What each algorithm makes of each mixture, whatever the order: written down by hand from C.2 to C.7.
    ///
    /// Columns: deny-overrides, permit-overrides, deny-unless-permit, permit-unless-deny.
    static let table: [(mixture: Set<Rule>, expected: [XACMLOutcome])] = [
        ([], [.notApplicable, .notApplicable, .deny, .permit]),
        ([.permit], [.permit, .permit, .permit, .permit]),
        ([.deny], [.deny, .deny, .deny, .deny]),
        ([.permit, .deny], [.deny, .permit, .permit, .deny]),
        ([.indeterminatePermit], [.indeterminatePermit, .indeterminatePermit, .deny, .permit]),
        ([.permit, .indeterminatePermit], [.permit, .permit, .permit, .permit]),
        ([.deny, .indeterminatePermit], [.deny, .indeterminateBoth, .deny, .deny]),
        ([.permit, .deny, .indeterminatePermit], [.deny, .permit, .permit, .deny]),
        ([.indeterminateDeny], [.indeterminateDeny, .indeterminateDeny, .deny, .permit]),
        ([.permit, .indeterminateDeny], [.indeterminateBoth, .permit, .permit, .permit]),
        ([.deny, .indeterminateDeny], [.deny, .deny, .deny, .deny]),
        ([.permit, .deny, .indeterminateDeny], [.deny, .permit, .permit, .deny]),
        (
            [.indeterminatePermit, .indeterminateDeny],
            [.indeterminateBoth, .indeterminateBoth, .deny, .permit]
        ),
        (
            [.permit, .indeterminatePermit, .indeterminateDeny],
            [.indeterminateBoth, .permit, .permit, .permit]
        ),
        (
            [.deny, .indeterminatePermit, .indeterminateDeny],
            [.deny, .indeterminateBoth, .deny, .deny]
        ),
        (
            [.permit, .deny, .indeterminatePermit, .indeterminateDeny],
            [.deny, .permit, .permit, .deny]
        ),
    ]

    /// Every name of each algorithm, and its column of the table; nil for first-applicable.
    static let algorithms: [(uri: String, column: Int?)] = {
        let names: [(String, [String], Int?)] = [
            ("deny-overrides", ["1.0", "3.0"], 0), ("ordered-deny-overrides", ["1.1", "3.0"], 0),
            ("permit-overrides", ["1.0", "3.0"], 1), ("ordered-permit-overrides", ["1.1", "3.0"], 1),
            ("deny-unless-permit", ["3.0"], 2), ("permit-unless-deny", ["3.0"], 3), ("first-applicable", ["1.0"], nil),
        ]
        return names.flatMap { name, versions, column in
            versions.flatMap { version in
                ["rule", "policy"].map { kind in
                    ("urn:oasis:names:tc:xacml:\(version):\(kind)-combining-algorithm:\(name)", column)
                }
            }
        }
    }()

    /// Every sequence of at most three rules, and the four-rule ones in which each speaks once.
    static let sequences: [[Rule]] = {
        var sequences: [[Rule]] = [[]]
        var last: [[Rule]] = [[]]
        for _ in 1...3 {
            last = last.flatMap { sequence in Rule.allCases.map { sequence + [$0] } }
            sequences += last
        }
        let four: [Rule] = [.permit, .deny, .indeterminatePermit, .indeterminateDeny]
        func orders(_ rules: [Rule]) -> [[Rule]] {
            rules.isEmpty
                ? [[]]
                : rules.indices.flatMap { index in
                    var rest = rules
                    let first = rest.remove(at: index)
                    return orders(rest).map { [first] + $0 }
                }
        }
        return sequences + orders(four)
    }()

    private func outcome(_ sequence: [Rule], _ algorithm: String) throws -> XACMLOutcome {
        let rules = sequence.enumerated().map { $1.document.replacing("RULE", with: "\($0)") }.joined()
        return try evaluate(PolicyDocument.policy(rules, algorithm: algorithm)).outcome
    }

    @Test(arguments: algorithms)
    func `combines every sequence as the table says`(uri: String, column: Int?) throws {
        #expect(Self.sequences.count == 1 + 5 + 25 + 125 + 24)
        for sequence in Self.sequences {
            let expected: XACMLOutcome
            if let column {
                let mixture = Set(sequence).subtracting([.notApplicable])
                expected = try #require(Self.table.first { $0.mixture == mixture }).expected[column]
            } else {
                expected =
                    switch sequence.first(where: { $0 != .notApplicable }) {
                    case .permit: .permit
                    case .deny: .deny
                    case .indeterminatePermit, .indeterminateDeny: .indeterminateBoth
                    case .notApplicable, nil: .notApplicable
                    }
            }
            #expect(try outcome(sequence, uri) == expected, "\(sequence.map(\.rawValue))")
        }
    }

    @Test(arguments: ["urn:unknown", "", "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:only-one-applicable"])
    func `an unknown algorithm is Indeterminate, whatever the rules say`(uri: String) throws {
        for sequence in Self.sequences {
            #expect(try outcome(sequence, uri) == .indeterminateBoth)
        }
        let policy = try XACMLPolicy(parsing: Array(PolicyDocument.policy("", algorithm: uri).utf8))
        #expect(policy.faults.map(\.message) == ["combining algorithm `\(uri)` is not known"])
    }

    @Test func `a missing algorithm is Indeterminate`() throws {
        let document = PolicyDocument.policy(PolicyDocument.rule())
            .replacing(" RuleCombiningAlgId=\"\(PolicyDocument.denyOverrides)\"", with: "")
        #expect(try evaluate(document).outcome == .indeterminateBoth)
    }

    /// Table 7: the target of the policy cannot be evaluated.
    @Test(
        arguments: [
            ([Rule.permit], XACMLOutcome.indeterminatePermit), ([.deny], .indeterminateDeny),
            ([.notApplicable], .notApplicable), ([], .notApplicable), ([.indeterminatePermit], .indeterminatePermit),
            ([.indeterminateDeny], .indeterminateDeny), ([.indeterminateDeny, .permit], .indeterminateBoth),
        ] as [([Rule], XACMLOutcome)]
    )
    func `a faulty policy target weakens what the rules come to`(rules: [Rule], expected: XACMLOutcome) throws {
        let target = PolicyDocument.target(PolicyDocument.match("a", "b", mustBePresent: true))
        let content = rules.enumerated().map { $1.document.replacing("RULE", with: "\($0)") }.joined()
        let evaluation = try evaluate(PolicyDocument.policy(content, target: target))
        #expect(evaluation.outcome == expected)
        #expect(evaluation.status.code == (expected == .notApplicable ? .ok : .missingAttribute))
    }

    @Test func `a policy whose target does not match says nothing, also deny-unless-permit`() throws {
        let target = PolicyDocument.target(PolicyDocument.match("a", "b"))
        let algorithm = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-unless-permit"
        let document = PolicyDocument.policy(PolicyDocument.rule(), algorithm: algorithm, target: target)
        #expect(try evaluate(document).outcome == .notApplicable)
        #expect(try evaluate(document, XACMLAttribute("a", ["b"])).outcome == .permit)
    }
}
