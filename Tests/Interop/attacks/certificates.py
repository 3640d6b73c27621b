"""Certificates swapped, forged and ill-shaped in `x5c`; and keys that must not be registered."""

import base64
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from attacks.attack import Refused, Table, compact, malformed
from world import base64url

TABLE = Table()


def refused(reason: str) -> Refused:
    return Refused(400, "MP-120", reason)


MALFORMED = refused("certificate_malformed")
X5C = Refused(400, "MP-123", "x5c_malformed")
NOT_ARRAY = Refused(400, "MP-123", "x5c_not_array")
SIGNATURE = Refused(400, "MP-124", "signature_invalid")


def minted(**more):
    """A chain of a new certificate and its issuer, signed for by its own key."""
    return lambda a: a.certified_grant([a.certificate(**more), a.issuing()], a.stranger)


# Whose certificate, whose key.
TABLE.row(
    "certificate-of-another-organisation",
    "spec: the number equals the client's",
    Refused(400, "MP-122", "certificate_organisation"),
    lambda a: a.certified_grant(a.other_certified.certificates, a.other_certified.private_key),
)
TABLE.rows(
    "RFC 7515 §4.1.6: the leaf's key signs",
    SIGNATURE,
    {
        "leaf-of-another-key": lambda a: a.certified_grant(a.certified.certificates, a.stranger),
        "leaf-key-of-the-issuing-authority": lambda a: a.certified_grant(a.certified.certificates, a.authority()[1]),
        "leaf-unsigned": lambda a: a.assertion(
            ".".join(
                a.signed(
                    {"alg": "RS256", "x5c": [text(c) for c in a.certified.certificates]},
                    a.claims(a.certified),
                    a.stranger,
                ).split(".")[:2]
            )
            + "."
        ),
    },
)


def text(der: bytes) -> str:
    return base64.b64encode(der).decode()


def leaf(a) -> bytes:
    return a.certified.certificates[0]


def forged(a) -> bytes:
    """The right certificate, its subject's number changed: the issuer's signature no longer holds."""
    der = leaf(a)
    number, other = a.certified.organisation.encode(), a.other_certified.organisation.encode()
    assert number in der
    return der.replace(number, other)


def own_issuer(a, subject: str = "Demo Buypass"):
    """An authority of the attacker's own making."""
    key = a.stranger
    from cryptography import x509

    der = a.certificate(
        key, issuer=(None, None), authority=True, usage="key_cert_sign", organisation=[], subject=subject
    )
    return x509.load_der_x509_certificate(der), key


def namesake(a):
    """An authority of the attacker's own key under the very name of the trusted one."""

    class Namesake:
        subject = a.authority()[0].subject

    return Namesake, a.stranger


UNTRUSTED = refused("certificate_untrusted")
TABLE.rows(
    "RFC 5280 §6.1: a path to an anchor",
    UNTRUSTED,
    {
        "issuer-of-the-attacker": lambda a: a.certified_grant(
            [a.certificate(rsa_key(), issuer=own_issuer(a)), own_issuer(a)[0].public_bytes(serialization.Encoding.DER)],
            rsa_key(),
        ),
        "issuer-of-the-attacker-left-out": lambda a: a.certified_grant(
            [a.certificate(rsa_key(), issuer=own_issuer(a))], rsa_key()
        ),
        "subject-forged": lambda a: a.certified_grant(
            [forged(a), *a.certified.certificates[1:]], a.certified.private_key
        ),
        "issued-by-a-leaf": lambda a: a.certified_grant(
            [a.certificate(issuer=parsed_leaf(a)), *a.certified.certificates[1:]], a.stranger
        ),
    },
)
KEYS: dict[str, rsa.RSAPrivateKey] = {}


def rsa_key(name: str = "leaf", bits: int = 2048):
    if name not in KEYS:
        KEYS[name] = rsa.generate_private_key(65537, bits)
    return KEYS[name]


def parsed_leaf(a):
    from cryptography import x509

    return x509.load_der_x509_certificate(leaf(a)), a.certified.private_key


