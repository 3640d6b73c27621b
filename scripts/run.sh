#!/usr/bin/env bash
# Builds the server, makes a demo world on first use, and serves it until it is stopped.
#
#   scripts/run.sh [DATA [ISSUER]]      default: ./var, http://127.0.0.1:7080/
#
# CONFIGURATION=debug takes a debug build, which is quicker to make and slower to run.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run

data=${1:-var}
issuer=${2:-http://127.0.0.1:7080/}
configuration=${CONFIGURATION:-release}

if [ "$configuration" = release ]; then
    scripts/build.sh
else
    swift build --configuration "$configuration" --product portvakt
fi
portvakt=.build/$configuration/portvakt

if [ ! -e "$data/portvakt.db" ]; then
    "$portvakt" init "$data" --demo --issuer "$issuer"
else
    say "serving the demo world that is in $data"
    cat "$data/demo/first-token.txt" >&2
fi
exec "$portvakt" serve --data "$data"
