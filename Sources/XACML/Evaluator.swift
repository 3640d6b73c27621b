import Vocabulary

/// Evaluates expressions on one request; remembers what variables came to, so that each is evaluated once.
struct Evaluator {
    let context: XACMLContext
    let variables: [String: Expression]
    let now: Timestamp
    private var known: [String: Result<Evaluated, XACMLStatus>] = [:]

    init(_ context: XACMLContext, variables: [String: Expression], at now: Timestamp) {
        self.context = context
        self.variables = variables
        self.now = now
    }

    /// What the expression comes to.
    ///
    /// - Throws: `XACMLStatus`: whatever rests on the expression is Indeterminate for that reason.
    mutating func evaluate(_ expression: Expression) throws(XACMLStatus) -> Evaluated {
        switch expression {
        case .literal(let value): return .one(value)
        case .designator(let designator): return .bag(designator.type, try values(of: designator))
        case .apply(let function, let arguments): return try apply(function, to: arguments)
        case .variable(let identifier): return try variable(identifier)
        case .function: throw XACMLStatus(.processingError, "a function stands where a value is needed")
        case .unsupported(let status): throw status
        }
    }

    private mutating func variable(_ identifier: String) throws(XACMLStatus) -> Evaluated {
        if let known = known[identifier] { return try known.get() }
        guard let expression = variables[identifier] else {
            throw XACMLStatus(.processingError, "variable `\(identifier)` is not defined")
        }
        let result: Result<Evaluated, XACMLStatus>
        do { result = .success(try evaluate(expression)) } catch { result = .failure(error) }
        known[identifier] = result
        return try result.get()
    }

    /// The bag of an attribute's values (XACML 3.0 section 7.3.5).
    func values(of designator: AttributeDesignator) throws(XACMLStatus) -> [Datum] {
        var bag: [Datum] = []
        for group in context.groups where group.category == designator.category {
            for attribute in group.attributes where attribute.identifier == designator.identifier {
                guard attribute.type == designator.type else { continue }
                if let issuer = designator.issuer, attribute.issuer != issuer { continue }
                try append(attribute, to: &bag)
            }
        }
        if bag.isEmpty, let time = presentTime(designator) { bag.append(time) }
        guard !bag.isEmpty || !designator.mustBePresent else {
            throw Self.missing(designator)
        }
        return bag
    }

    /// Whether one of a string attribute's values is that text (section 7.6, `string-equal`).
    func holds(_ text: String, _ designator: AttributeDesignator) throws(XACMLStatus) -> Bool {
        var isPresent = false
        for group in context.groups where group.category == designator.category {
            for attribute in group.attributes
            where attribute.type == .string && attribute.identifier == designator.identifier {
                if let issuer = designator.issuer, attribute.issuer != issuer { continue }
                for value in attribute.values {
                    isPresent = true
                    if Datum.isSame(value, text) { return true }
                }
            }
        }
        guard isPresent || !designator.mustBePresent else { throw Self.missing(designator) }
        return false
    }

    private static func missing(_ designator: AttributeDesignator) -> XACMLStatus {
        XACMLStatus(.missingAttribute, "attribute `\(designator.identifier)` is missing")
    }

    private func append(_ attribute: XACMLAttribute, to bag: inout [Datum]) throws(XACMLStatus) {
        for text in attribute.values {
            guard let value = Datum(text, as: attribute.type) else {
                throw XACMLStatus(
                    .syntaxError,
                    "a value of attribute `\(attribute.identifier)` is no `\(attribute.type.uri)`"
                )
            }
            bag.append(value)
        }
    }

    /// XACML 3.0 B.7: whoever evaluates supplies the present time when the request does not.
    private func presentTime(_ designator: AttributeDesignator) -> Datum? {
        guard designator.category == .environment, designator.issuer == nil else { return nil }
        let day = CalendarDate(of: now).start
        switch (designator.identifier, designator.type) {
        case ("urn:oasis:names:tc:xacml:1.0:environment:current-time", .time):
            return .time((now - day).count * LexicalTime.second)
        case ("urn:oasis:names:tc:xacml:1.0:environment:current-date", .date): return .date(day.seconds)
        case ("urn:oasis:names:tc:xacml:1.0:environment:current-dateTime", .dateTime):
            return .dateTime(now.seconds, 0)
        default: return nil
        }
    }
}
