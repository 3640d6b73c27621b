"""Signs many JWT grants ahead of a run, on all cores, each with its own `jti`."""

from __future__ import annotations

import base64
import json
import os
import time
from concurrent.futures import ProcessPoolExecutor
from urllib.parse import quote

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

GRANT = "grant_type=" + quote("urn:ietf:params:oauth:grant-type:jwt-bearer", safe="") + "&assertion="


def base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def batch(count: int, pem: bytes, key_id: str, client: str, issuer: str, scope: str, lifetime: int) -> list[str]:
    key = serialization.load_pem_private_key(pem, None)
    header = base64url(json.dumps({"alg": "RS256", "kid": key_id}, separators=(",", ":")).encode())
    bodies = []
    for _ in range(count):
        now = int(time.time())
        claims = {
            "aud": issuer, "iss": client, "scope": scope, "iat": now, "exp": now + lifetime, "jti": os.urandom(16).hex()
        }
        signing_input = header + b"." + base64url(json.dumps(claims, separators=(",", ":")).encode())
        signature = key.sign(signing_input, padding.PKCS1v15(), hashes.SHA256())
        bodies.append(GRANT + (signing_input + b"." + base64url(signature)).decode())
    return bodies


def write(path: str, count: int, pem: bytes, key_id: str, client: str, issuer: str, scope: str) -> None:
    """Writes `count` form bodies, one a line; they live 120 s from the moment each is signed."""
    workers = os.cpu_count() or 1
    share = -(-count // workers)
    with ProcessPoolExecutor(workers) as pool:
        parts = pool.map(batch, *zip(*[(share, pem, key_id, client, issuer, scope, 120)] * workers))
        with open(path, "w", encoding="ascii") as lines:
            # Oldest first, so that none waits longer than it lives.
            for group in zip(*parts):
                lines.writelines(body + "\n" for body in group)
