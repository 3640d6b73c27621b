"""Requests that must be refused, over the socket: each with the exact status, code and reason that it must get."""

import http.client
import json
import socket
import subprocess
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

import world as demo
from attacks import algorithms, bindings, certificates, claims, encodings, forms, wire
from attacks.attack import Attack, Attacker, Closed, Refused
from world import base64url

CLASSES = {
    "algorithms": algorithms.TABLE,
    "encodings": encodings.TABLE,
    "claims": claims.TABLE,
    "certificates": certificates.TABLE,
    "forms": forms.TABLE,
    "wire": wire.TABLE,
    "bindings": bindings.TABLE,
}
ATTACKS: list[Attack] = [attack for table in CLASSES.values() for attack in table]


class Trap:
    """Listens where `jku` and `x5u` point to, and counts who comes."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.visits = 0
        threading.Thread(target=self.listen, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/jwk"

    def listen(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.visits += 1
            connection.close()


def register(world, folder, name: str, key, algorithm: str) -> str:
    """A client of the first client's organisation with another kind of key."""
    path = folder / f"{name}.pem"
    path.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    client = world.clients["fjordfisk"]
    made = world.json(
        "client",
        "create",
        "--org",
        client.organisation,
        "--name",
        f"attack {name}",
        "--jwk",
        str(path),
        "--kid",
        name,
        "--alg",
        algorithm,
        "--scope",
        client.scopes[0],
    )
    return made["client_id"]


@pytest.fixture(scope="module")
def attacker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("attacks")
    world = demo.World(folder / "data").make().start()
    trap = Trap()
    try:
        attacker = Attacker(world)
        attacker.trap = trap.address
        attacker.visits = lambda: trap.visits
        names: dict[str, str] = {}
        attacker.shared = lambda name: names.setdefault(name, str(uuid.uuid4()))
        attacker.clients["p256"] = register(world, folder, "p256", attacker.p256, "ES256")
        attacker.clients["ed25519"] = register(world, folder, "ed25519", attacker.ed25519, "EdDSA")
        yield attacker
    finally:
        trap.socket.close()
        assert world.stop() == 0, world.tail()


def send(attacker: Attacker, attack: Attack) -> tuple[int | None, dict, bytes]:
    """The status, the JSON body and all bytes of the answer; no status when the connection just ends."""
    body = attack.make(attacker)
    if not attack.raw:
        more = attack.fields(attacker) if callable(attack.fields) else attack.fields
        head = {"Content-Type": "application/x-www-form-urlencoded", **(more or {})}
        answer = attacker.world.request("POST", "token", body, head)
        return answer.status, answer.body, json.dumps(answer.body).encode()
    with socket.create_connection(("127.0.0.1", attacker.world.port), timeout=20) as connection:
        try:
            connection.sendall(body)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return read_answer(connection)


def read_answer(connection: socket.socket) -> tuple[int | None, dict, bytes]:
    """Reads one answer; `http.client` finds its end."""
    response = http.client.HTTPResponse(connection)
    try:
        response.begin()
        data = response.read()
    except (http.client.BadStatusLine, http.client.IncompleteRead, ConnectionResetError):
        return None, {}, b""
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    return response.status, json.loads(data) if is_json and data else {}, data


def works(attacker: Attacker) -> None:
    """A right request still gets its token."""
    answer = attacker.world.request("POST", "token", attacker.grant(), demo.FORM)
    assert answer.status == 200, answer.body


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_attack_is_refused(attacker, attack):
    status, body, data = send(attacker, attack)
    assert b"access_token" not in data
    if isinstance(attack.expected, Closed):
        assert status == attack.expected.status, data
        # The parser refuses before there is a request: no words of ours, and nothing of the caller's.
        assert not body
        return
    assert (status, body.get("code"), body.get("reason")) == (
        attack.expected.status,
        attack.expected.code,
        attack.expected.reason,
    ), body.get("error_description", data[:300])
    # Every refusal says what it is, and where more of it stands.
    assert body["error"] and body["error_description"].endswith(f"(trace_id: {body['trace_id']})")
    assert body["error_uri"].endswith(f"/errors/{body['code']}")


