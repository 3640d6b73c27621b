#!/usr/bin/env python3
"""The same load on an installation that grows: clients, scopes, grants, delegations, the whole register.

    sizes.py REPORT.json [--units N] [--seconds S]      default: 1,200,000 main units and their sub-units

A hundred clients take turns in every run. What makes it large is put into the store by SQL, since a million acts with
their ledger entries are not what is measured; the register is imported. Each point is several runs, and the processor time
of each is compared with what `openssl speed` says right before it, so that a machine's moods do not become a slope.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import sqlite3
import sys
import time
import uuid

import measuring
from measuring import SERVER_CORE, Report, Runs
import register
import tokens
from tokens import Load
from world import World, scratch

# DESIGN §13.
LEAST_THROUGHPUT = 0.95
MOST_MEMORY = 256
MOST_START = 0.5
# What a slope may be from the smallest to the largest, in CPU per token.
MOST_SLOPE = 1.05
RUNS = 5
CLIENTS = 100


def copies(store: sqlite3.Connection, template: str, count: int) -> list[str]:
    """So many clients with the scopes and keys of one that exists; their identifiers."""
    identifiers = [str(uuid.uuid4()) for _ in range(count)]
    with store:
        store.execute("CREATE TEMP TABLE IF NOT EXISTS copy (id TEXT PRIMARY KEY)")
        store.execute("DELETE FROM copy")
        store.executemany("INSERT INTO copy VALUES (?)", [(identifier,) for identifier in identifiers])
        for table, key in (("client", "id"), ("client_scope", "client"), ("client_key", "client")):
            columns = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
            chosen = ", ".join("copy.id" if column == key else f"t.{column}" for column in columns)
            store.execute(f"INSERT INTO {table} SELECT {chosen} FROM copy, {table} AS t WHERE t.{key} = ?", (template,))
    return identifiers


def scopes(store: sqlite3.Connection, owner: str, count: int) -> list[str]:
    """So many scopes of a hundred prefixes; their names."""
    names = [f"size{number % 100:02}:api/{number // 100:04}.read" for number in range(count)]
    fields = '{"description":"Read what is measured","at_max_age":120}'
    with store:
        store.executemany(
            "INSERT INTO scope_prefix VALUES (?, ?, 1790000000, 1790000000)",
            [(f"size{number:02}", int(owner)) for number in range(100)],
        )
        store.executemany(
            "INSERT INTO scope (name, prefix, owner, active, fields, created, last_updated, origin) "
            "VALUES (?, ?, ?, 1, ?, 1790000000, 1790000000, 'api')",
            [(name, name.split(":")[0], int(owner), fields) for name in names],
        )
    return names


def organisations(count: int) -> list[int]:
    """Made-up organisation numbers: who has access already need not be in the register."""
    numbers, stem = [], 20_000_000
    while len(numbers) < count:
        stem += 1
        check = (11 - sum(int(digit) * weight for digit, weight in zip(str(stem), (3, 2, 7, 6, 5, 4, 3, 2))) % 11) % 11
        if check < 10:
            numbers.append(stem * 10 + check)
    return numbers


def grants(store: sqlite3.Connection, names: list[str], own: str, count: int) -> None:
    """So many grants of access, a tenth of them to the scope that is asked for."""
    numbers = organisations(count // 10)
    rows = [(own, number) for number in numbers]
    each = (count - len(rows)) // len(names)
    rows += [(name, number) for name in names for number in numbers[:each]]
    with store:
        store.executemany(
            "INSERT OR IGNORE INTO scope_access (scope, consumer, state, created, last_updated, origin) "
            "VALUES (?, ?, 'APPROVED', 1790000000, 1790000000, 'api')", rows,
        )


def delegations(store: sqlite3.Connection, count: int) -> None:
    """So many delegations of a few resources among many parties."""
    numbers = organisations(count // 10)
    rows = (
        (os.urandom(16), numbers[place % len(numbers)], numbers[(place * 7 + 1) % len(numbers)], f"size-{place // len(numbers)}")
        for place in range(count)
    )
    with store:
        store.executemany(
            "INSERT OR IGNORE INTO scope_delegation (id, consumer, supplier, resource, since) "
            "VALUES (?, ?, ?, ?, 1790000000)", rows,
        )


class Growth:
    """An installation, larger with each step."""

    def __init__(self, folder: str, units: int, report: Report):
        self.world = World(pathlib.Path(folder) / "sizes").make()
        self.units = units
        self.report = report
        client = self.world.client_by("registered_key")
        self.template, self.owner, self.scope = client.id, client.organisation, client.scopes[0]
        with sqlite3.connect(self.world.folder / "portvakt.db") as store:
            asking = copies(store, self.template, CLIENTS)
        signing = tokens.signing(client, self.world.issuer, self.scope)
        self.load = Load(self.world, tokens.Signing(signing.key, signing.header, signing.claims, asking), folder)
        self.names: list[str] = []

    @property
    def steps(self):
        """What each point is called, and what makes it of the one before."""
        return [
            ("demo world", lambda store: None),
            ("10,000 clients", lambda store: copies(store, self.template, 10_000)),
            ("100,000 clients", lambda store: copies(store, self.template, 90_000)),
            ("10,000 scopes", lambda store: self.names.extend(scopes(store, self.owner, 10_000))),
            ("1,000,000 grants", lambda store: grants(store, self.names, self.scope, 1_000_000)),
            ("1,000,000 delegations", lambda store: delegations(store, 1_000_000)),
            (f"{self.units * 11 // 6:,} units", None),
        ]

    def grow(self, change) -> None:
        if change is None:
            files = register.generate(self.report, self.units)
            names = ("enheter", "underenheter", "roller")
            register.importing(self.world, *(files / f"{name}.json.gz" for name in names), flags=("--update",))
            return
        store = sqlite3.connect(self.world.folder / "portvakt.db")
        change(store)
        # Facts that a server may have cached are told of by the revision, as an act of administration would.
        with store:
            store.execute("UPDATE revision SET value = value + 1")
        store.close()

    def point(self, name: str, seconds: float) -> dict:
        self.world.start(prefix=("taskset", "-c", SERVER_CORE))
        try:
            self.load.warm()
            costs, results = [], []
            for _ in range(RUNS):
                costs.append(measuring.arithmetic())
                results.append(self.load.run(seconds))
            memory = measuring.resident_mebibytes(self.world.process.pid)
        finally:
            self.world.stop()
        ratios = [
            result["cpu_us"] / (cost["rsa2048_sign"] + cost["rsa2048_verify"]) for result, cost in zip(results, costs)
        ]
        rates = Runs.of(
            result["per_second"] * (cost["rsa2048_sign"] + cost["rsa2048_verify"]) / 1e6
            for result, cost in zip(results, costs)
        )
        self.report.row(f"{name}: CPU per token / arithmetic", Runs.of(ratios), "ratio")
        return {"name": name, "ratio": Runs.of(ratios).median, "rate": rates.median, "memory": memory}


def measure(report: Report, folder: str, units: int, seconds: float) -> list[dict]:
    """The points; their rows go into the report."""
    growth = Growth(folder, units, report)
    points = []
    for name, change in growth.steps:
        growth.grow(change)
        points.append(growth.point(name, seconds))
    first, last = points[0], points[-1]
    report.at_least(
        "all of it: tokens per second, as a share of the demo world's", last["rate"] / first["rate"], "ratio",
        LEAST_THROUGHPUT,
    )
    slope = last["ratio"] / first["ratio"]
    report.at_most("all of it: CPU per token, as a multiple of the demo world's", slope, "ratio", MOST_SLOPE)
    report.at_most("all of it: resident memory, highest", last["memory"], "MiB", MOST_MEMORY)
    start = min(ready(growth.world) for _ in range(3))
    report.at_most("all of it: start to ready", start, "s", MOST_START)
    strangers(report, growth, seconds)
    return points


def ready(world: World) -> float:
    start = register.ready_seconds(world)
    world.stop()
    return start


def strangers(report: Report, growth: Growth, seconds: float) -> None:
    """No two tokens of a run for the same client: nothing that is read for one serves another."""
    with sqlite3.connect(growth.world.folder / "portvakt.db") as store:
        rows = store.execute("SELECT id FROM client WHERE owner = ? ORDER BY id", (int(growth.owner),))
        signing = growth.load.signing
        everybody = [row[0] for row in rows]
    load = Load(growth.world, tokens.Signing(signing.key, signing.header, signing.claims, everybody), growth.load.folder)
    growth.world.start(prefix=("taskset", "-c", SERVER_CORE))
    try:
        load.warm()
        results = [load.run(seconds) for _ in range(3)]
    finally:
        growth.world.stop()
    report.row(
        "all of it, each token for another client: server CPU", Runs.of(result["cpu_us"] for result in results), "µs"
    )


def main(path: str, units: int, seconds: float) -> int:
    report = Report()
    start = time.perf_counter()
    with scratch() as folder:
        points = measure(report, folder, units, seconds)
    print(f"{time.perf_counter() - start:.0f} s", file=sys.stderr)
    return 0 if report.write(path, "bench-sizes", points=points) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("report")
    parser.add_argument("--units", type=int, default=1_200_000)
    parser.add_argument("--seconds", type=float, default=4)
    arguments = parser.parse_args()
    raise SystemExit(main(arguments.report, arguments.units, arguments.seconds))
