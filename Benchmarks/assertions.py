"""Signs many JWTs ahead of a run, on all cores, each with its own `jti`."""

from __future__ import annotations

import base64
import json
import os
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

GRANT = "grant_type=" + quote("urn:ietf:params:oauth:grant-type:jwt-bearer", safe="") + "&assertion="
LIFETIME = 120


@dataclass(frozen=True)
class Signing:
    """How a client's JWTs are made."""

    # The private key as PEM: RSA for RS256, P-256 for ES256.
    key: bytes
    # `kid` or `x5c`; `alg` follows from the key.
    header: dict
    # What does not change from one to the next.
    claims: dict
    # Clients that share the key and take turns; the claims' own `iss` when there are none.
    clients: list[str] = field(default_factory=list)
    # What stands before the JWT in the form.
    form: str = GRANT


def base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def signer(key):
    """The algorithm's name, and what signs by it."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        def sign(message: bytes) -> bytes:
            r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32) + s.to_bytes(32)

        return "ES256", sign
    return "RS256", lambda message: key.sign(message, padding.PKCS1v15(), hashes.SHA256())


def batch(count: int, first: int, signing: Signing) -> list[str]:
    algorithm, sign = signer(serialization.load_pem_private_key(signing.key, None))
    header = base64url(json.dumps({"alg": algorithm, **signing.header}, separators=(",", ":")).encode())
    bodies = []
    for number in range(first, first + count):
        now = int(time.time())
        claims = {**signing.claims, "iat": now, "exp": now + LIFETIME, "jti": os.urandom(16).hex()}
        if signing.clients:
            claims["iss"] = signing.clients[number % len(signing.clients)]
        message = header + b"." + base64url(json.dumps(claims, separators=(",", ":")).encode())
        bodies.append(signing.form + (message + b"." + base64url(sign(message))).decode())
    return bodies


def write(path: str, count: int, signing: Signing) -> None:
    """Writes `count` form bodies, one a line; they live 120 s from the moment each is signed."""
    workers = os.cpu_count() or 1
    share = -(-count // workers)
    with ProcessPoolExecutor(workers) as pool:
        parts = pool.map(batch, [share] * workers, range(0, share * workers, share), [signing] * workers)
        with open(path, "w", encoding="ascii") as lines:
            # Oldest first, so that none waits longer than it lives.
            for group in zip(*parts):
                lines.writelines(body + "\n" for body in group)
