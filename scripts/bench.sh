#!/usr/bin/env bash
# Measures the libraries, and the token endpoint of a release build on a fresh demo world; writes
# .build/reports/bench.json. Exits with 1 when a figure falls short of its budget.
#
#   scripts/bench.sh [--write-readme] [SECONDS]      default: 8 seconds a row of the endpoint
#
# BINARY=FILE and BENCHMARKS=FOLDER take programs that are built already; REGISTER_UNITS=N measures a smaller register.
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
# The programs of Benchmarks/; each takes the file of its report.
programs=(SDKBenchmarks DecisionBenchmarks)
if [ -z "${BENCHMARKS:-}" ]; then
    # As the server is built, and of the same versions, so that what both depend on is compiled once.
    [ ! -f Package.resolved ] || cp Package.resolved Benchmarks/Package.resolved
    swift build --package-path Benchmarks --scratch-path .build --configuration release --static-swift-stdlib
    BENCHMARKS=.build/release
fi
python_environment
mkdir -p .build/reports
rows=()
for program in "${programs[@]}"; do
    report=.build/reports/bench-$program.json
    rm -f "$report"
    # That a row falls short is said at the end, with all the others.
    taskset -c 0 "$BENCHMARKS/$program" "$report" >/dev/null || [ -s "$report" ] || die "$program did not run"
    rows+=(--rows "$report")
done
# The register at national scale; files made once, in .build.
report=.build/reports/bench-register.json
rm -f "$report"
PORTVAKT_TEST_BINARY=$BINARY "$venv/bin/python" Benchmarks/register.py "$report" --units "${REGISTER_UNITS:-1200000}" >/dev/null ||
    [ -s "$report" ] || die "Benchmarks/register.py did not run"
rows+=(--rows "$report")
# Scope files and the list of scopes at 10,000 scopes and a million accesses.
report=.build/reports/bench-administration.json
rm -f "$report"
PORTVAKT_TEST_BINARY=$BINARY "$venv/bin/python" Benchmarks/administration.py "$report" >/dev/null ||
    [ -s "$report" ] || die "Benchmarks/administration.py did not run"
rows+=(--rows "$report")
status=0
PORTVAKT_TEST_BINARY=$BINARY "$venv/bin/python" Benchmarks/bench.py .build/reports/bench.json "${rows[@]}" "$@" ||
    status=$?
say "written: .build/reports/bench.json"
if $writes_readme; then python3 Benchmarks/figures.py .build/reports/bench.json README.md; fi
exit "$status"
