/// One attribute that an obligation or a piece of advice carries (XACML 3.0 section 5.41).
public struct XACMLAttributeAssignment: Sendable, Hashable {
    /// What it says.
    public let identifier: String
    /// Its value, as text of the type.
    public let value: String
    /// The type of the value.
    public let type: XACMLDataType
    /// What it describes; nil when the policy does not say.
    public let category: String?
    /// Who says so; nil when nobody is named.
    public let issuer: String?

    /// An assignment.
    public init(identifier: String, value: String, type: XACMLDataType, category: String?, issuer: String? = nil) {
        self.identifier = identifier
        self.value = value
        self.type = type
        self.category = category
        self.issuer = issuer
    }
}

/// What whoever enforces a decision must do, or, as advice, may do (XACML 3.0 sections 5.34 and 5.35).
public struct XACMLObligation: Sendable, Hashable {
    /// Which one it is.
    public let identifier: String
    /// What goes with it.
    public let assignments: [XACMLAttributeAssignment]

    /// An obligation.
    public init(identifier: String, assignments: [XACMLAttributeAssignment]) {
        self.identifier = identifier
        self.assignments = assignments
    }
}

/// An obligation or piece of advice as the policy states it (XACML 3.0 sections 5.39 and 5.40).
struct ObligationExpression: Sendable {
    struct Assignment: Sendable {
        let identifier: String
        let category: String?
        let issuer: String?
        let expression: Expression
    }

    let identifier: String
    let effect: XACMLEffect
    let isAdvice: Bool
    let assignments: [Assignment]

    /// The obligation on that request: a bag gives one assignment for each of its values.
    ///
    /// - Throws: `XACMLStatus` when one of its expressions cannot be evaluated.
    func obligation(_ evaluator: inout Evaluator) throws(XACMLStatus) -> XACMLObligation {
        var attributes: [XACMLAttributeAssignment] = []
        for assignment in assignments {
            for value in try evaluator.evaluate(assignment.expression).members {
                attributes.append(
                    XACMLAttributeAssignment(
                        identifier: assignment.identifier,
                        value: value.text,
                        type: value.type,
                        category: assignment.category,
                        issuer: assignment.issuer
                    )
                )
            }
        }
        return XACMLObligation(identifier: identifier, assignments: attributes)
    }
}

/// Obligations and advice that were gathered.
struct Duties: Sendable {
    var obligations: [XACMLObligation] = []
    var advice: [XACMLObligation] = []

    /// Adds those that belong to that effect.
    ///
    /// - Throws: `XACMLStatus` when one of their expressions cannot be evaluated (section 7.18).
    mutating func gather(
        _ expressions: [ObligationExpression],
        on effect: XACMLEffect,
        _ evaluator: inout Evaluator
    ) throws(XACMLStatus) {
        for expression in expressions where expression.effect == effect {
            let obligation = try expression.obligation(&evaluator)
            if expression.isAdvice { advice.append(obligation) } else { obligations.append(obligation) }
        }
    }
}
