#!/usr/bin/env bash
# Runs all tests, part by part, and says of each how long it took and how many tests ran, failed and were skipped.
#
#   scripts/test.sh [PART…]       default: all parts
#
# A part in which no test ran is a failure: a filter that matches nothing would otherwise pass. The last line is
# `N passed, N failed, N skipped`. Logs are kept in .build/reports.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

parts=(architecture units storage server api sdk demo cli conformance live administration interop faults fuzz examples)
declare -A targets=(
    [architecture]="ArchitectureTests"
    [units]="VocabularyTests AttentionTests LibCryptoTests JOSETests EnterpriseCertificatesTests OrganisationsTests ScopesTests
        ClientsTests AuditLedgerTests XACMLTests StatusListsTests FuzzTargetsTests DelegationsTests AdministrationTests OperationsTests
        TokenIssuanceTests"
    [storage]="SQLiteStorageTests PostgreSQLStorageTests"
    [server]="HTTPServerTests ServerTests MetricsExpositionTests"
    [api]="AdminAPITests WebConsoleTests"
    [sdk]="FetchingTests PortvaktClientTests PortvaktProviderTests PortvaktHummingbirdTests"
    [demo]="DemoWorldTests"
    [cli]="portvaktTests"
    [conformance]="ConformanceTests"
)
# Commands block their thread: side by side they would leave none for one that waits for a server's answer.
declare -A modes=([cli]="--no-parallel")
# Python: tests against a live server, the programs of others, and what happens when the server is killed.
declare -A files=(
    [live]="Tests/Interop/test_clients.py Tests/Interop/test_delegation.py Tests/Interop/test_delegation_walkthrough.py
        Tests/Interop/test_metrics.py Tests/Interop/test_portal.py Tests/Interop/test_providers.py Tests/Interop/test_readme.py
        Tests/Interop/test_attacks.py Tests/Interop/test_access_requests.py Tests/Interop/test_explain.py
        Tests/Interop/test_console.py"
    [administration]="Tests/Interop/test_self_service.py Tests/Interop/test_openapi.py Tests/Interop/test_cli_online.py
        Tests/Interop/test_attention.py Tests/Interop/test_webhooks.py Tests/Interop/test_catalogue.py
        Tests/Interop/test_demo_story.py Tests/Interop/test_doctor.py Tests/Interop/test_tutorial.py
        Tests/Interop/test_ledger.py"
    [interop]="${interop_files[*]}"
    [faults]="Tests/Interop/test_faults.py Tests/Interop/test_revocation.py Tests/Interop/test_restore.py
        Tests/Interop/test_incident.py Tests/Interop/test_howtos.py Tests/Interop/test_power_cut.py
        Tests/Interop/test_signing_token.py"
    # Last, for it leaves .build planned for the packages of Examples/.
    [examples]="Tests/Interop/test_examples.py"
)

chosen=("${@:-${parts[@]}}")
# Seconds that one part may take; the whole stays well below what CI allows.
limit=900

scripts/setup.sh run test interop
reports=.build/reports
mkdir -p "$reports"

all_passed=0 all_failed=0 all_skipped=0
table=""

record() { # part, seconds, passed, failed, skipped
    all_passed=$((all_passed + $3)) all_failed=$((all_failed + $4)) all_skipped=$((all_skipped + $5))
    table+=$(printf '%-14s %6ss %7d %7d %7d' "$1" "$2" "$3" "$4" "$5")$'\n'
}

