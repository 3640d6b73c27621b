#!/usr/bin/env bash
# Builds the server, makes a demo world on first use, and serves it until it is stopped.
#
#   scripts/run.sh [DATA [ISSUER]]      default: ./var, http://127.0.0.1:7080/
#
# BINARY=FILE takes a program that is built already.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run

data=${1:-var}
issuer=${2:-http://127.0.0.1:7080/}
portvakt=${BINARY:-}
if [ -z "$portvakt" ]; then
    scripts/build.sh
    portvakt=.build/release/portvakt
fi

if [ ! -e "$data/demo/first-token.txt" ]; then
    "$portvakt" init "$data" --demo --issuer "$issuer"
else
    say "serving the demo world that is in $data"
    sed "s|^  portvakt |  $portvakt |" "$data/demo/first-token.txt" >&2
fi
exec "$portvakt" serve --data "$data"
