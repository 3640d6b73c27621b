/// One comparison of a target (XACML 3.0 section 5.11).
struct Match: Sendable {
    /// What is compared.
    enum Test: Sendable {
        /// The function holds for the literal and one of the attribute's values.
        case holds(Function, Datum, AttributeDesignator)
        /// It cannot be evaluated.
        case unsupported(XACMLStatus)
    }

    let test: Test
    /// The attribute and value as the policy writes them; what derivations show.
    let attribute: AttributeDesignator?
    let value: String

    /// Whether it holds (section 7.6).
    ///
    /// - Throws: `XACMLStatus` when that cannot be known.
    func holds(_ evaluator: Evaluator) throws(XACMLStatus) -> Bool {
        switch test {
        case .unsupported(let status): throw status
        case .holds(.equal(.string), .string(let text), let designator):
            // What nearly every match is: no bag is made for it.
            return try evaluator.holds(text, designator)
        case .holds(let function, let literal, let designator):
            var fault: XACMLStatus?
            for value in try evaluator.values(of: designator) {
                do { if try Evaluator.holds(function, literal, value) { return true } } catch { fault = error }
            }
            if let fault { throw fault }
            return false
        }
    }
}

extension Match {
    /// Whether a value must equal the policy's, but for case perhaps.
    var asksForEquality: Bool {
        switch test {
        case .holds(.equal, _, _), .holds(.equalIgnoringCase, _, _): true
        case .holds, .unsupported: false
        }
    }
}

/// Which requests a rule or a policy speaks of: AND of `AnyOf`, each an OR of `AllOf`, each an AND of `Match`.
struct Target: Sendable {
    let anyOf: [[[Match]]]

    /// Whether it matches (section 7.7); an empty target matches all.
    ///
    /// - Throws: `XACMLStatus` when that cannot be known.
    func matches(_ evaluator: Evaluator) throws(XACMLStatus) -> Bool {
        var fault: XACMLStatus?
        for alternatives in anyOf {
            do { if try !Self.hasMatch(alternatives, evaluator) { return false } } catch { fault = fault ?? error }
        }
        if let fault { throw fault }
        return true
    }

    /// Table 5: one match is enough, whatever the others come to.
    private static func hasMatch(_ alternatives: [[Match]], _ evaluator: Evaluator) throws(XACMLStatus) -> Bool {
        var fault: XACMLStatus?
        for all in alternatives {
            do { if try holds(all, evaluator) { return true } } catch { fault = fault ?? error }
        }
        if let fault { throw fault }
        return false
    }

    /// Table 6: one false is enough, whatever the others come to.
    private static func holds(_ all: [Match], _ evaluator: Evaluator) throws(XACMLStatus) -> Bool {
        var fault: XACMLStatus?
        for match in all {
            do { if try !match.holds(evaluator) { return false } } catch { fault = fault ?? error }
        }
        if let fault { throw fault }
        return true
    }
}
