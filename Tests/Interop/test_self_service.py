"""The self-service API over the socket: many administrators at once, and how soon what they end has ended."""

import pathlib
import threading
import time
import urllib.parse
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from registrars import (
    CLIENT_SCOPES, CONSUMER, OTHER, OWNER, SCOPES_WRITE, Administrator, client_draft, public_jwk,
)
from cryptography.hazmat.primitives.asymmetric import ec
from world import World, scratch

WRITERS = 50
ROUNDS = 4


class Served:
    """A served world, with an administrator of the scopes' owner and one of a consumer."""

    def __init__(self, world: World):
        self.world = world
        self.owner = Administrator(world, OWNER, CLIENT_SCOPES + [SCOPES_WRITE])
        self.consumer = Administrator(world, CONSUMER, CLIENT_SCOPES)

    def scope(self, name: str, *consumers: str) -> str:
        """A new scope, perhaps with consumers."""
        subscope = f"{name}-{uuid.uuid4()}"
        body = {"prefix": "demo", "subscope": subscope, "description": "made by a test", "visibility": "PUBLIC"}
        self.owner.take("POST", "/api/v1/scopes", body)
        for consumer in consumers:
            self.owner.take("PUT", f"/api/v1/scopes/access/{consumer}?scope=demo:{subscope}")
        return f"demo:{subscope}"

    def count(self, kind: str) -> int:
        return len(self.world.ledger(kind))


@pytest.fixture(scope="module")
def served():
    with scratch() as folder:
        # 412 is a refusal: the budget of refusals is not what is tried here.
        world = World(pathlib.Path(folder) / "var").make().configure(client_refusal_rate="100000").start()
        try:
            yield Served(world)
        finally:
            assert world.stop() == 0, world.tail()


def all_at_once(administrator: Administrator, act):
    """Lets every writer act at the same moment, each on a connection of its own that is open already."""
    assert administrator.token
    gate = threading.Barrier(WRITERS)

    def run(number: int):
        connection = administrator.connect()
        try:
            connection.connect()
            gate.wait(60)
            return act(number, connection)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(run, range(WRITERS)))


def quoted(scope: str) -> str:
    return urllib.parse.quote(scope, safe="")


def thing(served: Served, kind: str):
    """Something that many change: who does, where it is read and written, a body by number, what shows who won."""
    if kind == "client":
        path = "/api/v1/clients/" + served.consumer.register("contested", []).id
        return (
            served.consumer, path, path, lambda n, r: client_draft(f"writer {n} of {r}", []),
            lambda entity: entity["client_name"], "client_changed",
        )
    if kind == "scope":
        path = "/api/v1/scopes?scope=" + quoted(served.scope("contested"))
        return (
            served.owner, path, path, lambda n, r: {"description": f"writer {n} of {r}"},
            lambda entity: entity["description"], "scope_changed",
        )
    if kind == "key set":
        path = f"/api/v1/clients/{served.consumer.register('contested keys', []).id}/jwks"
        keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(WRITERS)]
        return (
            served.consumer, path, path, lambda n, r: {"keys": [public_jwk(keys[n], f"writer-{n}-of-{r}")]},
            lambda entity: ",".join(key["kid"] for key in entity["keys"]).replace("-", " "), "client_key_added",
        )
    path = f"/api/v1/scopes/access/{OTHER}?scope=" + quoted(served.scope("contested", OTHER))
    return (
        served.owner, path, path, lambda n, r: {"reason": f"writer {n} of {r}"}, lambda entity: entity["reason"],
        "access_granted",
    )


@pytest.mark.parametrize("kind", ["client", "scope", "key set", "access"])
def test_of_fifty_who_saw_the_same_version_exactly_one_wins(served, kind):
    administrator, read, write, body, shown, event = thing(served, kind)
    before = served.count(event)
    # Each round has values of its own: whoever writes what is there already has changed nothing, and bars nobody.
    for turn in range(ROUNDS):
        tag = administrator.take("GET", read).tag

        def act(number, connection, tag=tag, turn=turn):
            return administrator.call("PUT", write, body(number, turn), {"If-Match": tag}, on=connection)

        replies = all_at_once(administrator, act)
        statuses = [reply.status for reply in replies]
        assert sorted(set(statuses)) == [200, 412] and statuses.count(200) == 1, statuses
        winner = statuses.index(200)
        now = administrator.take("GET", read)
        assert shown(now.json) == f"writer {winner} of {turn}"
        assert now.tag == replies[winner].tag != tag
        refused = next(reply for reply in replies if reply.status == 412).json
        assert refused["code"] == "PV-066" and refused["errors"], refused
    assert served.count(event) - before == ROUNDS


def test_fifty_who_each_add_to_one_list_lose_nothing(served):
    path = "/api/v1/clients/" + served.consumer.register("list", []).id

    def act(number, connection):
        mine = f"https://writer-{number}.example/"
        for tries in range(1, 2_000):
            seen = served.consumer.call("GET", path, on=connection)
            assert seen.status == 200
            uris = seen.json.get("redirect_uris", []) + [mine]
            body = client_draft("list", [], redirect_uris=uris)
            reply = served.consumer.call("PUT", path, body, {"If-Match": seen.tag}, on=connection)
            if reply.status == 200:
                return tries
            assert reply.status == 412, reply.data
        raise AssertionError("never its turn")

    before = served.count("client_changed")
    tries = all_at_once(served.consumer, act)
    uris = served.consumer.take("GET", path).json["redirect_uris"]
    assert sorted(uris) == sorted(f"https://writer-{number}.example/" for number in range(WRITERS))
    assert served.count("client_changed") - before == WRITERS
    print(f"{WRITERS} writers, {sum(tries)} tries")


