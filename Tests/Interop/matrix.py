"""The matrix of programs that others wrote: which cell was run, and what came of it.

A test says by `@pytest.mark.cell("success")` which column it fills; the row is its parameter `program`, or the
marker's own. A cell has passed when at least one of its tests ran and all of them passed. Nothing else fills a cell.
"""

from __future__ import annotations

import importlib.metadata
import json
import pathlib
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

from world import ROOT

PAGE = ROOT / "docs/interop.md"
REPORT = ROOT / ".build/reports/interop.json"
COLUMNS = ("success", "refusal", "rotation")
NOT_RUN = "not run"
NOT_APPLICABLE = "-"


def pypi(name: str) -> Callable[[], str]:
    return lambda: importlib.metadata.version(name)


def debian(name: str) -> Callable[[], str]:
    """The package's version without the part that numbers Debian's own builds of it."""

    def version() -> str:
        done = subprocess.run(
            ["dpkg-query", "--show", "--showformat", "${Version}", name], capture_output=True, text=True
        )
        if done.returncode != 0:
            return NOT_RUN
        return done.stdout.split(":")[-1].split("-")[0].split("+")[0]

    return version


@dataclass(frozen=True)
class Row:
    """One program, and the cells that it can have."""

    program: str
    source: str
    version: Callable[[], str]
    columns: tuple[str, ...] = COLUMNS


CLIENTS = (
    Row("dlt-source-elhub", "PyPI", pypi("dlt-source-elhub")),
    Row("Authlib AssertionSession", "PyPI", pypi("Authlib")),
    Row("Authlib private_key_jwt", "PyPI", pypi("Authlib")),
    Row("google-auth", "PyPI", pypi("google-auth")),
    Row("requests_oauth2client", "PyPI", pypi("requests_oauth2client")),
    Row("Go x/oauth2/jwt", "Debian", debian("golang-golang-x-oauth2-dev")),
    Row("ruby-signet", "Debian", debian("ruby-signet"), columns=("refusal",)),
)
BOUND = (
    Row("requests_oauth2client with DPoP", "PyPI", pypi("requests_oauth2client"), columns=("success", "refusal")),
    Row("DPoP proofs by joserfc", "PyPI", pypi("joserfc"), columns=("success", "refusal")),
    Row("curl with a client certificate", "Debian", debian("curl"), columns=("success", "refusal")),
    Row("HAProxy handing Client-Cert on", "Debian", debian("haproxy"), columns=("success", "refusal")),
)
ISSUED = (
    Row("Authlib at /introspect and /revoke", "PyPI", pypi("Authlib"), columns=("success", "refusal")),
    Row(
        "requests_oauth2client at /introspect and /revoke", "PyPI", pypi("requests_oauth2client"),
        columns=("success", "refusal"),
    ),
)
PROVIDERS = (
    Row("mod_oauth2 in Apache", "Debian", debian("libapache2-mod-oauth2")),
    Row("PyJWT PyJWKClient", "PyPI", pypi("PyJWT")),
    Row("joserfc", "PyPI", pypi("joserfc")),
    Row("Authlib ResourceProtector", "PyPI", pypi("Authlib")),
    Row("node-jose", "Debian", debian("node-jose")),
    Row("go-oidc", "Debian", debian("golang-github-coreos-go-oidc-dev")),
    Row("HAProxy jwt_verify", "Debian", debian("haproxy")),
)
OURS = (
    Row("PortvaktClient at an Authlib server", "PyPI", pypi("Authlib")),
    Row("PortvaktProvider with joserfc keys", "PyPI", pypi("joserfc")),
    Row("PortvaktProvider with node-jose keys", "Debian", debian("node-jose")),
)
SECTIONS = (
    ("Clients that others wrote get tokens here", CLIENTS),
    ("Clients that others wrote get tokens bound to a key or a certificate", BOUND),
    ("Libraries that others wrote ask about tokens and end them", ISSUED),
    ("Providers that others wrote check our tokens", PROVIDERS),
    ("Our libraries with servers that others wrote", OURS),
)


def names(rows: tuple[Row, ...], column: str | None = None) -> list[str]:
    """The programs of a section, or those that have a column."""
    return [row.program for row in rows if column is None or column in row.columns]


@dataclass
class Measured:
    """A figure of the load run, in the report's form."""

    name: str
    value: float
    unit: str
    must: str
    passed: bool


