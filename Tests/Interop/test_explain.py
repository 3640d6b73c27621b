"""What `explain` says of a client, and what the token endpoint then does, over real sockets."""

import pathlib
import time

import pytest

from administration import Administrator, new_client
from world import Grant, World, scratch

SCOPE = "hav:data.read"


@pytest.fixture(scope="module")
def world():
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "var").make().start()
        try:
            yield world
        finally:
            assert world.stop() == 0, world.tail()


@pytest.fixture(scope="module")
def parties(world):
    organisations = sorted({client.organisation for client in world.clients.values()})
    provider, consumer = organisations[0], organisations[1]
    world.on_data("prefix", "assign", "hav", provider)
    world.on_data("scope", "create", SCOPE, "--description", "Sea", "--visibility", "private")
    world.on_data("access", "grant", SCOPE, consumer)
    return {
        "client": new_client(world, consumer, "reader", SCOPE),
        "consumer": Administrator(world, consumer, "idporten:dcr.read"),
        "provider": Administrator(world, provider, "idporten:scopes.write"),
        "stranger": Administrator(world, organisations[2], "idporten:dcr.read", "idporten:scopes.write"),
    }


def explain(administrator, client, **more):
    return administrator.call("POST", "/api/v1/explain", {"client_id": client.id, "scope": SCOPE, **more})


def results(answer):
    assert answer.status == 200, answer.body
    return {row["condition"]: row for row in answer.body["conditions"]}


def agree(world, parties, expected: int):
    """Whatever explain says, a token request made right after it says too; facts reach a server within a second."""
    client = parties["client"]
    deadline = time.monotonic() + 30
    while True:
        said = explain(parties["consumer"], client).body
        done = world.token(Grant.of(client, world.issuer, SCOPE).signed())
        if done.status == expected:
            break
        assert time.monotonic() < deadline, done.body
        time.sleep(0.1)
    assert (said["answer"] == "yes") == (done.status == 200)
    if done.status != 200:
        assert said["refusal"]["status"] == done.status
        for member in ["error", "code", "reason"]:
            assert said["refusal"][member] == done.body[member]
        assert said["refusal"]["description"] in done.body["error_description"]
    return said


def test_explain_and_token_agree_through_a_life(world, parties):
    client, consumer = parties["client"], parties["consumer"].organisation
    assert agree(world, parties, 200)["expires_in"] == 120
    world.on_data("access", "revoke", SCOPE, consumer, "--yes")
    said = agree(world, parties, 403)
    row = next(row for row in said["conditions"] if row["condition"] == "consumer_access")
    assert row["reason"] == "access_denied"
    assert row["mended_by"] == [{"who": "scope_owner", "orgno": parties["provider"].organisation}]
    world.on_data("client", "disable", client.id, "--yes")
    said = explain(parties["consumer"], client).body
    no = [row["condition"] for row in said["conditions"] if row["result"] == "no"]
    assert no == ["client_active", "consumer_access"], "all that fails, not the first alone"
    world.on_data("client", "enable", client.id)
    world.on_data("access", "grant", SCOPE, consumer)
    agree(world, parties, 200)


def test_the_command_says_the_same(world, parties):
    client = parties["client"]
    done = world.on_data("explain", client.id, "--scope", SCOPE)
    assert done.returncode == 0 and "\tyes\t" in done.stdout
    done = world.on_data("explain", client.id, "--scope", SCOPE, "--scope", "demo:none", check=False)
    assert done.returncode == 3, done.stderr
    assert "MP-200" in done.stderr
    assert world.ledger("explanation_given")


def test_a_scopes_owner_learns_of_its_own_part_alone(world, parties):
    answer = explain(parties["provider"], parties["client"])
    rows = results(answer)
    assert answer.body["answer"] == "not_shown" and answer.body["viewer"] == "scope_owner"
    assert rows["consumer_access"]["result"] == "yes"
    hidden = {"client_known", "client_credential", "client_active", "consumer_live", "scope_on_client"}
    assert {name for name in hidden if rows[name]["result"] != "not_shown"} == set()
    assert parties["consumer"].organisation not in str(answer.body)


def test_a_stranger_learns_nothing(parties):
    known = explain(parties["stranger"], parties["client"])
    parties["client"].id, kept = "8e1f0a3a-28d8-4ac2-8a10-00000000ffff", parties["client"].id
    try:
        unknown = explain(parties["stranger"], parties["client"])
    finally:
        parties["client"].id = kept
    assert known.status == unknown.status == 404
    assert known.body["reason"] == unknown.body["reason"]


def test_who_asks_too_often_is_told_when_to_come_back(parties):
    token = parties["stranger"].token()
    body = {"client_id": parties["client"].id, "scope": SCOPE}
    for _ in range(200):
        answer = parties["stranger"].call("POST", "/api/v1/explain", body, token=token)
        if answer.status == 429:
            break
    assert answer.status == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
