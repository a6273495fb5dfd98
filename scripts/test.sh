#!/usr/bin/env bash
# Everything that must hold before a change lands: `make test`. Stops at the first step that fails, says which, and ends
# with the number of tests that ran.
#
#   scripts/test.sh          all steps
#   scripts/test.sh STEP…    only these, for example `scripts/test.sh rust_format rust_lint`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

all_steps=(
    setup
    ui_lint ui_types ui_tests ui_build
    rust_format rust_lint rust_build rust_tests
    generated_client demo
    e2e_jobs e2e_browser
    shell_lint shell_tests shell_build e2e_window
)
# One temporary place for the logs that the closing count is read from.
logs=$(mktemp -d /tmp/muster-test.XXXXXX)
trap 'rm -rf "$logs"' EXIT
# The backtrace of a failed assertion says where; colours would only hide the closing lines from programs.
export RUST_BACKTRACE=1 CARGO_TERM_COLOR=never NO_COLOR=1
# A checkout that is built once has no use for incremental state.
if [ -n "${CI:-}" ]; then export CARGO_INCREMENTAL=0; fi

in_ui() { (cd ui && "$@"); }
# The closing lines of test runners are kept for the count at the end.
keep() { local name=$1; shift; "$@" 2>&1 | tee "$logs/$name"; }

step_setup() { scripts/setup.sh test; }

step_ui_lint() { in_ui npx biome ci --colors=off .; }
step_ui_types() { in_ui npx tsc --noEmit; }
step_ui_tests() { keep vitest in_ui npx vitest run; }
step_ui_build() { in_ui npx vite build --logLevel warn; }

step_rust_format() { cargo fmt --all --check; }
step_rust_lint() { cargo clippy --all-targets --locked -- -D warnings; }
# Tests and programs in one invocation: alone, a program would be built a second time with other features of its crates.
step_rust_build() { cargo build --locked --tests --bins; }
# Most of the tests that take long wait for a disk, a lease or a clock: more of them than cores keep the cores busy.
step_rust_tests() {
    export RUST_TEST_THREADS=${RUST_TEST_THREADS:-$((2 * $(nproc)))}
    keep cargo scripts/with-postgres.sh cargo test --locked --no-fail-fast
}

# The interface's client is generated from the API's own document; both are committed.
step_generated_client() { MUSTER_SERVER=target/debug/muster-server scripts/generate-client.sh --check; }
# The whole job headless on both engines, with a power cut in the middle; fails when a number does not add up.
step_demo() {
    target/debug/muster-server demo
    scripts/with-postgres.sh bash -c 'target/debug/muster-server demo --database "$MUSTER_TEST_PG_URL"'
}
# The job files that come with Muster, run by real servers.
step_e2e_jobs() { keep jobs scripts/with-postgres.sh node --test --test-concurrency=2 tests/e2e/jobs/*.test.mjs; }
step_e2e_browser() { keep browser scripts/with-postgres.sh node --test --test-concurrency=2 tests/e2e/browser/*.test.mjs; }

# The shell is no default member: it links WebKit, which nothing before this line needs.
shell=(--locked -p muster-desktop --features custom-protocol)
step_shell_lint() { cargo clippy "${shell[@]}" --all-targets -- -D warnings; }
step_shell_tests() { keep shell cargo test "${shell[@]}"; }
step_shell_build() { cargo build "${shell[@]}"; }
step_e2e_window() { keep window scripts/with-display.sh node --test --test-concurrency=1 tests/e2e/window/*.test.mjs; }

# Adds up the closing lines of cargo test, vitest and node's test runner.
print_totals() {
    cat "$logs"/* 2>/dev/null | sed 's/\x1b\[[0-9;]*m//g' | awk '
        /^test result:/ { passed += $4; failed += $6; skipped += $8 }
        /^ *Tests +/ { for (i = 2; i <= NF; i++) { if ($i ~ /^passed/) passed += $(i-1); if ($i ~ /^failed/) failed += $(i-1) } }
        /^(#|ℹ) pass / { passed += $3 }
        /^(#|ℹ) fail / { failed += $3 }
        /^(#|ℹ) skipped / { skipped += $3 }
        END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped }'
}

steps=("$@")
[ $# -gt 0 ] || steps=("${all_steps[@]}")
for step in "${steps[@]}"; do
    declare -F "step_$step" >/dev/null || { echo "no step '$step'; there are: ${all_steps[*]}" >&2; exit 2; }
done

report=()
for step in "${steps[@]}"; do
    printf '\n=== %s\n' "$step"
    started=$SECONDS
    # In a subshell, where `set -e` holds: a condition here would switch it off.
    set +e
    (set -e; "step_$step")
    code=$?
    set -e
    report+=("$(printf '%-18s %4d s  %s' "$step" $((SECONDS - started)) "$([ $code -eq 0 ] && echo ok || echo FAILED)")")
    if [ $code -ne 0 ]; then break; fi
done
printf '\n=== steps\n'
printf '%s\n' "${report[@]}"
printf '%-18s %4d s\n\n' total "$SECONDS"
print_totals
exit "$code"
