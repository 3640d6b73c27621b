#!/usr/bin/env bash
# Does to a release build what the world may do to it, and measures what it makes of that; writes .build/reports/faults.json.
# Exits with 1 when something falls short.
#
#   scripts/faults.sh [FAULT…]      default: all
#
# - kill -9, SIGTERM and ten times too many requests under load; no file descriptors left;
# - the disk full, read-only, slow, hanging; the database removed, replaced, overwritten;
# - the clock stepped; responders and lists that hang; broken configuration (docs/faults.md);
# - the power cut at chosen system calls: what was not synced is lost, torn or reordered, what was answered is not;
# - a bulk import beside token requests;
# - kill -9 into imports of units and of roles: the register is whole each time (REGISTER_UNITS=N for another size);
# - 10,000 idle and 1,000 slow connections beside healthy clients.
#
# As root it mounts small file systems in memory for the disk; elsewhere a preloaded library says what a full disk says.
# BINARY=FILE takes a program that is built already.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run test interop

if [ -z "${BINARY:-}" ]; then
    scripts/build.sh
    BINARY=.build/release/portvakt
fi
python_environment
mkdir -p .build/reports
# Each connection of the crowd is a file on both sides.
ulimit -n "$(ulimit -Hn)"
status=0
PORTVAKT_TEST_BINARY=$BINARY "$venv/bin/python" Tests/Interop/faults.py .build/reports/faults.json "$@" || status=$?
say "written: .build/reports/faults.json"
exit "$status"
