public import Vocabulary

/// What kind of thing a resource is (`resourceType`).
public enum ResourceType: String, Sendable, Hashable, CaseIterable {
    /// Not said.
    case `default` = "Default"
    /// Part of the system of delegations itself.
    case systemResource = "Systemresource"
    /// A bundle of scopes that a consumer may delegate to a supplier.
    case maskinportenSchema = "MaskinportenSchema"
    /// A service of Altinn 2.
    case altinn2Service = "Altinn2Service"
    /// An app of Altinn.
    case altinnApp = "AltinnApp"
    /// Anything that an API asks the decision point about.
    case genericAccessResource = "GenericAccessResource"
    /// A service of file transfer.
    case brokerService = "BrokerService"
    /// A service of messages.
    case correspondenceService = "CorrespondenceService"
    /// Something that can be consented to.
    case consent = "Consent"
    /// An app moved from Altinn 2.
    case migratedApp = "MigratedApp"
}

/// What a reference of a resource points to (`referenceType`).
public enum ResourceReferenceType: String, Sendable, Hashable, CaseIterable {
    /// Not said.
    case `default` = "Default"
    /// An address.
    case uri = "Uri"
    /// A delegation scheme of Altinn 2.
    case delegationSchemeID = "DelegationSchemeId"
    /// A scope.
    case maskinportenScope = "MaskinportenScope"
    /// A service of Altinn 2.
    case serviceCode = "ServiceCode"
    /// An edition of such a service.
    case serviceEditionCode = "ServiceEditionCode"
    /// An app.
    case applicationID = "ApplicationId"
    /// A version of an edition.
    case serviceEditionVersion = "ServiceEditionVersion"
}

/// A text in the three languages of Norwegian services: Bokmål, Nynorsk and English.
public struct LocalisedText: Sendable, Hashable {
    /// The languages, by the names they have on the wire.
    public static let languages = ["nb", "nn", "en"]

    /// The texts by language.
    public var texts: [String: String]

    /// Texts by language.
    public init(_ texts: [String: String] = [:]) { self.texts = texts }

    /// The languages in which nothing is said.
    public var missingLanguages: [String] { Self.languages.filter { PlainText.isBlank(texts[$0] ?? "") } }

    /// The text in Bokmål, or else in whichever language there is one.
    public var preferred: String? { (Self.languages + texts.keys.sorted()).lazy.compactMap { texts[$0] }.first }
}

/// A resource of the registry: what a consumer delegates, what a system user gets rights to, what a person consents to.
///
/// The record of Altinn's resource registry, with the same names on the wire (``jsonObject``). A change is a new version; the
/// old ones stay.
public struct Resource: Sendable, Hashable {
    /// Whether a right on the resource counts only for organisations on its access lists.
    public enum AccessListMode: String, Sendable, Hashable, CaseIterable {
        /// Lists do not matter.
        case disabled = "Disabled"
        /// Who is on no list has no right.
        case enabled = "Enabled"
    }

    /// Something elsewhere that the resource stands for (`resourceReferences`).
    public struct Reference: Sendable, Hashable {
        /// The system that it is in (`referenceSource`): `Altinn3` for new ones.
        public var source: String?
        /// The scope, address or number itself.
        public var reference: String
        /// What kind of thing that is.
        public var type: ResourceReferenceType

        /// A reference.
        public init(source: String? = "Altinn3", reference: String, type: ResourceReferenceType) {
            self.source = source
            self.reference = reference
            self.type = type
        }
    }

    /// Whom to ask about it (`contactPoints`).
    public struct ContactPoint: Sendable, Hashable {
        /// What they help with.
        public var category: String?
        /// An e-mail address.
        public var email: String?
        /// A telephone number.
        public var telephone: String?
        /// A page.
        public var contactPage: String?

        /// A contact point.
        public init(
            category: String? = nil,
            email: String? = nil,
            telephone: String? = nil,
            contactPage: String? = nil
        ) {
            self.category = category
            self.email = email
            self.telephone = telephone
            self.contactPage = contactPage
        }
    }

    /// Who answers for it (`hasCompetentAuthority`).
    public struct CompetentAuthority: Sendable, Hashable {
        /// The organisation.
        public var organisation: OrganisationNumber
        /// Its short name among service owners.
        public var orgcode: String?
        /// Its name.
        public var name: LocalisedText?

