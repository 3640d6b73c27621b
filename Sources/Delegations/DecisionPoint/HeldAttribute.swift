public import FoundationEssentials
import Vocabulary

/// Something that a subject has for a party and that a policy can ask for, and where it comes from.
public struct HeldAttribute: Sendable, Hashable {
    /// Where it comes from.
    public enum Source: Sendable, Hashable {
        /// A role for an organisation, by that path.
        case role(RolePath)
        /// A role for a private person.
        case personRole(PersonRole.Basis)
        /// A package that comes with a role, by that path.
        case package(RolePath)
        /// A package that a system user holds for its owner.
        case systemUser(UUID)
        /// A package that a client delegated to an agent system user.
        case clientDelegation(UUID)
        /// A list that the subject is on.
        case accessList(AccessListID)
        /// The nature of the subject itself.
        case nature
    }

    /// The attribute, one of ``DecisionAttribute``.
    public let identifier: String
    /// Its value.
    public let value: String
    /// Where it comes from.
    public let source: Source
    /// Whether it gives access; a main administrator may give packages without having it.
    public let hasAccess: Bool
    /// Whether whoever has it may give on what it opens.
    public let canDelegate: Bool

    init(_ identifier: String, _ value: String, _ source: Source, hasAccess: Bool = true, canDelegate: Bool = true) {
        self.identifier = identifier
        self.value = value
        self.source = source
        self.hasAccess = hasAccess
        self.canDelegate = canDelegate
    }
}

extension HeldAttribute.Source: CustomStringConvertible {
    /// The way in words, with numbers and codes in backticks; names no person.
    public var description: String {
        switch self {
        case .role(let path), .package(let path): "\(path)"
        case .personRole(.oneself): "acts for itself"
        case .personRole(.soleProprietorship(let path)): "\(path); owner of the sole proprietorship"
        case .systemUser(let id): "held by system user `\(id.uuidString.lowercased())`"
        case .clientDelegation(let id): "client delegation `\(id.uuidString.lowercased())`"
        case .accessList(let list): "on access list `\(list)`"
        case .nature: "what the subject is"
        }
    }
}

/// Finds what a party has for another one, kind by kind, so that a decision reads no more than its policy asks for.
struct HeldAttributes<Reader: RoleReader> {
    let reader: Reader
    let now: Timestamp

    /// The roles of a party for an organisation or person, and the packages that they carry when those are wanted.
    func attributes(
        of subject: Party,
        for party: Party,
        withPackages: Bool,
        withRoles: Bool
    ) throws -> [HeldAttribute] {
        switch party {
        case .organisation(let number):
            let roles = try RoleRules(reader).roles(of: subject, for: number)
            var held = withRoles ? roles.flatMap { Self.role($0.role, .role($0.path)) } : []
            guard withPackages else { return held }
            for package in try PackageRules(reader).packages(from: roles) {
                held.append(
                    HeldAttribute(
                        DecisionAttribute.accessPackage,
                        package.slug,
                        .package(package.path),
                        hasAccess: package.hasAccess,
                        canDelegate: package.canDelegate
                    )
                )
            }
            return held
        case .person(let person):
            guard withRoles else { return [] }
            let roles = try RoleRules(reader).roles(of: subject, forPerson: person, on: CalendarDate(of: now))
            return roles.flatMap { Self.role($0.role, .personRole($0.basis)) }
        }
    }

    /// A role under each of the names that policies may ask for it by.
    private static func role(_ code: RoleCode, _ source: HeldAttribute.Source) -> [HeldAttribute] {
        var held = [HeldAttribute(DecisionAttribute.roleCode, code.rawValue, source)]
        if let register = RegisterRole.named(code) {
            held.append(HeldAttribute(DecisionAttribute.registerRole, register.slug, source))
        } else if RoleMap.altinnRole(code) == nil {
            held.append(HeldAttribute(DecisionAttribute.role, code.rawValue.lowercased(), source))
        }
        return held
    }
}
