public import Delegations
internal import FoundationEssentials
internal import RelationalStorage
internal import Organisations
public import Vocabulary

/// Who holds which role: what the register says, and what was given inside the module.
extension SQLiteReader: RoleReader {
    /// What is known of a unit, also of a deleted one; nil when the register never knew it.
    public func unit(_ number: OrganisationNumber) throws -> Unit? {
        try VersionTable.organisations.newest(of: number, self) { record in
            let unit = try OrganisationRow.decode(number) { () throws(OrganisationRecord.Damage) in
                try Organisation(number, record: record)
            }
            return Unit(
                number: number,
                form: unit.form.code,
                mainUnit: unit.kind == .subUnit ? unit.parent : nil,
                isLive: unit.isLive,
                deleted: unit.deleted
            )
        }
    }

    /// All roles that an organisation itself has assigned, of both sources; none when it is unknown.
    public func assignments(of organisation: OrganisationNumber) throws -> [RoleAssignment] {
        try registerRoles(of: organisation).map { role in
            RoleAssignment(organisation: organisation, role: role.code, holder: try resolve(role.holder))
        } + givenRoles(of: organisation)
    }

    /// All roles that a party has been assigned by any organisation, of both sources.
    public func assignments(heldBy party: Party) throws -> [RoleAssignment] {
        let party = try resolve(party)
        var assignments: [RoleAssignment] = []
        for alias in try aliases(of: party) {
            let units = try Int64.fetchAll(
                database.cachedStatement(sql: "SELECT unit FROM role_holder WHERE holder = ? ORDER BY unit"),
                arguments: [alias.partyID]
            )
            for unit in units {
                let number = try OrganisationRow.number(from: unit)
                // The index is a hint: another person may share the number, and the role may be over.
                for role in try registerRoles(of: number) where role.holder.party == alias {
                    assignments.append(RoleAssignment(organisation: number, role: role.code, holder: party))
                }
            }
            assignments += try givenRoles(heldBy: alias).map {
                RoleAssignment(organisation: $0.organisation, role: $0.role, holder: party, source: .given)
            }
        }
        return assignments
    }

    /// Whether an organisation has assigned a role to a person whom open data name and nobody has linked to a number.
    public func hasUnlinkedPersons(in organisation: OrganisationNumber) throws -> Bool {
        try registerRoles(of: organisation).contains { role in
            guard case .unlinkedPerson(let person) = role.holder else { return false }
            return try linkedPerson(of: person) == nil
        }
    }

    /// What the register says of a unit's roles, as it stands there.
    func registerRoles(of number: OrganisationNumber) throws -> [UnitRoles.Role] {
        try VersionTable.roles.newest(of: number, self) { try Self.roles($0) } ?? []
    }

    static func roles(_ bytes: UnsafeRawBufferPointer) throws -> [UnitRoles.Role] {
        do {
            return try RoleSetRecord.roles(bytes)
        } catch {
            throw StorageError.corrupt(detail: "the roles of a unit are malformed")
        }
    }

    private static func party(_ bytes: Data) throws -> Party {
        guard let party = RoleSetRecord.party(bytes) else {
            throw StorageError.corrupt(detail: "the roles of a unit are malformed")
        }
        return party
    }

    private func givenRoles(of organisation: OrganisationNumber) throws -> [RoleAssignment] {
        let statement = try database.cachedStatement(
            sql: "SELECT role, holder FROM role_given WHERE organisation = ? ORDER BY role, holder"
        )
        return try Row.fetchAll(statement, arguments: [organisation.integer]).map { row in
            RoleAssignment(
                organisation: organisation,
                role: RoleCode(stored: row[0]),
                holder: try resolve(Self.party(row[1] as Data)),
                source: .given
            )
        }
    }

    private func givenRoles(heldBy party: Party) throws -> [RoleAssignment] {
        let statement = try database.cachedStatement(
            sql: "SELECT organisation, role FROM role_given WHERE holder = ? ORDER BY organisation, role"
        )
        return try Row.fetchAll(statement, arguments: [Data(RoleSetRecord.bytes(of: party))]).map { row in
            RoleAssignment(
                organisation: try OrganisationRow.number(from: row[0]),
                role: RoleCode(stored: row[1]),
                holder: party,
                source: .given
            )
        }
    }
}

extension SQLiteTransaction: RoleStore {
    /// Adds a role given inside the module; false when it stood there already.
    @discardableResult
    public func give(_ assignment: RoleAssignment) throws -> Bool {
        try database.execute(
            sql: "INSERT OR IGNORE INTO role_given (organisation, role, holder) VALUES (?, ?, ?)",
            arguments: Self.givenKey(assignment)
        )
        let isNew = database.changesCount > 0
        // A person who holds no other role must be found by UUID and number all the same.
        if case .person(let person) = assignment.holder { try remember(person) }
        return isNew
    }

    /// Takes a role given inside the module back; false when there was none.
    @discardableResult
    public func revoke(_ assignment: RoleAssignment) throws -> Bool {
        var changed = 0
        for alias in try aliases(of: resolve(assignment.holder)) {
            try database.execute(
                sql: "DELETE FROM role_given WHERE organisation = ? AND role = ? AND holder = ?",
                arguments: Self.givenKey(
                    RoleAssignment(organisation: assignment.organisation, role: assignment.role, holder: alias)
                )
            )
            changed += database.changesCount
        }
        return changed > 0
    }

    private static func givenKey(_ assignment: RoleAssignment) -> StatementArguments {
        [
            assignment.organisation.integer, assignment.role.rawValue,
            Data(RoleSetRecord.bytes(of: assignment.holder)),
        ]
    }
}
