"""Which algorithm, which key: `none`, RS/HS confusion, foreign algorithms, embedded keys, `kid`, `crit`, `b64`."""

import hashlib
import hmac

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from attacks.attack import ABSENT, Refused, Table, compact, malformed, pss
from world import base64url

TABLE = Table()

ALGORITHM = malformed("header_algorithm")
FORBIDDEN = malformed("header_forbidden")

# `none` and its spellings.
for text in ["none", "None", "nOnE", "NONE", "none ", " none", "n\u200bone", "nonE\u0000", ""]:
    name = "alg-none-" + "".join(c if c.isalpha() and c.isascii() else f"_{ord(c):x}" for c in text)
    TABLE.row(name, "CVE-2015-9235", ALGORITHM, lambda a, text=text: a.grant({"alg": text}))
TABLE.rows(
    "CVE-2015-9235, RFC 8725 §3.1",
    ALGORITHM,
    {
        "alg-none-unsigned": lambda a: a.grant({"alg": "none"}, sign=lambda _: b""),
        "alg-none-upper-unsigned": lambda a: a.grant({"alg": "NONE"}, sign=lambda _: b""),
    },
)
TABLE.row("alg-absent", "RFC 7515 §4.1.1", malformed("header_missing"), lambda a: a.grant({"alg": ABSENT}))
for name, value in {"number": 0, "array": ["RS256"], "null": None, "object": {"alg": "RS256"}, "true": True}.items():
    TABLE.row(
        f"alg-{name}", "RFC 7515 §4.1.1", malformed("header_malformed"), lambda a, value=value: a.grant({"alg": value})
    )


# RS/HS confusion: the public key's bytes as the secret of an HMAC.
def hmac_keyed(secret, digest=hashlib.sha256):
    return lambda a: lambda data: hmac.new(secret(a.rsa.public_key()), data, digest).digest()


def encoded(encoding, form):
    return lambda key: key.public_bytes(encoding, form)


E, F = serialization.Encoding, serialization.PublicFormat
SECRETS = {
    "pem": encoded(E.PEM, F.SubjectPublicKeyInfo),
    "pem-without-line-end": lambda key: key.public_bytes(E.PEM, F.SubjectPublicKeyInfo).rstrip(b"\n"),
    "pem-pkcs1": encoded(E.PEM, F.PKCS1),
    "der": encoded(E.DER, F.SubjectPublicKeyInfo),
    "der-pkcs1": encoded(E.DER, F.PKCS1),
    "jwk": lambda key: compact({"e": "AQAB", "kty": "RSA", "n": base64url(modulus(key))}),
    "modulus": lambda key: modulus(key),
    "modulus-text": lambda key: base64url(modulus(key)).encode(),
    "empty": lambda key: b"",
}


def modulus(key) -> bytes:
    return key.public_numbers().n.to_bytes(256, "big")


for name, secret in SECRETS.items():
    TABLE.row(
        f"hs256-keyed-with-{name}",
        "CVE-2016-10555, CVE-2022-29217, CVE-2024-33663",
        ALGORITHM,
        lambda a, secret=secret: a.grant({"alg": "HS256"}, sign=hmac_keyed(secret)(a)),
    )
for bits, digest in {"384": hashlib.sha384, "512": hashlib.sha512}.items():
    TABLE.row(
        f"hs{bits}-keyed-with-pem",
        "CVE-2016-10555",
        ALGORITHM,
        lambda a, b=bits, d=digest: a.grant({"alg": f"HS{b}"}, sign=hmac_keyed(SECRETS["pem"], d)(a)),
    )

# Algorithms of another kind of key, or of no kind that we know.
for alg in [
    "rs256",
    "RS1",
    "RS256 ",
    "SHA256",
    "ES256K",
    "Ed25519ph",
    "dir",
    "RSA-OAEP",
    "A128KW",
    "PBES2-HS256+A128KW",
    "HS256/64",
    "../RS256",
]:
    name = "".join(c if c.isalnum() else "_" for c in alg)
    TABLE.row(f"alg-{name}", "RFC 8725 §3.1", ALGORITHM, lambda a, alg=alg: a.grant({"alg": alg}))
TABLE.rows(
    "RFC 8725 §3.1: the key decides the algorithm",
    ALGORITHM,
    {
        "es256-for-an-rsa-key": lambda a: a.grant({"alg": "ES256"}),
        "eddsa-for-an-rsa-key": lambda a: a.grant({"alg": "EdDSA"}),
        "ps256-well-signed-by-an-rs256-key": lambda a: a.grant({"alg": "PS256"}, sign=pss(a.rsa)),
        "rs512-well-signed-by-an-rs256-key": lambda a: a.grant(
            {"alg": "RS512"}, sign=lambda data: a.rsa.sign(data, padding.PKCS1v15(), hashes.SHA512())
        ),
        "rs256-for-a-p256-key": lambda a: a.elliptic(alg="RS256"),
        "es384-for-a-p256-key": lambda a: a.elliptic(alg="ES384"),
        "eddsa-for-a-p256-key": lambda a: a.elliptic(alg="EdDSA"),
    },
)
TABLE.rows(
    "RFC 8725 §3.1: signed by another algorithm than the header names",
    Refused(400, "MP-124", "signature_invalid"),
    {
        "rs256-signed-as-ps256": lambda a: a.grant(sign=pss(a.rsa)),
        "rs256-signed-with-sha1": lambda a: a.grant(sign=lambda d: a.rsa.sign(d, padding.PKCS1v15(), hashes.SHA1())),
    },
)

# Keys that the token brings along.
PUBLIC = {"kty": "RSA", "e": "AQAB", "n": "AQAB"}


