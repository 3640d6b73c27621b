"""Clients that administer: made by the operator's command line, used with tokens over the admin listener."""

from __future__ import annotations

import http.client
import json
import pathlib
import uuid

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from world import Answer, Client, Grant, World, base64url, exchange


class Administrator:
    """An organisation's own client for the APIs of the admin listener."""

    def __init__(self, world: World, organisation: str, *scopes: str):
        self.world = world
        self.organisation = organisation
        for scope in scopes:
            world.on_data("access", "grant", scope, organisation)
        self.client = new_client(world, organisation, "admin", *scopes)

    def token(self, *scopes: str, **claims: str) -> str:
        grant = Grant.of(self.client, self.world.issuer, " ".join(scopes or self.client.scopes))
        grant.claims.update(claims)
        answer = self.world.token(grant.signed())
        assert answer.status == 200, answer.body
        return answer.body["access_token"]

    def call(self, method: str, path: str, body: object = None, token: str | None = None) -> Answer:
        """A request with a fresh token, which is bound to nothing and may be used once or often."""
        headers = {"Authorization": f"Bearer {token or self.token()}"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.world.admin_port, timeout=30)
        try:
            return exchange(connection, method, path, data, headers)
        finally:
            connection.close()


def new_client(world: World, organisation: str, name: str, *scopes: str) -> Client:
    """A client with a registered key of its own, made by `client create`."""
    folder = pathlib.Path(world.folder).parent / f"{name}-{uuid.uuid4()}"
    folder.mkdir(mode=0o700)
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    kid = f"key-{uuid.uuid4()}"
    jwk = {
        "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid,
        "x": base64url(numbers.x.to_bytes(32, "big")), "y": base64url(numbers.y.to_bytes(32, "big")),
    }
    (folder / "jwk.json").write_text(json.dumps(jwk), encoding="utf-8")
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    options = [part for scope in scopes for part in ("--scope", scope)]
    made = world.json(
        "client", "create", "--org", organisation, "--name", name, *options, "--jwk", str(folder / "jwk.json")
    )
    return Client(name, made["client_id"], organisation, list(scopes), folder, kid)
