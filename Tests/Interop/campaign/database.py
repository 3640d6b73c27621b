"""What is done to the database behind the server's back: removed, replaced, a page overwritten."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3

from campaign.harness import Row, Stage, Template, eventually

PAGE = 4_096


def running(stage: Stage) -> None:
    """A server that has issued some tokens, and goes on doing so."""
    stage.world.start()
    with stage.load() as load:
        eventually(lambda: sum(attempt.outcome == "token" for attempt in list(load.attempts)) > 20)


def removed(template: Template, runs: int) -> Row:
    """`rm portvakt.db*` under load: not one token leaves that is only in a file which nobody can open any more."""
    with template.stage("database removed") as stage:
        world = stage.world
        for _ in range(runs):
            running(stage)
            with stage.load() as load:
                eventually(lambda: any(attempt.outcome == "token" for attempt in load.attempts))
                for name in ("portvakt.db", "portvakt.db-wal", "portvakt.db-shm"):
                    (world.folder / name).unlink(missing_ok=True)
                stage.refuses("store_unavailable")
            stage.says("database gone")
            rescued = eventually(lambda: [file for file in world.folder.glob("portvakt.db.rescued-*.json")])
            stage.row.expect(rescued, "nothing was rescued")
            stage.row.expect(world.stop() == 0, "the server does not end in order")
            backups = sorted(world.folder.glob("portvakt.db.rescued-*.json"))
            world.on_data("store", "restore", str(backups[-1]).removesuffix(".json"), "--yes")
            for backup in world.folder.glob("portvakt.db.rescued-*"):
                backup.unlink()
            world.start()
            # What was issued before the restoration is refused for a while, by whoever it was signed.
            stage.heal()
            stage.settle(*BARRED)
            stage.row.expect(world.stop() == 0, "the server does not end in order")
        stage.verify(whole=True)
    return stage.row


# What assertions from before a restoration are refused with.
BARRED = ("MP-130",)


def replaced(template: Template, runs: int) -> Row:
    """Another database moved into its place: the old one is served from no more, and the new one never."""
    with template.stage("database replaced") as stage:
        world = stage.world
        away = world.folder.parent / "away"
        for _ in range(runs):
            running(stage)
            with stage.load() as load:
                eventually(lambda: any(attempt.outcome == "token" for attempt in load.attempts))
                away.mkdir()
                for file in world.folder.glob("portvakt.db*"):
                    file.rename(away / file.name)
                shutil.copy(template.world.folder / "portvakt.db", world.folder / "portvakt.db")
                stage.refuses("store_unavailable")
            stage.says("database gone")
            eventually(lambda: "database rescued" in stage.log())
            stage.row.expect(world.stop() == 0, "the server does not end in order")
            stage.row.expect(tokens_of(world.folder / "portvakt.db") == 0, "tokens were entered in the new database")
            for file in world.folder.glob("portvakt.db*"):
                file.unlink()
            # The files as they were; the log with them, for it holds what was not folded in.
            for file in away.iterdir():
                file.rename(world.folder / file.name)
            away.rmdir()
            world.start()
            stage.heal()
            stage.settle()
            stage.row.expect(world.stop() == 0, "the server does not end in order")
        stage.verify(whole=True)
    return stage.row


def tokens_of(path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute("SELECT count(*) FROM ledger WHERE kind = 'token_issued'").fetchone()[0]


def overwritten(template: Template, runs: int) -> Row:
    """One page of the file overwritten, with noise or with zeros: noticed though no request reads it, and not served from."""
    with template.stage("a page overwritten") as stage:
        world = stage.world
        database = world.folder / "portvakt.db"
        for run in range(runs):
            running(stage)
            # Folded into the file, so that no newer copy of the page stands in the log.
            with contextlib.closing(sqlite3.connect(database, timeout=30)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            number = random.choice(used_pages(database))
            noise = os.urandom(PAGE) if run % 2 == 0 else bytes(PAGE)
            with database.open("r+b", buffering=0) as file:
                file.seek((number - 1) * PAGE)
                before = file.read(PAGE)
                file.seek((number - 1) * PAGE)
                file.write(noise)
            stage.refuses("store_unavailable")
            stage.says("database damaged")
            # Killed, so that nothing is written into it any more; then an operator's hands put back what was there.
            world.kill()
            with database.open("r+b", buffering=0) as file:
                file.seek((number - 1) * PAGE)
                file.write(before)
            world.start()
            stage.heal()
            stage.settle()
            stage.row.expect(world.stop() == 0, "the server does not end in order")
        stage.verify(whole=True)
    return stage.row


# What an idle server writes now and then: a newer copy of such a page would stand in the log, and mend the file.
RESTLESS = ("ledger", "usage", "checkpoint", "clock", "setting", "revision", "attention", "status", "webhook", "sqlite_")


def used_pages(database) -> list[int]:
    """Pages of trees that stay as they are: those of facts, and leaves of the ledger but for the newest ones."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        pages = connection.execute(
            "SELECT pageno, name FROM dbstat WHERE pageno > 1 AND pagetype IN ('internal', 'leaf') ORDER BY pageno"
        ).fetchall()
        entries = connection.execute(
            "SELECT pageno FROM dbstat WHERE name = 'ledger' AND pagetype = 'leaf' ORDER BY path"
        ).fetchall()
    return [number for number, name in pages if not name.startswith(RESTLESS)] + [number for number, in entries[:-2]]