def own_key(a) -> dict:
    return {"kty": "RSA", "e": "AQAB", "n": base64url(modulus(a.stranger.public_key()))}


TABLE.rows(
    "CVE-2018-0114, CVE-2026-27962",
    FORBIDDEN,
    {
        "jwk-of-the-attacker": lambda a: a.grant({"jwk": own_key(a), "kid": ABSENT}, key=a.stranger),
        "jwk-beside-the-right-kid": lambda a: a.grant({"jwk": own_key(a)}, key=a.stranger),
        "jwk-of-the-right-key": lambda a: a.grant({"jwk": {**PUBLIC, "n": base64url(modulus(a.rsa.public_key()))}}),
        "jwk-null": lambda a: a.grant({"jwk": None}),
        "jwk-with-a-private-half": lambda a: a.grant({"jwk": {**own_key(a), "d": "AQAB"}}, key=a.stranger),
    },
)
TABLE.rows(
    "RFC 7515 §10.7, RFC 8725 §3.10: no network call is made",
    FORBIDDEN,
    {
        "jku": lambda a: a.grant({"jku": a.trap, "kid": ABSENT}, key=a.stranger),
        "jku-beside-the-right-kid": lambda a: a.grant({"jku": a.trap}),
        "jku-of-the-issuer": lambda a: a.grant({"jku": a.issuer + "jwk"}),
        "jku-file": lambda a: a.grant({"jku": "file:///etc/passwd"}),
        "x5u": lambda a: a.grant({"x5u": a.trap, "kid": ABSENT}, key=a.stranger),
        "x5u-beside-the-right-kid": lambda a: a.grant({"x5u": a.trap}),
    },
)
TABLE.row("x5c-beside-kid", "RFC 8725 §3.10", malformed("credential_ambiguous"), lambda a: a.grant({"x5c": ["AQID"]}))
TABLE.row("no-kid-no-x5c", "RFC 7515 §4.1.4", malformed("kid_missing"), lambda a: a.grant({"kid": ABSENT}))

# `crit` and `b64`.
for name, value in {
    "unknown": ["exp"],
    "empty": [],
    "text": "exp",
    "null": None,
    "absent-name": ["kid", "nope"],
    "b64": ["b64"],
    "twice": ["kid", "kid"],
    "alg": ["alg"],
}.items():
    TABLE.row(
        f"crit-{name}",
        "RFC 7515 §4.1.11, PyJWT before 2.12",
        FORBIDDEN,
        lambda a, value=value: a.grant({"crit": value}),
    )
TABLE.rows(
    "RFC 7797 §6",
    FORBIDDEN,
    {
        "b64-false": lambda a: a.grant({"b64": False, "crit": ["b64"]}),
        "b64-false-without-crit": lambda a: a.grant({"b64": False}),
        "b64-true": lambda a: a.grant({"b64": True}),
    },
)
for member in ["zip", "enc", "epk", "apu", "apv", "p2s", "p2c"]:
    TABLE.row(
        f"header-{member}",
        "CVE-2023-49290, CVE-2024-28102: members of JWE in a JWS",
        FORBIDDEN,
        lambda a, m=member: a.grant({m: 100_000_000 if m == "p2c" else "DEF"}),
    )

# `kid` is looked up within the client and nowhere else.
UNKNOWN = Refused(400, "PV-010", "key_unknown")
for name, text in {
    "prototype": "__proto__",
    "case": "FJORDFISK-2026",
    "dots": "..",
    "suffix": "fjordfisk-2026-",
    "zero": "0",
}.items():
    TABLE.row(f"kid-{name}", "kid injection (CVE-2018-0114 family)", UNKNOWN, lambda a, t=text: a.grant({"kid": t}))
# What no key can be called is refused for its form, before anything is looked up.
for name, text in {
    "path": "../../../../etc/passwd",
    "device": "/dev/null",
    "sql": "' OR '1'='1",
    "sql-union": "x' UNION SELECT 'AA'--",
    "shell": "$(id)",
    "url": "http://127.0.0.1:1/key",
    "wildcard": "*",
    "empty-like": " ",
    "percent": "%00",
    "template": "{{7*7}}",
    "format": "%s%s%n",
    "blank-behind": "fjordfisk-2026 ",
    "fullwidth": "fjordfisk\uff0d2026",
    "line": "fjordfisk-2026\n",
}.items():
    TABLE.row(
        f"kid-{name}",
        "kid injection (CVE-2018-0114 family)",
        malformed("header_malformed"),
        lambda a, t=text: a.grant({"kid": t}),
    )
TABLE.row("kid-of-another-client", "RFC 8725 §3.8", UNKNOWN, lambda a: a.grant({"kid": a.other.key_id}))
TABLE.row(
    "kid-and-key-of-another-client",
    "RFC 8725 §3.8",
    UNKNOWN,
    lambda a: a.grant({"kid": a.other.key_id}, key=a.other.private_key),
)
for name, value in {"number": 1, "null": None, "array": ["fjordfisk-2026"], "empty": "", "object": {}}.items():
    TABLE.row(f"kid-{name}", "RFC 7515 §4.1.4", malformed("header_malformed"), lambda a, v=value: a.grant({"kid": v}))
TABLE.row("kid-nul", "kid injection", malformed("header_malformed"), lambda a: a.grant({"kid": "fjordfisk-2026\u0000"}))
TABLE.row("kid-10-kb", "CVE-2025-61920", malformed("header_too_long"), lambda a: a.grant({"kid": "k" * 10_000}))
TABLE.row(
    "kid-1-mb", "CVE-2025-61920", Refused(413, "PV-006", "body_too_large"), lambda a: a.grant({"kid": "k" * 1_000_000})
)
