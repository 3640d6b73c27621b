public import Vocabulary

/// A provider's grant of one scope to one consumer organisation.
///
/// The row stays when it is withdrawn (`DENIED`); granting again re-approves it.
public struct ScopeAccess: Sendable, Hashable {
    /// Where the grant stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Asked for, not yet answered.
        case requested = "REQUESTED"
        /// In force, within its days and terms.
        case approved = "APPROVED"
        /// Refused or withdrawn.
        case denied = "DENIED"
    }

    /// Why a grant gives no right at a given time.
    public enum Impediment: Sendable, Hashable {
        /// Asked for, not answered.
        case requested
        /// Refused or withdrawn.
        case denied
        /// Not before that time.
        case notYet(from: Timestamp)
        /// Ended at that time.
        case ended(until: Timestamp)
        /// The consumer has not accepted that version of the terms.
        case terms(required: String, accepted: String?)
    }

    /// The scope.
    public let scope: ScopeName
    /// The organisation that may use it.
    public let consumer: OrganisationNumber
    /// Where it stands.
    public var state: State
    /// First second of its life; nil: at once.
    public var validFrom: Timestamp?
    /// First second after its life; nil: no end.
    public var validUntil: Timestamp?
    /// Why it was given, refused or withdrawn.
    public var reason: String?
    /// The consumer's legal basis.
    public var legalBasis: String?
    /// What the consumer uses the data for.
    public var purpose: String?
    /// The version of the terms of use that the consumer has accepted.
    public var acceptedTermsVersion: String?
    /// When it was created.
    public var created: Timestamp
    /// When it was last changed.
    public var lastUpdated: Timestamp
    /// Where it came from: `file:…` with line, `cli` or `api`.
    public var origin: String

    /// An approved grant without limits.
    public init(scope: ScopeName, consumer: OrganisationNumber, created: Timestamp, origin: String) {
        self.scope = scope
        self.consumer = consumer
        self.state = .approved
        self.created = created
        self.lastUpdated = created
        self.origin = origin
    }

    /// Why it gives no right at `now`, or nil when it is in force.
    ///
    /// An end is exclusive: at `validUntil` it is over.
    public func impediment(at now: Timestamp, requiredTerms: String?) -> Impediment? {
        switch state {
        case .requested: return .requested
        case .denied: return .denied
        case .approved: break
        }
        if let validFrom, now < validFrom { return .notYet(from: validFrom) }
        if let validUntil, now >= validUntil { return .ended(until: validUntil) }
        if let requiredTerms, acceptedTermsVersion != requiredTerms {
            return .terms(required: requiredTerms, accepted: acceptedTermsVersion)
        }
        return nil
    }
}
