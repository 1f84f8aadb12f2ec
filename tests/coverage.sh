# SPDX-License-Identifier: MIT
# Line and branch coverage of the native tests, by directory: a report, and no test of its own.
# shellcheck shell=bash

run_coverage() {
    progress "coverage"
    # shellcheck disable=SC2086
    ensure_installed gcovr
    _build coverage --enable-coverage
    find "$build/coverage" -name '*.gcda' -delete
    make -s -j"$(nproc)" -k -C "$build/coverage" check >"$build/coverage/check.log" 2>&1 || true
    (cd "$build/coverage" && gcovr -r "$top" --object-directory . --csv --exclude 'tests/' . 2>/dev/null) | awk -F, '
        NR > 1 {
            directory = $1
            sub(/\/[^\/]*$/, "", directory)
            lines[directory] += $2; hit[directory] += $3
            branches[directory] += $5; taken[directory] += $6
        }
        END {
            printf "%-28s %8s %8s\n", "coverage", "lines", "branches"
            for (d in lines)
                printf "%-28s %6.1f %% %6.1f %%\n", d, 100 * hit[d] / lines[d], branches[d] ? 100 * taken[d] / branches[d] : 100 | "sort"
        }'
}
