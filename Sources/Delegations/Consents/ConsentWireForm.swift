import FoundationEssentials
public import JOSE
public import Vocabulary

// The JSON objects of the consent API (spec/altinn §7).

extension ConsentRequest {
    /// The consent as the API answers with it.
    ///
    /// `events` are what happened to it, oldest first; that it expired is added. `portal` is the portal's address
    /// (`portal_url`), on which it is answered.
    public func jsonObject(
        events: [ConsentEvent],
        at now: Timestamp,
        naming: PartyNaming = PartyNaming(),
        portal: String
    ) -> JSONObject {
        var object: JSONObject = ["id": .string(id.uuidString.lowercased())]
        object["from"] = .string(naming.urn(of: from))
        object["to"] = .string(naming.urn(of: .organisation(to)))
        object["requiredDelegator"] = .optional(requiredDelegator.map { naming.urn(of: .person($0)) })
        object["handledBy"] = .optional(handledBy.map { naming.urn(of: .organisation($0)) })
        object["validTo"] = .string("\(validTo)")
        object["consentRights"] = .array(rights.map { .object($0.jsonObject(metadataName: "metaData")) })
        object["requestMessage"] = .object(message.members)
        object["redirectUrl"] = .string(redirectURL)
        object["portalViewMode"] = .string(portalViewMode.rawValue)
        object["status"] = .string(status(at: now).rawValue)
        object["consented"] = .optional(consented.map { "\($0)" })
        object["consentRequestEvents"] = .array(shown(events, at: now).map { .object($0.jsonObject(naming: naming)) })
        object["viewUri"] = .string(viewURI(portal: portal))
        return object
    }

    /// The answer of the look-up, with exactly its members (spec/altinn §7.3).
    public func lookupObject(naming: PartyNaming) -> JSONObject {
        var object: JSONObject = [
            "id": .string(id.uuidString.lowercased()),
            "from": .string(naming.urn(of: from)),
            "to": .string(naming.urn(of: .organisation(to))),
        ]
        if let handledBy { object["handledBy"] = .string(naming.urn(of: .organisation(handledBy))) }
        object["consented"] = .optional(consented.map { "\($0)" })
        object["validTo"] = .string("\(validTo)")
        object["consentRights"] = .array(rights.map { .object($0.jsonObject(metadataName: "metadata")) })
        return object
    }

    /// The page on which it is answered.
    public func viewURI(portal: String) -> String {
        portalPage(portal, "accessmanagement/ui/consent/request", id: id.uuidString.lowercased())
    }

    private func shown(_ events: [ConsentEvent], at now: Timestamp) -> [ConsentEvent] {
        guard status(at: now) == .expired else { return events }
        return events + [ConsentEvent(consent: id, kind: .expired, time: validTo, by: nil)]
    }
}

extension ConsentRight {
    /// The right as it stands in answers and tokens; casing of the metadata's name differs between them.
    public func jsonObject(metadataName: String) -> JSONObject {
        var values = JSONObject()
        for item in metadata { values[item.key] = .string(item.value) }
        return [
            "action": .strings(actions),
            "resource": [["type": .string(SystemBody.resourceAttribute), "value": .string(resource.rawValue)]],
            metadataName: .object(values),
        ]
    }
}

extension ConsentEvent {
    /// The event as it stands in a consent.
    public func jsonObject(naming: PartyNaming = PartyNaming()) -> JSONObject {
        [
            "consentRequestId": .string(consent.uuidString.lowercased()),
            "eventType": .string(kind.rawValue),
            "created": .string("\(time)"),
            "performedBy": .optional(by.map { naming.urn(of: $0) }),
        ]
    }

    /// The event as the list of all events has it.
    public var listObject: JSONObject {
        [
            "consentRequestId": .string(consent.uuidString.lowercased()),
            "eventType": .string(kind.rawValue),
            "changedDate": .string("\(time)"),
        ]
    }
}
