public import Vocabulary

/// The rules that a resource must keep to be registered or changed (spec of Altinn §3.2, and ours).
public enum ResourceRules {
    /// The longest text of one language, in Unicode scalars.
    public static let maximumText = 4_000
    /// The most items of a list.
    public static let maximumItems = 100
    /// The types that the registry keeps; apps and services of Altinn 2 live elsewhere.
    public static let types: Set<ResourceType> = [
        .maskinportenSchema, .consent, .genericAccessResource, .systemResource,
    ]
    /// The words for how far a resource has come.
    public static let statuses = ["Completed", "Deprecated", "UnderDevelopment", "Withdrawn"]
    /// The kinds of party that a resource may be for.
    public static let partyTypes = ["PrivatePerson", "LegalEntityEnterprise", "Company", "BankruptcyEstate"]
    /// What the identifiers of the system's own resources begin with.
    public static let systemPrefix = "altinn_"

    /// Every rule that `resource` breaks; empty when it may be registered.
    public static func faults(in resource: Resource) -> [ResourceFault] {
        var faults: [ResourceFault] = identifierFaults(in: resource)
        if !types.contains(resource.type) { faults.append(.typeNotServed(resource.type)) }
        if resource.competentAuthority == nil { faults.append(.required(field: "hasCompetentAuthority")) }
        faults += textFaults(in: resource)
        faults += listFaults(in: resource)
        faults += referenceFaults(in: resource)
        faults += consentFaults(in: resource)
        return faults
    }

    /// What a new version may not change.
    public static func faults(changing old: Resource, to new: Resource) -> [ResourceFault] {
        var faults: [ResourceFault] = []
        if old.type != new.type { faults.append(.typeChanged(from: old.type, to: new.type)) }
        if let owner = old.competentAuthority?.organisation, owner != new.competentAuthority?.organisation {
            faults.append(.ownerChanged(from: owner))
        }
        return faults
    }

    /// The scopes of the resource under prefixes that its owner does not have (`InvalidPrefix`).
    public static func foreignScopes(in resource: Resource, owning prefixes: Set<ScopePrefix>) -> [ScopeName] {
        resource.scopes.filter { !prefixes.contains($0.prefix) }
    }

    // MARK: Parts

    private static func identifierFaults(in resource: Resource) -> [ResourceFault] {
        let id = resource.identifier
        if id.rawValue.hasPrefix(systemPrefix) { return [.reservedIdentifier(id)] }
        guard id.rawValue.hasPrefix(ResourceID.internalPrefix) else { return [] }
        guard let scope = id.ownScope else { return [.reservedIdentifier(id)] }
        var faults: [ResourceFault] = []
        if resource.type != .maskinportenSchema {
            faults.append(.typeChanged(from: .maskinportenSchema, to: resource.type))
        }
        if !resource.scopes.contains(scope) { faults.append(.ownScopeMissing(scope)) }
        return faults
    }

    private static func textFaults(in resource: Resource) -> [ResourceFault] {
        var faults =
            texts(resource.title, "title", isRequired: true)
            + texts(resource.description, "description", isRequired: true)
            + texts(resource.rightDescription, "rightDescription", isRequired: resource.isDelegable)
        let lines: [(String, String?)] = [
            ("version", resource.version), ("homepage", resource.homepage), ("isPartOf", resource.isPartOf),
        ]
        for (field, line) in lines { faults += self.line(line, field) }
        if let status = resource.status, !statuses.contains(status) {
            faults.append(.choice(field: "status", found: status))
        }
        return faults
    }

