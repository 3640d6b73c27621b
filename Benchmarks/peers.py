#!/usr/bin/env python3
"""The same work by other servers, on the same core: a client's signed JWT in, an RS256 access token out.

    peers.py REPORT.json [--seconds S]

Glewlwyd (Debian's package, in C, on SQLite in WAL mode; its client assertion of RFC 7523 §2.2) and Authlib's own grant
(PyPI, under gunicorn with two workers; RFC 7523 §2.1). Their stores are as fast as they can be set: neither syncs at each
token, and Authlib's keeps nothing but used assertions. Ours keeps a ledger that is synced before a token leaves. What is
compared is tokens per second of processor time of the servers' own processes.
"""

from __future__ import annotations

import argparse
import http.cookiejar
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import assertions
import measuring
import tokens
from assertions import Signing
from measuring import SERVER_CORE, Report, Runs
from tokens import Load
from world import World, free_ports, scratch

LEAST_AGAINST_GLEWLWYD = 5
LEAST_AGAINST_AUTHLIB = 3
RUNS = 5
HERE = pathlib.Path(__file__).resolve().parent


def keys(folder: pathlib.Path) -> bytes:
    """A key of the server and one of the client, in files; the client's private one."""
    for name in ("server", "client"):
        key = rsa.generate_private_key(65_537, 2_048)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        (folder / f"{name}.pem").write_bytes(private)
        (folder / f"{name}.pub.pem").write_bytes(
            key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
    return (folder / "client.pem").read_bytes()


def wait_for(url: str, process: subprocess.Popen, log: pathlib.Path) -> None:
    for _ in range(200):
        try:
            urllib.request.urlopen(url, timeout=1).read()
            return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise SystemExit(f"the peer did not start:\n{log.read_text(errors='replace')[-2000:]}")


class Peer:
    """A server of others, in a folder of its own."""

    name = ""

    def __init__(self, folder: pathlib.Path):
        folder.mkdir()
        self.folder = folder
        self.port, _ = free_ports()
        self.base = f"http://127.0.0.1:{self.port}"
        self.client_key = keys(folder)
        self.log = folder / "log"
        self.process = self.start()

    def run_program(self, *command: str, **environment: str) -> subprocess.Popen:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                ["taskset", "-c", SERVER_CORE, *command], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **environment},
            )

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def measure(self, seconds: float, folder: str) -> Runs:
        """Tokens per second of processor time."""
        bodies = f"{folder}/peer-bodies"
        found, rate = [], 1_500.0
        for turn in range(RUNS + 1):
            assertions.write(bodies, int(rate * (seconds + 1) * 1.5), self.signing())
            before = measuring.cpu_seconds(self.process.pid)
            result = measuring.post(self.endpoint, bodies, seconds if turn else 1)
            cpu = measuring.cpu_seconds(self.process.pid) - before
            rate = max(rate if turn else 0, result["per_second"])
            if turn:
                found.append(result["tokens"] / cpu)
        return Runs.of(found)


class Authlib(Peer):
    name = "Authlib"

    def start(self) -> subprocess.Popen:
        self.endpoint = f"{self.base}/token"
        gunicorn = pathlib.Path(sys.executable).parent / "gunicorn"
        # Threads, since the plain worker closes each connection after its answer.
        process = self.run_program(
            str(gunicorn), "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--keep-alive", "30",
            "--bind", f"127.0.0.1:{self.port}", "--log-level", "warning", "--chdir", str(HERE / "peers"),
            "authlib_server:app", PEER_FOLDER=str(self.folder), PEER_ISSUER=f"{self.base}/",
            # A grant that is called by its standard's name over plain HTTP, on loopback.
            AUTHLIB_INSECURE_TRANSPORT="1",
        )
        wait_for(f"{self.base}/health", process, self.log)
        return process

    def signing(self) -> Signing:
        return Signing(self.client_key, {"kid": "client"}, {"iss": "client", "aud": f"{self.base}/", "scope": "peer:read"})

    @staticmethod
    def version() -> str:
        import importlib.metadata as metadata

        return ", ".join(f"{name} {metadata.version(name)}" for name in ("authlib", "joserfc", "flask", "gunicorn"))


