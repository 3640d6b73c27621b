"""What it says: audience, type, issuer, times, `jti`, scopes, and one kind of JWT in the place of another."""

import base64
import json
import uuid

from attacks.attack import ABSENT, JWT_CLIENT, Refused, Table, form, malformed
from world import JWT_BEARER

TABLE = Table()

AUDIENCE = Refused(400, "MP-110", "audience_wrong")
CLIENT_AUDIENCE = Refused(401, "MP-110", "audience_wrong")
MISSING = malformed("claim_missing")
MALFORMED = malformed("claim_malformed")

# Audience: for grants and, as RFC 10070 demands, for client authentication.
AUDIENCES = {
    "token-endpoint": lambda a: a.issuer + "token",
    "two": lambda a: [a.issuer, "https://maskinporten.no/"],
    "two-with-the-token-endpoint": lambda a: [a.issuer, a.issuer + "token"],
    "twice": lambda a: [a.issuer, a.issuer],
    "other-server": lambda a: "https://maskinporten.no/",
    "other-case": lambda a: a.issuer.replace("http", "HTTP"),
    "without-slash": lambda a: a.issuer.rstrip("/"),
    "two-slashes": lambda a: a.issuer + "/",
    "other-port": lambda a: f"http://127.0.0.1:{a.world.port + 1}/",
    "default-port": lambda a: "http://127.0.0.1/",
    "other-scheme": lambda a: a.issuer.replace("http:", "https:"),
    "name-of-the-address": lambda a: a.issuer.replace("127.0.0.1", "localhost"),
    "punycode": lambda a: a.issuer.replace("127.0.0.1", "xn--127-0-0-1"),
    "decimal-address": lambda a: a.issuer.replace("127.0.0.1", "2130706433"),
    "user": lambda a: a.issuer.replace("//", "//x@"),
    "query": lambda a: a.issuer + "?",
    "fragment": lambda a: a.issuer + "#",
    "dot": lambda a: a.issuer + ".",
    "percent": lambda a: a.issuer[:-1] + "%2F",
    "blank-behind": lambda a: a.issuer + " ",
    "blank-before": lambda a: " " + a.issuer,
    "nul": lambda a: a.issuer + "\0",
    "zero-width": lambda a: a.issuer + "\u200b",
    "fullwidth": lambda a: a.issuer.replace("/", "\uff0f"),
    "metadata": lambda a: a.issuer + ".well-known/oauth-authorization-server",
    "client": lambda a: a.client.id,
    "empty": lambda a: "",
}
for name, audience in AUDIENCES.items():
    TABLE.row(
        f"aud-{name}",
        "RFC 10070, CVE-2025-27370, CVE-2025-27371",
        AUDIENCE,
        lambda a, v=audience: a.grant(claims={"aud": v(a)}),
    )
    TABLE.row(
        f"client-aud-{name}",
        "RFC 10070, CVE-2025-27370, CVE-2025-27371",
        CLIENT_AUDIENCE,
        lambda a, v=audience: a.authentication(claims={"aud": v(a)}),
    )
TABLE.row("aud-absent", "RFC 7523 §3 item 3", MISSING, lambda a: a.grant(claims={"aud": ABSENT}))
for name, value in {
    "number": 1,
    "null": None,
    "object": {},
    "no-element": [],
    "nested": [["x"]],
    "numbers": [1],
}.items():
    TABLE.row(f"aud-{name}", "RFC 7519 §4.1.3", MALFORMED, lambda a, v=value: a.grant(claims={"aud": v}))

# `typ` (RFC 8725 §3.11).
TYPE = malformed("header_type")
for text in [
    "at+jwt",
    "application/at+jwt",
    "AT+JWT",
    "dpop+jwt",
    "oauth-authz-req+jwt",
    "logout+jwt",
    "token-introspection+jwt",
    "secevent+jwt",
    "statuslist+jwt",
    "JOSE",
    "JOSE+JSON",
    "JWE",
    "",
    "jwt ",
    "xjwt",
    "application/application/jwt",
    "text/jwt",
]:
    name = "".join(c if c.isalnum() else "_" for c in text) or "empty"
    TABLE.row(f"typ-{name}", "RFC 8725 §3.11", TYPE, lambda a, t=text: a.grant({"typ": t}))
    TABLE.row(
        f"client-typ-{name}",
        "RFC 8725 §3.11",
        Refused(401, "MP-011", "header_type"),
        lambda a, t=text: a.authentication({"typ": t}),
    )
