// Pages on the decision: client, organisation, scopes, audience.
extension ErrorPage {
    static let scopeNotOnClient = ErrorPage(
        code: .scopeNotOnClient,
        title: "A scope is not on the client",
        meaning:
            "Each scope asked for must exist and stand on the client. `details` list every scope with its own reason.",
        causes: [
            "the scope is misspelt",
            "the scope was never put on the client",
            "the scope belongs to another environment",
        ],
        fixes: [
            "put the scope on the client"
        ],
        example:
            "The token request contains invalid scopes for client: `demo:fish.read` is not on the client; its owner can add it",
        exampleReason: "scope_not_on_client"
    )

    static let scopeNotForIntegrationType = ErrorPage(
        code: .scopeNotForIntegrationType,
        title: "A scope is not for this kind of client",
        meaning:
            "The owner of the scope allows it for other integration types only.",
        causes: [
            "the scope is meant for user log-in"
        ],
        fixes: [
            "ask the scope's owner, or register a client of the right type"
        ],
        example:
            "The token request contains scopes not allowed for maskinporten: `demo:user.read` is only for clients of type `idporten`"
    )

    static let noAccess = ErrorPage(
        code: .noAccess,
        title: "The consumer has no access to a scope",
        meaning:
            "The owner of the scope has not granted it to the consumer's organisation, has withdrawn it, or the grant is not in force now.",
        causes: [
            "the owner has not granted access yet",
            "the grant has ended",
            "new terms of use wait for acceptance",
        ],
        fixes: [
            "ask the scope's owner; `details` tell which condition fails"
        ],
        example:
            "Consumer has not been granted access to the scope: `demo:fish.read` is not granted to `310000124`; ask the scope's owner"
    )

    static let clientDisabled = ErrorPage(
        code: .clientDisabled,
        title: "The client is disabled",
        meaning:
            "The client is registered, and somebody has disabled it.",
        causes: [
            "its owner or the operator disabled it"
        ],
        fixes: [
            "its owner can enable it again"
        ],
        example:
            "the client `0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11` is disabled; its owner can enable it"
    )

    static let organisationRefused = ErrorPage(
        code: .organisationRefused,
        title: "The organisation gets no token",
        meaning:
            "The consumer, or the supplier that acts for it, is unknown to the register, deleted from it, or in a state that this server refuses.",
        causes: [
            "the organisation was deleted from Enhetsregisteret",
            "its main unit was deleted",
            "it is bankrupt and the server refuses such",
        ],
        fixes: [
            "check the organisation in Enhetsregisteret",
            "ask the operator when the local register was last brought up to date",
        ],
        example:
            "the organisation `310000124` was deleted from the register on 2026-05-01",
        exampleReason: "organisation_deleted"
    )

    static let invalidTarget = ErrorPage(
        code: .invalidTarget,
        title: "The resource cannot be had",
        meaning:
            "`resource` must be absolute URIs without fragment that the scopes allow (RFC 8707).",
        causes: [
            "a relative address was sent",
            "a scope enforces one audience and another was asked for",
            "two scopes enforce different audiences",
        ],
        fixes: [
            "leave `resource` out where a scope enforces its audience",
            "ask for the scopes one by one",
        ],
        example:
            "the resource `https://api.example.no/b` does not agree with the audience that the scopes enforce: `https://api.example.no/a`",
        exampleReason: "resource_enforced"
    )

    static let scopeInactive = ErrorPage(
        code: .scopeInactive,
        title: "A scope is deactivated",
        meaning:
            "The owner of the scope has deactivated it: nobody gets tokens with it.",
        causes: [
            "the service is closed, or stopped for a while"
        ],
        fixes: [
            "ask the scope's owner"
        ],
        example:
            "`demo:fish.read` is deactivated by its owner"
    )

    static let pidRule = ErrorPage(
        code: .pidRule,
        title: "The end user's number is missing or out of place",
        meaning:
            "A scope demands the claim `pid`, or does not allow it.",
        causes: [
            "the scope is bound to end users",
            "a scope for organisations only was asked for with a person",
        ],
        fixes: [
            "send or leave out `pid`, as `details` say"
        ],
        example:
            "the scope `demo:contact.user` requires the claim `pid`"
    )

    static let incompatibleScopes = ErrorPage(
        code: .incompatibleScopes,
        title: "The scopes cannot be asked for together",
        meaning:
            "Scopes of one request demand different token types, signature algorithms, audiences or registers of delegations.",
        causes: [
            "scopes that administer this server were mixed with others",
            "scopes with `typ` `JWT` and `at+jwt` were mixed",
        ],
        fixes: [
            "ask for them one by one"
        ],
        example:
            "the scopes `demo:a`, `demo:b` demand different `typ`; ask for them one by one"
    )
}
