import AuditLedger
public import Delegations
import JOSE
public import Vocabulary

/// Why an act on access lists is not done; nothing of it is kept.
public enum AccessListRefusal: Error, Equatable, Sendable {
    /// There is no list of that name.
    case unknownList(AccessListID)
    /// The name or description is empty, too long or holds more than a line.
    case text(String)
    /// There is no resource of that identifier.
    case unknownResource(ResourceID)
    /// The resource is another organisation's.
    case foreignResource(ResourceID, owner: OrganisationNumber?)
    /// An action is empty or holds white space.
    case action(String)
}

extension AccessListRefusal: CustomStringConvertible {
    /// What to mend.
    public var description: String {
        switch self {
        case .unknownList(let list): "there is no access list `\(list)`"
        case .text(let name): "`\(name)` must be one line of at most 255 characters, and a list needs a name"
        case .unknownResource(let resource): "there is no resource `\(resource)`"
        case .foreignResource(let resource, let owner):
            "the resource `\(resource)` is " + (owner.map { "`\($0)`'s" } ?? "nobody's")
                + ", and a list counts only for its owner's resources"
        case .action(let action): "`\(action)` is no action: give one word, as `read`"
        }
    }
}

// Access lists.
extension Administration where Transaction: AccessListStore & ResourceReader {
    private static var maximumText: Int { 255 }

    /// Makes a list, or gives it another name or description; nil leaves the description as it is.
    ///
    /// - Throws: `AccessListRefusal.text`, `AdministrationRefusal.unknownOrganisation` for its owner.
    @discardableResult
    public func setAccessList(
        _ id: AccessListID,
        name: String,
        description: String? = nil
    ) throws -> AdministrationOutcome<AccessList> {
        let warnings = try warnings(about: id.owner)
        guard !PlainText.isBlank(name), Self.isLine(name) else { throw AccessListRefusal.text("name") }
        guard Self.isLine(description ?? "") else { throw AccessListRefusal.text("description") }
        let before = try transaction.accessList(id)
        var list = before ?? AccessList(id: id, name: name, created: now)
        list.name = name
        if let description { list.description = description }
        guard list != before else { return AdministrationOutcome(list, hasChanged: false, warnings: warnings) }
        list.lastUpdated = now
        try transaction.put(list)
        try record(
            before == nil ? .accessListCreated : .accessListChanged,
            on: id,
            [
                "name": change(before.map { .string($0.name) }, .string(list.name)),
                "description": change(before.map { .string($0.description) }, .string(list.description)),
            ]
        )
        return AdministrationOutcome(list, warnings: warnings)
    }

    /// Forgets a list; whoever had a right by it alone has none after.
    ///
    /// - Throws: `AccessListRefusal.unknownList`.
    public func deleteAccessList(_ id: AccessListID) throws {
        let list = try existing(id)
        let members = try transaction.members(of: id).map { JSONValue.string($0.organisation.description) }
        let resources = try transaction.connections(of: id).map { JSONValue.string($0.resource.rawValue) }
        try transaction.deleteAccessList(id)
        try record(
            .accessListDeleted,
            on: id,
            ["name": .string(list.name), "members": .array(members), "resources": .array(resources)]
        )
    }

    /// Puts an organisation on a list.
    ///
    /// - Throws: `AccessListRefusal.unknownList`, `AdministrationRefusal.unknownOrganisation`.
    @discardableResult
    public func addMember(
        _ organisation: OrganisationNumber,
        to id: AccessListID
    ) throws -> AdministrationOutcome<AccessListMember> {
        _ = try existing(id)
        let warnings = try warnings(about: organisation)
        if let member = try transaction.members(of: id).first(where: { $0.organisation == organisation }) {
            return AdministrationOutcome(member, hasChanged: false, warnings: warnings)
        }
        let member = AccessListMember(organisation: organisation, since: now)
        try transaction.add(member, to: id)
        try record(.accessListMemberAdded, on: id, ["member": .string(organisation.description)])
        return AdministrationOutcome(member, warnings: warnings)
    }

    /// Takes an organisation off a list; answers whether it was on it.
    ///
    /// - Throws: `AccessListRefusal.unknownList`.
    @discardableResult
    public func removeMember(_ organisation: OrganisationNumber, from id: AccessListID) throws -> Bool {
        _ = try existing(id)
        guard try transaction.members(of: id).contains(where: { $0.organisation == organisation }) else { return false }
        try transaction.remove(organisation, from: id)
        try record(.accessListMemberRemoved, on: id, ["member": .string(organisation.description)])
        return true
    }

    /// Makes a list count for a resource of its owner's, for some actions or, with none named, for all.
    ///
    /// - Throws: `AccessListRefusal`: `.unknownList`, `.unknownResource`, `.foreignResource`, `.action`.
    @discardableResult
    public func connect(
        _ id: AccessListID,
        to resource: ResourceID,
        actions: [String] = []
    ) throws -> AdministrationOutcome<AccessListConnection> {
        _ = try existing(id)
        guard let owned = try transaction.resource(resource) else { throw AccessListRefusal.unknownResource(resource) }
        guard owned.competentAuthority?.organisation == id.owner else {
            throw AccessListRefusal.foreignResource(resource, owner: owned.competentAuthority?.organisation)
        }
        for action in actions where action.isEmpty || action.contains(where: \.isWhitespace) || !Self.isLine(action) {
            throw AccessListRefusal.action(action)
        }
        let connection = AccessListConnection(resource: resource, actions: actions)
        let before = try transaction.connections(of: id).first { $0.resource == resource }
        guard connection != before else { return AdministrationOutcome(connection, hasChanged: false) }
        try transaction.connect(connection, to: id)
        try record(
            .accessListConnected,
            on: id,
            [
                "resource": .string(resource.rawValue),
                "actions": change(before.map { .strings($0.actions) }, .strings(actions)),
            ]
        )
        return AdministrationOutcome(connection)
    }

    /// Makes a list count for a resource no more; answers whether it did.
    ///
    /// - Throws: `AccessListRefusal.unknownList`.
    @discardableResult
    public func disconnect(_ id: AccessListID, from resource: ResourceID) throws -> Bool {
        _ = try existing(id)
        guard let before = try transaction.connections(of: id).first(where: { $0.resource == resource }) else {
            return false
        }
        try transaction.disconnect(resource, from: id)
        try record(
            .accessListDisconnected,
            on: id,
            [
                "resource": .string(resource.rawValue),
                "actions": change(.strings(before.actions), JSONValue?.none),
            ]
        )
        return true
    }

    private func existing(_ id: AccessListID) throws -> AccessList {
        guard let list = try transaction.accessList(id) else { throw AccessListRefusal.unknownList(id) }
        return list
    }

    private func record(_ kind: LedgerEvent.Kind, on id: AccessListID, _ details: JSONObject) throws {
        var details = details
        details["access_list"] = .string(id.description)
        try record(kind, details) { $0.consumer = id.owner }
    }

    private static func isLine(_ text: String) -> Bool {
        text.unicodeScalars.count <= maximumText && PlainText.firstMisplaced(in: text) == nil
    }
}