for text in ["client-authentication+jwt", "application/Client-Authentication+JWT"]:
    TABLE.row(
        f"typ-{text.split('/')[-1]}-{len(text)}",
        "RFC 10070: never a grant",
        TYPE,
        lambda a, t=text: a.grant({"typ": t}),
    )
for name, value in {"number": 1, "null": None, "array": ["JWT"]}.items():
    TABLE.row(f"typ-{name}", "RFC 7515 §4.1.9", malformed("header_malformed"), lambda a, v=value: a.grant({"typ": v}))

# Issuer and subject.
for name, value in {
    "number": 1,
    "null": None,
    "empty": "",
    "array": ["x"],
    "sql": "' OR 1=1 --",
    "nul": "a\0b",
    "300-bytes": "x" * 300,
}.items():
    TABLE.row(f"iss-{name}", "RFC 7523 §3 item 1", MALFORMED, lambda a, v=value: a.grant(claims={"iss": v}))
UNKNOWN = Refused(400, "MP-100", "client_unknown")
for name, change in {
    "upper-case": lambda text: text.upper(),
    "braces": lambda text: "{" + text + "}",
    "urn": lambda text: "urn:uuid:" + text,
    "without-hyphens": lambda text: text.replace("-", ""),
    "nobody": lambda text: str(uuid.UUID(int=0)),
    "slash": lambda text: text + "/",
}.items():
    TABLE.row(
        f"iss-{name}",
        "RFC 7519 §4.1.1: compared byte by byte",
        UNKNOWN,
        lambda a, c=change: a.grant(claims={"iss": c(a.client.id)}),
    )
for name, text in {"nfc": "\u00e5", "nfd": "a\u030a", "zero-width": "x\u200by", "right-to-left": "\u202ex"}.items():
    TABLE.row(f"iss-{name}", "UTS 39: look-alikes", MALFORMED, lambda a, t=text: a.grant(claims={"iss": t}))
TABLE.row(
    "iss-of-another-client",
    "RFC 8725 §3.8",
    Refused(400, "PV-010", "key_unknown"),
    lambda a: a.grant(claims={"iss": a.other.id}),
)
TABLE.row(
    "iss-of-a-client-by-certificate",
    "RFC 8725 §3.8",
    Refused(400, "PV-010", "key_not_registered"),
    lambda a: a.grant(claims={"iss": a.certified.id}),
)

# Times.
TABLE.rows(
    "RFC 7523 §3 item 4",
    Refused(400, "MP-130", "assertion_expired"),
    {
        "expired-by-11": lambda a: a.grant(claims={"iat": a.now - 60, "exp": a.now - 11}),
        "expired-long-ago": lambda a: a.grant(claims={"iat": 1, "exp": 2}),
    },
)
TABLE.rows(
    "FAPI 2.0 §5.3.2.1: ten seconds ahead and no more",
    Refused(400, "PV-012", "iat_in_future"),
    {
        "iat-ahead-by-15": lambda a: a.grant(claims={"iat": a.now + 15}),
        "iat-ahead-by-a-century": lambda a: a.grant(claims={"iat": a.now + 10**9 * 3, "exp": a.now + 10**9 * 3 + 60}),
    },
)
TABLE.row(
    "nbf-ahead-by-15",
    "RFC 7523 §3 item 5",
    Refused(400, "PV-012", "nbf_in_future"),
    lambda a: a.grant(claims={"nbf": a.now + 15}),
)
TABLE.rows(
    "Maskinporten: at most 120 s",
    Refused(400, "PV-013", "assertion_lifetime_too_long"),
    {
        "lifetime-121": lambda a: a.grant(claims={"iat": a.now, "exp": a.now + 121}),
        "lifetime-for-ever": lambda a: a.grant(claims={"exp": 2**53}),
        "lifetime-backdated": lambda a: a.grant(claims={"iat": a.now - 200, "exp": a.now + 60}),
    },
)
TABLE.rows(
    "RFC 7519 §4.1.4",
    malformed("assertion_ends_before_it_begins"),
    {
        "exp-is-iat": lambda a: a.grant(claims={"iat": a.now, "exp": a.now}),
        "exp-before-iat": lambda a: a.grant(claims={"iat": a.now, "exp": a.now - 1}),
    },
)
for claim in ["exp", "iat"]:
    TABLE.row(f"{claim}-absent", "RFC 7523 §3 item 4", MISSING, lambda a, c=claim: a.grant(claims={c: ABSENT}))

