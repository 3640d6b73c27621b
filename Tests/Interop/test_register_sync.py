"""`org sync` against a register that speaks the real API's forms over HTTP, well and ill, and what a running server makes of it."""

import fcntl
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import time
import urllib.request

import pytest

from import_kill_campaign import content_hash, generate
from register_api import RegisterAPI
from world import ROOT, Grant, World, binary, scratch

# `org sync` ends so when the register could not be used.
UNREACHABLE = 5


def eventually(condition, seconds: float = 30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about")


@pytest.fixture(scope="module")
def register():
    """A made-up register, and an installation that has imported it; copied for each test."""
    with scratch() as folder:
        folder = pathlib.Path(folder)
        files = generate(folder, 60, 7)
        world = World(folder / "data")
        world.command("init", str(world.folder), "--issuer", "https://register.example/", "--env", "test")
        for name in ("enheter", "underenheter", "roller"):
            world.on_data("org", "import", str(files / f"{name}.json.gz"))
        yield files, world


@pytest.fixture
def stage(register, tmp_path):
    files, world = register
    subprocess.run(["cp", "-a", str(world.folder), str(tmp_path / "data")], check=True)
    with RegisterAPI().load(files) as api:
        yield World(tmp_path / "data"), api


def sync(world: World, api: RegisterAPI, *arguments: str, expected: int = 0) -> dict[str, dict]:
    """Reads the feeds to their end; what came of each."""
    done = world.on_data("org", "sync", "--url", api.url, "--json", *arguments, check=False)
    assert done.returncode == expected, (done.returncode, done.stdout, done.stderr)
    return {item["feed"]: item for item in json.loads(done.stdout)["items"]} if done.stdout else {}


def shown(world: World, number: str) -> dict:
    return world.json("org", "show", number)


def change(api: RegisterAPI) -> dict[str, str]:
    """One change of every kind; the numbers of the units that they befell."""
    mains, subs = api.numbers("enheter"), api.numbers("underenheter")
    changed, deleted, removed, gone, *_ = mains
    api.put("enheter", api.unit("enheter", changed) | {"navn": "NYTT NAVN AS"})
    api.delete("enheter", deleted)
    api.remove("enheter", removed)
    # 410 on the follow-up of a change: removed since.
    api.remove("enheter", gone, "Endring")
    new = {"organisasjonsnummer": "310279323", "navn": "HELT NY AS", "organisasjonsform": {"kode": "AS"}}
    api.put("enheter", new, "Ny")
    # A type from before types, and one that nobody knows yet.
    api.put("enheter", api.unit("enheter", mains[4]) | {"navn": "UKJENT ENDRET"}, "Ukjent")
    api.put("enheter", api.unit("enheter", mains[5]) | {"navn": "FREMTIDIG ENDRET"}, "Slåttsammen")
    # Never there: 404 on the follow-up.
    api.tell("enheter", "991825827", "Endring")
    # An entry without a number that holds.
    api.tell("enheter", "123456789", "Endring")
    api.delete("underenheter", subs[0])
    api.assign(mains[6], None)
    return {"changed": changed, "deleted": deleted, "removed": removed, "gone": gone, "new": "310279323",
            "unknown": mains[4], "future": mains[5], "sub": subs[0]}


def test_each_kind_of_change_is_taken_over_once(stage):
    world, api = stage
    at = change(api)
    done = sync(world, api)
    main = done["main_units"]
    assert {name: main[name] for name in ("entries", "new", "changed", "closed", "purged", "not_found", "invalid")} == {
        "entries": 9, "new": 1, "changed": 3, "closed": 3, "purged": 2, "not_found": 1, "invalid": 1
    }
    assert done["sub_units"]["closed"] == 1
    assert done["roles"]["changed"] == 1
    assert shown(world, at["changed"])["name"] == "NYTT NAVN AS"
    assert shown(world, at["new"])["name"] == "HELT NY AS"
    assert shown(world, at["unknown"])["name"] == "UKJENT ENDRET"
    assert shown(world, at["future"])["name"] == "FREMTIDIG ENDRET"
    assert shown(world, at["deleted"])["status"] == "deleted 2026-02-03"
    assert shown(world, at["sub"])["status"] == "deleted 2026-02-03"
    # What was removed for legal reasons was not asked for, and of it a number is left.
    assert not [path for path in api.asked if path.endswith(f"/enheter/{at['removed']}")]
    for number in (at["removed"], at["gone"]):
        assert shown(world, number)["name"] == ""
        assert shown(world, number)["status"].startswith("deleted")
    # Once more: nothing new, nothing asked for twice, nothing in the ledger.
    before, entries, asked = content_hash(world), len(world.ledger("register_synced")), len(api.asked)
    assert all(feed["entries"] == 0 for feed in sync(world, api).values())
    assert content_hash(world) == before
    assert len(world.ledger("register_synced")) == entries == 3
    assert len(api.asked) == asked + 3


def test_removed_content_is_nowhere_in_the_database(stage):
    world, api = stage
    number = api.numbers("enheter")[0]
    api.put("enheter", api.unit("enheter", number) | {"navn": "ENESTE MED DETTE NAVNET AS"})
    sync(world, api)
    name = b"ENESTE MED DETTE NAVNET AS"
    files = [world.folder / "portvakt.db"]
    assert any(name in file.read_bytes() for file in files)
    api.remove("enheter", number)
    sync(world, api)
    files += [file for file in [world.folder / "portvakt.db-wal"] if file.exists()]
    assert not any(name in file.read_bytes() for file in files)


def test_pages_and_events_of_one_instant_lose_nothing(stage):
    world, api = stage
    subs = api.numbers("underenheter")
    for round_ in range(30):
        for number in subs:
            api.put("underenheter", api.unit("underenheter", number) | {"navn": f"RUNDE {round_}"})
    for number in api.numbers("enheter"):
        api.tell("roller", number, "")
    done = sync(world, api)
    assert done["sub_units"]["entries"] == 30 * len(subs) > 1_000
    assert done["roles"]["entries"] == 60
    assert {shown(world, number)["name"] for number in subs[:3]} == {"RUNDE 29"}


@pytest.mark.parametrize("fault", ["500", "503", "429", "reset", "slow"])
@pytest.mark.parametrize("place", ["oppdateringer/enheter", "enheter/"])
def test_what_passes_is_waited_out(stage, fault, place):
    world, api = stage
    at = change(api)
    api.faults.append((place, fault))
    assert sync(world, api, "--feed", "main_units")["main_units"]["state"] == "read"
    assert not api.faults
    assert shown(world, at["changed"])["name"] == "NYTT NAVN AS"


@pytest.mark.parametrize("fault", ["garbage", "truncated", "redirect", "oversized"])
def test_a_page_that_cannot_be_used_changes_nothing_and_is_told(stage, fault):
    world, api = stage
    at = change(api)
    before = content_hash(world)
    api.faults.append(("oppdateringer/enheter", fault))
    done = sync(world, api, expected=UNREACHABLE)
    # One feed's fault does not keep back the others.
    assert {feed: item["state"] for feed, item in done.items()} == {
        "main_units": "failed", "sub_units": "read", "roles": "read"
    }
    assert done["main_units"]["cause"]
    assert content_hash(world) != before
    findings = json.loads(world.on_data("doctor", "--offline", "--json", check=False).stdout)["items"]
    told = [item for item in findings if item["subject"] == "main_units"]
    assert told[0]["state"] == "yellow" and "the last 1 attempts failed" in told[0]["message"]
    sync(world, api)
    assert shown(world, at["changed"])["name"] == "NYTT NAVN AS"


@pytest.mark.parametrize("fault", ["garbage", "truncated", "other"])
def test_a_unit_that_cannot_be_used_stays_as_it_was_and_keeps_nobody_back(stage, fault):
    world, api = stage
    first, second = api.numbers("enheter")[:2]
    name = shown(world, first)["name"]
    for number in (first, second):
        api.put("enheter", api.unit("enheter", number) | {"navn": "ANNERLEDES"})
    api.faults.append((f"/enheter/{first}", fault))
    done = sync(world, api)["main_units"]
    assert (done["unusable"], done["changed"]) == (1, 1)
    assert shown(world, first)["name"] == name
    assert shown(world, second)["name"] == "ANNERLEDES"


def test_without_an_import_nobody_knows_from_when_on(tmp_path):
    world = World(tmp_path / "data")
    world.command("init", str(world.folder), "--issuer", "https://register.example/", "--env", "test")
    with RegisterAPI() as api:
        done = world.on_data("org", "sync", "--url", api.url, "--json", check=False)
        assert done.returncode == 1
        assert json.loads(done.stderr)["error"]["code"] == "register_never_imported"
        assert api.asked == []
        api.put("enheter", {"organisasjonsnummer": "310279323", "navn": "NY", "organisasjonsform": {"kode": "AS"}}, "Ny")
        sync(world, api, "--from", "2020-01-01")
        assert "dato=2020-01-01T00:00:00Z" in api.asked[0]
        assert shown(world, "310279323")["name"] == "NY"


@pytest.mark.parametrize("url", ["http://data.brreg.no/api", "ftp://127.0.0.1/", "https://a@b/", "x"])
def test_the_address_is_https_or_this_machine(register, url):
    _, world = register
    assert world.on_data("org", "sync", "--url", url, check=False).returncode == 64


def test_an_import_in_between_is_read_over_once_more(stage, register):
    """A file may be older than what the feeds told: what it takes back, they tell again."""
    world, api = stage
    at = change(api)
    sync(world, api)
    synced = content_hash(world)
    files, _ = register
    for name in ("enheter", "underenheter", "roller"):
        world.on_data("org", "import", str(files / f"{name}.json.gz"))
    # The file of last night has the deleted unit alive.
    assert shown(world, at["deleted"])["status"] == "live"
    assert sync(world, api)["main_units"]["entries"] == 9
    assert shown(world, at["deleted"])["status"] == "deleted 2026-02-03"
    assert content_hash(world) == synced


def test_a_sync_waits_for_the_end_of_an_import(stage):
    world, api = stage
    at = change(api)
    before = content_hash(world)
    # As an import does it: the lock first.
    lock = os.open(world.folder / "import.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    process = subprocess.Popen(
        [str(binary()), "org", "sync", "--url", api.url, "--data", str(world.folder)],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )
    try:
        assert "an import is under way" in process.stderr.readline()
        assert api.asked == [] and content_hash(world) == before
        os.close(lock)
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
    assert shown(world, at["changed"])["name"] == "NYTT NAVN AS"


def test_what_a_killed_import_left_does_not_hinder_a_sync_nor_come_to_light(stage, register):
    world, api = stage
    files, _ = register
    other = generate(world.folder.parent, 3_000, 8) / "enheter.json.gz"
    for attempt in range(1, 40):
        process = subprocess.Popen(
            [str(binary()), "org", "import", str(other), "--allow-closing", "--data", str(world.folder)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        time.sleep(0.02 * attempt)
        process.kill()
        process.wait()
        if unswept(world):
            break
    else:
        pytest.fail("no import was met while it staged")
    at = change(api)
    sync(world, api)
    assert shown(world, at["changed"])["name"] == "NYTT NAVN AS"
    done = content_hash(world)
    # The next import sweeps away what the killed one left, and nothing else.
    world.on_data("org", "import", str(files / "enheter.json.gz"))
    assert not unswept(world)
    sync(world, api)
    assert content_hash(world) == done


def unswept(world: World) -> bool:
    with sqlite3.connect(f"file:{world.folder}/portvakt.db?mode=ro", uri=True) as connection:
        return connection.execute("SELECT unswept FROM organisation_register").fetchone()[0] == 1


def test_a_follower_takes_over_what_comes_and_ends_in_order(stage):
    world, api = stage
    process = subprocess.Popen(
        [str(binary()), "org", "sync", "--url", api.url, "--follow", "--interval", "1s", "--output", "jsonl",
         "--data", str(world.folder)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )
    try:
        eventually(lambda: len(api.asked) >= 6)
        number = api.numbers("enheter")[0]
        # Patience of five tries ends; the follower goes on.
        api.put("enheter", api.unit("enheter", number) | {"navn": "FULGT AS"})
        eventually(lambda: shown(world, number)["name"] == "FULGT AS")
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        assert "ended in order" in errors
        rows = [json.loads(line) for line in output.splitlines()]
        assert [row["changed"] for row in rows if row["feed"] == "main_units"] == [1]
    finally:
        process.kill()
        process.wait()


def test_a_deleted_organisation_gets_no_token_from_the_next_request_on():
    """The server is another process, with the organisation's facts in its cache."""
    with scratch() as folder, RegisterAPI() as api:
        world = World(pathlib.Path(folder) / "data").make().start()
        try:
            client = world.client_by("registered_key")
            other = next(c for c in world.clients.values() if c.organisation != client.organisation)
            ask = lambda: world.token(Grant.of(client, world.issuer).signed())  # noqa: E731
            for _ in range(3):
                assert ask().status == 200
            unit = {"organisasjonsnummer": client.organisation, "navn": "BORTE AS", "organisasjonsform": {"kode": "AS"}}
            api.units["enheter", client.organisation] = json.dumps(unit).encode()
            api.delete("enheter", client.organisation)
            assert sync(world, api)["main_units"]["closed"] == 1
            # No waiting: the first one after the sync.
            refused = ask()
            assert refused.body["reason"] == "organisation_deleted", refused
            assert "2026-02-03" in refused.body["error_description"]
            if other.key_id:
                assert world.token(Grant.of(other, world.issuer).signed()).status == 200
            # And an import of the day before's file gives them back.
            file = pathlib.Path(folder) / "one.json"
            file.write_text(json.dumps(unit), encoding="utf-8")
            world.on_data("org", "import", str(file))
            assert ask().status == 200
            # One that says deleted takes them away again, as a sync does.
            file.write_text(json.dumps(unit | {"slettedato": "2026-02-04"}), encoding="utf-8")
            world.on_data("org", "import", str(file))
            assert ask().body["reason"] == "organisation_deleted"
            metrics = world_metrics(world)
            assert 'portvakt_register_state{feed="main_units",state="green"} 1' in metrics
            assert 'portvakt_register_age_seconds{feed="main_units"}' in metrics
        finally:
            world.kill()


def world_metrics(world: World) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{world.admin_port}/metrics", timeout=10) as answer:
        return answer.read().decode()


# The samples that others wrote, read in place and not part of the repository.

VECTORS = pathlib.Path(os.environ.get("PORTVAKT_VECTORS", ROOT.parent / "shared/vectors")) / "enhetsregisteret"


@pytest.mark.skipif(not VECTORS.exists(), reason="no vectors here: PORTVAKT_VECTORS names their folder")
class TestSamples:
    def test_units_of_the_samples_come_out_as_they_went_in(self, stage):
        world, api = stage
        samples = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(VECTORS.glob("nav-mock/*.json"))]
        assert samples
        for unit in samples:
            kind = "underenheter" if unit.get("overordnetEnhet") and "beliggenhetsadresse" in unit else "enheter"
            api.put(kind, unit, "Ny")
        done = sync(world, api)
        assert sum(done[feed]["unusable"] for feed in ("main_units", "sub_units")) == 0
        for unit in samples:
            told = shown(world, unit["organisasjonsnummer"])
            assert told["name"] == unit["navn"]
            assert told["form"].startswith(unit["organisasjonsform"]["kode"])

    def test_the_sample_of_a_feed_is_read(self, stage):
        world, api = stage
        page = json.loads((VECTORS / "pia-oppdateringer/oppdatering-underenhet-response.json").read_text("utf-8"))
        entries = page["_embedded"]["oppdaterteUnderenheter"]
        numbers = [number for number in api.numbers("underenheter") if "slettedato" not in api.unit("underenheter", number)]
        # The sample's numbers are none: units that exist lend them theirs.
        for entry, number in zip(entries, numbers):
            entry["organisasjonsnummer"] = number
        with api.lock:
            api.feeds["underenheter"] = entries
        sync(world, api, "--from", "2022-01-01", "--feed", "sub_units")
        for entry, number in zip(entries, numbers):
            if entry["endringstype"] == "Fjernet":
                assert shown(world, number)["name"] == ""
            elif entry["endringstype"] == "Endring":
                assert not shown(world, number)["status"].startswith("deleted")
