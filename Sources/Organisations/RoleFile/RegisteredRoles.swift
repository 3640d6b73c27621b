public import Vocabulary

/// What Enhetsregisteret says of who holds which role in one unit, as one object of a role file has it.
public struct RegisteredRoles: Sendable, Hashable {
    /// Who holds a role.
    public enum Holder: Sendable, Hashable {
        /// An organisation.
        case organisation(OrganisationNumber)
        /// A person, by national identity number: the authorised shape.
        case person(NationalIdentityNumber)
        /// A person, by what open data tell: name, and birth date where it stands there.
        case named(String, birthDate: CalendarDate?)
    }

    /// A role that counts.
    public struct Role: Sendable, Hashable {
        /// The register's code, such as `DAGL`.
        public let code: String
        /// Who holds it.
        public let holder: Holder

        /// A role.
        public init(code: String, holder: Holder) {
            self.code = code
            self.holder = holder
        }
    }

    /// The unit.
    public let number: OrganisationNumber
    /// The roles that count, in the order of the file.
    public let roles: [Role]
    /// How many do not: taken off the register (avregistrert), resigned (fratraadt), of the dead or of a deleted unit.
    public let endedCount: Int

    /// Roles of a unit.
    public init(number: OrganisationNumber, roles: [Role], endedCount: Int = 0) {
        self.number = number
        self.roles = roles
        self.endedCount = endedCount
    }
}