# `jti`.
for name, value in {"empty": "", "number": 1, "null": None, "array": ["x"]}.items():
    TABLE.row(f"jti-{name}", "RFC 7519 §4.1.7", MALFORMED, lambda a, v=value: a.grant(claims={"jti": v}))
TABLE.row(
    "jti-256-bytes",
    "unbounded replay store (toolhive PR #6427)",
    malformed("claim_too_long"),
    lambda a: a.grant(claims={"jti": "x" * 256}),
)
TABLE.row(
    "jti-128-two-byte-letters",
    "a limit in bytes, not letters",
    malformed("claim_too_long"),
    lambda a: a.grant(claims={"jti": "\u00e5" * 128}),
)


# Replays: the first request is right, and gets its token.
def replayed(first, second=None):
    def make(a):
        body = first(a)
        assert a.world.request("POST", "token", body, FORM).status == 200
        return (second or (lambda a, body: body))(a, body)

    return make


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
REPLAYED = Refused(400, "MP-012", "assertion_replayed")


def shared(a, name: str, **changes) -> dict:
    """Claims with a `jti` that two requests share."""
    return {"jti": a.shared(name), **changes}


TABLE.rows(
    "RFC 7523 §3 item 7",
    REPLAYED,
    {
        "replay": replayed(lambda a: a.grant()),
        "replay-without-jti": replayed(lambda a: a.grant(claims={"jti": ABSENT})),
        "replay-with-another-exp": replayed(
            lambda a: a.grant(claims=shared(a, "exp")), lambda a, _: a.grant(claims=shared(a, "exp", exp=a.now + 50))
        ),
        "replay-with-another-scope": replayed(
            lambda a: a.grant(claims=shared(a, "scope")),
            lambda a, _: a.grant(claims=shared(a, "scope", scope=a.client.scopes[1])),
        ),
        "replay-with-an-altered-signature": replayed(
            lambda a: a.elliptic(jti=a.shared("malleable")), lambda a, _: malleable(a)
        ),
        "replay-after-a-refusal": lambda a: refused_once(a),
    },
)
TABLE.row(
    "replay-in-the-other-grant",
    "one replay key for both kinds",
    Refused(401, "MP-012", "assertion_replayed"),
    replayed(lambda a: a.grant(claims=shared(a, "kind")), lambda a, _: a.authentication(claims=shared(a, "kind"))),
)


def malleable(a) -> bytes:
    """The same `jti`, and s replaced by the order less s, which verifies as well."""
    from attacks.attack import P256_ORDER, raw_signature, signer

    def other(data: bytes) -> bytes:
        text = signer(a.p256)(data)
        return raw_signature(int.from_bytes(text[:32], "big"), P256_ORDER - int.from_bytes(text[32:], "big"))

    return a.elliptic(sign=other, jti=a.shared("malleable"))


def refused_once(a) -> bytes:
    """A proven client's refusal uses the assertion up as well."""
    body = a.grant(claims={"scope": "demo:nothing", "jti": a.shared("refused")})
    assert a.world.request("POST", "token", body, FORM).body["code"] == "MP-200"
    return a.grant(claims={"jti": a.shared("refused")})


