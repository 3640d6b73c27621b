#!/usr/bin/env bash
# Runs the tests of what speaks to C libraries by pointers (libcrypto, zlib, simdjson, ISA-L, PKCS#11 modules) under Address Sanitizer, leaks included.
#
#   scripts/asan.sh           everything, the certificates that tests mint too (builds swift-crypto once: minutes)
#   scripts/asan.sh --short   without tests that need other packages than Yams
#
# A sanitizer rebuilds every package, so this works on a cut-down copy of the manifest, in a build folder of its own.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

modules="Vocabulary COpenSSL CPKCS11 CRegisterReader CZlib LibCrypto JOSE EnterpriseCertificates Organisations TestTokens"
suites="LibCryptoTests JOSETests OrganisationsTests"
packages="Yams"
# Modules of which a short run knows nothing: a test file that imports one is left out.
absent="TestAuthority|TestSupport|JWTKit"
if [ "${1:-}" != "--short" ]; then
    scripts/setup.sh run test
    modules+=" TestAuthority"
    suites+=" EnterpriseCertificatesTests"
    packages+=" swift-crypto swift-certificates swift-asn1 jwt-kit"
    absent="TestSupport"
fi

root=$PWD
folder=$root/.build-asan/package
rm -rf "$folder/Tests"
mkdir -p "$folder/Tests"
ln -sfn "$root/Sources" "$folder/Sources"
[ ! -e Package.resolved ] || cp Package.resolved "$folder/"

# The tests, file by file, each file a link.
left_out=0
for suite in $suites; do
    mkdir "$folder/Tests/$suite"
    for file in Tests/"$suite"/*; do
        if grep -Eqs "^(@testable )?import ($absent)\$" "$file"; then
            left_out=$((left_out + 1))
        else
            ln -s "$root/$file" "$folder/Tests/$suite/"
        fi
    done
done
[ "$left_out" -eq 0 ] || say "$left_out test files are left out: they import ${absent//|/, }"

# The manifest, less what is not wanted; written only when it has changed, so that nothing is planned anew.
quoted() { printf '"%s", ' "$@"; }
# shellcheck disable=SC2086
{
    cat Package.swift
    cat <<SWIFT

let keptTargets: Set<String> = [$(quoted $modules $suites)]
let keptPackages: [String] = [$(quoted $packages)]
package.products = []
package.targets.removeAll { !keptTargets.contains(\$0.name) }
package.dependencies.removeAll { dependency in
    guard case .sourceControl(_, let location, _) = dependency.kind else { return true }
    return !keptPackages.contains { location.hasSuffix("/\(\$0).git") }
}
for target in package.targets {
    target.dependencies.removeAll { dependency in
        switch dependency {
        case .byNameItem(let name, _), .targetItem(let name, _): !keptTargets.contains(name)
        case .productItem(_, let package, _, _): !keptPackages.contains(package ?? "")
        @unknown default: true
        }
    }
}
SWIFT
} >"$folder/Package.swift.new"
if cmp -s "$folder/Package.swift.new" "$folder/Package.swift"; then
    rm "$folder/Package.swift.new"
else
    mv "$folder/Package.swift.new" "$folder/Package.swift"
fi

if [ -z "${PORTVAKT_VECTORS:-}" ] && [ -d ../shared/vectors ]; then
    PORTVAKT_VECTORS=$(cd ../shared/vectors && pwd)
    export PORTVAKT_VECTORS
fi
# What C allocated and nobody freed is a failure. Left out, with the reason:
# - what Swift allocated, objects and what weak references need: it keeps the case of an enum in unused bits of its pointers, which the finder does not recognise;
# - policy constraints in a certificate without policies: libcrypto 3.0 forgets them (crypto/x509/pcy_cache.c);
# - the buffer of a file that Foundation then could not read.
printf 'leak:%s\n' swift_allocObject formWeakReference X509_policy_check readBytesFromFile >"$folder/leaks.txt"
export ASAN_OPTIONS="detect_leaks=1:${ASAN_OPTIONS:-}"
export LSAN_OPTIONS="suppressions=$folder/leaks.txt:print_suppressions=0:${LSAN_OPTIONS:-}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT

run() { # arguments of swift test
    local status=0
    swift test --disable-xctest --package-path "$folder" --scratch-path "$root/.build-asan" --sanitize=address "$@" \
        >"$log" 2>&1 </dev/null || status=$?
    # A run in which no test was found would pass: read the count.
    if [ "$status" -ne 0 ] || ! grep -Eq 'Test run with [1-9][0-9]* tests? .*passed' "$log"; then
        grep -E 'error: |recorded an issue|Sanitizer|SUMMARY' "$log" | head -n 40 >&2 || true
        tail -n 60 "$log" >&2
        die "the tests failed under Address Sanitizer"
    fi
    grep -E 'Test run with' "$log"
}

if [ "${1:-}" = "--short" ]; then
    run
else
    # libcrypto has no frame pointers: only the slow unwinder sees on whose behalf it allocated, which the list above needs.
    paths='LimboTests|CertificatePathTests|CertificateFormTests|PolicyTreeTests|PathSearchTests'
    run --skip "$paths"
    ASAN_OPTIONS="fast_unwind_on_malloc=0:malloc_context_size=12:$ASAN_OPTIONS" run --filter "$paths"
fi
