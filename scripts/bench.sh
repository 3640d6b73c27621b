#!/usr/bin/env bash
# Measures the token endpoint of a release build on a fresh demo world; writes .build/reports/bench.json.
#
#   scripts/bench.sh [SECONDS]      default: 8 seconds a row
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run test bench

[ "$(nproc)" -ge 2 ] || die "two cores are needed: one for the server, one for the load"
scripts/build.sh
python_environment
"$venv/bin/python" Benchmarks/bench.py .build/reports/bench.json "$@"
say "written: .build/reports/bench.json"
