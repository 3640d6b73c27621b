import Vocabulary

extension Scope {
    /// The value of one field.
    public subscript(field: ScopeField) -> ScopeFieldValue {
        switch field {
        case .description: .text(description)
        case .longDescription: Self.value(longDescription)
        case .descriptions: .texts(descriptions)
        case .longDescriptions: .texts(longDescriptions)
        case .isActive: .flag(isActive)
        case .activeUntil: Self.value(activeUntil)
        case .visibility: .text(visibility.rawValue)
        case .allowedIntegrationTypes: .list(allowedIntegrationTypes)
        case .isAccessibleForAll: .flag(isAccessibleForAll)
        case .delegationSource: Self.value(delegationSource)
        case .maximumTokenAge: .number(maximumTokenAge.count)
        case .authorizationMaximumLifetime: .number(authorizationMaximumLifetime.count)
        case .tokenForm: .text(tokenForm.rawValue)
        case .requiresUserConsent: .flag(requiresUserConsent)
        case .requiresUserAuthentication: .flag(requiresUserAuthentication)
        case .requiresPseudonymousTokens: .flag(requiresPseudonymousTokens)
        case .enforcedAudience: Self.value(enforcedAudience)
        case .enforcedIntrospectionAudience: Self.value(enforcedIntrospectionAudience)
        case .isProtected: .flag(isProtected)
        case .supportsEuropeanBusinesses: .flag(supportsEuropeanBusinesses)
        case .allowedResources: .list(allowedResources)
        case .headerType: .text(headerType.rawValue)
        case .signingAlgorithm: Self.value(signingAlgorithm)
        case .pid: .text(pid.rawValue)
        case .hasStatusList: .flag(hasStatusList)
        case .allowsUnprovenSupplier: .flag(allowsUnprovenSupplier)
        case .requiresDPoP: .flag(requiresDPoP)
        case .requiresClientCertificate: .flag(requiresClientCertificate)
        case .requiredTermsVersion: Self.value(requiredTermsVersion)
        case .requiresProcessorAgreement: .flag(requiresProcessorAgreement)
        case .legalBasis: Self.value(legalBasis)
        case .purpose: Self.value(purpose)
        case .dataCategories: .list(dataCategories)
        }
    }

    /// Gives one field a value; ``ScopeFieldValue/absent`` gives it its default.
    ///
    /// - Throws: `.form` for a value of another form, `.choice` for an unknown word, `.required` when a text that has
    ///   no default is taken away. The other rules are ``ScopeRules``'s.
    public mutating func set(_ field: ScopeField, to value: ScopeFieldValue) throws(ScopeFault) {
        if value == .absent {
            if field == .description { throw .required(field) }
            let blank = Scope(name: name, owner: owner, description: description, created: created, origin: origin)
            try set(field, toPresent: blank[field])
        } else {
            try set(field, toPresent: value)
        }
    }

    private mutating func set(_ field: ScopeField, toPresent value: ScopeFieldValue) throws(ScopeFault) {
        switch field {
        case .description:
            guard let text = try Self.text(value, of: field) else { throw .required(field) }
            description = text
        case .longDescription: longDescription = try Self.text(value, of: field)
        case .descriptions: descriptions = try Self.texts(value, of: field)
        case .longDescriptions: longDescriptions = try Self.texts(value, of: field)
        case .isActive: isActive = try Self.flag(value, of: field)
        case .activeUntil: activeUntil = try Self.text(value, of: field)
        case .visibility: visibility = try Self.choice(value, of: field)
        case .allowedIntegrationTypes: allowedIntegrationTypes = try Self.list(value, of: field)
        case .isAccessibleForAll: isAccessibleForAll = try Self.flag(value, of: field)
        case .delegationSource: delegationSource = try Self.text(value, of: field)
        case .maximumTokenAge: maximumTokenAge = try Self.seconds(value, of: field)
        case .authorizationMaximumLifetime: authorizationMaximumLifetime = try Self.seconds(value, of: field)
        case .tokenForm: tokenForm = try Self.choice(value, of: field)
        case .requiresUserConsent: requiresUserConsent = try Self.flag(value, of: field)
        case .requiresUserAuthentication: requiresUserAuthentication = try Self.flag(value, of: field)
        case .requiresPseudonymousTokens: requiresPseudonymousTokens = try Self.flag(value, of: field)
        case .enforcedAudience: enforcedAudience = try Self.text(value, of: field)
        case .enforcedIntrospectionAudience: enforcedIntrospectionAudience = try Self.text(value, of: field)
        case .isProtected: isProtected = try Self.flag(value, of: field)
        case .supportsEuropeanBusinesses: supportsEuropeanBusinesses = try Self.flag(value, of: field)
        case .allowedResources: allowedResources = try Self.list(value, of: field)
        case .headerType: headerType = try Self.choice(value, of: field)
        case .signingAlgorithm: signingAlgorithm = try Self.text(value, of: field)
        case .pid: pid = try Self.choice(value, of: field)
        case .hasStatusList: hasStatusList = try Self.flag(value, of: field)
        case .allowsUnprovenSupplier: allowsUnprovenSupplier = try Self.flag(value, of: field)
        case .requiresDPoP: requiresDPoP = try Self.flag(value, of: field)
        case .requiresClientCertificate: requiresClientCertificate = try Self.flag(value, of: field)
        case .requiredTermsVersion: requiredTermsVersion = try Self.text(value, of: field)
        case .requiresProcessorAgreement: requiresProcessorAgreement = try Self.flag(value, of: field)
        case .legalBasis: legalBasis = try Self.text(value, of: field)
        case .purpose: purpose = try Self.text(value, of: field)
        case .dataCategories: dataCategories = try Self.list(value, of: field)
        }
    }

    // MARK: Values by form

    private static func value(_ text: String?) -> ScopeFieldValue { text.map(ScopeFieldValue.text) ?? .absent }

    private static func text(_ value: ScopeFieldValue, of field: ScopeField) throws(ScopeFault) -> String? {
        switch value {
        // Forms in web pages send an empty text for nothing.
        case .text(let text): text.isEmpty ? nil : text
        case .absent: nil
        default: throw .form(field)
        }
    }

    private static func flag(_ value: ScopeFieldValue, of field: ScopeField) throws(ScopeFault) -> Bool {
        guard case .flag(let flag) = value else { throw .form(field) }
        return flag
    }

    private static func seconds(_ value: ScopeFieldValue, of field: ScopeField) throws(ScopeFault) -> Seconds {
        guard case .number(let number) = value else { throw .form(field) }
        return Seconds(number)
    }

    private static func list(_ value: ScopeFieldValue, of field: ScopeField) throws(ScopeFault) -> [String] {
        guard case .list(let items) = value else { throw .form(field) }
        return items
    }

    private static func texts(
        _ value: ScopeFieldValue,
        of field: ScopeField
    ) throws(ScopeFault) -> [String: String] {
        guard case .texts(let texts) = value else { throw .form(field) }
        return texts
    }

    private static func choice<Choice: RawRepresentable<String>>(
        _ value: ScopeFieldValue,
        of field: ScopeField
    ) throws(ScopeFault) -> Choice {
        guard case .text(let word) = value else { throw .form(field) }
        guard let choice = Choice(rawValue: word) else { throw .choice(field, found: word) }
        return choice
    }
}
