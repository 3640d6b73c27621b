#!/usr/bin/env bash
# Measures the token endpoint of a release build on a fresh demo world; writes .build/reports/bench.json.
#
#   scripts/bench.sh [--write-readme] [SECONDS]      default: 8 seconds a row
#
# BINARY=FILE takes a program that is built already.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run test bench

writes_readme=false
if [ "${1:-}" = --write-readme ]; then
    writes_readme=true
    shift
fi

[ "$(nproc)" -ge 2 ] || die "two cores are needed: one for the server, one for the load"
if [ -z "${BINARY:-}" ]; then
    scripts/build.sh
    BINARY=.build/release/portvakt
fi
python_environment
PORTVAKT_TEST_BINARY=$BINARY "$venv/bin/python" Benchmarks/bench.py .build/reports/bench.json "$@"
say "written: .build/reports/bench.json"
if $writes_readme; then python3 Benchmarks/figures.py .build/reports/bench.json README.md; fi