    private static func listFaults(in resource: Resource) -> [ResourceFault] {
        let counts: [(String, Int)] = [
            ("contactPoints", resource.contactPoints.count), ("thematicAreas", resource.thematicAreas.count),
            ("resourceReferences", resource.references.count), ("keywords", resource.keywords.count),
            ("authorizationReference", resource.authorizationReferences.count),
            ("consentMetadata", resource.consentMetadata.count),
        ]
        var faults: [ResourceFault] = counts.compactMap { field, count in
            count > maximumItems ? .tooMany(field: field, limit: maximumItems) : nil
        }
        for type in resource.availableForTypes where !partyTypes.contains(type) {
            faults.append(.choice(field: "availableForType", found: String(type.prefix(100))))
        }
        let texts: [(String, [String?])] = [
            (
                "contactPoints",
                resource.contactPoints.flatMap { [$0.category, $0.email, $0.telephone, $0.contactPage] }
            ),
            ("thematicAreas", resource.thematicAreas), ("keywords", resource.keywords.map(\.word)),
            ("authorizationReference", resource.authorizationReferences.flatMap { [$0.id, $0.value] }),
        ]
        for (field, items) in texts { for item in items { faults += line(item, field) } }
        return faults
    }

    private static func referenceFaults(in resource: Resource) -> [ResourceFault] {
        var faults: [ResourceFault] = []
        var seen: Set<Resource.Reference> = []
        for reference in resource.references {
            if !seen.insert(reference).inserted { faults.append(.duplicateReference(reference.reference)) }
            if reference.type == .maskinportenScope, (try? ScopeName(parsing: reference.reference)) == nil {
                faults.append(.scopeReference(String(reference.reference.prefix(ScopeName.maximumLength))))
            } else {
                faults += line(reference.reference, "resourceReferences")
            }
        }
        if resource.type == .maskinportenSchema, resource.scopes.isEmpty { faults.append(.noScopeReference) }
        return faults
    }

    private static func consentFaults(in resource: Resource) -> [ResourceFault] {
        guard resource.type == .consent else {
            var foreign: [String] = []
            if resource.consentTemplate != nil { foreign.append("consentTemplate") }
            if !resource.consentText.texts.isEmpty { foreign.append("consentText") }
            if !resource.consentMetadata.isEmpty { foreign.append("consentMetadata") }
            if resource.isOneTimeConsent { foreign.append("isOneTimeConsent") }
            return foreign.map { .foreign(field: $0, to: .consent) }
        }
        var faults = texts(resource.consentText, "consentText", isRequired: true)
        if PlainText.isBlank(resource.consentTemplate ?? "") { faults.append(.required(field: "consentTemplate")) }
        faults += line(resource.consentTemplate, "consentTemplate")
        for key in resource.consentMetadata.keys.sorted() {
            if !isMetadataKey(key) { faults.append(.choice(field: "consentMetadata", found: String(key.prefix(100)))) }
        }
        return faults
    }

    /// 1 to 100 of ASCII letters, digits, `_` and `-`.
    private static func isMetadataKey(_ key: String) -> Bool {
        let isAllowed = { (byte: UInt8) -> Bool in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return !key.isEmpty && key.utf8.count <= 100 && key.utf8.allSatisfy(isAllowed)
    }

    private static func texts(_ text: LocalisedText, _ field: String, isRequired: Bool) -> [ResourceFault] {
        var faults: [ResourceFault] = []
        if isRequired, !text.missingLanguages.isEmpty {
            faults.append(.missingLanguages(field: field, text.missingLanguages))
        }
        for (language, value) in text.texts.sorted(by: { $0.key < $1.key }) {
            if !LocalisedText.languages.contains(language) {
                faults.append(.choice(field: field, found: String(language.prefix(20))))
            }
            if value.unicodeScalars.count > maximumText { faults.append(.tooLong(field: field, limit: maximumText)) }
            // Limited Markdown: line breaks and tabs, but nothing that could be taken for HTML.
            let misplaced = value.unicodeScalars.first { scalar in
                switch scalar {
                case "\n", "\r", "\t": false
                case "<", ">": true
                default: !PlainText.holds(scalar)
                }
            }
            if let misplaced { faults.append(.character(field: field, misplaced)) }
        }
        return faults
    }

    private static func line(_ text: String?, _ field: String) -> [ResourceFault] {
        guard let text else { return [] }
        if text.unicodeScalars.count > maximumText { return [.tooLong(field: field, limit: maximumText)] }
        return PlainText.firstMisplaced(in: text).map { [.character(field: field, $0)] } ?? []
    }
}
