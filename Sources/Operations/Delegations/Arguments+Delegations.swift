import Delegations
import FoundationEssentials
import Vocabulary

// What is given to operations on delegations, as what it means.
extension Arguments {
    /// A code of a role, as `APIADM`.
    func role(_ name: String) throws(OperationFault) -> RoleCode {
        let text = try requiredText(name)
        guard let role = RoleCode(parsing: text) else {
            throw .usage("`\(text)` is no code of a role", hint: "letters and digits, as `APIADM` or `DAGL`")
        }
        return role
    }

    /// A pseudonym in full.
    func pseudonym(_ name: String) throws(OperationFault) -> PersonPseudonym? {
        guard let text = try text(name) else { return nil }
        guard let pseudonym = PersonPseudonym(parsing: text) else {
            throw .usage(
                "\(title(of: name)) is no pseudonym",
                hint: "64 hexadecimal digits, as `portvakt role list` shows them"
            )
        }
        return pseudonym
    }

    /// A national identity number; what was sent may be somebody's number all but for a digit, so it is not repeated.
    func identityNumber(_ name: String) throws(OperationFault) -> NationalIdentityNumber? {
        guard let text = try text(name) else { return nil }
        guard let number = NationalIdentityNumber(parsing: text) else {
            throw .usage(
                "\(title(of: name)) is no national identity number",
                hint: "eleven digits, of which the last two are control digits"
            )
        }
        return number
    }

    /// A UUID.
    func identifier(_ name: String) throws(OperationFault) -> UUID {
        let text = try requiredText(name)
        guard let id = UUID(uuidString: text) else { throw .usage("`\(text)` is no UUID") }
        return id
    }

    /// An access list: its owner's number and its identifier.
    func accessList(_ name: String) throws(OperationFault) -> AccessListID {
        let text = try requiredText(name)
        do throws(AccessListID.ParseError) { return try AccessListID(parsing: text) } catch {
            throw .usage("`\(text)` names no access list", hint: "write its owner and identifier: `310000124:readers`")
        }
    }

    /// A system's identifier.
    func system(_ name: String) throws(OperationFault) -> SystemID? {
        guard let text = try text(name) else { return nil }
        guard let id = try? SystemID(parsing: text) else {
            throw .usage("`\(text)` is no system: the vendor's organisation number, `_` and a name")
        }
        return id
    }

    /// Rights: each a resource, and perhaps `#` and an action.
    func rights(_ name: String) throws(OperationFault) -> [SystemRight] {
        var rights: [SystemRight] = []
        for text in try texts(name) {
            let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            guard let resource = try? ResourceID(parsing: parts[0]), parts.count == 1 || !parts[1].isEmpty else {
                throw .usage("`\(text)` is no right", hint: "write a resource, or a resource, `#` and an action")
            }
            rights.append(SystemRight(resource: resource, action: parts.count == 2 ? String(parts[1]) : nil))
        }
        return rights
    }

    /// Slugs of access packages, which may be given as their URNs.
    func packages(_ name: String) throws(OperationFault) -> [String] {
        try texts(name).map { text in
            text.hasPrefix(AccessPackage.urnPrefix) ? String(text.dropFirst(AccessPackage.urnPrefix.count)) : text
        }
    }
}
