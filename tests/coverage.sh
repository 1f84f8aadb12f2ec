# SPDX-License-Identifier: MIT
# Line and branch coverage: of the native tests by directory, from gcov; of hypervisor/arch/arm64 see arch-coverage.sh. One report,
# in which each floor is a test. Sourced by check.
# shellcheck shell=bash disable=SC2154

source "$top/tests/arch-coverage.sh"

# Lines that the native tests must reach, in per cent.
_coverage_floors="hypervisor/policy 100
hypervisor/launch 98
hypervisor/core 93
xenstored 93
devd 80
libxl 94"

# An object that is built no more, of a source that has changed since, would still be counted.
_coverage_forget_stale() {
    local notes source
    find "$build/coverage" -name '*.gcno' | while read -r notes; do
        source=${notes##*/}
        source=${source##*-}
        source=$(dirname "$top/${notes#"$build/coverage/"}")/${source%.gcno}.c
        if [ "$source" -nt "$notes" ]; then rm -f "$notes"; fi
    done
}

# Lines "DIRECTORY LINES BRANCHES", in per cent, rounded down to a tenth.
_coverage_by_directory() {
    (cd "$build/coverage" && nice gcovr -r "$top" --object-directory . --gcov-ignore-parse-errors --csv --exclude '.*tests/' --exclude '.*guests/' . 2>"$build/coverage/gcovr.log") | awk -F, '
        NR > 1 {
            # A room with its wings.
            match($1, /^(hypervisor\/(arch\/)?)?[^\/]+/)
            directory = substr($1, 1, RLENGTH)
            lines[directory] += $2; hit[directory] += $3
            branches[directory] += $5; taken[directory] += $6
        }
        END {
            for (d in lines)
                printf "%s %.1f %.1f\n", d, int(1000 * hit[d] / lines[d]) / 10, branches[d] ? int(1000 * taken[d] / branches[d]) / 10 : 100 | "sort"
        }'
}

run_coverage() {
    local directory floor percent
    progress "coverage"
    _build coverage --enable-coverage
    # What changed since has other counters.
    find "$build/coverage" -name '*.gcda' -delete
    nice make -s -j"$(nproc)" -k -C "$build/coverage" check >"$build/coverage/check.log" 2>&1 || true
    _coverage_forget_stale
    _coverage_by_directory >"$build/coverage/directories"
    printf '%-28s %8s %8s\n' coverage lines branches
    awk '{ printf "%-28s %6.1f %% %6.1f %%\n", $1, $2, $3 }' "$build/coverage/directories"
    while read -r directory floor; do
        percent=$(awk -v directory="$directory" '$1 == directory { print $2 }' "$build/coverage/directories")
        if awk -v percent="${percent:-0}" -v floor="$floor" 'BEGIN { exit !(percent >= floor) }'; then
            report ok "coverage/$directory" "$percent % of lines, at least $floor"
        else
            report FAILED "coverage/$directory" "${percent:-0} % of lines, less than $floor"
        fi
    done <<<"$_coverage_floors"
    run_arch_coverage
}
