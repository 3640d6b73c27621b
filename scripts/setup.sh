#!/usr/bin/env bash
# Checks that this machine has what the other scripts need, and installs the Debian packages that are missing.
#
#   scripts/setup.sh [run] [test] [interop] [bench]      default: run
#
# As root, or where sudo asks for no password, missing packages are installed with apt-get. Elsewhere it says which are
# missing and how to install them, and exits with 1. Safe to repeat; takes no time when nothing is missing.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# What the server is built from and run with.
run=(binutils ca-certificates curl gcc git libc6-dev libisal-dev libsimdjson-dev libsqlite3-dev libssl-dev libstdc++-12-dev
    libxml2-dev make pkg-config zlib1g-dev)
# What the tests need besides.
test=(chromium fish opensc openssl postgresql-15 python3 python3-venv softhsm2 util-linux zsh)
# The programs of others that the interop matrix has, and what they are run with.
interop=(apache2-bin golang-github-coreos-go-oidc-dev golang-go golang-golang-x-oauth2-dev haproxy libapache2-mod-oauth2
    node-jose nodejs ruby ruby-signet)
# What the benchmarks need besides.
bench=(glewlwyd openssl python3 python3-venv sqlite3 util-linux wrk)

wanted=("${run[@]}")
for group in "$@"; do
    case "$group" in
        run) ;;
        test) wanted+=("${test[@]}") ;;
        interop) wanted+=("${interop[@]}") ;;
        bench) wanted+=("${bench[@]}") ;;
        *) die "no such group: $group" ;;
    esac
done

if ! command -v swift >/dev/null; then
    say "missing: a Swift toolchain, version 6.3 or later, with \`swift\` in the PATH"
    say "get it from https://www.swift.org/install/linux/ (Debian 12)"
    exit 1
fi
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
if ! printf '6.3\n%s\n' "${version:-0}" | sort --check=quiet --version-sort; then
    die "Swift ${version:-of an unknown version} is too old: 6.3 or later is needed"
fi

if ! command -v dpkg-query >/dev/null; then
    die "this is no Debian machine; install what it calls these packages yourself: ${wanted[*]}"
fi

missing_packages() {
    local package
    for package in "${wanted[@]}"; do
        # Another version of the C++ headers serves as well: the toolchain takes the newest it finds.
        case "$package" in
            libstdc++-*-dev) compgen -G '/usr/include/c++/*' >/dev/null && continue ;;
        esac
        dpkg-query --show --showformat '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || echo "$package"
    done
}

mapfile -t missing < <(missing_packages)
if [ "${#missing[@]}" -eq 0 ]; then exit 0; fi

if [ "$(id -u)" -eq 0 ]; then
    as_root=()
elif command -v sudo >/dev/null && sudo --non-interactive true 2>/dev/null; then
    as_root=(sudo --non-interactive)
else
    say "missing Debian packages: ${missing[*]}"
    say "install them with: sudo apt-get install --no-install-recommends ${missing[*]}"
    exit 1
fi

say "installing Debian packages: ${missing[*]}"
"${as_root[@]}" apt-get -qq update || say "apt-get update failed; trying with the lists that are there"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null </dev/null

mapfile -t missing < <(missing_packages)
[ "${#missing[@]}" -eq 0 ] || die "still missing after installation: ${missing[*]}"
