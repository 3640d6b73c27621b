"""What all benchmarks have in common: the machine, processor time, load, and the report."""

from __future__ import annotations

import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/Interop"))
os.environ.setdefault("PORTVAKT_TEST_BINARY", str(ROOT / ".build/release/portvakt"))

SERVER_CORE, LOAD_CORE = "0", "1"
CONNECTIONS = 64


# What the machine is.


def output(*command: str) -> str:
    """The first line that a program prints; empty where there is none."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    except OSError:
        return ""
    return next(iter((done.stdout or done.stderr).splitlines()), "")


def machine() -> dict[str, str | int]:
    """On what this runs."""
    model = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"MemTotal:\s+(\d+) kB", pathlib.Path("/proc/meminfo").read_text())
    system = pathlib.Path("/etc/os-release").read_text()
    return {
        "processor": model[1] if model else platform.machine(),
        "cores": os.cpu_count() or 0,
        "memory_gib": round(int(memory[1]) / 2**20) if memory else 0,
        "system": re.search(r'PRETTY_NAME="(.*)"', system)[1],
        "kernel": platform.release(),
        "openssl": output("openssl", "version"),
        "swift": re.sub(r".*Swift version (\S+).*", r"\1", output("swift", "--version")),
    }


# What is measured.


def arithmetic(seconds: int = 1) -> dict[str, float]:
    """Microseconds of one operation, by `openssl speed` on the server's core."""
    command = ["taskset", "-c", SERVER_CORE, "openssl", "speed", "-seconds", str(seconds), "rsa2048", "ecdsap256"]
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


def family(process: int) -> list[int]:
    """A process and those that it has started."""
    found = [process]
    for task in pathlib.Path(f"/proc/{process}/task").iterdir():
        try:
            children = (task / "children").read_text().split()
        except OSError:
            # A thread that has ended since; what it started belongs to another one now.
            continue
        for child in children:
            found += family(int(child))
    return found


def cpu_seconds(process: int) -> float:
    """User and system time of a process, its threads and its children."""
    ticks = 0
    for member in family(process):
        fields = pathlib.Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def resident_mebibytes(process: int, highest: bool = True) -> float:
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB" if highest else r"VmRSS:\s+(\d+) kB", status)[1]) / 1024


def wrk(url: str, seconds: float, *arguments: str) -> str:
    """Drives a route as fast as it answers, from the other core."""
    command = [
        "taskset", "-c", LOAD_CORE, "wrk", "--threads", "1", "--connections", str(CONNECTIONS),
        "--duration", f"{seconds:.0f}s", "--timeout", "10s", *arguments[:2], url, *arguments[2:],
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    if done.stderr:
        print(done.stderr, file=sys.stderr)
    return done.stdout


def get(url: str, seconds: float) -> float:
    """Answers a second of a GET route."""
    return float(re.search(r"Requests/sec:\s+([\d.]+)", wrk(url, seconds))[1])


def drive(url: str, bodies: str, seconds: float) -> dict:
    """What came back from a route that gets one body after the other of a file."""
    answer = wrk(url, seconds, "--script", str(ROOT / "Benchmarks/token.lua"), "--", bodies)
    return json.loads(re.search(r"^RESULT (.*)$", answer, re.MULTILINE)[1])


def post(url: str, bodies: str, seconds: float) -> dict:
    """The same, where each body may be sent once and must be answered by a token."""
    result = drive(url, bodies, seconds)
    if result["refused"] or result["exhausted"] or result["socket_errors"]:
        raise SystemExit(f"the run does not count: {result}")
    result["per_second"] = result["tokens"] / result["seconds"]
    return result


# What is told of it.


@dataclass(frozen=True)
class Runs:
    """The same measured several times: what is told is the median, with the lowest and the highest beside it."""

    values: tuple[float, ...]

    @staticmethod
    def of(values) -> Runs:
        return Runs(tuple(values))

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __truediv__(self, other: float) -> Runs:
        return Runs(tuple(value / other for value in self.values))


class Report:
    """Rows of figures, with what they must reach."""

    def __init__(self) -> None:
        self.results: list[dict] = []

    def row(
        self, name: str, value: float | Runs, unit: str, must: str | None = None, passed: bool = True, aim: str | None = None
    ) -> None:
        result = {"name": name, "value": 0.0, "unit": unit, "must": must, "passed": passed}
        if isinstance(value, Runs):
            result["lowest"], result["highest"] = round(min(value.values), 3), round(max(value.values), 3)
            result["runs"] = len(value.values)
            value = value.median
        result["value"] = round(value, 3)
        if aim:
            result["aim"] = aim
        self.results.append(result)
        print(line(result), flush=True)

    def at_most(self, name: str, value: float | Runs, unit: str, most: float, aim: str | None = None) -> None:
        middle = value.median if isinstance(value, Runs) else value
        self.row(name, value, unit, f"<= {most:g}", middle <= most, aim)

    def at_least(self, name: str, value: float | Runs, unit: str, least: float, aim: str | None = None) -> None:
        middle = value.median if isinstance(value, Runs) else value
        self.row(name, value, unit, f">= {least:g}", middle >= least, aim)

    def take(self, path: str) -> None:
        """Appends the rows of another report."""
        self.results += json.loads(pathlib.Path(path).read_text(encoding="utf-8"))["results"]

    def write(self, path: str, target: str = "bench", **facts) -> bool:
        """Writes the report; whether all budgets were kept."""
        passed = all(result["passed"] for result in self.results)
        report = {"target": target, "passed": passed, "machine": machine(), "results": self.results, **facts}
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(path).write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return passed

    def show(self) -> None:
        """Prints all rows, those that fall short last and again."""
        for result in self.results:
            print(line(result))
        short = [result for result in self.results if not result["passed"]]
        print(f"\n{len(self.results)} rows, {len(short)} fall short" + (":" if short else ""))
        for result in short:
            print(line(result))


def line(result: dict) -> str:
    spread = f"({result['lowest']:,.2f} to {result['highest']:,.2f})" if "lowest" in result else ""
    must = f"must be {result['must']}" if result["must"] else ""
    aim = f", aim {result['aim']}" if "aim" in result else ""
    verdict = "" if result["passed"] else "  FALLS SHORT"
    return f"{result['name']:<78} {result['value']:>12,.2f} {result['unit']:<10} {spread:<22} {must}{aim}{verdict}".rstrip()
