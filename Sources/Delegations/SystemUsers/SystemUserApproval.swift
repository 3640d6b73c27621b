public import Vocabulary

/// Whether somebody may approve what a vendor asks for (spec/altinn §6.3).
///
/// The operator's act is held to what no act may do; a person's also to what that person may give on, right by right.
public struct SystemUserApproval<Reader: SystemUserReader & ResourceReader & RoleReader, Authority: DelegationAuthority>
{
    private let reader: Reader
    private let authority: Authority

    /// Rules over the facts that `reader` gives and the answers of `authority`.
    public init(_ reader: Reader, authority: Authority) {
        self.reader = reader
        self.authority = authority
    }

    /// Whether rights and packages that the system offers may be given to a system user of the customer.
    ///
    /// - Throws: `SystemUserRefusal` for the first right or package that may not.
    public func check(
        _ system: RegisteredSystem,
        rights: [SystemRight],
        packages: [String],
        for kind: SystemUserKind,
        of customer: OrganisationNumber,
        by right: ActingRight
    ) throws {
        try checkGate(of: customer, by: right)
        let rules = SystemUserRules(reader)
        // The vendor may have changed its mind since the request, and so may the resource's owner.
        try rules.checkRights(rights, of: system)
        try rules.checkPackages(packages, of: system, for: kind)
        guard case .person(let person, let level) = right else { return }
        for asked in rights { try check(asked, of: customer, by: person, level: level) }
        // What an agent may do for clients is given client by client; its owner need not hold it for itself.
        guard kind == .standard else { return }
        for slug in packages { try check(package: slug, of: customer, by: person) }
    }

    /// Whether somebody may administer access for the customer at all; enough to refuse a request.
    ///
    /// - Throws: `SystemUserRefusal`, `.missingRole`.
    public func checkGate(of customer: OrganisationNumber, by right: ActingRight) throws {
        guard case .person(let person, let level) = right else { return }
        let mayAdminister = try authority.permits(
            "write",
            on: .accessManagement,
            to: person,
            level: level,
            for: .organisation(customer)
        )
        guard mayAdminister else { throw SystemUserRefusal(.missingRole) }
    }

    private func check(
        _ right: SystemRight,
        of customer: OrganisationNumber,
        by person: PersonPseudonym,
        level: Int
    ) throws {
        let all = try authority.delegability(
            of: right.resource,
            by: person,
            level: level,
            for: .organisation(customer)
        )
        let asked = all.filter { right.action == nil || $0.action.lowercased() == right.action?.lowercased() }
        guard !asked.isEmpty else { throw SystemUserRefusal(.delegationCheckFailed, about: right.description) }
        if let obstacle = asked.lazy.compactMap(\.obstacle).first {
            throw SystemUserRefusal(SystemUserProblem(obstacle), about: right.description)
        }
    }

    private func check(package slug: String, of customer: OrganisationNumber, by person: PersonPseudonym) throws {
        let held = try PackageRules(reader).packages(of: .person(person), for: customer)
            .filter { $0.slug.lowercased() == slug.lowercased() }
        guard !held.isEmpty else { throw SystemUserRefusal(.packageMissingAccess, about: slug) }
        guard held.contains(where: \.canDelegate) else { throw SystemUserRefusal(.packageCheckFailed, about: slug) }
    }
}

extension SystemUserProblem {
    init(_ obstacle: DelegationObstacle) {
        self =
            switch obstacle {
            case .missingRole: .missingRole
            case .missingDelegation: .missingDelegation
            case .levelTooLow: .levelTooLow
            case .notDelegable: .resourceNotDelegable
            case .accessList: .accessList
            case .undecided: .delegationCheckFailed
            }
    }
}