class Glewlwyd(Peer):
    name = "Glewlwyd"

    def start(self) -> subprocess.Popen:
        self.issuer = f"{self.base}/api/peer"
        self.endpoint = f"{self.issuer}/token"
        database = self.folder / "db.sqlite"
        schema = pathlib.Path("/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3").read_text()
        # Otherwise each token waits for two syncs of a rollback journal.
        subprocess.run(["sqlite3", str(database)], input=schema + "\nPRAGMA journal_mode = WAL;", text=True, check=True,
                       stdout=subprocess.DEVNULL)
        middleware = self.folder / "middleware"
        middleware.mkdir()
        (self.folder / "glewlwyd.conf").write_text(f"""
port={self.port}
bind_address="127.0.0.1"
external_url="{self.base}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="WARNING"
cookie_secure=0
session_key="PEER_SESSION"
admin_session_authentication="cookie"
profile_session_authentication="cookie"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
user_middleware_module_path="{middleware}"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=false
secure_connection_key_file="{self.folder}/none.key"
secure_connection_pem_file="{self.folder}/none.pem"
secure_connection_ca_file="{self.folder}/none.crt"
hash_algorithm="SHA512"
database = {{ type = "sqlite3"; path = "{database}"; }};
""")
        process = self.run_program("/usr/bin/glewlwyd", f"--config-file={self.folder}/glewlwyd.conf")
        wait_for(f"{self.base}/config", process, self.log)
        self.configure()
        return process

    def configure(self) -> None:
        """Its signing key, one scope and one client, through its own API with the password that it ships with."""
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

        def post(path: str, body: dict) -> None:
            request = urllib.request.Request(
                f"{self.base}/api/{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
            )
            opener.open(request, timeout=10).read()

        def text(name: str) -> str:
            return (self.folder / name).read_text()

        post("auth/", {"username": "admin", "password": "password"})
        post("scope/", {
            "name": "peer:read", "display_name": "peer:read", "description": "measured", "password_required": False,
            "scheme": {},
        })
        post("mod/plugin/", {
            "module": "oidc", "name": "peer", "display_name": "peer", "enabled": True, "parameters": {
                "iss": self.issuer, "jwt-type": "rsa", "jwt-key-size": "256", "key": text("server.pem"),
                "cert": text("server.pub.pem"), "access-token-duration": 120, "refresh-token-duration": 1_209_600,
                "code-duration": 600, "refresh-token-rolling": True, "allow-non-oidc": True,
                "auth-type-code-enabled": False, "auth-type-token-enabled": False, "auth-type-implicit-enabled": False,
                "auth-type-password-enabled": False, "auth-type-client-enabled": True,
                "auth-type-device-enabled": False, "auth-type-refresh-enabled": False, "jwks-show": True,
                "subject-type": "public", "request-parameter-allow": True, "request-maximum-exp": 120,
                "client-pubkey-parameter": "pubkey", "client-jwks-parameter": "jwks",
                "client-jwks_uri-parameter": "jwks_uri",
            },
        })
        post("client/?source=database", {
            "client_id": "client", "name": "client", "confidential": True, "enabled": True,
            "pubkey": text("client.pub.pem"), "scope": ["peer:read"], "authorization_type": ["client_credentials"],
            "token_endpoint_auth_method": ["private_key_jwt"], "token_endpoint_signing_alg": "RS256",
            "redirect_uri": [],
        })

    def signing(self) -> Signing:
        kind = urllib.parse.quote("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", safe="")
        form = (
            f"grant_type=client_credentials&scope=peer:read&client_id=client&client_assertion_type={kind}&client_assertion="
        )
        return Signing(self.client_key, {}, {"iss": "client", "sub": "client", "aud": self.endpoint}, form=form)

    @staticmethod
    def version() -> str:
        return "Glewlwyd " + measuring.output("dpkg-query", "-W", "-f", "${Version}", "glewlwyd")


def ours(folder: pathlib.Path, seconds: float) -> Runs:
    world = World(folder / "ours").make()
    client = world.client_by("registered_key")
    load = Load(world, tokens.signing(client, world.issuer, client.scopes[0]), str(folder))
    world.start(prefix=("taskset", "-c", SERVER_CORE))
    try:
        load.warm()
        return Runs.of(1e6 / load.run(seconds)["cpu_us"] for _ in range(RUNS))
    finally:
        world.stop()


def measure(report: Report, folder: pathlib.Path, seconds: float) -> dict[str, str]:
    """The rows; the peers' versions."""
    own = ours(folder, seconds)
    report.row("Portvakt: tokens per CPU second", own, "")
    for kind, least in ((Glewlwyd, LEAST_AGAINST_GLEWLWYD), (Authlib, LEAST_AGAINST_AUTHLIB)):
        peer = kind(folder / kind.name.lower())
        try:
            found = peer.measure(seconds, str(folder))
        finally:
            peer.stop()
        report.row(f"{kind.name}: tokens per CPU second", found, "")
        report.at_least(f"Portvakt / {kind.name}", own.median / found.median, "ratio", least)
    return {kind.name: kind.version() for kind in (Glewlwyd, Authlib)}


def main(path: str, seconds: float) -> int:
    report = Report()
    with scratch() as folder:
        versions = measure(report, pathlib.Path(folder), seconds)
    print(versions, file=sys.stderr)
    return 0 if report.write(path, "bench-peers", versions=versions) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("report")
    parser.add_argument("--seconds", type=float, default=5)
    arguments = parser.parse_args()
    raise SystemExit(main(arguments.report, arguments.seconds))
