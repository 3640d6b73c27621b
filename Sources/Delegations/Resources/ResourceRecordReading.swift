public import JOSE
import Vocabulary

/// Why a JSON object is no record of a resource: the first field with a fault.
public enum ResourceRecordFault: Error, Equatable, Sendable {
    /// A field that must be there is not.
    case missing(String)
    /// A field has another JSON type, or a value that it cannot have.
    case malformed(String)
    /// There is no such field; perhaps another one was meant.
    case unknown(String, suggestion: String?)
}

extension ResourceRecordFault: CustomStringConvertible {
    /// What to mend.
    public var description: String {
        switch self {
        case .missing(let field): "`\(field)` is missing"
        case .malformed(let field): "`\(field)` does not have the right form"
        case .unknown(let field, let suggestion):
            "`\(field)` is no field of a resource" + (suggestion.map { ": did you mean `\($0)`" } ?? "")
        }
    }
}

extension Resource {
    /// The names of all fields.
    static let fields: [String] = [
        "identifier", "version", "title", "description", "rightDescription", "homepage", "status", "contactPoints",
        "isPartOf", "thematicAreas", "resourceReferences", "delegable", "visible", "hasCompetentAuthority", "keywords",
        "accessListMode", "selfIdentifiedUserEnabled", "enterpriseUserEnabled", "resourceType", "availableForType",
        "authorizationReference", "consentTemplate", "consentText", "consentMetadata", "isOneTimeConsent", "versionId",
    ]

    /// Reads a record.
    ///
    /// `versionId` is read past: the registry gives it. `null` stands for a field that is not there.
    ///
    /// - Throws: `ResourceRecordFault`.
    public init(reading object: JSONObject) throws(ResourceRecordFault) {
        if let name = object.names.first(where: { !Self.fields.contains($0) }) {
            throw .unknown(
                String(name.prefix(100)),
                suggestion: Self.fields.first { $0.lowercased() == name.lowercased() }
            )
        }
        let fields = RecordFields(object)
        guard let id = try? ResourceID(parsing: try fields.required("identifier")) else {
            throw object.contains("identifier") ? .malformed("identifier") : .missing("identifier")
        }
        guard let type = ResourceType(rawValue: try fields.required("resourceType")) else {
            throw .malformed("resourceType")
        }
        self.init(
            identifier: id,
            type: type,
            title: try fields.texts("title"),
            description: try fields.texts("description"),
            rightDescription: try fields.texts("rightDescription"),
            competentAuthority: try fields.object("hasCompetentAuthority").map(CompetentAuthority.init)
        )
        version = try fields.text("version")
        homepage = try fields.text("homepage")
        status = try fields.text("status")
        contactPoints = try fields.objects("contactPoints", ContactPoint.init)
        isPartOf = try fields.text("isPartOf")
        thematicAreas = try fields.list("thematicAreas")
        references = try fields.objects("resourceReferences", Reference.init)
        isDelegable = try fields.flag("delegable") ?? true
        isVisible = try fields.flag("visible") ?? true
        keywords = try fields.objects("keywords", Keyword.init)
        if let mode = try fields.text("accessListMode") {
            guard let mode = AccessListMode(rawValue: mode) else { throw .malformed("accessListMode") }
            accessListMode = mode
        }
        isSelfIdentifiedUserEnabled = try fields.flag("selfIdentifiedUserEnabled") ?? false
        isEnterpriseUserEnabled = try fields.flag("enterpriseUserEnabled") ?? false
        availableForTypes = try fields.list("availableForType")
        authorizationReferences = try fields.objects("authorizationReference", AuthorizationReference.init)
        try readConsent(fields)
    }

    private mutating func readConsent(_ fields: RecordFields) throws(ResourceRecordFault) {
        consentTemplate = try fields.text("consentTemplate")
        consentText = try fields.texts("consentText")
        isOneTimeConsent = try fields.flag("isOneTimeConsent") ?? false
        guard let metadata = try fields.member("consentMetadata") else { return }
        for member in metadata.members {
            guard case .object(let rule) = member.value else { throw .malformed("consentMetadata") }
            consentMetadata[member.name] = ConsentMetadataKey(
                isOptional: try RecordFields(rule, named: "consentMetadata").flag("optional") ?? false
            )
        }
    }
}

