#!/usr/bin/env bash
# Fuzzes every parser of hostile input, guided by coverage (libFuzzer) and under Address Sanitizer, leaks included.
#
#   scripts/fuzz.sh [SECONDS] [TARGET…]     each target that long, two at a time (default: 60 s, all targets)
#   scripts/fuzz.sh --in-all SECONDS        all targets together that long, as `make test` does
#   scripts/fuzz.sh --build                 builds alone
#
# The targets are those of Sources/FuzzTargets, their first inputs those of Tests/Corpora. What is found beyond them is kept
# in .build-fuzz/corpus, and what breaks something in .build-fuzz/found: it belongs into Tests/Corpora, with the mending.
# The ordinary build knows nothing of this: it works on a cut-down copy of the manifest, in a build folder of its own.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

root=$PWD
folder=$root/.build-fuzz/package
program=$root/.build-fuzz/release/fuzz
jobs=2
each=60
unset PORTVAKT_FUZZ_TARGET
case "${1:-}" in
    --build) each=0 ;;
    --in-all) in_all=${2:?how many seconds} && shift 2 ;;
    *) if [ $# -gt 0 ]; then each=$1 && shift; fi ;;
esac

# Building. The manifest keeps what the targets need, and nothing else; written only when it has changed.
scripts/setup.sh run >&2
mkdir -p "$folder"
for name in Sources Fuzzing; do ln -sfn "$root/$name" "$folder/$name"; done
[ ! -e Package.resolved ] || cp Package.resolved "$folder/"
{
    cat Package.swift
    cat <<'SWIFT'

package.targets.append(
    .executableTarget(
        name: "fuzz",
        dependencies: ["FuzzTargets"],
        path: "Fuzzing",
        swiftSettings: house + [.unsafeFlags(["-parse-as-library"])]
    )
)
var keptTargets: Set<String> = []
var keptPackages: Set<String> = []
var ahead: Set<String> = ["fuzz"]
while let name = ahead.popFirst() {
    guard keptTargets.insert(name).inserted else { continue }
    for dependency in package.targets.first(where: { $0.name == name })?.dependencies ?? [] {
        switch dependency {
        case .byNameItem(let name, _), .targetItem(let name, _): ahead.insert(name)
        case .productItem(_, let package, _, _): keptPackages.insert(package ?? "")
        @unknown default: break
        }
    }
}
package.products = []
package.targets.removeAll { !keptTargets.contains($0.name) }
package.dependencies.removeAll { dependency in
    guard case .sourceControl(_, let location, _) = dependency.kind else { return true }
    return !keptPackages.contains { location.hasSuffix("/\($0).git") }
}
SWIFT
} >"$folder/Package.swift.new"
if cmp -s "$folder/Package.swift.new" "$folder/Package.swift"; then
    rm "$folder/Package.swift.new"
else
    mv "$folder/Package.swift.new" "$folder/Package.swift"
fi
# Optimised, or it would try a tenth as much; assertions stay, which an optimised build leaves out. lld, because the default
# linker drops the counters.
started=$SECONDS
swift build --configuration release --product fuzz --package-path "$folder" --scratch-path "$root/.build-fuzz" \
    --sanitize=address -Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld -Xswiftc -assert-config -Xswiftc Debug \
    -Xcc -fsanitize=fuzzer-no-link >&2
built=$((SECONDS - started))
[ "${1:-}" != "--build" ] || exit 0

# Running.
mapfile -t targets < <("$program" | cut -d ' ' -f 1)
[ ${#targets[@]} -gt 0 ] || die "the program names no targets"
if [ -n "${in_all:-}" ]; then
    each=$(((in_all * jobs + ${#targets[@]} - 1) / ${#targets[@]}))
elif [ $# -gt 0 ]; then
    for name in "$@"; do
        printf '%s\n' "${targets[@]}" | grep -qxF -- "$name" || die "no such target: $name (there are: ${targets[*]})"
    done
    targets=("$@")
fi
logs=$root/.build-fuzz/logs
rm -rf "$logs"
mkdir -p "$logs"
# As in scripts/asan.sh: what Swift allocated, and what libraries of others are known to forget. Besides, what the C library
# keeps for a thread that is just ending, as those of the register's reader do, and frees with it.
printf 'leak:%s\n' swift_allocObject formWeakReference X509_policy_check readBytesFromFile __cxa_thread_atexit_impl \
    >"$root/.build-fuzz/leaks.txt"
export ASAN_OPTIONS="detect_leaks=1:allocator_may_return_null=1:${ASAN_OPTIONS:-}"
export LSAN_OPTIONS="suppressions=$root/.build-fuzz/leaks.txt:print_suppressions=0:${LSAN_OPTIONS:-}"
# The runtime's own backtrace walks memory that the sanitizer guards, and is then taken for the fault.
export SWIFT_BACKTRACE=enable=no

run_one() { # target
    local name=$1 longest status=0
    longest=$("$program" | awk -v name="$name" '$1 == name { print $2 }')
    mkdir -p ".build-fuzz/corpus/$name" ".build-fuzz/found/$name"
    # Leaks are looked for once, at the end: after each input it takes thirty times as long as the parser of policies does.
    PORTVAKT_FUZZ_TARGET=$name "$program" -max_total_time="$each" -max_len="$longest" -rss_limit_mb=4096 \
        -malloc_limit_mb=256 -timeout=20 \
        -detect_leaks=0 -reload=0 -print_final_stats=1 -artifact_prefix=".build-fuzz/found/$name/" \
        ".build-fuzz/corpus/$name" "Tests/Corpora/$name" >".build-fuzz/logs/$name.log" 2>&1 </dev/null || status=$?
    echo "$status" >".build-fuzz/logs/$name.status"
}
export -f run_one
export program each
started=$SECONDS
printf '%s\n' "${targets[@]}" | xargs -P "$jobs" -I{} bash -c 'run_one "$1"' _ {}

mkdir -p .build/reports
python3 - "$built" "$each" $((SECONDS - started)) "${targets[@]}" <<'PYTHON'
import json
import pathlib
import re
import sys

built, each, took, *targets = sys.argv[1:]
logs = pathlib.Path(".build-fuzz/logs")
results, passed = [], True


def last(pattern: str, text: str) -> int:
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


print(f"{'target':22}{'runs':>11}{'coverage':>10}{'features':>10}{'new inputs':>12}{'MiB':>6}  result")
for name in targets:
    text = (logs / f"{name}.log").read_text(encoding="utf-8", errors="replace")
    status = int((logs / f"{name}.status").read_text())
    runs = last(r"number_of_executed_units: (\d+)", text)
    coverage, features = last(r"cov: (\d+)", text), last(r"ft: (\d+)", text)
    new, memory = last(r"new_units_added: +(\d+)", text), last(r"peak_rss_mb: +(\d+)", text)
    # A run in which nothing was tried would pass.
    good = status == 0 and runs > 0 and coverage > 0
    passed = passed and good
    print(f"{name:22}{runs:>11}{coverage:>10}{features:>10}{new:>12}{memory:>6}  {'ok' if good else f'FAILED ({status})'}")
    if not good:
        wanted = re.compile(r"^fuzz: |SUMMARY|ERROR|Test unit written|Fatal error|Assertion|Base64: ")
        print("\n".join(line for line in text.splitlines() if wanted.search(line)) or text[-2_000:], file=sys.stderr)
    must = "no crash, hang or leak"
    results += [
        {"name": f"{name} runs", "value": runs, "unit": "inputs", "must": must, "passed": good},
        {"name": f"{name} coverage", "value": coverage, "unit": "edges", "must": "> 0", "passed": coverage > 0},
        {"name": f"{name} new inputs", "value": new, "unit": "inputs", "must": "", "passed": True},
    ]
results.append({"name": "build", "value": int(built), "unit": "s", "must": "", "passed": True})
print(f"{each} s each, {took} s in all; built in {built} s")
report = {"target": "fuzz", "passed": passed, "results": results}
pathlib.Path(".build/reports/fuzz.json").write_text(json.dumps(report, indent=2) + "\n")
sys.exit(not passed)
PYTHON
