#!/usr/bin/env python3
"""Gets a token with an enterprise certificate, by `cryptography` and Python's own library alone.

    enterprise_certificate_client.py ISSUER CLIENT_ID SCOPE CERTIFICATE.p12 PASSWORD_FILE

Written from the public description of the JWT grant, as a consumer's own developer would: no code of the server or
its SDKs. Prints the server's answer; exits with 1 when it is a refusal.
"""

import base64
import json
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def assertion(issuer: str, client_id: str, scope: str, container: bytes, password: bytes) -> str:
    key, leaf, others = pkcs12.load_key_and_certificates(container, password)
    chain = [certificate.public_bytes(Encoding.DER) for certificate in (leaf, *others)]
    now = int(time.time())
    header = {"alg": "RS256", "x5c": [base64.b64encode(der).decode() for der in chain]}
    claims = {
        "aud": issuer, "iss": client_id, "scope": scope, "iat": now, "exp": now + 100, "jti": str(uuid.uuid4()),
    }
    text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
    return f"{text}.{base64url(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def main(issuer: str, client_id: str, scope: str, container: str, password_file: str) -> int:
    password = pathlib.Path(password_file).read_text(encoding="utf-8").strip().encode()
    with urllib.request.urlopen(issuer + ".well-known/oauth-authorization-server", timeout=10) as response:
        metadata = json.load(response)
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": assertion(
            metadata["issuer"], client_id, scope, pathlib.Path(container).read_bytes(), password
        ),
    }
    request = urllib.request.Request(metadata["token_endpoint"], urllib.parse.urlencode(form).encode())
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            print(response.read().decode())
            return 0
    except urllib.error.HTTPError as refusal:
        print(refusal.read().decode())
        return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
