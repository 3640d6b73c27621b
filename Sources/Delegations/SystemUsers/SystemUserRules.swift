public import FoundationEssentials
public import Vocabulary

/// A problem, and the right, package or address that it is about.
public struct SystemUserRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// The problem.
    public let problem: SystemUserProblem
    /// What it is about: `acme-reports#read`, a package's slug; nil when the problem says it all.
    public let subject: String?

    /// A refusal.
    public init(_ problem: SystemUserProblem, about subject: String? = nil) {
        self.problem = problem
        self.subject = subject
    }

    /// What is wrong and what to do.
    public var description: String { (subject.map { "`\($0)`: " } ?? "") + "\(problem)" }
}

/// The rules of requests for system users (spec/altinn §6.3); what the approver may give is ``SystemUserApproval``'s.
public struct SystemUserRules<Reader: SystemUserReader & ResourceReader> {
    private let reader: Reader

    /// Rules over the facts that `reader` gives.
    public init(_ reader: Reader) { self.reader = reader }

    /// The request that a draft makes, if it may be made.
    ///
    /// - Throws: `SystemUserRefusal` for the first rule that is broken.
    public func request(
        _ draft: SystemUserRequestDraft,
        kind: SystemUserKind,
        id: UUID,
        at now: Timestamp
    ) throws -> SystemUserRequest {
        let system = try living(draft.system)
        switch kind {
        case .standard where draft.rights.isEmpty && draft.packages.isEmpty:
            throw SystemUserRefusal(.missingRights)
        case .agent where draft.packages.isEmpty: throw SystemUserRefusal(.missingPackage)
        case .agent where !draft.rights.isEmpty:
            // An agent acts for others, and single rights are its owner's own.
            throw SystemUserRefusal(.packageNotForAgent, about: draft.rights.first?.description)
        case .standard, .agent: break
        }
        try checkRights(draft.rights, of: system)
        try checkPackages(draft.packages, of: system, for: kind)
        try checkRedirect(draft.redirectURL, of: system)
        try checkFree(system.id, draft.customer, draft.externalRef, at: now)
        return SystemUserRequest(
            id: id,
            kind: kind,
            system: draft.system,
            customer: draft.customer,
            externalRef: draft.externalRef,
            integrationTitle: draft.integrationTitle,
            rights: draft.rights,
            packages: draft.packages,
            redirectURL: draft.redirectURL,
            created: now
        )
    }

    /// The change request that a draft makes, if it may be made.
    ///
    /// - Throws: `SystemUserRefusal` for the first rule that is broken.
    public func changeRequest(
        _ draft: SystemUserChangeDraft,
        of user: SystemUser,
        id: UUID,
        at now: Timestamp
    ) throws -> SystemUserChangeRequest {
        let system = try living(user.system)
        if draft.requiredRights.isEmpty, draft.unwantedRights.isEmpty, draft.requiredPackages.isEmpty,
            draft.unwantedPackages.isEmpty
        {
            throw SystemUserRefusal(.missingRights)
        }
        if user.kind == .agent, let right = draft.requiredRights.first {
            throw SystemUserRefusal(.packageNotForAgent, about: right.description)
        }
        try checkRights(draft.requiredRights, of: system)
        try checkPackages(draft.requiredPackages, of: system, for: user.kind)
        try checkRedirect(draft.redirectURL, of: system)
        if try reader.changeRequests(about: user.id).contains(where: { $0.status(at: now) == .new }) {
            throw SystemUserRefusal(.pending)
        }
        return SystemUserChangeRequest(
            id: id,
            systemUser: user.id,
            requiredRights: draft.requiredRights,
            unwantedRights: draft.unwantedRights,
            requiredPackages: draft.requiredPackages,
            unwantedPackages: draft.unwantedPackages,
            redirectURL: draft.redirectURL,
            created: now
        )
    }

