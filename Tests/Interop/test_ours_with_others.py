"""Our client at a server that others wrote, our provider with keys and signatures that others made."""

import json
import pathlib
import subprocess
import time
import uuid

import pytest
import requests
from joserfc.jwk import KeySet, RSAKey

from ours import API, claims
from ours.authlib_server import AuthlibServer, Client
from ours.issuers import ISSUERS
from test_other_providers import tampered
from world import binary, scratch

CLIENT = "PortvaktClient at an Authlib server"
FANGST, KVOTER = "demo:fangst.read", "demo:kvoter.read"
# PortvaktProvider asks for an unknown key at most every 30 s.
SETTLING = 31

every = pytest.mark.parametrize("program", list(ISSUERS))


# PortvaktClient, by way of the command line.


class Consumer:
    """A client of the Authlib server, with its private keys."""

    def __init__(self, server: AuthlibServer, folder: pathlib.Path):
        self.server = server
        self.folder = folder
        self.client = Client(str(uuid.uuid4()), {FANGST, KVOTER})
        server.clients[self.client.id] = self.client
        self.new_key("first")

    def new_key(self, kid: str) -> RSAKey:
        """Registers a key and writes its private half where the command finds it."""
        key = RSAKey.generate_key(2048, parameters={"kid": kid, "alg": "RS256"})
        self.client.keys = KeySet([*self.client.keys.keys, key])
        path = self.folder / f"{kid}.jwk"
        path.touch(mode=0o600)
        path.write_text(json.dumps(key.as_dict(private=True)), encoding="ascii")
        return key

    def request(self, kid: str = "first", scope: str = FANGST) -> subprocess.CompletedProcess:
        command = [
            str(binary()), "token", "request", "--issuer", self.server.issuer, "--client-id", self.client.id,
            "--key", str(self.folder / f"{kid}.jwk"), "--scope", scope, "--json",
        ]
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    def token(self, kid: str = "first") -> str:
        done = self.request(kid)
        assert done.returncode == 0, done.stdout + done.stderr
        answer = json.loads(done.stdout)
        assert answer["scope"] == FANGST
        return answer["access_token"]

    def refusal(self, **arguments: str) -> dict:
        done = self.request(**arguments)
        assert done.returncode != 0, done.stdout
        return json.loads(done.stderr or done.stdout)["error"]

    def is_verified(self, token: str) -> bool:
        """Whether the server's key set bears the token out."""
        command = [str(binary()), "token", "verify", "-", "--issuer", self.server.issuer, "--scope", FANGST]
        return subprocess.run(command, input=token, capture_output=True, text=True, timeout=60).returncode == 0


@pytest.fixture
def consumer():
    with scratch() as folder:
        server = AuthlibServer()
        try:
            yield Consumer(server, pathlib.Path(folder))
        finally:
            server.stop()


@pytest.mark.cell("success", program=CLIENT)
def test_our_client_gets_a_token_from_another_server(consumer):
    token = consumer.token()
    assert consumer.is_verified(token)
    assert not consumer.is_verified(tampered(token))


@pytest.mark.cell("refusal", program=CLIENT)
def test_our_client_tells_why_another_server_refused(consumer):
    refused = consumer.refusal(scope="skatteetaten:inntekt")
    assert refused["details"]["error"] == "invalid_scope"
    assert "skatteetaten:inntekt" in refused["message"]
    # A key that the server does not know.
    consumer.new_key("second")
    consumer.client.keys = KeySet(consumer.client.keys.keys[:1])
    assert consumer.refusal(kid="second")["details"]["error"] == "invalid_grant"
    consumer.token()


@pytest.mark.cell("rotation", program=CLIENT)
def test_our_client_lives_through_new_keys_at_another_server(consumer):
    before = consumer.token()
    consumer.server.rotate()
    after = consumer.token()
    assert before.split(".")[0] != after.split(".")[0]
    assert consumer.is_verified(before) and consumer.is_verified(after)
    consumer.new_key("second")
    consumer.token("first")
    consumer.token("second")
    consumer.client.keys = KeySet(consumer.client.keys.keys[1:])
    consumer.token("second")
    assert consumer.refusal(kid="first")["details"]["error"] == "invalid_grant"


# PortvaktProvider, by way of the demo world's API.


@pytest.fixture(scope="module")
def apis():
    """Issuers that others wrote, each with an API of ours that takes its tokens; started when first asked for."""
    started = {}
    with scratch() as folder:

        def running(program):
            if program not in started:
                issuer = ISSUERS[program](pathlib.Path(folder))
                started[program] = (issuer, API(issuer.issuer), time.monotonic() + SETTLING)
            return started[program]

        try:
            yield running
        finally:
            for issuer, api, _ in started.values():
                api.stop()
                issuer.stop()


def status(api: API, route: str, token: str) -> int:
    return requests.get(api.url(route), headers={"Authorization": f"Bearer {token}"}, timeout=10).status_code


@pytest.mark.cell("success")
@every
def test_our_provider_accepts_a_token_of_another_issuer(apis, program):
    issuer, api, _ = apis(program)
    assert status(api, "/fangst", issuer.sign(claims(issuer.issuer, FANGST))) == 200
    both = issuer.sign(claims(issuer.issuer, f"{FANGST} {KVOTER}"))
    assert [status(api, route, both) for route in ("/fangst", "/kvoter")] == [200, 200]


@pytest.mark.cell("refusal")
@every
def test_our_provider_refuses_what_is_no_token_of_another_issuer(apis, program):
    issuer, api, _ = apis(program)
    good = claims(issuer.issuer, FANGST)
    assert status(api, "/fangst", tampered(issuer.sign(good))) == 401
    assert status(api, "/fangst", issuer.sign({**good, "iat": good["iat"] - 3600, "exp": good["exp"] - 3600})) == 401
    assert status(api, "/fangst", issuer.sign({**good, "iss": "https://other.example.no/"})) == 401
    assert status(api, "/kvoter", issuer.sign(good)) == 403


@pytest.mark.cell("rotation")
@every
def test_our_provider_takes_up_another_issuers_new_key(apis, program):
    issuer, api, settled = apis(program)
    old = issuer.sign(claims(issuer.issuer, FANGST))
    assert status(api, "/fangst", old) == 200
    time.sleep(max(0, settled - time.monotonic()))
    issuer.rotate()
    new = issuer.sign(claims(issuer.issuer, FANGST))
    assert old.split(".")[0] != new.split(".")[0]
    assert status(api, "/fangst", new) == 200
    assert status(api, "/fangst", old) == 200
