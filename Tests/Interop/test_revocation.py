"""Revocation in a live server: a responder that is well, ill, hostile or gone, at the address that certificates name."""

import base64
import datetime
import json
import pathlib
import time

import pytest
from cryptography import x509

from responder import Fresh, OpenSSL, Responder
from world import Grant, World, scratch


def token(world: World, fresh: Fresh):
    grant = Grant.of(fresh.client, world.issuer, x5c=True, key=fresh.key)
    grant.header["x5c"] = [base64.b64encode(certificate).decode() for certificate in fresh.chain]
    return world.token(grant.signed())


def eventually(condition, seconds: float = 30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about")


def is_revoked(answer) -> bool:
    return answer.code == "MP-120" and answer.body["reason"] == "certificate_revoked"


@pytest.fixture(scope="module")
def stage():
    """A server that renews what it knows each second, and the responder beside it."""
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "data").make()
        world.configure(revocation_refresh="1s", revocation_grace="1h")
        responder = Responder(world)
        world.start()
        try:
            yield world, responder
        finally:
            assert world.stop() == 0, world.tail()
            responder.stop()


@pytest.fixture
def fresh(stage):
    world, responder = stage
    responder.mode, responder.lists, responder.lifetime = "good", True, datetime.timedelta(hours=1)
    yield Fresh(responder, world.client_by("certificate"))


@pytest.fixture
def unlisted(stage, fresh):
    """One of the other issuer, whose list no test has the server read: a list at hand would answer for it."""
    world, responder = stage
    other = Fresh(responder, world.client_by("certificate", 1))
    assert other.issuer.name != fresh.issuer.name
    return other


def test_the_demo_world_answers_about_its_own_certificates():
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "data").make().configure(revocation_refresh="1s").start()
        try:
            client = world.client_by("certificate")
            granted = world.token(Grant.of(client, world.issuer, x5c=True).signed())
            assert granted.status == 200, granted.body
            chain = client.folder / "chain.pem"
            done = json.loads(world.on_data("demo", "revoke", str(chain), "--json").stdout)
            assert done["new"] is True
            eventually(lambda: is_revoked(world.token(Grant.of(client, world.issuer, x5c=True).signed())))
        finally:
            assert world.stop() == 0, world.tail()


def test_openssl_says_good_and_then_revoked(stage, fresh, tmp_path):
    world, responder = stage
    openssl = OpenSSL(world, fresh.issuer, tmp_path)
    try:
        openssl.enter(fresh)
        responder.relay, responder.mode, responder.lists = openssl.port, "openssl", False
        eventually(lambda: token(world, fresh).status == 200)
        openssl.enter(fresh, revoked=True)
        refused = eventually(lambda: (answer := token(world, fresh)).status != 200 and answer)
        assert is_revoked(refused), refused.body
        # Once it is known, no request gets through any more.
        assert all(is_revoked(token(world, fresh)) for _ in range(20))
        evidence = [row for row in world.ledger("token_issued") if row.get("credential", {}).get("revocation")]
        assert evidence and evidence[0]["credential"]["revocation"] == "require"
    finally:
        openssl.stop()


FAULTS = {
    "unknown": "does not know the certificate",
    "stale": "due for renewal",
    "wrong_signer": "signature",
    "wrong_certificate": "another certificate",
    "wrong_nonce": "another request",
    "garbage": "malformed",
    "oversized": "too large",
    "redirect": "status 302",
    "slow": "no responder or list has answered yet",
    "dead": "no responder or list answers",
}


@pytest.mark.parametrize("mode", FAULTS)
def test_what_cannot_be_told_is_refused(stage, fresh, mode):
    world, responder = stage
    responder.mode, responder.lists = mode, False
    refused = token(world, fresh)
    assert refused.code == "MP-120", refused.body
    assert refused.body["reason"] == "certificate_revocation_unknown"
    assert FAULTS[mode] in refused.body["error_description"], refused.body


@pytest.mark.parametrize("mode", ["stale", "wrong_signer", "garbage", "oversized", "redirect"])
def test_the_list_answers_where_the_responder_cannot(stage, fresh, mode):
    world, responder = stage
    responder.mode = mode
    # An address that gave nothing to the test before this one is left in peace for some seconds.
    eventually(lambda: token(world, fresh).status == 200)


def test_the_list_revokes_where_the_responder_is_silent(stage, fresh):
    world, responder = stage
    responder.mode = "garbage"
    eventually(lambda: token(world, fresh).status == 200)
    responder.revoked.add(fresh.serial)
    eventually(lambda: is_revoked(token(world, fresh)))


