"""What every fault of the campaign shares: a world, the load on it, and the invariants that are checked afterwards."""

from __future__ import annotations

import contextlib
import json
import pathlib
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from load import Attempt, Load
from world import World, payload, scratch

HERE = pathlib.Path(__file__).resolve().parent
# The server answers whatever it is asked within eleven seconds, or closes the connection; the rest is the machine's.
LIMIT = 30
# So long the server may take to issue tokens again once a fault is gone.
PATIENCE = 60
# Of the assertions that were used in a round so many are sent again.
REPLAYS = 100


@dataclass
class Row:
    """What became of one fault: a row of the table."""

    fault: str
    runs: int = 0
    # Tokens that clients received.
    tokens: int = 0
    # Those of them that the ledger lacks.
    lost: int = 0
    # Assertions that the server accepted twice.
    doubled: int = 0
    # Requests that were answered later than they may be, or never.
    hung: int = 0
    # The longest that a request waited for its answer, in seconds.
    slowest: float = 0
    # Seconds from the end of a fault to the next token.
    heals: list[float] = field(default_factory=list)
    replays: int = 0
    # Answers that never reached the client.
    cut_off: int = 0
    short: list[str] = field(default_factory=list)
    said: str = ""

    @property
    def passed(self) -> bool:
        return not (self.short or self.lost or self.doubled or self.hung) and self.runs > 0

    def expect(self, condition: object, shortcoming: str) -> None:
        if not condition:
            self.short.append(shortcoming)

    def add(self, other: Row) -> None:
        """Takes what became of another part of the same fault into this row."""
        for name in ("runs", "tokens", "lost", "doubled", "hung", "replays", "cut_off", "heals", "short"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slowest = max(self.slowest, other.slowest)
        self.said = self.said or other.said

    @property
    def heal(self) -> str:
        if not self.heals:
            return "-"
        return f"{statistics.median(self.heals):.1f} s (at most {max(self.heals):.1f})"

    def told(self) -> dict:
        return {
            "fault": self.fault, "runs": self.runs, "tokens": self.tokens, "lost": self.lost, "doubled": self.doubled,
            "hung": self.hung, "slowest_answer_s": round(self.slowest, 2), "heal_s": [round(each, 2) for each in self.heals],
            "replays_refused": self.replays, "cut_off": self.cut_off, "passed": self.passed, "short": self.short,
            "said": self.said,
        }


class LedgerView:
    """The tokens of a ledger, read past the server's own code; each look reads only what is new."""

    def __init__(self, world: World):
        self.path = world.folder / "portvakt.db"
        self.last = 0
        self.tokens: Counter[str] = Counter()
        self.claims: Counter[bytes] = Counter()

    def look(self) -> None:
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=30)) as database:
            rows = database.execute("SELECT sequence, kind, claims, body FROM ledger WHERE sequence > ?", (self.last,))
            for sequence, kind, claims, body in rows:
                self.last = max(self.last, sequence)
                if kind == "token_issued":
                    self.tokens[json.loads(body)["jti"]] += 1
                    # docs/storage.md: 16 bytes of digest, 8 of `exp`.
                    self.claims.update(claims[place : place + 16] for place in range(0, len(claims or b""), 24))

    @property
    def doubled(self) -> int:
        """Tokens that stand in it twice, and assertions that were good for two."""
        return sum(count - 1 for seen in (self.tokens, self.claims) for count in seen.values())


def ledger_tokens(world: World) -> list[str]:
    """The `jti` of every token in the ledger, in the order of the chain."""
    return [entry["jti"] for entry in world.ledger("token_issued")]


def ask_again(world: World, attempt: Attempt) -> str | None:
    """Sends the assertion once more: the new token's `jti`, or nil when it is refused as used."""
    answer = world.token(attempt.assertion)
    if answer.status == 200:
        return payload(answer.body["access_token"])["jti"]
    assert answer.code == "MP-012", answer.body
    return None


