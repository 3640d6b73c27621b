"""Administrators of organisations: clients that call the admin listener of a live server with tokens of its own."""

from __future__ import annotations

import http.client
import json
import threading
import time
import uuid
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from world import FORM, Answer, World, base64url, sign, token_form

# Organisations of the demo world.
OWNER, CONSUMER, OTHER, SUPPLIER = "311000861", "311001213", "311000934", "311001078"
CLIENT_SCOPES = ["idporten:dcr.read", "idporten:dcr.modify", "idporten:dcr.write"]
SCOPES_WRITE = "idporten:scopes.write"
# The operations of which the OpenAPI document tells the whole form of every body; of requests for access and of explain it
# tells names and types, and the server reads them more strictly.
DESCRIBED_IN_FULL = r"^/(api/v[12]/(?!explain|audit/|scopes/access/(request|requests|terms|agreements)(/|$))|openapi)"


def public_jwk(key: ec.EllipticCurvePrivateKey, kid: str) -> dict:
    """The public half of a P-256 key, as a client registers it."""
    numbers = key.public_key().public_numbers()
    return {
        "kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "use": "sig",
        "x": base64url(numbers.x.to_bytes(32, "big")), "y": base64url(numbers.y.to_bytes(32, "big")),
    }


@dataclass
class Registered:
    """A client whose private key this test holds."""

    id: str
    kid: str
    key: ec.EllipticCurvePrivateKey

    def assertion(self, issuer: str, scope: str) -> str:
        """A JWT grant that was never used before."""
        now = int(time.time())
        header = {"alg": "ES256", "kid": self.kid}
        claims = {
            "aud": issuer, "iss": self.id, "scope": scope, "iat": now, "exp": now + 100, "jti": str(uuid.uuid4()),
        }
        text = ".".join(base64url(json.dumps(part).encode()) for part in (header, claims))
        return f"{text}.{base64url(sign(self.key, text.encode()))}"

    def ask(self, world: World, scope: str) -> Answer:
        return world.token(self.assertion(world.issuer, scope))


@dataclass
class Reply:
    """What the admin listener answered."""

    status: int
    headers: dict[str, str]
    data: bytes

    @property
    def json(self):
        return json.loads(self.data)

    @property
    def tag(self) -> str:
        return self.headers["etag"]


@dataclass
class Administrator:
    """An organisation's administrator, made by the operator on the data folder."""

    world: World
    organisation: str
    scopes: list[str]
    client: Registered = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)
    kept: tuple[float, str] = (0, "")

    def __post_init__(self):
        key = ec.generate_private_key(ec.SECP256R1())
        kid = f"admin-{uuid.uuid4()}"
        file = self.world.folder.parent / f"{kid}.json"
        file.write_text(json.dumps(public_jwk(key, kid)), encoding="ascii")
        for scope in self.scopes:
            self.world.on_data("access", "grant", scope, self.organisation)
        wanted = [part for scope in self.scopes for part in ("--scope", scope)]
        made = self.world.json(
            "client", "create", "--org", self.organisation, "--name", "administrator", *wanted, "--jwk", str(file)
        )
        self.client = Registered(made["client_id"], kid, key)

    @property
    def token(self) -> str:
        """A token that lives on for a while; they last two minutes."""
        with self.lock:
            taken, text = self.kept
            if time.monotonic() - taken > 45:
                answer = self.client.ask(self.world, " ".join(self.scopes))
                assert answer.status == 200, answer.body
                taken, text = self.kept = time.monotonic(), answer.body["access_token"]
            return text

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.world.admin_port, timeout=60)

    def call(
        self, method: str, path: str, body=None, headers: dict | None = None, on: http.client.HTTPConnection | None = None
    ) -> Reply:
        """One request with a token; `body` is sent as JSON, text as it is."""
        connection = on or self.connect()
        fields = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        data = None
        if body is not None:
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            fields.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body=data, headers=fields)
            answer = connection.getresponse()
            return Reply(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read())
        finally:
            if on is None:
                connection.close()

    def take(self, method: str, path: str, body=None, headers: dict | None = None) -> Reply:
        """A request that is answered with 200, or the test fails."""
        reply = self.call(method, path, body, headers)
        assert reply.status == 200, (method, path, reply.status, reply.data)
        return reply

    def register(self, name: str, scopes: list[str]) -> Registered:
        """A client of the organisation's with a key, made by the API alone."""
        made = self.take("POST", "/api/v1/clients", client_draft(name, scopes)).json
        key = ec.generate_private_key(ec.SECP256R1())
        kid = f"key-{uuid.uuid4()}"
        self.take(
            "POST", f"/api/v2/clients/{made['client_id']}/key", json.dumps(public_jwk(key, kid)),
            {"Content-Type": "text/plain"},
        )
        return Registered(made["client_id"], kid, key)


def client_draft(name: str, scopes: list[str], **members) -> dict:
    return {
        "integration_type": "maskinporten", "client_name": name, "description": "made by a test",
        "token_endpoint_auth_method": "private_key_jwt",
        "grant_types": ["urn:ietf:params:oauth:grant-type:jwt-bearer"], "scopes": scopes, **members,
    }


__all__ = [
    "CLIENT_SCOPES", "CONSUMER", "DESCRIBED_IN_FULL", "FORM", "OTHER", "OWNER", "SCOPES_WRITE", "SUPPLIER", "Administrator", "Registered",
    "Reply", "client_draft", "public_jwk", "token_form",
]
