#!/usr/bin/env python3
"""The whole campaign of faults, as `make faults` runs it: prints a table and writes a report.

    faults.py REPORT

REGISTER_UNITS=N kills imports of another size than of 400,000 main units.
"""

from __future__ import annotations

import json
import os
import pathlib
import random
import sys

import crowd_campaign
import import_kill_campaign
import import_while_issuing
import kill_campaign
import power_cut_campaign
import sync_kill_campaign
from world import World, scratch


def killed(world: World) -> list[dict]:
    summary = kill_campaign.campaign(world, rounds=10, seconds=3)
    # The campaign itself fails when a token is forgotten or an assertion is accepted twice.
    return [
        row("kills under load", summary.rounds, "", ">= 10", summary.rounds >= 10),
        row("tokens that survived them", summary.tokens, "", "all", True),
        row("answers cut off, asked for again", summary.lost, "", ">= 1", summary.lost >= 1),
        row("replays refused afterwards", summary.replays_refused, "", "all", summary.replays_refused > 0),
    ]


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


row = crowd_campaign.row


def main() -> None:
    results: list[dict] = []
    for part in (killed, imported, imports_killed, synced, power_cut, crowded):
        with scratch(crowd_campaign.IN_MEMORY if part is crowded else None) as folder:
            world = World(pathlib.Path(folder) / "data").make()
            try:
                results += part(world)
            except AssertionError as error:
                results.append(row(f"{part.__name__}: {error}", 1, "", "0", False))
            finally:
                world.kill()
    passed = all(result["passed"] for result in results)
    pathlib.Path(sys.argv[1]).write_text(
        json.dumps({"target": "faults", "passed": passed, "results": results}, indent=2) + "\n", encoding="utf-8"
    )
    for result in results:
        mark = "ok  " if result["passed"] else "FAIL"
        print(f"{mark} {result['name']:<100} {result['value']:>10} {result['unit']:<4} {result['must']}")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
