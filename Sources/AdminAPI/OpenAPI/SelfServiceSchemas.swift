import Clients
import JOSE
import Scopes

/// The objects of the self-service API by the names that its documentation uses (spec §5.2).
enum SelfServiceSchemas {
    /// All components of the document.
    static var all: [(name: String, schema: Schema)] {
        [
            ("AccessRequestState", .text(words: ScopeAccess.State.allCases.map(\.rawValue))),
            ("AddClientRequest", clientRequest()),
            ("ApiErrorResponse", apiError),
            ("AuthenticatedOrganization", authenticatedOrganisation),
            ("ClientOnBehalfOf", onBehalfOf),
            ("ClientOnBehalfOfRequest", onBehalfOfRequest),
            ("ClientResponse", client),
            ("DelegationSource", delegationSource),
            ("JsonWebKey", key),
            ("JsonWebKeySet", keySet),
            (
                "JsonWebKeySetRequest",
                .members([("keys", .list(.component("JsonWebKey"), most: 5))], required: ["keys"])
            ),
            ("Organization", organisation),
            ("Problem", problem),
            ("ScopeAccess", access),
            ("ScopeAccessRequest", accessRequest),
            ("ScopePrefix", prefix),
            ("ScopeRequest", ScopeSchemas.creation),
            ("Scope_ScopeExternal", ScopeSchemas.answer),
            ("SimplifiedClientRequest", simplifiedClient),
            ("UpdateClientRequest", clientRequest(alsoWith: [("active", Schema.flag.orNull)])),
            ("UpdateScopeRequest", ScopeSchemas.change),
        ]
    }

    // MARK: Clients

    /// Text; nothing and an empty text are the same.
    private static var optionalText: Schema { Schema.text().orNull }

    private static var optionalOrganisation: Schema {
        .anyOf(.organisation, .text(most: 0), Schema(["type": "null"]))
    }

    private static func clientRequest(alsoWith members: [(name: String, schema: Schema)] = []) -> Schema {
        .members(
            [
                ("client_id", Schema.text(most: 255, pattern: "^[!-~]*$").orNull.meaning("Left alone at `POST`.")),
                ("client_name", .text(least: 1, most: ClientRules.maximumName)),
                ("description", Schema.text(most: ClientRules.maximumDescription).orNull),
                ("client_uri", optionalText.meaning("An absolute URI.")),
                ("client_orgno", optionalOrganisation.meaning("The customer; only with `idporten:dcr.supplier`.")),
                ("integration_type", .text(words: Client.IntegrationType.allCases.map(\.rawValue))),
                (
                    "token_endpoint_auth_method",
                    Schema.text(words: ClientRules.authenticationMethods + [""]).orNull
                ),
                ("grant_types", Schema.list(.text()).orNull),
                ("scopes", Schema.list(.scopeName, most: ClientRules.maximumScopes, unique: true).orNull),
                (
                    "access_token_lifetime",
                    Schema.number(ClientRules.lifetimes.lowerBound, to: ClientRules.lifetimes.upperBound).orNull
                ),
                ("accepts_token_endpoint_audience", Schema.flag.orNull),
                ("dpop_bound_access_tokens", Schema.flag.orNull),
                ("tls_client_certificate_bound_access_tokens", Schema.flag.orNull),
                ("application_type", optionalText), ("authorization_lifetime", anyInteger.orNull),
                ("refresh_token_lifetime", anyInteger.orNull), ("refresh_token_usage", optionalText),
                ("redirect_uris", Schema.list(.text()).orNull),
                ("post_logout_redirect_uris", Schema.list(.text()).orNull),
                ("frontchannel_logout_uri", optionalText),
                ("frontchannel_logout_session_required", Schema.flag.orNull),
                ("code_challenge_method", optionalText), ("sso_disabled", Schema.flag.orNull),
            ] + members,
            required: ["integration_type", "client_name"]
        )
    }

    /// A whole number of 64 bits.
    private static var anyInteger: Schema { .number(Int64.min, to: Int64.max) }

    private static var client: Schema {
        .members(
            [
                ("client_id", .text()), ("client_name", .text()), ("description", .text()), ("client_uri", .text()),
                ("client_orgno", .organisation), ("supplier_orgno", .organisation),
                ("integration_type", .text(words: Client.IntegrationType.allCases.map(\.rawValue))),
                ("token_endpoint_auth_method", .text()), ("grant_types", .list(.text())),
                ("scopes", .list(.scopeName)), ("access_token_lifetime", .number(1)), ("active", .flag),
                ("created", .time), ("last_updated", .time),
            ],
            required: [
                "client_id", "client_name", "client_orgno", "integration_type", "token_endpoint_auth_method",
                "grant_types", "scopes", "access_token_lifetime", "active", "created", "last_updated",
            ]
        )
    }

    private static var simplifiedClient: Schema {
        .members(
            [
                ("description", .text(least: 1, most: ClientRules.maximumDescription)),
                ("scopes", Schema.list(.scopeName, most: ClientRules.maximumScopes, unique: true).orNull),
                ("keys", Schema.list(.component("JsonWebKey"), most: 5).orNull),
            ],
            required: ["description"]
        )
    }

    // MARK: Keys

