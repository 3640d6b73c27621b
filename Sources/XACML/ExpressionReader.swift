/// Reads expressions; what cannot be evaluated becomes an expression that says so.
enum ExpressionReader {
    static func expression(_ element: XMLElement, in parent: XMLElement) throws(XACMLPolicyError) -> Expression {
        try element.requireStandardNamespace(in: parent)
        switch element.name {
        case "AttributeValue": return try literal(element)
        case "AttributeDesignator": return try designator(element)
        case "AttributeSelector":
            return .unsupported(XACMLStatus(.processingError, "`AttributeSelector` is not evaluated"))
        case "VariableReference": return .variable(try element.attribute("VariableId"))
        case "Function":
            let urn = try element.attribute("FunctionId")
            return Function(urn: urn).map { .function($0) } ?? .unsupported(unknownFunction(urn))
        case "Apply":
            try element.requireElementsOnly()
            var arguments: [Expression] = []
            for child in element.children where child.name != "Description" {
                arguments.append(try expression(child, in: element))
            }
            let urn = try element.attribute("FunctionId")
            guard let function = Function(urn: urn) else { return .unsupported(unknownFunction(urn)) }
            return .apply(function, arguments)
        default: throw .unexpectedElement(element.name, in: parent.name)
        }
    }

    static func unknownFunction(_ urn: String) -> XACMLStatus {
        XACMLStatus(.processingError, "function `\(urn)` is not known")
    }

    private static func literal(_ element: XMLElement) throws(XACMLPolicyError) -> Expression {
        do { return .literal(try value(element)) } catch let error as XACMLStatus {
            return .unsupported(error)
        } catch let error as XACMLPolicyError { throw error } catch { throw .invalid("AttributeValue", in: "Policy") }
    }

    private static func designator(_ element: XMLElement) throws(XACMLPolicyError) -> Expression {
        let designator = try attribute(element)
        if let fault = fault(of: designator) { return .unsupported(fault) }
        return .designator(designator)
    }

    /// The attribute that an `AttributeDesignator` names.
    static func attribute(_ element: XMLElement) throws(XACMLPolicyError) -> AttributeDesignator {
        let mustBePresent: Bool
        switch element.attributes["MustBePresent"] {
        case "true", "1": mustBePresent = true
        case "false", "0", nil: mustBePresent = false
        default: throw .invalid("MustBePresent", in: "AttributeDesignator")
        }
        return AttributeDesignator(
            category: XACMLCategory(try element.attribute("Category")),
            identifier: try element.attribute("AttributeId"),
            type: XACMLDataType(uri: try element.attribute("DataType")),
            issuer: element.attributes["Issuer"],
            mustBePresent: mustBePresent
        )
    }

    /// Why an attribute cannot be taken from a request; nil when it can.
    static func fault(of designator: AttributeDesignator) -> XACMLStatus? {
        if !designator.category.isKnown {
            return XACMLStatus(.processingError, "category `\(designator.category.uri)` is not known")
        }
        if !designator.type.isKnown {
            return XACMLStatus(.processingError, "data type `\(designator.type.uri)` is not known")
        }
        return nil
    }

    /// The value of an `AttributeValue`.
    ///
    /// - Throws: `XACMLPolicyError`, or `XACMLStatus` when the value cannot be evaluated.
    static func value(_ element: XMLElement) throws -> Datum {
        let type = XACMLDataType(uri: try element.attribute("DataType"))
        guard type.isKnown else { throw XACMLStatus(.processingError, "data type `\(type.uri)` is not known") }
        guard element.children.isEmpty, let value = Datum(element.text, as: type) else {
            throw XACMLStatus(.syntaxError, "a value in the policy is no `\(type.uri)`")
        }
        return value
    }
}

/// Reads targets.
enum TargetReader {
    static func target(_ element: XMLElement) throws(XACMLPolicyError) -> Target {
        Target(
            anyOf: try list(element, of: "AnyOf") { anyOf throws(XACMLPolicyError) in
                let alternatives = try list(anyOf, of: "AllOf") { allOf throws(XACMLPolicyError) in
                    let matches = try list(allOf, of: "Match", match)
                    guard !matches.isEmpty else { throw .missing("Match", in: "AllOf") }
                    return matches
                }
                // An empty `AnyOf` would match nothing or all, depending on who reads it.
                guard !alternatives.isEmpty else { throw .missing("AllOf", in: "AnyOf") }
                return alternatives
            }
        )
    }

