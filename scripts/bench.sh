#!/usr/bin/env bash
# Measures the libraries, and the token endpoint of a release build on a fresh demo world; writes
# .build/reports/bench.json. Exits with 1 when a figure falls short of its budget.
#
#   scripts/bench.sh [--write-readme] [SECONDS]      default: 8 seconds a row of the endpoint
#
# BINARY=FILE and SDK_BENCHMARKS=FILE take programs that are built already.
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
if [ -z "${SDK_BENCHMARKS:-}" ]; then
    # As the server is built, and of the same versions, so that what both depend on is compiled once.
    [ ! -f Package.resolved ] || cp Package.resolved Benchmarks/Package.resolved
    swift build --package-path Benchmarks --scratch-path .build --configuration release --static-swift-stdlib
    SDK_BENCHMARKS=.build/release/SDKBenchmarks
fi
python_environment
mkdir -p .build/reports
sdk=.build/reports/bench-sdk.json
rm -f "$sdk"
# That a row falls short is said at the end, with all the others.
taskset -c 0 "$SDK_BENCHMARKS" "$sdk" >/dev/null || [ -s "$sdk" ] || die "the libraries' benchmarks did not run"
status=0
PORTVAKT_TEST_BINARY=$BINARY "$venv/bin/python" Benchmarks/bench.py .build/reports/bench.json --rows "$sdk" "$@" ||
    status=$?
say "written: .build/reports/bench.json"
if $writes_readme; then python3 Benchmarks/figures.py .build/reports/bench.json README.md; fi
exit "$status"
