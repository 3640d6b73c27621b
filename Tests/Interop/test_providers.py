"""Libraries that others wrote accept our tokens, and refuse what is not one."""

import json
import pathlib
import subprocess
import time

import jwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import errors as jose_errors
from joserfc import jwt as jose
from joserfc.jwk import KeySet

from world import Grant, World, binary, free_ports, scratch

REGISTERED_KEY = "registered_key"


def token(world: World, **claims) -> str:
    grant = Grant.of(world.client_by(REGISTERED_KEY), world.issuer)
    grant.claims.update(claims)
    answer = world.token(grant.signed())
    assert answer.status == 200, answer.body
    return answer.body["access_token"]


def tampered(text: str) -> str:
    """The same token for more scopes, under the old signature."""
    header, _, signature = text.split(".")
    claims = jwt.decode(text, options={"verify_signature": False})
    claims["scope"] += " nav:everything"
    body = jwt.utils.base64url_encode(json.dumps(claims).encode()).decode()
    return f"{header}.{body}.{signature}"


# PyJWT.


def pyjwt(world: World, text: str, keys: jwt.PyJWKClient | None = None, **options) -> dict:
    keys = keys or jwt.PyJWKClient(world.jwks_uri)
    key = keys.get_signing_key_from_jwt(text)
    return jwt.decode(text, key.key, algorithms=["RS256"], issuer=world.issuer, **options)


def test_pyjwt_accepts_a_token(world):
    claims = pyjwt(world, token(world))
    assert claims["token_type"] == "Bearer"
    assert claims["exp"] > claims["iat"]
    assert "sub" not in claims and "aud" not in claims


def test_pyjwt_checks_the_audience_that_was_asked_for(world):
    text = token(world, resource=["https://api.example.no/income"])
    assert pyjwt(world, text, audience="https://api.example.no/income")["aud"] == ["https://api.example.no/income"]
    with pytest.raises(jwt.InvalidAudienceError):
        pyjwt(world, text, audience="https://api.example.no/other")


def test_pyjwt_refuses_changed_claims(world):
    with pytest.raises(jwt.InvalidSignatureError):
        pyjwt(world, tampered(token(world)))


def test_pyjwt_refuses_a_token_of_another_issuer(world):
    text = token(world)
    key = jwt.PyJWKClient(world.jwks_uri).get_signing_key_from_jwt(text)
    with pytest.raises(jwt.InvalidIssuerError):
        jwt.decode(text, key.key, algorithms=["RS256"], issuer=world.issuer.rstrip("/"))


def test_pyjwt_refuses_an_expired_token(world):
    text = token(world)
    key = jwt.PyJWKClient(world.jwks_uri).get_signing_key_from_jwt(text)
    claims = jwt.decode(text, key.key, algorithms=["RS256"])
    assert claims["exp"] - claims["iat"] <= 7200
    # As a provider sees it whose clock is past the token's end.
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(
            text, key.key, algorithms=["RS256"], leeway=-(claims["exp"] - claims["iat"]) - 5,
            options={"verify_iat": False},
        )


# joserfc.


def key_set(world: World) -> KeySet:
    response = requests.get(world.jwks_uri, timeout=10)
    response.raise_for_status()
    return KeySet.import_key_set(response.json())


def joserfc(world: World, text: str) -> dict:
    decoded = jose.decode(text, key_set(world), algorithms=["RS256"])
    registry = jose.JWTClaimsRegistry(
        iss={"essential": True, "value": world.issuer}, exp={"essential": True}, iat={"essential": True}
    )
    registry.validate(decoded.claims)
    return decoded.claims


def test_joserfc_accepts_a_token(world):
    client = world.client_by(REGISTERED_KEY)
    assert joserfc(world, token(world))["consumer"]["ID"] == f"0192:{client.organisation}"


def test_joserfc_refuses_changed_claims(world):
    with pytest.raises(jose_errors.BadSignatureError):
        joserfc(world, tampered(token(world)))


def test_joserfc_refuses_a_token_signed_by_a_stranger(world):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    genuine = token(world)
    forged = jwt.encode(
        jwt.decode(genuine, options={"verify_signature": False}), stranger, algorithm="RS256",
        headers={"kid": jwt.get_unverified_header(genuine)["kid"]},
    )
    with pytest.raises(jose_errors.BadSignatureError):
        joserfc(world, forged)


