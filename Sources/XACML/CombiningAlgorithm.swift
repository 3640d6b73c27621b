/// How the decisions of many rules become one (XACML 3.0 appendix C).
public enum XACMLCombiningAlgorithm: Sendable, Hashable {
    /// A Deny wins over all; in whatever order, so that they are taken in theirs (C.2, C.3, C.10, C.11).
    case denyOverrides
    /// A Permit wins over all (C.4, C.5, C.12, C.13).
    case permitOverrides
    /// Deny, but for a Permit; never Indeterminate or NotApplicable (C.6).
    case denyUnlessPermit
    /// Permit, but for a Deny; never Indeterminate or NotApplicable (C.7).
    case permitUnlessDeny
    /// The first rule that is applicable decides (C.8).
    case firstApplicable
    /// None of these: all that it should combine is Indeterminate.
    case unknown(String)

    /// The algorithm of that URI, be it one for rules or one for policies, of version 1.0, 1.1 or 3.0.
    public init(uri: String) {
        guard let algorithm = Self.byURI[uri] else {
            self = .unknown(uri)
            return
        }
        self = algorithm
    }

    private static let byURI: [String: XACMLCombiningAlgorithm] = {
        let names: [(versions: [String], name: String, algorithm: XACMLCombiningAlgorithm)] = [
            (["1.0", "3.0"], "deny-overrides", .denyOverrides),
            (["1.1", "3.0"], "ordered-deny-overrides", .denyOverrides),
            (["1.0", "3.0"], "permit-overrides", .permitOverrides),
            (["1.1", "3.0"], "ordered-permit-overrides", .permitOverrides),
            (["3.0"], "deny-unless-permit", .denyUnlessPermit),
            (["3.0"], "permit-unless-deny", .permitUnlessDeny),
            (["1.0"], "first-applicable", .firstApplicable),
        ]
        var table: [String: XACMLCombiningAlgorithm] = [:]
        for (versions, name, algorithm) in names {
            for version in versions {
                for kind in ["rule", "policy"] {
                    table["urn:oasis:names:tc:xacml:\(version):\(kind)-combining-algorithm:\(name)"] = algorithm
                }
            }
        }
        return table
    }()

    /// Whether it can be evaluated.
    public var isKnown: Bool {
        if case .unknown = self { false } else { true }
    }
}

/// The decisions of rules on their way to becoming one.
struct Combination {
    let algorithm: XACMLCombiningAlgorithm
    private var hasPermit = false
    private var hasDeny = false
    private var couldPermit = false
    private var couldDeny = false
    private var first: XACMLOutcome?

    init(_ algorithm: XACMLCombiningAlgorithm) { self.algorithm = algorithm }

    /// Takes one more decision; answers whether nothing that follows can change the result.
    mutating func add(_ outcome: XACMLOutcome) -> Bool {
        switch outcome {
        case .permit: hasPermit = true
        case .deny: hasDeny = true
        case .notApplicable: return false
        case .indeterminatePermit: couldPermit = true
        case .indeterminateDeny: couldDeny = true
        case .indeterminateBoth:
            couldPermit = true
            couldDeny = true
            hasBoth = true
        }
        if first == nil { first = outcome }
        return switch algorithm {
        case .denyOverrides, .permitUnlessDeny: hasDeny
        case .permitOverrides, .denyUnlessPermit: hasPermit
        case .firstApplicable: true
        case .unknown: true
        }
    }

    private var hasBoth = false

    /// What they come to.
    var result: XACMLOutcome {
        switch algorithm {
        case .denyOverrides:
            if hasDeny { return .deny }
            if hasBoth || (couldDeny && (couldPermit || hasPermit)) { return .indeterminateBoth }
            if couldDeny { return .indeterminateDeny }
            if hasPermit { return .permit }
            return couldPermit ? .indeterminatePermit : .notApplicable
        case .permitOverrides:
            if hasPermit { return .permit }
            if hasBoth || (couldPermit && (couldDeny || hasDeny)) { return .indeterminateBoth }
            if couldPermit { return .indeterminatePermit }
            if hasDeny { return .deny }
            return couldDeny ? .indeterminateDeny : .notApplicable
        case .denyUnlessPermit: return hasPermit ? .permit : .deny
        case .permitUnlessDeny: return hasDeny ? .deny : .permit
        case .firstApplicable:
            switch first {
            case .permit?: return .permit
            case .deny?: return .deny
            case nil, .notApplicable?: return .notApplicable
            // C.8 knows no extended set: a rule after the faulty one might have said either (table 7).
            case .indeterminatePermit?, .indeterminateDeny?, .indeterminateBoth?: return .indeterminateBoth
            }
        case .unknown: return .indeterminateBoth
        }
    }
}