        /// A competent authority.
        public init(organisation: OrganisationNumber, orgcode: String? = nil, name: LocalisedText? = nil) {
            self.organisation = organisation
            self.orgcode = orgcode
            self.name = name
        }
    }

    /// A word to find it by.
    public struct Keyword: Sendable, Hashable {
        /// The word.
        public var word: String
        /// Its language.
        public var language: String?

        /// A keyword.
        public init(word: String, language: String? = nil) {
            self.word = word
            self.language = language
        }
    }

    /// One attribute by which the decision point knows it (`authorizationReference`).
    public struct AuthorizationReference: Sendable, Hashable {
        /// The attribute's identifier, `urn:altinn:resource`.
        public var id: String
        /// Its value.
        public var value: String

        /// An attribute.
        public init(id: String, value: String) {
            self.id = id
            self.value = value
        }
    }

    /// Its identifier; immutable.
    public let identifier: ResourceID
    /// What kind of thing it is; immutable.
    public let type: ResourceType
    /// The owner's own word for the version.
    public var version: String?
    /// What it is called, in three languages.
    public var title: LocalisedText
    /// What it is, in three languages.
    public var description: LocalisedText
    /// What whoever gets a right on it may do, in three languages.
    public var rightDescription: LocalisedText
    /// A page about it.
    public var homepage: String?
    /// How far it has come: `Completed`, `Deprecated`, `UnderDevelopment`, `Withdrawn`.
    public var status: String?
    /// Whom to ask.
    public var contactPoints: [ContactPoint] = []
    /// What it belongs to.
    public var isPartOf: String?
    /// What it is about.
    public var thematicAreas: [String] = []
    /// What it stands for elsewhere; of a schema at least one scope.
    public var references: [Reference] = []
    /// Whether rights on it may be given.
    public var isDelegable = true
    /// Whether it is in public lists.
    public var isVisible = true
    /// Who answers for it; nil only of resources of the system itself.
    public var competentAuthority: CompetentAuthority?
    /// Words to find it by.
    public var keywords: [Keyword] = []
    /// Whether access lists decide too.
    public var accessListMode = AccessListMode.disabled
    /// Whether self-registered users may use it.
    public var isSelfIdentifiedUserEnabled = false
    /// Whether enterprise users may use it.
    public var isEnterpriseUserEnabled = false
    /// The kinds of party that it is for (`availableForType`).
    public var availableForTypes: [String] = []
    /// The attributes by which the decision point knows it.
    public var authorizationReferences: [AuthorizationReference] = []
    /// The template that a request for consent is shown with.
    public var consentTemplate: String?
    /// What is consented to, by language, in limited Markdown.
    public var consentText = LocalisedText()
    /// The metadata keys that a request for consent declares, and whether each may be left out.
    public var consentMetadata: [String: ConsentMetadataKey] = [:]
    /// Whether a consent can be used once only.
    public var isOneTimeConsent = false
    /// The number of this version in the registry (`versionId`): 1, 2, 3 …; 0 for one that is not stored.
    public var versionID: Int64 = 0
    /// When this version was stored.
    public var lastChanged: Timestamp?

    /// How a metadata key of a consent may be used.
    public struct ConsentMetadataKey: Sendable, Hashable {
        /// Whether a request may leave it out.
        public var isOptional: Bool

        /// A key.
        public init(isOptional: Bool = false) { self.isOptional = isOptional }
    }

    /// A delegable, visible resource.
    public init(
        identifier: ResourceID,
        type: ResourceType,
        title: LocalisedText,
        description: LocalisedText,
        rightDescription: LocalisedText = LocalisedText(),
        competentAuthority: CompetentAuthority?
    ) {
        self.identifier = identifier
        self.type = type
        self.title = title
        self.description = description
        self.rightDescription = rightDescription
        self.competentAuthority = competentAuthority
    }

    /// The scopes that it bundles, in the order of its references.
    ///
    /// A reference that is no scope name is none; validation keeps such out.
    public var scopes: [ScopeName] {
        references.compactMap { reference in
            guard reference.type == .maskinportenScope else { return nil }
            return try? ScopeName(parsing: reference.reference)
        }
    }

    /// The delegation scheme of Altinn 2 that it replaces (`delegation_scheme_Id` of the look-up).
    public var delegationSchemeID: String? { references.first { $0.type == .delegationSchemeID }?.reference }
}
