public import Vocabulary

/// What a consumer has asked a scope's owner for, and what was answered.
///
/// Each organisation has one request for each scope, its newest; the ledger tells of those before.
public struct AccessRequest: Sendable, Hashable {
    /// Where the request stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Not yet answered.
        case pending = "REQUESTED"
        /// Answered by a grant.
        case approved = "APPROVED"
        /// Answered by no.
        case denied = "DENIED"
        /// Taken back by the consumer.
        case withdrawn = "WITHDRAWN"
    }

    /// The grant that is wanted: its days, reason, legal basis and purpose, and the terms that the consumer has accepted.
    public var wanted: ScopeAccess
    /// Where the request stands.
    public var state: State
    /// Why it was answered so.
    public var answer: String?

    /// A request that nobody has answered.
    public init(_ wanted: ScopeAccess) {
        self.wanted = wanted
        self.wanted.state = .requested
        state = .pending
    }

    /// The scope.
    public var scope: ScopeName { wanted.scope }
    /// Who asks.
    public var consumer: OrganisationNumber { wanted.consumer }
    /// When it was made, or last changed by the consumer.
    public var requested: Timestamp { wanted.created }
    /// When it was last changed by anybody.
    public var lastUpdated: Timestamp {
        get { wanted.lastUpdated }
        set { wanted.lastUpdated = newValue }
    }
}

/// Which requests a list is about; what is nil does not matter.
public struct AccessRequestQuery: Sendable, Hashable {
    /// Those for that scope.
    public var scope: ScopeName?
    /// Those of that organisation.
    public var consumer: OrganisationNumber?
    /// Those for scopes that the organisation owns.
    public var owner: OrganisationNumber?
    /// Those in that state.
    public var state: AccessRequest.State?

    /// All requests.
    public init() {}
}

/// Which processor agreements a list is about; what is nil does not matter.
public struct ProcessorAgreementQuery: Sendable, Hashable {
    /// Those for that scope.
    public var scope: ScopeName?
    /// Those of that consumer.
    public var consumer: OrganisationNumber?
    /// Those with that supplier.
    public var supplier: OrganisationNumber?
    /// Those for scopes that the organisation owns.
    public var owner: OrganisationNumber?

    /// All agreements.
    public init() {}
}

/// Why a request for access, or the answer to it, is not taken.
public enum AccessRequestFault: Error, Equatable, Hashable, Sendable {
    /// The scope is deactivated.
    case scopeInactive(ScopeName)
    /// The scope needs no grant.
    case scopeOpenToAll(ScopeName)
    /// It does not say what the data are for.
    case purposeMissing
    /// The scope's terms, of that version, were not accepted; nil: the scope has none.
    case terms(accepted: String?, required: String?)
    /// The grant in force has no end.
    case alreadyGranted
    /// It would begin after the grant in force has ended, which it would replace.
    case beginsAfterGrant(until: Timestamp)
    /// There is no request that waits for an answer.
    case notPending(ScopeName, OrganisationNumber)
    /// The answer gives more days than were asked for.
    case wider(AccessField)
    /// A no without a reason.
    case reasonMissing
    /// The consumer has no grant that terms could be accepted for.
    case notGranted(ScopeName)
    /// A processor agreement with oneself.
    case sameParty
    /// A processor agreement that says nothing, or too much, or holds a character that such texts do not.
    case reference
    /// A processor agreement that is over already.
    case agreementEndsInThePast(until: Timestamp)
}

extension AccessRequestFault: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .scopeInactive(let scope): "`\(scope)` is deactivated by its owner"
        case .scopeOpenToAll(let scope): "`\(scope)` is open to all: no grant is needed"
        case .purposeMissing: "`purpose` is missing: say what the data are for"
        case .terms(let accepted, let required?):
            "the terms of use in force are version `\(required)`, and "
                + (accepted.map { "version `\($0)`" } ?? "none") + " was accepted"
        case .terms(_, nil): "the scope has no terms of use to accept"
        case .alreadyGranted: "access is granted already, without an end"
        case .beginsAfterGrant(let until):
            "the grant in force ends at `\(until)`: ask for days that begin no later, or wait until it is over"
        case .notPending(let scope, let consumer): "no request of `\(consumer)` for `\(scope)` waits for an answer"
        case .wider(let field):
            "`\(field.rawValue)` gives more than was asked for: an approval may only narrow the days"
        case .reasonMissing: "a denial says why: give a reason"
        case .notGranted(let scope): "there is no grant of `\(scope)` whose terms could be accepted: ask for access"
        case .sameParty: "an organisation is not its own supplier"
        case .reference: "`reference` must be one line of 1 to \(ScopeRules.maximumShortText) characters"
        case .agreementEndsInThePast(let until): "the agreement would end at `\(until)`, which is past"
        }
    }
}