@dataclass
class Matrix:
    """What this run has seen."""

    outcomes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    reasons: dict[tuple[str, str], str] = field(default_factory=dict)
    load: list[Measured] = field(default_factory=list)

    def enter(self, program: str, column: str, outcome: str, reason: str = "") -> None:
        self.outcomes.setdefault((program, column), []).append(outcome)
        if reason:
            self.reasons[(program, column)] = reason

    def cell(self, row: Row, column: str) -> str:
        if column not in row.columns:
            return NOT_APPLICABLE
        outcomes = self.outcomes.get((row.program, column), [])
        if "failed" in outcomes:
            return "FAILED"
        if outcomes and all(outcome == "passed" for outcome in outcomes):
            return "passed"
        reason = self.reasons.get((row.program, column))
        return f"{NOT_RUN}: {reason}" if reason else NOT_RUN

    @property
    def cells(self) -> dict[tuple[str, str], str]:
        """Every cell that a program can have."""
        return {
            (row.program, column): self.cell(row, column)
            for _, rows in SECTIONS for row in rows for column in row.columns
        }

    def table(self, title: str, rows: tuple[Row, ...]) -> list[str]:
        lines = [f"## {title}", "", f"| Program | From | Version | {' | '.join(COLUMNS)} |", "|---" * 6 + "|"]
        for row in rows:
            cells = " | ".join(self.cell(row, column) for column in COLUMNS)
            lines.append(f"| {row.program} | {row.source} | {row.version()} | {cells} |")
        return lines + [""]

    def load_table(self) -> list[str]:
        lines = ["## A consumer under load", "", LOAD, "| What | Measured | Must be |", "|---|---|---|"]
        if not self.load:
            return lines + [f"| the whole run | {NOT_RUN} | |", ""]
        for item in self.load:
            lines.append(f"| {item.name} | {f'{item.value:g} {item.unit}'.strip()} | {item.must} |")
        return lines + [""]

    def page(self) -> str:
        lines = [INTRODUCTION]
        for title, rows in SECTIONS:
            lines += self.table(title, rows)
        lines += self.load_table()
        return "\n".join(lines).rstrip() + "\n"

    def report(self) -> dict:
        results = [
            {"name": f"{program}: {column}", "value": value, "unit": "", "must": "passed", "passed": value == "passed"}
            for (program, column), value in self.cells.items()
        ]
        results += [
            {"name": item.name, "value": item.value, "unit": item.unit, "must": item.must, "passed": item.passed}
            for item in self.load
        ]
        return {"target": "interop", "passed": all(item["passed"] for item in results), "results": results}

    def write(self, page: pathlib.Path = PAGE, report: pathlib.Path = REPORT) -> None:
        page.write_text(self.page(), encoding="utf-8")
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(json.dumps(self.report(), indent=2) + "\n", encoding="utf-8")


def read_cells(page: str) -> dict[tuple[str, str], str]:
    """The cells that a page shows; versions are not compared, as they are those of the machine."""
    cells = {}
    for line in page.splitlines():
        parts = [part.strip() for part in line.strip("|").split("|")]
        if line.startswith("|") and len(parts) == 6 and parts[0] != "Program" and not parts[0].startswith("---"):
            for column, value in zip(COLUMNS, parts[3:]):
                if value != NOT_APPLICABLE:
                    cells[(parts[0], column)] = value
    return cells


MATRIX = Matrix()

INTRODUCTION = f"""\
# Programs of others

Written by `make interop`; edit [matrix.py](../Tests/Interop/matrix.py) and not this page. `make test` runs the same
programs and fails when a cell differs. A cell that was not run says so; `{NOT_APPLICABLE}` is one that the program
cannot have.

- **success**: a token is got, or accepted, by the program as it comes. Where a default does not fit (an assertion of an
  hour, the token endpoint as audience), [clients/](../Tests/Interop/clients) and
  [providers/](../Tests/Interop/providers) show what is set.
- **refusal**: a client is told the right code (`MP-`, `PV-`) for a foreign scope, an unknown key and a wrong signature;
  a provider refuses a changed token, an expired one and one without the scope. ruby-signet has no way to send `kid`:
  it is refused as `kid_missing` and told what to send.
  A bound token is refused without its proof; a proof is refused the second time. Whoever asks about tokens with a wrong
  key is refused as `invalid_client`.
- **rotation**: a client gets tokens before and after the server's signing key is replaced under it, and after its own
  registered key is; a provider accepts, without a restart, a token signed by a key that it did not know when it
  began, and goes on accepting the old one. The key signs at once (`keys rotate --now`), and each program finds it by
  its own rules. joserfc and Authlib have none, so the API reads the set again for an unknown key; HAProxy wants PEM
  files, which a job makes from `/jwk` before it reloads. The set may be kept for a minute (`jwks_max_age: 1m`): go-oidc
  asks for no unknown key while it may be kept for longer than 30 s. A rotation that is announced needs no such setting.
"""

LOAD = """\
`portvakt demo consumer` calls the demo world's API through PortvaktClient, 200 times a second for two minutes, and the
API checks each token with PortvaktProvider. Tokens live for six seconds. Meanwhile the server restarts, the client's
registered key and its file are replaced, and the server's signing key is, at once. Latency counts from the moment a
call was due; all programs are debug builds on one machine.
"""
