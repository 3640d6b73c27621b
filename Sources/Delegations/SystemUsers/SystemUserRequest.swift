public import FoundationEssentials
public import Vocabulary

/// How far a request has come.
public enum SystemUserRequestStatus: String, Sendable, Hashable, CaseIterable {
    /// It waits for the customer.
    case new = "New"
    /// The customer approved it.
    case accepted = "Accepted"
    /// The customer refused it.
    case rejected = "Rejected"
    /// It was refused otherwise than by the customer.
    case denied = "Denied"
    /// Nobody answered within ``SystemUserRequest/timeout``.
    case timedOut = "Timedout"
}

/// A vendor's request that a customer make a system user (spec/altinn §6.3).
public struct SystemUserRequest: Sendable, Hashable {
    /// How long a request waits for an answer.
    public static let timeout = Seconds.days(180)

    /// The identifier; the system user that comes of it has the same.
    public let id: UUID
    /// What kind of system user is asked for.
    public let kind: SystemUserKind
    /// The system.
    public let system: SystemID
    /// The customer.
    public let customer: OrganisationNumber
    /// The vendor's name for it; unique together with system and customer.
    public let externalRef: String
    /// The name shown to the customer.
    public let integrationTitle: String?
    /// The single rights asked for.
    public let rights: [SystemRight]
    /// The access packages asked for, by slug.
    public let packages: [String]
    /// Where the customer is sent afterwards.
    public let redirectURL: String?
    /// When it was made.
    public let created: Timestamp
    /// Whether a person without the right to approve has passed it on to one who has it.
    public var isEscalated = false
    /// What was answered, `.new` until then; see ``status(at:)``.
    public var answer = SystemUserRequestStatus.new
    /// When it was answered.
    public var answered: Timestamp?

    /// A new request.
    public init(
        id: UUID,
        kind: SystemUserKind,
        system: SystemID,
        customer: OrganisationNumber,
        externalRef: String,
        integrationTitle: String? = nil,
        rights: [SystemRight],
        packages: [String],
        redirectURL: String? = nil,
        created: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.system = system
        self.customer = customer
        self.externalRef = externalRef
        self.integrationTitle = integrationTitle
        self.rights = rights
        self.packages = packages
        self.redirectURL = redirectURL
        self.created = created
    }

    /// Whether nobody answered in time.
    public func isTimedOut(at now: Timestamp) -> Bool { answer == .new && now >= created + Self.timeout }

    /// How far it has come.
    public func status(at now: Timestamp) -> SystemUserRequestStatus { isTimedOut(at: now) ? .timedOut : answer }
}

/// A vendor's request that an existing system user be given, or rid of, rights and packages.
public struct SystemUserChangeRequest: Sendable, Hashable {
    /// The identifier.
    public let id: UUID
    /// The system user to change.
    public let systemUser: UUID
    /// Rights that it shall have.
    public let requiredRights: [SystemRight]
    /// Rights that it shall no longer have.
    public let unwantedRights: [SystemRight]
    /// Packages that it shall have, by slug.
    public let requiredPackages: [String]
    /// Packages that it shall no longer have, by slug.
    public let unwantedPackages: [String]
    /// Where the customer is sent afterwards.
    public let redirectURL: String?
    /// When it was made.
    public let created: Timestamp
    /// What was answered, `.new` until then; see ``status(at:)``.
    public var answer = SystemUserRequestStatus.new
    /// When it was answered.
    public var answered: Timestamp?

    /// A new change request.
    public init(
        id: UUID,
        systemUser: UUID,
        requiredRights: [SystemRight],
        unwantedRights: [SystemRight],
        requiredPackages: [String],
        unwantedPackages: [String],
        redirectURL: String? = nil,
        created: Timestamp
    ) {
        self.id = id
        self.systemUser = systemUser
        self.requiredRights = requiredRights
        self.unwantedRights = unwantedRights
        self.requiredPackages = requiredPackages
        self.unwantedPackages = unwantedPackages
        self.redirectURL = redirectURL
        self.created = created
    }

    /// How far it has come.
    public func status(at now: Timestamp) -> SystemUserRequestStatus {
        answer == .new && now >= created + SystemUserRequest.timeout ? .timedOut : answer
    }
}