# What both rely on.


def test_the_key_set_can_be_kept(world):
    response = requests.get(world.jwks_uri, timeout=10)
    assert "max-age=" in response.headers["Cache-Control"]
    again = requests.get(world.jwks_uri, headers={"If-None-Match": response.headers["ETag"]}, timeout=10)
    assert (again.status_code, again.content) == (304, b"")


def test_the_key_set_holds_public_members_alone(world):
    for key in requests.get(world.jwks_uri, timeout=10).json()["keys"]:
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & set(key)
        assert key["use"] == "sig"


@pytest.mark.parametrize("name", ["oauth-authorization-server", "openid-configuration"])
def test_the_metadata_names_the_issuer_byte_for_byte(world, name):
    metadata = requests.get(f"{world.issuer}.well-known/{name}", timeout=10).json()
    assert metadata["issuer"] == world.issuer
    assert metadata["jwks_uri"] == world.jwks_uri
    assert metadata["token_endpoint"] == world.issuer + "token"


def test_a_token_is_never_cached(world):
    answer = world.token(Grant.of(world.client_by(REGISTERED_KEY), world.issuer).signed())
    assert answer.headers["Cache-Control"] == "no-store"


def test_rotation_is_followed_and_old_tokens_stay_good():
    """The one test that changes keys has a world of its own."""
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "data").make().start()
        try:
            keys = jwt.PyJWKClient(world.jwks_uri, cooldown_duration=0)
            old = token(world)
            pyjwt(world, old, keys)
            world.on_data("keys", "rotate", "--now", "--yes")
            deadline = time.monotonic() + 5
            new = token(world)
            while jwt.get_unverified_header(new)["kid"] == jwt.get_unverified_header(old)["kid"]:
                assert time.monotonic() < deadline, "the running server does not sign with the new key"
                time.sleep(0.1)
                new = token(world)
            # The client has the old set in its cache and finds the new key by itself.
            assert pyjwt(world, new, keys)["iss"] == world.issuer
            assert pyjwt(world, old, keys)["iss"] == world.issuer
        finally:
            world.stop()


# The demo world's own API, built on the provider library: RFC 6750 as a caller meets it.


@pytest.fixture(scope="module")
def api(world):
    port = free_ports()[0]
    command = [str(binary()), "demo", "provider", "--listen", f"127.0.0.1:{port}", "--issuer", world.issuer]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        assert "ready" in process.stderr.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        assert process.wait(20) == 0


def call(url: str, text: str | None, method: str = "GET") -> requests.Response:
    headers = {"Authorization": f"Bearer {text}"} if text else {}
    return requests.request(method, url, headers=headers, timeout=10)


def test_an_api_answers_whose_token_allows_it(world, api):
    response = call(api + "/fangst", token(world, scope="demo:fangst.read"))
    assert response.status_code == 200
    assert response.json()["consumer"] == f"0192:{world.client_by(REGISTERED_KEY).organisation}"
    assert response.json()["catches"]


def test_an_api_challenges_who_has_no_token(api):
    response = call(api + "/fangst", None)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="fiskeri", scope="demo:fangst.read"'
    assert "error" not in response.json()


def test_an_api_names_the_missing_scope(world, api):
    response = call(api + "/landinger", token(world, scope="demo:fangst.read"))
    assert response.status_code == 403
    challenge = response.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer realm="fiskeri", error="insufficient_scope", ')
    assert challenge.endswith(', scope="demo:landing.es256"')
    problem = response.json()
    assert (problem["error"], problem["scope"]) == ("insufficient_scope", "demo:landing.es256")


def test_an_api_takes_tokens_of_another_algorithm_where_it_says_so(world, api):
    text = token(world, scope="demo:landing.es256")
    assert jwt.get_unverified_header(text)["alg"] == "ES256"
    assert call(api + "/landinger", text).status_code == 200


def test_an_api_refuses_a_changed_token_and_one_for_another_api(world, api):
    changed = call(api + "/fangst", tampered(token(world, scope="demo:fangst.read")))
    assert changed.status_code == 401
    assert 'error="invalid_token"' in changed.headers["WWW-Authenticate"]
    # The scope enforces the audience that the API has in the demo world, which is not where this test runs it.
    elsewhere = call(api + "/fangst", token(world, scope="demo:fangst.write"), "POST")
    assert elsewhere.status_code == 401
