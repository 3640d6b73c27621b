#!/usr/bin/env bash
# Builds the packages of Examples/ and the Swift program of docs/five-minutes-to-a-token.md into .build/examples.
#
# All share .build: what they and the main package depend on is compiled once. Each is a package of its own for its users.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

out=.build/examples
mkdir -p "$out"

build() { # folder of the package, name of the program
    # The same versions as the main package, or everything would be compiled again.
    [ ! -f Package.resolved ] || cp Package.resolved "$1/Package.resolved"
    swift build --package-path "$1" --scratch-path .build --product "$2"
    cp -f ".build/debug/$2" "$out/$2"
}

for package in Examples/*/; do
    name=$(sed -n 's/.*executableTarget(.*//;s/^ *name: "\([A-Z][A-Za-z]*\)",$/\1/p' "$package/Package.swift" | head -n 1)
    [ -n "$name" ] || die "no program in $package"
    build "$package" "$name"
done

# The page's own program, word for word.
page=.build/five-minutes
mkdir -p "$page/Sources/FiveMinutes"
sed -n '/^```swift$/,/^```$/p' docs/five-minutes-to-a-token.md | sed '/^```/d' >"$page/main.swift.new"
[ -s "$page/main.swift.new" ] || die "the page holds no Swift program"
cmp -s "$page/main.swift.new" "$page/Sources/FiveMinutes/main.swift" ||
    cp "$page/main.swift.new" "$page/Sources/FiveMinutes/main.swift"
cat >"$page/Package.swift" <<SWIFT
// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "five-minutes",
    dependencies: [.package(name: "portvakt", path: "../..")],
    targets: [
        .executableTarget(
            name: "FiveMinutes",
            dependencies: [.product(name: "PortvaktClient", package: "portvakt")]
        )
    ]
)
SWIFT
build "$page" FiveMinutes
cp "$page/Sources/FiveMinutes/main.swift" "$out/five-minutes.swift"
say "built: $(ls "$out" | tr '\n' ' ')"
