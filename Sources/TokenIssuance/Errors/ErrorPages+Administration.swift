// Pages on what the APIs of the admin listener refuse.
extension ErrorPage {
    static let accessTokenRefused = ErrorPage(
        code: .accessTokenRefused,
        title: "The access token is not acceptable",
        meaning:
            "An endpoint that is called with an access token takes those of this very server, made for it: signed by one of its keys, not expired, not revoked. The APIs of the admin listener demand `admin_url` as the only audience; `/introspect` and `/revoke` take a token without audience too.",
        causes: [
            "the token has expired; such tokens live two minutes at most",
            "the token has no scope under `idporten`, `altinn` or `portvakt`, and so another audience or none",
            "the token was issued by another server",
            "at `/introspect` or `/revoke`: the token is meant for another API, was issued on behalf of another organisation, or was revoked",
        ],
        fixes: [
            "ask for a new token with the scope of the endpoint",
            "at `/introspect` and `/revoke`, authenticate by `client_assertion` instead",
        ],
        example:
            "the access token has expired",
        exampleReason: "access_token_expired"
    )

    static let insufficientScope = ErrorPage(
        code: .insufficientScope,
        title: "The access token lacks the scope of the endpoint",
        meaning:
            "Each endpoint of the admin listener wants one scope of a few, which the answer names.",
        causes: [
            "the token was asked for with another scope",
            "the scope that only reads was used to write",
        ],
        fixes: [
            "ask for a token with one of the scopes in `details.scopes`"
        ],
        example:
            "the endpoint wants the scope `altinn:maskinporten/delegations`"
    )

    static let actForbidden = ErrorPage(
        code: .actForbidden,
        title: "You may not do this",
        meaning:
            "The token is good, and its organisation or the person it names has no right to this act.",
        causes: [
            "the token was issued to a supplier on behalf of a consumer, which never administers",
            "the endpoint wants the act of a person, and the token names none",
            "the person has no role in the organisation that allows the act",
            "the scope or resource belongs to another organisation",
        ],
        fixes: [
            "use a token of the organisation itself",
            "let somebody act who has the role; `delegation check --explain` tells which roles there are",
        ],
        example:
            "the prefix `skatteetaten` is none of the token's `consumer_prefix`",
        exampleReason: "prefix_foreign"
    )

    static let malformedRequest = ErrorPage(
        code: .malformedRequest,
        title: "The request is malformed",
        meaning:
            "A part of the path, a parameter of the query, a header field or the JSON body cannot be read.",
        causes: [
            "a parameter is misspelt, missing or came twice",
            "an organisation number has a wrong check digit",
            "a member of the body is missing or of another type",
        ],
        fixes: [
            "read in `details` which part is meant"
        ],
        example:
            "the parameter `supplierOrg` is no organisation number",
        exampleReason: "query_parameter"
    )

    static let actRefused = ErrorPage(
        code: .actRefused,
        title: "A rule forbids the act",
        meaning:
            "The request was understood, and what it asks for breaks a rule; nothing was changed.",
        causes: [
            "giver and receiver are the same organisation",
            "a resource is not of the type that the act wants",
        ],
        fixes: [
            "read in `error_description` and `validationErrors` which rule it is"
        ],
        example:
            "the resource `demo-fangst` does not exist or cannot be delegated"
    )

    static let conflict = ErrorPage(
        code: .conflict,
        title: "It does not fit what is there",
        meaning:
            "Something is there already that the act would overwrite, or is no longer in the state that the act begins from.",
        causes: [
            "the request was approved or refused before",
            "another one has the same identifier",
        ],
        fixes: [
            "read what is there, and decide again"
        ],
        example:
            "the request was approved already"
    )

    static let stale = ErrorPage(
        code: .stale,
        title: "Somebody else has changed it meanwhile",
        meaning:
            "The request said with `If-Match` which version it is to change, and there is another one now; nothing was changed.",
        causes: [
            "another administrator, or another run of the same program, has written since it was read",
            "the entity tag is that of something else, of a key set for that of its client for instance",
        ],
        fixes: [
            "read it again, put your change on what is there now, and send that with its `ETag`"
        ],
        example:
            "it is another version than `If-Match` names: read it again and put your change on that"
    )
}
