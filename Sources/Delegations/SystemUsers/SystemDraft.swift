public import JOSE
public import Vocabulary

/// What a vendor says of its system, as it was sent; ``faults`` holds what could not be read.
public struct SystemDraft: Sendable, Hashable {
    /// `id`.
    public var id: SystemID?
    /// `vendor.ID`.
    public var vendor: OrganisationNumber?
    /// `name`.
    public var name: LocalisedText
    /// `description`.
    public var description: LocalisedText
    /// `rights`.
    public var rights: [SystemRight]
    /// The slugs of `accessPackages`.
    public var packages: [String]
    /// `clientId`.
    public var clients: [ClientID]
    /// `isVisible`.
    public var isVisible: Bool
    /// `allowedRedirectUrls`.
    public var allowedRedirectURLs: [String]
    /// What could not be read, in the order of the members.
    public var faults: [SystemFault]

    /// Reads a body of the system register; members that it does not know are ignored.
    public init(reading object: JSONObject) {
        var body = SystemBody(object)
        let identifier = body.text("id", required: true)
        id = identifier.flatMap { try? SystemID(parsing: $0) }
        if let identifier, id == nil { body.add(.rule(.identifierForm, path: "/id", value: identifier)) }
        let vendorText = object["vendor"]?["ID"]?.string ?? object["vendor"]?["id"]?.string
        vendor = vendorText.flatMap { try? OrganisationNumber(parsingISO6523: $0) }
        if vendor == nil { body.add(.rule(.vendorForm, path: "/vendor/ID", value: vendorText ?? "")) }
        name = body.localised("name")
        if name.preferred.map({ PlainText.isBlank($0) }) ?? true {
            body.add(.form(path: "/name", expected: "an object with a text for at least one language"))
        }
        description = body.localised("description")
        rights = body.rights("rights")
        packages = body.packages("accessPackages")
        var clients: [ClientID] = []
        for (index, text) in body.texts("clientId").enumerated() {
            if let client = try? ClientID(parsing: text) {
                clients.append(client)
            } else {
                body.add(.form(path: "/clientId/\(index)", expected: "a client identifier"))
            }
        }
        self.clients = clients
        isVisible = body.flag("isVisible")
        allowedRedirectURLs = body.texts("allowedRedirectUrls")
        faults = body.faults
    }

    /// Reads the body of `PUT …/rights`: an array of rights.
    public static func rights(reading value: JSONValue) throws(SystemFaults) -> [SystemRight] {
        var body = SystemBody([:])
        let rights = body.rights(in: value, at: "")
        guard body.faults.isEmpty else { throw SystemFaults(body.faults) }
        return rights
    }

    /// Reads the body of `PUT …/accesspackages`: an array of packages; gives their slugs.
    public static func packages(reading value: JSONValue) throws(SystemFaults) -> [String] {
        var body = SystemBody([:])
        let packages = body.packages(in: value, at: "")
        guard body.faults.isEmpty else { throw SystemFaults(body.faults) }
        return packages
    }
}

extension RegisteredSystem {
    /// The system of a draft without faults.
    ///
    /// - Precondition: ``SystemRules`` found nothing wrong with the draft.
    public init?(_ draft: SystemDraft, created: Timestamp) {
        guard draft.faults.isEmpty, let id = draft.id else { return nil }
        self.init(
            id: id,
            name: draft.name,
            description: draft.description,
            rights: draft.rights,
            packages: draft.packages,
            clients: draft.clients,
            isVisible: draft.isVisible,
            allowedRedirectURLs: draft.allowedRedirectURLs,
            created: created
        )
    }

    /// The record as the register answers with it.
    public var jsonObject: JSONObject {
        [
            "id": .string(id.rawValue),
            "vendor": ["authority": .string(OrganisationNumber.authority), "ID": .string(vendor.iso6523)],
            "name": .object(name.members),
            "description": .object(description.members),
            "rights": .rights(rights),
            "accessPackages": .packages(packages),
            "clientId": .strings(clients.map(\.rawValue)),
            "isVisible": .bool(isVisible),
            "allowedRedirectUrls": .strings(allowedRedirectURLs),
            "isDeleted": .bool(isDeleted),
            "created": .string("\(created)"),
            "lastUpdated": .string("\(lastUpdated)"),
        ]
    }
}

extension SystemChange {
    /// The line as the change log answers with it.
    public var jsonObject: JSONObject {
        [
            "systemId": .string(system.rawValue),
            "changedAt": .string("\(time)"),
            "changeType": .string(kind.rawValue),
            "changedBy": .string(actor),
            "changes": .object(changes),
        ]
    }
}
