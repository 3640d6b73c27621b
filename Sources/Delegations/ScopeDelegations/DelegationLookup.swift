public import JOSE
public import Vocabulary

/// Why the look-up of delegations gives no list (spec of Altinn §3.7).
public enum DelegationLookupFault: Error, Equatable, Sendable {
    /// No parameter was given: 400.
    case noParameter
    /// A parameter does not have the right form: 400.
    case malformed(parameter: String)
    /// The register does not know the organisation: 400, and not an empty list.
    case unknownOrganisation(parameter: String)
    /// The caller owns no prefix of the scope, or asked for no scope: 403.
    case forbidden

    /// The status of the answer.
    public var status: Int {
        switch self {
        case .noParameter, .malformed, .unknownOrganisation: 400
        case .forbidden: 403
        }
    }
}

extension DelegationLookupFault: CustomStringConvertible {
    /// What to mend.
    public var description: String {
        switch self {
        case .noParameter: "at least one of `supplierOrg`, `consumerOrg` and `scope` must be there"
        case .malformed(let parameter): "`\(parameter)` does not have the right form"
        case .unknownOrganisation(let parameter): "the register does not know the organisation in `\(parameter)`"
        case .forbidden: "the token's `consumer_prefix` does not own the prefix of `scope`"
        }
    }
}

/// The look-up by which a token server asks who may act for whom, as Maskinporten asks Altinn.
public struct DelegationLookup<Reader: RoleReader & ResourceReader & DelegationReader> {
    private let reader: Reader
    private let isDelegatedElsewhere: (ScopeName) throws -> Bool

    /// Whom the look-up answers.
    public enum Caller: Sendable, Hashable {
        /// One with `altinn:maskinporten/delegations.admin`.
        case administrator
        /// One with `altinn:maskinporten/delegations`, which owns these prefixes (`consumer_prefix`).
        case owner(of: [ScopePrefix])
    }

    /// A look-up over the facts that `reader` gives.
    ///
    /// `isDelegatedElsewhere` says whether another register answers for a scope: nothing is told of it here.
    public init(_ reader: Reader, isDelegatedElsewhere: @escaping (ScopeName) throws -> Bool = { _ in false }) {
        self.reader = reader
        self.isDelegatedElsewhere = isDelegatedElsewhere
    }

    /// The delegations in force between these organisations of resources that bundle that scope; what is nil does not matter.
    ///
    /// - Throws: `DelegationLookupFault`.
    /// - Returns: one object for each delegation, all scopes of its resource listed but those of other registers; empty when
    ///   there is none.
    public func answer(
        supplierOrganisation: String?,
        consumerOrganisation: String?,
        scope: String?,
        to caller: Caller,
        at now: Timestamp
    ) throws -> [JSONValue] {
        guard supplierOrganisation != nil || consumerOrganisation != nil || scope != nil else {
            throw DelegationLookupFault.noParameter
        }
        var query = DelegationQuery()
        query.scope = try scope.map { text in
            guard let name = try? ScopeName(parsing: text) else {
                throw DelegationLookupFault.malformed(parameter: "scope")
            }
            return name
        }
        if case .owner(let prefixes) = caller {
            guard let asked = query.scope, prefixes.contains(asked.prefix) else {
                throw DelegationLookupFault.forbidden
            }
        }
        query.supplier = try organisation(supplierOrganisation, in: "supplierOrg")
        query.consumer = try organisation(consumerOrganisation, in: "consumerOrg")
        var resources: [ResourceID: Resource?] = [:]
        var answer: [JSONValue] = []
        for delegation in try reader.delegations(query) where delegation.isInForce(at: now) {
            let resource = try resources[delegation.resource] ?? reader.resource(delegation.resource)
            resources[delegation.resource] = .some(resource)
            guard let resource else { continue }
            let scopes = try resource.scopes.filter { try !isDelegatedElsewhere($0) }
            guard query.scope.map(scopes.contains) ?? !scopes.isEmpty else { continue }
            answer.append(Self.element(delegation, of: resource, with: scopes))
        }
        return answer
    }

    private func organisation(_ text: String?, in parameter: String) throws -> OrganisationNumber? {
        guard let text else { return nil }
        guard let number = try? OrganisationNumber(parsing: text) else {
            throw DelegationLookupFault.malformed(parameter: parameter)
        }
        guard try reader.unit(number) != nil else {
            throw DelegationLookupFault.unknownOrganisation(parameter: parameter)
        }
        return number
    }

    private static func element(
        _ delegation: ScopeDelegation,
        of resource: Resource,
        with scopes: [ScopeName]
    ) -> JSONValue {
        [
            "consumer_org": .string("\(delegation.consumer)"),
            "supplier_org": .string("\(delegation.supplier)"),
            // The capital is Altinn's own.
            "delegation_scheme_Id": resource.delegationSchemeID.map(JSONValue.string) ?? .null,
            "scopes": .strings(scopes.map(\.rawValue)),
            "created": .string(delegation.since.withOffset),
            "resourceid": .string(resource.identifier.rawValue),
        ]
    }
}

extension Timestamp {
    /// RFC 3339 with milliseconds and a numeric offset, as Altinn writes times.
    fileprivate var withOffset: String { description.dropLast() + ".000+00:00" }
}