# Scopes.
for name, value in {
    "empty": "",
    "two-blanks": "demo:fangst.read  demo:fangst.write",
    "blank-before": " demo:fangst.read",
    "blank-behind": "demo:fangst.read ",
    "tab": "demo:fangst.read\tdemo:fangst.write",
    "line": "demo:fangst.read\n",
    "twice": "demo:fangst.read demo:fangst.read",
    "quote": 'demo:"',
    "backslash": "demo:\\",
    "zero-width": "demo:\u200bfangst.read",
    "no-break": "demo:fangst.read\u00a0demo:fangst.write",
    "nfd": "demo:a\u030a",
    "256-bytes": "demo:" + "x" * 251,
    "no-prefix": "fangst.read",
    "nul": "demo:fangst.read\0",
    "number": 1,
    "null": None,
    "array": ["demo:fangst.read"],
    "upper-prefix": "DEMO:fangst.read",
}.items():
    TABLE.row(f"scope-{name}", "RFC 6749 §3.3", MALFORMED, lambda a, v=value: a.grant(claims={"scope": v}))
TABLE.row("scope-absent", "Maskinporten: scope is required", MISSING, lambda a: a.grant(claims={"scope": ABSENT}))
TABLE.row(
    "scope-101",
    "bounded work",
    malformed("claim_too_long"),
    lambda a: a.grant(claims={"scope": " ".join(f"demo:s{n}" for n in range(101))}),
)
NOT_ON_CLIENT = Refused(400, "MP-200", "scope_unknown")
for text in [
    "demo:*",
    "demo:fangst.%",
    "demo:fangst",
    "demo:FANGST.READ",
    "openid:x",
    "demo:fangst.read/../kvoter.read",
]:
    name = "".join(c if c.isalnum() else "_" for c in text)
    TABLE.row(
        f"scope-named-{name}",
        "RFC 6749 §3.3: names are opaque",
        NOT_ON_CLIENT,
        lambda a, t=text: a.grant(claims={"scope": t}),
    )
TABLE.row(
    "scope-of-another-client",
    "RFC 9700 §2.3",
    Refused(400, "MP-200", "scope_not_on_client"),
    lambda a: a.grant(claims={"scope": a.other.scopes[0]}),
)
TABLE.row(
    "scope-of-the-operator",
    "RFC 9700 §2.3",
    Refused(400, "MP-200", "scope_not_on_client"),
    lambda a: a.grant(claims={"scope": "portvakt:operator"}),
)

# Claims that are none of ours, or out of place.
for name in [
    "consumer_orgno",
    "act",
    "cnf",
    "client_id",
    "azp",
    "token_type",
    "__proto__",
    "constructor",
    "Iss",
    "ISS",
    "client_amr",
    "consumer",
    "supplier",
    "delegation_source",
    "authorization_detail",
    "\u0456ss",
    "events",
]:
    TABLE.row(
        f"claim-{name.encode('ascii', 'backslashreplace').decode()}",
        "DESIGN §2.3: unknown claims are refused by name",
        malformed("claim_unknown"),
        lambda a, n=name: a.grant(claims={n: "x"}),
    )
for name, value in {
    "scope": "demo:fangst.read",
    "resource": "https://x.test/",
    "consumer_org": "311001140",
    "iss_onbehalfof": "x",
    "pid": "14833100069",
}.items():
    TABLE.row(
        f"client-claim-{name}",
        "RFC 7523 §2.2: a client assertion asks for nothing",
        Refused(401, "MP-011", "claim_forbidden"),
        lambda a, n=name, v=value: a.authentication(claims={n: v}),
    )
TABLE.rows(
    "RFC 7523 §3 items 1 and 2",
    Refused(401, "MP-011", "claim_malformed"),
    {
        "client-sub-of-another": lambda a: a.authentication(claims={"sub": a.other.id}),
        "client-sub-upper-case": lambda a: a.authentication(claims={"sub": a.client.id.upper()}),
        "client-sub-number": lambda a: a.authentication(claims={"sub": 1}),
    },
)
TABLE.row(
    "client-sub-absent",
    "RFC 7523 §3 item 2",
    Refused(401, "MP-011", "claim_missing"),
    lambda a: a.authentication(claims={"sub": ABSENT}),
)
RESOURCE = Refused(400, "PV-016", "resource_malformed")
for name, value in {
    "relative": "/here",
    "fragment": "https://x.test/#a",
    "empty": "",
    "blank": "https://x.test/ y",
    "nul": "https://x.test/\0",
    "second-relative": ["https://x.test/", "here"],
}.items():
    TABLE.row(f"resource-{name}", "RFC 8707 §2", RESOURCE, lambda a, v=value: a.grant(claims={"resource": v}))