    private static var key: Schema {
        .members(
            [
                ("kty", .text(words: ["RSA", "EC", "OKP"])), ("use", .text(words: ["sig"])),
                (
                    "alg",
                    .text(words: JWSAlgorithm.allCases.map(\.rawValue))
                ),
                ("kid", .text(least: 1, most: 255, pattern: "^[A-Za-z0-9._-]+$")), ("n", .text()), ("e", .text()),
                ("crv", .text()), ("x", .text()), ("y", .text()), ("x5c", .list(.text())),
                ("exp", Schema(["type": "number", "minimum": 0]).meaning("When it ends; at most a year ahead.")),
            ],
            required: ["kty", "use", "alg", "kid"]
        )
    }

    private static var keySet: Schema {
        .members(
            [("keys", .list(.component("JsonWebKey"))), ("created", .time), ("last_updated", .time)],
            required: ["keys", "created", "last_updated"]
        )
    }

    // MARK: On-behalf-of entries

    private static var onBehalfOfRequest: Schema {
        .members(
            [
                ("onbehalfof", .text(least: 1, most: 255, pattern: "^[!-~]+$")), ("name", .text(least: 1, most: 255)),
                ("orgno", .organisation), ("description", Schema.text(most: 255).orNull),
                ("client_uri", optionalText.meaning("An absolute URI.")),
            ],
            required: ["onbehalfof", "name", "orgno"]
        )
    }

    private static var onBehalfOf: Schema {
        .members(
            [
                ("onbehalfof", .text()), ("name", .text()), ("orgno", .organisation), ("description", .text()),
                ("client_uri", .text()), ("created", .time), ("last_updated", .time),
            ],
            required: ["onbehalfof", "name", "orgno", "created", "last_updated"]
        )
    }

    // MARK: Access, prefixes, organisations

    private static var access: Schema {
        .members(
            [
                ("scope", .scopeName), ("state", .component("AccessRequestState")), ("prefix", .text()),
                ("consumer_orgno", .organisation), ("consumer_organization_name", .text()),
                ("owner_orgno", .organisation), ("owner_organization_name", .text()), ("valid_from", .time),
                ("until", .time), ("reason", .text()), ("legal_basis", .text()), ("purpose", .text()),
                ("accepted_terms_version", .text()), ("created", .time), ("last_updated", .time),
            ],
            required: ["scope", "state", "prefix", "consumer_orgno", "owner_orgno", "created", "last_updated"]
        )
    }

    private static var accessRequest: Schema {
        let text = Schema.text(most: ScopeRules.maximumLongText).orNull
        let time = Schema.anyOf(.time, .text(format: "date"), Schema(["type": "null"]))
        return .members([
            ("valid_from", time.meaning("A day, or a time.")),
            ("until", time.meaning("A day, the last one of its life, or a time.")), ("reason", text),
            ("legal_basis", text), ("purpose", text),
        ])
    }

    private static var prefix: Schema {
        .members(
            [
                ("prefix", .text()), ("owner_orgno", .organisation), ("organization_name", .text()), ("active", .flag),
                ("created", .time), ("last_updated", .time),
            ],
            required: ["prefix", "owner_orgno", "active", "created", "last_updated"]
        )
    }

    private static var delegationSource: Schema {
        .members(
            [("name", .text()), ("issuer", .text()), ("created", .time), ("last_updated", .time)],
            required: ["name", "issuer", "created", "last_updated"]
        )
    }

    private static var organisation: Schema {
        .members(
            [
                ("orgno", .organisation), ("name", .text()), ("organization_form", .text()),
                ("parent_orgno", .organisation), ("active", .flag), ("in_distress", .flag),
            ],
            required: ["orgno", "name", "organization_form", "active", "in_distress"]
        )
    }

    private static var authenticatedOrganisation: Schema {
        .members(
            [("orgno", .organisation), ("name", .text()), ("client_id", .text()), ("scopes", .list(.text()))],
            required: ["orgno", "client_id", "scopes"]
        )
    }

    // MARK: Errors

    private static let problemMembers: [(name: String, schema: Schema)] = [
        ("type", .text(format: "uri")), ("title", .text()), ("status", .number(400, to: 599)), ("detail", .text()),
        ("traceId", .text()), ("error", .text()), ("error_description", .text()), ("error_uri", .text(format: "uri")),
        ("code", .text()), ("reason", .text()), ("trace_id", .text()), ("details", .anyObject),
    ]

    private static let problemNames = [
        "type", "title", "status", "detail", "error", "error_description", "error_uri", "code", "reason", "trace_id",
        "details",
    ]

    /// RFC 9457, and the members of RFC 6749 §5.2.
    private static var problem: Schema { .members(problemMembers, required: problemNames) }

    /// The same, with what the self-service API's errors have always had (spec §4.4).
    private static var apiError: Schema {
        let one = Schema.members(
            [
                ("errorMessage", .text()), ("isFieldError", .flag), ("objectName", .text()),
                ("fieldIdentifier", Schema.text().orNull),
            ],
            required: ["errorMessage", "isFieldError", "objectName", "fieldIdentifier"]
        )
        return .members(
            problemMembers + [("timestamp", .time), ("correlation_id", .text()), ("errors", .list(one))],
            required: problemNames + ["timestamp", "correlation_id", "errors"]
        )
    }
}
