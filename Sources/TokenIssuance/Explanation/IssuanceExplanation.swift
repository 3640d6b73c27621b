public import JOSE
public import Vocabulary

/// Every condition of a token request, each with what came of it.
public struct IssuanceExplanation: Sendable {
    /// What came of a condition.
    public enum Result: Sendable, Hashable {
        /// It holds.
        case yes
        /// It fails: what a token request would be told.
        case no(code: ErrorCode, reason: String, text: String)
        /// It rests on a certificate, which is looked at when the client shows it.
        case atRequest
        /// It rests on another condition that failed.
        case notJudged
    }

    /// Somebody who takes part, and how.
    public struct Participant: Sendable, Hashable {
        /// How.
        public let role: Role
        /// The organisation; nil where it is not known, or no organisation.
        public let organisation: OrganisationNumber?
    }

    /// In what part somebody is concerned.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        /// Whoever makes the request: another request would do.
        case requester
        /// The organisation that holds the client.
        case clientOwner = "client_owner"
        /// The owner of the scope.
        case scopeOwner = "scope_owner"
        /// The organisation that the token is for.
        case consumer
        /// The organisation that acts for it.
        case supplier
        /// The organisation itself, at the register.
        case organisation
        /// Whoever owns the system user, or gives the consent.
        case giver
        /// The operator of this server.
        case `operator`
    }

    /// One condition.
    public struct Condition: Sendable, Hashable {
        /// Its name: that of an ``IssuanceCondition`` or a ``ScopeCondition``.
        public let name: String
        /// The scope that it is about; nil for the whole request.
        public let scope: ScopeName?
        /// What came of it.
        public let result: Result
        /// Who can mend it; empty where it holds.
        public let menders: [Participant]
        /// On whose data it rests, any of whom may see it; empty: on the request, or on what is public.
        public let holders: [Participant]
        /// Whether a token request with these facts would tell it to its client.
        public let isTold: Bool
        /// Whether it depends on the scope's own rules and its owner's grant alone.
        let isScopeOwners: Bool
    }

    /// The question.
    public let question: ExplanationQuestion
    /// The time for which it was answered.
    public let time: Timestamp
    /// The organisation that holds the client; nil where the client is unknown.
    public let clientHolder: OrganisationNumber?
    /// The organisation that owns the client; nil where it is unknown.
    public let clientOwner: OrganisationNumber?
    /// The consumer of the token; nil where it is unknown.
    public let consumer: OrganisationNumber?
    /// The supplier; nil where nobody acts for the consumer.
    public let supplier: OrganisationNumber?
    /// The owners of the scopes that exist.
    public let scopeOwners: [ScopeName: OrganisationNumber]
    /// What a token request would be refused with; nil: it would get a token.
    public let refusal: Refusal?
    /// The life of the token; nil where there would be none.
    public let lifetime: Seconds?
    /// `aud` of the token.
    public let audience: JSONValue?
    /// The conditions, in the order of the decision.
    public let conditions: [Condition]

    /// Whether the client would get the token.
    public var isYes: Bool { refusal == nil }
}
