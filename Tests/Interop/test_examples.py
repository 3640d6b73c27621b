"""The packages of Examples/ and the programs of docs/five-minutes-to-a-token.md, against a live server.

scripts/examples.sh has built the Swift ones.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import jwt
import pytest
import requests

from world import ROOT, free_ports

PAGE = (ROOT / "docs/five-minutes-to-a-token.md").read_text(encoding="utf-8")
PROGRAMS = pathlib.Path(os.environ.get("PORTVAKT_TEST_EXAMPLES", ROOT / ".build/examples")).resolve()
NODE_JOSE = pathlib.Path("/usr/share/nodejs/jose")


def program(language: str) -> str:
    """The page's program in that language, word for word."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 1, f"{len(blocks)} programs in {language}"
    return blocks[0]


def run(command: list[str], environment: dict[str, str], check: bool = True) -> subprocess.CompletedProcess:
    # Nothing of the caller's environment but where programs are.
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env={"PATH": os.environ["PATH"], **environment}
    )
    if check:
        assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def fisher(world):
    return world.clients["fjordfisk"]


@pytest.fixture(scope="module")
def api(world):
    """The provider's example, for tokens of this world."""
    port = free_ports()[0]
    process = subprocess.Popen(
        [str(PROGRAMS / "ProviderAPI")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env={"PATH": os.environ["PATH"], "ISSUER": world.issuer, "PORT": str(port), "LOG_LEVEL": "warning"},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 30
        while True:
            assert process.poll() is None and time.monotonic() < deadline, "the provider's example does not serve"
            try:
                if requests.get(url + "/health", timeout=5).text == "ready":
                    break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=20)
        assert process.returncode == 0, log
        assert "route_without_access_rule" in log and "GET /forgotten" in log


def assert_token(text: str, world, client) -> None:
    """The text is a token of this client, as the server's own keys say."""
    text = text.strip()
    key = jwt.PyJWKClient(world.jwks_uri).get_signing_key_from_jwt(text)
    claims = jwt.decode(text, key.key, algorithms=["RS256"], issuer=world.issuer)
    assert (claims["client_id"], claims["scope"]) == (client.id, client.scopes[0])


# The page.


def test_the_swift_program_of_the_page_gets_a_token(world, fisher):
    built = (PROGRAMS / "five-minutes.swift").read_text(encoding="utf-8")
    assert built == program("swift"), "scripts/examples.sh has built an older page"
    done = run([str(PROGRAMS / "FiveMinutes")], fisher.environment)
    assert_token(done.stdout, world, fisher)


def test_the_python_program_of_the_page_gets_a_token(world, fisher):
    done = run([sys.executable, "-c", program("python")], fisher.environment)
    assert_token(done.stdout, world, fisher)


@pytest.mark.skipif(not shutil.which("node") or not NODE_JOSE.is_dir(), reason="Debian's node-jose is not installed")
def test_the_node_program_of_the_page_gets_a_token(world, fisher, tmp_path):
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/jose").symlink_to(NODE_JOSE)
    (tmp_path / "token.mjs").write_text(program("js"), encoding="utf-8")
    done = run(["node", str(tmp_path / "token.mjs")], fisher.environment)
    assert_token(done.stdout, world, fisher)


@pytest.mark.parametrize("language", ["swift", "python", "js", "java", "csharp"])
def test_every_program_reads_what_the_page_lists(language):
    listed = set(re.findall(r"^\| `(MASKINPORTEN_[A-Z_]+)`", PAGE, re.MULTILINE))
    assert len(listed) == 5
    assert set(re.findall(r"MASKINPORTEN_[A-Z_]+", program(language))) <= listed


# A provider's API.


def token_of(world, scope: str) -> str:
    environment = {**world.clients["fjordfisk"].environment, "MASKINPORTEN_SCOPES": scope}
    return run([str(PROGRAMS / "FiveMinutes")], environment).stdout.strip()


def test_the_api_serves_whose_token_allows_it(world, fisher, api):
    headers = {"Authorization": f"Bearer {token_of(world, 'demo:fangst.read')}"}
    response = requests.get(api + "/catches", headers=headers, timeout=10)
    assert (response.status_code, response.text) == (200, f"catches of 0192:{fisher.organisation}")


def test_the_api_challenges_who_has_no_token(api):
    response = requests.get(api + "/catches", timeout=10)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="catches", scope="demo:fangst.read"'


def test_the_api_names_the_missing_scope(world, api):
    headers = {"Authorization": f"Bearer {token_of(world, 'demo:fangst.read')}"}
    response = requests.get(api + "/quotas", headers=headers, timeout=10)
    assert response.status_code == 403
    assert response.json()["scope"] == "demo:kvoter.read"


def test_a_route_that_was_forgotten_is_closed(world, api):
    headers = {"Authorization": f"Bearer {token_of(world, 'demo:fangst.read')}"}
    assert requests.get(api + "/forgotten", headers=headers, timeout=10).status_code == 501


# A consumer's job.


def test_the_job_calls_the_api_with_one_token(world, fisher, api):
    before = len(world.ledger("token_issued"))
    done = run(
        [str(PROGRAMS / "ConsumerJob")],
        {**fisher.environment, "API_URL": api + "/catches", "CALLS": "5", "PAUSE_SECONDS": "0.1"},
    )
    assert done.stdout.count("200, token until") == 5
    assert f"catches of 0192:{fisher.organisation}" in done.stdout
    assert len(world.ledger("token_issued")) == before + 1


def test_the_job_renews_a_token_that_is_about_to_end(world, fisher, api, tmp_path):
    """Tokens of ten seconds, calls over twelve."""
    key = tmp_path / "short.jwk"
    world.on_data(
        "client", "create", "--org", fisher.organisation, "--name", "short", "--scope", "demo:fangst.read",
        "--lifetime", "10s", "--generate-key", str(key),
    )
    lines = next(tmp_path.glob("*.env")).read_text(encoding="utf-8").splitlines()
    environment = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    environment = {name: value.strip("'\"") for name, value in environment.items()}
    done = run(
        [str(PROGRAMS / "ConsumerJob")],
        {**environment, "API_URL": api + "/catches", "CALLS": "13", "PAUSE_SECONDS": "1"},
    )
    ends = re.findall(r"200, token until (\S+),", done.stdout)
    assert len(ends) == 13
    # A slow machine renews more often, but never at each call.
    assert 2 <= len(set(ends)) < 13


def test_the_job_says_what_is_wrong_with_its_key(world, fisher, api):
    stranger = world.clients["kommune"].environment["MASKINPORTEN_CLIENT_JWK"]
    done = run(
        [str(PROGRAMS / "ConsumerJob")],
        {**fisher.environment, "MASKINPORTEN_CLIENT_JWK": stranger, "API_URL": api + "/catches"},
        check=False,
    )
    assert done.returncode == 1
    assert "no token: " in done.stderr
    assert "key_unknown" in done.stderr


# A supplier.


@pytest.fixture(scope="module")
def supplier(world):
    """The supplier of the demo world, to which the fish farm has delegated its catches."""
    client = world.clients["lonn"]
    return {**client.environment, "MASKINPORTEN_SCOPES": "demo:fangst.read"}, client.organisation


def test_the_supplier_gets_a_token_for_who_has_delegated_and_is_told_who_has_not(world, fisher, supplier):
    environment, _ = supplier
    stranger = world.clients["kommune"].organisation
    done = run(
        [str(PROGRAMS / "Supplier")], {**environment, "CUSTOMERS": f"{stranger},{fisher.organisation}"}, check=False
    )
    refused, served = done.stdout.splitlines()
    assert refused.startswith(f"{stranger}: refused, ")
    assert "MP-251" in refused
    assert served.startswith(f"{fisher.organisation}: token until ")
    assert done.returncode == 1


def test_the_api_sees_for_whom_the_supplier_acts(fisher, supplier, api):
    environment, number = supplier
    token = run([str(PROGRAMS / "FiveMinutes")], {**environment, "MASKINPORTEN_CONSUMER_ORG": fisher.organisation})
    response = requests.get(api + "/catches", headers={"Authorization": f"Bearer {token.stdout.strip()}"}, timeout=10)
    assert (response.status_code, response.text) == (200, f"catches of 0192:{fisher.organisation}, through 0192:{number}")


def test_a_delegation_that_is_taken_back_gives_no_token(world, supplier):
    environment, number = supplier
    customer = world.clients["sykehus"].organisation
    world.on_data("access", "grant", "demo:fangst.read", customer)
    world.on_data("delegation", "grant", customer, number, "demo:fangst.read")
    run([str(PROGRAMS / "Supplier")], {**environment, "CUSTOMERS": customer})
    world.on_data(
        "delegation", "revoke", "--consumer", customer, "--supplier", number, "--scope", "demo:fangst.read", "--yes"
    )
    # No new token from the next second on.
    time.sleep(1)
    done = run([str(PROGRAMS / "Supplier")], {**environment, "CUSTOMERS": customer}, check=False)
    assert (done.returncode, "refused" in done.stdout) == (1, True)
