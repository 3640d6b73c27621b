"""A consumer built on our libraries sees no failure while keys and servers change under it.

It calls an API 200 times a second: PortvaktClient gets its tokens, PortvaktProvider checks them. Tokens live for six
seconds, so that many are fetched; meanwhile the server restarts, the client's key is replaced, and the server's signing
key is. `make interop` runs it for two minutes, `make test` for as long as it takes to have all three.
"""

import json
import os
import pathlib
import subprocess
import time

import pytest
from joserfc.jwk import RSAKey

from matrix import MATRIX, Measured
from ours import API
from world import World, binary, scratch

RATE = 200
IS_FULL = os.environ.get("PORTVAKT_INTEROP") == "full"
SECONDS = 120 if IS_FULL else 42
SCOPE = "demo:fangst.read"


class Stage:
    """A server, an API, and a client that registers its key from a file that can be replaced."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.world = World(folder / "data").make().start()
        self.api = API(self.world.issuer)
        self.key_file = folder / "key.jwk"
        organisation = self.world.clients["fjordfisk"].organisation
        made = self.world.json(
            "client", "create", "--org", organisation, "--name", "load", "--scope", SCOPE,
            "--jwk", str(self.new_key("first")), "--kid", "first", "--lifetime", "6s",
        )
        self.client_id = made["client_id"]
        self.take_key("first")

    def private(self, path: pathlib.Path, text: str) -> pathlib.Path:
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
        return path

    def new_key(self, kid: str) -> pathlib.Path:
        """Makes a key, and says where its public half is."""
        key = RSAKey.generate_key(2048, parameters={"kid": kid, "use": "sig", "alg": "RS256"})
        self.private(self.folder / f"{kid}.jwk", json.dumps(key.as_dict(private=True)))
        return self.private(self.folder / f"{kid}.pub", json.dumps(key.as_dict(private=False)))

    def take_key(self, kid: str) -> None:
        """Puts a key in the client's place for it, as a whole."""
        (self.folder / f"{kid}.jwk").rename(self.key_file)

    def consumer(self, seconds: int) -> subprocess.Popen:
        environment = {
            "MASKINPORTEN_CLIENT_ID": self.client_id, "MASKINPORTEN_SCOPES": SCOPE,
            "MASKINPORTEN_WELL_KNOWN_URL": self.world.issuer + ".well-known/oauth-authorization-server",
            "MASKINPORTEN_CLIENT_JWK_PATH": str(self.key_file),
        }
        command = [
            str(binary()), "demo", "consumer", "--api", self.api.url("/fangst"), "--rate", str(RATE),
            "--duration", f"{seconds}s", "--json",
        ]
        return subprocess.Popen(
            command, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )

    def restart_server(self) -> None:
        # Of six seconds a client uses four, and asks for the next token in the fourth: a server that is away in that very
        # second is met by every such client. Tokens of two minutes are renewed half a minute ahead.
        self.wait_for_token()
        assert self.world.stop() == 0, self.world.tail()
        self.world.start()

    def wait_for_token(self) -> None:
        """Returns when the consumer has just fetched a token."""
        known, deadline = len(self.tokens()), time.monotonic() + 30
        while len(self.tokens()) == known:
            assert time.monotonic() < deadline, "no token was fetched for half a minute"

    def replace_client_key(self) -> None:
        """As an operator does: register the new key, put it in place, take the old one away."""
        self.world.on_data("client", "keys", "add", self.client_id, "--jwk", str(self.new_key("second")))
        self.take_key("second")
        self.world.on_data("client", "keys", "remove", self.client_id, "first", "--yes")

    def rotate_signing_key(self) -> None:
        self.world.on_data("keys", "rotate", "--now", "--yes")

    def tokens(self) -> list[dict]:
        """The ledger's entries of the tokens that the consumer fetched, oldest first."""
        return [item for item in self.world.ledger("token_issued") if item["client"] == self.client_id]

    def stop(self) -> None:
        self.api.stop()
        assert self.world.stop() == 0, self.world.tail()


@pytest.fixture
def stage():
    with scratch() as folder:
        stage = Stage(pathlib.Path(folder))
        try:
            yield stage
        finally:
            stage.stop()


def test_a_consumer_under_load_sees_no_failure(stage):
    # The API asks for an unknown key at most every 30 s, the first reading included; each event has time to be seen.
    stretch = SECONDS / 42
    events = [(6, stage.restart_server), (14, stage.replace_client_key), (33, stage.rotate_signing_key)]
    consumer = stage.consumer(SECONDS)
    began = time.monotonic()
    ended = []
    try:
        for after, event in events:
            time.sleep(max(0, began + after * stretch - time.monotonic()))
            assert consumer.poll() is None, consumer.communicate()
            event()
            ended.append(stage.tokens())
        output, notes = consumer.communicate(timeout=SECONDS + 30)
    finally:
        consumer.kill()
        consumer.wait()
    assert output, notes
    seen = json.loads(output)
    tokens = stage.tokens()
    MATRIX.load += [
        Measured("calls", seen["calls"], "", f"{RATE * SECONDS}", seen["calls"] == RATE * SECONDS),
        Measured("failed calls", seen["failed"], "", "0", seen["failed"] == 0),
        Measured("tokens fetched", len(tokens), "", f"at least {SECONDS // 6}", len(tokens) >= SECONDS // 6),
        Measured("median latency", seen["p50_us"] / 1000, "ms", "", True),
        Measured("99th percentile of latency", seen["p99_us"] / 1000, "ms", "", True),
    ]
    assert seen["failures"] == [], notes
    assert consumer.returncode == 0
    assert all(item.passed for item in MATRIX.load), MATRIX.load
    # All three were lived through: after each event tokens were fetched, at last by the client's new key alone.
    counts = [0, *(len(before) for before in ended), len(tokens)]
    assert counts == sorted(set(counts)), counts
    assert [item["credential"]["kid"] for item in tokens] == sorted(item["credential"]["kid"] for item in tokens)
    assert {item["credential"]["kid"] for item in tokens} == {"first", "second"}
