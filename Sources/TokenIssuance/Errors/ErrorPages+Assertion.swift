// Pages on the assertion itself: form, audience, times, replay.
extension ErrorPage {
    static let malformedAssertion = ErrorPage(
        code: .malformedAssertion,
        title: "The assertion is malformed",
        meaning:
            "The assertion is not a compact signed JWT, or it has a header member or a claim that is missing, has the wrong form, or must not be there.",
        causes: [
            "a line break or blank got into the form value",
            "a claim is misspelt: `consumer_orgno` for `consumer_org`",
            "a number was sent as a string",
            "the header has both `kid` and `x5c`, or neither",
            "the header names a key itself (`jwk`, `jku`, `x5u`)",
        ],
        fixes: [
            "read `reason` and `details`: they name the member",
            "decode the assertion with `portvakt token inspect` and compare it with the documentation of the grant",
        ],
        example:
            "Invalid assertion. Invalid parameter value: the claim `consumer_orgno` is unknown: did you mean `consumer_org`",
        exampleReason: "claim_unknown"
    )

    static let replayed = ErrorPage(
        code: .replayed,
        title: "The assertion was used before",
        meaning:
            "Each assertion gives one token at most. This one, or another with the same `jti` of this client, was used already.",
        causes: [
            "a retry sent the same assertion again",
            "a library caches assertions",
            "two processes draw the same `jti`",
        ],
        fixes: [
            "sign a new assertion with a new random `jti` for every request, also when retrying"
        ],
        example:
            "Invalid assertion. The grant has been used before: this assertion, or its `jti`, was used before; sign a new one with a new `jti` for each request"
    )

    static let wrongAudience = ErrorPage(
        code: .wrongAudience,
        title: "The assertion is for another server",
        meaning:
            "`aud` must be the issuer of this server, byte for byte, with its slash or without.",
        causes: [
            "the slash at the end is missing or too many",
            "the URL of the token endpoint was used",
            "the assertion is for another environment",
        ],
        fixes: [
            "copy `issuer` from `/.well-known/oauth-authorization-server` into `aud`"
        ],
        example:
            "Invalid assertion. Invalid JWT claim aud: `aud` is `https://maskinporten.no`, and must be exactly `https://maskinporten.no/`"
    )

    static let expiredAssertion = ErrorPage(
        code: .expiredAssertion,
        title: "The assertion has expired",
        meaning:
            "`exp` plus ten seconds has passed.",
        causes: [
            "the clock of the client is behind",
            "the assertion waited in a queue",
            "an old assertion was sent again",
        ],
        fixes: [
            "sign the assertion just before it is sent",
            "synchronise the clock (NTP); `details` show the server's time",
        ],
        example:
            "Invalid assertion. JWT is expired: `exp` was 2026-11-22T08:00:00Z, and the server's time is 2026-11-22T08:00:11Z; sign a new assertion and check the clock"
    )

    static let notYetValid = ErrorPage(
        code: .notYetValid,
        title: "The assertion is from the future",
        meaning:
            "`iat` or `nbf` is more than ten seconds ahead of the server's clock.",
        causes: [
            "the clock of the client is ahead"
        ],
        fixes: [
            "synchronise the clock (NTP); `details` show the server's time",
            "setting `iat` back a little is allowed",
        ],
        example:
            "Invalid assertion. Issue time is after now: `iat` is 2026-11-22T08:00:30Z, and the server's time is 2026-11-22T08:00:00Z; check the clock"
    )

    static let lifetimeTooLong = ErrorPage(
        code: .lifetimeTooLong,
        title: "The assertion lives too long",
        meaning:
            "`exp` minus `iat` exceeds the limit of this server, which its metadata state.",
        causes: [
            "a library's default of an hour is in force"
        ],
        fixes: [
            "set `exp` to at most two minutes after `iat`"
        ],
        example:
            "Invalid assertion. JWT has too long lifetime: `exp` - `iat` is 3600 s, and may be 120 s at most"
    )
}
