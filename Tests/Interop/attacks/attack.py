"""What a row of the tables is, and the attacker who makes its request."""

from __future__ import annotations

import base64
import datetime
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

from world import JWT_BEARER, Client, World, base64url

JWT_CLIENT = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

# The order of P-256's group (FIPS 186-5), and that of Ed25519's (RFC 8032 §5.1).
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493

# Takes a member out.
ABSENT = object()


@dataclass(frozen=True)
class Refused:
    """What the server must answer."""

    status: int
    code: str
    reason: str


@dataclass(frozen=True)
class Closed:
    """What the HTTP parser refuses before there is a request: a bare status, or none, and the connection ends."""

    status: int | None = 400


@dataclass(frozen=True)
class Attack:
    """One request that must be refused."""

    name: str
    # Where others fell, or what forbids it: a CVE, a section of a standard.
    source: str
    expected: Refused | Closed
    # Makes the body of a token request, or the bytes of a whole request.
    make: Callable[[Attacker], bytes]
    # Fields of the request's head besides, for a body; for raw bytes none.
    fields: dict[str, str] | Callable[[Attacker], dict[str, str]] | None = None
    raw: bool = False


class Table(list):
    """Rows of one class."""

    def row(self, name: str, source: str, expected: Refused | Closed, make, **more) -> None:
        self.append(Attack(name, source, expected, make, **more))

    def rows(self, source: str, expected: Refused | Closed, makers: dict, **more) -> None:
        for name, make in makers.items():
            self.row(name, source, expected, make, **more)


def malformed(reason: str = "assertion_malformed") -> Refused:
    return Refused(400, "MP-011", reason)


def compact(value) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def merged(members: dict, changes: dict) -> dict:
    return {name: value for name, value in {**members, **changes}.items() if value is not ABSENT}


def form(**fields: str) -> bytes:
    return urlencode(fields, quote_via=quote).encode()


