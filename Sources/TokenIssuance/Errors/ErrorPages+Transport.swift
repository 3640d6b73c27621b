// Pages on form, HTTP and faults of ours.
extension ErrorPage {
    static let malformedForm = ErrorPage(
        code: .malformedForm,
        title: "The form is malformed",
        meaning:
            "The body is no well-formed form, or a parameter is missing, came twice, or has a value that it cannot have.",
        causes: [
            "a parameter was not percent-encoded",
            "a parameter came twice",
        ],
        fixes: [
            "send `grant_type` and `assertion`, each once"
        ],
        example:
            "the parameter `assertion` is missing or empty",
        exampleReason: "form_parameter_missing"
    )

    static let unsupportedGrantType = ErrorPage(
        code: .unsupportedGrantType,
        title: "The grant type is not served",
        meaning:
            "This server serves the JWT grant and `client_credentials` with `client_assertion`.",
        causes: [
            "a library's default grant is in force"
        ],
        fixes: [
            "send `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer`"
        ],
        example:
            "the grant type `password` is not served; use `urn:ietf:params:oauth:grant-type:jwt-bearer` or `client_credentials`"
    )

    static let notAcceptable = ErrorPage(
        code: .notAcceptable,
        title: "There is no such form of the answer",
        meaning:
            "The request's `Accept` takes none of the forms that this document comes in.",
        causes: [
            "a status list was asked for as CBOR (`application/statuslist+cwt`)"
        ],
        fixes: [
            "send `Accept: application/statuslist+jwt`, or no `Accept`"
        ],
        example:
            "the answer comes as `application/statuslist+jwt`, and `Accept` takes nothing of that"
    )

    static let unsupportedMediaType = ErrorPage(
        code: .unsupportedMediaType,
        title: "The body is no form",
        meaning:
            "A token request is a form, `application/x-www-form-urlencoded`.",
        causes: [
            "the body was sent as JSON or multipart"
        ],
        fixes: [
            "set `Content-Type: application/x-www-form-urlencoded`"
        ],
        example:
            "the body must be `application/x-www-form-urlencoded`, and came as `application/json`"
    )

    static let notFound = ErrorPage(
        code: .notFound,
        title: "There is nothing here",
        meaning:
            "No endpoint answers at this path.",
        causes: [
            "a slash too many or too few",
            "a path of another server",
        ],
        fixes: [
            "read the endpoints from `/.well-known/oauth-authorization-server`"
        ],
        example:
            "there is no endpoint at `/tokens`"
    )

    static let methodNotAllowed = ErrorPage(
        code: .methodNotAllowed,
        title: "The method is not allowed",
        meaning:
            "The endpoint exists and answers other methods; `Allow` names them.",
        causes: [
            "the token endpoint was called with GET"
        ],
        fixes: [
            "use the method that `Allow` names"
        ],
        example:
            "the endpoint does not answer `GET`; use POST"
    )

    static let tooLarge = ErrorPage(
        code: .tooLarge,
        title: "The request is too large",
        meaning:
            "The body exceeds the limit.",
        causes: [
            "a whole certificate bundle was sent in `x5c`"
        ],
        fixes: [
            "send the leaf alone, or the leaf and its issuing certificate"
        ],
        example:
            "the body is larger than 65536 bytes"
    )

    static let accessTokenRequired = ErrorPage(
        code: .accessTokenRequired,
        title: "The endpoint wants an access token",
        meaning:
            "Everything on the admin listener but health wants a token of this server with a scope that allows the act.",
        causes: [
            "no `Authorization` header came"
        ],
        fixes: [
            "send `Authorization: Bearer` and an access token"
        ],
        example:
            "the endpoint wants an access token: send `Authorization: Bearer` and the token"
    )

    static let misdirected = ErrorPage(
        code: .misdirected,
        title: "The host name is not this listener's",
        meaning:
            "The admin listener answers only to host names that it knows, so that a page elsewhere cannot make a browser reach it under a name of its own.",
        causes: [
            "a proxy passes another `Host` on",
            "the listener is reached by a name that the configuration does not know",
        ],
        fixes: [
            "set `admin_url` to the URL that you use"
        ],
        example:
            "this listener does not answer to the host `admin.example.no`; use its own address or the one in `admin_url`"
    )

    static let tooManyRequests = ErrorPage(
        code: .tooManyRequests,
        title: "Too many requests",
        meaning:
            "The limit of requests was exceeded; `Retry-After` tells when to try again.",
        causes: [
            "tokens are not cached",
            "a loop asks again and again after a refusal",
        ],
        fixes: [
            "keep a token until shortly before it expires",
            "wait as long as `Retry-After` says",
        ],
        example:
            "too many requests; try again after 2 s"
    )

    static let unavailable = ErrorPage(
        code: .unavailable,
        title: "No tokens at the moment",
        meaning:
            "The server cannot write its ledger, or its clock cannot be trusted, and without a durable entry there is no token; or its copy of Enhetsregisteret is older than its operator allows. Nothing was used up, but perhaps the assertion where the reason is `store_stalled`.",
        causes: [
            "the database is full, read-only, locked, damaged or gone",
            "the database's disk has not answered for ten seconds",
            "the server is starting or stopping",
            "the clock was set back",
            "the register was not brought up to date for longer than `register_max_age`",
        ],
        fixes: [
            "try again with a new assertion after `Retry-After`",
            "operators: `/health/ready` and the log tell the cause",
            "operators: `portvakt org sync` or `portvakt org import` brings the register up to date; `portvakt doctor` tells its age",
        ],
        example:
            "the server cannot issue tokens at the moment; try again after 2 s"
    )

    static let serverError = ErrorPage(
        code: .serverError,
        title: "A fault of ours",
        meaning:
            "Something failed on our side. The trace id finds it in the log.",
        causes: [
            "a fault in this server"
        ],
        fixes: [
            "try again with a new assertion; report the trace id if it stays"
        ],
        example:
            "something failed on our side; the trace id finds it in the log"
    )
}