def test_the_tables_are_whole():
    names = [attack.name for attack in ATTACKS]
    assert len(set(names)) == len(names), sorted({name for name in names if names.count(name) > 1})
    assert len(names) >= 150
    for name, table in CLASSES.items():
        assert len(table) >= 20, name
    for attack in ATTACKS:
        assert len(attack.source) > 5, attack.name
        if isinstance(attack.expected, Refused):
            assert 400 <= attack.expected.status < 500, attack.name


def test_no_call_was_made_to_where_a_token_points(attacker):
    for attack in ATTACKS:
        if attack.name.startswith(("jku", "x5u")):
            send(attacker, attack)
    assert attacker.visits() == 0
    # The trap itself works.
    with socket.create_connection(("127.0.0.1", int(attacker.trap.split(":")[2].split("/")[0])), timeout=5) as probe:
        assert probe.recv(1) == b""
    assert attacker.visits() == 1


def test_a_thousand_replays_at_once_give_exactly_one_token(attacker):
    body = attacker.grant()
    local = threading.local()

    def post(_) -> tuple[int, str | None]:
        for attempt in range(2):
            if not hasattr(local, "connection"):
                local.connection = http.client.HTTPConnection("127.0.0.1", attacker.world.port, timeout=60)
            try:
                answer = demo.exchange(local.connection, "POST", "/token", body, demo.FORM)
                return answer.status, answer.code
            except (http.client.HTTPException, ConnectionError):
                local.connection.close()
                del local.connection
        raise AssertionError("the server does not answer")

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(post, range(1_000)))
    assert answers.count((200, None)) == 1
    # More than the client's own budget may be refused unread; none of those gets a token either.
    assert {answer for answer in answers if answer[0] != 200} <= {(400, "MP-012"), (429, "PV-007"), (503, "PV-008")}
    assert answers.count((400, "MP-012")) >= 900


def test_no_other_site_may_ask_from_a_browser(attacker):
    """RFC 9700 §2.6: no open CORS on the token endpoint, nothing cached, nothing told to where a link leads."""
    origin = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    asked = attacker.world.request("OPTIONS", "token", None, origin)
    given = attacker.world.request("POST", "token", attacker.grant(), {**demo.FORM, **origin})
    refused = attacker.world.request("POST", "token", b"", {**demo.FORM, **origin})
    assert (asked.status, given.status, refused.status) == (405, 200, 400)
    for answer in (asked, given, refused):
        names = {name.lower() for name in answer.headers}
        assert not any(name.startswith("access-control-") for name in names), names
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Cache-Control"] == "no-store"
    assert refused.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("key", sorted(certificates.BAD_KEYS))
def test_a_bad_key_is_not_registered(attacker, tmp_path, key):
    """The same keys through the command that registers them (RFC 8725 §3.4, §3.5)."""
    text, words = certificates.BAD_KEYS[key](attacker)
    path = tmp_path / "key.json"
    path.write_text(text, encoding="utf-8")
    client = attacker.client
    done = attacker.world.on_data(
        "client",
        "create",
        "--org",
        client.organisation,
        "--name",
        "bad key",
        "--jwk",
        str(path),
        "--scope",
        client.scopes[0],
        check=False,
    )
    assert done.returncode not in (0, -6, -11), done.stdout
    assert words in done.stderr, done.stderr


def test_afterwards_a_right_request_gets_its_token_and_no_log_holds_an_assertion(attacker):
    works(attacker)
    body = attacker.elliptic()
    answer = attacker.world.request("POST", "token", body, demo.FORM)
    assert answer.status == 200, answer.body
    log = attacker.world.log.read_text(encoding="utf-8", errors="replace")
    assert base64url(b'{"alg":')[:8] not in log
    assert answer.body["access_token"].split(".")[2] not in log
