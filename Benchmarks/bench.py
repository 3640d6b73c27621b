#!/usr/bin/env python3
"""Measures the token endpoint, beside what the arithmetic alone costs on this machine in the same run.

    bench.py REPORT.json [--rows OTHER.json]… [SECONDS]

The server is pinned to core 0, the load to core 1: 64 kept-alive connections, each request with an assertion of its
own, signed by an RSA-2048 client key shortly before the run. CPU is what the kernel charged the server's process.
Nothing is averaged away: each row is one run, and the row of a run that met a refusal is marked as failed. The rows of
other reports, of the libraries, come after. The exit status is 1 when a row falls short of its budget.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Interop"))
sys.path.insert(0, str(ROOT / "Benchmarks"))
os.environ.setdefault("PORTVAKT_TEST_BINARY", str(ROOT / ".build/release/portvakt"))

import assertions  # noqa: E402
from world import World  # noqa: E402

SERVER_CORE, LOAD_CORE = "0", "1"
CONNECTIONS = 64
# DESIGN budget: CPU of one RS256 token against one RSA-2048 private and one public operation.
MOST_CPU_RATIO = 1.35


def arithmetic() -> dict[str, float]:
    """Microseconds of one operation, by `openssl speed` on the server's core."""
    command = ["taskset", "-c", SERVER_CORE, "openssl", "speed", "-seconds", "2", "rsa2048", "ecdsap256"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    found = {}
    for line in lines:
        match = re.match(r"\s*(rsa\s+2048|256) bits .*s\s+[\d.]+s\s+([\d.]+)\s+([\d.]+)$", line)
        if match:
            name = "p256" if match[1] == "256" else "rsa2048"
            found[f"{name}_sign"], found[f"{name}_verify"] = (1e6 / float(match[place]) for place in (2, 3))
    if len(found) != 4:
        raise SystemExit("cannot read the output of `openssl speed`:\n" + "\n".join(lines))
    return found


def cpu_seconds(process: int) -> float:
    """User and system time of a process and its threads."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mebibytes(process: int) -> float:
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def wrk(url: str, seconds: float, *arguments: str) -> str:
    command = [
        "taskset", "-c", LOAD_CORE, "wrk", "--threads", "1", "--connections", str(CONNECTIONS),
        "--duration", f"{seconds:.0f}s", "--timeout", "10s", *arguments[:2], url, *arguments[2:],
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    if done.stderr:
        print(done.stderr, file=sys.stderr)
    return done.stdout


def run(world: World, scope: str, count: int, seconds: float, folder: str) -> dict:
    """One run of the token endpoint."""
    client = world.client_by("registered_key")
    lines = f"{folder}/bodies"
    pem = client.private_key_pem.encode()
    assertions.write(lines, count, pem, client.key_id, client.id, world.issuer, scope)
    before = cpu_seconds(world.process.pid)
    output = wrk(world.issuer + "token", seconds, "--script", str(ROOT / "Benchmarks/token.lua"), "--", lines)
    cpu = cpu_seconds(world.process.pid) - before
    result = json.loads(re.search(r"^RESULT (.*)$", output, re.MULTILINE)[1])
    if result["refused"] or result["exhausted"] or result["socket_errors"]:
        raise SystemExit(f"the run does not count: {result}\n{world.tail()}")
    result["per_second"] = result["tokens"] / result["seconds"]
    result["cpu_us"] = cpu / result["tokens"] * 1e6
    return result


def tokens(world: World, scope: str, seconds: float, folder: str) -> dict:
    """A short run to warm up and to learn how many assertions the long one needs, then the long one."""
    first = run(world, scope, 20_000, 1, folder)
    return run(world, scope, int(first["per_second"] * (seconds + 1) * 1.2), seconds, folder)


def empty_route(world: World, path: str) -> float:
    output = wrk(world.issuer + path, 3)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


class Report:
    def __init__(self) -> None:
        self.results: list[dict] = []

    def row(self, name: str, value: float, unit: str, must: str | None = None, passed: bool = True) -> None:
        self.results.append({"name": name, "value": round(value, 3), "unit": unit, "must": must, "passed": passed})

    def take(self, path: str) -> None:
        """Appends the rows of another report."""
        self.results += json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["results"]

    def write(self, path: str) -> bool:
        """Writes the report and prints its rows; whether all budgets were kept."""
        passed = all(result["passed"] for result in self.results)
        report = {"target": "bench", "passed": passed, "results": self.results}
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(path).write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        width = max(len(result["name"]) for result in self.results)
        for result in self.results:
            must = f"must be {result['must']}" if result["must"] else ""
            verdict = "" if result["passed"] else "  FALLS SHORT"
            print(f"{result['name']:<{width}}  {result['value']:>12,.2f} {result['unit']:<10} {must}{verdict}".rstrip())
        return passed


def main(path: str, rows: list[str], seconds: float) -> int:
    report = Report()
    with tempfile.TemporaryDirectory(prefix="portvakt-bench-") as folder:
        world = World(pathlib.Path(folder) / "data").make()
        scopes = {"RS256": world.client_by("registered_key").scopes[0], "ES256": es256_scope(world)}
        costs = arithmetic()
        for name, cost in costs.items():
            report.row(f"openssl speed {name.replace('_', ' ')}", cost, "µs")
        world.start(prefix=("taskset", "-c", SERVER_CORE))
        try:
            for algorithm, scope in scopes.items():
                result = tokens(world, scope, seconds, folder)
                sign = costs["rsa2048_sign"] if algorithm == "RS256" else costs["p256_sign"]
                ratio = result["cpu_us"] / (sign + costs["rsa2048_verify"])
                report.row(f"{algorithm} tokens", result["per_second"], "per second")
                report.row(f"{algorithm} server CPU per token", result["cpu_us"], "µs")
                must = f"<= {MOST_CPU_RATIO}" if algorithm == "RS256" else None
                report.row(
                    f"{algorithm} CPU / (one private + one public operation)", ratio, "ratio", must,
                    must is None or ratio <= MOST_CPU_RATIO,
                )
                report.row(f"{algorithm} latency p50 at full load", result["p50_ms"], "ms")
                report.row(f"{algorithm} latency p99 at full load", result["p99_ms"], "ms")
            for route in ("health/live", "jwk"):
                report.row(f"GET /{route}", empty_route(world, route), "per second")
            report.row("resident memory, highest", resident_mebibytes(world.process.pid), "MiB")
        finally:
            world.stop()
    for other in rows:
        report.take(other)
    return 0 if report.write(path) else 1


def es256_scope(world: World) -> str:
    """A scope whose tokens are signed by ES256, on the same client."""
    for item in world.description["scopes"]:
        if item.get("signing_algorithm") == "ES256" and item["name"] in world.client_by("registered_key").scopes:
            return item["name"]
    raise SystemExit("the demo world has no scope with ES256 tokens on its first client")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("report")
    parser.add_argument("--rows", action="append", default=[])
    parser.add_argument("seconds", nargs="?", type=float, default=8)
    arguments = parser.parse_intermixed_args()
    raise SystemExit(main(arguments.report, arguments.rows, arguments.seconds))
