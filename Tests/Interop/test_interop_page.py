"""The page tells what was seen; it runs after all that fill the matrix."""

import json
import os

import pytest

from matrix import CLIENTS, COLUMNS, MATRIX, NOT_RUN, PAGE, PROVIDERS, Matrix, read_cells


def test_a_cell_has_passed_only_when_all_its_tests_ran_and_passed():
    row = CLIENTS[0]
    matrix = Matrix()
    assert matrix.cell(row, "success") == NOT_RUN
    matrix.enter(row.program, "success", "passed")
    assert matrix.cell(row, "success") == "passed"
    matrix.enter(row.program, "success", "skipped", "no such package")
    assert matrix.cell(row, "success") == "not run: no such package"
    matrix.enter(row.program, "success", "failed")
    assert matrix.cell(row, "success") == "FAILED"
    assert not matrix.report()["passed"]


def test_what_is_written_is_what_is_read(tmp_path):
    matrix = Matrix()
    for row in PROVIDERS:
        for column in COLUMNS[1:]:
            matrix.enter(row.program, column, "passed")
    page, report = tmp_path / "page.md", tmp_path / "reports/interop.json"
    matrix.write(page, report)
    assert read_cells(page.read_text(encoding="utf-8")) == matrix.cells
    results = {item["name"]: item["passed"] for item in json.loads(report.read_text(encoding="utf-8"))["results"]}
    assert results["go-oidc: rotation"] and not results["go-oidc: success"]


def test_the_page_shows_what_this_run_saw():
    seen = MATRIX.cells
    if not MATRIX.outcomes:
        pytest.skip("no program was run: this test comes after all others of its part")
    if os.environ.get("PORTVAKT_INTEROP") == "full":
        MATRIX.write()
        assert MATRIX.report()["passed"], MATRIX.page()
        return
    shown = read_cells(PAGE.read_text(encoding="utf-8"))
    assert set(shown) == set(seen), "`make interop` writes the page anew"
    # A program that could not be had here says nothing of what the page shows; the test that was skipped tells why.
    assert {cell: shown[cell] for cell in seen if not seen[cell].startswith(NOT_RUN)} == {
        cell: outcome for cell, outcome in seen.items() if not outcome.startswith(NOT_RUN)
    }
