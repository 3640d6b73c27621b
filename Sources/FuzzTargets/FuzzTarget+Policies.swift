import JOSE
import Vocabulary
import XACML

extension FuzzTarget {
    /// A policy of XACML 3.0 in XML: read without fetching anything, and evaluated to the same end each time.
    static let policy = FuzzTarget("xacml-policy", maximumLength: 8_192) { input in
        guard let policy = try? XACMLPolicy(parsing: input) else { return false }
        let text = String(decoding: input, as: UTF8.self)
        try demand(!text.contains("<!DOCTYPE") && !text.contains("<!ENTITY"), "a document type was accepted")
        try demand(Set(policy.rules.map(\.identifier)).count == policy.rules.count, "two rules of one name")
        let now = Timestamp(seconds: 1_800_000_000)
        for context in contexts {
            let evaluation = policy.evaluate(context, at: now)
            try demand(policy.evaluate(context, at: now) == evaluation, "the same request is decided in two ways")
            try demand(
                evaluation.decision != .permit
                    || evaluation.decidingRules.allSatisfy { deciding in
                        policy.rules.contains { $0.identifier == deciding }
                    },
                "a rule decided that is not there"
            )
        }
        return true
    }

    private static let contexts: [XACMLContext] = {
        var full = XACMLContext()
        full.add(["DAGL", "x"], of: "urn:altinn:rolecode", to: .accessSubject)
        full.add(["x"], of: "name", to: .accessSubject)
        full.add(["3"], of: "level", to: .accessSubject)
        full.add(["read"], of: "action", to: .action)
        full.add(["r"], of: "urn:altinn:resource", to: .resource)
        return [XACMLContext(), full]
    }()

    /// A request of the JSON profile: written anew it is the same request.
    static let request = FuzzTarget("xacml-request") { input in
        guard let value = try? JSONValue(parsing: input), let request = try? XACMLRequest(json: value) else {
            return false
        }
        try demand(try XACMLRequest(json: request.json) == request, "a request written anew is another")
        try demand(
            request.contexts.count <= XACMLRequest.maximumReferences,
            "more decisions than one request may ask for"
        )
        return true
    }
}
