"""The list of what wants attention: the feed as a feed reader reads it, and the same in command line and API."""

import datetime
import http.client
import json
import pathlib
import time
import xml.etree.ElementTree as tree

import feedparser
import pytest
from jwt.algorithms import RSAAlgorithm

import world as demo
from world import Grant

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/api/portvakt/v1/feeds/attention"


@pytest.fixture(scope="module")
def scene():
    """A server, whose operator is the owner of one of its clients, and tokens for operator and organisation."""
    with demo.scratch() as folder:
        world = demo.World(pathlib.Path(folder) / "data").make()
        consumer = world.client_by("registered_key")
        operator = world.json("prefix", "list")["items"]
        owner = next(item["owner_orgno"] for item in operator if item["prefix"] == "idporten")
        names = {}
        for name, scope, organisation in (
            ("operator", "portvakt:operator", owner), ("own", "idporten:dcr.read", consumer.organisation),
        ):
            key = world.folder.parent / f"{name}.jwk"
            world.on_data("access", "grant", scope, organisation)
            made = world.json(
                "client", "create", "--org", organisation, "--name", name, "--scope", scope, "--generate-key", str(key)
            )
            names[name] = (made, key)
        world.start()
        try:
            yield world, consumer, names
        finally:
            assert world.stop() == 0, world.tail()


def token(scene, name):
    world, _, names = scene
    made, key = names[name]
    jwk = json.loads(key.read_text(encoding="utf-8"))
    client = demo.Client(name, made["client_id"], "", [], key.parent, jwk["kid"])
    private = RSAAlgorithm.from_jwk(json.dumps(jwk))
    scope = {"operator": "portvakt:operator", "own": "idporten:dcr.read"}[name]
    answer = world.token(Grant.of(client, world.issuer, scope=scope, key=private).signed())
    assert answer.status == 200, answer.body
    return answer.body["access_token"]


def get(scene, name, **fields):
    world, _, _ = scene
    connection = http.client.HTTPConnection("127.0.0.1", world.admin_port, timeout=10)
    try:
        headers = {"Authorization": f"Bearer {token(scene, name)}"} if name else {}
        connection.request("GET", FEED, headers={**headers, **fields})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def wait_for_entry(scene, name, word, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        status, fields, body = get(scene, name)
        assert status == 200, body
        if word in body.decode():
            return fields, body
        time.sleep(0.5)
    raise AssertionError(f"no `{word}` in {body.decode()}")


def day(days):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%d")


@pytest.fixture(scope="module")
def items(scene):
    """Access of two organisations that ends soon: the consumer's, and one of somebody else's."""
    world, consumer, _ = scene
    other = next(c.organisation for c in world.clients.values() if c.organisation != consumer.organisation)
    prefix = consumer.scopes[0].split(":")[0]
    for name, organisation, days in (("feed-mine", consumer.organisation, 5), ("feed-theirs", other, 20)):
        world.on_data("scope", "create", f"{prefix}:{name}", "--description", name)
        world.on_data("access", "grant", f"{prefix}:{name}", organisation, "--until", day(days))
    return prefix


def test_the_feed_is_atom(scene, items):
    fields, body = wait_for_entry(scene, "operator", "feed-theirs")
    assert fields["Content-Type"] == "application/atom+xml"
    parsed = feedparser.parse(body)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    assert {"feed-mine" in e.title or "feed-theirs" in e.title for e in parsed.entries} >= {True}
    # RFC 4287 §4.1.1 and §4.1.2: what must be there exactly once.
    root = tree.fromstring(body)
    assert root.tag == ATOM + "feed"
    for element, names in [(root, ("id", "title", "updated"))] + [
        (entry, ("id", "title", "updated", "published", "content")) for entry in root.findall(ATOM + "entry")
    ]:
        for name in names:
            assert len(element.findall(ATOM + name)) == 1, (element.tag, name)
        assert datetime.datetime.fromisoformat(element.find(ATOM + "updated").text)
        assert ":" in element.find(ATOM + "id").text
    assert root.find(ATOM + "author").find(ATOM + "name").text
    assert [link.get("href") for link in root.findall(ATOM + "link") if link.get("rel") == "self"]
    ids = [entry.find(ATOM + "id").text for entry in root.findall(ATOM + "entry")]
    assert len(ids) == len(set(ids))
    assert root.find(ATOM + "updated").text == max(e.find(ATOM + "updated").text for e in root.findall(ATOM + "entry"))


def test_a_feed_that_is_known_is_not_sent_again(scene, items):
    fields, body = wait_for_entry(scene, "operator", "feed-mine")
    status, again, empty = get(scene, "operator", **{"If-None-Match": fields["ETag"]})
    assert (status, empty) == (304, b"")
    assert again["ETag"] == fields["ETag"]
    assert get(scene, "operator", **{"If-None-Match": 'W/' + fields["ETag"]})[0] == 304
    assert get(scene, "operator", **{"If-None-Match": '"other"'})[0] == 200


def test_an_organisation_reads_what_concerns_it(scene, items):
    _, body = wait_for_entry(scene, "own", "feed-mine")
    assert b"feed-theirs" not in body
    assert feedparser.parse(body).feed.id.endswith(scene[1].organisation)
    assert get(scene, None)[0] == 401


def test_an_entry_keeps_its_id_and_tells_when_it_is_resolved(scene, items):
    world, consumer, _ = scene
    _, body = wait_for_entry(scene, "operator", "feed-mine")
    before = {e.id: e.title for e in feedparser.parse(body).entries}
    identifier = next(i for i, title in before.items() if "feed-mine" in title)
    world.on_data("access", "revoke", f"{items}:feed-mine", consumer.organisation, "--yes")
    _, body = wait_for_entry(scene, "operator", "<title>resolved")
    after = {e.id: e.title for e in feedparser.parse(body).entries}
    assert after[identifier].startswith("resolved: ")


def test_the_command_tells_the_same(scene, items):
    world, _, _ = scene
    wait_for_entry(scene, "operator", "feed-theirs")
    done = world.on_data("attention", "--json", check=False)
    assert done.returncode == 2, done.stderr
    listed = json.loads(done.stdout)
    found = next(item for item in listed["items"] if "feed-theirs" in item["id"])
    assert found["severity"] == "warning"
    assert found["command"].startswith("portvakt access grant ")
    assert listed["warning"] == sum(item["severity"] == "warning" for item in listed["items"])
