"""The incident drill: something is in other hands, and one command stops it and tells everybody what it touched."""

import base64
import json
import pathlib
import re
import time
import uuid
from urllib.parse import urlencode

import pytest

from receiver import Receiver
from test_issued_tokens import LISTED, OWNED, OWNER, SCOPE_FILE, eventually, registered, verified
from world import FORM, Grant, World, payload, scratch

CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def scene():
    with scratch() as name:
        folder = pathlib.Path(name)
        receiver = Receiver(folder)
        world = World(folder / "data").make().configure(status_list_ttl="1s", webhook_trust=str(receiver.authority))
        file = folder / "listed.yaml"
        file.write_text(SCOPE_FILE, encoding="utf-8")
        world.on_data("scope", "apply", str(file), "--yes")
        world.on_data("webhook", "add", "ops", "--url", receiver.url("/ok-incidents"))
        world.start()
        try:
            yield world, receiver
        finally:
            assert world.stop() == 0, world.tail()
            receiver.stop()


def token(world, client, *scopes, x5c=False):
    return world.token(Grant.of(client, world.issuer, " ".join(scopes) or None, x5c=x5c).signed())


def text(answer):
    assert answer.status == 200, answer.body
    return answer.body["access_token"]


def is_active(world, token):
    """What `/introspect` says to the owner of the scopes."""
    caller = world.clients[OWNER]
    grant = Grant.of(caller, world.issuer)
    grant.claims.pop("scope")
    grant.claims["sub"] = caller.id
    form = {"token": token, "client_assertion_type": CLIENT_ASSERTION, "client_assertion": grant.signed()}
    answer = world.request("POST", "introspect", urlencode(form).encode(), FORM)
    assert answer.status == 200, answer.body
    return answer.body["active"]


def moment():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1))


def incident(world, name, *arguments):
    """Declares it: what the command said, the folder of the reports, and how long it took."""
    folder = world.folder.parent / f"reports-{name}-{uuid.uuid4().hex[:6]}"
    return world.json("incident", *arguments, "--out", str(folder), "--yes"), folder


def reports(folder):
    found = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in folder.glob("*.json")}
    for file in folder.iterdir():
        assert oct(file.stat().st_mode & 0o777) == "0o600"
        # No national identity number, and no token.
        content = file.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\d.])\d{11}(?![\d.])", content), file
        assert "eyJ" not in content, file
    assert {file.stem for file in folder.glob("*.md")} == set(found)
    return found


def identifiers(report):
    return {item["jti"] for item in report["tokens"]}


def test_a_stolen_key_of_a_client_is_stopped_at_once_and_everything_it_touched_is_told(scene):
    world, receiver = scene
    consumer = world.clients["fjordfisk"].organisation
    owner = world.clients[OWNER].organisation
    world.on_data("access", "grant", LISTED, consumer)
    client = registered(world, consumer, OWNED, LISTED)
    innocent = registered(world, consumer, OWNED)
    # Keys of these clients have one name; the stolen one gets its own.
    world.on_data("client", "keys", "add", client.id, "--jwk", str(client.folder / "public.pem"), "--kid", "stolen")
    world.on_data("client", "keys", "remove", client.id, client.key_id, "--yes")
    client.key_id = "stolen"
    early = payload(text(token(world, client, OWNED)))["jti"]
    time.sleep(2.1)
    since = moment()
    stolen = [text(token(world, client, OWNED)) for _ in range(4)] + [text(token(world, client, OWNED, LISTED))]
    other = text(token(world, innocent, OWNED))
    assert all(is_active(world, one) for one in stolen)

    # First only a look.
    shown = world.json("incident", "--key", "stolen", "--since", since, "--dry-run")
    assert shown["tokens_count"] == 5
    assert {item["party"] for item in shown["items"]} == {"operator", consumer, owner}
    stolen.append(text(token(world, client, OWNED)))
    assert world.json("incident", "list")["items"] == []

    done, folder = incident(world, "key", "--key", "stolen", "--since", since)
    # The very next request.
    refused = token(world, client, OWNED)
    assert refused.status in (400, 401), refused.body
    assert not any(is_active(world, one) for one in stolen)
    assert is_active(world, other)
    # Ended too, though it is not reported: it was issued before, and lives.
    assert {measure["measure"] for measure in done["measures"]} == {"client_key_removed", "tokens_revoked"}
    eventually(lambda: '"token_revoked"' in verified(world, stolen[4], "--status").stderr)

    entries = [entry for entry in world.ledger("token_issued") if entry.get("client") == client.id]
    by_key = {entry["jti"] for entry in entries} - {early}
    assert by_key == {payload(one)["jti"] for one in stolen}
    found = reports(folder)
    assert set(found) == {"operator", consumer, owner}
    for report in found.values():
        assert identifiers(report) == by_key
        assert report["incident"] == done["incident"]
        assert report["tokens_count"] == 6
        assert report["stopped"] == done["declared"]
        assert len(report["measures"]) == 2
        assert [scope["scope"] for scope in report["scopes"]] == sorted([LISTED, OWNED])
        assert report["nature"] and report["consequences"] and report["to_do"]
    # Written again, nothing is stopped twice.
    again = folder.parent / f"{folder.name}-again"
    world.json("incident", "--key", "stolen", "--since", since, "--out", str(again), "--dry-run")
    assert identifiers(reports(again)["operator"]) == by_key
    [entry] = world.ledger("incident_declared")
    assert entry["details"]["subject"] == "stolen"
    assert entry["details"]["incident"] == done["incident"]
    page = (folder / f"{owner}.md").read_text(encoding="utf-8")
    for heading in ("33 paragraph 3 a", "33.3 b", "33.3 c", "33.3 d"):
        assert heading in page

    def is_told():
        events = [json.loads(body) for _, body in receiver.at("/ok-incidents", 200)]
        return any(event["data"].get("id") == f"incident:{done['incident']}" for event in events)

    eventually(is_told)


