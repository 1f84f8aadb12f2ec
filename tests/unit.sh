# SPDX-License-Identifier: MIT
# The unit tests: built natively with the sanitizers and run by make check; what each program's log says is counted.
# shellcheck shell=bash

# _count_program NAME: the tests of one program, from the log and the result that automake's driver left.
_count_program() {
    local name=$1 log=tests/unit/$1.log result ok bad left
    result=$(sed -n 's/^:test-result: //p' "tests/unit/$name.trs" 2>/dev/null)
    ok=$(grep -c '^\[       OK \]' "$log" 2>/dev/null)
    left=$(grep -c '^\[  SKIPPED \] [^0-9]' "$log" 2>/dev/null)
    bad=$(sed -n 's/^\[  FAILED  \] \([A-Za-z_][A-Za-z0-9_]*\)$/\1/p' "$log" 2>/dev/null | sort -u)
    passed=$((passed + ok))
    skipped=$((skipped + left))
    if [ "$result" = PASS ] && [ -z "$bad" ] && [ $((ok + left)) -gt 0 ]; then
        printf 'ok      unit/%s (%d tests)\n' "$name" "$ok"
        sed -n 's/^figures: /        /p' "$log"
    elif [ "$result" = SKIP ]; then
        report skipped "unit/$name"
    else
        [ -n "$bad" ] || bad="(the program)"
        while read -r test; do
            report FAILED "unit/$name: $test"
        done <<<"$bad"
        tail -n 30 "$log" | sed 's/^/    | /'
    fi
}

run_unit_tests() {
    local name programs
    progress "unit tests"
    _build sanitized --enable-sanitizers
    cd "$build/sanitized" || exit 2
    programs=$(make -s print-unit-tests)
    for name in $programs; do
        wanted unit "$name" || continue
        rm -f "tests/unit/$name.log" "tests/unit/$name.trs"
    done
    # shellcheck disable=SC2046
    make -s -j"$(nproc)" -k check TESTS="$(for name in $programs; do wanted unit "$name" && echo "tests/unit/$name"; done | tr '\n' ' ')" \
        >"$build/sanitized/check.log" 2>&1 || true
    for name in $programs; do
        wanted unit "$name" || continue
        _count_program "$name"
    done
    cd "$top" || exit 2
}