extension Resource.Reference {
    fileprivate init(_ fields: RecordFields) throws(ResourceRecordFault) {
        guard let type = ResourceReferenceType(rawValue: try fields.text("referenceType") ?? "Default") else {
            throw .malformed("resourceReferences")
        }
        self.init(
            source: try fields.text("referenceSource"),
            reference: try fields.required("reference"),
            type: type
        )
    }
}

extension Resource.ContactPoint {
    fileprivate init(_ fields: RecordFields) throws(ResourceRecordFault) {
        self.init(
            category: try fields.text("category"),
            email: try fields.text("email"),
            telephone: try fields.text("telephone"),
            contactPage: try fields.text("contactPage")
        )
    }
}

extension Resource.CompetentAuthority {
    fileprivate init(_ fields: RecordFields) throws(ResourceRecordFault) {
        guard let organisation = try? OrganisationNumber(parsing: try fields.required("organization")) else {
            throw .malformed("hasCompetentAuthority")
        }
        self.init(
            organisation: organisation,
            orgcode: try fields.text("orgcode"),
            name: try fields.member("name") == nil ? nil : try fields.texts("name")
        )
    }
}

extension Resource.Keyword {
    fileprivate init(_ fields: RecordFields) throws(ResourceRecordFault) {
        self.init(word: try fields.required("word"), language: try fields.text("language"))
    }
}

extension Resource.AuthorizationReference {
    fileprivate init(_ fields: RecordFields) throws(ResourceRecordFault) {
        self.init(id: try fields.required("id"), value: try fields.required("value"))
    }
}

/// The fields of one object of a record, each wanted in one form.
private struct RecordFields {
    private let object: JSONObject
    private let name: String?

    /// The fields of `object`; faults are told of the field `name`, or else of each itself.
    init(_ object: JSONObject, named name: String? = nil) {
        self.object = object
        self.name = name
    }

    private func value<Value>(
        _ field: String,
        _ read: (JSONValue) -> Value?
    ) throws(ResourceRecordFault) -> Value? {
        guard let member = object[field], member != .null else { return nil }
        guard let value = read(member) else { throw .malformed(name ?? field) }
        return value
    }

    func required(_ field: String) throws(ResourceRecordFault) -> String {
        guard let text = try text(field) else { throw .missing(name.map { "\($0).\(field)" } ?? field) }
        return text
    }

    func text(_ field: String) throws(ResourceRecordFault) -> String? { try value(field) { $0.string } }

    func flag(_ field: String) throws(ResourceRecordFault) -> Bool? { try value(field) { $0.bool } }

    func list(_ field: String) throws(ResourceRecordFault) -> [String] { try value(field) { $0.strings } ?? [] }

    func member(_ field: String) throws(ResourceRecordFault) -> JSONObject? { try value(field) { $0.object } }

    func object(_ field: String) throws(ResourceRecordFault) -> RecordFields? {
        try member(field).map { RecordFields($0, named: field) }
    }

    func texts(_ field: String) throws(ResourceRecordFault) -> LocalisedText {
        guard let member = try member(field) else { return LocalisedText() }
        var texts: [String: String] = [:]
        for member in member.members where member.value != .null {
            guard case .string(let text) = member.value else { throw .malformed(name ?? field) }
            texts[member.name] = text
        }
        return LocalisedText(texts)
    }

    func objects<Item>(
        _ field: String,
        _ make: (RecordFields) throws(ResourceRecordFault) -> Item
    ) throws(ResourceRecordFault) -> [Item] {
        guard let elements = try value(field, { $0.array }) else { return [] }
        var items: [Item] = []
        for element in elements {
            guard case .object(let object) = element else { throw .malformed(field) }
            items.append(try make(RecordFields(object, named: field)))
        }
        return items
    }
}
