#!/usr/bin/env python3
"""Cuts the power under a loaded server, again and again, and asks each time what the disk remembers.

    power_cut_campaign.py [ROUNDS]      default: 20 rounds

`power_cut.c`, loaded into the server, keeps what a disk would hold if only synced writes had reached it. At a chosen system
call - any, or a certain write or sync of the write-ahead log or the database, or the sending of an answer - it lets none, all
or some of the unsynced writes reach the disk, some of them torn at sectors, and ends the server. On what is left:

- the database opens and is whole, the chain verifies;
- every token that a client received is in the ledger;
- no assertion that gave a token is accepted again; one whose answer was lost gives one token and no second.

The order itself is proved by the journal of all calls (`check_order`): for each answered token the write of its entry, then
the commit's, then the sync of the write-ahead log, then the answer.
"""

from __future__ import annotations

import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from campaign.harness import ask_again, check_chain, ledger_tokens
from load import Attempt, Load
from world import World, payload, scratch

SOURCE = pathlib.Path(__file__).with_name("power_cut.c")
CUT = 86  # the exit status of a server whose power was cut

# Where, how far into the load at most, and whether before or after that call; each is in every campaign.
PLACES = [
    ("walsync", 40, "before"), ("walsync", 40, "after"), ("walwrite", 400, "after"), ("socket", 200, "before"),
    ("socket", 200, "after"), ("any", 600, "before"), ("dbwrite", 40, "after"), ("dbsync", 1, "before"),
]
KEPT = ["none", "some", "torn", "all"]


@dataclass
class Summary:
    rounds: int = 0
    tokens: int = 0
    lost: int = 0
    lost_but_issued: int = 0
    replays_refused: int = 0
    # Server started on what a cut left, and cut again while it recovered.
    cut_at_start: int = 0
    places: Counter = field(default_factory=Counter)


class PowerCut:
    """Serves a world's data folder on a disk whose power can be cut."""

    def __init__(self, world: World, swallows: bool = False):
        self.world = world
        self.swallows = swallows
        self.shadow = world.folder.with_name(world.folder.name + ".disk")
        self.plan = world.folder.with_name("plan")
        self.journal = world.folder.with_name("journal")
        self.library = world.folder.with_name("power_cut.so")
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wno-format-truncation", "-Werror", "-pthread", "-o", self.library, SOURCE], check=True)

    def prepare(self, journal: bool = False) -> tuple[str, ...]:
        """What the server is started by; the disk holds what the folder holds now."""
        shutil.rmtree(self.shadow, ignore_errors=True)
        shutil.copytree(self.world.folder, self.shadow)
        self.plan.unlink(missing_ok=True)
        settings = {
            "LD_PRELOAD": self.library, "PORTVAKT_CUT_DATA": self.world.folder, "PORTVAKT_CUT_SHADOW": self.shadow,
            "PORTVAKT_CUT_PLAN": self.plan,
        }
        if journal:
            settings["PORTVAKT_CUT_JOURNAL"] = self.journal
        if self.swallows:
            settings["PORTVAKT_CUT_SWALLOW"] = "1"
        return ("env", *(f"{name}={value}" for name, value in settings.items()))

    def start(self, journal: bool = False) -> None:
        self.world.start(prefix=self.prepare(journal))

    def arm(self, count: int, kind: str, when: str, kept: str, seed: int) -> None:
        """The power goes at that call of that kind from now on."""
        text = self.plan.with_name("plan.next")
        text.write_text(f"{count} {kind} {when} {kept} {seed}\n", encoding="ascii")
        os.rename(text, self.plan)

    def has_ended(self) -> bool:
        status = self.world.process.poll()
        assert status in (None, CUT), f"the server ended with {status}:\n{self.world.tail()}"
        return status is not None

    def restore(self) -> None:
        """Puts what the disk holds in the folder's place."""
        self.world.process = None
        shutil.rmtree(self.world.folder)
        self.shadow.rename(self.world.folder)
        # The wal-index is no part of what was synced: whatever stands there must not be believed.
        (self.world.folder / "portvakt.db-shm").write_bytes(os.urandom(32_768))
        (self.world.folder / "portvakt.db-shm").chmod(0o600)


