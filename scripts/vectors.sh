#!/usr/bin/env bash
# Runs published vectors: Wycheproof through the libraries, x509-limbo and the certificates of Norwegian authorities
# through `portvakt cert check`. Prints a table of counts and writes .build/reports/vectors.json. Exits with 1 when a
# verdict differs without a reason in Tests/Vectors/skips.json.
#
#   scripts/vectors.sh [--write-table]      with it the table in docs/conformance.md is written anew
#
# The vectors are not part of the repository: PORTVAKT_VECTORS names their folder, else it is ../shared/vectors.
# BINARY=FILE takes a program that is built already.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run test

folder=${PORTVAKT_VECTORS:-../shared/vectors}
[ -d "$folder" ] || die "there are no vectors in $folder; set PORTVAKT_VECTORS to their folder (docs/conformance.md says which)"
for part in wycheproof x509-limbo norwegian-cas; do
    [ -d "$folder/$part" ] || die "the folder of vectors, $folder, has no $part"
done
PORTVAKT_VECTORS=$(cd "$folder" && pwd)
export PORTVAKT_VECTORS

table=()
if [ "${1:-}" = --write-table ]; then table=(--write-table docs/conformance.md); fi

reports=.build/reports
mkdir -p "$reports"
counts=$reports/vectors-wycheproof.txt
log=$reports/vectors-wycheproof.log
rm -f "$counts"

swift build --build-tests
# The suites append what they have counted; a case that fails there fails here.
PORTVAKT_VECTOR_COUNTS=$PWD/$counts swift test --skip-build --disable-xctest --filter '\.Wycheproof' >"$log" 2>&1 </dev/null || {
    grep -E 'recorded an issue|error: ' "$log" | head -n 40 >&2 || true
    die "vectors of Wycheproof failed; see $log"
}
[ -s "$counts" ] || die "no vector of Wycheproof was run; see $log"

python3 Tests/Vectors/vectors.py "${BINARY:-.build/debug/portvakt}" "$PORTVAKT_VECTORS" "$reports/vectors.json" \
    --counts "$counts" "${table[@]}"
say "written: $reports/vectors.json"
