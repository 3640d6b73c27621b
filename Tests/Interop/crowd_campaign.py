#!/usr/bin/env python3
"""Asks for tokens beside a crowd of idle and slow connections, and looks at what the crowd cost and left behind.

    crowd_campaign.py [IDLE] [SLOW] [SECONDS]      default: 10000 idle, 1000 slow, 15 seconds

The healthy clients ask at a set rate, before the crowd comes, while it is there and after it has left; their assertions
are signed beforehand, and a small program sends them, so that little of what is measured is their own. The crowd's program
stands back behind both, as one on machines of its own would. That is done in rounds. A machine has moods, and a
slow moment beside the crowd proves nothing when the same requests are slow without it: a round counts when the times
before and after it agree, and the median of those that count is the figure. The database is kept in memory where there
is a place for that, so that a disk's moods are no part of it.
"""

from __future__ import annotations

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field

import open_loop
from world import Grant, World, scratch, token_form

# A folder in memory, where the machine has one.
IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
HERE = pathlib.Path(__file__).resolve().parent


# So many rounds must count for a figure, and for each at most so many are run.
COUNTING = 3
MOST_ROUNDS = 4


@dataclass(frozen=True)
class Round:
    """The p99 of healthy requests in milliseconds: before the crowd, beside it, and after it."""

    before: float
    beside: float
    after: float

    @property
    def counts(self) -> bool:
        """Whether the machine was the same before and after."""
        return max(self.before, self.after) <= 1.5 * min(self.before, self.after)

    @property
    def ratio(self) -> float:
        return self.beside / ((self.before + self.after) / 2)


@dataclass
class Measured:
    """What the crowd cost."""

    idle: int
    slow: int
    rounds: list[Round] = field(default_factory=list)
    # Runs in which a healthy request got no token.
    failed: list = field(default_factory=list)
    # The server's memory in MiB, and its open files.
    memory_before: float = 0
    memory_peak: float = 0
    memory_after: float = 0
    files_before: int = 0
    files_peak: int = 0
    files_after: int = 0
    closed_by_server: dict = field(default_factory=dict)
    refused: int = 0

    @property
    def ratio(self) -> float:
        """How much later healthy requests were answered; of all rounds when none counts."""
        counting = [round for round in self.rounds if round.counts]
        return statistics.median(round.ratio for round in counting or self.rounds)

    @property
    def p99_alone(self) -> float:
        return statistics.median(round.before for round in self.rounds)


def memory(pid: int) -> float:
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("the server has no memory")


def files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


class Watch(threading.Thread):
    """The most memory while it runs; files are counted apart, since to list 11,000 of them takes the kernel's time."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.pid = pid
        self.memory = 0.0
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(0.2):
            self.memory = max(self.memory, memory(self.pid))


def healthy(world: World, measured: Measured, seconds: float, per_second: int) -> float:
    """The p99 in milliseconds of healthy requests at a set rate; those that got no token are noted."""
    client = world.client_by("registered_key")
    key = client.private_key
    with tempfile.NamedTemporaryFile() as bodies:
        for _ in range(int(seconds * per_second)):
            bodies.write(token_form(Grant.of(client, world.issuer, key=key).signed()) + b"\n")
        bodies.flush()
        answer = open_loop.ask(world.port, per_second, seconds, "--bodies", bodies.name, "--connections", "8")
    if answer["tokens"] != answer["planned"]:
        measured.failed.append(answer)
    return answer["p99_ms"]


def measure(world: World, idle: int, slow: int, seconds: float, per_second: int = 200, counting: int = 0) -> Measured:
    """One round, or as many as it takes until so many count; the server is still running afterwards."""
    world.start()
    pid = world.process.pid
    measured = Measured(idle, slow)
    # Whatever is made at first use is there before anything is measured.
    healthy(world, measured, 3, per_second)
    before = healthy(world, measured, seconds, per_second)
    time.sleep(1)
    measured.memory_before, measured.files_before = memory(pid), files(pid)
    watch = Watch(pid)
    watch.start()
    for _ in range(max(1, MOST_ROUNDS * counting)):
        beside = p99_beside(world, measured, seconds, per_second)
        settle(pid, measured)
        after = healthy(world, measured, seconds, per_second)
        measured.rounds.append(Round(before, beside, after))
        print(measured.rounds[-1], file=sys.stderr, flush=True)
        before = after
        if sum(round.counts for round in measured.rounds) >= counting:
            break
    watch.stopped.set()
    watch.join()
    measured.memory_peak = watch.memory
    return measured


def p99_beside(world: World, measured: Measured, seconds: float, per_second: int) -> float:
    crowd = subprocess.Popen(
        [sys.executable, str(HERE / "crowd.py"), str(world.port), str(measured.idle), str(measured.slow)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    try:
        opened = json.loads(crowd.stdout.readline())
        assert opened["open"] >= 0.99 * (measured.idle + measured.slow), opened
        measured.files_peak = max(measured.files_peak, files(world.process.pid))
        beside = healthy(world, measured, seconds, per_second)
        crowd.stdin.close()
        told = json.loads(crowd.stdout.readline())
        measured.closed_by_server, measured.refused = told["closed_by_server"], told["refused"]
        crowd.wait(60)
    finally:
        crowd.kill()
        crowd.wait()
    return beside


def settle(pid: int, measured: Measured) -> None:
    """Waits until the connections are gone, and a little longer for the memory."""
    deadline = time.monotonic() + 60
    while files(pid) > measured.files_before + 8 and time.monotonic() < deadline:
        time.sleep(0.2)
    time.sleep(5)
    measured.memory_after, measured.files_after = memory(pid), files(pid)


def rows(measured: Measured) -> list[dict]:
    """What `make faults` reports of it."""
    crowd = f"{measured.idle:,} idle and {measured.slow:,} slow connections"
    left = measured.memory_after - measured.memory_before
    return [
        row(f"{crowd}: p99 of healthy requests, as a multiple of that without them", measured.ratio, "", "<= 2",
            measured.ratio <= 2),
        row("p99 without them", measured.p99_alone, "ms", "", True),
        row("rounds that count", sum(round.counts for round in measured.rounds), "", ">= 1",
            any(round.counts for round in measured.rounds)),
        row("runs with a healthy request that failed", len(measured.failed), "", "0", not measured.failed),
        row("memory at most", measured.memory_peak, "MiB", "< 300", measured.memory_peak < 300),
        row("memory kept afterwards", left, "MiB", "< 32", left < 32),
        row(
            "files kept open afterwards", measured.files_after - measured.files_before, "", "<= 8",
            measured.files_after <= measured.files_before + 8,
        ),
    ]


def row(name: str, value: float, unit: str, must: str, passed: bool) -> dict:
    return {"name": name, "value": round(value, 2), "unit": unit, "must": must, "passed": passed}


def main() -> None:
    numbers = [int(argument) for argument in sys.argv[1:]]
    idle, slow, seconds = (numbers + [10_000, 1_000, 15][len(numbers):])[:3]
    with scratch(IN_MEMORY) as folder:
        world = World(pathlib.Path(folder) / "data").make()
        try:
            measured = measure(world, idle, slow, seconds, counting=COUNTING)
        finally:
            world.kill()
    print(measured, file=sys.stderr)
    print(json.dumps(rows(measured), indent=2))
    sys.exit(0 if all(row["passed"] for row in rows(measured)) else 1)


if __name__ == "__main__":
    main()