def test_fifty_without_conflict_are_all_applied(served):
    before = {kind: served.count(kind) for kind in ["scope_created", "scope_changed", "client_created", "client_changed"]}

    def act(number, connection):
        def take(method, path, body):
            reply = served.owner.call(method, path, body, on=connection)
            assert reply.status == 200, reply.data
            return reply.json

        scope = take(
            "POST", "/api/v1/scopes", {"prefix": "demo", "subscope": f"own-{number}", "description": "new"}
        )["name"]
        client = take("POST", "/api/v1/clients", client_draft(f"own {number}", []))["client_id"]
        for step in range(3):
            take("PUT", "/api/v1/scopes?scope=" + quoted(scope), {"description": f"{number}: {step}"})
            take("PUT", f"/api/v1/clients/{client}", client_draft(f"own {number}: {step}", []))
        return scope, client

    made = all_at_once(served.owner, act)
    for number, (scope, client) in enumerate(made):
        now = served.owner.take("GET", "/api/v1/scopes/scope?scope=" + quoted(scope)).json
        assert now["description"] == f"{number}: 2"
        assert served.owner.take("GET", f"/api/v1/clients/{client}").json["client_name"] == f"own {number}: 2"
    after = {kind: served.count(kind) - count for kind, count in before.items()}
    assert after == {
        "scope_created": WRITERS, "scope_changed": 3 * WRITERS, "client_created": WRITERS, "client_changed": 3 * WRITERS,
    }
    # Each act with who performed it, for whom, and by which token.
    for entry in served.world.ledger("scope_created")[:WRITERS]:
        if entry.get("actor", "").startswith("client "):
            assert served.owner.client.id in entry["actor"] and OWNER in entry["actor"], entry


def withdrawals(served: Served):
    """What can be ended: its name, the client that asks, the scope, how it is ended, and the code of the refusal."""
    access = served.scope("access", CONSUMER)
    client_scope = served.scope("client", CONSUMER)
    key_scope = served.scope("key", CONSUMER)
    scope = served.scope("scope", CONSUMER)
    disabled = served.consumer.register("to be disabled", [client_scope])
    keyed = served.consumer.register("to lose its key", [key_scope])
    return [
        (
            "access", served.consumer.register("to lose access", [access]), access, served.owner,
            f"/api/v1/scopes/access/{CONSUMER}?scope={quoted(access)}", "MP-250",
        ),
        ("client", disabled, client_scope, served.consumer, f"/api/v1/clients/{disabled.id}", "PV-014"),
        (
            "key", keyed, key_scope, served.consumer, f"/api/v1/clients/{keyed.id}/jwks/{keyed.kid}", "PV-010",
        ),
        (
            "scope", served.consumer.register("to lose its scope", [scope]), scope, served.owner,
            f"/api/v1/scopes?scope={quoted(scope)}", "PV-017",
        ),
    ]


def test_what_is_withdrawn_gives_no_token_from_the_answer_on(served):
    for name, client, scope, administrator, path, code in withdrawals(served):
        assert client.ask(served.world, scope).status == 200
        stop = threading.Event()
        seen: list[tuple[float, float, int]] = []

        def hammer(client=client, scope=scope, stop=stop, seen=seen):
            while not stop.is_set():
                start = time.monotonic()
                answer = client.ask(served.world, scope)
                seen.append((start, time.monotonic(), answer.status))

        thread = threading.Thread(target=hammer)
        thread.start()
        try:
            deadline = time.monotonic() + 30
            while not seen and time.monotonic() < deadline:
                time.sleep(0.01)
            asked = time.monotonic()
            administrator.take("DELETE", path)
            answered = time.monotonic()
            # What was sent after the answer is refused, whatever the clock says.
            refused = client.ask(served.world, scope)
            assert refused.status >= 400 and refused.code == code, (name, refused.body)
            deadline = time.monotonic() + 30
            while seen[-1][0] <= answered and time.monotonic() < deadline:
                time.sleep(0.01)
        finally:
            stop.set()
            thread.join(30)
        assert all(status >= 400 for start, _, status in seen if start > answered), name
        assert all(status == 200 for _, end, status in seen if end < asked), name
        first = min(end for start, end, status in seen if status >= 400)
        print(f"{name}: the first refusal came {1000 * (first - asked):.0f} ms after the request to withdraw it, "
              f"{1000 * (first - answered):+.0f} ms from its answer")


def test_an_administrator_whose_client_is_disabled_administers_no_more(served):
    other = Administrator(served.world, CONSUMER, CLIENT_SCOPES)
    assert other.call("GET", "/api/v1/clients").status == 200
    served.consumer.take("DELETE", f"/api/v1/clients/{other.client.id}")
    refused = other.call("GET", "/api/v1/clients")
    assert refused.status == 401 and refused.json["reason"] == "access_token_ended"


def test_the_open_list_follows_changes_without_being_asked_for(served):
    scope = served.scope("listed")
    anonymous = served.owner.connect()

    def names(headers=None):
        anonymous.request("GET", "/api/v1/scopes/all", headers=headers or {})
        answer = anonymous.getresponse()
        return answer, answer.read()

    deadline = time.monotonic() + 30
    while True:
        answer, data = names()
        assert answer.status == 200
        if scope.encode() in data:
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)
    again, data = names({"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304 and not data
    served.owner.take("DELETE", "/api/v1/scopes?scope=" + quoted(scope))
    deadline = time.monotonic() + 30
    while scope.encode() in names()[1]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    anonymous.close()
