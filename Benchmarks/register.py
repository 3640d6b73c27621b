#!/usr/bin/env python3
"""Measures what the whole register costs: its import, the start of a server that has it, and tokens beside it.

    register.py REPORT.json [--units N]      default: 1,200,000 main units

The files are made once by `portvakt org generate` and kept in .build/register-N. What is compared is measured in the same
run; wall time, and beside it the processor time that the kernel charged.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from measuring import ROOT, Report
import import_while_issuing
from world import World, binary, scratch

# DESIGN §13.
MOST_MEMORY = 300
MOST_START = 0.5
LEAST_PYTHON = 3.0
MOST_P99_MS = 250
RUNS = 3


@dataclass
class Cost:
    wall: float
    cpu: float
    mebibytes: float
    output: str


def cost(*command: str | pathlib.Path, keeps_output: bool = True) -> Cost:
    """What one process took, with what it printed."""
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL,
            stdout=output if keeps_output else subprocess.DEVNULL, stderr=subprocess.PIPE if keeps_output else None,
        )
        errors = process.stderr.read() if process.stderr else b""
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode()
    if process.returncode != 0:
        raise SystemExit(f"`{' '.join(map(str, command))}` failed:\n{text}{errors.decode()}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, text)


def best(costs: list[Cost]) -> Cost:
    return min(costs, key=lambda taken: taken.wall)


def generate(report: Report, units: int) -> pathlib.Path:
    folder = ROOT / f".build/register-{units}"
    if not (folder / "underenheter.csv.gz").exists():
        taken = cost(binary(), "org", "generate", "--units", str(units), "--seed", "1", "--out", folder)
        report.row("register: generating its five files", taken.wall, "s")
    for name in ("enheter", "underenheter", "roller"):
        report.row(f"register: {name}.json.gz", (folder / f"{name}.json.gz").stat().st_size / 1e6, "MB")
    return folder


def unpack(files: list[pathlib.Path]) -> Cost:
    return cost("gzip", "-dc", *files, keeps_output=False)


def importing(world: World, *files: pathlib.Path, flags: tuple[str, ...] = ()) -> Cost:
    """One command after the other, as an operator's nightly job has them."""
    total = Cost(0, 0, 0, "")
    for file in files:
        # The index of names is built behind the register; it has a row of its own.
        taken = cost(binary(), "org", "import", file, "--data", world.folder, "--json", "--no-index", *flags)
        total = Cost(
            total.wall + taken.wall, total.cpu + taken.cpu, max(total.mebibytes, taken.mebibytes),
            total.output + taken.output,
        )
    return total


def empty(folder: pathlib.Path, name: str) -> World:
    world = World(folder / name)
    world.command("init", str(world.folder), "--issuer", "https://register.example/", "--env", "test")
    return world


def measure_import(report: Report, files: pathlib.Path, folder: pathlib.Path) -> None:
    both = [files / "enheter.json.gz", files / "underenheter.json.gz"]
    roles = files / "roller.json.gz"
    unpacked, imported, scripted, unpacked_roles, imported_roles = [], [], [], [], []
    # Turn by turn, so that whatever else the machine does meets all of them alike.
    for turn in range(RUNS):
        world = empty(folder, f"register-{turn}")
        unpacked.append(unpack(both))
        imported.append(importing(world, *both))
        script = ROOT / "Benchmarks/register_import.py"
        if turn == 0:
            scripted.append(cost(sys.executable, script, folder / "python.db", *both))
        unpacked_roles.append(unpack([roles]))
        imported_roles.append(importing(world, roles))
    again = importing(world, *both, roles)
    tables = importing(world, files / "enheter.csv.gz", files / "underenheter.csv.gz")
    indexed = cost(binary(), "org", "index", "--data", world.folder)
    gzip, units, script = best(unpacked), best(imported), best(scripted)
    report.row("register: `gzip -dc` of the two unit files", gzip.wall, "s")
    report.row("register: import of the two unit files", units.wall, "s")
    report.row("register: the same, processor time", units.cpu, "s")
    ratio = units.wall / gzip.wall
    report.row("register: import / `gzip -dc`", ratio, "ratio", "<= 1", ratio <= 1)
    faster = script.wall / units.wall
    report.row("register: Python script / import", faster, "ratio", f">= {LEAST_PYTHON}", faster >= LEAST_PYTHON)
    report.row("register: the index of names, behind the first import", indexed.wall, "s")
    report.row("register: the same, resident memory", indexed.mebibytes, "MiB", f"<= {MOST_MEMORY}", indexed.mebibytes <= MOST_MEMORY)
    report.row("register: the same three files again, which changes nothing", again.wall, "s")
    report.row("register: both CSV extracts after them, which change nothing", tables.wall, "s")
    ratio = best(imported_roles).wall / best(unpacked_roles).wall
    count = sum(found["roles"] + found["roles_over"] for found in documents(imported_roles[0].output))
    report.row("register: role rows", count, "")
    report.row("register: import of roles", best(imported_roles).wall, "s")
    report.row("register: the same, processor time", best(imported_roles).cpu, "s")
    report.row("register: import of roles / `gzip -dc`", ratio, "ratio", "<= 2", ratio <= 2)
    most = max(taken.mebibytes for taken in (*imported, *imported_roles, again, tables))
    report.row("register: resident memory of an import, highest", most, "MiB", f"<= {MOST_MEMORY}", most <= MOST_MEMORY)
    for found in documents(again.output + tables.output):
        if any(found.get(count) for count in ("new", "changed", "closed", "ended", "invalid")):
            raise SystemExit(f"a second import of the same register changed something: {found}")


def documents(text: str):
    """The JSON documents that a command has written one after the other, each on several lines."""
    decoder, place = json.JSONDecoder(), 0
    while place < len(text.rstrip()):
        found, place = decoder.raw_decode(text, place + len(text[place:]) - len(text[place:].lstrip()))
        yield found


def ready_seconds(world: World) -> float:
    """From the start of the process to the first answer that it is ready, asked every two milliseconds."""
    start = time.perf_counter()
    world.start()
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", int(world.issuer.rstrip("/").rsplit(":", 1)[1]), timeout=1)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return time.perf_counter() - start
        except OSError:
            pass
        time.sleep(0.002)


def measure_serving(report: Report, files: pathlib.Path, folder: pathlib.Path) -> None:
    """A start with the whole register, and tokens beside an import; its throughput is a row of sizes.py."""
    world = World(folder / "demo").make()
    importing(world, *(files / f"{kind}.json.gz" for kind in ("enheter", "underenheter", "roller")), flags=("--update",))
    # What the operating system keeps of a file that was just written is as warm as it gets.
    start = ready_seconds(world)
    world.stop()
    report.row("register: start to ready with it", start, "s", f"<= {MOST_START}", start <= MOST_START)
    beside = World(folder / "beside").make()
    try:
        found = import_while_issuing.measure_file(beside, files / "enheter.json.gz", 50)
    finally:
        beside.kill()
    report.row("register: seconds of an import of main units beside a server", found.import_seconds, "s")
    report.row(
        "register: token p99 beside an import", found.p99_ms, "ms", f"< {MOST_P99_MS}", found.p99_ms < MOST_P99_MS
    )


def main(path: str, units: int) -> int:
    report = Report()
    files = generate(report, units)
    with scratch() as folder:
        measure_import(report, files, pathlib.Path(folder))
        measure_serving(report, files, pathlib.Path(folder))
    return 0 if report.write(path, "bench-register") else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("report")
    parser.add_argument("--units", type=int, default=1_200_000)
    arguments = parser.parse_args()
    raise SystemExit(main(arguments.report, arguments.units))
