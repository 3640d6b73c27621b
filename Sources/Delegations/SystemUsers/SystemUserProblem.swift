/// Why something with system users is not done, by the number it has at Altinn (domain `AUTH`, spec/altinn §6).
///
/// Numbers from 68 on are not published with their texts; what we use them for stands in docs/deviations.md.
public enum SystemUserProblem: Int, Error, Sendable, Hashable, CaseIterable {
    /// There is a living system user of that system, owner and external reference.
    case systemUserExists = 4
    /// The triple of system, customer and external reference has an accepted request.
    case alreadyAccepted = 6
    /// The triple has a request that waits.
    case pending = 7
    /// The triple has a request that was denied.
    case denied = 8
    /// The triple has a request that the customer rejected.
    case rejected = 9
    /// There is no such request.
    case requestNotFound = 10
    /// There is no such system.
    case systemNotFound = 11
    /// The request was answered already, or has timed out.
    case requestNotNew = 13
    /// The delegation check could not be made.
    case delegationCheckFailed = 14
    /// There is no such system user.
    case systemUserNotFound = 15
    /// The approver has no role that gives the right.
    case missingRole = 16
    /// The approver was not given the right directly either.
    case missingDelegation = 18
    /// The resource is reserved to organisations that the approver's is not among.
    case missingServiceRight = 19
    /// The approver has logged in at too low a level.
    case levelTooLow = 20
    /// The redirect address is not on the system's list.
    case redirectNotAllowed = 21
    /// The system or system user belongs to another organisation.
    case notOwned = 24
    /// The request is not one for an agent.
    case notAgentRequest = 25
    /// The system lists no redirect addresses.
    case noRedirectURLs = 26
    /// The customer is no organisation that the register knows.
    case customerUnknown = 28
    /// The system user is no agent.
    case agentExpected = 34
    /// The agent still acts for clients.
    case agentHasClients = 35
    /// The system user is an agent.
    case standardExpected = 36
    /// There is no such client delegation.
    case clientDelegationNotFound = 38
    /// The request was made to another organisation.
    case partyMismatch = 41
    /// The approver may not delegate one of the packages.
    case packageCheckFailed = 50
    /// The approver does not hold one of the packages.
    case packageMissingAccess = 53
    /// An agent system user needs a package.
    case missingPackage = 58
    /// A system user needs a right or a package.
    case missingRights = 59
    /// A package is not among those of the system.
    case packageNotInSystem = 63
    /// A package is for clients, or cannot be delegated on.
    case packageNotForStandard = 64
    /// A package is not for client relations.
    case packageNotForAgent = 65
    /// A right is not among those of the system.
    case rightNotInSystem = 68
    /// A resource cannot be delegated.
    case resourceNotDelegable = 69
    /// The customer is on no access list of the resource.
    case accessList = 70
    /// A schema of scopes is never given to a system user.
    case maskinportenSchema = 71
    /// The client is unknown: no relation to the agent's owner makes it one.
    case clientUnknown = 79
    /// The client lacks packages that the agent requires.
    case clientLacksPackages = 80

    /// The code as it is shown: `AUTH-00006`.
    public var code: String { problemCode("AUTH", rawValue) }

    /// The HTTP status that goes with it.
    public var status: Int {
        switch self {
        case .requestNotFound, .systemNotFound, .systemUserNotFound: 404
        case .requestNotNew: 409
        case .delegationCheckFailed, .missingRole, .missingDelegation, .missingServiceRight, .levelTooLow, .notOwned,
            .partyMismatch:
            403
        case .systemUserExists, .alreadyAccepted, .pending, .denied, .rejected, .redirectNotAllowed, .notAgentRequest,
            .noRedirectURLs, .customerUnknown, .agentExpected, .agentHasClients, .standardExpected,
            .clientDelegationNotFound, .packageCheckFailed, .packageMissingAccess, .missingPackage, .missingRights,
            .packageNotInSystem, .packageNotForStandard, .packageNotForAgent, .rightNotInSystem, .resourceNotDelegable,
            .accessList, .maskinportenSchema, .clientUnknown, .clientLacksPackages:
            400
        }
    }
}

extension SystemUserProblem: CustomStringConvertible {
    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .systemUserExists: "there is a system user of that system, owner and external reference already"
        case .alreadyAccepted: "a request of that system, customer and external reference was accepted already"
        case .pending: "a request of that system, customer and external reference waits: use it, or delete it"
        case .denied: "the request of that system, customer and external reference was denied: delete it first"
        case .rejected: "the request of that system, customer and external reference was rejected: delete it first"
        case .requestNotFound: "there is no such request"
        case .systemNotFound: "there is no such system"
        case .requestNotNew: "the request was answered already, or has timed out"
        case .delegationCheckFailed: "whether the right may be delegated could not be decided"
        case .systemUserNotFound: "there is no such system user"
        case .missingRole: "the approver has no role for the customer that gives the right"
        case .missingDelegation: "the approver was not given the right directly, and may not pass it on"
        case .missingServiceRight: "the resource is reserved to organisations that the customer is not among"
        case .levelTooLow: "the approver has logged in at a lower level than the resource demands"
        case .redirectNotAllowed: "the redirect address is not among the system's allowed ones"
        case .notOwned: "it belongs to another organisation"
        case .notAgentRequest: "the request is not one for an agent system user"
        case .noRedirectURLs: "the system has no allowed redirect addresses"
        case .customerUnknown: "the register does not know the customer"
        case .agentExpected: "the system user is not an agent"
        case .agentHasClients: "the agent still acts for clients: remove them first"
        case .standardExpected: "the system user is an agent"
        case .clientDelegationNotFound: "the agent does not act for that client"
        case .partyMismatch: "the request was made to another organisation"
        case .packageCheckFailed: "the approver may not delegate the package for the customer"
        case .packageMissingAccess: "the approver does not have the package for the customer"
        case .missingPackage: "an agent system user needs at least one access package"
        case .missingRights: "a system user needs at least one right or access package"
        case .packageNotInSystem: "the package is not among those of the system"
        case .packageNotForStandard: "the package is for client relations, or cannot be delegated on"
        case .packageNotForAgent: "the package is not for client relations"
        case .rightNotInSystem: "the right is not among those of the system"
        case .resourceNotDelegable: "the resource cannot be delegated"
        case .accessList: "the customer is on no access list of the resource"
        case .maskinportenSchema: "a schema of scopes cannot be given to a system user"
        case .clientUnknown: "the organisation is no client of the agent's owner"
        case .clientLacksPackages: "the client relation does not give the packages that the agent requires"
        }
    }
}

/// A problem's code as it is shown: the domain and five digits.
func problemCode(_ domain: String, _ number: Int) -> String {
    let digits = String(number)
    return "\(domain)-\(String(repeating: "0", count: max(0, 5 - digits.count)))\(digits)"
}
