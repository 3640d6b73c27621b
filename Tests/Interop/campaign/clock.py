"""What is done to the clock: stepped ahead and back by an hour under the server. The rule is that a step ahead is not believed
at once, and that a clock behind the highest time seen issues nothing."""

from __future__ import annotations

import mmap
import pathlib
import struct
import time

from campaign.harness import Row, Stage, Template, compiled, eventually

HOUR = 3_600
# Few enough that nobody is told to wait for having been refused too often.
RATE = 20


class Clock:
    """The server's clock, as far as it differs from the machine's: told to a library that is preloaded (clock_shim.c)."""

    def __init__(self, folder: pathlib.Path):
        self.library = compiled("clock_shim", folder)
        self.file = folder / "clock-offset"
        self.file.write_bytes(bytes(8))
        with self.file.open("r+b") as file:
            self.map = mmap.mmap(file.fileno(), 8)

    def step(self, seconds: int) -> None:
        """Puts it so far from the machine's, all at once."""
        self.map[:] = struct.pack("q", seconds)

    @property
    def prefix(self) -> tuple[str, ...]:
        return ("env", f"LD_PRELOAD={self.library}", f"CLOCK_OFFSET={self.file}")


def stepped(template: Template, runs: int) -> Row:
    """An hour ahead and back again before that is believed; then an hour back and right again, once over a restart."""
    row = Row("clock stepped by an hour")
    for run in range(runs):
        # A clock that was set back is followed at once, so that right again is a step ahead: each run begins anew.
        with template.stage(row.fault) as stage:
            clock = Clock(stage.world.folder.parent)
            stage.world.start(prefix=clock.prefix)
            ahead(stage, clock)
            back(stage, clock, restart=run % 2 == 1)
            stage.end()
        row.add(stage.row)
    return row


def ahead(stage: Stage, clock: Clock) -> None:
    with stage.load(4, per_second=RATE) as load:
        eventually(lambda: any(attempt.outcome == "token" for attempt in load.attempts))
        said = stage.log().count("clock stepped ahead")
        clock.step(HOUR)
        stage.row.expect(
            eventually(lambda: stage.log().count("clock stepped ahead") > said), "the step ahead was not noticed"
        )
        # By the server's clock, whoever has the right time comes an hour late.
        stage.row.expect(stage.ask().code is not None, "an assertion of an hour ago gave a token")
        clock.step(0)
        right = time.monotonic()
    stage.heal(right)
    stage.settle(*EXPIRED)


def back(stage: Stage, clock: Clock, restart: bool) -> None:
    with stage.load(4, per_second=RATE) as load:
        eventually(lambda: any(attempt.outcome == "token" for attempt in load.attempts))
        clock.step(-HOUR)
        stage.refuses("clock_behind")
        stage.says("clock behind")
        if restart:
            stage.world.kill()
    if restart:
        # A server that comes to know only now must not take what was used for fresh.
        start_behind(stage, clock)
    clock.step(0)
    right = time.monotonic()
    if stage.world.process is None:
        stage.world.start(prefix=clock.prefix)
    stage.heal(right)
    stage.settle(*EXPIRED, *AHEAD)


def start_behind(stage: Stage, clock: Clock) -> None:
    """Starts the server while its clock is behind: it lives and issues nothing, or does not start and says why."""
    try:
        stage.world.start(prefix=clock.prefix, until="health/live")
    except AssertionError as refusal:
        # The keys of a world that was made a moment ago do not sign yet by such a clock.
        stage.row.expect("no signing key" in str(refusal), f"it did not start: {refusal}")
        stage.world.kill()
        return
    stage.refuses("clock_behind")
    stage.world.kill()


# What assertions are refused with that are an hour too old, and an hour ahead.
EXPIRED = ("MP-130",)
AHEAD = ("PV-012",)
