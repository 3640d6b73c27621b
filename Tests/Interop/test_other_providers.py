"""Providers that others wrote: success and refusal; test_rotation.py has the rest."""

import json

import jwt
import pytest

from matrix import PROVIDERS, names

FANGST, KVOTER = "demo:fangst.read", "demo:kvoter.read"


def every(column: str):
    return pytest.mark.parametrize("program", names(PROVIDERS, column))


def tampered(token: str) -> str:
    """The same token for more scopes, under the old signature."""
    header, _, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    claims["scope"] += " " + KVOTER
    body = jwt.utils.base64url_encode(json.dumps(claims).encode()).decode()
    return f"{header}.{body}.{signature}"


def expired(world, token: str) -> str:
    """The same token as it would have been an hour ago, signed by the server's own key."""
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    for name in ("iat", "exp"):
        claims[name] -= 3600
    key = (world.folder / f"keys/signing/{header['kid']}.pem").read_text(encoding="ascii")
    return jwt.encode(claims, key, algorithm="RS256", headers=header)


@pytest.mark.cell("success")
@every("success")
def test_a_program_accepts_a_token(providers, program):
    api = providers.running(program)
    verdict = api.call("/fangst", providers.token(FANGST))
    assert verdict.status == 200, verdict


@pytest.mark.cell("success")
@every("success")
def test_a_program_accepts_a_token_with_several_scopes(providers, program):
    both = providers.token(f"{FANGST} {KVOTER}")
    for route in ("/fangst", "/kvoter"):
        verdict = providers.running(program).call(route, both)
        assert verdict.status == 200, verdict


@pytest.mark.cell("refusal")
@every("refusal")
def test_a_program_refuses_a_changed_token(providers, program):
    changed = tampered(providers.token(FANGST))
    for route in ("/fangst", "/kvoter"):
        assert providers.running(program).call(route, changed).status == 401


@pytest.mark.cell("refusal")
@every("refusal")
def test_a_program_refuses_an_expired_token(providers, program):
    verdict = providers.running(program).call("/fangst", expired(providers.world, providers.token(FANGST)))
    assert verdict.status == 401, verdict


@pytest.mark.cell("refusal")
@every("refusal")
def test_a_program_refuses_a_token_without_the_scope(providers, program):
    verdict = providers.running(program).call("/kvoter", providers.token(FANGST))
    # Apache answers 401 to everybody who is not let in and might come back as somebody else.
    assert verdict.status == (401 if program == "mod_oauth2 in Apache" else 403), verdict
