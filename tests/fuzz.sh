# SPDX-License-Identifier: MIT
# The fuzzers, each for a while: a target is a test, which fails if the fuzzer finds something. What it found stays in
# build/fuzz/NAME for a look, and becomes a unit test.
# shellcheck shell=bash

run_fuzzers() {
    local name seconds=${FUZZ_SECONDS:-60} directory
    ensure_installed clang
    build_native
    for name in launch xenstore_wire console; do
        directory=$build/fuzz/$name
        mkdir -p "$directory/corpus"
        if ! logged "$directory/build.log" make -s -C "$build/native" "tests/fuzz/$name"; then
            report FAILED "fuzz/$name" "does not build"
            continue
        fi
        progress "fuzz/$name for $seconds s"
        if (cd "$directory" && "$build/native/tests/fuzz/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
            -print_final_stats=1 corpus >run.log 2>&1 </dev/null); then
            report ok "fuzz/$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$directory/run.log") runs"
        else
            report FAILED "fuzz/$name"
            tail -n 20 "$directory/run.log" | sed 's/^/    | /'
        fi
    done
}
