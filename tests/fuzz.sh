# SPDX-License-Identifier: MIT
# The fuzzers: each is a test, which fails if it finds something. They start from the small corpus of tests/fuzz/corpus; what
# they learn besides stays in build/fuzz/NAME, as does what they find, which becomes a unit test.
# shellcheck shell=bash

_fuzzers="launch launchmake gzip kernel hypercall xenstore_wire xenstore_state xenstore_live console libxl"

# _fuzz NAME SECONDS: one fuzzer, built already. Chance is the same each time, so that a second run goes the way of the first, as far
# as addresses do not matter; FUZZ_SEED=0 is another way each time.
_fuzz() {
    local directory=$build/fuzz/$1
    local -a words=()
    [ ! -e "$top/tests/fuzz/$1.dict" ] || words=(-dict="$top/tests/fuzz/$1.dict")
    mkdir -p "$directory/corpus"
    (cd "$directory" && exec nice "$build/native/tests/fuzz/$1" -seed="${FUZZ_SEED:-1}" -max_total_time="$2" -timeout=20 -rss_limit_mb=2048 \
        -print_final_stats=1 "${words[@]}" corpus "$top/tests/fuzz/corpus/$1" >run.log 2>&1 </dev/null)
}

# _fuzz_failure NAME: what was found, the input that shows it again, and how. The log is kept beside the input.
_fuzz_failure() {
    local directory=$build/fuzz/$1 input
    input=$(sed -n 's,.*Test unit written to \./,,p' "$directory/run.log" | head -n 1)
    grep -aE 'does not hold|runtime error:|ERROR: ' "$directory/run.log" | head -n 5 | cut -c 1-300
    if [ -n "$input" ]; then
        cp "$directory/run.log" "$directory/$input.log"
        echo "input: $directory/$input"
        echo "log:   $directory/$input.log"
        echo "again: $build/native/tests/fuzz/$1 $directory/$input"
    fi
    echo "the log's end:"
    tail -n 20 "$directory/run.log" | cut -c 1-300
}

_fuzz_verdict() {
    local log=$build/fuzz/$1/run.log
    if [ "$2" = 0 ]; then
        report ok "fuzz/$1" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs"
    else
        report FAILED "fuzz/$1"
        _fuzz_failure "$1" | sed 's/^/    | /'
    fi
}

# run_fuzzers [SECONDS]: each for so long, three at a time.
run_fuzzers() {
    local name seconds=${1:-${FUZZ_SECONDS:-60}} status
    local -a names=() running=()
    build_native
    for name in $_fuzzers; do
        mkdir -p "$build/fuzz/$name"
        if logged "$build/fuzz/$name/build.log" make -s -C "$build/native" "tests/fuzz/$name"; then
            names+=("$name")
        else
            report FAILED "fuzz/$name" "does not build"
        fi
    done
    progress "fuzzers, $seconds s each"
    set -- "${names[@]}"
    while [ $# -gt 0 ]; do
        names=("${@:1:3}") running=()
        shift ${#names[@]}
        for name in "${names[@]}"; do
            _fuzz "$name" "$seconds" &
            running+=($!)
        done
        for name in "${names[@]}"; do
            status=0
            wait "${running[0]}" || status=$?
            running=("${running[@]:1}")
            _fuzz_verdict "$name" "$status"
        done
    done
}
