"""How it is written down: parts, base64, JSON, Unicode, numbers, signatures that are no signatures."""

import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from attacks.attack import ED25519_ORDER, P256_ORDER, Refused, Table, compact, malformed, raw_signature, signer
from world import base64url

TABLE = Table()

MALFORMED = malformed()
SIGNATURE = Refused(400, "MP-124", "signature_invalid")


# Parts.
def parts(change):
    return lambda a: a.assertion(change(a.parts()))


TABLE.rows(
    "RFC 7515 §7.1",
    MALFORMED,
    {
        "parts-none": parts(lambda p: p[0]),
        "parts-two": parts(lambda p: ".".join(p[:2])),
        "parts-four": parts(lambda p: ".".join([*p, p[2]])),
        "parts-six": parts(lambda p: ".".join(p + p)),
        "parts-dot-before": parts(lambda p: "." + ".".join(p)),
        "parts-dot-after": parts(lambda p: ".".join(p) + "."),
        "parts-header-empty": parts(lambda p: f".{p[1]}.{p[2]}"),
        "parts-payload-empty": parts(lambda p: f"{p[0]}..{p[2]}"),
        "parts-dots-alone": parts(lambda p: ".."),
    },
)
TABLE.row("parts-10-000-dots", "CVE-2025-27144, CVE-2025-30204", MALFORMED, parts(lambda p: "." * 10_000))
TABLE.row("parts-10-000-dots-behind", "CVE-2025-27144", MALFORMED, parts(lambda p: ".".join(p) + "." * 10_000))
TABLE.rows(
    "RFC 7516 §7.1: five parts are refused unread (GHSA-c8v6-786g-vjx6, CVE-2025-63811)",
    MALFORMED,
    {
        "jwe-dir": lambda a: a.assertion(
            base64url(compact({"alg": "dir", "enc": "A256GCM", "zip": "DEF"})) + "..AAAA.AAAA.AAAA"
        ),
        "jwe-pbes2": lambda a: a.assertion(
            base64url(compact({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2**31, "p2s": "AA"})) + ".A.A.A.A"
        ),
        "jwe-around-a-grant": parts(lambda p: f"{p[0]}.AAAA.AAAA.{p[1]}.{p[2]}"),
    },
)
TABLE.rows(
    "RFC 7515 §7.2, GHSA-jc38-x7x8-2xc8: JSON serialisations are refused altogether",
    MALFORMED,
    {
        "json-flattened": parts(lambda p: json.dumps({"protected": p[0], "payload": p[1], "signature": p[2]})),
        "json-general": parts(
            lambda p: json.dumps({"payload": p[1], "signatures": [{"protected": p[0], "signature": p[2]}]})
        ),
        "json-unprotected": parts(
            lambda p: json.dumps({"payload": p[1], "header": {"alg": "none", "kid": "x"}, "signature": ""})
        ),
        "json-after-space": parts(lambda p: "  " + json.dumps({"protected": p[0], "payload": p[1], "signature": p[2]})),
    },
)
TABLE.row("jwt-20-kb", "CVE-2025-61920", MALFORMED, parts(lambda p: f"{p[0]}.{'A' * 20_000}.{p[2]}"))
TABLE.row("form-70-kb", "CVE-2025-61920", Refused(413, "PV-006", "body_too_large"), parts(lambda p: "A" * 70_000))

# Base64url: two spellings of one token would defeat every list of tokens.
for index, part in enumerate(["header", "payload", "signature"]):

    def changed(change, index=index):
        return parts(lambda p: ".".join(change(text) if i == index else text for i, text in enumerate(p)))

    TABLE.rows(
        "RFC 7515 §2, RFC 4648 §3: one spelling",
        MALFORMED,
        {
            f"base64-padded-{part}": changed(lambda text: text + "="),
            f"base64-standard-alphabet-{part}": changed(lambda text: "+" + text[1:]),
            f"base64-line-break-{part}": changed(lambda text: text[:4] + "\n" + text[4:]),
            f"base64-space-{part}": changed(lambda text: text[:4] + " " + text[4:]),
            f"base64-nul-{part}": changed(lambda text: text[:4] + "\0" + text[4:]),
            f"base64-one-left-{part}": changed(lambda text: text + "A" * ((5 - len(text) % 4) % 4)),
        },
    )


