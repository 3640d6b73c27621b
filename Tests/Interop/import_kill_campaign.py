#!/usr/bin/env python3
"""Kills an import of the register at random points, and asks each time whether the register is whole.

    import_kill_campaign.py [ROUNDS] [UNITS]      default: 10 rounds, 60,000 main units

There is a register; each round begins an import of another one over it and kills it (`kill -9`). What readers see must be
the one or the other to the last byte, never a mixture, and a rerun must end in the other. Compared by a hash of all that
readers see, read past all our code. The hints that lead to units from their parents and from holders of roles are no part
of it: they may hold too much, and are looked through for holding too little.
"""

from __future__ import annotations

import hashlib
import pathlib
import random
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field

from world import World, binary, scratch

VISIBLE = """
    SELECT number, value FROM (
        SELECT id >> 32 AS number, {value} AS value, row_number() OVER (PARTITION BY id >> 32 ORDER BY id DESC) AS place
        FROM {table} WHERE id & 0xFFFFFFFF <= (SELECT generation FROM {register})
    ) WHERE place = 1 AND length(value) > 0 ORDER BY number
"""
TABLES = (("organisation", "record", "organisation_register"), ("role_set", "roles", "role_register"))


@dataclass
class Summary:
    rounds: int = 0
    killed: int = 0
    states: set[str] = field(default_factory=set)


def content_hash(world: World) -> str:
    """A hash of every unit and every role that a reader sees."""
    digest = hashlib.sha256()
    with sqlite3.connect(f"file:{world.folder}/portvakt.db?mode=ro", uri=True) as connection:
        for table, value, register in TABLES:
            query = VISIBLE.format(table=table, value=value, register=register)
            for number, content in connection.execute(query):
                digest.update(b"%d:%d:" % (number, len(content)))
                digest.update(content)
    return digest.hexdigest()


def missing_hints(world: World) -> int:
    """How many units a reader would not find from the unit above them, or from a holder of one of their roles."""
    below, holders = set(), set()
    with sqlite3.connect(f"file:{world.folder}/portvakt.db?mode=ro", uri=True) as connection:
        for number, record in connection.execute(VISIBLE.format(table=TABLES[0][0], value=TABLES[0][1], register=TABLES[0][2])):
            # docs/storage.md: a byte of flags, then the unit above first of all, behind the tag 01.
            if record[1:2] == b"\x01":
                below.add(int.from_bytes(record[2:6], "big") << 32 | number)
        for number, roles in connection.execute(VISIBLE.format(table=TABLES[1][0], value=TABLES[1][1], register=TABLES[1][2])):
            holders.update((holder, number) for holder in held_by(roles))
        below.difference_update(id for id, in connection.execute("SELECT id FROM organisation_below"))
        holders.difference_update(connection.execute("SELECT holder, unit FROM role_holder"))
    return len(below) + len(holders)


def held_by(roles: bytes):
    """The numbers of those who hold the roles of one unit (docs/storage.md, `role_set`)."""
    place = 0
    while place < len(roles):
        place += 1 + roles[place]
        kind, place = roles[place], place + 1
        if kind == 0:
            yield int.from_bytes(roles[place : place + 4], "big")
            place += 4
        else:
            yield 1 << 52 | int.from_bytes(roles[place : place + 8], "big") >> 12
            place += 32


def command(world: World, file: pathlib.Path) -> list[str]:
    return [str(binary()), "org", "import", str(file), "--allow-closing", "--no-index", "--data", str(world.folder)]


def imported(world: World, file: pathlib.Path) -> float:
    """Imports a file to its end; gives the seconds that it took."""
    start = time.monotonic()
    done = subprocess.run(command(world, file), capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return time.monotonic() - start


def kill_after(world: World, file: pathlib.Path, seconds: float) -> bool:
    """Begins an import and kills it; whether it was still running."""
    process = subprocess.Popen(
        command(world, file), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(seconds)
    process.kill()
    return process.wait() == -9


def generate(folder: pathlib.Path, units: int, seed: int) -> pathlib.Path:
    out = folder / f"register-{seed}"
    made = [str(binary()), "org", "generate", "--units", str(units), "--seed", str(seed), "--out", str(out)]
    subprocess.run(made, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return out


def campaign(folder: pathlib.Path, rounds: int, units: int) -> Summary:
    summary = Summary()
    folder.mkdir(parents=True, exist_ok=True)
    world = World(folder / "data")
    world.command("init", str(world.folder), "--issuer", "https://register.example/", "--env", "test")
    registers = [generate(folder, units, seed) for seed in (1, 2)]
    hashes, seconds = {}, {}
    for name in ("enheter", "roller"):
        files = [register / f"{name}.json.gz" for register in registers]
        for file in (*files, files[0]):
            seconds[file] = imported(world, file)
            hashes[file] = content_hash(world)
        assert hashes[files[0]] != hashes[files[1]]
        before, after = files
        for _ in range(rounds // 2):
            summary.rounds += 1
            summary.killed += kill_after(world, after, seconds[after] * random.uniform(0.05, 1.0))
            seen = content_hash(world)
            assert seen in (hashes[before], hashes[after]), "a register that is neither the one before nor the one after"
            assert missing_hints(world) == 0, "a unit that is not found from its parent or from a holder of its roles"
            summary.states.add("before" if seen == hashes[before] else "after")
            imported(world, after)
            assert content_hash(world) == hashes[after], "the rerun ended in another state"
            assert missing_hints(world) == 0, "the rerun ended without some hints"
            before, after = after, before
        if before != files[0]:
            imported(world, files[0])
    return summary


def main(rounds: int = 10, units: int = 60_000) -> None:
    with scratch() as folder:
        print(campaign(pathlib.Path(folder), rounds, units))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
