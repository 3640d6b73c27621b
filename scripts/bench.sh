#!/usr/bin/env bash
# Measures a release build against its budgets; writes .build/reports/bench.json. Exits with 1 when a figure falls short.
#
#   scripts/bench.sh [--page] [PART…]      default: all parts
#
# Parts: libraries, register, administration, sizes, peers, soak (SOAK=900 seconds for the long one), tokens. `tokens` comes
# last, and its report takes in those of the parts before. With --page the figures are written into docs/performance.md and
# README.md.
#
# BINARY=FILE and BENCHMARKS=FOLDER take programs that are built already; REGISTER_UNITS=N measures a smaller register.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run test bench

writes_page=false
parts=()
for argument in "$@"; do
    case "$argument" in
        --page) writes_page=true ;;
        libraries | register | administration | sizes | peers | soak | tokens) parts+=("$argument") ;;
        *) die "no such part: $argument" ;;
    esac
done
[ "${#parts[@]}" -gt 0 ] || parts=(libraries register administration sizes peers soak tokens)

[ "$(nproc)" -ge 2 ] || die "two cores are needed: one for the server, one for the load"
if [ -z "${BINARY:-}" ]; then
    scripts/build.sh
    BINARY=.build/release/portvakt
fi
if [ -z "${BENCHMARKS:-}" ]; then
    # As the server is built, and of the same versions, so that what both depend on is compiled once.
    [ ! -f Package.resolved ] || cp Package.resolved Benchmarks/Package.resolved
    swift build --package-path Benchmarks --scratch-path .build --configuration release --static-swift-stdlib
    BENCHMARKS=.build/release
fi
python_environment
"$venv/bin/pip" --quiet --disable-pip-version-check install --requirement Benchmarks/requirements.txt
mkdir -p .build/reports
export PORTVAKT_TEST_BINARY=$BINARY

# A row that falls short is told at the end, with all the others; a part that wrote no report did not run.
run_part() {
    local report=.build/reports/bench-$1.json
    shift
    rm -f "$report"
    "$@" "$report" || [ -s "$report" ] || die "$1 did not run"
    rows+=(--rows "$report")
}

rows=()
units=${REGISTER_UNITS:-1200000}
for part in "${parts[@]}"; do
    heading "$part"
    case "$part" in
        libraries)
            for program in SDKBenchmarks DecisionBenchmarks; do
                run_part "$program" taskset -c 0 "$BENCHMARKS/$program"
            done
            ;;
        register | sizes) run_part "$part" "$venv/bin/python" "Benchmarks/$part.py" --units "$units" ;;
        soak) run_part soak "$venv/bin/python" Benchmarks/soak.py --seconds "${SOAK:-60}" ;;
        administration | peers) run_part "$part" "$venv/bin/python" "Benchmarks/$part.py" ;;
        tokens) ;;
    esac
done
status=0
if [[ " ${parts[*]} " == *" tokens "* ]]; then
    heading tokens
    "$venv/bin/python" Benchmarks/bench.py .build/reports/bench.json --bare "$BENCHMARKS/BareServer" "${rows[@]}" || status=$?
    say "written: .build/reports/bench.json"
fi
if $writes_page; then "$venv/bin/python" Benchmarks/page.py .build/reports; fi
exit "$status"