run_swift() { # part
    local part=$1 log="$reports/test-$1.log" started=$SECONDS status=0 names total failed skipped
    names=$(echo ${targets[$part]} | tr ' ' '|')
    timeout --kill-after=10 "$limit" \
        swift test --skip-build --disable-xctest ${modes[$part]:-} --filter "^($names)\\." >"$log" 2>&1 </dev/null || status=$?
    total=$(sed -n 's/^. Test run with \([0-9]*\) tests\{0,1\} .*/\1/p' "$log" | tail -n 1)
    failed=$(grep -E '^✘ Test .* failed after [0-9.]+ seconds' "$log" | grep -cvE '^✘ Test (case passing|run with) ' || true)
    skipped=$(grep -cE '^➜ Test .*( skipped: | was cancelled after )' "$log" || true)
    if [ -z "$total" ]; then
        say "$part: the tests crashed or took longer than $limit s"
        total=0 failed=$((failed + 1))
    elif [ "$total" -eq 0 ]; then
        say "$part: no test ran"
        failed=1
    elif [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
        failed=1
    fi
    if [ "$failed" -gt 0 ]; then
        grep -E '^✘ Test .* recorded an issue|^↳ |error: |Fatal error' "$log" | head -n 200 >&2 || true
        [ "$total" -gt 0 ] || tail -n 60 "$log" >&2
    fi
    local passed=$((total - failed - skipped))
    record "$part" $((SECONDS - started)) $((passed > 0 ? passed : 0)) "$failed" "$skipped"
}

run_python() { # part
    local part=$1 log="$reports/test-$1.log" xml="$reports/test-$1.xml" started=$SECONDS status=0
    local passed failed skipped
    rm -f "$xml"
    # shellcheck disable=SC2086
    PORTVAKT_TEST_BINARY="${PORTVAKT_TEST_BINARY:-$PWD/.build/debug/portvakt}" timeout --kill-after=10 "$limit" \
        "$venv/bin/python" -m pytest -q -ra -p no:cacheprovider --junitxml="$xml" ${files[$part]} \
        >"$log" 2>&1 </dev/null || status=$?
    read -r passed failed skipped < <(python3 - "$xml" <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

try:
    suites = tree.parse(sys.argv[1]).getroot().iter("testsuite")
except OSError:
    print(0, 1, 0)
else:
    total = failed = skipped = 0
    for suite in suites:
        total += int(suite.get("tests"))
        failed += int(suite.get("failures")) + int(suite.get("errors"))
        skipped += int(suite.get("skipped"))
    print(total - failed - skipped, failed, skipped)
PYTHON
    )
    if [ $((passed + failed + skipped)) -eq 0 ]; then
        say "$part: no test ran"
        failed=1
    elif [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
        failed=1
    fi
    [ "$failed" -eq 0 ] || tail -n 150 "$log" >&2
    record "$part" $((SECONDS - started)) "$passed" "$failed" "$skipped"
}

# One sanitised build of the parsers alone, which then tries new inputs for a minute; the corpora are replayed in `units`.
run_fuzz() {
    local log="$reports/test-fuzz.log" started=$SECONDS failed=0 passed
    timeout --kill-after=10 "$limit" scripts/fuzz.sh --in-all 60 >"$log" 2>&1 </dev/null || failed=1
    passed=$(grep -cE ' ok$' "$log" || true)
    [ "$failed" -eq 0 ] || tail -n 60 "$log" >&2
    record fuzz $((SECONDS - started)) "$passed" "$failed" 0
}

heading "lint"
started=$SECONDS
if scripts/lint.sh; then record lint $((SECONDS - started)) 1 0 0; else record lint $((SECONDS - started)) 0 1 0; fi

heading "build"
started=$SECONDS
swift build --build-tests
table+=$(printf '%-14s %6ss' build $((SECONDS - started)))$'\n'

# Every test target belongs to a part, or its tests would never run.
unlisted=$(swift test list --skip-build 2>/dev/null | sed -n 's/^\([A-Za-z0-9_]*Tests\)\..*/\1/p' | sort -u |
    grep -vxF "$(echo "${targets[@]}" | tr -s ' \n' '\n')" || true)
[ -z "$unlisted" ] || die "no part runs these test targets: $unlisted"
unlisted=$(comm -13 <(echo "${files[@]}" | tr -s ' \n' '\n' | sort -u) <(ls Tests/Interop/test_*.py | sort))
[ -z "$unlisted" ] || die "no part runs these files: $unlisted"

for part in "${chosen[@]}"; do
    heading "$part"
    if [ -n "${targets[$part]:-}" ]; then
        run_swift "$part"
    elif [ "$part" = fuzz ]; then
        run_fuzz
    elif [ -n "${files[$part]:-}" ]; then
        python_environment
        [ "$part" != examples ] || scripts/examples.sh
        run_python "$part"
    else
        die "no such part: $part (there are: ${parts[*]})"
    fi
done

printf '\n%-14s %7s %7s %7s %7s\n%s\n' part time passed failed skipped "$table"
# What was skipped, and why.
grep -hE '^➜ Test .*( skipped: | was cancelled after )|^SKIPPED ' "$reports"/test-*.log | sort | uniq -c || true
printf '%d passed, %d failed, %d skipped\n' "$all_passed" "$all_failed" "$all_skipped"
[ "$all_failed" -eq 0 ]
