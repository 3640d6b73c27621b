"""Issuers whose keys and signatures are made by libraries of others; a key set over HTTP."""

from __future__ import annotations

import http.server
import json
import pathlib
import subprocess
import threading
import time
import uuid

import requests
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from ours import metadata
from toolchains import HERE, node_environment
from world import free_ports


class JoserfcIssuer:
    """Keys and signatures by joserfc."""

    def __init__(self, folder: pathlib.Path):
        self.keys: list[RSAKey] = []
        self.rotate()
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                documents = {
                    "/.well-known/oauth-authorization-server": lambda: metadata(issuer.issuer),
                    "/jwk": lambda: KeySet(issuer.keys).as_dict(private=False),
                }
                body = json.dumps(documents[self.path]()).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(target=self.http.serve_forever)
        self.thread.start()

    def rotate(self) -> None:
        key = RSAKey.generate_key(2048, parameters={"kid": str(uuid.uuid4()), "use": "sig", "alg": "RS256"})
        self.keys.insert(0, key)

    def sign(self, claims: dict) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.keys[0].kid}, claims, self.keys[0])

    def stop(self) -> None:
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


class NodeIssuer:
    """Keys and signatures by node-jose, in a process of its own."""

    def __init__(self, folder: pathlib.Path):
        environment = node_environment()
        self.issuer = f"http://127.0.0.1:{free_ports()[0]}"
        log = folder / "node-issuer.log"
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                ["node", str(HERE / "node/issuer.js"), self.issuer, json.dumps(metadata(self.issuer))],
                env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )
        deadline = time.monotonic() + 20
        while True:
            assert self.process.poll() is None, log.read_text(encoding="utf-8")
            try:
                requests.get(f"{self.issuer}/jwk", timeout=5)
                return
            except requests.ConnectionError:
                assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
                time.sleep(0.05)

    def post(self, path: str, body: object) -> str:
        answer = requests.post(self.issuer + path, json=body, timeout=10)
        answer.raise_for_status()
        return answer.text

    def rotate(self) -> None:
        self.post("/rotate", {})

    def sign(self, claims: dict) -> str:
        return self.post("/sign", claims)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


ISSUERS = {
    "PortvaktProvider with joserfc keys": JoserfcIssuer,
    "PortvaktProvider with node-jose keys": NodeIssuer,
}
