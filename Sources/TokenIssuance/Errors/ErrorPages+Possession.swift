// Pages on tokens that are bound to a key (RFC 9449).
extension ErrorPage {
    static let invalidDPoPProof = ErrorPage(
        code: .invalidDPoPProof,
        title: "The DPoP proof is not taken",
        meaning:
            "The request's `DPoP` field does not hold one proof, made for this request just now, by the key in its own header (RFC 9449). `reason` tells which check failed.",
        causes: [
            "a proof was used twice: each request needs a new one with a `jti` of its own",
            "`htu` is not the URL that the server is known by: behind a proxy the one in the metadata counts, not the one of the connection",
            "the client's clock differs from the server's by more than 60 s",
            "at an API of this server: `ath` is missing, or the proof is by another key than the token is bound to",
        ],
        fixes: [
            "let a library make the proofs: PortvaktClient and `portvakt token request --dpop` do",
            "take `htu` from the metadata's `token_endpoint`, without query and fragment",
            "set the clock, or send the nonce of `DPoP-Nonce`: with it the client's time does not count",
            "send the public key in `jwk`, never the private one; a private key that was sent must not be used again",
        ],
        example:
            "the DPoP proof is for `https://localhost/token`: `htu` must be the request's URL without its query",
        exampleReason: "dpop_target"
    )

    static let useDPoPNonce = ErrorPage(
        code: .useDPoPNonce,
        title: "The DPoP proof wants a nonce of the server",
        meaning:
            "The answer's `DPoP-Nonce` field holds a nonce; a proof with it in the claim `nonce` is taken. Nothing was used up: the same assertion may be sent again with the new proof (RFC 9449 §8).",
        causes: [
            "the server demands nonces (`dpop_nonce: required`), and the client has none yet",
            "the nonce is more than five minutes old, or of another server",
        ],
        fixes: [
            "make a new proof with the nonce, and send the request again, once",
            "remember the latest `DPoP-Nonce` of each server, from good answers too",
        ],
        example: "the DPoP proof needs the `nonce` that `DPoP-Nonce` holds"
    )

    static let bindingRequired = ErrorPage(
        code: .bindingRequired,
        title: "The token must be bound to a key",
        meaning:
            "Tokens of this client, or with this scope, are good only for whoever holds a key, and the request proves no key.",
        causes: [
            "the client is registered with `dpop_bound_access_tokens`, or the scope's owner has set it",
            "the scope is `altinn:portal/enduser`, with which a portal speaks for persons",
        ],
        fixes: [
            "send a DPoP proof in the `DPoP` field: with PortvaktClient set `MASKINPORTEN_DPOP`, with the CLI `token request --dpop`",
            "for a portal a client certificate at the connection will do as well",
        ],
        example:
            "tokens with the scope `demo:fish.read` are bound to a key by DPoP, and no proof came; send one in the `DPoP` field"
    )
}
