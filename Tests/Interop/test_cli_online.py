"""The command line through a server: the same answers, exit codes and refusals as on the data folder itself."""

import json
import os
import re
import subprocess
import urllib.error
import urllib.request

import pytest

from world import World, binary

OPERATOR = "operator"


class Online:
    """The command line of a person who has a context for the world's server, in a home of their own."""

    def __init__(self, world: World, home):
        self.world = world
        self.home = home
        client = world.clients[OPERATOR]
        self.key = client.folder / "key.jwk"
        done = self.run(
            "context", "set", "test", "--server", self.server, "--env-file", str(client.folder / ".env"),
            "--key", str(self.key),
        )
        assert done.returncode == 0, done.stderr

    @property
    def server(self) -> str:
        return f"http://127.0.0.1:{self.world.admin_port}/"

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        variables = {k: v for k, v in os.environ.items() if not k.startswith(("PORTVAKT_SERVER", "PORTVAKT_CONTEXT"))}
        variables |= {"XDG_CONFIG_HOME": str(self.home)} | environment
        return subprocess.run(
            [str(binary()), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
            env=variables,
        )

    def both(self, *arguments: str) -> tuple[subprocess.CompletedProcess, subprocess.CompletedProcess]:
        """On the data folder, and through the server."""
        return (
            self.run(*arguments, "--data", str(self.world.folder)), self.run(*arguments, "--context", "test"),
        )


@pytest.fixture
def online(world, tmp_path):
    return Online(world, tmp_path)


INQUIRIES = [
    ("access", "list"), ("access", "list", "--scope", "demo:fangst.read"), ("access", "list", "--inactive"),
    ("scope", "list"), ("scope", "list", "--prefix", "demo", "--inactive"), ("scope", "show", "demo:fangst.read"),
    ("prefix", "list"), ("client", "list"), ("client", "list", "--org", "311001213"),
    ("org", "show", "311001213"), ("delegation", "list"), ("delegation", "list", "--scope", "demo:fangst.read"),
]


@pytest.mark.parametrize("arguments", INQUIRIES, ids=" ".join)
def test_an_inquiry_reads_the_same_on_the_folder_and_through_the_server(online, arguments):
    for form in (["--json"], [], ["--output", "yaml"], ["--output", "id"]):
        here, there = online.both(*arguments, *form)
        assert here.returncode == there.returncode == 0, there.stderr
        assert here.stdout == there.stdout, form
        assert here.stderr == there.stderr, form
    document = json.loads(online.both(*arguments, "--json")[1].stdout)
    assert document["schema"].startswith("portvakt/")
    assert document.get("items", [document])


def test_the_api_answers_what_json_prints_and_csv_too(online):
    token = online.run(
        "token", "request", "--scope", "portvakt:operator", "--env-file",
        str(online.key.parent / ".env"),
    ).stdout.strip()

    def get(accept: str) -> tuple[str, bytes]:
        request = urllib.request.Request(
            online.server + "api/portvakt/v1/access-list?scope=demo:fangst.read",
            headers={"Authorization": f"Bearer {token}", "Accept": accept},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers["Content-Type"], answer.read()

    here = online.run("access", "list", "--scope", "demo:fangst.read", "--json", "--data", str(online.world.folder))
    assert get("application/json") == ("application/json", here.stdout.encode())
    kind, text = get("text/csv")
    assert kind.startswith("text/csv")
    lines = text.decode().split("\r\n")
    assert lines[0].startswith("scope,consumer_orgno,consumer_name,")
    assert len(lines) - 2 == len(json.loads(here.stdout)["items"])


REFUSALS = [
    (("scope", "show", "demo:nothing"), 1, "scope_not_found"),
    (("scope", "show", "no-scope"), 64, "usage"),
    (("access", "list", "--org", "123456789"), 1, "organisation_number_invalid"),
    (("access", "grant", "demo:fangst.read", "310000128"), 1, None),
    (("access", "grant", "demo:fangst.read", "311000934", "--until", "soon"), 64, "usage"),
    (("access", "grant", "demo:fangst.read", "311000934", "--until", "2001-01-01"), 1, "access_ends_in_the_past"),
    (("prefix", "assign", "nav", "311000934"), 6, "prefix_taken"),
    (("prefix", "assign", "krr", "311000934"), None, None),
    (("scope", "create", "demo:fangst.read", "--description", "again"), 6, "scope_exists"),
    (("client", "show", "00000000-0000-0000-0000-000000000000"), 1, "client_not_found"),
    (("client", "create", "--org", "311000934", "--name", "x", "--scope", "nav:no.such"), 1, "client_invalid"),
    (("client", "disable", "00000000-0000-0000-0000-000000000000"), 64, "usage"),
    (("delegation", "grant", "311000934", "311000934", "demo:fangst.read"), 1, None),
]


@pytest.mark.parametrize(("arguments", "status", "code"), REFUSALS, ids=[" ".join(r[0]) for r in REFUSALS])
def test_a_refusal_reads_the_same(online, arguments, status, code):
    here, there = online.both(*arguments, "--json")
    assert here.returncode == there.returncode != 0
    error, other = (json.loads(done.stderr)["error"] for done in (here, there))
    for member in ("code", "message", "hint", "details"):
        assert error[member] == other[member], member
    if status is not None:
        assert there.returncode == status
    if code is not None:
        assert other["code"] == code
    if other["trace_id"] is not None:
        assert re.fullmatch("[0-9a-f]{32}", other["trace_id"])


def test_acts_are_done_by_the_client_and_recorded_with_reason_organisation_and_token(online):
    world = online.world
    granted = online.run(
        "access", "grant", "demo:kvoter.read", "311000934", "--until", "2099-12-31", "--reason", "Agreement 14",
        "--context", "test", "--json",
    )
    assert granted.returncode == 0, granted.stderr
    assert json.loads(granted.stdout)["items"][0]["result"] == "granted"
    again = online.both("access", "grant", "demo:kvoter.read", "311000934", "--json")
    assert [json.loads(done.stdout)["items"][0]["result"] for done in again] == ["already", "already"]
    assert again[0].stdout == again[1].stdout
    entry = world.ledger("access_granted")[-1]
    assert entry["scopes"] == ["demo:kvoter.read"] and entry["consumer"] == "311000934"
    client = world.clients[OPERATOR]
    assert entry["actor"] == f"client {client.id} of 311000012"
    details = entry["details"]
    assert details["reason"] == "Agreement 14" and details["actor_organisation"] == "311000012"
    assert details["command"] == "POST /api/portvakt/v1/access-grant"
    issued = [token for token in world.ledger("token_issued") if token["jti"] == details["actor_token"]]
    assert [token["client"] for token in issued] == [client.id]
    listed = online.run("access", "list", "--scope", "demo:kvoter.read", "--org", "311000934", "--json",
                        "--context", "test")
    assert json.loads(listed.stdout)["items"][0]["origin"] == "api"

    revoked = online.run("access", "revoke", "demo:kvoter.read", "311000934", "--context", "test", "--json")
    assert revoked.returncode == 64, "without a terminal what takes away needs --yes"
    revoked = online.run("access", "revoke", "demo:kvoter.read", "311000934", "--context", "test", "--json", "--yes")
    assert revoked.returncode == 0 and json.loads(revoked.stdout)["items"][0]["result"] == "revoked"
    assert "tokens that were issued before end within" in revoked.stderr


def test_a_client_is_made_online_and_gets_its_token(online, tmp_path):
    key = tmp_path / "new.jwk"
    made = online.run(
        "client", "create", "--org", "311000934", "--name", "made online", "--scope", "demo:fangst.read",
        "--generate-key", str(key), "--context", "test", "--json",
    )
    assert made.returncode == 0, made.stderr
    client = json.loads(made.stdout)
    assert client["client_orgno"] == "311000934" and client["key_file"] == str(key)
    assert key.stat().st_mode & 0o777 == 0o600
    assert f"MASKINPORTEN_ISSUER={online.world.issuer}" in (tmp_path / "new.env").read_text()
    here, there = online.both("client", "show", client["client_id"], "--json")
    assert here.stdout == there.stdout
    listed = online.run("client", "keys", "list", client["client_id"], "--context", "test", "--json")
    assert [item["state"] for item in json.loads(listed.stdout)["items"]] == ["valid"]


def test_login_and_whoami_tell_what_the_client_may_do(online):
    login = online.run("login", "--context", "test", "--json")
    assert login.returncode == 0, login.stderr
    session = json.loads(login.stdout)
    assert session["is_operator"] and session["organisation"] == "311000012"
    assert {"portvakt:operator", "idporten:dcr.write", "idporten:scopes.write"} <= set(session["scopes"])
    assert session["issuer"] == online.world.issuer
    # The context is the current one now, and no token lies about.
    whoami = json.loads(online.run("whoami", "--json").stdout)
    assert whoami["where"] == "server" and whoami["client_id"] == session["client_id"]
    files = [path for path in online.home.rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["contexts.yaml"]
    assert files[0].stat().st_mode & 0o777 == 0o600 and "eyJ" not in files[0].read_text()
    # What works on the folder alone passes the current context over, and refuses a named one.
    assert online.run("scope", "list", "--json").returncode == 0
    local = json.loads(online.run("whoami", "--json", "--data", str(online.world.folder)).stdout)
    assert local["where"] == "data folder" and local["issuer"] == online.world.issuer
    assert online.run("audit", "verify", "--context", "test").returncode == 64
    assert online.run("audit", "verify", "--data", str(online.world.folder)).returncode == 0


def test_a_client_that_may_not_administer_is_told_so_with_exit_4(online):
    other = online.world.clients["fjordfisk"]
    done = online.run(
        "context", "set", "other", "--server", online.server, "--env-file", str(other.folder / ".env"),
        "--key", str(other.folder / "key.jwk"),
    )
    assert done.returncode == 0, done.stderr
    refused = online.run("scope", "list", "--context", "other", "--json")
    assert refused.returncode == 4
    error = json.loads(refused.stderr)["error"]
    assert error["code"].startswith("MP-") and error["trace_id"]
    assert online.run("login", "--context", "other").returncode == 4


def test_a_server_that_is_not_there_is_exit_5(online):
    other = World(online.world.folder)
    online.run("context", "set", "gone", "--server", f"http://127.0.0.1:{other.admin_port}/", "--env-file",
               str(online.key.parent / ".env"), "--key", str(online.key))
    refused = online.run("scope", "list", "--context", "gone", "--json", "--timeout", "5s")
    assert refused.returncode == 5
    assert json.loads(refused.stderr)["error"]["code"] == "server_unreachable"


def test_server_and_context_by_flag_and_environment(online):
    expected = online.run("prefix", "list", "--context", "test").stdout
    assert expected
    for arguments, environment in [
        (("--server", online.server), {}),
        (("--server", online.server.rstrip("/")), {}),
        ((), {"PORTVAKT_CONTEXT": "test"}),
        ((), {"PORTVAKT_SERVER": online.server}),
    ]:
        done = online.run("prefix", "list", *arguments, **environment)
        assert (done.returncode, done.stdout) == (0, expected), done.stderr
    wrong = [
        (("--server", online.server, "--data", "x"), 64), (("--context", "test", "--data", "x"), 64),
        (("--context", "test", "--as", "kari"), 64), (("--context", "nobody"), 1),
        (("--server", "http://127.0.0.1:1/"), 4), (("--server", "http://vakt.example.no/"), 64),
        (("--server", "vakt"), 64),
    ]
    for arguments, status in wrong:
        assert online.run("prefix", "list", *arguments).returncode == status, arguments


def test_contexts_are_kept_strictly_and_for_their_owner_alone(online):
    path = online.home / "portvakt" / "contexts.yaml"
    assert online.run("context", "use", "test").returncode == 0
    listed = json.loads(online.run("context", "list", "--json").stdout)["items"]
    assert [(item["context"], item["current"]) for item in listed] == [("test", True)]
    path.chmod(0o644)
    refused = online.run("scope", "list", "--json")
    assert refused.returncode == 4 and json.loads(refused.stderr)["error"]["code"] == "context_file_open"
    path.chmod(0o600)
    text = path.read_text()
    path.write_text(text.replace("client_id:", "cleint_id:"))
    refused = online.run("scope", "list", "--json")
    assert refused.returncode == 1
    assert "line" in json.loads(refused.stderr)["error"]["message"]
    path.write_text(text)
    assert online.run("context", "remove", "test").returncode == 64
    assert online.run("context", "remove", "test", "--yes").returncode == 0
    assert json.loads(online.run("context", "list", "--json").stdout)["items"] == []


def test_the_operator_api_wants_the_operators_scope_and_known_parameters(online):
    def answer(path: str, token: str | None) -> tuple[int, dict]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(online.server + "api/portvakt/v1/" + path, headers=headers), timeout=30
            ) as done:
                return done.status, json.loads(done.read())
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    def token(scope: str) -> str:
        done = online.run("token", "request", "--scope", scope, "--env-file", str(online.key.parent / ".env"))
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    assert answer("scope-list", None)[0] == 401
    assert answer("scope-list", token("idporten:dcr.write"))[0] == 403
    operator = token("portvakt:operator")
    assert answer("scope-list", operator)[0] == 200
    status, problem = answer("scope-list?owner=311000012", operator)
    assert status == 400 and "owner" in problem["detail"] and problem["trace_id"]
    status, problem = answer("scope-show", operator)
    assert status == 400 and problem["code"] == "usage" and "scope" in problem["detail"]
    assert answer("scope-show?scope=demo:no.such", operator)[0] == 404
    assert answer("nothing", operator)[0] == 404
