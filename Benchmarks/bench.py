#!/usr/bin/env python3
"""Measures the token endpoint, beside what the arithmetic alone costs on this machine in the same run.

    bench.py REPORT.json [--bare PROGRAM] [--rows OTHER.json]… [SECONDS]

The server is pinned to core 0, the load to core 1: 64 kept-alive connections, each request with an assertion of its own,
signed by an RSA-2048 client key shortly before the run. CPU is what the kernel charged the server's process. Each row is
the median of several runs, with the lowest and the highest beside it; a run that met a refusal does not count and ends it
all. The rows of other reports come after. The exit status is 1 when a row falls short of its budget.
"""

from __future__ import annotations

import argparse
import pathlib
import tempfile

import measuring
import tokens
from measuring import ROOT, Report


def main(path: str, bare: pathlib.Path, rows: list[str], seconds: float) -> int:
    report = Report()
    with tempfile.TemporaryDirectory(prefix="portvakt-bench-") as folder:
        tokens.measure(report, folder, bare, seconds)
    for other in rows:
        report.take(other)
    passed = report.write(path)
    print()
    report.show()
    return 0 if passed else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("report")
    parser.add_argument("--bare", type=pathlib.Path, default=ROOT / ".build/release/BareServer")
    parser.add_argument("--rows", action="append", default=[])
    parser.add_argument("seconds", nargs="?", type=float, default=5)
    arguments = parser.parse_intermixed_args()
    raise SystemExit(main(arguments.report, arguments.bare, arguments.rows, arguments.seconds))
