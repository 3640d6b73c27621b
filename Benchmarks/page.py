#!/usr/bin/env python3
"""Writes the figures of the last run into docs/performance.md and README.md, between their marks, and draws the chart.

    page.py REPORTS      the folder with bench.json and the reports of its parts
"""

from __future__ import annotations

import json
import pathlib
import sys

import chart

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/performance.md"
CHART = ROOT / "docs/performance-sizes.svg"
README = ROOT / "README.md"
# What the README shows: the rows of the token endpoint that have a budget.
MOST_README_ROWS = 12


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:,.2f}"


def table(results: list[dict]) -> str:
    lines = ["| What | Median | Lowest to highest | Must be | Aim |", "|---|---|---|---|---|"]
    for result in results:
        spread = f"{number(result['lowest'])} to {number(result['highest'])}" if "lowest" in result else ""
        must = f"{result['must']} {'' if result['passed'] else '(falls short)'}".strip() if result["must"] else ""
        lines.append(
            f"| {result['name']} | {number(result['value'])} {result['unit']} | {spread} | {must} | {result.get('aim', '')} |"
        )
    return "\n".join(lines).replace("<=", "≤").replace(">=", "≥")


def between(text: str, mark: str, content: str) -> str:
    start, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    before, rest = text.split(start, 1)
    _, after = rest.split(end, 1)
    return f"{before}{start}\n{content}\n{end}{after}"


def described(machine: dict) -> str:
    return (
        f"{machine['cores']} cores of {machine['processor']}, {machine['memory_gib']} GiB, {machine['system']}, "
        f"Linux {machine['kernel']}, {machine['openssl']}, Swift {machine['swift']}"
    )


def main(folder: str) -> None:
    reports = pathlib.Path(folder)
    report = json.loads((reports / "bench.json").read_text(encoding="utf-8"))
    text = PAGE.read_text(encoding="utf-8")
    text = between(text, "machine", described(report["machine"]))
    text = between(text, "figures", table(report["results"]))
    sizes = reports / "bench-sizes.json"
    if sizes.exists():
        points = json.loads(sizes.read_text(encoding="utf-8"))["points"]
        names, values = [point["name"] for point in points], [point["ratio"] for point in points]
        CHART.write_text(
            chart.line("CPU per token, as a multiple of the arithmetic", "each size has all that stand before it", names,
                       values),
            encoding="utf-8",
        )
    soak = reports / "bench-soak.json"
    if soak.exists():
        found = json.loads(soak.read_text(encoding="utf-8"))
        text = between(text, "soak", table(found["results"]))
    PAGE.write_text(text, encoding="utf-8")
    budgets = [result for result in report["results"] if result["must"]][:MOST_README_ROWS]
    shown = between(
        README.read_text(encoding="utf-8"), "figures", f"\nOn {described(report['machine'])}; one core for the server:\n\n"
        f"{table(budgets)}\n"
    )
    README.write_text(shown, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
