"""Proof of possession: DPoP proofs that are none, another's or used before; client certificates that nobody presented."""

import base64
import uuid

from attacks.attack import ABSENT, P256_ORDER, Attacker, Refused, Table, form, merged, raw_signature, signer
from world import base64url

TABLE = Table()


def refused(reason: str) -> Refused:
    return Refused(400, "PV-028", reason)


def public_members(a: Attacker) -> dict:
    point = a.p256.public_key().public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": base64url(point.x.to_bytes(32, "big")),
        "y": base64url(point.y.to_bytes(32, "big")),
    }


def proof(a: Attacker, header: dict | None = None, claims: dict | None = None, key=None, sign=None) -> str:
    """A proof for the token endpoint, right but for what is given."""
    head = merged({"typ": "dpop+jwt", "alg": "ES256", "jwk": public_members(a)}, header or {})
    right = {"jti": str(uuid.uuid4()), "htm": "POST", "htu": a.issuer + "token", "iat": a.now}
    return a.signed(head, merged(right, claims or {}), key or a.p256, sign)


def proofs(source: str, reason: str, changes: dict) -> None:
    """Rows of right grants with a wrong proof beside them."""
    for name, make in changes.items():
        TABLE.row(f"dpop-{name}", source, refused(reason), lambda a: a.grant(), fields=lambda a, m=make: {"DPoP": m(a)})


def header(**changes):
    return lambda a: proof(a, header=changes)


def claim(**changes):
    return lambda a: proof(a, claims=changes)


