import FoundationEssentials
public import JOSE
public import Vocabulary

// The JSON objects of the system-user API (spec/altinn §6.3, §6.4, §6.6).

extension SystemUserRequest {
    /// The request as the API answers with it; `portal` is the address (`portal_url`) on which the customer confirms.
    public func jsonObject(at now: Timestamp, portal: String) -> JSONObject {
        var object: JSONObject = [
            "id": .string(id.uuidString.lowercased()),
            "externalRef": .string(externalRef),
            "systemId": .string(system.rawValue),
            "partyOrgNo": .string("\(customer)"),
            "integrationTitle": .optional(integrationTitle),
        ]
        if kind == .standard { object["rights"] = .rights(rights) }
        object["accessPackages"] = .packages(packages)
        object["status"] = .string(status(at: now).rawValue)
        object["redirectUrl"] = .optional(redirectURL)
        object["confirmUrl"] = .string(confirmURL(portal: portal))
        object["created"] = .string("\(created)")
        object["escalated"] = .bool(isEscalated)
        object["timedOut"] = .bool(isTimedOut(at: now))
        object["userType"] = .string(kind.rawValue)
        return object
    }

    /// The page on which the customer answers.
    public func confirmURL(portal: String) -> String {
        let path = kind == .agent ? "agentrequest" : "request"
        return portalPage(portal, "accessmanagement/ui/systemuser/\(path)", id: id.uuidString.lowercased())
    }
}

extension SystemUserChangeRequest {
    /// The change request as the API answers with it; `portal` is the address (`portal_url`) on which the customer confirms.
    public func jsonObject(of user: SystemUser, at now: Timestamp, portal: String) -> JSONObject {
        [
            "id": .string(id.uuidString.lowercased()),
            "externalRef": .string(user.externalRef),
            "systemId": .string(user.system.rawValue),
            "partyOrgNo": .string("\(user.owner)"),
            "systemUserId": .string(systemUser.uuidString.lowercased()),
            "requiredRights": .rights(requiredRights),
            "unwantedRights": .rights(unwantedRights),
            "requiredAccessPackages": .packages(requiredPackages),
            "unwantedAccessPackages": .packages(unwantedPackages),
            "status": .string(status(at: now).rawValue),
            "redirectUrl": .optional(redirectURL),
            "confirmUrl": .string(confirmURL(portal: portal)),
            "created": .string("\(created)"),
        ]
    }

    /// The page on which the customer answers.
    public func confirmURL(portal: String) -> String {
        portalPage(portal, "accessmanagement/ui/systemuser/changerequest", id: id.uuidString.lowercased())
    }
}

extension SystemUser {
    /// The system user as lists of the owner and the vendor have it, rights and packages included.
    public var jsonObject: JSONObject {
        [
            "id": .string(id.uuidString.lowercased()),
            "integrationTitle": .string(integrationTitle),
            "systemId": .string(system.rawValue),
            "reporteeOrgNo": .string("\(owner)"),
            "supplierOrgno": .string("\(system.vendor)"),
            "externalRef": .string(externalRef),
            "userType": .string(kind.rawValue),
            "rights": .rights(rights),
            "accessPackages": .packages(packages),
            "created": .string("\(created)"),
            "isDeleted": .bool(isDeleted),
        ]
    }

    /// The answer of the look-up by external identifier, with exactly its members (spec/altinn §6.4).
    ///
    /// `supplierName` is the vendor's name in the register, where it is known.
    public func lookupObject(supplierName: String?) -> JSONObject {
        [
            "id": .string(id.uuidString.lowercased()),
            "integrationTitle": .string(integrationTitle),
            "systemId": .string(system.rawValue),
            // Equal to `systemId` for Maskinporten's sake.
            "productName": .string(system.rawValue),
            "reporteeOrgNo": .string("\(owner)"),
            "created": .string("\(created)"),
            "isDeleted": .bool(isDeleted),
            "supplierName": .string(supplierName ?? ""),
            "supplierOrgno": .string("\(system.vendor)"),
            "externalRef": .string(externalRef),
            "userType": .string(kind.rawValue),
        ]
    }
}

/// A page of the portal that is about one thing.
func portalPage(_ portal: String, _ path: String, id: String) -> String {
    (portal.hasSuffix("/") ? portal : portal + "/") + path + "?id=" + id
}
