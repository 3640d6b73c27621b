"""The restore drill: a backup taken under load, a crash, and what must hold once it has been put back."""

import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import time

import pytest

from campaign.harness import check_chain, ledger_tokens
from load import Load
from world import Grant, World, binary, payload, scratch

# The skew: assertions issued up to so long after the restoration are refused too, for their clock may be ahead.
SKEW = 10


@pytest.fixture(scope="module")
def drilled():
    """A world whose server was killed after a backup, the backup, and what clients had received before and after it."""
    with scratch() as name:
        folder = pathlib.Path(name)
        world = World(folder / "data").make().start()
        client = world.client_by("registered_key")
        backup = folder / "backup.db"
        try:
            with Load(world, client, 8) as load:
                time.sleep(1.5)
                before = [attempt for attempt in list(load.attempts) if attempt.outcome == "token"]
                made = world.json("store", "backup", str(backup))
                time.sleep(1.5)
                world.kill()
            tokens = [attempt for attempt in load.attempts if attempt.outcome == "token"]
            yield world, backup, made, before, tokens
        finally:
            world.kill()


def restore(world, backup, check=True):
    return world.on_data("store", "restore", str(backup), "--yes", "--json", check=check)


def test_a_backup_taken_while_tokens_are_issued_is_whole(drilled):
    world, backup, made, before, tokens = drilled
    assert len(before) > 10
    assert len(tokens) > len(before)
    assert oct(backup.stat().st_mode & 0o777) == "0o600"
    manifest = json.loads(pathlib.Path(f"{backup}.json").read_text(encoding="utf-8"))
    assert manifest["sha256"] == made["sha256"]
    assert manifest["last_sequence"] == made["last_sequence"]
    with sqlite3.connect(f"file:{backup}?mode=ro", uri=True) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        entries = database.execute("SELECT body FROM ledger WHERE kind = 'token_issued'").fetchall()
    bodies = "".join(body if isinstance(body, str) else body.decode() for (body,) in entries)
    # What was received before the command began is in it.
    assert all(attempt.token_id in bodies for attempt in before)
    again = world.on_data("store", "backup", str(backup), check=False)
    assert again.returncode == 6, again.stderr
    for secret in ("keys", "pseudonym"):
        assert not any(secret in file.name for file in backup.parent.glob("backup*"))


@pytest.mark.parametrize("damage", ["a byte", "its end", "the manifest", "the wrong manifest", "a later version"])
def test_a_damaged_backup_is_refused_and_the_data_folder_stays_as_it_was(drilled, damage):
    world, backup, *_ = drilled
    copy = backup.parent / f"damaged-{damage.replace(' ', '-')}.db"
    shutil.copy(backup, copy)
    manifest = pathlib.Path(f"{copy}.json")
    words = json.loads(pathlib.Path(f"{backup}.json").read_text(encoding="utf-8"))
    match damage:
        case "a byte":
            with copy.open("r+b") as file:
                file.seek(copy.stat().st_size // 2)
                byte = file.read(1)
                file.seek(-1, os.SEEK_CUR)
                file.write(bytes([byte[0] ^ 1]))
        case "its end":
            os.truncate(copy, copy.stat().st_size - 4096)
        case "the wrong manifest":
            words["last_sequence"] -= 1
        case "a later version":
            words["schema_version"] += 1
    if damage != "the manifest":
        manifest.write_text(json.dumps(words), encoding="utf-8")
    database = world.folder / "portvakt.db"
    stamp = (database.stat().st_ino, database.stat().st_size, database.stat().st_mtime_ns)
    refused = restore(world, copy, check=False)
    assert refused.returncode == 1, refused.stderr
    code = json.loads(refused.stderr)["error"]["code"]
    assert code == {"the manifest": "backup_manifest", "a later version": "store_newer"}.get(damage, "backup_damaged")
    assert (database.stat().st_ino, database.stat().st_size, database.stat().st_mtime_ns) == stamp
    assert not (world.folder / "restoring").exists()


def test_nothing_is_half_after_the_restoration(drilled):
    """The last test: what it restores, the others have looked at before."""
    world, backup, made, before, tokens = drilled
    world.start()
    served = restore(world, backup, check=False)
    assert served.returncode == 6, served.stderr
    assert "store_served" in served.stderr
    former = ledger_tokens(world)
    assert {attempt.token_id for attempt in tokens} <= set(former)
    world.kill()

    done = json.loads(restore(world, backup).stdout)
    assert done["last_sequence"] == made["last_sequence"]
    aside = pathlib.Path(done["set_aside"])
    assert aside.exists()
    verified = world.json("store", "verify")
    assert {item["part"]: item["result"] for item in verified["items"]} == {
        part: "whole" for part in ("schema", "integrity", "foreign_keys", "ledger")
    }
    world.start()
    check_chain(world)
    kept = ledger_tokens(world)
    # A beginning of what there was, to the entry of the manifest; nothing of what came later, and nothing twice.
    assert kept == former[: len(kept)]
    assert len(kept) == len(set(kept))
    assert {attempt.token_id for attempt in before} <= set(kept)
    assert len(kept) < len(former)
    [act] = world.ledger("store_restored")
    assert act["details"]["backup_sha256"] == made["sha256"]

    # No assertion from before counts, whether its token is remembered or forgotten.
    now = time.time()
    living = [attempt for attempt in tokens if attempt.expires > now + 5]
    forgotten = [attempt for attempt in living if attempt.token_id not in kept]
    assert len(forgotten) > 5, "every assertion has expired: the test looks at nothing"
    for attempt in forgotten[-40:] + living[:20]:
        answer = world.token(attempt.assertion)
        assert answer.status != 200, "an assertion was accepted twice"

    client = world.client_by("registered_key")
    deadline = time.monotonic() + 60 + SKEW
    while (answer := world.token(Grant.of(client, world.issuer).signed())).status != 200:
        assert time.monotonic() < deadline, answer.body
        time.sleep(0.5)
    token = payload(answer.body["access_token"])["jti"]
    assert token not in former
    assert ledger_tokens(world)[-1] == token
    assert world.stop() == 0, world.tail()
    check_chain(world)


def test_an_older_program_says_that_the_schema_is_newer():
    with scratch() as name:
        world = World(pathlib.Path(name) / "data")
        world.command("init", str(world.folder), "--issuer", world.issuer, "--env", "test")
        with sqlite3.connect(world.folder / "portvakt.db") as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            database.execute(f"PRAGMA user_version = {version + 1}")
        for command in (["serve"], ["store", "verify"], ["store", "migrate"], ["audit", "verify"], ["keys", "list"]):
            done = subprocess.run(
                [str(binary()), *command, "--data", str(world.folder)], capture_output=True, text=True, timeout=60
            )
            assert done.returncode == 1, (command, done.stderr)
            assert f"schema version {version + 1}, newer than this program's {version}" in done.stderr, command
