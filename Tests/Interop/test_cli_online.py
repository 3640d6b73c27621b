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
        """On the data folder, and through the server.

        The latter goes first: it gets a token, and lists tell when a client and a scope last had one.
        """
        there = self.run(*arguments, "--context", "test")
        return self.run(*arguments, "--data", str(self.world.folder)), there


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


DELEGATIONS = [
    (("delegation", "check", "311001213", "311000934", "demo:fangst.read"), None),
    (("delegation", "check", "311001213", "311000934", "demo:fangst.read", "--explain"), None),
    (("role", "list", "311001213"), 0), (("resource", "list"), 0), (("resource", "list", "--scope", "demo:fangst.read"), 0),
    (("accesslist", "list"), 0), (("system", "list"), 0), (("systemuser", "list", "--org", "311001213"), 0),
    (("consent", "list"), 0), (("keys", "list"), 0), (("keys", "list", "--check", "--within", "30d"), None),
    (("scope", "list", "--unused", "0d"), 0), (("client", "list", "--unused", "1d"), 0),
    (("decide", "--subject", "311000934", "--action", "ScopeAccess", "--resource", "no_such", "--party", "311001213"), 3),
]


@pytest.mark.parametrize(("arguments", "status"), DELEGATIONS, ids=[" ".join(d[0]) for d in DELEGATIONS])
def test_what_is_delegated_and_kept_reads_the_same_through_the_server(online, arguments, status):
    for form in (["--json"], [], ["--output", "yaml"]):
        here, there = online.both(*arguments, *form)
        assert here.returncode == there.returncode, (here.stderr, there.stderr)
        assert here.returncode in ((0, 2, 3) if status is None else (status,)), there.stderr
        assert here.stdout == there.stdout, form
        assert [line for line in here.stderr.splitlines() if "trace" not in line] == [
            line for line in there.stderr.splitlines() if "trace" not in line
        ], form
    assert json.loads(online.both(*arguments, "--json")[1].stdout)["schema"].startswith("portvakt/")


def test_a_scope_export_is_the_same_and_leaves_nothing_to_apply(online, tmp_path):
    here, there = online.both("scope", "export", "--prefix", "demo")
    assert here.returncode == there.returncode == 0, there.stderr
    assert here.stdout == there.stdout and here.stdout.startswith("prefix: ")
    path = tmp_path / "demo.yaml"
    path.write_text(there.stdout)
    for done in online.both("scope", "diff", str(path), "--prune"):
        assert done.returncode == 0, done.stdout


SCOPE_FILE = """prefix: online
owner_orgno: "311000934"
scopes:
  - subscope: one
    description: First
  - subscope: two
    description: Second
    access:
      - orgno: "311001213"
        reason: Agreement 14
"""


def test_scope_files_are_compared_and_applied_through_the_server_as_on_the_folder(online, tmp_path):
    path = tmp_path / "online.yaml"
    path.write_text(SCOPE_FILE)
    for form in ([], ["--json"], ["--summary"], ["--summary", "--json"]):
        here, there = online.both("scope", "diff", str(path), *form)
        assert here.returncode == there.returncode == 2, there.stderr
        assert here.stdout == there.stdout and here.stderr == there.stderr, form
    there = online.run("scope", "apply", str(path), "--dry-run", "--json", "--context", "test")
    assert there.returncode == 2 and json.loads(there.stdout)["applied"] is False
    assert online.run("scope", "apply", str(path), "--context", "test").returncode == 64, "it asks, and nobody is there"

    plan = tmp_path / "plan.json"
    made = online.run("scope", "diff", str(path), "--out", str(plan), "--context", "test")
    assert made.returncode == 2
    here = online.run("scope", "apply", str(plan), "--dry-run", "--data", str(online.world.folder))
    assert here.returncode == 2 and here.stdout == made.stdout, "a plan of the server's is one on the folder"
    applied = online.run("scope", "apply", str(plan), "--yes", "--context", "test", "--reason", "Order 7", "--json")
    assert applied.returncode == 0, applied.stderr
    assert json.loads(applied.stdout)["applied"] is True
    entry = online.world.ledger("scope_created")[-1]
    assert entry["actor"] == f"client {online.world.clients[OPERATOR].id} of 311000012"
    assert entry["details"]["reason"] == "Order 7"
    assert entry["details"]["command"] == "POST /api/portvakt/v1/scope-apply"
    for done in online.both("scope", "diff", str(path)):
        assert done.returncode == 0

    # The plan is of facts that are no more.
    for done in online.both("scope", "apply", str(plan), "--yes", "--json"):
        assert done.returncode == 6 and json.loads(done.stderr)["error"]["code"] == "plan_stale"
    # What stands in no file any more goes only when it is said, and only so much of it.
    path.write_text(SCOPE_FILE[: SCOPE_FILE.index("  - subscope: two")])
    for done in online.both("scope", "diff", str(path), "--json"):
        assert done.returncode == 0
        kept = json.loads(done.stdout)["kept"]
        assert any("online:two" in json.dumps(thing) for thing in kept), kept
    few = ("scope", "apply", str(path), "--prune", "--yes", "--max-removals", "0", "--json")
    for done in online.both(*few):
        assert done.returncode == 1 and json.loads(done.stderr)["error"]["code"] == "scope_plan_refused"
    pruned = online.run("scope", "apply", str(path), "--prune", "--yes", "--context", "test")
    assert pruned.returncode == 0 and pruned.stdout.startswith("−\tscope\tonline:two\t"), pruned.stderr
    assert json.loads(online.run("scope", "show", "online:two", "--json", "--context", "test").stdout)["active"] is False