for name, value in {"number": 1, "object": {}, "nested": [["https://x.test/"]], "null": None}.items():
    TABLE.row(f"resource-{name}", "RFC 8707 §2", MALFORMED, lambda a, v=value: a.grant(claims={"resource": v}))
for name, value in {
    "check-digits": "12345678901",
    "short": "1",
    "number": 14833100069,
    "fullwidth": "\uff11" * 11,
}.items():
    TABLE.row(
        f"pid-{name}",
        "spec: eleven digits with both control digits",
        MALFORMED,
        lambda a, v=value: a.grant(claims={"pid": v}),
    )
TABLE.row("consumer-org-check-digit", "modulus 11", MALFORMED, lambda a: a.grant(claims={"consumer_org": "311001141"}))
TABLE.row(
    "consumer-and-behalf",
    "one way to act for another",
    malformed("claims_exclusive"),
    lambda a: a.grant(claims={"consumer_org": "311001140", "iss_onbehalfof": "x"}),
)


# Substitution.
def access_token(a, client=None) -> str:
    answer = a.world.request("POST", "token", a.grant(), FORM)
    return answer.body["access_token"]


def as_client_assertion(a, text: str) -> bytes:
    return form(
        grant_type="client_credentials",
        client_assertion_type=JWT_CLIENT,
        client_assertion=text,
        scope=a.client.scopes[0],
    )


def dpop_proof(a) -> str:
    return a.signed(
        {"typ": "dpop+jwt", "alg": "RS256", "jwk": {"kty": "RSA"}},
        {"htm": "POST", "htu": a.issuer + "token", "iat": a.now, "jti": str(uuid.uuid4())},
    )


TABLE.rows(
    "RFC 8725 §3.12: one JWT in the place of another",
    malformed("claim_unknown"),
    {
        "access-token-as-assertion": lambda a: a.assertion(access_token(a)),
        "introspection-as-assertion": lambda a: a.grant(claims={"token_introspection": {"active": True}}),
    },
)
TABLE.row(
    "access-token-as-client-assertion",
    "RFC 8725 §3.12",
    Refused(401, "MP-011", "claim_unknown"),
    lambda a: as_client_assertion(a, access_token(a)),
)
TABLE.row("proof-as-assertion", "RFC 9449 §11.7", malformed("header_forbidden"), lambda a: a.assertion(dpop_proof(a)))
TABLE.row(
    "proof-as-client-assertion",
    "RFC 9449 §11.7",
    Refused(401, "MP-011", "header_forbidden"),
    lambda a: as_client_assertion(a, dpop_proof(a)),
)
TABLE.row(
    "grant-as-client-assertion",
    "RFC 7523 §2",
    Refused(401, "MP-011", "claim_forbidden"),
    lambda a: as_client_assertion(a, ".".join(a.parts())),
)
TABLE.row(
    "client-assertion-as-grant",
    "RFC 7523 §2",
    MISSING,
    lambda a: a.assertion(a.signed(a.header(), a.authentication_claims())),
)
TABLE.row(
    "grant-of-another-environment",
    "CVE-2025-27371",
    AUDIENCE,
    lambda a: a.grant(claims={"aud": "https://test.maskinporten.no/"}),
)
TABLE.row(
    "jwt-inside-a-jwt",
    "RFC 7519 §5.2",
    malformed(),
    lambda a: a.assertion(
        base64.urlsafe_b64encode(json.dumps({"grant": form(grant_type=JWT_BEARER).decode()}).encode()).decode()
    ),
)
