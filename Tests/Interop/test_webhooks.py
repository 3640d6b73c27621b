"""Webhooks over real HTTPS, checked by the library that the Standard Webhooks project gives receivers."""

import base64
import datetime
import hashlib
import hmac
import json
import pathlib
import socket
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

import world as demo
from receiver import Receiver


@pytest.fixture(scope="module")
def scene():
    """A server that may call loopback and trusts the receiver's authority, and the receiver."""
    with demo.scratch() as folder:
        receiver = Receiver(pathlib.Path(folder))
        world = demo.World(pathlib.Path(folder) / "data").make()
        # The demo world may call loopback already.
        world.configure(webhook_trust=str(receiver.authority)).start()
        try:
            yield world, receiver
        finally:
            assert world.stop() == 0, world.tail()
            receiver.stop()


def add(world, name, url):
    return world.json("webhook", "add", name, "--url", url)["key"]


def day(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%d")


def granted(world, name, days=3):
    """A scope of its own and access to it that ends soon; what the list calls it."""
    scope = world.clients[next(iter(world.clients))].scopes[0]
    prefix = scope.split(":")[0]
    consumer = world.client_by("registered_key").organisation
    world.on_data("scope", "create", f"{prefix}:{name}", "--description", name)
    world.on_data("access", "grant", f"{prefix}:{name}", consumer, "--until", day(days))
    return f"access:{prefix}:{name}/{consumer}"


def events(receiver, path, status=200):
    return [(fields, json.loads(body)) for fields, body in receiver.at(path, status)]


def wait_for_event(receiver, path, item, kind, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for fields, event in events(receiver, path):
            if event["type"] == kind and event["data"].get("id") == item:
                return fields, event
        time.sleep(0.1)
    raise AssertionError(f"no {kind} of {item}: {[e for _, e in events(receiver, path)]}")


def test_a_notice_is_signed_as_receivers_expect(scene):
    world, receiver = scene
    key = add(world, "signed", receiver.url("/ok-signed"))
    item = granted(world, "signed")
    fields, event = wait_for_event(receiver, "/ok-signed", item, "attention.appeared")
    assert event["data"]["severity"] == "urgent"
    assert event["data"]["command"].startswith("portvakt access grant ")
    body = next(body for f, body in receiver.at("/ok-signed") if f["webhook-id"] == fields["webhook-id"])
    assert Webhook(key).verify(body, fields) == event
    # The same by hand.
    secret = base64.b64decode(key.removeprefix("whsec_"))
    content = f"{fields['webhook-id']}.{fields['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(secret, content, hashlib.sha256).digest()).decode()
    assert fields["webhook-signature"] == f"v1,{digest}"
    with pytest.raises(WebhookVerificationError):
        Webhook(key).verify(body.replace(b"urgent", b"notice"), fields)
    with pytest.raises(WebhookVerificationError):
        Webhook(key).verify(body, {**fields, "webhook-timestamp": str(int(fields["webhook-timestamp"]) - 3_600)})
    # What was mended is told as well.
    scope = item.split(":", 1)[1].split("/")[0]
    world.on_data("access", "revoke", scope, item.split("/")[-1], "--yes")
    wait_for_event(receiver, "/ok-signed", item, "attention.resolved")
    world.on_data("webhook", "remove", "signed", "--yes")


def test_a_notice_that_was_refused_comes_again_under_its_id(scene):
    world, receiver = scene
    add(world, "again", receiver.url("/refuse-1/again"))
    item = granted(world, "again")
    fields, event = wait_for_event(receiver, "/refuse-1/again", item, "attention.appeared")
    first, _ = receiver.at("/refuse-1/again", 503)[0]
    taken = {f["webhook-id"] for f, _ in receiver.at("/refuse-1/again", 200)}
    assert first["webhook-id"] in taken
    # Each attempt has its own time, so that receivers may refuse old ones.
    again = next(f for f, _ in receiver.at("/refuse-1/again", 200) if f["webhook-id"] == first["webhook-id"])
    assert int(again["webhook-timestamp"]) > int(first["webhook-timestamp"])
    world.on_data("webhook", "remove", "again", "--yes")


def test_a_crash_loses_nothing_and_doubles_nothing(scene):
    world, receiver = scene
    path = "/refuse-2/crash"
    add(world, "crash", receiver.url(path))
    items = {granted(world, f"crash-{index}") for index in range(5)}
    receiver.wait_for(path, 1, status=503)
    world.kill()
    world.start()
    for item in items:
        wait_for_event(receiver, path, item, "attention.appeared")
    # A notice may come more often than once, but always under one identifier and with one body.
    bodies = {}
    for fields, body in receiver.at(path):
        assert bodies.setdefault(fields["webhook-id"], body) == body
    told = [json.loads(body)["data"]["id"] for body in bodies.values() if json.loads(body)["type"].endswith("appeared")]
    assert sorted(i for i in told if i in items) == sorted(items)
    world.on_data("webhook", "remove", "crash", "--yes")


def test_both_keys_sign_after_a_rotation(scene):
    world, receiver = scene
    old = add(world, "rotated", receiver.url("/ok-rotated"))
    rotated = world.json("webhook", "rotate-key", "rotated")
    assert rotated["key"] != old
    assert rotated["former_key_until"]
    world.json("webhook", "test", "rotated")
    fields, body = receiver.wait_for("/ok-rotated", 1)[-1]
    assert len(fields["webhook-signature"].split(" ")) == 2
    for key in (old, rotated["key"]):
        assert Webhook(key).verify(body, fields)["type"] == "attention.test"
    listed = world.json("webhook", "list")["items"]
    assert all(key not in json.dumps(listed) for key in (old, rotated["key"]))
    world.on_data("webhook", "remove", "rotated", "--yes")


def fault(world, name, url):
    world.on_data("webhook", "add", name, "--url", url)
    done = world.on_data("webhook", "test", name, "--json", check=False)
    world.on_data("webhook", "remove", name, "--yes")
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)


def test_what_receivers_do_wrong_is_no_delivery(scene):
    world, receiver = scene
    assert fault(world, "f500", receiver.url("/500"))["status"] == 500
    assert fault(world, "redirect", receiver.url("/redirect"))["status"] == 302
    assert not receiver.at("/elsewhere")
    large = fault(world, "large", receiver.url("/large"))
    assert large["status"] is None and "too large" in large["fault"]
    started = time.monotonic()
    slow = fault(world, "slow", receiver.url("/slow"))
    assert "no answer in time" in slow["fault"]
    assert time.monotonic() - started < 25
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = fault(world, "dead", f"https://127.0.0.1:{closed.getsockname()[1]}/")
    assert dead["status"] is None and dead["fault"]


def test_an_authority_that_is_not_trusted_is_not_told(scene, tmp_path):
    world, _ = scene
    stranger = Receiver(tmp_path)
    try:
        assert fault(world, "stranger", stranger.url("/ok"))["status"] is None
        assert not stranger.at("/ok")
    finally:
        stranger.stop()


def test_only_https_is_taken_and_private_addresses_are_refused(scene, tmp_path):
    world, receiver = scene
    for url in (f"http://127.0.0.1:{receiver.port}/", "https://user@host/", "file:///etc/passwd"):
        done = world.on_data("webhook", "add", "wrong", "--url", url, check=False)
        assert done.returncode == 1 and "webhook_invalid" in done.stderr
    # Another configuration of the same folder, which does not allow them.
    strict = tmp_path / "strict.yaml"
    text = (world.folder / "portvakt.yaml").read_text(encoding="utf-8")
    strict.write_text(text.replace("outbound_private_addresses: true", "outbound_private_addresses: false"), encoding="utf-8")
    before = len(receiver.received)
    for name, host in (("address", "127.0.0.1"), ("name", "localhost")):
        world.on_data("webhook", "add", name, "--url", receiver.url("/ok-private", host))
        done = world.on_data("webhook", "test", name, "--json", "--config", str(strict), check=False)
        assert "is not public" in json.loads(done.stdout)["fault"]
        world.on_data("webhook", "remove", name, "--yes")
    assert len(receiver.received) == before


def test_acts_on_webhooks_are_in_the_ledger_without_key_and_path(scene):
    world, receiver = scene
    key = add(world, "noted", receiver.url("/ok-secret-path"))
    world.on_data("webhook", "remove", "noted", "--yes")
    entries = [e for kind in ("webhook_added", "webhook_removed") for e in world.ledger(kind)]
    assert any(e["details"]["webhook"] == "noted" for e in entries)
    text = json.dumps(entries)
    assert key not in text, text
    assert "secret-path" not in text, text
