public import JOSE
public import Vocabulary

// The JSON objects of the self-service API (spec §5.3, §5.4), both directions.

extension Client {
    /// The object that the API answers with, with the defaults of fields that have no effect here.
    public var jsonObject: JSONObject {
        var object: JSONObject = ["client_id": .string(id.rawValue), "client_name": .string(name)]
        object["description"] = description.map(JSONValue.string)
        object["client_uri"] = uri.map(JSONValue.string)
        object["client_orgno"] = .string("\(owner)")
        object["supplier_orgno"] = supplier.map { .string("\($0)") }
        object["integration_type"] = .string(integrationType.rawValue)
        object["token_endpoint_auth_method"] = .string(ClientRules.authenticationMethods[0])
        object["grant_types"] = .strings(ClientRules.grantTypes.prefix(1))
        object["scopes"] = .strings(scopes.map(\.rawValue))
        object["access_token_lifetime"] = .integer(accessTokenLifetime?.count ?? Self.defaultLifetime.count)
        if acceptsTokenEndpointAudience { object["accepts_token_endpoint_audience"] = true }
        if requiresDPoP { object["dpop_bound_access_tokens"] = true }
        if requiresClientCertificate { object["tls_client_certificate_bound_access_tokens"] = true }
        for (name, value) in Self.inertDefaults { object[name] = value }
        for member in inertMembers { object[member.name] = member.value }
        object["active"] = .bool(isActive)
        object["created"] = .string("\(created)")
        object["last_updated"] = .string("\(lastUpdated)")
        return object
    }

    /// The key set that the API answers with (spec §5.4).
    public var keySetObject: JSONObject {
        [
            "keys": .array(keys.map { .object($0.jwk.object) }),
            "created": .string("\(keys.map(\.created).min() ?? created)"),
            "last_updated": .string("\(keys.map(\.created).max() ?? lastUpdated)"),
        ]
    }

    /// The life of a token when neither client nor scope says anything (spec §3.5).
    public static let defaultLifetime = Seconds(120)

    private var inertMembers: [JSONObject.Member] {
        guard let inertFields, let value = try? JSONValue(parsing: inertFields.utf8) else { return [] }
        return value.object?.members ?? []
    }

    private static let inertDefaults: [(String, JSONValue)] = [
        ("application_type", "web"), ("authorization_lifetime", 7_200), ("refresh_token_lifetime", 600),
        ("refresh_token_usage", "ONETIME"),
    ]
}

/// What a request of the self-service API says of a client.
public struct ClientRequest: Sendable, Hashable {
    /// `client_id`: only an operator brings one along.
    public let id: ClientID?
    /// `client_orgno`, settable with `dcr.supplier` only.
    public let owner: OrganisationNumber?
    /// `integration_type`.
    public let integrationType: Client.IntegrationType
    /// `client_name`.
    public let name: String
    /// `description`.
    public let description: String?
    /// `client_uri`.
    public let uri: String?
    /// `scopes`.
    public let scopes: [ScopeName]
    /// `access_token_lifetime`.
    public let accessTokenLifetime: Seconds?
    /// Our compatibility switch.
    public let acceptsTokenEndpointAudience: Bool
    /// `dpop_bound_access_tokens` (RFC 9449 §5.2).
    public let requiresDPoP: Bool
    /// `tls_client_certificate_bound_access_tokens` (RFC 8705 §3.4).
    public let requiresClientCertificate: Bool
    /// `active`; nil: as it is.
    public let isActive: Bool?
    /// The members of user flows, as JSON text; nil without any.
    public let inertFields: String?

    /// Reads an object; members that it does not know, and those that only the server sets, are ignored.
    ///
    /// - Throws: every fault in the object.
    public init(parsing object: JSONObject) throws(ClientFaults) {
        var reader = ClientObjectReader(object)
        let integrationType = reader.integrationType()
        id = reader.identifier()
        owner = reader.organisation(.owner)
        name = reader.text(.name) ?? ""
        if name.isEmpty { reader.report(.required(.name)) }
        description = reader.text(.description)
        uri = reader.text(.uri)
        scopes = reader.scopes()
        accessTokenLifetime = reader.lifetime()
        acceptsTokenEndpointAudience = reader.flag(.acceptsTokenEndpointAudience)
        requiresDPoP = reader.flag(.requiresDPoP)
        requiresClientCertificate = reader.flag(.requiresClientCertificate)
        isActive = reader.optionalFlag(.isActive)
        reader.checkGrantTypes(of: integrationType)
        reader.checkAuthenticationMethod()
        inertFields = reader.inertFields(of: integrationType)
        self.integrationType = integrationType ?? .maskinporten
        guard !reader.faults.isEmpty else { return }
        // Whoever sent it mends all of it at once: what the rules say of the rest belongs to the answer.
        let known = Set(reader.faults.compactMap(\.field))
        let values = ClientRules.valueFaults(
            name: name,
            description: description,
            uri: uri,
            accessTokenLifetime: accessTokenLifetime,
            inertFields: inertFields,
            scopes: scopes
        )
        throw ClientFaults(reader.faults + values.filter { fault in fault.field.map { !known.contains($0) } ?? true })
    }

