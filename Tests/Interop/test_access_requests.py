"""From a request for access to the token and to its end, each party with its own tokens, over real sockets."""

import pathlib
import time

import pytest

from administration import Administrator, new_client
from world import Grant, World, payload, scratch

SCOPE = "sjo:fangst.read"
OWN = f"/api/v1/scopes/access/request?scope={SCOPE}"
RECEIVED = "/api/v1/scopes/access/requests"


class Parties:
    """A provider with a scope, and a consumer that has nothing yet."""

    def __init__(self, world: World):
        self.world = world
        organisations = sorted({client.organisation for client in world.clients.values()})
        self.provider, self.consumer = organisations[0], organisations[1]
        world.on_data("prefix", "assign", "sjo", self.provider)
        world.on_data("scope", "create", SCOPE, "--description", "Catches")
        self.owner = Administrator(world, self.provider, "idporten:scopes.write")
        self.asker = Administrator(world, self.consumer, "idporten:dcr.write", "idporten:dcr.read")
        # A registration allows only what was granted, so it is granted for a moment.
        world.on_data("access", "grant", SCOPE, self.consumer)
        self.client = new_client(world, self.consumer, "reader", SCOPE)
        world.on_data("access", "revoke", SCOPE, self.consumer, "--yes")

    def token(self):
        return self.world.token(Grant.of(self.client, self.world.issuer, SCOPE).signed())

    def ask(self, **changes):
        return self.asker.call("PUT", OWN, {"purpose": "Statistics", **changes})

    def answer(self, word: str, body: dict):
        return self.owner.call("PUT", f"{RECEIVED}/{self.consumer}/{word}?scope={SCOPE}", body)


@pytest.fixture(scope="module")
def parties():
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "var").make().start()
        try:
            yield Parties(world)
        finally:
            assert world.stop() == 0, world.tail()


def wait_for(condition, what: str):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def test_asked_denied_asked_again_approved(parties):
    refused = parties.token()
    assert (refused.status, refused.code) == (403, "MP-250")
    asked = parties.ask(legal_basis="GDPR 6 (1) e")
    assert asked.status == 200 and asked.body["state"] == "REQUESTED", asked.body
    wait_for(lambda: parties.token().body.get("details", {}).get("scopes", [{}])[0].get("reason") == "access_requested",
             "a request that waits is told at the token endpoint")
    waiting = parties.owner.call("GET", RECEIVED + "?state=REQUESTED")
    assert [(item["consumer_orgno"], item["purpose"]) for item in waiting.body] == [(parties.consumer, "Statistics")]
    denied = parties.answer("denial", {"reason": "Say more"})
    assert denied.status == 200 and denied.body["answer"] == "Say more", denied.body
    assert parties.asker.call("GET", OWN).body[0]["state"] == "DENIED"
    assert parties.ask(reason="Research programme").status == 200
    approved = parties.answer("approval", {})
    assert approved.status == 200 and approved.body["state"] == "APPROVED", approved.body
    wait_for(lambda: parties.token().status == 200, "an approved request gives a token")
    kinds = [entry["event"] for entry in parties.world.json("audit", "search", "--org", parties.consumer)["items"]]
    for kind in ["access_requested", "access_request_denied", "access_granted"]:
        assert kind in kinds


def test_days_hold_to_the_second(parties):
    """A token's `iat` tells the second of the decision: none lies before the first or after the last."""
    parties.world.on_data("access", "revoke", SCOPE, parties.consumer, "--yes")
    start = int(time.time()) + 4
    end = start + 4

    def stamp(second):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))

    assert parties.ask(valid_from=stamp(start), until=stamp(end)).status == 200
    assert parties.answer("approval", {}).status == 200
    seen = set()
    deadline = time.monotonic() + 30
    while "access_ended" not in seen and time.monotonic() < deadline:
        asked = int(time.time())
        answer = parties.token()
        answered = time.time()
        if answer.status == 200:
            issued = payload(answer.body["access_token"])["iat"]
            assert start <= issued < end
            seen.add("token")
            continue
        reason = answer.body["details"]["scopes"][0]["reason"]
        seen.add(reason)
        if reason == "access_not_yet":
            assert asked < start, "in the first second it counts"
        elif reason == "access_ended":
            assert answered >= end, "until the last second it counts"
        time.sleep(0.02)
    assert "access_ended" in seen


def test_new_terms_stop_tokens_until_they_are_accepted(parties):
    parties.world.on_data("access", "grant", SCOPE, parties.consumer)
    parties.world.on_data("access", "revoke", SCOPE, parties.consumer, "--yes")
    parties.world.on_data("access", "grant", SCOPE, parties.consumer)
    wait_for(lambda: parties.token().status == 200, "access without terms")
    changed = parties.owner.call("GET", f"/api/v1/scopes/access/agreements?scope={SCOPE}")
    assert (changed.status, changed.body) == (200, [])
    folder = pathlib.Path(parties.world.folder).parent
    file = folder / "sjo.yaml"
    file.write_text(
        f"prefix: sjo\nowner_orgno: \"{parties.provider}\"\nscopes:\n  - subscope: fangst.read\n"
        "    description: Catches\n    required_terms_version: \"2\"\n",
        encoding="utf-8",
    )
    parties.world.on_data("scope", "apply", str(file), "--yes")
    wait_for(lambda: parties.token().status == 403, "terms that nobody accepted")
    assert parties.token().body["details"]["scopes"][0]["required_terms"] == "2"
    terms = f"/api/v1/scopes/access/terms?scope={SCOPE}"
    assert parties.asker.call("PUT", terms, {"version": "1"}).status == 400
    assert parties.asker.call("PUT", terms, {"version": "2"}).status == 200
    wait_for(lambda: parties.token().status == 200, "terms that were accepted")


def test_only_parties_see_and_answer(parties):
    stranger = Administrator(parties.world, sorted(
        {client.organisation for client in parties.world.clients.values()} - {parties.provider, parties.consumer}
    )[0], "idporten:scopes.write", "idporten:dcr.write", "idporten:dcr.read")
    assert stranger.call("GET", RECEIVED).body == []
    assert stranger.call("GET", OWN).body == []
    path = f"{RECEIVED}/{parties.consumer}/approval?scope={SCOPE}"
    assert stranger.call("PUT", path, {}).status == 404
    assert parties.asker.call("PUT", path, {}).status == 403
