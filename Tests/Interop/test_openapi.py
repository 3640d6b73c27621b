"""The OpenAPI document against the server that serves it, by a program that nobody here wrote (schemathesis)."""

import http.client
import json
import os
import pathlib
import subprocess
import sys

import pytest

from registrars import CLIENT_SCOPES, CONSUMER, DESCRIBED_IN_FULL, OTHER, OWNER, SCOPES_WRITE, SUPPLIER, Administrator
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from world import ROOT, World, scratch

# How many inputs each operation gets in the fuzzing phase; PORTVAKT_OPENAPI_EXAMPLES makes it a longer campaign.
EXAMPLES = int(os.environ.get("PORTVAKT_OPENAPI_EXAMPLES", "4"))
# Seconds for coverage and fuzzing together; a campaign takes as long as it takes.
SECONDS = os.environ.get("PORTVAKT_OPENAPI_SECONDS", "55")
# Checks that are not made, each with the reason.
LEFT_OUT = {
    # What the rules of registration refuse is 400 as in the original; `positive_data_can_be_read` stands in its place.
    "positive_data_acceptance",
    # Nothing is ever erased: what was deleted is there, deactivated.
    "use_after_free",
}


# A stale `If-Match` refuses bad data as well; schemathesis does not know 412 as a refusal by itself.
CONFIGURATION = """
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 429, "5xx"]
"""


def schemathesis(file: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess:
    """Runs the program with the hooks of this folder."""
    (file.parent / "schemathesis.toml").write_text(CONFIGURATION, encoding="ascii")
    return subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", *arguments],
        capture_output=True, text=True, timeout=3600, cwd=file.parent,
        env={
            **os.environ, "PORTVAKT_OPENAPI_WORLD": str(file), "SCHEMATHESIS_HOOKS": "openapi_hooks",
            "PYTHONPATH": str(ROOT / "Tests/Interop"),
        },
    )


@pytest.fixture(scope="module")
def served():
    with scratch() as folder:
        # Fuzzing is made of refusals; their budget is tried elsewhere.
        world = World(pathlib.Path(folder) / "var").make().configure(
            client_refusal_rate="1000000", address_refusal_rate="1000000", address_refusal_burst="10000000"
        ).start()
        owner = Administrator(world, OWNER, CLIENT_SCOPES + [SCOPES_WRITE, "idporten:dcr/onbehalfof:write"])
        consumer = Administrator(world, CONSUMER, CLIENT_SCOPES + [SCOPES_WRITE, "idporten:dcr.datasharing"])
        supplier = Administrator(world, SUPPLIER, ["idporten:dcr.supplier", "idporten:dcr.read"])
        administrators = [owner, consumer, supplier]
        clients = [administrator.client.id for administrator in administrators]
        clients += [consumer.register("known", []).id, owner.register("known", []).id]
        description = {
            "issuer": world.issuer,
            "administrators": [
                {
                    "client_id": administrator.client.id, "kid": administrator.client.kid,
                    "scope": " ".join(administrator.scopes),
                    "key": administrator.client.key.private_bytes(
                        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
                    ).decode(),
                }
                for administrator in administrators
            ],
            # Not those of the administrators: one that is deactivated ends the test.
            "clients": clients[3:],
            "organisations": [OWNER, CONSUMER, OTHER, SUPPLIER],
            "scopes": sorted(item["name"] for item in owner.take("GET", "/api/v1/scopes").json),
        }
        file = pathlib.Path(folder) / "openapi-world.json"
        file.touch(0o600)
        file.write_text(json.dumps(description), encoding="utf-8")
        try:
            yield world, file
        finally:
            assert world.stop() == 0, world.tail()


def document(world: World) -> dict:
    connection = http.client.HTTPConnection("127.0.0.1", world.admin_port, timeout=30)
    try:
        connection.request("GET", "/openapi.json")
        answer = connection.getresponse()
        assert answer.status == 200
        return json.loads(answer.read())
    finally:
        connection.close()


def test_what_is_served_is_what_is_committed(served):
    world, _ = served
    committed = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
    found = document(world)
    assert found.pop("servers") == [{"url": f"http://127.0.0.1:{world.admin_port}"}]
    committed.pop("servers")
    for each in (found, committed):
        each["components"]["securitySchemes"]["portvakt"]["flows"]["clientCredentials"].pop("tokenUrl")
    assert found == committed


@pytest.mark.parametrize(
    ("part", "paths", "left_out"),
    [
        ("self-service", ["--include-path-regex", DESCRIBED_IN_FULL], LEFT_OUT),
        # The document does not tell the whole form of their bodies, so that nothing can be said of what should be refused.
        ("others", ["--exclude-path-regex", DESCRIBED_IN_FULL], LEFT_OUT | {"negative_data_rejection"}),
    ],
)
def test_schemathesis_finds_no_fault(served, part, paths, left_out):
    world, file = served
    command = [
        f"http://127.0.0.1:{world.admin_port}/openapi.json", *paths,
        "--phases", "examples,coverage,fuzzing", "--checks", "all", "--exclude-checks", ",".join(sorted(left_out)),
        "--max-examples", str(EXAMPLES), "--workers", "1", "--request-timeout", "60",
        "--generation-database", "none", "--continue-on-failure", "--no-color", "--warnings", "off",
    ]
    if "PORTVAKT_OPENAPI_EXAMPLES" not in os.environ:
        command += ["--max-time", SECONDS]
    done = schemathesis(file, *command)
    print(done.stdout[-1_500:])
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-4_000:]


def test_a_fault_would_be_found(served):
    """The same program, hooks and checks against a server that answers wrongly do not pass: the test can fail."""
    world, file = served
    broken = document(world)
    answers = broken["paths"]["/api/v1/auth/user"]["get"]["responses"]
    answers["200"]["content"]["application/json"]["schema"] = {"type": "array"}
    path = file.parent / "broken.json"
    path.write_text(json.dumps(broken), encoding="utf-8")
    done = schemathesis(
        file, str(path), "--url", f"http://127.0.0.1:{world.admin_port}", "--include-path", "/api/v1/auth/user",
        "--phases", "coverage,fuzzing", "--max-examples", "2", "--no-color", "--generation-database", "none",
    )
    assert done.returncode == 1 and "Response violates schema" in done.stdout, done.stdout[-3_000:]
