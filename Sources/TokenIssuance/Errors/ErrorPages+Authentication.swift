// Pages on who the client is.
extension ErrorPage {
    static let clientNotFound = ErrorPage(
        code: .clientNotFound,
        title: "The client is unknown",
        meaning:
            "No client with the identifier in `iss` is registered in this environment.",
        causes: [
            "the identifier is misspelt",
            "the client is registered in another environment",
        ],
        fixes: [
            "compare `iss` with the client's registration",
            "check that issuer and client belong to the same environment",
        ],
        example:
            "Invalid assertion. Client authentication failed. Client not found: no client `0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11` is registered here; check `iss` and the environment"
    )

    static let invalidCertificate = ErrorPage(
        code: .invalidCertificate,
        title: "The certificate is not acceptable",
        meaning:
            "The certificate in `x5c` is not a valid enterprise certificate of this environment.",
        causes: [
            "a test certificate in production, or the other way round",
            "the certificate has expired or was revoked",
            "the encryption or signing certificate of the pair was used and not the one for authentication",
            "it was issued by somebody else than the accepted issuers",
        ],
        fixes: [
            "read `reason`",
            "check it with `portvakt cert check FILE`",
        ],
        example:
            "Invalid assertion. Client authentication failed. JWT is signed with an invalid certificate: the certificate expired at 2024-07-28T11:59:00Z; renew it",
        exampleReason: "certificate_expired"
    )

    static let expiredKey = ErrorPage(
        code: .expiredKey,
        title: "The registered key has expired",
        meaning:
            "A registered key lives one year at most from the moment that it was registered.",
        causes: [
            "nobody renewed the key in time"
        ],
        fixes: [
            "register a new key, or register the same one again to renew it",
            "let `portvakt client list --expiring 30d` warn you ahead",
        ],
        example:
            "Invalid assertion. Client authentication failed. Expired key: the key `payroll-2025` expired at 2026-10-01T00:00:00Z; register a new key, or the same one again to renew it"
    )

    static let wrongOrganisation = ErrorPage(
        code: .wrongOrganisation,
        title: "The certificate belongs to another organisation",
        meaning:
            "The organisation number in the certificate is not that of the client's owner.",
        causes: [
            "the certificate of a supplier was used with the client of its customer",
            "the client was registered for another organisation",
        ],
        fixes: [
            "use the certificate of the organisation that owns the client, or register a key on it"
        ],
        example:
            "Invalid assertion. Client authentication failed. Invalid organisation number for client: the certificate belongs to organisation `310000124`, which does not own the client"
    )

    static let malformedX5C = ErrorPage(
        code: .malformedX5C,
        title: "The x5c header is malformed",
        meaning:
            "`x5c` must be an array of strings, each a certificate (DER) in standard base64, that of the signing key first.",
        causes: [
            "one string was sent in place of an array",
            "PEM lines or base64url were sent",
        ],
        fixes: [
            "send `[\"MIIE…\"]`: an array, also for one certificate"
        ],
        example:
            "Invalid assertion. Invalid JWT header x5c: `x5c` must be an array of strings, the certificate of the signing key first"
    )

    static let invalidSignature = ErrorPage(
        code: .invalidSignature,
        title: "The signature does not hold",
        meaning:
            "The signature cannot be verified with the registered key or the certificate that the header names.",
        causes: [
            "the assertion was signed with another key",
            "the payload was changed after signing",
            "an ECDSA signature was sent in DER form",
        ],
        fixes: [
            "check which private key belongs to the registered one: compare thumbprints with `portvakt client keys list`"
        ],
        example:
            "Invalid assertion. Client authentication failed. Invalid JWT signature: the signature does not hold under the key that the header names"
    )

    static let unknownKey = ErrorPage(
        code: .unknownKey,
        title: "The key identifier is unknown",
        meaning:
            "The client has no registered key with the `kid` of the header.",
        causes: [
            "the key was never registered, or on another client",
            "`kid` was sent together with an enterprise certificate that is not registered",
        ],
        fixes: [
            "register the key, or correct `kid`",
            "with an enterprise certificate send `x5c` and no `kid`",
        ],
        example:
            "Invalid assertion. Client authentication failed. Unknown key identifier (kid) for client: the client has no key `payroll-2026`; check `kid`, `iss` and the environment"
    )

    static let keyRequired = ErrorPage(
        code: .keyRequired,
        title: "The client must use a registered key",
        meaning:
            "From its first registered key on a client is authenticated by registered keys only, also when all have expired.",
        causes: [
            "`x5c` was sent for a client with registered keys"
        ],
        fixes: [
            "send `kid`",
            "an administrator can set the client back to its certificate, as an act of its own",
        ],
        example:
            "Invalid assertion. Client authentication failed. Client requires pre-registered jwk and no kid provided: the client has registered keys; send `kid` and not `x5c`"
    )

    static let clientCertificate = ErrorPage(
        code: .clientCertificate,
        title: "The client certificate is missing or cannot be read",
        meaning:
            "The connection's client certificate authenticates the client (`tls_client_auth`) or binds the token, and it did not come or cannot be read.",
        causes: [
            "the HTTP client shows no certificate, or the address does not ask for one",
            "the scope or the client's registration demands tokens bound to a certificate",
            "the proxy in front of the server hands the certificate on in another form than RFC 9440's",
        ],
        fixes: [
            "configure certificate and key in the HTTP client, as with `curl --cert … --key …`",
            "with `client_credentials` and no certificate send `client_assertion`",
            "the operator sets `client_certificates` to `ask`, or to `proxy` behind a proxy that sets `Client-Cert`",
        ],
        example:
            "neither a `client_assertion` nor a client certificate came; sign an assertion, or show the certificate at the connection to an endpoint that asks for it"
    )
}
