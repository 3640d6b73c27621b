"""The ledger proved by a second implementation, rewritten by a forger who has everything, and compared after a restore."""

from __future__ import annotations

import base64
import hashlib
import json
import pathlib
import sqlite3

import pytest
from administration import Administrator
from ledger_proof import DOMAIN, Invalid, Key, check, check_export, open_checkpoint
from world import Grant, World, payload, scratch


@pytest.fixture(scope="module")
def story():
    """Three tokens, last night's backup, two tokens more; the server has ended."""
    with scratch() as folder:
        folder = pathlib.Path(folder)
        world = World(folder / "data").make().start()
        client = world.client_by("registered_key")

        def issue() -> str:
            answer = world.token(Grant.of(client, world.issuer).signed())
            assert answer.status == 200, answer.body
            return payload(answer.body["access_token"])["jti"]

        before = [issue() for _ in range(3)]
        source = sqlite3.connect(world.folder / "portvakt.db")
        backup = sqlite3.connect(folder / "backup.db")
        source.backup(backup)
        source.close()
        backup.close()
        after = [issue() for _ in range(2)]
        metadata = world.request("GET", ".well-known/oauth-authorization-server").body
        assert world.stop() == 0, world.tail()
        (folder / "anchor.txt").write_text(world.on_data("audit", "checkpoint").stdout, encoding="utf-8")
        (folder / "ledger.jsonl").write_text(world.on_data("audit", "export").stdout, encoding="utf-8")
        yield world, folder, before, after, metadata


@pytest.fixture
def key(story) -> Key:
    """As the operator gives it: the metadata and the command say the same."""
    world, _, _, _, metadata = story
    text = world.on_data("audit", "key").stdout.strip()
    assert metadata["portvakt_checkpoint_key"] == text
    return Key(text)


def test_a_checkpoint_is_signed_for_all_entries(story, key):
    world, folder, *_ = story
    origin, size, _ = open_checkpoint((folder / "anchor.txt").read_text(encoding="utf-8"), key)
    assert origin == f"127.0.0.1:{world.port}/audit/node-1"
    assert size == sum(1 for _ in open(folder / "ledger.jsonl", encoding="utf-8"))
    forged = (folder / "anchor.txt").read_text(encoding="utf-8").replace(f"\n{size}\n", f"\n{size + 1}\n")
    with pytest.raises(Invalid):
        open_checkpoint(forged, key)


def test_each_token_is_proved_and_nothing_else_is(story, key):
    world, folder, before, after, _ = story
    for jti in before + after:
        text = world.command("audit", "prove", "--data", str(world.folder), "--", jti).stdout
        proof = json.loads(text)
        entry = check(proof, key)
        assert (entry["kind"], entry["jti"]) == ("token_issued", jti)
        # Neighbours show as hashes alone.
        others = [other for other in before + after if other != jti]
        assert not any(other in text for other in others)
        for change in (
            {"index": proof["index"] + 1},
            {"body": proof["body"].replace(jti, "x" * len(jti))},
            {"path": proof["path"][1:]},
            {"previous": base64.b64encode(bytes(32)).decode()},
        ):
            with pytest.raises(Invalid):
                check(proof | change, key)
        # Our own command says the same, without the data folder.
        file = folder / "proof.json"
        file.write_text(text, encoding="utf-8")
        arguments = ["audit", "check-proof", str(file), "--key", world.on_data("audit", "key").stdout.strip(), "--json"]
        assert json.loads(world.command(*arguments).stdout)["jti"] == jti
        file.write_text(json.dumps(proof | {"index": 0}), encoding="utf-8")
        assert world.command(*arguments, check=False).returncode == 3


def test_an_older_checkpoint_is_consistent_with_the_newest(story, key):
    world, folder, *_ = story
    oldest = world.json("audit", "checkpoint", "--size", "1")["note"]
    (folder / "oldest.txt").write_text(oldest, encoding="utf-8")
    proof = json.loads(world.on_data("audit", "consistency", str(folder / "oldest.txt")).stdout)
    said = check(proof, key)
    assert 0 < said["from"] < said["to"]
    with pytest.raises(Invalid):
        check(proof | {"path": proof["path"][:-1]}, key)


