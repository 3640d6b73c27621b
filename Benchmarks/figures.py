#!/usr/bin/env python3
"""Writes the figures of a report into the README, between its two marks.

    figures.py REPORT.json README.md
"""

import json
import os
import pathlib
import platform
import re
import sys

START, END = "<!-- figures -->", "<!-- end of figures -->"


def processor() -> str:
    match = re.search(r"^model name\s*:\s*(.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return match[1] if match else platform.machine()


def table(report: dict) -> str:
    lines = ["| What | Measured | Must be |", "|---|---|---|"]
    for result in report["results"]:
        value = f"{result['value']:,.2f}" if result["value"] < 1000 else f"{result['value']:,.0f}"
        must = f"{result['must']} {'(reached)' if result['passed'] else '(falls short)'}" if result["must"] else ""
        lines.append(f"| {result['name']} | {value} {result['unit']} | {must} |".replace("<=", "≤"))
    return "\n".join(lines)


def main(report: str, readme: str) -> None:
    facts = json.loads(pathlib.Path(report).read_text(encoding="utf-8"))
    page = pathlib.Path(readme)
    text = page.read_text(encoding="utf-8")
    start, end = text.index(START) + len(START), text.index(END)
    figures = f"\nOn {os.cpu_count()} cores of {processor()}, one for the server:\n\n{table(facts)}\n"
    page.write_text(text[:start] + figures + text[end:], encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
