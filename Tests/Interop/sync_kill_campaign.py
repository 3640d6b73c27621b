#!/usr/bin/env python3
"""Kills a sync of the register at random points, and asks each time whether the register is whole.

    sync_kill_campaign.py [ROUNDS] [CHANGES]      default: 10 rounds, 4,000 changes

A sync takes over page by page. So what readers see after a kill must be, to the last byte, what an unbroken sync sees that
reads so many pages and no more: the cursor says how many. And a rerun must end where an unbroken one does.
"""

from __future__ import annotations

import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field

from import_kill_campaign import content_hash, generate, missing_hints
from register_api import RegisterAPI
from world import World, binary, scratch

# Entries on a page, as `org sync` asks for them.
PAGE = 500


@dataclass
class Summary:
    rounds: int = 0
    killed: int = 0
    # How many pages were taken over when it was killed.
    pages: set[int] = field(default_factory=set)


def command(world: World, api: RegisterAPI) -> list[str]:
    return [str(binary()), "org", "sync", "--url", api.url, "--data", str(world.folder)]


def synced(world: World, api: RegisterAPI) -> float:
    """Syncs to the end; gives the seconds that it took."""
    start = time.monotonic()
    done = subprocess.run(command(world, api), capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return time.monotonic() - start


def kill_after(world: World, api: RegisterAPI, seconds: float) -> bool:
    """Begins a sync and kills it; whether it was still running."""
    process = subprocess.Popen(
        command(world, api), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(seconds)
    process.kill()
    return process.wait() == -9


def cursors(world: World) -> tuple:
    """Where each feed is read next; null where it was not begun."""
    with sqlite3.connect(f"file:{world.folder}/portvakt.db?mode=ro", uri=True) as connection:
        return tuple(connection.execute("SELECT feed, cursor FROM register_feed ORDER BY feed"))


def change(api: RegisterAPI, changes: int, seed: int) -> None:
    """Many changes of all kinds, most of them of main units."""
    chance = random.Random(seed)
    for index in range(changes):
        kind = chance.choices(["enheter", "underenheter", "roller"], [6, 2, 2])[0]
        if kind == "roller":
            number = chance.choice(api.numbers("enheter"))
            api.assign(number, None if index % 2 else {"rollegrupper": [], "organisasjonsnummer": number})
            continue
        number = chance.choice(api.numbers(kind))
        match chance.randrange(10):
            case 0:
                api.delete(kind, number)
            case 1:
                api.remove(kind, number)
            case _:
                api.put(kind, api.unit(kind, number) | {"navn": f"NAVN {index}"})


def fresh(prepared: World, folder: pathlib.Path) -> World:
    if folder.exists():
        shutil.rmtree(folder)
    shutil.copytree(prepared.folder, folder)
    return World(folder)


def campaign(folder: pathlib.Path, rounds: int, changes: int) -> Summary:
    summary = Summary()
    prepared = World(folder / "prepared")
    prepared.command("init", str(prepared.folder), "--issuer", "https://register.example/", "--env", "test")
    # Each unit changes many times: of a page only what holds now is asked for.
    files = generate(folder, max(60, changes // 10), 3)
    for name in ("enheter", "underenheter", "roller"):
        prepared.on_data("org", "import", str(files / f"{name}.json.gz"))
    with RegisterAPI().load(files) as api:
        change(api, changes, seed=5)
        # What an unbroken sync comes to after each page of each feed; feeds are read in this order.
        whole: dict[tuple, str] = {}
        world = fresh(prepared, folder / "steps")
        whole[cursors(world)] = content_hash(world)
        for feed, name in (("enheter", "main_units"), ("underenheter", "sub_units"), ("roller", "roles")):
            count = len(api.feeds[feed])
            for pages in range(1, -(-count // PAGE) + 1):
                api.horizon = pages * PAGE
                world.on_data("org", "sync", "--url", api.url, "--feed", name)
                whole[cursors(world)] = content_hash(world)
        api.horizon = None
        world = fresh(prepared, folder / "whole")
        seconds = synced(world, api)
        end = content_hash(world)
        assert end == list(whole.values())[-1] and cursors(world) == list(whole)[-1]
        for _ in range(rounds):
            summary.rounds += 1
            world = fresh(prepared, folder / "killed")
            summary.killed += kill_after(world, api, seconds * random.uniform(0.05, 1.0))
            place = cursors(world)
            assert place in whole, f"a cursor between two pages: {place}"
            assert content_hash(world) == whole[place], "a register that is not the one of its cursors"
            assert missing_hints(world) == 0, "a unit that cannot be found from the one above it or a holder of its roles"
            summary.pages.add(list(whole).index(place))
            synced(world, api)
            assert content_hash(world) == end, "the rerun ended in another state"
            assert cursors(world) == list(whole)[-1]
            assert missing_hints(world) == 0
    return summary


def main(rounds: int = 10, changes: int = 4_000) -> None:
    with scratch() as folder:
        print(campaign(pathlib.Path(folder), rounds, changes))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
