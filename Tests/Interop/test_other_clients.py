"""Clients that others wrote: success, refusal with the right code, and rotation of keys on both sides."""

import pathlib
import time

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import clients.processes
import clients.python
from clients import Credentials, Refused
from matrix import CLIENTS, names
from toolchains import need
from world import World, payload, scratch

PROGRAMS = {**clients.python.PROGRAMS, **clients.processes.PROGRAMS}
SCOPE = "demo:fangst.read"


def every(column: str):
    return pytest.mark.parametrize("program", names(CLIENTS, column))


def credentials(world: World) -> Credentials:
    client = world.clients["fjordfisk"]
    return Credentials(world.issuer, client.id, client.key_id, client.private_key_pem, SCOPE)


def ask(program: str, credentials: Credentials) -> str:
    """A token, which is what the server's key set says it is."""
    token = PROGRAMS[program](credentials)
    key = jwt.PyJWKClient(credentials.issuer + "jwk").get_signing_key_from_jwt(token)
    jwt.decode(token, key.key, algorithms=["RS256"], issuer=credentials.issuer)
    return token


def refusal(program: str, credentials: Credentials) -> Refused:
    with pytest.raises(Refused) as refused:
        PROGRAMS[program](credentials)
    return refused.value


def key_id(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]


def new_key() -> tuple[str, str]:
    """A private and a public key, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


@pytest.mark.cell("success")
@every("success")
def test_a_program_gets_a_token(world, program):
    own = credentials(world)
    claims = payload(ask(program, own))
    assert claims["client_id"] == own.client_id
    assert claims["scope"] == SCOPE
    assert claims["consumer"]["ID"] == f"0192:{world.clients['fjordfisk'].organisation}"


@pytest.mark.cell("refusal")
@pytest.mark.parametrize("fault", ["foreign-scope", "unknown-key", "wrong-signature"])
@every("rotation")
def test_a_program_is_told_the_code(world, program, fault):
    own = credentials(world)
    changed, code, word = {
        "foreign-scope": (own.but(scope="skatteetaten:inntekt"), "MP-200", "skatteetaten:inntekt"),
        "unknown-key": (own.but(key_id="no-such-key"), "PV-010", "kid"),
        "wrong-signature": (own.but(private_key=world.clients["kommune"].private_key_pem), "MP-124", "signature"),
    }[fault]
    refused = refusal(program, changed)
    assert refused.code == code, refused.body
    assert refused.body["error_uri"].endswith("/errors/" + code)
    # What the program's user sees tells what is wrong, too.
    assert word in refused.told


@pytest.mark.cell("refusal", program="ruby-signet")
def test_a_client_without_kid_is_told_to_set_it(world):
    need("ruby")
    refused = refusal("ruby-signet", credentials(world))
    assert (refused.code, refused.body["reason"]) == ("MP-011", "kid_missing")
    assert "send `kid` for a registered key" in refused.body["error_description"]
    assert refused.body["error_description"] in refused.told


class Rotating(World):
    """A world whose keys change."""

    def sign_with_a_new_key(self) -> str:
        """Replaces the signing key under the running server, and waits until it signs with the new one."""
        keys = self.json("keys", "rotate", "--now", "--yes")["items"]
        new = next(key["kid"] for key in keys if key["state"] == "active" and key["alg"] == "RS256")
        deadline = time.monotonic() + 10
        own = credentials(self)
        while key_id(PROGRAMS["Authlib AssertionSession"](own)) != new:
            assert time.monotonic() < deadline, "the running server does not sign with the new key"
            time.sleep(0.1)
        return new


@pytest.fixture(scope="module")
def rotating():
    with scratch() as folder:
        world = Rotating(pathlib.Path(folder) / "data").make().start()
        try:
            yield world
        finally:
            assert world.stop() == 0, world.tail()


@pytest.mark.cell("rotation")
@every("rotation")
def test_a_program_lives_through_new_keys_on_both_sides(rotating, program):
    private, public = new_key()
    file = rotating.folder.parent / "public.pem"
    file.write_text(public, encoding="ascii")
    owner = rotating.clients["fjordfisk"].organisation
    made = rotating.json(
        "client", "create", "--org", owner, "--name", program, "--scope", SCOPE, "--jwk", str(file), "--kid", "first"
    )
    own = Credentials(rotating.issuer, made["client_id"], "first", private, SCOPE)

    # The server's.
    before = ask(program, own)
    new = rotating.sign_with_a_new_key()
    assert key_id(before) != new
    assert key_id(ask(program, own)) == new

    # Its own.
    private, public = new_key()
    file.write_text(public, encoding="ascii")
    rotating.on_data("client", "keys", "add", own.client_id, "--jwk", str(file), "--kid", "second")
    renewed = own.but(key_id="second", private_key=private)
    ask(program, own)
    ask(program, renewed)
    rotating.on_data("client", "keys", "remove", own.client_id, "first", "--yes")
    ask(program, renewed)
    assert refusal(program, own).code == "PV-010"
