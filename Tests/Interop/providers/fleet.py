"""Every provider at once before one server, whose key set may be kept for a minute."""

from __future__ import annotations

import pathlib
import time

import jwt
import pytest

import providers.processes
import providers.python
import providers.servers
from providers import Provider, Trust
from world import Grant, World

PROGRAMS = {
    **providers.python.PROGRAMS, **providers.processes.PROGRAMS, **providers.servers.PROGRAMS,
}

# Who has just read the keys asks no more for one that is unknown, lest strangers make it ask: PyJWT and jose not for
# 30 s, go-oidc not while more than 30 s are left of the set's `max-age`, which is a minute here.
SETTLING = 31


def signer(token: str) -> str:
    """The identifier of the key that a token names."""
    return jwt.get_unverified_header(token)["kid"]


class Fleet:
    """The programs that run, each started when it is first asked for and stopped with the fleet."""

    def __init__(self, world: World, folder: pathlib.Path):
        self.world = world
        self.folder = folder
        self.apis: dict[str, Provider] = {}
        self.faults: dict[str, BaseException] = {}
        # When the last of them may ask again.
        self.settled = 0.0

    def running(self, program: str, is_needed: bool = True) -> Provider | None:
        """The program, which has fetched the keys that there are now."""
        if program not in self.apis and program not in self.faults:
            folder = self.folder / str(len(self.apis) + len(self.faults))
            folder.mkdir()
            try:
                api = PROGRAMS[program](Trust(self.world.issuer, self.world.jwks_uri), folder)
                self.apis[program] = api
                api.call("/fangst", self.token("demo:fangst.read"))
                self.settled = time.monotonic() + SETTLING
            except (Exception, pytest.skip.Exception) as fault:
                self.faults[program] = fault
        if is_needed and program in self.faults:
            raise self.faults[program]
        return self.apis.get(program)

    def token(self, scope: str) -> str:
        answer = self.world.token(Grant.of(self.world.clients["fjordfisk"], self.world.issuer, scope).signed())
        assert answer.status == 200, answer.body
        return answer.body["access_token"]

    def sign_with_a_new_key(self) -> None:
        """Replaces the signing key at once, when all who run would ask again for a key that they do not know."""
        time.sleep(max(0, self.settled - time.monotonic()))
        keys = self.world.json("keys", "rotate", "--now", "--yes")["items"]
        new = next(key["kid"] for key in keys if key["state"] == "active" and key["alg"] == "RS256")
        deadline = time.monotonic() + 10
        while signer(self.token("demo:fangst.read")) != new:
            assert time.monotonic() < deadline, "the running server does not sign with the new key"
            time.sleep(0.1)

    def stop(self) -> None:
        for api in self.apis.values():
            api.stop()
