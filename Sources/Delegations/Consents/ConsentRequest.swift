public import FoundationEssentials
public import Vocabulary

/// One right that a consent gives: actions on one resource, and what the resource wants to know about it.
public struct ConsentRight: Sendable, Hashable {
    /// One value that the resource declares a key for.
    public struct Metadata: Sendable, Hashable {
        /// The declared key.
        public let key: String
        /// The value.
        public let value: String

        /// A key with its value.
        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    /// The actions, at least one.
    public let actions: [String]
    /// The resource, of type Consent.
    public let resource: ResourceID
    /// The metadata in the order given.
    public let metadata: [Metadata]

    /// A right.
    public init(actions: [String], resource: ResourceID, metadata: [Metadata] = []) {
        self.actions = actions
        self.resource = resource
        self.metadata = metadata
    }
}

/// How far a consent has come; `expired` is computed from the end date (spec/altinn §7.2).
public enum ConsentStatus: String, Sendable, Hashable, CaseIterable {
    /// It waits for an answer.
    case created = "Created"
    /// It was given.
    case accepted = "Accepted"
    /// It was refused.
    case rejected = "Rejected"
    /// It was given and withdrawn.
    case revoked = "Revoked"
    /// The asking organisation took the request back.
    case deleted = "Deleted"
    /// Its end date has passed.
    case expired = "Expired"
}

/// Whether the portal lists a request to those it was not sent to.
public enum ConsentPortalViewMode: String, Sendable, Hashable, CaseIterable {
    /// Only whoever has the link sees it.
    case hide
    /// The portal lists it.
    case show
}

/// An organisation's request for somebody's consent, and what became of it (samtykke, spec/altinn §7).
///
/// Persons stand in it as pseudonyms only.
public struct ConsentRequest: Sendable, Hashable {
    /// The identifier, chosen by whoever asks.
    public let id: UUID
    /// Who is asked: whose data it is about.
    public let from: Party
    /// Who asks, and may use the consent.
    public let to: OrganisationNumber
    /// The person who alone may answer; nil: anybody with the right.
    public let requiredDelegator: PersonPseudonym?
    /// The supplier that asks on behalf of `to`.
    public let handledBy: OrganisationNumber?
    /// When the consent ends.
    public let validTo: Timestamp
    /// What is asked for, at least one right.
    public let rights: [ConsentRight]
    /// What the request says to whoever answers.
    public let message: LocalisedText
    /// Where whoever answers is sent afterwards.
    public let redirectURL: String
    /// Whether the portal lists it.
    public let portalViewMode: ConsentPortalViewMode
    /// The template that all its resources share.
    public let template: String
    /// Whether one token uses it up.
    public let isOneTime: Bool
    /// When it was made.
    public let created: Timestamp
    /// What was answered, never `.expired`; see ``status(at:)``.
    public var answer = ConsentStatus.created
    /// When consent was given.
    public var consented: Timestamp?
    /// On whose act the consent rests; nil until it was given.
    public var basis: DelegationBasis?
    /// When a one-time consent was used.
    public var used: Timestamp?

    /// A new request.
    public init(
        id: UUID,
        from: Party,
        to: OrganisationNumber,
        requiredDelegator: PersonPseudonym? = nil,
        handledBy: OrganisationNumber? = nil,
        validTo: Timestamp,
        rights: [ConsentRight],
        message: LocalisedText = LocalisedText(),
        redirectURL: String,
        portalViewMode: ConsentPortalViewMode = .hide,
        template: String,
        isOneTime: Bool,
        created: Timestamp
    ) {
        self.id = id
        self.from = from
        self.to = to
        self.requiredDelegator = requiredDelegator
        self.handledBy = handledBy
        self.validTo = validTo
        self.rights = rights
        self.message = message
        self.redirectURL = redirectURL
        self.portalViewMode = portalViewMode
        self.template = template
        self.isOneTime = isOneTime
        self.created = created
    }

    /// Whether its end date has passed.
    public func isExpired(at now: Timestamp) -> Bool { now >= validTo }

    /// How far it has come; what was refused, withdrawn or taken back stays so after the end date.
    public func status(at now: Timestamp) -> ConsentStatus {
        switch answer {
        case .created, .accepted: isExpired(at: now) ? .expired : answer
        case .rejected, .revoked, .deleted, .expired: answer
        }
    }
}

/// Something that happened to a consent.
public struct ConsentEvent: Sendable, Hashable {
    /// What happened; the raw values stand in stores for ever.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The request was made.
        case created = "Created"
        /// Consent was given.
        case accepted = "Accepted"
        /// Consent was refused.
        case rejected = "Rejected"
        /// Consent was withdrawn.
        case revoked = "Revoked"
        /// The request was taken back.
        case deleted = "Deleted"
        /// The end date passed; computed, never stored.
        case expired = "Expired"
        /// A token was issued on it.
        case used = "Used"
    }

    /// The place in the list of all events, for paging; 0 for a computed one.
    public let sequence: Int64
    /// The consent.
    public let consent: UUID
    /// What happened.
    public let kind: Kind
    /// When.
    public let time: Timestamp
    /// Who did it; nil when the operator did, or nobody.
    public let by: Party?

    /// An event.
    public init(sequence: Int64 = 0, consent: UUID, kind: Kind, time: Timestamp, by: Party?) {
        self.sequence = sequence
        self.consent = consent
        self.kind = kind
        self.time = time
        self.by = by
    }
}