proofs(
    "RFC 9449 §4.3 item 2",
    "dpop_malformed",
    {
        "no-jwt": lambda a: "abc",
        "five-parts": lambda a: "a.b.c.d.e",
        "two-parts": lambda a: proof(a).rsplit(".", 1)[0],
        "padded": lambda a: proof(a) + "=",
        "list": lambda a: proof(a) + ", " + proof(a),
        "json": lambda a: '{"payload":""}',
        "too-long": lambda a: proof(a, claims={"jti": "x" * 9_000}),
    },
)
proofs(
    "RFC 9449 §4.3 item 4, RFC 8725 §3.11",
    "dpop_type",
    {
        "typ-absent": header(typ=ABSENT),
        "typ-jwt": header(typ="JWT"),
        "typ-access-token": header(typ="at+jwt"),
        "grant-as-proof": lambda a: ".".join(a.parts()),
    },
)
proofs(
    "RFC 9449 §4.3 item 5",
    "dpop_algorithm",
    {
        "alg-none": header(alg="none"),
        "alg-none-upper": header(alg="NONE"),
        "alg-hs256": header(alg="HS256"),
        "alg-absent": header(alg=ABSENT),
        "alg-of-another-key": header(alg="RS256"),
        "alg-of-another-curve": header(alg="ES384"),
    },
)
proofs(
    "RFC 9449 §4.3 item 7",
    "dpop_key",
    {
        "jwk-absent": header(jwk=ABSENT),
        "jwk-text": header(jwk="x"),
        "jwk-private": lambda a: proof(a, header={"jwk": {**public_members(a), "d": "AAAA"}}),
        "jwk-symmetric": header(jwk={"kty": "oct", "k": "AAAA"}),
        "jwk-off-the-curve": lambda a: proof(a, header={"jwk": {**public_members(a), "y": public_members(a)["x"]}}),
        "jwk-small-order": lambda a: proof(
            a,
            header={"alg": "EdDSA", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": base64url(bytes(32))}},
            sign=lambda _: bytes(64),
        ),
        "jwk-rsa-exponent-1": lambda a: proof(
            a, header={"alg": "RS256", "jwk": {"kty": "RSA", "e": "AQ", "n": base64url(b"\xa7" * 256)}}, key=a.rsa
        ),
    },
)
for member, value in {
    "crit": ["exp"],
    "b64": False,
    "jku": "http://127.0.0.1:1/",
    "x5u": "http://127.0.0.1:1/",
    "zip": "DEF",
}.items():
    proofs("RFC 7515 §4.1.11, RFC 8725 §3.10", "dpop_header", {f"header-{member}": header(**{member: value})})
proofs(
    "RFC 9449 §4.3 item 6, CVE-2022-21449",
    "dpop_signature",
    {
        "signature-zero": lambda a: proof(a, sign=lambda _: bytes(64)),
        "signature-order": lambda a: proof(a, sign=lambda _: raw_signature(P256_ORDER, P256_ORDER)),
        "signature-empty": lambda a: proof(a, sign=lambda _: b""),
        "signature-of-another-key": lambda a: proof(a, sign=lambda data: signer(a.other_p256)(data)),
        "signature-der": lambda a: proof(a, sign=lambda data: signer(a.p256)(data) + b"\0"),
    },
)
proofs(
    "RFC 9449 §4.3 item 3",
    "dpop_claim",
    {
        "jti-absent": claim(jti=ABSENT),
        "jti-empty": claim(jti=""),
        "jti-number": claim(jti=1),
        "jti-129-bytes": claim(jti="x" * 129),
        "htm-absent": claim(htm=ABSENT),
        "htu-absent": claim(htu=ABSENT),
        "htu-array": claim(htu=["x"]),
        "iat-absent": claim(iat=ABSENT),
        "iat-text": claim(iat="1800000000"),
        "iat-negative": claim(iat=-1),
        "nonce-number": claim(nonce=1),
    },
)
proofs(
    "RFC 9449 §4.3 item 8",
    "dpop_method",
    {
        "htm-get": claim(htm="GET"),
        "htm-lower-case": claim(htm="post"),
        "htm-two": claim(htm="POST GET"),
    },
)
proofs(
    "RFC 9449 §4.3 item 9: the configured endpoint, never `Host`",
    "dpop_target",
    {
        "htu-other-server": claim(htu="https://maskinporten.no/token"),
        "htu-issuer": lambda a: proof(a, claims={"htu": a.issuer}),
        "htu-other-path": lambda a: proof(a, claims={"htu": a.issuer + "introspect"}),
        "htu-other-port": lambda a: proof(a, claims={"htu": f"http://127.0.0.1:{a.world.port + 1}/token"}),
        "htu-other-scheme": lambda a: proof(a, claims={"htu": (a.issuer + "token").replace("http:", "https:")}),
        "htu-user": lambda a: proof(a, claims={"htu": (a.issuer + "token").replace("//", "//x@")}),
        "htu-relative": claim(htu="/token"),
        "htu-encoded-slash": lambda a: proof(a, claims={"htu": a.issuer + "x%2f..%2ftoken"}),
    },
)
proofs(
    "RFC 9449 §4.3 item 11, §11.1",
    "dpop_stale",
    {
        "iat-old": lambda a: proof(a, claims={"iat": a.now - 120}),
        "iat-zero": claim(iat=0),
        "exp-passed": lambda a: proof(a, claims={"exp": a.now - 100}),
    },
)
proofs(
    "RFC 9449 §4.3 item 11",
    "dpop_not_yet_valid",
    {
        "iat-ahead": lambda a: proof(a, claims={"iat": a.now + 120}),
        "nbf-ahead": lambda a: proof(a, claims={"nbf": a.now + 120}),
    },
)
for name, nonce in {"guessed": "x", "long": "x" * 2_000}.items():
    TABLE.row(
        f"dpop-nonce-{name}",
        "RFC 9449 §8: a nonce that this server did not give",
        Refused(400, "PV-029", "dpop_nonce_unknown"),
        lambda a: a.grant(),
        fields=lambda a, n=nonce: {"DPoP": proof(a, claims={"nonce": n})},
    )
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def used(a: Attacker) -> dict[str, str]:
    """A proof that got a token a moment ago."""
    fields = {"DPoP": proof(a)}
    assert a.world.request("POST", "token", a.grant(), {**FORM, **fields}).body["token_type"] == "DPoP"
    return fields


TABLE.row("dpop-replayed", "RFC 9449 §11.1", refused("dpop_replayed"), lambda a: a.grant(), fields=used)


def two_fields(a: Attacker) -> bytes:
    body = a.grant()
    fields = [f"Content-Type: {FORM['Content-Type']}", f"Content-Length: {len(body)}", "Connection: close"]
    return a.request(*fields, f"DPoP: {proof(a)}", f"DPoP: {proof(a)}", body=body)


TABLE.row("dpop-twice", "RFC 9449 §4.3 item 1", refused("dpop_repeated"), two_fields, raw=True)


# A client certificate counts as shown at the connection, or in `Client-Cert` by a listed proxy; nobody is listed here.
def certificate_alone(a: Attacker) -> bytes:
    return form(grant_type="client_credentials", client_id=a.certified.id, scope=a.certified.scopes[0])


def in_field(name: str, write):
    return lambda a: {name: write(base64.b64encode(a.certified.certificates[0]).decode())}


for name, write in {
    "Client-Cert": lambda text: f":{text}:",
    "X-Client-Cert": lambda text: text,
    "X-SSL-Client-Cert": lambda text: text,
    "X-Forwarded-Client-Cert": lambda text: f'Cert="{text}"',
    "SSL-Client-Cert": lambda text: text,
}.items():
    TABLE.row(
        f"certificate-in-{name.lower()}",
        "RFC 9440 §4, cloudfoundry/uaa PR #3972",
        Refused(401, "PV-026", "client_certificate_missing"),
        certificate_alone,
        fields=in_field(name, write),
    )
