package import Administration
import Clients
package import JOSE
package import Vocabulary

/// Registers a client, with its first public keys if it has any.
package struct CreateClient: OperatorAct {
    package static let name = "client-create"
    package static let summary = "Register a client for an organisation."
    package static let parameters = [
        Parameter("org", .organisation, "The organisation that owns it.").required,
        Parameter("name", .text, "Its name, for lists.").required,
        Parameter("description", .text, "What it is for."),
        Parameter("scope", .scope, "A scope that it may ask for.").list,
        Parameter("keys", .object, "A public key, as a JWK.").list,
        Parameter("supplier", .organisation, "The supplier that registers it for the owner."),
        Parameter("lifetime", .span, "The wished life of its tokens, as 120s."),
        Parameter("integration_type", .text, "Its integration type (default: maskinporten)."),
        Parameter("id", .client, "An identifier brought along from elsewhere."),
        Parameter("token_endpoint_audience", .flag, "Accept the token endpoint's URL as audience too."),
        Parameter("dpop_required", .flag, "Bind its tokens to a key by DPoP, and refuse requests without a proof."),
        Parameter(
            "mtls_required",
            .flag,
            "Bind its tokens to its client certificate, and refuse requests without one."
        ),
    ]
    package let arguments: Arguments
    private let draft: ClientDraft
    private let keys: [JWK]

    /// The organisation that owns it.
    package var owner: OrganisationNumber { draft.owner }
    /// What it may ask for.
    package var scopes: [ScopeName] { draft.scopes }

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        let typeName = try arguments.text("integration_type") ?? Client.IntegrationType.maskinporten.rawValue
        guard let type = Client.IntegrationType(rawValue: typeName) else {
            let known = Client.IntegrationType.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw .usage("`\(typeName)` is no integration type", hint: "the types are \(known)")
        }
        var scopes: [ScopeName] = []
        for text in try arguments.texts("scope") { scopes.append(try Parsed.scope(text)) }
        var draft = ClientDraft(
            owner: try arguments.required("org", arguments.organisation),
            name: try arguments.requiredText("name"),
            scopes: scopes
        )
        draft.integrationType = type
        draft.description = try arguments.text("description")
        draft.supplier = try arguments.organisation("supplier")
        draft.accessTokenLifetime = try arguments.span("lifetime")
        draft.id = try arguments.client("id")
        draft.acceptsTokenEndpointAudience = try arguments.flag("token_endpoint_audience")
        draft.requiresDPoP = try arguments.flag("dpop_required")
        draft.requiresClientCertificate = try arguments.flag("mtls_required")
        self.draft = draft
        keys = try arguments.publicKeys("keys")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.createClient(draft, keys: keys)
        return Report(
            Record("client", outcome.value.outputMembers(ownerName: nil)),
            warnings: outcome.warnings.map(\.description)
        )
    }
}

extension Arguments {
    /// Public keys, each a JWK; a private member is refused, so that no private key is ever stored or sent on.
    package func publicKeys(_ name: String) throws(OperationFault) -> [JWK] {
        guard let list = self[name] else { return [] }
        var keys: [JWK] = []
        for value in list.array ?? [] {
            guard let object = value.object else { throw .usage("\(title(of: name)) must be a list of JWKs") }
            do throws(JWKError) { keys.append(try JWK(parsing: object)) } catch {
                throw OperationFault(.refused, "key_refused", "the key cannot be registered: \(error)")
            }
        }
        return keys
    }
}