    private static func list<Element>(
        _ parent: XMLElement,
        of name: String,
        _ read: (XMLElement) throws(XACMLPolicyError) -> Element
    ) throws(XACMLPolicyError) -> [Element] {
        try parent.requireElementsOnly()
        var elements: [Element] = []
        for child in parent.children {
            try child.requireStandardNamespace(in: parent)
            guard child.name == name else { throw .unexpectedElement(child.name, in: parent.name) }
            elements.append(try read(child))
        }
        return elements
    }

    private static func match(_ element: XMLElement) throws(XACMLPolicyError) -> Match {
        guard element.children.count == 2, element.children[0].name == "AttributeValue" else {
            throw .missing("AttributeValue", in: "Match")
        }
        let (literal, other) = (element.children[0], element.children[1])
        try literal.requireStandardNamespace(in: element)
        try other.requireStandardNamespace(in: element)
        let urn = try element.attribute("MatchId")
        switch other.name {
        case "AttributeSelector":
            let status = XACMLStatus(.processingError, "`AttributeSelector` is not evaluated")
            return Match(test: .unsupported(status), attribute: nil, value: literal.text)
        case "AttributeDesignator":
            let attribute = try ExpressionReader.attribute(other)
            return Match(
                test: try test(urn, literal, attribute),
                attribute: attribute,
                value: literal.text
            )
        default: throw .unexpectedElement(other.name, in: "Match")
        }
    }

    private static func test(
        _ urn: String,
        _ literal: XMLElement,
        _ attribute: AttributeDesignator
    ) throws(XACMLPolicyError) -> Match.Test {
        guard let function = Function(urn: urn), function.matches else {
            return .unsupported(ExpressionReader.unknownFunction(urn))
        }
        if let fault = ExpressionReader.fault(of: attribute) { return .unsupported(fault) }
        do { return .holds(function, try ExpressionReader.value(literal), attribute) } catch let error as XACMLStatus {
            return .unsupported(error)
        } catch let error as XACMLPolicyError { throw error } catch { throw .invalid("AttributeValue", in: "Match") }
    }
}

/// Reads obligations and advice.
enum DutyReader {
    static func duties(_ list: XMLElement) throws(XACMLPolicyError) -> [ObligationExpression] {
        try list.requireElementsOnly()
        let isAdvice = list.name == "AdviceExpressions"
        let name = isAdvice ? "AdviceExpression" : "ObligationExpression"
        var duties: [ObligationExpression] = []
        for element in list.children {
            try element.requireStandardNamespace(in: list)
            guard element.name == name else { throw .unexpectedElement(element.name, in: list.name) }
            let when = isAdvice ? "AppliesTo" : "FulfillOn"
            guard let effect = XACMLEffect(rawValue: try element.attribute(when)) else {
                throw .invalid(when, in: name)
            }
            duties.append(
                ObligationExpression(
                    identifier: try element.attribute(isAdvice ? "AdviceId" : "ObligationId"),
                    effect: effect,
                    isAdvice: isAdvice,
                    assignments: try assignments(element)
                )
            )
        }
        return duties
    }

    private static func assignments(
        _ duty: XMLElement
    ) throws(XACMLPolicyError) -> [ObligationExpression.Assignment] {
        var assignments: [ObligationExpression.Assignment] = []
        for element in duty.children {
            try element.requireStandardNamespace(in: duty)
            guard element.name == "AttributeAssignmentExpression", element.children.count == 1 else {
                throw .unexpectedElement(element.name, in: duty.name)
            }
            assignments.append(
                ObligationExpression.Assignment(
                    identifier: try element.attribute("AttributeId"),
                    category: element.attributes["Category"],
                    issuer: element.attributes["Issuer"],
                    expression: try ExpressionReader.expression(element.children[0], in: element)
                )
            )
        }
        return assignments
    }
}

extension XMLElement {
    /// The attribute of that name.
    func attribute(_ name: String) throws(XACMLPolicyError) -> String {
        guard let value = attributes[name] else { throw .missing(name, in: self.name) }
        return value
    }

    /// Refuses text between elements.
    func requireElementsOnly() throws(XACMLPolicyError) {
        guard holdsOnlyElements else { throw .invalid("text", in: name) }
    }

    /// Refuses an element of a foreign namespace.
    func requireStandardNamespace(in parent: XMLElement) throws(XACMLPolicyError) {
        guard namespace == XACMLNamespace.core else { throw .unexpectedElement(name, in: parent.name) }
    }
}
