#!/usr/bin/env bash
# Checks the form of everything that is written here; with --architecture also who imports whom.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

swift format lint --strict --recursive Sources Tests Fuzzing Examples Benchmarks Package.swift
for script in scripts/*.sh .ci/run; do bash -n "$script"; done
python3 - Tests/Interop Tests/Vectors Benchmarks <<'PYTHON'
import pathlib
import sys

for folder in sys.argv[1:]:
    for path in pathlib.Path(folder).rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
PYTHON

if [ "${1:-}" = --architecture ]; then
    scripts/setup.sh run
    swift test --disable-xctest --filter '^ArchitectureTests\.'
fi
