public import Vocabulary

/// The rules that a client must keep to be registered or changed (spec §5.3, §5.6; DESIGN §6, §11).
public enum ClientRules {
    /// The longest name, in Unicode scalars.
    public static let maximumName = 255
    /// The longest description, in Unicode scalars.
    public static let maximumDescription = 1_023
    /// The most scopes on one client.
    public static let maximumScopes = 1_000
    /// The most bytes of the fields of user flows, as JSON.
    public static let maximumInertFields = 16_384
    /// The lifetimes that may be wished for, in seconds; the server cuts them further at each token.
    public static let lifetimes: ClosedRange<Int64> = 1...Int64(Int32.max)

    /// How machine-to-machine clients may ask for tokens; the first is what lists show.
    public static let grantTypes = [
        "urn:ietf:params:oauth:grant-type:jwt-bearer", "jwt_bearer_token", "client_credentials",
    ]
    /// The only way that a client proves who it is.
    public static let authenticationMethods = ["private_key_jwt"]

    /// Every rule that the draft breaks by itself; the scopes on it are ``scopeFaults(adding:to:given:)``'s.
    public static func faults(in draft: ClientDraft, operatorOrganisation: OrganisationNumber?) -> [ClientFault] {
        var faults: [ClientFault] = []
        if let id = draft.id, isReserved(id) { faults.append(.identifier(id.rawValue)) }
        faults += valueFaults(
            name: draft.name,
            description: draft.description,
            uri: draft.uri,
            accessTokenLifetime: draft.accessTokenLifetime,
            inertFields: draft.inertFields,
            scopes: draft.scopes
        )
        if draft.integrationType == .eformidling, draft.owner != operatorOrganisation {
            faults.append(.operatorOnly(.eformidling))
        }
        return faults
    }

    /// Every rule that these values break, whoever owns the client.
    static func valueFaults(
        name: String,
        description: String?,
        uri: String?,
        accessTokenLifetime: Seconds?,
        inertFields: String?,
        scopes: [ScopeName]
    ) -> [ClientFault] {
        var faults = text(name, of: .name, limit: maximumName, required: true)
        if let description { faults += text(description, of: .description, limit: maximumDescription) }
        if let uri {
            do { _ = try AbsoluteURI(parsing: uri) } catch { faults.append(.notAbsoluteURI(.uri, uri)) }
        }
        if let lifetime = accessTokenLifetime?.count, !lifetimes.contains(lifetime) {
            faults.append(.outOfRange(.accessTokenLifetime, lifetime, allowed: lifetimes))
        }
        if let inertFields, inertFields.utf8.count > maximumInertFields {
            faults.append(.inertTooLong(limit: maximumInertFields))
        }
        if scopes.count > maximumScopes { faults.append(.tooManyScopes(limit: maximumScopes)) }
        var seen: Set<ScopeName> = []
        for scope in scopes where !seen.insert(scope).inserted { faults.append(.duplicateScope(scope)) }
        return faults
    }

    /// What a change would alter that cannot be altered.
    public static func immutableFaults(changing client: Client, to draft: ClientDraft) -> [ClientFault] {
        var faults: [ClientFault] = []
        if let id = draft.id, id != client.id { faults.append(.immutable(.id)) }
        if draft.owner != client.owner { faults.append(.immutable(.owner)) }
        if draft.supplier != client.supplier { faults.append(.immutable(.supplier)) }
        if draft.integrationType != client.integrationType { faults.append(.immutable(.integrationType)) }
        return faults
    }

    /// The scopes that need a look before they are put on: those not on the client yet.
    ///
    /// What is on it already stays, also when its grant was withdrawn since; tokens are refused then, not the change.
    public static func scopesToCheck(in draft: ClientDraft, on client: Client?) -> [ScopeName] {
        let present = Set(client?.scopes ?? [])
        return draft.scopes.filter { !present.contains($0) }
    }

    /// Why scopes cannot be put on a client of that draft (spec §5.6).
    ///
    /// `eligibility` gives what is known of each scope, nil when there is none of that name.
    public static func scopeFaults<Failure: Error>(
        adding scopes: [ScopeName],
        to draft: ClientDraft,
        given eligibility: (ScopeName) throws(Failure) -> ScopeEligibility?
    ) throws(Failure) -> [ClientFault] {
        var faults: [ClientFault] = []
        for name in scopes {
            if let fault = scopeFault(adding: name, to: draft, given: try eligibility(name)) { faults.append(fault) }
        }
        return faults
    }

    private static func scopeFault(
        adding name: ScopeName,
        to draft: ClientDraft,
        given scope: ScopeEligibility?
    ) -> ClientFault? {
        guard let scope else { return .unknownScope(name) }
        if draft.integrationType == .krr, name.prefix.rawValue != "krr" { return .foreignScope(name) }
        let types = scope.allowedIntegrationTypes
        if !types.isEmpty, !types.contains(draft.integrationType.rawValue) {
            return .integrationTypeConflict(name, allowed: types)
        }
        guard scope.isActive else { return .inactiveScope(name) }
        guard scope.isGranted || scope.isAccessibleForAll || scope.hasDelegationSource else {
            // With `dcr.supplier` it is the supplier who holds the grant (spec §5.7).
            return .scopeNotGranted(name, to: draft.supplier ?? draft.owner)
        }
        return nil
    }

    // DESIGN §6: these name holders of e-seals, who are no registered clients.
    private static func isReserved(_ id: ClientID) -> Bool { id.rawValue.lowercased().hasPrefix("eidas-") }

    private static func text(
        _ text: String,
        of field: ClientField,
        limit: Int,
        required: Bool = false
    ) -> [ClientFault] {
        if PlainText.isBlank(text) { return required ? [.required(field)] : [] }
        if text.unicodeScalars.count > limit { return [.tooLong(field, limit: limit)] }
        return PlainText.firstMisplaced(in: text).map { [.character(field, $0)] } ?? []
    }
}

/// Draws identifiers for new clients.
public struct ClientIDSource: Sendable {
    private let draw: @Sendable () -> (UInt64, UInt64)

    /// A source that takes its 128 bits from `draw`.
    public init(_ draw: @escaping @Sendable () -> (high: UInt64, low: UInt64)) {
        self.draw = { draw() }
    }

    /// The system's random numbers.
    public static let system = ClientIDSource {
        var generator = SystemRandomNumberGenerator()
        return (generator.next(), generator.next())
    }

    /// A new identifier: a random UUID (RFC 9562 §5.4) in lower case.
    public func next() throws(IdentifierParseError) -> ClientID {
        let (high, low) = draw()
        // Version 4 in the seventh octet, the variant of the RFC in the ninth.
        let versioned = high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let variant = low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        let digits = hexadecimal(versioned) + hexadecimal(variant)
        let ends = [0, 8, 12, 16, 20, 32]
        let groups = zip(ends, ends.dropFirst()).map { digits.dropFirst($0).prefix($1 - $0) }
        return try ClientID(parsing: groups.joined(separator: "-"))
    }
}

private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
