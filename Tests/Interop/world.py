"""A live server on a fresh demo world, for tests that speak to it from outside.

Nothing here is written by hand into the database: the world comes from `portvakt init --demo`, the server from
`portvakt serve`, and everything else goes through commands or HTTP.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ROOT = pathlib.Path(__file__).resolve().parents[2]


def binary() -> pathlib.Path:
    """The program under test: PORTVAKT_TEST_BINARY, or the debug build."""
    return pathlib.Path(os.environ.get("PORTVAKT_TEST_BINARY", ROOT / ".build/debug/portvakt")).resolve()


def free_ports() -> tuple[int, int]:
    """Two loopback ports that nobody listens on, held together so that they differ."""
    with socket.socket() as one, socket.socket() as other:
        for probe in (one, other):
            probe.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Client:
    """A client of the demo world, with what its owner holds."""

    name: str
    id: str
    organisation: str
    scopes: list[str]
    folder: pathlib.Path
    key_id: str | None

    @property
    def environment(self) -> dict[str, str]:
        """The client's `.env`, as an application would read it."""
        lines = (self.folder / ".env").read_text(encoding="utf-8").splitlines()
        pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
        return {name: value.strip("'\"") for name, value in pairs}

    @property
    def private_key(self):
        # Its own program made it a moment ago: to prove that it is sound each time would take longer than the test.
        text = (self.folder / "key.pem").read_bytes()
        return serialization.load_pem_private_key(text, None, unsafe_skip_rsa_key_validation=True)

    @property
    def private_key_pem(self) -> str:
        return (self.folder / "key.pem").read_text(encoding="ascii")

    @property
    def certificates(self) -> list[bytes]:
        """DER, the client's own first."""
        chain = x509.load_pem_x509_certificates((self.folder / "chain.pem").read_bytes())
        return [certificate.public_bytes(serialization.Encoding.DER) for certificate in chain]


@dataclass
class Answer:
    """What the server said to one request."""

    status: int
    headers: dict[str, str]
    body: dict

    @property
    def code(self) -> str | None:
        return self.body.get("code")


class World:
    """A demo world and the server on it."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.port, self.admin_port = free_ports()
        self.process: subprocess.Popen | None = None
        self.log = folder.parent / f"{folder.name}.log"

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def command(self, *arguments: str, check: bool = True, text: str | None = None) -> subprocess.CompletedProcess:
        """Runs a command of the program to its end."""
        done = subprocess.run(
            [str(binary()), *arguments], input=text or "", capture_output=True, text=True, timeout=300
        )
        if check and done.returncode != 0:
            raise AssertionError(f"portvakt {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def on_data(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        return self.command(*arguments, "--data", str(self.folder), check=check)

    def json(self, *arguments: str) -> dict:
        """What a command on the data folder says, as JSON."""
        return json.loads(self.on_data(*arguments, "--json").stdout)

    def make(self) -> World:
        self.command("init", str(self.folder), "--demo", "--issuer", self.issuer)
        return self

    def configure(self, **settings: str) -> World:
        """Sets what the configuration file leaves at its default; before the start."""
        with (self.folder / "portvakt.yaml").open("a", encoding="utf-8") as file:
            file.write("".join(f"\n{key}: {value}\n" for key, value in settings.items()))
        return self

    def start(self, *arguments: str, prefix: tuple[str, ...] = (), until: str = "health/ready") -> World:
        """Starts the server and waits until it is ready, or as well as `until` tells."""
        command = [
            *prefix, str(binary()), "serve", "--data", str(self.folder),
            "--listen", f"127.0.0.1:{self.port}", "--admin-listen", f"127.0.0.1:{self.admin_port}", *arguments,
        ]
        log = self.log.open("ab")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.tail()}")
            try:
                if self.request("GET", until).status == 200:
                    return self
            except OSError:
                pass
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the server is not ready after 30 s:\n{self.tail()}")

    def tail(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])

    def stop(self) -> int:
        """Ends the server as an operator would."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        finally:
            self.kill()

    def kill(self) -> None:
        """Ends the server as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    # Requests.

    def request(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            return exchange(connection, method, "/" + path, body, headers)
        finally:
            connection.close()

    def token(self, assertion: str, **form: str) -> Answer:
        return self.request("POST", "token", token_form(assertion, **form), FORM)

    @property
    def jwks_uri(self) -> str:
        return self.issuer + "jwk"

    def ledger(self, kind: str) -> list[dict]:
        """Every ledger entry of that kind, as `audit search` tells it."""
        done = self.on_data("audit", "search", "--event", kind, "--limit", "1000000", "--json")
        return json.loads(done.stdout)["items"]

    # The world's inhabitants.

    @property
    def description(self) -> dict:
        return json.loads((self.folder / "demo/world.json").read_text(encoding="utf-8"))

    @property
    def clients(self) -> dict[str, Client]:
        return {
            item["name"]: Client(
                item["name"], item["client_id"], item["organisation"], item["scopes"],
                self.folder / "demo" / item["folder"], item.get("key_id"),
            )
            for item in self.description["clients"]
        }

    def client_by(self, authentication: str, index: int = 0) -> Client:
        """The first (or a later) client that authenticates in that way."""
        names = [item["name"] for item in self.description["clients"] if item["authentication"] == authentication]
        return self.clients[names[index]]


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def token_form(assertion: str, **form: str) -> bytes:
    return urlencode({"grant_type": JWT_BEARER, "assertion": assertion, **form}).encode()


def exchange(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, headers: dict | None
) -> Answer:
    connection.request(method, path, body=body, headers=headers or {})
    response = connection.getresponse()
    data = response.read()
    content = response.headers.get("Content-Type", "")
    kinds = ("application/json", "application/problem+json")
    parsed = json.loads(data) if content.startswith(kinds) and data else {}
    return Answer(response.status, dict(response.headers.items()), parsed)


@dataclass
class Grant:
    """A JWT grant in the making; a test changes what it wants to be wrong."""

    header: dict
    claims: dict
    key: object

    @staticmethod
    def of(client: Client, issuer: str, scope: str | None = None, x5c: bool = False, key=None) -> Grant:
        now = int(time.time())
        header: dict = {"alg": "RS256"}
        if x5c:
            header["x5c"] = [base64.b64encode(certificate).decode() for certificate in client.certificates]
        else:
            header["kid"] = client.key_id
        claims = {
            "aud": issuer, "iss": client.id, "scope": scope or client.scopes[0],
            "iat": now, "exp": now + 100, "jti": str(uuid.uuid4()),
        }
        key = key or client.private_key
        if isinstance(key, ec.EllipticCurvePrivateKey):
            header["alg"] = "ES256"
        return Grant(header, claims, key)

    def signed(self) -> str:
        signing_input = ".".join(
            base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (self.header, self.claims)
        )
        return f"{signing_input}.{base64url(sign(self.key, signing_input.encode()))}"


def sign(key, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def payload(token: str) -> dict:
    """A token's claims, unverified."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def scratch(parent: str | None = None) -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="portvakt-test-", dir=parent)