HOLD, REMOVE = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.remove_from_crl
# What the base list and the delta list of number 5 to 9 say of the certificate, and what becomes of its grant.
DELTAS = {
    "names nobody": ({}, {"number": 9, "base": 5}, "granted"),
    "revokes": ({}, {"number": 9, "base": 5, "named": True}, "revoked"),
    "takes back": ({"reason": HOLD}, {"number": 9, "base": 5, "named": True, "reason": REMOVE}, "granted"),
    "says nothing of what the base revokes": ({"reason": HOLD}, {"number": 9, "base": 5}, "revoked"),
    # RFC 5280 §5.2.4: older than the base, which knows better.
    "is older than the base": ({}, {"number": 3, "base": 2, "named": True}, "granted"),
    # Made for a later base than the one at hand: the two cannot be put together.
    "belongs to a later base": ({}, {"number": 12, "base": 11, "named": True}, "granted"),
    "is signed by another key": ({}, {"number": 9, "base": 5, "foreign": True}, "unknown"),
    "is missing": ({}, None, "granted"),
}


@pytest.fixture
def delta_stage():
    """A server of its own for each case: a list that was read is not read again below its number."""
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "data").make().configure(revocation_refresh="1s")
        responder = Responder(world)
        world.start()
        try:
            yield world, responder
        finally:
            assert world.stop() == 0, world.tail()
            responder.stop()


@pytest.mark.parametrize("case", DELTAS)
def test_a_delta_list_counts_with_its_base(delta_stage, case):
    world, responder = delta_stage
    base, delta, expected = DELTAS[case]
    fresh = Fresh(responder, world.client_by("certificate"))
    issuer, serial = fresh.issuer, {fresh.serial}
    # The responder is of no use, so that the lists decide.
    responder.mode = "garbage"
    responder.files[issuer.name] = issuer.list(
        serial if base else set(),
        number=7,
        freshest=f"http://127.0.0.1:{world.port + 2}/delta.crl",
        reason=base.get("reason"),
    )
    if delta:
        responder.files["delta"] = issuer.list(
            serial if delta.get("named") else set(),
            number=delta["number"],
            base=delta["base"],
            reason=delta.get("reason"),
            key=responder.impostor if delta.get("foreign") else None,
        )
    answer = token(world, fresh)
    if expected == "granted":
        assert answer.status == 200, answer.body
        return
    assert answer.code == "MP-120", answer.body
    reason = "certificate_revoked" if expected == "revoked" else "certificate_revocation_unknown"
    assert answer.body["reason"] == reason, answer.body


def test_what_a_new_delta_list_revokes_gets_no_more_tokens(delta_stage):
    world, responder = delta_stage
    fresh = Fresh(responder, world.client_by("certificate"))
    issuer = fresh.issuer
    responder.mode = "garbage"
    address = f"http://127.0.0.1:{world.port + 2}/delta.crl"
    responder.files[issuer.name] = issuer.list(set(), number=7, freshest=address)
    responder.files["delta"] = issuer.list(set(), number=8, base=7)
    assert token(world, fresh).status == 200
    responder.files["delta"] = issuer.list({fresh.serial}, number=9, base=7)
    eventually(lambda: is_revoked(token(world, fresh)))


def test_good_evidence_serves_under_grace_and_across_a_restart(stage, unlisted):
    world, responder = stage
    responder.lists = False
    responder.lifetime = datetime.timedelta(seconds=2)
    eventually(lambda: token(world, unlisted).status == 200)
    responder.mode = "dead"
    time.sleep(4)
    granted = token(world, unlisted)
    assert granted.status == 200, granted.body
    assert any(
        row.get("credential", {}).get("revocation") == "grace" for row in world.ledger("token_issued")
    )
    assert world.stop() == 0, world.tail()
    world.start()
    granted = token(world, unlisted)
    assert granted.status == 200, granted.body
    done = world.on_data("doctor", "--json", check=False)
    report = json.loads(done.stdout)
    found = [item for item in report["items"] if item["check"] == "revocation" and "under grace" in item["message"]]
    assert found, report
    assert any(item["subject"] == "mode" and "3600 s of grace" in item["message"] for item in report["items"])


def test_private_addresses_are_not_asked_unless_allowed(stage, unlisted, monkeypatch):
    world, responder = stage
    assert world.stop() == 0, world.tail()
    monkeypatch.setenv("PORTVAKT_OUTBOUND_PRIVATE_ADDRESSES", "false")
    world.start()
    try:
        asked = responder.asked
        refused = token(world, unlisted)
        assert refused.code == "MP-120", (refused.status, refused.body)
        assert refused.body["reason"] == "certificate_revocation_unknown", refused.body
        assert "is not public" in refused.body["error_description"], refused.body
        assert responder.asked == asked
    finally:
        assert world.stop() == 0, world.tail()
        monkeypatch.delenv("PORTVAKT_OUTBOUND_PRIVATE_ADDRESSES")
        world.start()
