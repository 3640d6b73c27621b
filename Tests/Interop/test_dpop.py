"""DPoP (RFC 9449) by programs that nobody here wrote: requests_oauth2client, and proofs made by joserfc."""

import pathlib
import signal
import subprocess
import time
import uuid

import pytest
import requests

from world import World, binary, free_ports, payload, scratch

SCOPE = "demo:fangst.read"


@pytest.fixture(scope="module", params=["optional", "required"])
def served(request):
    """The demo world, once without and once with a nonce demanded."""
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "var").make().configure(dpop_nonce=request.param).start()
        world.nonce = request.param
        try:
            yield world
        finally:
            assert world.stop() == 0, world.tail()


@pytest.fixture(scope="module")
def api(served):
    """The demo provider, which takes bound tokens with their proofs."""
    port = free_ports()[0]
    log = served.folder.parent / "provider.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(binary()), "demo", "provider", "--listen", f"127.0.0.1:{port}", "--issuer", served.issuer],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
        )
    url = f"http://127.0.0.1:{port}/fangst"
    deadline = time.monotonic() + 30
    while True:
        try:
            requests.get(url, timeout=5)
            break
        except requests.ConnectionError:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.05)
    yield url
    process.send_signal(signal.SIGTERM)
    process.wait(20)


def registered(world: World):
    return next(c for c in world.clients.values() if c.key_id and SCOPE in c.scopes)


def oauth2client(world: World):
    from jwskate import Jwk
    from requests_oauth2client import OAuth2Client, PrivateKeyJwt

    client = registered(world)
    key = Jwk.from_pem(client.private_key_pem).with_kid_thumbprint()
    key["kid"] = client.key_id
    return OAuth2Client(
        token_endpoint=world.issuer + "token",
        auth=PrivateKeyJwt(client.id, key, alg="RS256", aud=world.issuer),
        dpop_bound_access_tokens=True,
        testing=True,
    )


@pytest.mark.cell("success", program="requests_oauth2client with DPoP")
def test_requests_oauth2client_gets_a_bound_token_and_calls_an_api_with_it(served, api):
    token = oauth2client(served).client_credentials(scope=SCOPE)
    assert token.token_type == "DPoP"
    claims = payload(token.access_token)
    assert claims["cnf"] == {"jkt": token.dpop_key.dpop_jkt}
    for _ in range(2):
        answer = requests.get(api, auth=token, timeout=10)
        assert answer.status_code == 200, answer.text
        assert answer.json()["scopes"] == [SCOPE]


@pytest.mark.cell("success", program="requests_oauth2client with DPoP")
def test_one_key_serves_for_many_tokens_with_the_nonce_of_the_last_answer(served):
    from requests_oauth2client import DPoPKey

    client, key = oauth2client(served), DPoPKey.generate("ES256")
    first = client.client_credentials(scope=SCOPE, dpop_key=key)
    # The library takes a nonce when it is refused for the lack of one, and from no other answer.
    assert bool(key.as_nonce) == (served.nonce == "required")
    second = client.client_credentials(scope=SCOPE, dpop_key=key)
    assert payload(first.access_token)["cnf"] == payload(second.access_token)["cnf"]


@pytest.mark.cell("refusal", program="requests_oauth2client with DPoP")
def test_a_bound_token_is_no_bearer_token(served, api):
    token = oauth2client(served).client_credentials(scope=SCOPE)
    answer = requests.get(api, headers={"Authorization": f"Bearer {token.access_token}"}, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("DPoP ")


@pytest.mark.cell("success", program="DPoP proofs by joserfc")
@pytest.mark.cell("refusal", program="DPoP proofs by joserfc")
def test_a_proof_by_joserfc_is_used_once(served):
    from joserfc import jwt
    from joserfc.jwk import ECKey

    from world import Grant

    key = ECKey.generate_key("P-256")
    client = registered(served)

    def proof(nonce: str | None = None) -> str:
        claims = {"jti": str(uuid.uuid4()), "htm": "POST", "htu": served.issuer + "token", "iat": int(time.time())}
        if nonce:
            claims["nonce"] = nonce
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
        return jwt.encode(header, claims, key, algorithms=["ES256"])

    def ask(text: str) -> requests.Response:
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": Grant.of(client, served.issuer, SCOPE).signed(),
        }
        return requests.post(served.issuer + "token", data=form, headers={"DPoP": text}, timeout=10)

    text = proof()
    answer = ask(text)
    if served.nonce == "required":
        assert (answer.status_code, answer.json()["error"]) == (400, "use_dpop_nonce")
        text = proof(answer.headers["DPoP-Nonce"])
        answer = ask(text)
    assert answer.status_code == 200, answer.text
    assert payload(answer.json()["access_token"])["cnf"] == {"jkt": key.thumbprint()}
    again = ask(text)
    assert (again.status_code, again.json()["reason"]) == (400, "dpop_replayed")
    assert again.json()["error"] == "invalid_dpop_proof"