TABLE.row(
    "issuer-under-the-trusted-name",
    "RFC 5280 §6.1.3",
    UNTRUSTED,
    lambda a: a.certified_grant([a.certificate(rsa_key(), issuer=namesake(a)), a.issuing()], rsa_key()),
)
TABLE.row(
    "self-signed",
    "spec: self-signed certificates prove nothing",
    refused("certificate_self_signed"),
    lambda a: a.certified_grant([a.certificate(issuer=(None, None))], a.stranger),
)
TABLE.row(
    "self-signed-before-the-issuer",
    "spec: self-signed certificates prove nothing",
    refused("certificate_self_signed"),
    lambda a: a.certified_grant([a.certificate(issuer=(None, None)), a.issuing()], a.stranger),
)
AUTHORITY = refused("certificate_not_end_entity")
TABLE.rows(
    "RFC 5280 §4.2.1.9: an authority's certificate authenticates nobody",
    AUTHORITY,
    {
        "leaf-with-the-ca-flag": minted(authority=True),
        "issuing-authority-as-leaf": lambda a: a.certified_grant([a.issuing()], a.authority()[1]),
        "order-reversed": lambda a: a.certified_grant(
            list(reversed(a.certified.certificates)), a.certified.private_key
        ),
    },
)

# What the certificate must be.
TABLE.row("expired", "RFC 5280 §4.1.2.5", refused("certificate_expired"), minted(start=-10, days=9))
TABLE.row("not-yet-valid", "RFC 5280 §4.1.2.5", refused("certificate_not_yet_valid"), minted(start=2))
TABLE.row("revoked", "RFC 5280 §6.3", refused("certificate_revoked"), lambda a: revoked(a))


def revoked(a) -> bytes:
    from cryptography import x509

    chain = x509.load_pem_x509_certificates((a.certified.folder / "revoked-chain.pem").read_bytes())
    key = serialization.load_pem_private_key((a.certified.folder / "revoked-key.pem").read_bytes(), None)
    return a.certified_grant([c.public_bytes(serialization.Encoding.DER) for c in chain], key)


POLICY = refused("certificate_policy")
for name, policy in {
    "none": None,
    "encryption": "2.16.578.1.29.13.220.1.0",
    "signing": "2.16.578.1.29.13.200.1.0",
    "foreign": "1.3.6.1.4.1.99999.1",
    "any": "2.5.29.32.0",
    "longer": "2.16.578.1.26.1.3.2.1",
    "shorter": "2.16.578.1.26.1.3",
}.items():
    TABLE.row(f"policy-{name}", "SEID 2.0: authentication policies alone", POLICY, minted(policy=policy))
for usage in ["content_commitment", "key_encipherment", "data_encipherment"]:
    TABLE.row(
        f"usage-{usage}", "RFC 5280 §4.2.1.3: digitalSignature", refused("certificate_key_usage"), minted(usage=usage)
    )
TABLE.rows(
    "RFC 5280 §4.2.1.12",
    refused("certificate_extended_key_usage"),
    {
        "purpose-server": minted(purposes=["1.3.6.1.5.5.7.3.1"]),
        "purpose-code-signing": minted(purposes=["1.3.6.1.5.5.7.3.3"]),
    },
)
TABLE.row(
    "critical-extension-unknown",
    "RFC 5280 §4.2",
    refused("certificate_critical_extension"),
    minted(critical="1.2.3.4.5"),
)
NUMBER = refused("certificate_organisation_number")
for name, value in {
    "vat": ["VATNO-311001140"],
    "foreign": ["NTRSE-311001140"],
    "check-digit": ["NTRNO-311001141"],
    "blank": ["NTRNO-311001140 "],
    "lower-case": ["ntrno-311001140"],
    "bare": ["-311001140"],
    "none": [],
    "two": ["311001140", "311001000"],
    "fullwidth": ["NTRNO-\uff13\uff11\uff11\uff10\uff10\uff11\uff11\uff14\uff10"],
    "letters": ["NTRNO-31100114O"],
}.items():
    TABLE.row(f"organisation-number-{name}", "ETSI EN 319 412-1 §5.1.4", NUMBER, minted(organisation=value))
TABLE.row(
    "organisation-number-in-the-name",
    "numbers in names are anybody's",
    NUMBER,
    minted(organisation=[], subject="NTRNO-311001140"),
)

# Weak and foreign keys in certificates.
WEAK = refused("certificate_weak_key")
TABLE.rows(
    "RFC 8725 §3.5, CVE-2017-15361",
    WEAK,
    {
        "key-rsa-1024": lambda a: a.certified_grant(
            [a.certificate(rsa_key("1024", 1024)), a.issuing()], rsa_key("1024", 1024)
        ),
        "key-rsa-1536": lambda a: a.certified_grant(
            [a.certificate(rsa_key("1536", 1536)), a.issuing()], rsa_key("1536", 1536)
        ),
        "key-rsa-exponent-3": lambda a: a.certified_grant(
            [a.certificate(exponent_three()), a.issuing()], exponent_three()
        ),
        "key-p224": lambda a: a.certified_grant([a.certificate(P224), a.issuing()], P224, {"alg": "ES256"}),
        "key-secp256k1": lambda a: a.certified_grant([a.certificate(K1), a.issuing()], K1, {"alg": "ES256"}),
        "key-ed25519": lambda a: a.certified_grant([a.certificate(ED), a.issuing()], ED, {"alg": "EdDSA"}),
    },
)
P224, K1 = ec.generate_private_key(ec.SECP224R1()), ec.generate_private_key(ec.SECP256K1())
ED = ed25519.Ed25519PrivateKey.generate()


