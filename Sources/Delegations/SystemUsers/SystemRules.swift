public import Vocabulary

/// The rules of the system register (spec/altinn §6.2).
public struct SystemRules<Reader: SystemUserReader & ResourceReader> {
    private let reader: Reader

    /// Rules over the facts that `reader` gives.
    public init(_ reader: Reader) { self.reader = reader }

    /// Everything wrong with a new system.
    ///
    /// `ownsClient` says whether a client is registered and belongs to the vendor.
    public func faults(
        inNew draft: SystemDraft,
        ownsClient: (ClientID, OrganisationNumber) throws -> Bool
    ) throws -> [SystemFault] {
        var faults = draft.faults
        if let id = draft.id, let vendor = draft.vendor {
            if id.vendor != vendor { faults.append(.rule(.identifierForm, path: "/id", value: id.rawValue)) }
            // A deleted system keeps its identifier: tokens and ledger entries name it.
            if try reader.system(id) != nil {
                faults.append(.rule(.identifierTaken, path: "/id", value: id.rawValue))
            }
        }
        return try faults + contentFaults(in: draft, ownsClient: ownsClient)
    }

    /// Everything wrong with new values for a system; identifier and vendor stay as they are.
    public func faults(
        in draft: SystemDraft,
        changing system: RegisteredSystem,
        ownsClient: (ClientID, OrganisationNumber) throws -> Bool
    ) throws -> [SystemFault] {
        var faults = draft.faults
        if let id = draft.id, id != system.id {
            faults.append(.rule(.identifierForm, path: "/id", value: id.rawValue))
        }
        if let vendor = draft.vendor, vendor != system.vendor {
            faults.append(.rule(.vendorForm, path: "/vendor/ID", value: vendor.iso6523))
        }
        return try faults + contentFaults(in: draft, ownsClient: ownsClient)
    }

    /// What is wrong with rights of a system.
    public func faults(inRights rights: [SystemRight], at path: String) throws -> [SystemFault] {
        var faults: [SystemFault] = []
        var seen: [SystemRight] = []
        for (index, right) in rights.enumerated() {
            let place = "\(path)/\(index)"
            // Actions are matched without case, so two spellings are one right.
            if seen.contains(where: { $0.isSame(as: right) }) {
                faults.append(.rule(.rightTwice, path: place, value: right.description))
            }
            seen.append(right)
            if try reader.resource(right.resource) == nil {
                faults.append(.rule(.resourceUnknown, path: "\(place)/resource", value: right.resource.rawValue))
            }
        }
        return faults
    }

    /// What is wrong with packages of a system.
    public func faults(inPackages packages: [String], at path: String) -> [SystemFault] {
        var faults: [SystemFault] = []
        var seen: Set<String> = []
        for (index, slug) in packages.enumerated() {
            let place = "\(path)/\(index)/urn"
            if !seen.insert(slug.lowercased()).inserted {
                faults.append(.rule(.packageTwice, path: place, value: slug))
            }
            if PackageTable.package(slug)?.isDelegable != true {
                faults.append(.rule(.packageUnknown, path: place, value: slug))
            }
        }
        return faults
    }

    private func contentFaults(
        in draft: SystemDraft,
        ownsClient: (ClientID, OrganisationNumber) throws -> Bool
    ) throws -> [SystemFault] {
        var faults = try faults(inRights: draft.rights, at: "/rights")
        faults += self.faults(inPackages: draft.packages, at: "/accessPackages")
        var seen: Set<ClientID> = []
        for (index, client) in draft.clients.enumerated() {
            let holder = try reader.system(ofClient: client)
            let isElsewhere = holder.map { $0.id != draft.id } ?? false
            let isOwned = try draft.vendor.map { try ownsClient(client, $0) } ?? true
            if isElsewhere || !isOwned || !seen.insert(client).inserted {
                faults.append(.rule(.clientTaken, path: "/clientId/\(index)", value: client.rawValue))
            }
        }
        for (index, address) in draft.allowedRedirectURLs.enumerated() where !RedirectURL.isAllowedForm(address) {
            faults.append(.rule(.redirectForm, path: "/allowedRedirectUrls/\(index)", value: address))
        }
        return faults
    }
}

extension SystemRight: CustomStringConvertible {
    /// The resource, and the action where there is one: `acme-reports#read`.
    public var description: String { resource.rawValue + (action.map { "#\($0)" } ?? "") }

    /// Whether both are the same right; actions are compared without case.
    public func isSame(as other: SystemRight) -> Bool {
        resource == other.resource && action?.lowercased() == other.action?.lowercased()
    }
}

/// Addresses that a browser is sent back to.
enum RedirectURL {
    /// Whether it is an `https` address without fragment.
    static func isAllowedForm(_ text: String) -> Bool {
        text.lowercased().hasPrefix("https://") && (try? AbsoluteURI(parsing: text)) != nil
    }

    /// Whether an address is among those allowed: the same scheme, host, port and path; the query is free.
    ///
    /// A vendor adds its own state as query, so that what is compared ends before it (RFC 3986 §3).
    static func isAllowed(_ text: String, among allowed: [String]) -> Bool {
        guard isAllowedForm(text) else { return false }
        let base = text.prefix { $0 != "?" }
        return allowed.contains { $0.prefix { $0 != "?" } == base }
    }
}
