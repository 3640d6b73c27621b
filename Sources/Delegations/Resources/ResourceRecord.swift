public import JOSE

extension Resource {
    /// The record as the registry's API and files write it, every field by the name of Altinn's resource registry.
    ///
    /// Without `versionId`, which belongs to the place where it is stored (``jsonObject``).
    public var record: JSONObject {
        var object: JSONObject = [
            "identifier": .string(identifier.rawValue),
            "resourceType": .string(type.rawValue),
            "title": title.json,
            "description": description.json,
            "rightDescription": rightDescription.json,
        ]
        object["version"] = version.map(JSONValue.string)
        object["homepage"] = homepage.map(JSONValue.string)
        object["status"] = status.map(JSONValue.string)
        object["contactPoints"] = .array(contactPoints.map(\.json))
        object["isPartOf"] = isPartOf.map(JSONValue.string)
        object["thematicAreas"] = .strings(thematicAreas)
        object["resourceReferences"] = .array(references.map(\.json))
        object["delegable"] = .bool(isDelegable)
        object["visible"] = .bool(isVisible)
        object["hasCompetentAuthority"] = competentAuthority.map(\.json)
        object["keywords"] = .array(keywords.map(\.json))
        object["accessListMode"] = .string(accessListMode.rawValue)
        object["selfIdentifiedUserEnabled"] = .bool(isSelfIdentifiedUserEnabled)
        object["enterpriseUserEnabled"] = .bool(isEnterpriseUserEnabled)
        object["availableForType"] = .strings(availableForTypes)
        object["authorizationReference"] = .array(
            authorizationReferences.map { ["id": .string($0.id), "value": .string($0.value)] }
        )
        if type == .consent {
            object["consentTemplate"] = consentTemplate.map(JSONValue.string)
            object["consentText"] = consentText.json
            var metadata = JSONObject()
            for (key, rule) in consentMetadata.sorted(by: { $0.key < $1.key }) {
                metadata[key] = ["optional": .bool(rule.isOptional)]
            }
            object["consentMetadata"] = .object(metadata)
            object["isOneTimeConsent"] = .bool(isOneTimeConsent)
        }
        return object
    }

    /// The record with the number of its version.
    public var jsonObject: JSONObject {
        var object = record
        object["versionId"] = .integer(versionID)
        return object
    }
}

extension LocalisedText {
    /// The texts, the three languages first.
    public var json: JSONValue {
        var object = JSONObject()
        let others = texts.keys.filter { !Self.languages.contains($0) }.sorted()
        for language in Self.languages + others { object[language] = texts[language].map(JSONValue.string) }
        return .object(object)
    }
}

extension Resource.Reference {
    var json: JSONValue {
        var object = JSONObject()
        object["referenceSource"] = source.map(JSONValue.string)
        object["reference"] = .string(reference)
        object["referenceType"] = .string(type.rawValue)
        return .object(object)
    }
}

extension Resource.ContactPoint {
    var json: JSONValue {
        var object = JSONObject()
        object["category"] = category.map(JSONValue.string)
        object["email"] = email.map(JSONValue.string)
        object["telephone"] = telephone.map(JSONValue.string)
        object["contactPage"] = contactPage.map(JSONValue.string)
        return .object(object)
    }
}

extension Resource.CompetentAuthority {
    var json: JSONValue {
        var object: JSONObject = ["organization": .string("\(organisation)")]
        object["orgcode"] = orgcode.map(JSONValue.string)
        object["name"] = name.map(\.json)
        return .object(object)
    }
}

extension Resource.Keyword {
    var json: JSONValue {
        var object: JSONObject = ["word": .string(word)]
        object["language"] = language.map(JSONValue.string)
        return .object(object)
    }
}