def check_chain(world: World, first: int = 1) -> None:
    done = world.on_data("audit", "verify", *(["--from", str(first)] if first > 1 else []), check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class Stage:
    """A world under one fault: issues tokens, remembers every answer, and settles after each round what must hold."""

    def __init__(self, world: World, row: Row):
        self.world = world
        self.row = row
        self.client = world.client_by("registered_key")
        self.key = self.client.private_key
        self.ledger = LedgerView(world)
        self.held: set[str] = set()
        self.rounds: list[Load] = []
        self.verified = 1
        # How much of the log was there when the round began.
        self.read = 0

    def load(self, workers: int = 8, per_second: float | None = None) -> Load:
        load = Load(self.world, self.client, workers, per_second, patience=LIMIT)
        self.rounds.append(load)
        return load

    def ask(self) -> Attempt:
        """One token request; what it brings counts as the others do."""
        load = Load(self.world, self.client, 1, patience=LIMIT)
        attempt = load.once()
        load.attempts.append(attempt)
        self.rounds.append(load)
        return attempt

    def heal(self, since: float | None = None, patience: float = PATIENCE) -> None:
        """Waits for the next token, and enters how long that took."""
        since = since or time.monotonic()
        while True:
            attempt = self.ask()
            if attempt.outcome == "token":
                self.row.heals.append(time.monotonic() - since)
                return
            if time.monotonic() > since + patience:
                self.row.expect(False, f"no token {patience:.0f} s after the fault: {attempt.outcome} {attempt.code}")
                return
            time.sleep(0.05)

    def settle(self, *codes: str, verify: bool = True) -> None:
        """Ends a round: the server runs and the fault is gone. `codes` are refusals that the fault may have led to."""
        row, world = self.row, self.world
        attempts = [attempt for load in self.rounds for attempt in load.attempts]
        self.rounds = []
        row.slowest = max([row.slowest, *(attempt.waited for attempt in attempts)])
        row.hung += sum(attempt.outcome == "hung" or attempt.waited > LIMIT for attempt in attempts)
        others = Counter(attempt.code for attempt in attempts if attempt.outcome == "refused") - Counter()
        # PV-008 is 503: the server cannot at the moment, and says so.
        strange = {code: count for code, count in others.items() if code not in {"PV-008", *codes}}
        row.expect(not strange, f"refused by {strange}")
        tokens = [attempt for attempt in attempts if attempt.outcome == "token"]
        self.held.update(attempt.token_id for attempt in tokens)
        row.tokens += len(tokens)
        # Whose answer was cut off asks again: it gives a token now, or gave one that stands in the ledger.
        cut_off = [attempt for attempt in attempts if attempt.outcome in ("lost", "hung")]
        row.cut_off += len(cut_off)
        for attempt in self.usable(cut_off):
            again = world.token(attempt.assertion)
            if again.status == 200:
                self.held.add(payload(again.body["access_token"])["jti"])
                row.tokens += 1
            else:
                row.expect(again.code == "MP-012", f"asked again: {again.status} {again.code}")
        used = self.usable(tokens)
        for attempt in random.sample(used, min(len(used), REPLAYS)):
            again = world.token(attempt.assertion)
            row.doubled += again.status == 200
            row.replays += again.code == "MP-012"
            row.expect(again.status == 200 or again.code == "MP-012", f"a replay: {again.status} {again.code}")
        before = self.ledger.doubled
        self.ledger.look()
        row.doubled += self.ledger.doubled - before
        row.lost = len(self.held - self.ledger.tokens.keys())
        if verify:
            self.verify()
        row.runs += 1
        self.read += len(self.log())

    def verify(self, whole: bool = False) -> None:
        """The chain holds, from where it was looked at last or all of it."""
        try:
            check_chain(self.world, 1 if whole else self.verified)
        except AssertionError as error:
            self.row.expect(False, f"the chain: {error}")
        self.verified = max(1, self.ledger.last)

    def end(self) -> None:
        """Stops the server as an operator would."""
        status = self.world.stop()
        self.row.expect(status == 0, f"the server ended with {status}: {self.world.tail()}")
        self.verify(whole=True)

    @staticmethod
    def usable(attempts: list[Attempt]) -> list[Attempt]:
        """Those whose assertion could be accepted now if it were new."""
        return [attempt for attempt in attempts if attempt.expires > time.time() + 5]

    # What the server says.

    def log(self) -> str:
        """What the server has said in this round."""
        if not self.world.log.exists():
            return ""
        return self.world.log.read_text(encoding="utf-8", errors="replace")[self.read :]

    def says(self, word: str, patience: float = PATIENCE) -> None:
        """Waits until the server has said a word in this round."""
        if not eventually(lambda: word in self.log(), patience):
            self.row.expect(False, f"the log does not say `{word}`")
        self.row.said = self.row.said or word

    def refuses(self, reason: str, patience: float = PATIENCE) -> None:
        """Waits until the server answers 503 of that reason, and is not ready."""

        def is_refused() -> bool:
            attempt = self.ask()
            return attempt.code == "PV-008" and attempt.reason == reason

        self.row.expect(eventually(is_refused, patience), f"no 503 of the reason {reason}")
        ready = eventually(lambda: self.world.request("GET", "health/ready").status == 503, patience)
        self.row.expect(ready, "ready under the fault")


def eventually(condition, patience: float = PATIENCE) -> bool:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def compiled(name: str, folder: pathlib.Path) -> pathlib.Path:
    """One of the libraries beside this file, for preloading into a server."""
    library = folder / f"{name}.so"
    source = str(HERE / f"{name}.c")
    options = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(["cc", *options, "-o", str(library), source, "-ldl"], check=True)
    return library


class Template:
    """One demo world, made once; each fault gets a copy, under the same issuer and ports."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.world = World(folder / "template").make()

    def copy(self, target: pathlib.Path, **settings: str) -> World:
        shutil.copytree(self.world.folder, target)
        world = World(target)
        world.port, world.admin_port = self.world.port, self.world.admin_port
        return world.configure(**settings) if settings else world

    @contextlib.contextmanager
    def stage(self, fault: str, at: pathlib.Path | None = None, **settings: str):
        """A stage in a folder of its own, or in the one named; its server has ended in the end, whatever happened."""
        row = Row(fault)
        with scratch() as folder:
            world = self.copy((at or pathlib.Path(folder)) / "data", **settings)
            stage = Stage(world, row)
            try:
                yield stage
            except (AssertionError, OSError, subprocess.SubprocessError) as error:
                row.expect(False, f"{type(error).__name__}: {error}")
            finally:
                world.kill()
                if not row.passed:
                    print(f"{fault}: {row.short}\n{stage.log()[-4_000:]}", file=sys.stderr, flush=True)
