"""Providers that others wrote, each an API with two routes: `/fangst` and `/kvoter`, each for its own scope."""

from __future__ import annotations

import pathlib
import signal
import subprocess
import time
from dataclasses import dataclass

import requests

# What each route wants.
ROUTES = {"/fangst": "demo:fangst.read", "/kvoter": "demo:kvoter.read"}


@dataclass(frozen=True)
class Trust:
    """Whose tokens a provider takes."""

    issuer: str
    jwks_uri: str


@dataclass(frozen=True)
class Verdict:
    """What an API answers: 200, 401 for no good token, 403 for one without the scope."""

    status: int
    why: str = ""


class Provider:
    """An API that runs until it is stopped."""

    def __init__(self, trust: Trust, folder: pathlib.Path):
        self.trust = trust
        self.folder = folder

    def call(self, route: str, token: str | None) -> Verdict:
        raise NotImplementedError

    def tend(self) -> None:
        """What the operator of this program has running beside it; most need nothing."""

    def stop(self) -> None:
        pass


class Process(Provider):
    """An API in a process of its own, called over HTTP."""

    process: subprocess.Popen
    port: int

    @property
    def log(self) -> pathlib.Path:
        return self.folder / "log"

    def run(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def wait(self) -> None:
        """Until somebody answers."""
        deadline = time.monotonic() + 20
        while True:
            assert self.process.poll() is None, self.tail()
            try:
                self.call("/fangst", None)
                return
            except requests.ConnectionError:
                assert time.monotonic() < deadline, self.tail()
                time.sleep(0.05)

    def tail(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])

    def call(self, route: str, token: str | None) -> Verdict:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.get(f"http://127.0.0.1:{self.port}{route}", headers=headers, timeout=10)
        return Verdict(answer.status_code, f"{answer.headers.get('WWW-Authenticate', '')} {answer.text[:200]}")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        finally:
            self.process.kill()
            self.process.wait()