    /// The draft of a client of `owner`, registered by `supplier` if that is another.
    public func draft(owner: OrganisationNumber, supplier: OrganisationNumber? = nil) -> ClientDraft {
        var draft = ClientDraft(owner: owner, name: name, scopes: scopes)
        draft.id = id
        draft.supplier = supplier
        draft.integrationType = integrationType
        draft.description = description
        draft.uri = uri
        draft.accessTokenLifetime = accessTokenLifetime
        draft.acceptsTokenEndpointAudience = acceptsTokenEndpointAudience
        draft.requiresDPoP = requiresDPoP
        draft.requiresClientCertificate = requiresClientCertificate
        draft.inertFields = inertFields
        return draft
    }
}

/// Reads the members of a client's object and gathers what is wrong in them.
private struct ClientObjectReader {
    private let object: JSONObject
    private(set) var faults: [ClientFault] = []

    init(_ object: JSONObject) { self.object = object }

    mutating func report(_ fault: ClientFault) { faults.append(fault) }

    private func member(_ field: ClientField) -> JSONValue? {
        let value = object[field.rawValue]
        return value == .null ? nil : value
    }

    mutating func text(_ field: ClientField) -> String? {
        guard let value = member(field) else { return nil }
        guard let text = value.string else {
            report(.form(field, expected: "text"))
            return nil
        }
        // Forms in web pages send an empty text for nothing.
        return text.isEmpty ? nil : text
    }

    mutating func flag(_ field: ClientField) -> Bool { optionalFlag(field) ?? false }

    mutating func optionalFlag(_ field: ClientField) -> Bool? {
        guard let value = member(field) else { return nil }
        guard let flag = value.bool else {
            report(.form(field, expected: "true or false"))
            return nil
        }
        return flag
    }

    mutating func texts(_ field: ClientField) -> [String]? {
        guard let value = member(field) else { return nil }
        guard let texts = value.strings else {
            report(.form(field, expected: "a list of texts"))
            return nil
        }
        return texts
    }

    mutating func identifier() -> ClientID? {
        guard let text = text(.id) else { return nil }
        do { return try ClientID(parsing: text) } catch {
            report(.identifier(text))
            return nil
        }
    }

    mutating func organisation(_ field: ClientField) -> OrganisationNumber? {
        guard let text = text(field) else { return nil }
        do { return try OrganisationNumber(parsing: text) } catch {
            report(.organisation(field, text))
            return nil
        }
    }

    mutating func integrationType() -> Client.IntegrationType? {
        guard let text = text(.integrationType) else {
            if !faults.contains(where: { $0 == .form(.integrationType, expected: "text") }) {
                report(.required(.integrationType))
            }
            return nil
        }
        if let type = Client.IntegrationType(rawValue: text) { return type }
        let allowed = Client.IntegrationType.allCases.map(\.rawValue)
        report(.choice(.integrationType, found: text, allowed: allowed))
        return nil
    }

    mutating func scopes() -> [ScopeName] {
        var names: [ScopeName] = []
        for text in texts(.scopes) ?? [] {
            do { names.append(try ScopeName(parsing: text)) } catch { report(.scopeName(text)) }
        }
        return names
    }

    mutating func lifetime() -> Seconds? {
        guard let value = member(.accessTokenLifetime) else { return nil }
        guard let seconds = value.integer else {
            report(.form(.accessTokenLifetime, expected: "a whole number of seconds"))
            return nil
        }
        return Seconds(seconds)
    }

    mutating func checkGrantTypes(of type: Client.IntegrationType?) {
        guard let types = texts(.grantTypes), type == .maskinporten || type == .krr else { return }
        for found in types where !ClientRules.grantTypes.contains(found) {
            report(.choice(.grantTypes, found: found, allowed: ClientRules.grantTypes))
        }
    }

    mutating func checkAuthenticationMethod() {
        guard let method = text(.authenticationMethod) else { return }
        // Client secrets are not built; `none` proves nothing.
        if !ClientRules.authenticationMethods.contains(method) {
            report(.choice(.authenticationMethod, found: method, allowed: ClientRules.authenticationMethods))
        }
    }

    mutating func inertFields(of type: Client.IntegrationType?) -> String? {
        var kept = JSONObject()
        for (name, isOfType) in Self.inert {
            guard let value = object[name], value != .null else { continue }
            if isOfType(value) { kept[name] = value } else { report(.inertForm(name)) }
        }
        if let type, type != .maskinporten, type != .krr, let types = member(.grantTypes) {
            kept[ClientField.grantTypes.rawValue] = types
        }
        return kept.isEmpty ? nil : JSONValue.object(kept).text()
    }

    /// The members of user flows, which are kept as given and have no effect here.
    private static let inert: [(name: String, isOfType: @Sendable (JSONValue) -> Bool)] = [
        ("application_type", { $0.string != nil }), ("authorization_lifetime", { $0.integer != nil }),
        ("refresh_token_lifetime", { $0.integer != nil }), ("refresh_token_usage", { $0.string != nil }),
        ("redirect_uris", { $0.strings != nil }), ("post_logout_redirect_uris", { $0.strings != nil }),
        ("frontchannel_logout_uri", { $0.string != nil }),
        ("frontchannel_logout_session_required", { $0.bool != nil }), ("code_challenge_method", { $0.string != nil }),
        ("sso_disabled", { $0.bool != nil }),
    ]
}