def unused_bits(index: int):
    """Sets a bit that no byte uses in the last character of a part."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    def make(a):
        # Blanks at the end of a JSON text make a part of the wanted length.
        for blanks in range(3):
            header, claims = compact(a.header()), compact(a.claims())
            header += b" " * (blanks if index == 0 else 0)
            claims += b" " * (blanks if index == 1 else 0)
            texts = a.signed(header, claims).split(".")
            if len(texts[index]) % 4 != 0:
                last = alphabet[alphabet.index(texts[index][-1]) | 1]
                texts[index] = texts[index][:-1] + last
                return a.assertion(".".join(texts))
        raise AssertionError("no length with unused bits")

    return make


for index, part in enumerate(["header", "payload", "signature"]):
    TABLE.row(f"base64-unused-bits-{part}", "RFC 4648 §3.5", MALFORMED, unused_bits(index))

# JSON.
RIGHT = b'"alg":"RS256","kid":"fjordfisk-2026"'
for name, text in {
    "duplicate-alg": b'{"alg":"none",' + RIGHT + b"}",
    "duplicate-alg-last": b"{" + RIGHT + b',"alg":"none"}',
    "duplicate-alg-escaped": b"{" + RIGHT + b',"\\u0061lg":"none"}',
    "duplicate-kid-escaped": b"{" + RIGHT + b',"k\\u0069d":"x"}',
    "duplicate-jwk": b"{" + RIGHT + b',"jwk":1,"jwk":2}',
    "duplicate-nested": b"{" + RIGHT + b',"x":{"a":1,"a":2}}',
    "trailing-comma": b"{" + RIGHT + b",}",
    "trailing-bytes": b"{" + RIGHT + b"}x",
    "two-objects": b"{" + RIGHT + b"}{}",
    "comment": b"{/*x*/" + RIGHT + b"}",
    "single-quotes": b"{'alg':'RS256'}",
    "mark": b"\xef\xbb\xbf{" + RIGHT + b"}",
    "array": b'["RS256"]',
    "text": b'"RS256"',
    "null": b"null",
    "not-utf-8": b"{" + RIGHT + b',"x":"\xff"}',
    "overlong": b"{" + RIGHT + b',"x":"\xc0\xaf"}',
    "surrogate-bytes": b"{" + RIGHT + b',"x":"\xed\xa0\x80"}',
    "surrogate-half": b"{" + RIGHT + b',"x":"\\ud800"}',
    "utf-16": ("{" + RIGHT.decode() + "}").encode("utf-16"),
    "control": b"{" + RIGHT + b',"x":"\x01"}',
    "depth-20": b"{" + RIGHT + b',"x":' + b"[" * 20 + b"]" * 20 + b"}",
    "depth-2000": b"{" + RIGHT + b',"x":' + b"[" * 2_000 + b"]" * 2_000 + b"}",
    "depth-open": b'{"x":' + b'{"x":' * 2_000,
    "members-2000": b"{" + RIGHT + b"".join(b',"%d":0' % i for i in range(1_100)) + b"}",
}.items():
    TABLE.row(f"header-json-{name}", "RFC 8259, RFC 7515 §4", MALFORMED, lambda a, t=text: a.grant(header=t))


def claims_text(change):
    return lambda a: a.grant(claims=change(compact(a.claims())))


TABLE.rows(
    "RFC 7519 §4, RFC 8725 §2.4: parsers differ on them",
    MALFORMED,
    {
        "claims-duplicate-aud": claims_text(lambda t: t[:-1] + b',"aud":"https://maskinporten.no/"}'),
        "claims-duplicate-aud-escaped": claims_text(lambda t: t[:-1] + b',"\\u0061ud":"x"}'),
        "claims-duplicate-iss-before": claims_text(lambda t: b'{"iss":"x",' + t[1:]),
        "claims-duplicate-exp": claims_text(lambda t: t[:-1] + b',"exp":9007199254740991}'),
        "claims-duplicate-nested": claims_text(
            lambda t: t[:-1] + b',"authorization_details":[{"type":"a","type":"b"}]}'
        ),
        "claims-array": lambda a: a.grant(claims=b"[]"),
        "claims-null": lambda a: a.grant(claims=b"null"),
        "claims-empty": lambda a: a.grant(claims=b" "),
        "claims-not-utf-8": claims_text(lambda t: t[:-1] + b',"jti":"\xff"}'),
        "claims-trailing": claims_text(lambda t: t + b" 0"),
        "claims-nul-behind": claims_text(lambda t: t + b"\0"),
        "claims-deep": claims_text(lambda t: t[:-1] + b',"x":' + b"[" * 100 + b"]" * 100 + b"}"),
        "claims-a-jwt": lambda a: a.grant(header={"cty": "JWT"}, claims=".".join(a.parts()).encode()),
    },
)

# Numbers.
BAD_DATE = malformed("claim_malformed")
for claim in ["exp", "iat", "nbf"]:
    for name, text in {
        "1e400": "1e400",
        "negative": "-1",
        "2-to-63": "9223372036854775808",
        "2-to-53-and-1": "9007199254740993",
        "text": '"1800000000"',
        "array": "[1800000000]",
        "null": "null",
        "true": "true",
        "object": "{}",
        "huge": "9" * 400,
        "minus-1e400": "-1e400",
    }.items():
        TABLE.row(
            f"{claim}-{name}",
            "RFC 7519 §2: NumericDate",
            BAD_DATE,
            lambda a, c=claim, t=text: a.grant(
                claims=compact(a.claims(**{c: 0})).replace(f'"{c}":0'.encode(), f'"{c}":{t}'.encode())
            ),
        )
for name, text in {
    "nan": "NaN",
    "infinity": "Infinity",
    "hexadecimal": "0x6B49D200",
    "leading-zero": "01800000000",
    "plus": "+1800000000",
    "point-alone": "1800000000.",
    "underscore": "1_800_000_000",
}.items():
    TABLE.row(
        f"exp-{name}",
        "RFC 8259 §6",
        MALFORMED,
        lambda a, t=text: a.grant(claims=compact(a.claims(exp=0)).replace(b'"exp":0', f'"exp":{t}'.encode())),
    )
TABLE.row(
    "exp-minus-zero",
    "RFC 8259 §6: -0 is zero",
    malformed("assertion_ends_before_it_begins"),
    lambda a: a.grant(claims=compact(a.claims(exp=0)).replace(b'"exp":0', b'"exp":-0')),
)
TABLE.row(
    "exp-1-point-0",
    "RFC 7519 §2: 1.0 is one second past 1970",
    malformed("assertion_ends_before_it_begins"),
    lambda a: a.grant(claims={"exp": 1.0}),
)


# ECDSA.
def elliptic(change):
    return lambda a: a.elliptic(sign=lambda data: change(signer(a.p256)(data)))


def numbers(r, s):
    return lambda a: a.elliptic(sign=lambda _: raw_signature(r, s))


TABLE.rows(
    "CVE-2022-21449, RFC 7518 §3.4",
    SIGNATURE,
    {
        "ecdsa-zero": numbers(0, 0),
        "ecdsa-r-zero": numbers(0, 1),
        "ecdsa-s-zero": numbers(1, 0),
        "ecdsa-order": numbers(P256_ORDER, P256_ORDER),
        "ecdsa-order-and-one": numbers(P256_ORDER + 1, P256_ORDER + 1),
        "ecdsa-all-ones": numbers(2**256 - 1, 2**256 - 1),
        "ecdsa-one-one": numbers(1, 1),
        "ecdsa-der": lambda a: a.elliptic(sign=lambda data: a.p256.sign(data, ec.ECDSA(hashes.SHA256()))),
        "ecdsa-short": elliptic(lambda s: s[:-1]),
        "ecdsa-long": elliptic(lambda s: s + b"\0"),
        "ecdsa-zero-before-each": elliptic(lambda s: b"\0" + s[:32] + b"\0" + s[32:]),
        "ecdsa-empty": elliptic(lambda s: b""),
        "ecdsa-swapped": elliptic(lambda s: s[32:] + s[:32]),
        "ecdsa-of-another-message": lambda a: a.elliptic(sign=lambda data: signer(a.p256)(data + b"x")),
        "ecdsa-r-plus-order": lambda a: a.elliptic(sign=lambda data: out_of_range(a, data)),
    },
)


def out_of_range(a, data: bytes) -> bytes:
    """The same r modulo the group's order, where it fits into 32 bytes at all; else the order itself."""
    r, s = decode_dss_signature(a.p256.sign(data, ec.ECDSA(hashes.SHA256())))
    return raw_signature(r + P256_ORDER if r + P256_ORDER < 2**256 else P256_ORDER, s)