class Attacker:
    """Holds what a malicious customer could: a client's own key, certificates of his own making, and all that is public."""

    def __init__(self, world: World):
        self.world = world
        self.client = world.clients["fjordfisk"]
        self.other = world.clients["kommune"]
        self.certified = world.clients["bank"]
        self.other_certified = world.clients["sykehus"]
        self.issuer = world.issuer
        self.rsa = self.client.private_key
        self.stranger = rsa.generate_private_key(65537, 2048)
        self.p256 = ec.generate_private_key(ec.SECP256R1())
        self.other_p256 = ec.generate_private_key(ec.SECP256R1())
        self.ed25519 = ed25519.Ed25519PrivateKey.generate()
        self.clients: dict[str, str] = {}
        self.authorities: dict = {}

    # Tokens.

    @property
    def now(self) -> int:
        return int(time.time())

    def header(self, **changes) -> dict:
        return merged({"alg": "RS256", "kid": self.client.key_id}, changes)

    def claims(self, client: Client | None = None, **changes) -> dict:
        client = client or self.client
        now = self.now
        right = {
            "aud": self.issuer,
            "iss": client.id,
            "scope": client.scopes[0],
            "iat": now,
            "exp": now + 100,
            "jti": str(uuid.uuid4()),
        }
        return merged(right, changes)

    def authentication_claims(self, **changes) -> dict:
        return merged(self.claims(scope=ABSENT), {"sub": self.client.id, **changes})

    def signed(self, header, claims, key=None, sign: Callable[[bytes], bytes] | None = None) -> str:
        """A compact JWS of members or of bytes as they are."""
        parts = (part if isinstance(part, bytes) else compact(part) for part in (header, claims))
        text = ".".join(base64url(part) for part in parts)
        return f"{text}.{base64url((sign or signer(key or self.rsa))(text.encode()))}"

    def grant(
        self, header: dict | bytes | None = None, claims: dict | bytes | None = None, key=None, sign=None
    ) -> bytes:
        """The form of a grant, right but for what is given: members change the right ones, bytes stand for the whole."""
        head = header if isinstance(header, bytes) else self.header(**(header or {}))
        body = claims if isinstance(claims, bytes) else self.claims(**(claims or {}))
        return self.assertion(self.signed(head, body, key, sign))

    def assertion(self, text: str) -> bytes:
        return form(grant_type=JWT_BEARER, assertion=text)

    def authentication(self, header: dict | None = None, claims: dict | None = None, key=None, **fields: str) -> bytes:
        """A request by `client_credentials`, right but for what is given."""
        text = self.signed(self.header(**(header or {})), self.authentication_claims(**(claims or {})), key)
        right = {
            "grant_type": "client_credentials",
            "client_assertion_type": JWT_CLIENT,
            "client_assertion": text,
            "scope": self.client.scopes[0],
        }
        return form(**merged(right, fields))

    def parts(self) -> list[str]:
        """A right assertion in its three parts."""
        return self.signed(self.header(), self.claims()).split(".")

    def elliptic(self, sign=None, alg: str = "ES256", **claims) -> bytes:
        """A grant of the client with the P-256 key."""
        head = self.header(alg=alg, kid="p256")
        body = self.claims(iss=self.clients["p256"], **claims)
        return self.assertion(self.signed(head, body, self.p256, sign))

    def edwards(self, sign=None) -> bytes:
        """A grant of the client with the Ed25519 key."""
        head = self.header(alg="EdDSA", kid="ed25519")
        return self.assertion(self.signed(head, self.claims(iss=self.clients["ed25519"]), self.ed25519, sign))

    # Certificates.

    def certified_grant(self, chain, key, header: dict | None = None) -> bytes:
        """A grant of the client that authenticates by its organisation's certificate."""
        x5c = [base64.b64encode(element).decode() for element in chain] if isinstance(chain, list) else chain
        head = merged({"alg": "RS256", "x5c": x5c}, header or {})
        return self.assertion(self.signed(head, self.claims(self.certified), key))

    def authority(self, style: str = "buypass"):
        """The demo world's issuing authority: certificate and key, as its operator holds them."""
        if style not in self.authorities:
            folder = self.world.folder / "demo/issuers"
            key = serialization.load_pem_private_key((folder / f"{style}-issuing.key").read_bytes(), None)
            self.authorities[style] = (
                x509.load_pem_x509_certificate((folder / f"{style}-issuing.pem").read_bytes()),
                key,
            )
        return self.authorities[style]

    def certificate(
        self,
        key=None,
        issuer=None,
        organisation: str | list[str] | None = None,
        policy: str | None = "2.16.578.1.26.1.3.2",
        usage: str = "digital_signature",
        authority: bool = False,
        start: int = -1,
        days: int = 30,
        subject: str = "Attack",
        purposes: list[str] | None = None,
        critical: str | None = None,
        algorithm=None,
    ) -> bytes:
        """A certificate as the issuing authority would make it, right but for what is given."""
        key = key or self.stranger
        parent, parent_key = issuer or self.authority()
        wanted = self.certified.organisation if organisation is None else organisation
        numbers = [wanted] if isinstance(wanted, str) else wanted
        names = [x509.NameAttribute(NameOID.COUNTRY_NAME, "NO"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject)]
        names += [x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, n if "-" in n else f"NTRNO-{n}") for n in numbers]
        names.append(x509.NameAttribute(NameOID.COMMON_NAME, subject))
        today = datetime.datetime.now(datetime.UTC)
        uses = dict.fromkeys(
            [
                "digital_signature",
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "key_cert_sign",
                "crl_sign",
                "encipher_only",
                "decipher_only",
            ],
            False,
        )
        uses[usage] = True
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name(names))
            .issuer_name(parent.subject if parent is not None else x509.Name(names))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today + datetime.timedelta(days=start))
            .not_valid_after(today + datetime.timedelta(days=start + days))
            .add_extension(x509.BasicConstraints(authority, None), True)
            .add_extension(x509.KeyUsage(**uses), True)
            .add_extension(authority_key(parent, parent_key or key), False)
        )
        if policy:
            policies = [x509.PolicyInformation(x509.ObjectIdentifier(policy), None)]
            builder = builder.add_extension(x509.CertificatePolicies(policies), False)
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(p) for p in purposes]), False)
        if critical:
            extension = x509.UnrecognizedExtension(x509.ObjectIdentifier(critical), b"\x05\x00")
            builder = builder.add_extension(extension, True)
        made = builder.sign(parent_key or key, algorithm or hashes.SHA256())
        return made.public_bytes(serialization.Encoding.DER)

    def issuing(self) -> bytes:
        return self.authority()[0].public_bytes(serialization.Encoding.DER)

    # Raw requests.

    def request(self, *fields: str, body: bytes = b"", line: str = "POST /token HTTP/1.1", host: bool = True) -> bytes:
        """A request as bytes; each field as given, line breaks included where they are wanted."""
        head = [line, *([f"Host: 127.0.0.1:{self.world.port}"] if host else []), *fields]
        return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def authority_key(parent, key):
    """The issuer's key by the identifier that the issuer's own certificate has, or by its hash."""
    try:
        named = parent.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except (AttributeError, x509.ExtensionNotFound):
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(named)


def signer(key) -> Callable[[bytes], bytes]:
    """Signs as the key's kind does by default: RS256, ES256, EdDSA."""
    if isinstance(key, rsa.RSAPrivateKey):
        return lambda data: key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return lambda data: raw_signature(*decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256()))))
    return key.sign


def raw_signature(r: int, s: int, length: int = 32) -> bytes:
    """An ECDSA signature as JWS has it (RFC 7518 §3.4)."""
    return r.to_bytes(length, "big") + s.to_bytes(length, "big")


def pss(key, hash_algorithm=None) -> Callable[[bytes], bytes]:
    algorithm = hash_algorithm or hashes.SHA256()
    return lambda data: key.sign(data, padding.PSS(padding.MGF1(algorithm), algorithm.digest_size), algorithm)
