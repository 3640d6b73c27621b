#!/usr/bin/env python3
"""Tokens for a long time at 80 % of the highest throughput: does memory grow, does anything fail, does the p99 stay?

    soak.py REPORT.json [--seconds S]      default: 900 seconds

The load program signs each assertion with a P-256 key when it sends it.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import statistics
import threading
import time

import measuring
import open_loop
import tokens
from measuring import SERVER_CORE, Report
from tokens import Load
from world import World, scratch

SHARE = 0.8
# What memory may have grown by since the first minute.
MOST_GROWTH = 1.05
# The p99 of the last stretches against that of the first ones: no bound was given for "steady", and this is what is taken.
MOST_P99_GROWTH = 1.5


def measure(report: Report, folder: str, seconds: float) -> None:
    world = World(pathlib.Path(folder) / "soak").make()
    client = world.client_by("registered_key")
    signing = tokens.p256_signing(world, client.scopes[0], folder)
    key = pathlib.Path(folder) / "p256.key"
    key.write_bytes(signing.key)
    minute = min(60.0, seconds / 5)
    world.start(prefix=("taskset", "-c", SERVER_CORE))
    try:
        highest = Load(world, signing, folder)
        highest.warm()
        rate = SHARE * statistics.median(highest.run(4)["per_second"] for _ in range(3))
        report.row("soak: rate, 80 % of the highest", rate, "per second")
        memory: list[float] = []
        timer = threading.Timer(minute, lambda: memory.append(resident(world)))
        timer.start()
        answer = open_loop.ask(
            world.port, rate, seconds, "--sign", str(key), "--header",
            json.dumps({"alg": "ES256", **signing.header}, separators=(",", ":")), "--claims",
            json.dumps(signing.claims, separators=(",", ":")), "--window", str(minute),
            prefix=("taskset", "-c", measuring.LOAD_CORE),
        )
        timer.join()
        memory.append(resident(world))
    finally:
        world.stop()
    report.row("soak: tokens", answer["tokens"], "")
    failed = answer["planned"] - answer["tokens"]
    report.at_most("soak: requests without a token", failed, "", 0)
    report.row("soak: resident memory after the first stretch", memory[0], "MiB")
    report.at_most("soak: memory at the end / after the first stretch", memory[1] / memory[0], "ratio", MOST_GROWTH)
    windows = [window["p99_ms"] for window in answer["windows"]]
    third = max(1, len(windows) // 3)
    report.row("soak: p50", answer["p50_ms"], "ms")
    report.row("soak: p99", answer["p99_ms"], "ms")
    steady = statistics.median(windows[-third:]) / statistics.median(windows[:third])
    report.at_most("soak: p99 of the last third / of the first", steady, "ratio", MOST_P99_GROWTH)


def resident(world: World) -> float:
    return measuring.resident_mebibytes(world.process.pid, highest=False)


def main(path: str, seconds: float) -> int:
    report = Report()
    start = time.perf_counter()
    with scratch() as folder:
        measure(report, folder, seconds)
    return 0 if report.write(path, "soak", seconds=round(time.perf_counter() - start)) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("report")
    parser.add_argument("--seconds", type=float, default=900)
    arguments = parser.parse_args()
    raise SystemExit(main(arguments.report, arguments.seconds))