def test_an_export_is_what_the_checkpoint_was_signed_for(story, key):
    _, folder, *_ = story
    note = (folder / "anchor.txt").read_text(encoding="utf-8")
    lines = (folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines()
    assert check_export(lines, note, key) == len(lines)
    with pytest.raises(Invalid, match="entry 2 "):
        check_export([lines[0], *lines[2:]], note, key)
    with pytest.raises(Invalid):
        check_export(lines[:-1], note, key)


def test_a_ledger_written_anew_with_the_key_is_found_against_what_was_kept_elsewhere(story):
    world, folder, before, _, _ = story
    whole = world.on_data("audit", "verify", "--anchor", str(folder / "anchor.txt"), "--json")
    assert json.loads(whole.stdout)["result"] == "whole"
    assert json.loads(whole.stdout)["anchors_met"] == 1

    copy = World(folder / "forged")
    copy.folder.mkdir(mode=0o700)
    source = sqlite3.connect(world.folder / "portvakt.db")
    forged = sqlite3.connect(copy.folder / "portvakt.db")
    source.backup(forged)
    (copy.folder / "portvakt.db").chmod(0o600)
    (copy.folder / "keys").mkdir(mode=0o700)
    (copy.folder / "keys/checkpoint.key").write_bytes((world.folder / "keys/checkpoint.key").read_bytes())
    (copy.folder / "keys/checkpoint.key").chmod(0o600)
    # The forger's token never was; everything behind it is hashed again, tree and checkpoints are made and signed anew.
    previous = None
    for sequence, old, body in forged.execute("SELECT sequence, previous, body FROM ledger ORDER BY sequence").fetchall():
        previous = old if previous is None else previous
        body = body.replace(before[0].encode(), b"A" * len(before[0]))
        digest = hashlib.sha256(DOMAIN + previous + body).digest()
        forged.execute(
            "UPDATE ledger SET previous = ?, hash = ?, body = ? WHERE sequence = ?", (previous, digest, body, sequence)
        )
        previous = digest
    forged.executescript(
        "DELETE FROM ledger_tile; DELETE FROM ledger_checkpoint; UPDATE ledger_tree SET size = 0, hash = zeroblob(32)"
    )
    forged.commit()
    forged.close()
    copy.on_data("audit", "checkpoint", "--new")
    alone = copy.json("audit", "verify")
    assert alone["result"] == "whole"
    assert "no anchored checkpoint" in alone["not_seen"]
    key = world.on_data("audit", "key").stdout.strip()
    found = copy.on_data("audit", "verify", "--anchor", str(folder / "anchor.txt"), "--key", key, "--json", check=False)
    assert found.returncode == 3
    assert "written anew" in json.loads(found.stdout)["fault"]
    assert copy.on_data("audit", "consistency", str(folder / "anchor.txt"), check=False).returncode == 3


def test_a_restored_backup_and_the_export_tell_which_tokens_came_after_it(story):
    world, folder, before, after, _ = story
    restored = World(folder / "restored")
    restored.folder.mkdir(mode=0o700)
    (restored.folder / "portvakt.db").write_bytes((folder / "backup.db").read_bytes())
    (restored.folder / "portvakt.db").chmod(0o600)
    said = restored.json("audit", "compare", str(folder / "ledger.jsonl"))
    assert [item["jti"] for item in said["items"]] == after
    assert said["parted_at"] is None
    assert said["common_through"] == said["store_last"]
    # With nothing lost there is nothing to tell.
    assert world.json("audit", "compare", str(folder / "ledger.jsonl"))["items"] == []
    # The database has gone its own way since: the same tokens are told, and where the two part.
    restored.on_data("audit", "checkpoint", "--new", check=False)
    restored.on_data("prefix", "assign", "ny", "311000861")
    parted = restored.json("audit", "compare", str(folder / "ledger.jsonl"))
    assert [item["jti"] for item in parted["items"]] == after
    assert parted["parted_at"] == said["store_last"] + 1
    # An export that was cut into says so.
    lines = (folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    broken = folder / "broken.jsonl"
    broken.write_text("".join(lines[:2] + lines[3:]), encoding="utf-8")
    assert restored.on_data("audit", "compare", str(broken), check=False).returncode == 3


def test_a_party_reads_its_own_entries_and_proofs_through_the_api_and_nobody_elses(story, key):
    world, _, before, _, _ = story
    client = world.client_by("registered_key")
    owner = world.json("scope", "show", client.scopes[0])["owner_orgno"]
    parties = {client.organisation, owner}
    stranger = next(c.organisation for c in world.clients.values() if c.organisation not in parties)
    world.start()
    try:
        # Made by another process, while the server runs.
        world.on_data("audit", "checkpoint", "--new")
        consumer = Administrator(world, client.organisation, "idporten:dcr.read")
        mine = consumer.call("GET", "/api/v1/audit/entries?event=token_issued&client=" + client.id)
        assert mine.status == 200
        assert set(before) <= {item["jti"] for item in mine.body["items"]}
        for organisation in (client.organisation, owner):
            party = Administrator(world, organisation, "idporten:dcr.read")
            answer = party.call("GET", f"/api/v1/audit/proof?jti={before[0]}")
            assert answer.status == 200, answer.body
            assert check(answer.body, key)["jti"] == before[0]
        other = Administrator(world, stranger, "idporten:dcr.read")
        assert other.call("GET", f"/api/v1/audit/proof?jti={before[0]}").status == 404
        assert other.call("GET", f"/api/v1/audit/entries?org={client.organisation}").status == 403
        theirs = other.call("GET", "/api/v1/audit/entries?event=token_issued")
        assert not set(before) & {item["jti"] for item in theirs.body["items"]}
        shown = Administrator(world, owner, "idporten:dcr.read").call(
            "GET", f"/api/v1/audit/entries?scope={client.scopes[0]}"
        )
        assert set(before) <= {item["jti"] for item in shown.body["items"]}
    finally:
        assert world.stop() == 0, world.tail()
