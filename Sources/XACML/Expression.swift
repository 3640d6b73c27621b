/// Which attribute's values an expression takes from the request (XACML 3.0 section 5.29).
struct AttributeDesignator: Sendable, Hashable {
    let category: XACMLCategory
    let identifier: String
    let type: XACMLDataType
    let issuer: String?
    let mustBePresent: Bool
}

/// An expression of a condition, an obligation or one side of a match (XACML 3.0 section 5.25).
indirect enum Expression: Sendable {
    case literal(Datum)
    case designator(AttributeDesignator)
    case apply(Function, [Expression])
    /// A function that another one is given.
    case function(Function)
    case variable(String)
    /// What cannot be evaluated, and why: whatever rests on it is Indeterminate.
    case unsupported(XACMLStatus)

    /// The variables that stand in it.
    var variables: [String] {
        switch self {
        case .variable(let identifier): [identifier]
        case .apply(_, let arguments): arguments.flatMap(\.variables)
        case .literal, .designator, .function, .unsupported: []
        }
    }

    /// What in it cannot be evaluated.
    var faults: [XACMLStatus] {
        switch self {
        case .unsupported(let status): [status]
        case .apply(_, let arguments): arguments.flatMap(\.faults)
        case .literal, .designator, .function, .variable: []
        }
    }

    /// The attributes that it takes from the request.
    var designators: [AttributeDesignator] {
        switch self {
        case .designator(let designator): [designator]
        case .apply(_, let arguments): arguments.flatMap(\.designators)
        case .literal, .function, .variable, .unsupported: []
        }
    }
}

/// What an expression came to.
enum Evaluated: Sendable {
    case one(Datum)
    case bag(XACMLDataType, [Datum])

    /// The single value.
    ///
    /// - Throws: `XACMLStatus` when it is a bag.
    var value: Datum {
        get throws(XACMLStatus) {
            guard case .one(let value) = self else {
                throw XACMLStatus(.processingError, "a bag stands where one value is needed")
            }
            return value
        }
    }

    /// The truth value.
    ///
    /// - Throws: `XACMLStatus` when it is anything else.
    var truth: Bool {
        get throws(XACMLStatus) {
            guard case .boolean(let truth) = try value else {
                throw XACMLStatus(.processingError, "a value stands where a truth value is needed")
            }
            return truth
        }
    }

    /// Whether it is a bag.
    var isBag: Bool {
        if case .bag = self { true } else { false }
    }

    /// Its values, one or many.
    var members: [Datum] {
        switch self {
        case .one(let value): [value]
        case .bag(_, let values): values
        }
    }

    /// The values of a bag of that type.
    ///
    /// - Throws: `XACMLStatus` when it is one value, or of another type.
    func bag(of type: XACMLDataType) throws(XACMLStatus) -> [Datum] {
        guard case .bag(type, let values) = self else {
            throw XACMLStatus(.processingError, "a bag of `\(type.uri)` is needed")
        }
        return values
    }
}
