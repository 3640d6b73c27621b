import Vocabulary

/// The rules that a scope must keep to be registered or changed (spec of the self-service API, §6.3, and ours).
public enum ScopeRules {
    /// The longest short text, in Unicode scalars.
    public static let maximumShortText = 255
    /// The longest long text, in Unicode scalars.
    public static let maximumLongText = 1_023
    /// The largest number of seconds.
    public static let maximumNumber = Int64(Int32.max)
    /// The most items of a list.
    public static let maximumItems = 100
    /// The languages of texts beside the main one.
    public static let languages = ["nn", "en", "se"]
    /// The integration types that a scope may name.
    public static let integrationTypes = [
        "maskinporten", "krr", "api_klient", "ansattporten", "idporten", "eformidling", "idporten_saml2",
    ]
    /// The algorithms that tokens can be signed with.
    public static let signingAlgorithms = ["RS256", "PS256", "ES256", "EdDSA"]
    /// The word that stands for our own delegation register (DESIGN §8).
    public static let internalDelegationSource = "internal"

    /// Every rule that `scope` breaks, in the order of the fields; empty when it may be registered.
    public static func faults(in scope: Scope) -> [ScopeFault] {
        ScopeField.allCases.flatMap { faults(of: $0, in: scope) }
    }

    private static func faults(of field: ScopeField, in scope: Scope) -> [ScopeFault] {
        let value = scope[field]
        switch field {
        case .description: return shortText(value, of: field, required: true)
        case .requiredTermsVersion: return shortText(value, of: field)
        case .longDescription, .legalBasis, .purpose: return longText(value, of: field)
        case .descriptions, .longDescriptions: return texts(value, of: field)
        case .maximumTokenAge, .authorizationMaximumLifetime: return number(value, of: field)
        case .allowedIntegrationTypes: return list(value, of: field) { integrationType($0, of: field) }
        case .allowedResources: return list(value, of: field) { uri($0, of: field) }
        case .dataCategories: return list(value, of: field) { shortText(.text($0), of: field, required: true) }
        case .delegationSource:
            guard case .text(let source) = value else { return [] }
            let form = source == internalDelegationSource ? [] : uri(source, of: field)
            return form + reserved(field, in: scope)
        case .enforcedAudience: return enforcedAudience(in: scope)
        case .enforcedIntrospectionAudience:
            guard case .text(let audience) = value else { return [] }
            return uri(audience, of: field)
        case .signingAlgorithm:
            guard case .text(let algorithm) = value, !signingAlgorithms.contains(algorithm) else { return [] }
            return [.choice(field, found: algorithm)]
        case .activeUntil:
            guard case .text(let time) = value, Timestamp(parsing: time) == nil else { return [] }
            return [.notTime(field, time)]
        case .isAccessibleForAll, .supportsEuropeanBusinesses, .allowsUnprovenSupplier:
            return value == .flag(true) ? reserved(field, in: scope) : []
        case .isActive, .visibility, .tokenForm, .requiresUserConsent, .requiresUserAuthentication,
            .requiresPseudonymousTokens, .isProtected, .headerType, .pid, .hasStatusList, .requiresDPoP,
            .requiresClientCertificate, .requiresProcessorAgreement:
            return []
        }
    }

    // DESIGN §8 and §11: rights of administration and a portal's word about persons come from the operator's grant
    // alone; they are open to nobody by default, cannot be passed on, and no e-seal or unproven supplier has them.
    private static func reserved(_ field: ScopeField, in scope: Scope) -> [ScopeFault] {
        let administers = scope.name.prefix.rawValue == "idporten" || scope.name.prefix.rawValue == "portvakt"
        return administers || scope.vouchesForPersons ? [.reserved(field, scope.name)] : []
    }

    private static func enforcedAudience(in scope: Scope) -> [ScopeFault] {
        guard let audience = scope.enforcedAudience else { return [] }
        var faults = uri(audience, of: .enforcedAudience)
        if !scope.allowedResources.isEmpty, !scope.allowedResources.contains(audience) {
            faults.append(.enforcedAudienceNotAllowed(audience))
        }
        return faults
    }

    private static func uri(_ text: String, of field: ScopeField) -> [ScopeFault] {
        do {
            _ = try AbsoluteURI(parsing: text)
            return []
        } catch {
            return [.notAbsoluteURI(field, text)]
        }
    }

    private static func integrationType(_ type: String, of field: ScopeField) -> [ScopeFault] {
        integrationTypes.contains(type) ? [] : [.choice(field, found: type)]
    }

    private static func number(_ value: ScopeFieldValue, of field: ScopeField) -> [ScopeFault] {
        guard case .number(let number) = value, !(0...maximumNumber).contains(number) else { return [] }
        return [.outOfRange(field, number)]
    }

    private static func list(
        _ value: ScopeFieldValue,
        of field: ScopeField,
        item rule: (String) -> [ScopeFault]
    ) -> [ScopeFault] {
        guard case .list(let items) = value else { return [] }
        guard items.count <= maximumItems else { return [.tooMany(field, limit: maximumItems)] }
        var seen: Set<String> = []
        return items.flatMap { seen.insert($0).inserted ? rule($0) : [.duplicate(field, $0)] }
    }

    private static func texts(_ value: ScopeFieldValue, of field: ScopeField) -> [ScopeFault] {
        guard case .texts(let texts) = value else { return [] }
        return texts.sorted { $0.key < $1.key }.flatMap { language, text in
            guard languages.contains(language) else { return [ScopeFault.language(field, language)] }
            return field == .descriptions
                ? shortText(.text(text), of: field) : longText(.text(text), of: field)
        }
    }

    private static func shortText(
        _ value: ScopeFieldValue,
        of field: ScopeField,
        required: Bool = false
    ) -> [ScopeFault] {
        guard case .text(let text) = value, !PlainText.isBlank(text) else { return required ? [.required(field)] : [] }
        if text.unicodeScalars.count > maximumShortText { return [.tooLong(field, limit: maximumShortText)] }
        return PlainText.firstMisplaced(in: text).map { [.character(field, $0)] } ?? []
    }

    private static func longText(_ value: ScopeFieldValue, of field: ScopeField) -> [ScopeFault] {
        guard case .text(let text) = value else { return [] }
        if text.unicodeScalars.count > maximumLongText { return [.tooLong(field, limit: maximumLongText)] }
        // Limited Markdown: line breaks and tabs, but nothing that could be taken for HTML or an autolink.
        let refused = text.unicodeScalars.first { scalar in
            switch scalar {
            case "\n", "\r", "\t": false
            case "<", ">": true
            default: !PlainText.holds(scalar)
            }
        }
        return refused.map { [.character(field, $0)] } ?? []
    }
}
