#!/usr/bin/env bash
# Runs the programs of others and the consumer under load in full, writes docs/interop.md and .build/reports/interop.json,
# and prints the tables. Fails when a cell has not passed.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run test interop

heading "build"
swift build --product portvakt
python_environment

heading "programs of others"
reports=.build/reports
mkdir -p "$reports"
status=0
PORTVAKT_INTEROP=full PORTVAKT_TEST_BINARY="${PORTVAKT_TEST_BINARY:-$PWD/.build/debug/portvakt}" timeout --kill-after=10 900 \
    "$venv/bin/python" -m pytest -q -ra -p no:cacheprovider "${interop_files[@]}" >"$reports/interop.log" 2>&1 </dev/null ||
    status=$?
[ "$status" -eq 0 ] || tail -n 150 "$reports/interop.log" >&2
sed -n '/^## /,$p' docs/interop.md
tail -n 1 "$reports/interop.log"
exit "$status"
