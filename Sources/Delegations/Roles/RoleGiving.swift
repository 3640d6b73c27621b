public import Vocabulary

/// Why a role may not be given or taken back.
public enum RoleGivingRefusal: Error, Equatable, Sendable {
    /// The role comes from the register alone, or is none that Altinn knows.
    case notGivable(RoleCode)
    /// An organisation needs no role for itself.
    case toItself(OrganisationNumber)
    /// The person manages nobody's access to the organisation.
    case noAccessManager(OrganisationNumber)
    /// An access manager gives what he has himself; this role he has not.
    case roleNotHeld(RoleCode)
    /// A main administrator is appointed by those whom the register makes one.
    case notMainAdministratorByRegister(RoleCode)
}

extension RoleGivingRefusal: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .notGivable(let role):
            "the role `\(role)` cannot be given: it comes from Enhetsregisteret, or does not exist"
        case .toItself(let organisation): "`\(organisation)` cannot be given a role for itself"
        case .noAccessManager(let organisation):
            "only an access manager (`ADMAI`) or a main administrator (`HADM`) of `\(organisation)` gives and revokes roles"
        case .roleNotHeld(let role): "an access manager gives what he has himself, and `\(role)` is not among it"
        case .notMainAdministratorByRegister(let role):
            "`\(role)` is given and revoked by those alone who have it by a role in Enhetsregisteret"
        }
    }
}

/// Which roles may be given inside the module, and by whom.
///
/// An access manager (ADMAI) gives the roles that he has himself; a main administrator (HADM) any role that can be given,
/// also one that he lacks; but a main administrator is appointed only by those who are one by the register.
public struct RoleGiving<Reader: RoleReader> {
    private let reader: Reader

    /// Rules over the facts that `reader` gives.
    public init(_ reader: Reader) { self.reader = reader }

    /// The role of Altinn 3 whose holder may give packages without having them.
    public static var mainAdministrator: RoleCode { "HOVEDADMINISTRATOR" }

    /// Whether a role can be given: Altinn's roles but those of private persons, accountants and auditors, which exist
    /// through the register relation alone (altinn.md §1.2, §2).
    public static func isGivable(_ role: RoleCode) -> Bool {
        if role == mainAdministrator { return true }
        guard let altinnRole = RoleMap.altinnRole(role) else { return false }
        let relations: Set<RoleCode> = [RoleMap.privatePerson, "REGN", "REVI"]
        return !altinnRole.registerRoles.isSubset(of: relations)
    }

    /// Checks that a role can be given to a party at all; the operator's act needs no more.
    public func checkForm(_ assignment: RoleAssignment) throws(RoleGivingRefusal) {
        guard Self.isGivable(assignment.role) else { throw .notGivable(assignment.role) }
        guard assignment.holder != .organisation(assignment.organisation) else {
            throw .toItself(assignment.organisation)
        }
    }

    /// Checks that a person may give a role.
    ///
    /// - Throws: `RoleGivingRefusal`, and what the reader throws.
    public func checkGiving(_ assignment: RoleAssignment, by giver: PersonPseudonym) throws {
        try checkForm(assignment)
        let held = try RoleRules(reader).roles(of: .person(giver), for: assignment.organisation)
        guard try !isAppointed(assignment.role, by: held) else { return }
        if held.contains(where: { Self.isMainAdministrator($0.role) }) { return }
        guard held.contains(where: { $0.role == "ADMAI" }) else {
            throw RoleGivingRefusal.noAccessManager(assignment.organisation)
        }
        guard held.contains(where: { $0.role == assignment.role }) else {
            throw RoleGivingRefusal.roleNotHeld(assignment.role)
        }
    }

    /// Checks that a person may take a role back: whoever manages access, and the holder always.
    ///
    /// - Throws: `RoleGivingRefusal`, and what the reader throws.
    public func checkRevoking(_ assignment: RoleAssignment, by person: PersonPseudonym) throws {
        guard assignment.holder != .person(person) else { return }
        let held = try RoleRules(reader).roles(of: .person(person), for: assignment.organisation)
        guard try !isAppointed(assignment.role, by: held) else { return }
        guard held.contains(where: { $0.role == "ADMAI" || Self.isMainAdministrator($0.role) }) else {
            throw RoleGivingRefusal.noAccessManager(assignment.organisation)
        }
    }

    /// Whether the role is one of main administrators, and these roles suffice to appoint one.
    ///
    /// - Throws: `.notMainAdministratorByRegister` when it is one and they do not.
    private func isAppointed(_ role: RoleCode, by held: [HeldRole]) throws -> Bool {
        guard Self.isMainAdministrator(role) else { return false }
        let mayAppoint =
            if role == Self.mainAdministrator {
                try PackageRules(reader).packages(from: held)
                    .contains { $0.slug == "hovedadministrator" && $0.canDelegate }
            } else {
                held.contains { $0.role == role && $0.path.mappedFrom != nil }
            }
        guard mayAppoint else { throw RoleGivingRefusal.notMainAdministratorByRegister(role) }
        return true
    }

    private static func isMainAdministrator(_ role: RoleCode) -> Bool { role == "HADM" || role == mainAdministrator }
}
