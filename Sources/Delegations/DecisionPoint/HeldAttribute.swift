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

    /// The roles of a party for an organisation or person, and the packages that they carry, as far as they are asked for.
    ///
    /// `asks` tells whether it matters that the subject has that value of that attribute.
    func attributes(
        of subject: Party,
        for party: Party,
        where asks: (_ identifier: String, _ value: String) -> Bool,
        withPackages: Bool
    ) throws -> [HeldAttribute] {
        var held: [HeldAttribute] = []
        switch party {
        case .organisation(let number):
            let roles = try RoleRules(reader).roles(of: subject, for: number)
            for role in roles { Self.append(role.role, .role(role.path), where: asks, to: &held) }
            guard withPackages else { return held }
            for package in try PackageRules(reader).packages(from: roles) {
                guard asks(DecisionAttribute.accessPackage, package.slug) else { continue }
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
        case .person(let person):
            let roles = try RoleRules(reader).roles(of: subject, forPerson: person, on: CalendarDate(of: now))
            for role in roles { Self.append(role.role, .personRole(role.basis), where: asks, to: &held) }
        }
        return held
    }

    /// Adds a role under each of the names that policies may ask for it by.
    private static func append(
        _ code: RoleCode,
        _ source: @autoclosure () -> HeldAttribute.Source,
        where asks: (_ identifier: String, _ value: String) -> Bool,
        to held: inout [HeldAttribute]
    ) {
        if asks(DecisionAttribute.roleCode, code.rawValue) {
            held.append(HeldAttribute(DecisionAttribute.roleCode, code.rawValue, source()))
        }
        if let register = RegisterRole.named(code) {
            guard asks(DecisionAttribute.registerRole, register.slug) else { return }
            held.append(HeldAttribute(DecisionAttribute.registerRole, register.slug, source()))
        } else if RoleMap.altinnRole(code) == nil {
            let name = code.rawValue.lowercased()
            guard asks(DecisionAttribute.role, name) else { return }
            held.append(HeldAttribute(DecisionAttribute.role, name, source()))
        }
    }
}