def test_a_stolen_signing_key_is_withdrawn_and_another_one_signs_within_a_second(scene):
    world, _ = scene
    client = registered(world, world.clients["fjordfisk"].organisation, OWNED)
    before = text(token(world, client, OWNED))
    [old] = [item["kid"] for item in world.json("keys", "list")["items"]
             if item["state"] == "active" and item["alg"] == "RS256"]
    done, folder = incident(world, "signing", "--key", old, "--since", "1h")
    began = time.monotonic()
    measures = {measure["measure"]: measure["subject"] for measure in done["measures"]}
    assert measures["signing_key_withdrawn"] == old
    new = measures["signing_key_activated"]

    def published():
        return {key["kid"] for key in world.request("GET", "jwk").body["keys"]}

    while old in published() or new not in published():
        assert time.monotonic() - began < 30
        time.sleep(0.02)
    print(f"withdrawn after {time.monotonic() - began:.2f} s")
    fresh = text(token(world, client, OWNED))
    header = json.loads(base64.urlsafe_b64decode(fresh.split(".")[0] + "=="))
    assert header["kid"] == new
    assert is_active(world, fresh)
    assert not is_active(world, before)
    ledger = {entry["jti"] for entry in world.ledger("token_issued") if entry["details"]["alg"] == "RS256"}
    listed = identifiers(reports(folder)["operator"])
    # The second of the withdrawal belongs to both keys.
    assert listed | {payload(fresh)["jti"]} == ledger
    assert any(f"`{old}`" in step for step in reports(folder)[world.clients[OWNER].organisation]["to_do"])


def test_a_stolen_certificate_proves_nobody_until_it_is_unblocked(scene):
    world, _ = scene
    client = world.client_by("certificate")
    given = text(token(world, client, x5c=True))
    chain = str(client.folder / "chain.pem")
    done, folder = incident(world, "certificate", "--certificate", chain, "--since", "1h")
    refused = token(world, client, x5c=True)
    assert (refused.code, refused.body["reason"]) == ("MP-120", "certificate_blocked")
    assert payload(given)["jti"] in identifiers(reports(folder)["operator"])
    assert "certificate_blocked" in {measure["measure"] for measure in done["measures"]}
    assert world.json("incident", "unblock", chain)["result"] == "unblocked"
    time.sleep(1.1)
    text(token(world, client, x5c=True))
    assert len(world.ledger("certificate_unblocked")) == 1


def test_every_client_of_an_organisation_is_stopped(scene):
    world, _ = scene
    organisation = world.clients["fjordfisk"].organisation
    clients = [registered(world, organisation, OWNED) for _ in range(2)]
    given = [text(token(world, client, OWNED)) for client in clients]
    done, folder = incident(world, "organisation", "--org", organisation, "--since", "1h", "--reason", "drill")
    for client, one in zip(clients, given):
        assert token(world, client, OWNED).status in (400, 401)
        assert not is_active(world, one)
    disabled = {measure["subject"] for measure in done["measures"] if measure["measure"] == "client_disabled"}
    assert {client.id for client in clients} <= disabled
    expected = {entry["jti"] for entry in world.ledger("token_issued")
                if organisation in (entry.get("consumer"), entry.get("supplier"))
                or entry.get("client") in disabled}
    assert identifiers(reports(folder)["operator"]) == expected


@pytest.mark.parametrize("arguments", [
    ["--key", "nobody", "--since", "1h"],
    ["--client", "00000000-0000-4000-8000-000000000000", "--since", "1h"],
    ["--since", "1h"],
    ["--key", "a", "--org", "311000861", "--since", "1h"],
])
def test_what_is_not_there_is_not_stopped(scene, arguments):
    world, _ = scene
    before = len(world.ledger("incident_declared"))
    done = world.on_data("incident", *arguments, "--yes", check=False)
    assert done.returncode in (1, 64), done.stderr
    assert len(world.ledger("incident_declared")) == before
