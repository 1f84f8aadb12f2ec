# SPDX-License-Identifier: MIT
# Hypercalls of several domains on several CPUs at once, watched by ThreadSanitizer.
# shellcheck shell=bash

# run_races [SECONDS]
run_races() {
    local seconds=${1:-${RACES_SECONDS:-30}} log=$build/races.log
    build_native
    if ! logged "$build/races-build.log" make -s -C "$build/native" tests/races/hypercall; then
        report FAILED races/hypercall "does not build"
        return
    fi
    progress "races, $seconds s"
    if "$build/native/tests/races/hypercall" "$seconds" >"$log" 2>&1 </dev/null; then
        report ok races/hypercall "$(tail -n 1 "$log")"
    else
        report FAILED races/hypercall
        head -n 60 "$log" | sed 's/^/    | /'
    fi
}
