public import Vocabulary

/// A field of a client that a registration sets, by its name on the wire (spec §5.3).
public enum ClientField: String, Sendable, Hashable, CaseIterable {
    /// The identifier; given only when an older one is brought along.
    case id = "client_id"
    /// The name.
    case name = "client_name"
    /// What it is for.
    case description
    /// A page about it.
    case uri = "client_uri"
    /// The owner.
    case owner = "client_orgno"
    /// The supplier that registers it.
    case supplier = "supplier_orgno"
    /// What kind it is.
    case integrationType = "integration_type"
    /// How it asks for tokens.
    case grantTypes = "grant_types"
    /// How it proves who it is.
    case authenticationMethod = "token_endpoint_auth_method"
    /// The scopes put on it.
    case scopes
    /// The wished life of its tokens.
    case accessTokenLifetime = "access_token_lifetime"
    /// The compatibility switch for the audience; ours.
    case acceptsTokenEndpointAudience = "accepts_token_endpoint_audience"
    /// Whether its tokens are bound to a key by DPoP (RFC 9449 §5.2).
    case requiresDPoP = "dpop_bound_access_tokens"
    /// Whether its tokens are bound to a client certificate (RFC 8705 §3.4).
    case requiresClientCertificate = "tls_client_certificate_bound_access_tokens"
    /// Whether it gets tokens.
    case isActive = "active"
}

/// One way in which a client breaks the rules of registration.
public enum ClientFault: Error, Equatable, Hashable, Sendable {
    /// A value that must be there is missing or empty.
    case required(ClientField)
    /// A value of another JSON type.
    case form(ClientField, expected: String)
    /// A member of user flows of another JSON type.
    case inertForm(String)
    /// Members of user flows of more than so many bytes.
    case inertTooLong(limit: Int)
    /// A word that is none of the allowed ones.
    case choice(ClientField, found: String, allowed: [String])
    /// More characters (Unicode scalars) than allowed.
    case tooLong(ClientField, limit: Int)
    /// A character that such texts do not hold.
    case character(ClientField, Unicode.Scalar)
    /// No absolute URI without fragment.
    case notAbsoluteURI(ClientField, String)
    /// A number below the least or above the largest.
    case outOfRange(ClientField, Int64, allowed: ClosedRange<Int64>)
    /// No organisation number.
    case organisation(ClientField, String)
    /// An identifier that cannot be registered: not of the form, or beginning with `eidas-`.
    case identifier(String)
    /// An identifier that another client has.
    case identifierTaken(ClientID)
    /// A field that cannot be changed after registration.
    case immutable(ClientField)
    /// Something in `scopes` that is no name of a scope.
    case scopeName(String)
    /// A scope named twice.
    case duplicateScope(ScopeName)
    /// More scopes than allowed.
    case tooManyScopes(limit: Int)
    /// There is no such scope.
    case unknownScope(ScopeName)
    /// The scope is deactivated.
    case inactiveScope(ScopeName)
    /// The scope does not allow the client's integration type.
    case integrationTypeConflict(ScopeName, allowed: [String])
    /// The organisation has no access to the scope, and the scope is neither open to all nor delegable.
    case scopeNotGranted(ScopeName, to: OrganisationNumber)
    /// Clients of type `krr` hold scopes of the contact register alone.
    case foreignScope(ScopeName)
    /// The type is the operator's own.
    case operatorOnly(Client.IntegrationType)
}

extension ClientFault {
    /// The name of the member at fault; nil for one that names none.
    public var field: String? {
        switch self {
        case .required(let field), .form(let field, _), .choice(let field, _, _), .tooLong(let field, _),
            .character(let field, _), .notAbsoluteURI(let field, _), .outOfRange(let field, _, _),
            .organisation(let field, _), .immutable(let field):
            field.rawValue
        case .inertForm(let name): name
        case .inertTooLong: nil
        case .identifier, .identifierTaken: ClientField.id.rawValue
        case .scopeName, .duplicateScope, .tooManyScopes, .unknownScope, .inactiveScope, .integrationTypeConflict,
            .scopeNotGranted, .foreignScope:
            ClientField.scopes.rawValue
        case .operatorOnly: ClientField.integrationType.rawValue
        }
    }

    /// Whether the form of the member is wrong, so that no state of the registry would let it pass.
    public var isOfForm: Bool {
        switch self {
        // Which grant types there are depends on the type of the client.
        case .choice(.grantTypes, _, _): false
        case .required, .form, .choice, .organisation, .inertForm, .identifier, .scopeName: true
        default: false
        }
    }
}

extension ClientFault: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .required(let field): "`\(field.rawValue)` must be given"
        case .form(let field, let expected): "`\(field.rawValue)` must be \(expected)"
        case .inertForm(let name): "`\(name)` has the wrong type"
        case .inertTooLong(let limit): "the members of user flows are longer than \(limit) bytes"
        case .choice(let field, let found, let allowed):
            "`\(field.rawValue)` must be \(allowed.map { "`\($0)`" }.joined(separator: " or ")), not `\(found)`"
        case .tooLong(let field, let limit): "`\(field.rawValue)` is longer than \(limit) characters"
        case .character(let field, let scalar):
            "`\(field.rawValue)` holds the character \(PlainText.codePoint(scalar)), which is not allowed there"
        case .notAbsoluteURI(let field, let text):
            "`\(field.rawValue)` must be an absolute URI without fragment, not `\(text)`"
        case .outOfRange(let field, let number, let allowed):
            "`\(field.rawValue)` must be \(allowed.lowerBound) to \(allowed.upperBound), not \(number)"
        case .organisation(let field, let text): "`\(field.rawValue)`: `\(text)` is no organisation number"
        case .identifier(let text): "`\(text.prefix(64))` cannot be registered as `client_id`"
        case .identifierTaken(let id): "there is a client `\(id)` already"
        case .immutable(let field): "`\(field.rawValue)` cannot be changed"
        case .scopeName(let text): "`scopes`: `\(text.prefix(64))` is no scope name"
        case .duplicateScope(let name): "`scopes` lists `\(name)` twice"
        case .tooManyScopes(let limit): "`scopes` has more than \(limit) items"
        case .unknownScope(let name): "there is no scope `\(name)`"
        case .inactiveScope(let name): "the scope `\(name)` is deactivated"
        case .integrationTypeConflict(let name, let allowed):
            "the scope `\(name)` is for clients of type \(allowed.map { "`\($0)`" }.joined(separator: ", ")) only"
        case .scopeNotGranted(let name, let organisation):
            "`\(organisation)` has no access to the scope `\(name)`, which is neither open to all nor delegable"
        case .foreignScope(let name): "a client of type `krr` cannot hold the scope `\(name)`"
        case .operatorOnly(let type): "clients of type `\(type.rawValue)` are the operator's own"
        }
    }
}

/// All that is wrong in a registration; nothing of it is kept.
public struct ClientFaults: Error, Equatable, Sendable {
    /// The faults.
    public let faults: [ClientFault]

    /// Some faults.
    public init(_ faults: [ClientFault]) { self.faults = faults }
}

extension ClientFaults: CustomStringConvertible {
    /// A line for each fault.
    public var description: String { faults.map(\.description).joined(separator: "\n") }
}