def check_disk(world: World, received: list[str]) -> set[str]:
    """The tokens in the ledger beyond those that clients received."""
    check_chain(world)
    done = world.on_data("store", "verify", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    ledger = ledger_tokens(world)
    assert len(set(ledger)) == len(ledger), "a token identifier stands in the ledger twice"
    missing = set(received) - set(ledger)
    assert not missing, f"{len(missing)} tokens that clients hold are not in the ledger"
    return set(ledger) - set(received)


def campaign(world: World, rounds: int, seed: int, workers: int = 8, swallows: bool = False, replays: int = 40) -> Summary:
    draws = random.Random(seed)
    summary = Summary()
    client = world.client_by("registered_key")
    power = PowerCut(world, swallows)
    received = ledger_tokens(world)
    used: list[Attempt] = []
    for number in range(rounds):
        kind, most, when = PLACES[number % len(PLACES)]
        # Every place meets every way within 32 rounds.
        kept = "none" if swallows else KEPT[(number + number // len(PLACES)) % len(KEPT)]
        count = draws.randint(1, most)
        where = f"round {number}, seed {seed}: {when} {kind} {count}, {kept} of the unsynced writes kept"
        power.start()
        with Load(world, client, workers) as load:
            # Not the first of all: what was written a moment ago is what a cut is after.
            while sum(attempt.outcome == "token" for attempt in load.attempts) < 2 * workers:
                assert not power.has_ended()
                time.sleep(0.01)
            power.arm(count, kind, when, kept, draws.getrandbits(32))
            deadline = time.monotonic() + 60
            while not power.has_ended():
                assert time.monotonic() < deadline, f"{where}: never came to that call"
                time.sleep(0.01)
        power.restore()

        tokens = [attempt for attempt in load.attempts if attempt.outcome == "token"]
        lost = [attempt for attempt in load.attempts if attempt.outcome == "lost"]
        refused = {attempt.code for attempt in load.attempts if attempt.outcome == "refused"}
        assert not refused, f"{where}: {refused}"
        received += [attempt.token_id for attempt in tokens if attempt.token_id]
        used += tokens
        try:
            unclaimed = check_disk(world, received)
        except AssertionError as error:
            raise AssertionError(f"{where}: {error}") from error
        if number % 4 == 3:
            summary.cut_at_start += cut_while_recovering(power, draws)
            assert check_disk(world, received) == unclaimed, f"{where}: lost when the power went again"

        world.start()
        again = [ask_again(world, attempt) for attempt in lost]
        issued_before = again.count(None)
        assert issued_before == len(unclaimed), f"{where}: {issued_before} used, {len(unclaimed)} unanswered entries"
        received += [token for token in again if token] + list(unclaimed)
        used += lost
        now = time.time()
        fresh = [attempt for attempt in used if attempt.expires > now + 5]
        for attempt in draws.sample(fresh, min(len(fresh), replays)):
            assert ask_again(world, attempt) is None, f"{where}: an assertion was accepted twice"
            summary.replays_refused += 1
        assert world.stop() == 0, world.tail()
        summary.rounds += 1
        summary.tokens += len(tokens)
        summary.lost += len(lost)
        summary.lost_but_issued += issued_before
        summary.places[f"{when} {kind}"] += 1
    return summary


def cut_while_recovering(power: PowerCut, draws: random.Random) -> int:
    """Starts the server on what a cut left and cuts again while it opens that; says whether it came so far."""
    prefix = power.prepare()
    power.arm(draws.randint(1, 12), "write", draws.choice(["before", "after"]), draws.choice(KEPT), draws.getrandbits(32))
    try:
        power.world.start(prefix=prefix)
    except AssertionError:
        assert power.has_ended(), power.world.tail()
    deadline = time.monotonic() + 30
    while not power.has_ended():
        assert time.monotonic() < deadline, "the server wrote nothing for 30 s"
        time.sleep(0.01)
    power.restore()
    return 1


# The order of calls.

HEAD = struct.Struct("=ciqI")
ACCESS_TOKEN = re.compile(rb'"access_token":"([A-Za-z0-9_.-]+)"')
FRAME_HEAD = 24


def read_journal(path: pathlib.Path):
    """The records of a journal in the order of the calls: type, number, offset, bytes."""
    with path.open("rb") as file:
        while len(head := file.read(HEAD.size)) == HEAD.size:
            kind, number, offset, length = HEAD.unpack(head)
            yield kind.decode(), number, offset, file.read(length)


def check_order(journal: pathlib.Path, received: set[str]) -> int:
    """For each token that clients received: entry written, committed, synced, answered, in that order; how many there were."""
    names: dict[int, str] = {}
    entered: set[str] = set()    # written to the log since its last sync
    durable: set[str] = set()
    answered: set[str] = set()
    is_committed = False
    wanted = {token.encode() for token in received}
    pattern = re.compile(rb'"jti":"([^"]+)"')
    for kind, number, _, data in read_journal(journal):
        if kind == "N":
            names[number] = data.decode()
        elif kind == "W" and names[number].endswith("-wal"):
            if len(data) == FRAME_HEAD:
                # The head of a frame names the size of the database where the frame ends a transaction.
                is_committed = struct.unpack_from(">I", data, 4)[0] != 0
            else:
                entered.update(found.decode() for found in pattern.findall(data) if found in wanted)
        elif kind == "F" and names[number].endswith("-wal"):
            assert is_committed or not entered, "the log was synced in the middle of a transaction"
            durable |= entered
            entered = set()
        elif kind == "S":
            for found in ACCESS_TOKEN.findall(data):
                token = payload(found.decode())["jti"]
                assert token in durable, f"the answer with `{token}` left before its entry was synced"
                answered.add(token)
    missing = received - answered
    assert not missing, f"the journal does not show {len(missing)} answers"
    return len(answered)


def order(world: World, tokens: int, swallows: bool = False) -> int:
    """Serves so many tokens at least and proves the order of the calls; how many tokens it was proved for."""
    power = PowerCut(world, swallows)
    power.start(journal=True)
    with Load(world, world.client_by("registered_key"), 8) as load:
        deadline = time.monotonic() + 120
        while sum(attempt.outcome == "token" for attempt in load.attempts) < tokens:
            assert time.monotonic() < deadline, world.tail()
            time.sleep(0.02)
    world.kill()
    return check_order(power.journal, {attempt.token_id for attempt in load.attempts if attempt.token_id})


def main(rounds: int = 20) -> None:
    seed = random.randrange(1 << 32)
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "data").make()
        try:
            print(order(world, 500))
            print(campaign(world, rounds, seed))
        finally:
            world.kill()


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
