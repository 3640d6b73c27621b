#!/usr/bin/env python3
"""Runs published vectors through the program and counts what it says; writes a report and a table.

    vectors.py BINARY VECTORS REPORT.json --counts FILE [--write-table DOCUMENT]

- x509-limbo: each case of the six namespaces about paths is one `portvakt cert check --profile none` in a process of its
  own, with five seconds to answer. Exit 0 is accepted, 3 refused, anything else a failure.
- the real certificates of Norwegian authorities: at the beginning of 2023 and today.
- Wycheproof: the tests of the libraries have counted what they ran into FILE, `name<TAB>cases<TAB>accepted` a line; here
  it is compared with what each file says that it holds.

The exit status is 1 when a verdict is another than the suite's without a reason in skips.json, when a reason there is no
longer needed, or when a case was not run.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NAMESPACES = ["rfc5280", "pathlen", "pathological", "crl", "cve", "invalid"]
LIMBO_CASES = 138
LEAST_AGREEMENT = 132
SECONDS_OF_A_CASE = 5
PURPOSES = {"serverAuth": "1.3.6.1.5.5.7.3.1", "clientAuth": "1.3.6.1.5.5.7.3.2"}
TABLE_BEGIN, TABLE_END = "<!-- vectors: begin -->", "<!-- vectors: end -->"


class Table:
    """Rows of counts, and everything that is not as it must be."""

    def __init__(self) -> None:
        self.rows: list[dict] = []
        self.faults: list[str] = []

    def row(self, suite: str, cases: int, agreed: int, skipped: int, must: int, complaints: list[str]) -> None:
        passed = not complaints and agreed >= must and agreed + skipped == cases
        self.rows.append(
            {"suite": suite, "cases": cases, "agreed": agreed, "skipped": skipped, "must": must, "passed": passed}
        )
        self.faults += [f"{suite}: {complaint}" for complaint in complaints]

    def write(self, path: str) -> bool:
        passed = not self.faults and all(row["passed"] for row in self.rows)
        results = []
        for row in self.rows:
            base = {"unit": "cases", "passed": row["passed"]}
            results.append({"name": row["suite"], "value": row["cases"], "must": None, **base})
            results.append(
                {"name": f"{row['suite']}: as published", "value": row["agreed"], "must": f">= {row['must']}", **base}
            )
            results.append({"name": f"{row['suite']}: another verdict, with reason", "value": row["skipped"], "must": None, **base})
        report = {"target": "vectors", "passed": passed, "results": results, "faults": self.faults}
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(path).write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return passed

    def markdown(self) -> str:
        lines = ["| Suite | Cases | As published | Another verdict, with reason |", "|---|---:|---:|---:|"]
        lines += [f"| {row['suite']} | {row['cases']} | {row['agreed']} | {row['skipped']} |" for row in self.rows]
        total = [sum(row[column] for row in self.rows) for column in ("cases", "agreed", "skipped")]
        lines.append("| all | " + " | ".join(map(str, total)) + " |")
        return "\n".join(lines)

    def plain(self) -> str:
        width = max(len(row["suite"]) for row in self.rows)
        lines = [f"{'suite':<{width}}  {'cases':>6} {'as published':>13} {'with reason':>12}"]
        for row in self.rows:
            verdict = "" if row["passed"] else "  FALLS SHORT"
            lines.append(f"{row['suite']:<{width}}  {row['cases']:>6} {row['agreed']:>13} {row['skipped']:>12}{verdict}")
        return "\n".join(lines)


def check(binary: str, certificate: str, *options: str) -> str:
    """What `cert check` says: `accepted`, `refused`, or what went wrong."""
    command = [binary, "cert", "check", certificate, *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_OF_A_CASE, check=False)
    except subprocess.TimeoutExpired:
        return f"no answer within {SECONDS_OF_A_CASE} s"
    verdicts = {0: "accepted", 3: "refused"}
    return verdicts.get(done.returncode, f"exit {done.returncode}: {done.stderr.strip()[:300]}")


def limbo_verdict(binary: str, case: dict) -> str:
    """What the program says of one case of x509-limbo."""
    with tempfile.TemporaryDirectory() as folder:

        def file(name: str, texts: list[str]) -> str:
            path = pathlib.Path(folder, name)
            path.write_text("\n".join(texts), encoding="utf-8")
            return str(path)

        options = ["--profile", "none", "--trust", file("trust.pem", case["trusted_certs"])]
        if case["untrusted_intermediates"]:
            options += ["--intermediates", file("intermediates.pem", case["untrusted_intermediates"])]
        for number, text in enumerate(case.get("crls") or []):
            options += ["--crl", file(f"{number}.crl", [text])]
        if case.get("validation_time"):
            time = datetime.datetime.fromisoformat(case["validation_time"]).astimezone(datetime.timezone.utc)
            options += ["--at", time.strftime("%Y-%m-%dT%H:%M:%SZ")]
        for purpose in case.get("extended_key_usage") or []:
            options += ["--purpose", PURPOSES.get(purpose, purpose)]
        if case.get("max_chain_depth") is not None:
            options += ["--max-depth", str(case["max_chain_depth"])]
        return check(binary, file("certificate.pem", [case["peer_certificate"]]), *options)


def limbo(binary: str, vectors: pathlib.Path, table: Table) -> None:
    cases = json.loads((vectors / "x509-limbo/limbo.json").read_text(encoding="utf-8"))["testcases"]
    cases = [case for case in cases if case["id"].split("::")[0] in NAMESPACES]
    skips = json.loads((HERE / "skips.json").read_text(encoding="utf-8"))
    with concurrent.futures.ThreadPoolExecutor(max(1, (os.cpu_count() or 2) // 2)) as pool:
        verdicts = dict(zip((case["id"] for case in cases), pool.map(lambda case: limbo_verdict(binary, case), cases)))
    everywhere: list[str] = []
    if len(cases) != LIMBO_CASES:
        everywhere.append(f"{len(cases)} cases instead of {LIMBO_CASES}")
    everywhere += [f"{name}: skipped, and no case" for name in skips if name not in verdicts]
    agreed_in_all = 0
    for namespace in NAMESPACES:
        complaints, everywhere = everywhere, []
        agreed = skipped = 0
        mine = [case for case in cases if case["id"].split("::")[0] == namespace]
        for case in mine:
            expected = "accepted" if case["expected_result"] == "SUCCESS" else "refused"
            verdict, skip = verdicts[case["id"]], skips.get(case["id"])
            if verdict == expected:
                agreed += 1
                if skip:
                    complaints.append(f"{case['id']}: as published now, so its reason must go from skips.json")
            elif skip and skip["verdict"] == verdict and skip["section"] and skip["reason"]:
                skipped += 1
            else:
                complaints.append(f"{case['id']}: {verdict}, where the suite has it {expected}")
        agreed_in_all += agreed
        must = len(mine) - sum(1 for name in skips if name.split("::")[0] == namespace)
        table.row(f"x509-limbo {namespace}", len(mine), agreed, skipped, must, complaints)
    if agreed_in_all < LEAST_AGREEMENT:
        table.faults.append(f"x509-limbo: {agreed_in_all} cases as published, {LEAST_AGREEMENT} at least are due")


def norwegian(binary: str, vectors: pathlib.Path, table: Table) -> None:
    """Real certificates: issuing authority, root, verdict at the beginning of 2023, verdict today."""
    folder = vectors / "norwegian-cas"
    chains = [
        ("prod/BPCl3CaG2HTBS.cer", "prod/BPCl3RootCaG2HT.cer", "accepted", "accepted"),
        ("prod/BPCl3CaG2STBS.cer", "prod/BPCl3RootCaG2ST.cer", "accepted", "accepted"),
        ("prod/BPClass3CA3.cer", "prod/BPClass3RootCA.cer", "accepted", "accepted"),
        ("prod/CommfidesLegalPersonCA-G3.cer", "prod/CommfidesRootCA-G3.cer", "accepted", "accepted"),
        ("prod/commfides_ca.cer", "prod/commfides_root_ca.cer", "accepted", "refused"),
        ("test/BPCl3CaG2HTBS.cer", "test/BPCl3RootCaG2HT.cer", "accepted", "accepted"),
        ("test/BPCl3CaG2STBS.cer", "test/BPCl3RootCaG2ST.cer", "accepted", "accepted"),
        ("test/Buypass_Class_3_Test4_CA_3.cer", "test/Buypass_Class_3_Test4_Root_CA.cer", "accepted", "accepted"),
        ("test/CommfidesLegalPersonCA-G3-TEST.cer", "test/CommfidesRootCA-G3-TEST.cer", "accepted", "accepted"),
        # Root and issuing authority ended in October 2022.
        ("test/commfides_test_ca.cer", "test/commfides_test_root_ca.cer", "refused", "refused"),
        # Under an anchor of the other environment.
        ("test/BPCl3CaG2STBS.cer", "prod/BPCl3RootCaG2ST.cer", "refused", "refused"),
    ]
    questions = []
    for certificate, root, then, today in chains:
        options = ["--profile", "none", "--trust", str(folder / root)]
        questions += [(certificate, [*options, "--at", "2023-01-01T00:00:00Z"], then), (certificate, options, today)]
    for leaf in ("test4-autentiseringssertifikat-qceseal.cer", "test4-autentiseringssertifikat-vid-europa.cer"):
        # By the compiled trust and profile of the environment; both ended in July 2024.
        for profile, then in (("test", "accepted"), ("prod", "refused")):
            options = ["--profile", profile]
            questions.append((f"ee-test/{leaf}", [*options, "--at", "2023-01-01T00:00:00Z"], then))
            questions.append((f"ee-test/{leaf}", options, "refused"))
    complaints = []
    for certificate, options, expected in questions:
        verdict = check(binary, str(folder / certificate), *options)
        if verdict != expected:
            complaints.append(f"{certificate} {' '.join(options)}: {verdict}, where it must be {expected}")
    agreed = len(questions) - len(complaints)
    table.row("Norwegian authorities, 2023 and today", len(questions), agreed, 0, len(questions), complaints)


def wycheproof(counts: str, vectors: pathlib.Path, table: Table) -> None:
    """What the libraries' tests counted, against what the files hold."""
    counted: dict[str, tuple[int, int]] = {}
    for line in pathlib.Path(counts).read_text(encoding="utf-8").splitlines():
        name, cases, agreed = line.split("\t")
        counted[name] = (int(cases), int(agreed))
    groups = {"RSA": "rsa_", "ECDSA": "ecdsa_", "Ed25519": "ed25519_", "JWS": "json_web_sig", "JWK": "json_web_key"}
    left = {path.name for path in (vectors / "wycheproof").glob("*.json")}
    for group, prefix in groups.items():
        names = sorted(name for name in left if name.startswith(prefix))
        left -= set(names)
        cases = agreed = 0
        complaints = []
        for name in names:
            held = json.loads((vectors / "wycheproof" / name).read_text(encoding="utf-8"))["numberOfTests"]
            seen, right = counted.get(name, (0, 0))
            if seen != held:
                complaints.append(f"{name}: {seen} of {held} cases were run")
            cases += held
            agreed += right
        # Which cases have another verdict, and why, stands in the tests, which fail for any other.
        table.row(f"Wycheproof {group}", cases, agreed, cases - agreed, 1, complaints)
    table.faults += [f"Wycheproof: nobody runs {name}" for name in sorted(left)]


def write_table(document: str, table: Table) -> None:
    path = pathlib.Path(document)
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(TABLE_BEGIN)
    after = rest.split(TABLE_END)[1]
    path.write_text(f"{before}{TABLE_BEGIN}\n{table.markdown()}\n{TABLE_END}{after}", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("vectors", type=pathlib.Path)
    parser.add_argument("report")
    parser.add_argument("--counts", required=True)
    parser.add_argument("--write-table")
    arguments = parser.parse_args()
    table = Table()
    wycheproof(arguments.counts, arguments.vectors, table)
    limbo(arguments.binary, arguments.vectors, table)
    norwegian(arguments.binary, arguments.vectors, table)
    passed = table.write(arguments.report)
    print(table.plain())
    for fault in table.faults:
        print(fault, file=sys.stderr)
    if passed and arguments.write_table:
        write_table(arguments.write_table, table)
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