def edwards(change):
    return lambda a: a.edwards(sign=lambda data: change(a.ed25519.sign(data)))


TABLE.rows(
    "RFC 8032 §5.1.7",
    SIGNATURE,
    {
        "ed25519-zero": edwards(lambda s: bytes(64)),
        "ed25519-s-plus-order": edwards(
            lambda s: s[:32] + (int.from_bytes(s[32:], "little") + ED25519_ORDER).to_bytes(32, "little")
        ),
        "ed25519-short": edwards(lambda s: s[:63]),
        "ed25519-long": edwards(lambda s: s + b"\0"),
        "ed25519-identity": edwards(lambda s: b"\x01" + bytes(63)),
    },
)
TABLE.rows(
    "RFC 8017 §8.2.2",
    SIGNATURE,
    {
        "rsa-empty": lambda a: a.grant(sign=lambda _: b""),
        "rsa-zero": lambda a: a.grant(sign=lambda _: bytes(256)),
        "rsa-one": lambda a: a.grant(sign=lambda _: bytes(255) + b"\x01"),
        "rsa-modulus": lambda a: a.grant(sign=lambda _: a.rsa.public_key().public_numbers().n.to_bytes(256, "big")),
        "rsa-plus-modulus": lambda a: a.grant(
            sign=lambda data: (
                int.from_bytes(signer(a.rsa)(data), "big") + a.rsa.public_key().public_numbers().n
            ).to_bytes(257, "big")
        ),
        "rsa-short": lambda a: a.grant(sign=lambda data: signer(a.rsa)(data)[:-1]),
        "rsa-long": lambda a: a.grant(sign=lambda data: b"\0" + signer(a.rsa)(data)),
        "rsa-random": lambda a: a.grant(sign=lambda _: os.urandom(256)),
        "rsa-of-the-header-alone": lambda a: a.grant(sign=lambda data: signer(a.rsa)(data.split(b".")[0])),
        "rsa-of-another-key": lambda a: a.grant(key=a.stranger),
        "rsa-of-another-client": lambda a: a.grant(key=a.other.private_key),
    },
)
