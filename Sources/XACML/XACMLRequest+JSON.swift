public import JOSE

extension XACMLRequest {
    /// Reads a request of the JSON profile, version 1.0 or 1.1; names of members in any case.
    ///
    /// - Throws: `XACMLStatus`, a syntax error that says what to mend.
    public init(json value: JSONValue) throws(XACMLStatus) {
        let document = try JSONMembers(value, "$")
        let request = try JSONMembers(document["Request"], "Request")
        var groups: [XACMLAttributes] = []
        for (name, category) in XACMLCategory.shortNames {
            for value in try request.list(name) { groups.append(try Self.group(value, name, category)) }
        }
        for value in try request.list("Category") {
            let members = try JSONMembers(value, "Category")
            let category = XACMLCategory(try members.requiredText("CategoryId"))
            groups.append(try Self.group(value, "Category", category))
        }
        var references: [[String]] = []
        if let multiple = request["MultiRequests"] {
            let members = try JSONMembers(multiple, "MultiRequests")
            let list = try members.list("RequestReference")
            guard list.count <= Self.maximumReferences else {
                throw members.fault("RequestReference", "a list of at most \(Self.maximumReferences)")
            }
            for value in list {
                let reference = try JSONMembers(value, "RequestReference")
                guard let identifiers = reference["ReferenceId"]?.strings else {
                    throw reference.fault("ReferenceId", "a list of texts")
                }
                references.append(identifiers)
            }
        }
        self.init(
            groups,
            references: references,
            returnsPolicyIdentifiers: try request.flag("ReturnPolicyIdList")
        )
    }

    private static func group(
        _ value: JSONValue,
        _ name: String,
        _ category: XACMLCategory
    ) throws(XACMLStatus) -> XACMLAttributes {
        let members = try JSONMembers(value, name)
        var attributes: [XACMLAttribute] = []
        for attribute in try members.list("Attribute") { attributes.append(try Self.attribute(attribute)) }
        return XACMLAttributes(category, identifier: try members.text("Id"), attributes)
    }

    static func attribute(_ value: JSONValue) throws(XACMLStatus) -> XACMLAttribute {
        let members = try JSONMembers(value, "Attribute")
        guard let value = members["Value"] else { throw members.fault("Value", "given") }
        let elements = value.array ?? [value]
        let declared = try members.text("DataType").map { XACMLDataType($0) }
        var type = declared
        var values: [String] = []
        for element in elements {
            guard let (text, inferred) = literal(element) else {
                throw members.fault("Value", "a text, a number, a truth value or a list of them")
            }
            // Section 3.3.1: an array with integers and other numbers is one of doubles.
            switch (declared, type) {
            case (nil, nil), (nil, inferred?): type = inferred
            case (nil, .integer?) where inferred == .double, (nil, .double?) where inferred == .integer: type = .double
            case (nil, _): throw members.fault("Value", "a list of one type")
            default: break
            }
            values.append(text)
        }
        return XACMLAttribute(
            try members.requiredText("AttributeId"),
            values,
            type: type ?? .string,
            issuer: try members.text("Issuer"),
            isInResult: try members.flag("IncludeInResult")
        )
    }

    /// The text of a JSON value, and the type that the profile infers from it (section 3.3.1).
    private static func literal(_ value: JSONValue) -> (text: String, type: XACMLDataType)? {
        switch value {
        case .string(let text): (text, .string)
        case .bool(let value): (value ? "true" : "false", .boolean)
        case .number(let number): (number.source, number.integer == nil ? .double : .integer)
        case .null, .array, .object: nil
        }
    }

    /// The request as the JSON profile writes it.
    public var json: JSONValue {
        var request = JSONObject()
        if returnsPolicyIdentifiers { request["ReturnPolicyIdList"] = true }
        var rest: [JSONValue] = []
        for group in groups {
            if let short = XACMLCategory.shortNames.first(where: { $0.category == group.category }) {
                request[short.name] = .array((request[short.name]?.array ?? []) + [.object(group.json)])
            } else {
                var object = group.json
                object["CategoryId"] = .string(group.category.uri)
                rest.append(.object(object))
            }
        }
        if !rest.isEmpty { request["Category"] = .array(rest) }
        if !references.isEmpty {
            let list = references.map { JSONValue.object(["ReferenceId": .strings($0)]) }
            request["MultiRequests"] = ["RequestReference": .array(list)]
        }
        return ["Request": .object(request)]
    }
}

extension XACMLAttributes {
    /// The group without its category.
    var json: JSONObject {
        var object = JSONObject()
        if let identifier { object["Id"] = .string(identifier) }
        object["Attribute"] = .array(
            attributes.map { attribute in
                var member: JSONObject = ["AttributeId": .string(attribute.identifier)]
                let texts = attribute.values.map { JSONValue.string($0) }
                member["Value"] = texts.count == 1 ? texts[0] : .array(texts)
                member["DataType"] = .string(attribute.type.uri)
                if let issuer = attribute.issuer { member["Issuer"] = .string(issuer) }
                if attribute.isInResult { member["IncludeInResult"] = true }
                return .object(member)
            }
        )
        return object
    }
}