def test_faults_in_scope_files_name_file_and_line_through_the_server_too(online, tmp_path):
    path = tmp_path / "wrong.yaml"
    path.write_text(SCOPE_FILE.replace("description: Second", "colour: red"))
    for command in (("diff",), ("apply", "--yes")):
        here, there = online.both("scope", *command, str(path), "--json")
        assert here.returncode == there.returncode == 1
        errors = [json.loads(done.stderr)["error"] for done in (here, there)]
        assert errors[0]["details"] == errors[1]["details"] and errors[0]["message"] == errors[1]["message"]
        assert errors[1]["details"]["problems"][0]["file"] == "wrong.yaml"
        assert "wrong.yaml:7" in errors[1]["message"], errors[1]["message"]
    assert online.run("scope", "diff", "--context", "test").returncode == 64, "a server's folder is not read from here"


NUMBER = "01019010046"


def test_a_persons_number_goes_in_the_body_and_stays_nowhere(online, tmp_path):
    world = online.world
    path = tmp_path / "number"
    path.write_text(NUMBER + "\n")
    path.chmod(0o600)
    given = online.run("role", "give", "311001213", "APIADM", "--to-person", str(path), "--context", "test", "--json")
    assert given.returncode == 0, given.stderr
    person = json.loads(given.stdout)["holder_person"]
    again = online.run("role", "give", "311001213", "APIADM", "--to-person", str(path), "--json",
                       "--data", str(world.folder))
    assert json.loads(again.stdout) | {"result": "given"} == json.loads(given.stdout), "the same key of pseudonyms"
    listed = online.both("role", "list", "--person", str(path), "--json")
    assert listed[0].stdout == listed[1].stdout
    assert [item["role"] for item in json.loads(listed[1].stdout)["items"]] == ["APIADM"]
    checked = online.both("delegation", "check", "311001213", "311000934", "demo:fangst.read", "--person", person)
    assert checked[0].stdout == checked[1].stdout and checked[0].returncode == checked[1].returncode
    report = online.run("report", "person", "--person", str(path), "--context", "test", "--json", "--reason", "Innsyn 7")
    assert report.returncode == 0, report.stderr
    entry = world.ledger("person_reported")[-1]
    assert entry["details"]["person"] == person and entry["details"]["reason"] == "Innsyn 7"
    assert entry["actor"].startswith("client ")
    wrong = tmp_path / "wrong"
    wrong.write_text("01019010047\n")
    wrong.chmod(0o600)
    refused = online.run("report", "person", "--person", str(wrong), "--context", "test")
    assert refused.returncode == 64
    revoked = online.run("role", "revoke", "311001213", "APIADM", "--from-person", str(path), "--yes", "--context", "test")
    assert revoked.returncode == 0, revoked.stderr
    told = [given, again, *listed, report, refused, revoked]
    assert not any(NUMBER in done.stdout + done.stderr or "0101901004" in done.stderr for done in told)
    dump = online.run("audit", "search", "--json", "--data", str(world.folder), "--limit", "10000")
    assert dump.returncode == 0 and NUMBER not in dump.stdout


