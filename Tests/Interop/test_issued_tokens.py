"""Tokens that were issued: others' libraries ask about them and end them, and an offline provider learns of it."""

import http.client
import json
import pathlib
import time
import uuid
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from clients.queries import PROGRAMS, Caller, Refused
from matrix import ISSUED, names
from world import FORM, Client, Grant, World, payload, scratch

OWNED, LISTED, FOREIGN = "demo:fangst.read", "demo:fangst.listed", "nav:sykefravaer/v1.read"
OWNER = "fiskerietat"

# A scope of the same owner whose tokens stand in the status list.
SCOPE_FILE = f"""\
prefix: demo
owner_orgno: "311000861"
scopes:
  - subscope: {LISTED.removeprefix("demo:")}
    description: Read catch reports, ended tokens listed
    allowed_integration_types: [maskinporten]
    token_status_list: true
    access:
      - orgno: "311001213"
        reason: Test
"""


@pytest.fixture(scope="module")
def stage():
    """The demo world with a scope more, its status lists renewed each second."""
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "data").make().configure(status_list_ttl="1s")
        file = pathlib.Path(folder) / "listed.yaml"
        file.write_text(SCOPE_FILE, encoding="utf-8")
        world.on_data("scope", "apply", str(file), "--yes")
        world.start()
        try:
            yield world
        finally:
            assert world.stop() == 0, world.tail()


every = pytest.mark.parametrize("program", names(ISSUED))


def registered(world: World, organisation: str, *scopes: str) -> Client:
    """A new client with a key of its own, so that what is done to it concerns no other test."""
    folder = world.folder.parent / f"client-{time.monotonic_ns()}"
    folder.mkdir()
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / "public.pem").write_bytes(public)
    wanted = [word for scope in scopes for word in ("--scope", scope)]
    made = world.json(
        "client", "create", "--org", organisation, "--name", folder.name, *wanted,
        "--jwk", str(folder / "public.pem"), "--kid", "own",
    )
    return Client(folder.name, made["client_id"], organisation, list(scopes), folder, "own")


def token(world: World, client: Client, scope: str) -> str:
    answer = world.token(Grant.of(client, world.issuer, scope).signed())
    assert answer.status == 200, answer.body
    return answer.body["access_token"]


def calling(program: str, world: World, client: Client, key: str | None = None):
    """The library, as that client; the metadata tell where it asks."""
    metadata = world.request("GET", ".well-known/oauth-authorization-server").body
    algorithm = "ES256" if isinstance(client.private_key, ec.EllipticCurvePrivateKey) else "RS256"
    caller = Caller(
        world.issuer, client.id, client.key_id, key or client.private_key_pem, algorithm,
        metadata["introspection_endpoint"], metadata["revocation_endpoint"],
    )
    return PROGRAMS[program](caller)


def eventually(condition) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.2)


@pytest.mark.cell("success")
@every
def test_an_owner_is_told_of_its_own_scopes_alone(stage, program):
    client = stage.clients["lonn"]
    text = token(stage, client, f"{OWNED} {FOREIGN}")
    claims = payload(text)
    assert set(claims["scope"].split()) == {OWNED, FOREIGN}
    told = calling(program, stage, stage.clients[OWNER]).introspect(text)
    assert told["active"] is True
    assert told["scope"] == OWNED
    for name in ("iss", "client_id", "exp", "iat", "jti", "consumer"):
        assert told[name] == claims[name]


@pytest.mark.cell("success")
@every
def test_another_organisation_is_told_nothing(stage, program):
    text = token(stage, stage.clients["fjordfisk"], OWNED)
    assert calling(program, stage, stage.clients["kommune"]).introspect(text) == {"active": False}
    assert calling(program, stage, stage.clients[OWNER]).introspect("not-a-token") == {"active": False}
    # Not even its own client is an owner of the scope.
    assert calling(program, stage, stage.clients["fjordfisk"]).introspect(text) == {"active": False}


@pytest.mark.cell("success")
@every
def test_a_client_ends_its_token_and_no_other_client_does(stage, program):
    client = stage.clients["fjordfisk"]
    ended, other = token(stage, client, OWNED), token(stage, client, OWNED)
    owner = calling(program, stage, stage.clients[OWNER])
    calling(program, stage, stage.clients["kommune"]).revoke(ended)
    assert owner.introspect(ended)["active"] is True
    for _ in range(2):
        calling(program, stage, client).revoke(ended)
        # At once: the answer to the revocation came after its commit.
        assert owner.introspect(ended) == {"active": False}
    assert owner.introspect(other)["active"] is True
    entries = [entry for entry in stage.ledger("tokens_revoked") if entry["jti"] == payload(ended)["jti"]]
    assert len(entries) == 1


