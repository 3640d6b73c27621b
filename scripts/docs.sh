#!/usr/bin/env bash
# Builds the documentation of the libraries, and the pages that `error_uri` leads to, into .build/docs.
#
# A warning, such as a link to a symbol that is no more, ends it. BINARY=FILE takes a program that is built already.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run

out=.build/docs
rm -rf "$out"
mkdir -p "$out"
libraries=(PortvaktClient PortvaktProvider PortvaktHummingbird)
for library in "${libraries[@]}"; do
    heading "$library"
    swift package --allow-writing-to-directory "$out/$library" generate-documentation --target "$library" \
        --output-path "$out/$library" --transform-for-static-hosting --hosting-base-path "$library" \
        --warnings-as-errors
done

heading "error pages"
if [ -z "${BINARY:-}" ]; then
    swift build --product portvakt
    BINARY=.build/debug/portvakt
fi
python_environment
PORTVAKT_TEST_BINARY=$BINARY "$venv/bin/python" scripts/error_pages.py "$out/errors"

{
    printf '<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>Portvakt</title>\n<h1>Portvakt</h1>\n<ul>\n'
    for library in "${libraries[@]}"; do
        lower=$(printf '%s' "$library" | tr '[:upper:]' '[:lower:]')
        printf '<li><a href="%s/documentation/%s/">%s</a></li>\n' "$library" "$lower" "$library"
    done
    printf '<li><a href="errors/index.html">Errors</a></li>\n</ul>\n</html>\n'
} >"$out/index.html"
say "written: $out/index.html"
