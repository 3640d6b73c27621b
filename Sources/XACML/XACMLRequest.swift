/// A request for one decision or several (XACML 3.0 section 5.42; JSON profile section 4).
public struct XACMLRequest: Sendable, Hashable {
    /// Whether the response names the policy that decided.
    public var returnsPolicyIdentifiers: Bool
    /// The attributes in order.
    public var groups: [XACMLAttributes]
    /// The most decisions that one request in JSON may ask for.
    public static let maximumReferences = 1_000

    /// Which groups make one request each, by their identifiers; empty for a single request.
    public var references: [[String]]

    /// A request for decisions.
    public init(_ groups: [XACMLAttributes], references: [[String]] = [], returnsPolicyIdentifiers: Bool = false) {
        self.groups = groups
        self.references = references
        self.returnsPolicyIdentifiers = returnsPolicyIdentifiers
    }

    /// Whether several decisions are asked for: with fewer than two references the whole is one request.
    public var isMultiple: Bool { references.count >= 2 }

    /// What each decision is to be made on, in the order of the references.
    ///
    /// A reference to a group that is not there, or to two of one category, fails with a syntax error, by itself.
    public var contexts: [Result<XACMLContext, XACMLStatus>] {
        guard isMultiple else { return [.success(XACMLContext(groups))] }
        let named = Dictionary(grouping: groups.filter { $0.identifier != nil }) { $0.identifier ?? "" }
        return references.map { reference in
            do throws(XACMLStatus) {
                return .success(try Self.context(of: reference, among: named))
            } catch { return .failure(error) }
        }
    }

    private static func context(
        of reference: [String],
        among groups: [String: [XACMLAttributes]]
    ) throws(XACMLStatus) -> XACMLContext {
        var chosen: [XACMLAttributes] = []
        for identifier in reference {
            guard let named = groups[identifier], named.count == 1 else {
                throw XACMLStatus(.syntaxError, "a reference names `\(identifier)`, which is not there exactly once")
            }
            guard !chosen.contains(where: { $0.category == named[0].category }) else {
                throw XACMLStatus(.syntaxError, "a reference names two of one category")
            }
            chosen += named
        }
        return XACMLContext(chosen)
    }
}

/// The answer to one request.
public struct XACMLResult: Sendable, Hashable {
    /// The decision.
    public var decision: XACMLDecision
    /// Ok, or why there is no decision; its message may say why a decision fell so.
    public var status: XACMLStatus
    /// What whoever enforces must do.
    public var obligations: [XACMLObligation]
    /// What whoever enforces may do.
    public var advice: [XACMLObligation]
    /// The attributes that were to be repeated.
    public var groups: [XACMLAttributes]
    /// The policy that decided, when it was asked for.
    public var policies: [PolicyReference]

    /// A policy and its version.
    public struct PolicyReference: Sendable, Hashable {
        /// Its identifier.
        public let identifier: String
        /// Its version; nil when it was not said.
        public let version: String?

        /// A reference.
        public init(_ identifier: String, version: String?) {
            self.identifier = identifier
            self.version = version
        }
    }

    /// An answer.
    public init(_ decision: XACMLDecision, _ status: XACMLStatus = .ok) {
        self.decision = decision
        self.status = status
        obligations = []
        advice = []
        groups = []
        policies = []
    }
}

/// The answers to a request, in the order of its references (XACML 3.0 section 5.47).
public struct XACMLResponse: Sendable, Hashable {
    /// The answers.
    public var results: [XACMLResult]

    /// A response.
    public init(_ results: [XACMLResult]) { self.results = results }
}

extension XACMLContext {
    /// The attributes that the response is to repeat, without groups that have none.
    public var groupsInResult: [XACMLAttributes] {
        groups.compactMap { group in
            var group = group
            group.attributes.removeAll { !$0.isInResult }
            return group.attributes.isEmpty ? nil : group
        }
    }
}