@pytest.mark.cell("refusal")
@every
@pytest.mark.parametrize("endpoint", ["introspect", "revoke"])
def test_a_caller_with_a_wrong_key_is_refused(stage, program, endpoint):
    client = stage.clients["fjordfisk"]
    text = token(stage, client, OWNED)
    wrong = calling(program, stage, client, key=stage.clients["kommune"].private_key_pem)
    with pytest.raises(Refused) as refused:
        getattr(wrong, endpoint)(text)
    assert (refused.value.status, refused.value.body["error"]) == (401, "invalid_client")
    assert refused.value.body["code"] == "MP-124"
    assert calling(program, stage, stage.clients[OWNER]).introspect(text)["active"] is True


@pytest.mark.cell("success")
@every
def test_a_token_ends_with_the_access_of_its_consumer(stage, program):
    organisation = stage.clients["kommune"].organisation
    # The test before it, by another library, may have taken it.
    stage.on_data("access", "grant", OWNED, organisation)
    text = token(stage, registered(stage, organisation, OWNED), OWNED)
    owner = calling(program, stage, stage.clients[OWNER])
    assert owner.introspect(text)["active"] is True
    stage.on_data("access", "revoke", OWNED, organisation, "--yes")
    eventually(lambda: owner.introspect(text) == {"active": False})


def verified(world: World, text: str, *options: str):
    return world.command(
        "token", "verify", "-", "--issuer", world.issuer, *options, "--json", text=text, check=False
    )


@pytest.mark.parametrize("end", ["by its client", "by the operator", "with its access"])
def test_an_offline_provider_learns_of_it_by_the_status_list(stage, end):
    organisation = stage.clients["fjordfisk"].organisation
    stage.on_data("access", "grant", LISTED, organisation)
    client = registered(stage, organisation, LISTED)
    text = token(stage, client, LISTED)
    assert payload(text)["status"]["status_list"]["uri"].startswith(stage.issuer + "statuslists/")
    assert verified(stage, text, "--status").returncode == 0
    match end:
        case "by its client": calling(names(ISSUED)[0], stage, client).revoke(text)
        case "by the operator": stage.on_data("token", "revoke", "--client", client.id, "--yes")
        case "with its access": stage.on_data("access", "revoke", LISTED, organisation, "--yes")

    def is_known() -> bool:
        done = verified(stage, text, "--status")
        assert done.returncode in (0, 3), done.stderr
        return done.returncode == 3 and '"token_revoked"' in done.stderr

    eventually(is_known)
    # Whoever does not read the list takes it until its `exp`.
    assert verified(stage, text).returncode == 0


def test_the_admin_listener_takes_no_token_that_was_ended(stage: World):
    """A stolen token must not go on administering after somebody has ended it, or disabled its client."""
    client = stage.clients["lonn-leverandor"]
    path = f"/authentication/api/v1/systemuser/request/vendor/{uuid.uuid4()}"

    def asked(held: str) -> tuple[int, str | None]:
        connection = http.client.HTTPConnection("127.0.0.1", stage.admin_port, timeout=30)
        connection.request("GET", path, headers={"Authorization": f"Bearer {held}"})
        answer = connection.getresponse()
        problem = json.loads(answer.read())
        connection.close()
        return answer.status, problem.get("reason")

    scope = "altinn:authentication/systemuser.request.read"
    held = token(stage, client, scope)
    assert asked(held)[0] == 404
    revoked = stage.request(
        "POST", "revoke", urlencode({"token": held}).encode(), {**FORM, "Authorization": f"Bearer {held}"}
    )
    assert revoked.status == 200
    assert asked(held) == (401, "access_token_ended")

    held = token(stage, client, scope)
    assert asked(held)[0] == 404
    stage.on_data("client", "disable", client.id, "--reason", "test", "--yes")
    try:
        assert asked(held) == (401, "access_token_ended")
    finally:
        stage.on_data("client", "enable", client.id, "--reason", "test", "--yes")
    assert asked(held)[0] == 404
