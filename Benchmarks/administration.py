#!/usr/bin/env python3
"""Measures administration at national scale: scope files compared with the store, and the open list of scopes.

    administration.py REPORT.json [--scopes N] [--accesses N]      default: 10,000 scopes with 1,000,000 accesses

The store is filled by `portvakt scope apply` for one prefix and then multiplied by SQL, since a million acts with their
ledger entries are not what is measured. The files declare every scope and every access.
"""

from __future__ import annotations

import argparse
import http.client
import pathlib
import sqlite3
import statistics
import subprocess
import time

from measuring import Report
from sizes import organisations
from world import World, binary, scratch

MOST_DIFF = 3.0
MOST_LISTING_MS = 50.0
PREFIXES = 100
RUNS = 3
REQUESTS = 200


def make(world: World, folder: pathlib.Path, scopes: int, accesses: int) -> None:
    """Files, and a store that holds the same."""
    owner = world.client_by("registered_key").organisation
    each = max(1, scopes // PREFIXES)
    numbers = organisations(max(1, accesses // (PREFIXES * each)))
    files = folder / "scopes"
    files.mkdir()
    store = sqlite3.connect(world.folder / "portvakt.db")
    for prefix in range(PREFIXES):
        name = f"bench{prefix:03}"
        file = f"{name}.yaml"
        lines = [f"prefix: {name}", f'owner_orgno: "{owner}"', "scopes:"]
        scope_rows, access_rows = [], []
        for scope in range(each):
            lines += [
                f"  - subscope: api/{scope:04}.read", "    description: Read what is measured",
                "    long_description: A longer text about what is measured, and why it is shared with others",
                "    at_max_age: 120", "    access:",
            ]
            full = f"{name}:api/{scope:04}.read"
            fields = (
                '{"description":"Read what is measured","long_description":"A longer text about what is measured, '
                'and why it is shared with others","at_max_age":120}'
            )
            scope_rows.append((full, name, int(owner), fields, f"file:{file}:{len(lines) - 4}"))
            for number in numbers:
                lines.append(f'      - orgno: "{number:09}"')
                access_rows.append((full, number, f"file:{file}:{len(lines)}"))
        (files / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
        with store:
            store.execute("INSERT INTO scope_prefix VALUES (?, ?, 1790000000, 1790000000)", (name, int(owner)))
            store.executemany(
                "INSERT INTO scope (name, prefix, owner, active, fields, created, last_updated, origin) "
                "VALUES (?, ?, ?, 1, ?, 1790000000, 1790000000, ?)", scope_rows,
            )
            store.executemany(
                "INSERT INTO scope_access (scope, consumer, state, created, last_updated, origin) "
                "VALUES (?, ?, 'APPROVED', 1790000000, 1790000000, ?)", access_rows,
            )
    store.close()


def measure_diff(report: Report, world: World, files: pathlib.Path, name: str) -> None:
    best = float("inf")
    for _ in range(RUNS):
        started = time.perf_counter()
        done = subprocess.run(
            [str(binary()), "scope", "diff", str(files), "--summary", "--output", "table", "--data", str(world.folder)],
            capture_output=True, text=True, timeout=600,
        )
        best = min(best, time.perf_counter() - started)
        if done.returncode != 0 or done.stdout != "0 to add, 0 to change, 0 to remove\n":
            raise SystemExit(f"files and store differ: {done.stdout[-500:]}{done.stderr[-500:]}")
    report.row(f"scope diff, {name}", best, "s", f"< {MOST_DIFF:g}", best < MOST_DIFF)


def measure_listing(report: Report, world: World) -> None:
    """`GET /api/v1/scopes/all`, one request after the other on one connection, and the first after the start."""
    world.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", world.admin_port, timeout=60)
        times = []
        for _ in range(REQUESTS):
            started = time.perf_counter()
            connection.request("GET", "/api/v1/scopes/all")
            response = connection.getresponse()
            body = response.read()
            times.append((time.perf_counter() - started) * 1_000)
            if response.status != 200 or not body.startswith(b"["):
                report.row("GET /api/v1/scopes/all, status", response.status, "", "200", False)
                return
        connection.close()
    finally:
        world.stop()
    middle = statistics.median(times)
    report.row("GET /api/v1/scopes/all, median", middle, "ms", f"< {MOST_LISTING_MS:g}", middle < MOST_LISTING_MS)
    report.row("GET /api/v1/scopes/all, the first", times[0], "ms")
    report.row("its length", len(body) / 1_048_576, "MiB")


def main(path: str, scopes: int, accesses: int) -> int:
    report = Report()
    with scratch() as folder:
        folder = pathlib.Path(folder)
        world = World(folder / "data").make()
        make(world, folder, scopes, accesses)
        measure_diff(report, world, folder / "scopes", f"{scopes:,} scopes and {accesses:,} accesses in store and files")
        for file in (folder / "scopes").iterdir():
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if not line.startswith(("      - orgno:", "    access:"))]
            file.write_text("".join(kept), encoding="utf-8")
        measure_diff(report, world, folder / "scopes", "the same without lists of access in the files")
        measure_listing(report, world)
    return 0 if report.write(path, "bench-administration") else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("report")
    parser.add_argument("--scopes", type=int, default=10_000)
    parser.add_argument("--accesses", type=int, default=1_000_000)
    arguments = parser.parse_args()
    raise SystemExit(main(arguments.report, arguments.scopes, arguments.accesses))
