package import Administration
import Scopes
import Vocabulary

/// Creates a scope under an assigned prefix.
package struct CreateScope: OperatorAct {
    package static let name = "scope-create"
    package static let summary = "Create a scope under an assigned prefix."
    package static let parameters = [
        Parameter("scope", .scope, "The scope, as `acme:catch/reports.read`.").required,
        Parameter("description", .text, "Short text.").required,
        Parameter("long_description", .text, "Long text, limited Markdown."),
        Parameter("visibility", .text, "Who sees it in lists: public, private or internal."),
        Parameter("lifetime", .span, "The longest life of a token with it, as 120s."),
        Parameter("delegation_source", .text, "The delegation register, a URI or `internal`."),
        Parameter("audience", .text, "The one audience of tokens with it."),
        Parameter("resource", .text, "A resource that may be asked for.").list,
        Parameter("integration_type", .text, "An integration type that may hold it.").list,
        Parameter("accessible_for_all", .flag, "Every organisation may use it, without a grant."),
        Parameter("token_typ", .text, "typ of the token's header: JWT or at+jwt."),
        Parameter("token_alg", .text, "The algorithm of the token's signature."),
        Parameter("pid", .text, "Whether a pid is allowed, required or refused."),
        Parameter("terms_version", .text, "The version of the terms that consumers must have accepted."),
        Parameter("legal_basis", .text, "The provider's legal basis."),
        Parameter("purpose", .text, "What the data may be used for."),
        Parameter("data_category", .text, "A category of data.").list,
        Parameter("mtls_required", .flag, "Bind tokens to a client certificate, and refuse requests without one."),
        Parameter("european_businesses", .flag, "Open to European organisations that sign with an e-seal."),
    ]
    package let arguments: Arguments
    private let scope: ScopeName
    private let fields: [ScopeField: ScopeFieldValue]

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        fields = try Self.fields(arguments)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let scope = try administration.createScope(scope, fields, origin: context.origin).value
        return Report(Record("scope", scope.outputMembers))
    }

    private static func fields(_ arguments: Arguments) throws(OperationFault) -> [ScopeField: ScopeFieldValue] {
        var fields: [ScopeField: ScopeFieldValue] = [.description: .text(try arguments.requiredText("description"))]
        let texts: [(ScopeField, String)] = [
            (.longDescription, "long_description"), (.delegationSource, "delegation_source"),
            (.enforcedAudience, "audience"), (.headerType, "token_typ"), (.signingAlgorithm, "token_alg"),
            (.pid, "pid"), (.requiredTermsVersion, "terms_version"), (.legalBasis, "legal_basis"),
            (.purpose, "purpose"),
        ]
        for (field, name) in texts { fields[field] = try arguments.text(name).map { .text($0) } }
        fields[.visibility] = try arguments.text("visibility").map { .text($0.uppercased()) }
        let lists: [(ScopeField, String)] = [
            (.allowedResources, "resource"), (.allowedIntegrationTypes, "integration_type"),
            (.dataCategories, "data_category"),
        ]
        for (field, name) in lists {
            let items = try arguments.texts(name)
            if !items.isEmpty { fields[field] = .list(items) }
        }
        let flags: [(ScopeField, String)] = [
            (.isAccessibleForAll, "accessible_for_all"), (.requiresClientCertificate, "mtls_required"),
            (.supportsEuropeanBusinesses, "european_businesses"),
        ]
        for (field, name) in flags where try arguments.flag(name) { fields[field] = .flag(true) }
        if let lifetime = try arguments.span("lifetime") { fields[.maximumTokenAge] = .number(lifetime.count) }
        return fields
    }
}