def exponent_three():
    if "three" not in KEYS:
        KEYS["three"] = rsa.generate_private_key(3, 2048)
    return KEYS["three"]


TABLE.row(
    "algorithm-of-another-kind-of-key",
    "RFC 8725 §3.1",
    malformed("header_algorithm"),
    lambda a: a.certified_grant(a.certified.certificates, a.certified.private_key, {"alg": "ES256"}),
)

# The form of `x5c`.
TABLE.row("x5c-11", "bounded work", X5C, lambda a: a.certified_grant([b"\x30\x00"] * 11, a.certified.private_key))
TABLE.row(
    "x5c-14-kb", "bounded work", malformed(), lambda a: a.certified_grant([leaf(a)] * 12, a.certified.private_key)
)
TABLE.row("x5c-100", "bounded work", X5C, lambda a: a.certified_grant([b"\x30\x00"] * 100, a.certified.private_key))
TABLE.rows(
    "RFC 7515 §4.1.6: every further certificate certifies the one before",
    MALFORMED,
    {
        "two-leaves": lambda a: a.certified_grant(
            [leaf(a), a.other_certified.certificates[0], a.issuing()], a.certified.private_key
        ),
        "leaf-twice": lambda a: a.certified_grant([leaf(a), leaf(a)], a.certified.private_key),
        "other-leaf-behind": lambda a: a.certified_grant(
            [*a.certified.certificates, a.other_certified.certificates[0]], a.certified.private_key
        ),
    },
)
TABLE.rows(
    "RFC 5280 §4.1: DER to its last byte",
    MALFORMED,
    {
        "der-trailing": lambda a: a.certified_grant([leaf(a) + b"\0"], a.certified.private_key),
        "der-cut": lambda a: a.certified_grant([leaf(a)[:-1]], a.certified.private_key),
        "der-empty-sequence": lambda a: a.certified_grant([b"\x30\x00"], a.certified.private_key),
        "der-long-length": lambda a: a.certified_grant([b"\x30\x83\x00" + leaf(a)[2:]], a.certified.private_key),
        "der-indefinite-length": lambda a: a.certified_grant(
            [b"\x30\x80" + leaf(a)[4:] + b"\0\0"], a.certified.private_key
        ),
        "der-random": lambda a: a.certified_grant([bytes(range(200))], a.certified.private_key),
        "der-deep": lambda a: a.certified_grant([b"\x30\x80" * 2_000], a.certified.private_key),
        "der-of-a-key": lambda a: a.certified_grant(
            [
                a.stranger.public_key().public_bytes(
                    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
                )
            ],
            a.certified.private_key,
        ),
    },
)
for name, value in {"text": "AQID", "null": None, "number": 1, "object": {"0": "AQID"}, "no-element": []}.items():
    TABLE.row(
        f"x5c-{name}", "RFC 7515 §4.1.6", NOT_ARRAY, lambda a, v=value: a.certified_grant(v, a.certified.private_key)
    )
for name, value in {
    "number-within": [1],
    "null-within": [None],
    "array-within": [["AQID"]],
    "empty-text": [""],
    "url-alphabet": ["_-8="],
    "unpadded": ["AQI"],
    "line-break": ["AQ\nID"],
    "pem": ["-----BEGIN CERTIFICATE-----"],
    "unused-bits": ["AR=="],
}.items():
    TABLE.row(
        f"x5c-{name}",
        "RFC 7515 §4.1.6, RFC 4648 §4",
        X5C,
        lambda a, v=value: a.certified_grant([], a.certified.private_key, {"x5c": v}),
    )
TABLE.row(
    "x5c-for-a-client-with-keys",
    "spec: once keys are registered they alone count",
    Refused(400, "PV-011", "kid_required"),
    lambda a: a.assertion(
        a.signed(
            {"alg": "RS256", "x5c": [text(c) for c in a.certified.certificates]}, a.claims(), a.certified.private_key
        )
    ),
)
TABLE.row(
    "x5t-alone",
    "thumbprints name no key here",
    malformed("kid_missing"),
    lambda a: a.assertion(
        a.signed({"alg": "RS256", "x5t#S256": base64url(bytes(32))}, a.claims(a.certified), a.certified.private_key)
    ),
)


