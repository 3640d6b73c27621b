# Sourced by the scripts beside it: the root of the repository as working directory, and how they speak.
# shellcheck shell=bash

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Swift writes colours and moving progress to a terminal only; nothing here needs a terminal.
export LC_ALL=C.UTF-8

say() { printf '%s\n' "$*" >&2; }

heading() { printf '\n== %s\n' "$*" >&2; }

die() {
    say "$0: $*"
    exit 1
}

# The folder of the Python environment that interop tests and benchmarks share.
venv=.build/venv

# The tests that fill the interop matrix, in this order: what takes its time begins early, and the page comes last.
interop_files=(
    Tests/Interop/test_dpop.py Tests/Interop/test_issued_tokens.py
    Tests/Interop/test_other_providers.py Tests/Interop/test_ours_with_others.py Tests/Interop/test_other_clients.py
    Tests/Interop/test_rotation.py Tests/Interop/test_client_certificates.py
    Tests/Interop/test_consumer_under_load.py Tests/Interop/test_register_sync.py Tests/Interop/test_interop_page.py
)

# Makes the Python environment, or does nothing when it holds what requirements.txt asks for.
python_environment() {
    local wanted=Tests/Interop/requirements.txt
    if cmp -s "$wanted" "$venv/requirements.txt" && "$venv/bin/python" -c '' 2>/dev/null; then return; fi
    say "making the Python environment in $venv"
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    python3 -m venv "$venv"
    "$venv/bin/pip" --quiet --disable-pip-version-check install --requirement "$wanted"
    cp "$wanted" "$venv/requirements.txt"
}
