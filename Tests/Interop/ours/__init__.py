"""Servers that others wrote, for our libraries to speak with."""

from __future__ import annotations

import pathlib
import subprocess
import tempfile
import time
import uuid

from world import binary, free_ports

CONSUMER = {"authority": "iso6523-actorid-upis", "ID": "0192:991825827"}


def claims(issuer: str, scope: str, **changes) -> dict:
    """The claims of an access token as Maskinporten's are."""
    now = int(time.time())
    return {
        "iss": issuer, "client_id": "a-client", "client_amr": "private_key_jwt", "token_type": "Bearer",
        "scope": scope, "consumer": CONSUMER, "iat": now, "exp": now + 120, "jti": str(uuid.uuid4()), **changes,
    }


def metadata(issuer: str) -> dict:
    """RFC 8414, for an issuer that ends in no slash."""
    return {
        "issuer": issuer, "token_endpoint": f"{issuer}/token", "jwks_uri": f"{issuer}/jwk",
        "grant_types_supported": ["urn:ietf:params:oauth:grant-type:jwt-bearer"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    }


class API:
    """The demo world's API, built on PortvaktProvider, for tokens of any issuer."""

    def __init__(self, issuer: str):
        self.address = f"127.0.0.1:{free_ports()[0]}"
        command = [str(binary()), "demo", "provider", "--listen", self.address, "--issuer", issuer]
        # A file and no pipe, which would fill up unread.
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            deadline = time.monotonic() + 20
            while "ready" not in self.told():
                assert self.process.poll() is None and time.monotonic() < deadline, self.told()
                time.sleep(0.05)
        except BaseException:
            # Nobody else has it yet who could stop it.
            self.process.kill()
            self.process.wait(20)
            self.log.close()
            raise

    def told(self) -> str:
        """What it has logged."""
        # The file's position is shared with the process that writes: it is read by another way.
        return pathlib.Path(f"/proc/self/fd/{self.log.fileno()}").read_text(encoding="utf-8", errors="replace")

    def url(self, route: str) -> str:
        return f"http://{self.address}{route}"

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait(20) == 0
        self.log.close()