# Keys offered at registration, and what the refusal says.
def integer(value: int, length: int | None = None) -> str:
    return base64url(value.to_bytes(length or (value.bit_length() + 7) // 8, "big"))


def rsa_jwk(n: int, e: int = 65537, **more) -> str:
    named = {"kid": "k", "alg": "RS256", "use": "sig"}
    return compact({"kty": "RSA", "n": integer(n), "e": integer(e), **named, **more}).decode()


def numbers(key):
    return key.public_key().public_numbers()


def p256_jwk(a, **changes) -> str:
    point = numbers(a.p256)
    right = {"kty": "EC", "crv": "P-256", "x": integer(point.x, 32), "y": integer(point.y, 32)}
    return json.dumps({**right, **changes})


def shared_prime_square(a) -> int:
    p = a.stranger.private_numbers().p
    return p * p


# ROCA: a modulus that is a power of 65537 modulo each small prime (CVE-2017-15361).
def roca_modulus() -> int:
    primes = [
        3,
        5,
        7,
        11,
        13,
        17,
        19,
        23,
        29,
        31,
        37,
        41,
        43,
        47,
        53,
        59,
        61,
        67,
        71,
        73,
        79,
        83,
        89,
        97,
        101,
        103,
        107,
        109,
        113,
        127,
        131,
        137,
        139,
        149,
        151,
        157,
        163,
        167,
    ]
    product = 1
    for prime in primes:
        product *= prime
    # A multiple of the primes more or less changes nothing modulo them, but makes it odd.
    modulus = pow(65537, 12345, product) + product * ((1 << 2047) // product + 2)
    while not all(modulus % n for n in range(2, 752)):
        modulus += product
    return modulus


BAD_KEYS = {
    "rsa-1024": lambda a: (rsa_jwk(numbers(rsa_key("1024", 1024)).n), "2048"),
    "rsa-9000-bits": lambda a: (rsa_jwk((1 << 8_999) + 1), "8192"),
    "rsa-exponent-1": lambda a: (rsa_jwk(numbers(a.stranger).n, 1), "exponent"),
    "rsa-exponent-3": lambda a: (rsa_jwk(numbers(exponent_three()).n, 3), "exponent"),
    "rsa-exponent-even": lambda a: (rsa_jwk(numbers(a.stranger).n, 65536), "exponent"),
    "rsa-modulus-even": lambda a: (rsa_jwk(numbers(a.stranger).n + 1), "divisible by 2"),
    "rsa-modulus-square": lambda a: (rsa_jwk(shared_prime_square(a)), "square"),
    "rsa-modulus-small-factor": lambda a: (rsa_jwk(3 * (1 << 2_047) + 3), "divisible by 3"),
    "rsa-roca": lambda a: (rsa_jwk(roca_modulus()), "ROCA"),
    "rsa-private-half": lambda a: (rsa_jwk(numbers(a.stranger).n, d="AQAB"), "private"),
    "ec-off-the-curve": lambda a: (p256_jwk(a, y=p256_x(a)), "curve"),
    "ec-zero": lambda a: (p256_jwk(a, x=integer(0, 32), y=integer(0, 32)), "curve"),
    "ec-short": lambda a: (p256_jwk(a, x="AQ"), "32"),
    "ec-p192": lambda a: (p256_jwk(a, crv="P-192"), "P-192"),
    "ec-secp256k1": lambda a: (p256_jwk(a, crv="secp256k1"), "secp256k1"),
    "ed25519-small-order": lambda a: (
        compact({"kty": "OKP", "crv": "Ed25519", "x": base64url(bytes(32))}).decode(),
        "order",
    ),
    "x25519": lambda a: (
        compact({"kty": "OKP", "crv": "X25519", "x": base64url(b"\x09" + bytes(31))}).decode(),
        "X25519",
    ),
    "symmetric": lambda a: (compact({"kty": "oct", "k": base64url(bytes(32))}).decode(), "symmetric"),
    "for-encryption": lambda a: (rsa_jwk(numbers(a.stranger).n, use="enc"), "enc"),
    "duplicate-member": lambda a: (rsa_jwk(numbers(a.stranger).n)[:-1] + ',"n":"AQAB"}', "second member `n`"),
}


def p256_x(a) -> str:
    return integer(numbers(a.p256).x, 32)
