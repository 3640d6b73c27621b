#!/usr/bin/env python3
"""The whole campaign of faults, as `make faults` runs it: prints tables and writes reports.

    faults.py REPORT [FAULT…]      default: all faults, then imports, syncs and the crowd

FAULT is a name of campaign/plan.py, or `imports`, `killed_imports`, `killed_syncs`, `power_cut`, `crowd`.
REGISTER_UNITS=N kills imports of another size than of 400,000 main units.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import sys
from collections.abc import Callable

import crowd_campaign
import import_kill_campaign
import import_while_issuing
import power_cut_campaign
import sync_kill_campaign
from campaign.harness import Row, Template
from campaign.plan import WHOLE
from world import World, scratch

row = crowd_campaign.row


def imported(world: World) -> list[dict]:
    measured = import_while_issuing.measure(world, world.folder.parent, units=400_000, per_second=50)
    return [
        row("p99 of token requests beside an import of 400,000 units", measured.p99_ms, "ms", "< 250",
            measured.p99_ms < 250),
    ]


def imports_killed(world: World) -> list[dict]:
    units = int(os.environ.get("REGISTER_UNITS", "400000"))
    # Half of the rounds are imports of units, half of roles. The campaign itself fails when a register is not whole, when
    # a rerun ends in another state, or when a hint is missing.
    summary = import_kill_campaign.campaign(world.folder.parent / "killed-imports", rounds=20, units=units)
    return [
        row(f"imports of {units:,} units or their roles, killed while they ran", summary.killed, f"of {summary.rounds}",
            ">= 10", summary.killed >= 10),
        row("registers that were whole then, and the same after a rerun", summary.rounds, "", "all", True),
    ]


def synced(world: World) -> list[dict]:
    summary = sync_kill_campaign.campaign(world.folder.parent, rounds=10, changes=4_000)
    # The campaign itself fails when the register is neither whole nor the same after a rerun.
    return [
        row("kills of a sync of the register", summary.rounds, "", ">= 10", summary.rounds >= 10),
        row("of them while it ran", summary.killed, "", ">= 5", summary.killed >= 5),
        row("places in the feeds where they met it", len(summary.pages), "", ">= 2", len(summary.pages) >= 2),
    ]


def power_cut(world: World) -> list[dict]:
    proved = power_cut_campaign.order(world, 2_000)
    # Every place of a cut meets every way in which unsynced writes may be lost. The campaign itself fails when a token that
    # a client holds is lost, an assertion is accepted twice, or database or chain are not whole.
    summary = power_cut_campaign.campaign(world, rounds=32, seed=random.randrange(1 << 32))
    return [
        row("answers that left after their entry was synced", proved, "", "all", proved >= 2_000),
        row("power cuts at a chosen system call under load", summary.rounds, "", ">= 32", summary.rounds >= 32),
        row("of them cut once more while recovering", summary.cut_at_start, "", ">= 8", summary.cut_at_start >= 8),
        row("tokens that survived them", summary.tokens, "", "all", True),
        row("entries that were durable and unanswered", summary.lost_but_issued, "", ">= 1", summary.lost_but_issued >= 1),
        row("replays refused after them", summary.replays_refused, "", "all", summary.replays_refused > 0),
    ]


def crowded(world: World) -> list[dict]:
    measured = crowd_campaign.measure(world, idle=10_000, slow=1_000, seconds=15, counting=crowd_campaign.COUNTING)
    return crowd_campaign.rows(measured)


# What is measured besides the faults, each in a world of its own.
OTHERS: dict[str, Callable[[World], list[dict]]] = {
    "imports": imported, "killed_imports": imports_killed, "killed_syncs": synced, "power_cut": power_cut,
    "crowd": crowded,
}

HEAD = f"     {'fault':<34} {'runs':>5} {'tokens':>8} {'lost':>5} {'doubled':>8} {'hung':>5} {'slowest':>8}  time to heal"


def line(done: Row) -> str:
    mark = "ok  " if done.passed else "FAIL"
    return (
        f"{mark} {done.fault:<34} {done.runs:>5} {done.tokens:>8} {done.lost:>5} {done.doubled:>8} {done.hung:>5} "
        f"{done.slowest:>6.1f} s  {done.heal}"
    )


def result(done: Row) -> dict:
    """A row in the form that all reports have, with what the table says of it."""
    return {
        "name": done.fault, "value": done.lost + done.doubled + done.hung, "unit": "lost, doubled or hung", "must": "0",
        **done.told(),
    }


def suffer(names: list[str]) -> list[Row]:
    """Does the faults of these names, and prints each row as soon as it is known."""
    done: list[Row] = []
    with scratch() as folder:
        template = Template(pathlib.Path(folder))
        print(HEAD, flush=True)
        for name in names:
            done.append(WHOLE[name](template))
            print(line(done[-1]), flush=True)
            for shortcoming in done[-1].short:
                print(f"       {shortcoming}", flush=True)
    return done


def measure(name: str) -> list[dict]:
    with scratch(crowd_campaign.IN_MEMORY if name == "crowd" else None) as folder:
        world = World(pathlib.Path(folder) / "data").make()
        try:
            return OTHERS[name](world)
        except AssertionError as error:
            return [row(f"{name}: {error}", 1, "", "0", False)]
        finally:
            world.kill()


def main() -> None:
    names = sys.argv[2:] or [*WHOLE, *OTHERS]
    if unknown := [name for name in names if name not in WHOLE and name not in OTHERS]:
        sys.exit(f"no such fault: {', '.join(unknown)} (there are: {', '.join([*WHOLE, *OTHERS])})")
    results = [result(done) for done in suffer([name for name in names if name in WHOLE])]
    for name in (name for name in names if name in OTHERS):
        for each in measure(name):
            mark = "ok  " if each["passed"] else "FAIL"
            print(f"{mark} {each['name']:<100} {each['value']:>10} {each['unit']:<4} {each['must']}", flush=True)
            results.append(each)
    passed = all(each["passed"] for each in results)
    pathlib.Path(sys.argv[1]).write_text(
        json.dumps({"target": "faults", "passed": passed, "results": results}, indent=2) + "\n", encoding="utf-8"
    )
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
