public import JOSE

extension XACMLResponse {
    /// The response as deployments of the profile write it: upper-case members, but for those of obligations.
    public var json: JSONValue { ["Response": .array(results.map { .object($0.json) })] }

    /// Reads a response of the JSON profile; names of members in any case.
    ///
    /// - Throws: `XACMLStatus`, a syntax error that says what to mend.
    public init(json value: JSONValue) throws(XACMLStatus) {
        let document = try JSONMembers(value, "$")
        guard document["Response"] != nil else { throw document.fault("Response", "given") }
        var results: [XACMLResult] = []
        for value in try document.list("Response") { results.append(try XACMLResult(json: value)) }
        self.init(results)
    }
}

extension XACMLResult {
    var json: JSONObject {
        var object: JSONObject = ["Decision": .string(decision.rawValue)]
        var status: JSONObject = ["StatusCode": ["Value": .string(self.status.code.rawValue)]]
        if let message = self.status.message { status["StatusMessage"] = .string(message) }
        object["Status"] = .object(status)
        if !obligations.isEmpty { object["Obligations"] = .array(obligations.map { .object($0.json) }) }
        if !advice.isEmpty { object["AssociatedAdvice"] = .array(advice.map { .object($0.json) }) }
        if !groups.isEmpty {
            object["Category"] = .array(
                groups.map { group in
                    var member: JSONObject = ["CategoryId": .string(group.category.uri)]
                    for part in group.json.members { member[part.name] = part.value }
                    return .object(member)
                }
            )
        }
        if !policies.isEmpty {
            let references = policies.map { policy in
                var reference: JSONObject = ["Id": .string(policy.identifier)]
                if let version = policy.version { reference["Version"] = .string(version) }
                return JSONValue.object(reference)
            }
            object["PolicyIdentifierList"] = ["PolicyIdReference": .array(references)]
        }
        return object
    }

    init(json value: JSONValue) throws(XACMLStatus) {
        let members = try JSONMembers(value, "Response")
        guard let decision = XACMLDecision(rawValue: try members.requiredText("Decision")) else {
            throw members.fault("Decision", "one of the four decisions")
        }
        self.init(decision, try Self.status(members["Status"]))
        for duty in try members.list("Obligations") { obligations.append(try XACMLObligation(json: duty)) }
        for duty in try members.list("AssociatedAdvice") { advice.append(try XACMLObligation(json: duty)) }
        for value in try members.list("Category") {
            let group = try JSONMembers(value, "Category")
            var attributes: [XACMLAttribute] = []
            for attribute in try group.list("Attribute") { attributes.append(try XACMLRequest.attribute(attribute)) }
            groups.append(
                XACMLAttributes(
                    XACMLCategory(try group.requiredText("CategoryId")),
                    identifier: try group.text("Id"),
                    attributes
                )
            )
        }
        guard let list = members["PolicyIdentifierList"] else { return }
        for value in try JSONMembers(list, "PolicyIdentifierList").list("PolicyIdReference") {
            let reference = try JSONMembers(value, "PolicyIdReference")
            policies.append(PolicyReference(try reference.requiredText("Id"), version: try reference.text("Version")))
        }
    }

    private static func status(_ value: JSONValue?) throws(XACMLStatus) -> XACMLStatus {
        guard let value else { return .ok }
        let status = try JSONMembers(value, "Status")
        let message = try status.text("StatusMessage")
        guard let code = status["StatusCode"] else { return XACMLStatus(.ok, message) }
        let members = try JSONMembers(code, "StatusCode")
        guard let code = XACMLStatus.Code(rawValue: try members.requiredText("Value")) else {
            throw members.fault("Value", "a status code of the standard")
        }
        return XACMLStatus(code, message)
    }
}

extension XACMLObligation {
    // Lower camel case: that is what deployments send and what their clients read.
    var json: JSONObject {
        [
            "id": .string(identifier),
            "attributeAssignment": .array(
                assignments.map { assignment in
                    [
                        "attributeId": .string(assignment.identifier),
                        "value": .string(assignment.value),
                        "category": assignment.category.map { .string($0) } ?? .null,
                        "dataType": .string(assignment.type.uri),
                        "issuer": assignment.issuer.map { .string($0) } ?? .null,
                    ]
                }
            ),
        ]
    }

    init(json value: JSONValue) throws(XACMLStatus) {
        let members = try JSONMembers(value, "Obligations")
        var assignments: [XACMLAttributeAssignment] = []
        for value in try members.list("attributeAssignment") {
            let member = try JSONMembers(value, "attributeAssignment")
            assignments.append(
                XACMLAttributeAssignment(
                    identifier: try member.requiredText("attributeId"),
                    value: try member.requiredText("value"),
                    type: try member.text("dataType").map { XACMLDataType($0) } ?? .string,
                    category: try member.text("category"),
                    issuer: try member.text("issuer")
                )
            )
        }
        self.init(identifier: try members.requiredText("id"), assignments: assignments)
    }
}
