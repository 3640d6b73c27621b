#!/usr/bin/env bash
# Builds the release binary, .build/release/portvakt, with the Swift standard library inside it.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
scripts/setup.sh run

swift build --configuration release --static-swift-stdlib --product portvakt
say "built .build/release/portvakt"