def test_registers_are_kept_through_the_server(online, tmp_path):
    def done(*arguments, status=0):
        run = online.run(*arguments, "--context", "test", "--json")
        assert run.returncode == status, run.stderr
        return json.loads(run.stdout) if run.stdout else json.loads(run.stderr)["error"]

    assert done("accesslist", "set", "311000934:lesere", "Lesere")["result"] == "set"
    added = done("accesslist", "add", "311000934:lesere", "311001213")
    assert added["items"] == [{"organisation_number": "311001213", "result": "added"}]
    assert done("accesslist", "show", "311000934:lesere")["members"] == ["311001213"]
    assert done("accesslist", "remove", "311000934:lesere", "311001213", "--yes")["items"][0]["result"] == "removed"
    assert done("accesslist", "delete", "311000934:lesere", "--yes")["result"] == "deleted"
    assert done("accesslist", "show", "311000934:lesere", status=1)["code"] == "access_list_not_found"

    system = tmp_path / "system.json"
    system.write_text(json.dumps({
        "id": "311000934_online", "vendor": {"ID": "0192:311000934"},
        "name": {"nb": "S", "nn": "S", "en": "S"}, "description": {"nb": "S", "nn": "S", "en": "S"},
    }))
    created = done("system", "create", str(system))
    assert created["id"] == "311000934_online" and created["result"] == "created"
    assert "changes" in done("system", "show", "311000934_online")
    assert done("system", "delete", "311000934_online", "--yes")["result"] == "deleted"
    assert done("consent", "show", "0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10", status=1)["code"]
    assert done("systemuser", "approve", "nothing", status=64)["code"] == "usage"


def test_a_token_is_revoked_through_the_server_by_its_jti_alone(online):
    token = online.run(
        "token", "request", "--scope", "portvakt:operator", "--env-file", str(online.key.parent / ".env"),
    ).stdout.strip()
    assert online.run("token", "revoke", "--token", token, "--context", "test").returncode == 64
    revoked = online.run("token", "revoke", "--token", token, "--context", "test", "--yes", "--json")
    assert revoked.returncode == 0, revoked.stderr
    assert json.loads(revoked.stdout)["result"] == "revoked"
    request = urllib.request.Request(
        online.server + "api/portvakt/v1/scope-list", headers={"Authorization": f"Bearer {token}"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=30)
    assert refused.value.code == 401
    unknown = online.run("token", "revoke", "--jti", "nothing", "--yes", "--context", "test", "--json")
    assert unknown.returncode == 1 and json.loads(unknown.stderr)["error"]["code"] == "token_not_found"


def test_a_link_to_the_console_is_made_through_the_server(online):
    made = online.run("web", "--org", "311001213", "--context", "test", "--json")
    assert made.returncode == 0, made.stderr
    link = json.loads(made.stdout)
    assert link["url"].startswith(online.server + "console/login?code=") and link["organisation"] == "311001213"
    with urllib.request.urlopen(link["url"], timeout=30) as page:
        assert page.status == 200


def test_what_wants_attention_is_the_servers_word_and_no_folder_is_read(online, tmp_path):
    there = online.run("attention", "--context", "test", "--json")
    assert there.returncode in (0, 2), there.stderr
    assert json.loads(there.stdout)["schema"] == "portvakt/attention-list/v1"
    assert online.run("attention", "--context", "test", "--config", str(tmp_path / "x")).returncode == 64


def test_a_scope_with_an_end_gives_tokens_until_then(online):
    world = online.world
    made = online.run("scope", "create", "demo:ending", "--description", "Ends", "--context", "test")
    assert made.returncode == 0, made.stderr
    assert online.run("scope", "deactivate", "demo:ending", "--when", "2001-01-01", "--yes", "--context", "test",
                      ).returncode == 1
    ended = online.run("scope", "deactivate", "demo:ending", "--when", "2099-01-01", "--yes", "--json",
                       "--context", "test")
    assert ended.returncode == 0, ended.stderr
    state = json.loads(ended.stdout)
    assert state["result"] == "scheduled" and state["active"] and state["active_until"] == "2099-01-01T00:00:00Z"
    shown = json.loads(online.run("scope", "show", "demo:ending", "--json", "--data", str(world.folder)).stdout)
    assert shown["active_until"] == "2099-01-01T00:00:00Z" and shown["gives_tokens"] is True
    again = online.run("scope", "activate", "demo:ending", "--context", "test", "--json")
    assert again.returncode == 0
    shown = json.loads(online.run("scope", "show", "demo:ending", "--json", "--context", "test").stdout)
    assert "active_until" not in shown