    /// The living system of that identifier.
    public func living(_ id: SystemID) throws -> RegisteredSystem {
        guard let system = try reader.system(id), !system.isDeleted else {
            throw SystemUserRefusal(.systemNotFound, about: id.rawValue)
        }
        return system
    }

    /// The rights are among those of the system, and their resources may be given.
    func checkRights(_ rights: [SystemRight], of system: RegisteredSystem) throws {
        for right in rights {
            guard system.rights.contains(where: { $0.covers(right) }) else {
                throw SystemUserRefusal(.rightNotInSystem, about: right.description)
            }
            try checkResource(right)
        }
    }

    /// The resource is there and may be given to a system user.
    private func checkResource(_ right: SystemRight) throws {
        guard let resource = try reader.resource(right.resource) else {
            throw SystemUserRefusal(.resourceNotDelegable, about: right.description)
        }
        // Whatever its policy says: scopes are delegated from organisation to organisation.
        if resource.type == .maskinportenSchema {
            throw SystemUserRefusal(.maskinportenSchema, about: right.description)
        }
        guard resource.isDelegable else {
            throw SystemUserRefusal(.resourceNotDelegable, about: right.description)
        }
    }

    /// The packages are among those of the system, and fit the kind.
    func checkPackages(
        _ packages: [String],
        of system: RegisteredSystem,
        for kind: SystemUserKind
    ) throws {
        let offered = Set(system.packages.map { $0.lowercased() })
        for slug in packages {
            guard offered.contains(slug.lowercased()) else {
                throw SystemUserRefusal(.packageNotInSystem, about: slug)
            }
            try PackageFitness.check(slug, for: kind)
        }
    }

    private func checkRedirect(_ address: String?, of system: RegisteredSystem) throws {
        guard let address else { return }
        guard !system.allowedRedirectURLs.isEmpty else { throw SystemUserRefusal(.noRedirectURLs) }
        guard RedirectURL.isAllowed(address, among: system.allowedRedirectURLs) else {
            throw SystemUserRefusal(.redirectNotAllowed)
        }
    }

    /// The triple is free, or taken only by what has lost its force.
    private func checkFree(
        _ system: SystemID,
        _ customer: OrganisationNumber,
        _ externalRef: String,
        at now: Timestamp
    ) throws {
        let user = try reader.systemUser(system: system, owner: customer, externalRef: externalRef)
        if let old = try reader.systemUserRequest(system: system, customer: customer, externalRef: externalRef) {
            switch old.status(at: now) {
            case .new: throw SystemUserRefusal(.pending)
            case .denied: throw SystemUserRefusal(.denied)
            case .rejected: throw SystemUserRefusal(.rejected)
            // A system user that was deleted since frees the triple; so does silence.
            case .accepted where user != nil: throw SystemUserRefusal(.alreadyAccepted)
            case .accepted, .timedOut: break
            }
        }
        if user != nil { throw SystemUserRefusal(.systemUserExists) }
    }
}

/// Which packages go with which kind of system user.
enum PackageFitness {
    /// The roles that make an organisation somebody's client (spec/altinn §6.6).
    static let clientRoles: Set<RoleCode> = ["REGN", "REVI", "FFØR"]

    /// Whether the package lives in a relation between a client and its accountant, auditor or manager.
    static func isForClients(_ package: AccessPackage) -> Bool {
        package.grants.contains { clientRoles.contains($0.role) }
    }

    static func check(_ slug: String, for kind: SystemUserKind) throws(SystemUserRefusal) {
        let package = PackageTable.package(slug)
        switch kind {
        case .standard:
            guard let package, package.isDelegable, package.isAssignable, !isForClients(package) else {
                throw SystemUserRefusal(.packageNotForStandard, about: slug)
            }
        case .agent:
            guard let package, package.isDelegable, isForClients(package) else {
                throw SystemUserRefusal(.packageNotForAgent, about: slug)
            }
        }
    }
}
