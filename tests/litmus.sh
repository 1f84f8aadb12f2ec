# SPDX-License-Identifier: MIT
# Litmus tests of the hypervisor's own code (tests/litmus): made from its disassembly and tried by herd7 with Arm's model of memory.
# herd7 comes from a later Debian suite than what this runs on, and stays below the cache. Sourced by check.
# shellcheck shell=bash disable=SC2154

_litmus_suite=forky

# _herd DIRECTORY: a line "NAME Never" or "NAME Sometimes" for each test in it.
_herd() {
    local herd=$cache/herd
    run_unpacked "$herd" usr/bin/herd7 -set-libdir "$herd/usr/share/herdtools7/herd" "$1"/*.litmus 2>&1 |
        sed -n 's/^Observation \([^ ]*\) \([A-Za-z]*\) .*/\1 \2/p'
}

# _litmus_make DIRECTORY [VARIABLE=VALUE]: the tests out of the code, as litmus.dis has it.
_litmus_make() {
    mkdir -p "$1"
    awk -v directory="$1" ${2:+-v "$2"} -f "$top/tests/litmus/generate.awk" "$build/litmus.dis" "$top/tests/litmus/sites"
}

# _fences: the places in the source that have a fence, FILE:LINE. Nobody calls vcpu_kick() but the twin.
_fences() {
    (cd "$top" && find hypervisor/core hypervisor/arch/arm64 -name '*.c' -print0 | xargs -0 awk '
        /^[a-z].*\(/ { inside = $0 }
        /^ +smp_(mb|mb_after_rmw|wmb)\(\);/ && inside !~ /vcpu_kick/ { print FILENAME ":" FNR }')
}

# _fences_left_out ELF: those that the linked program has not.
_fences_left_out() {
    local tools=${OBJDUMP:-aarch64-linux-gnu-objdump}
    comm -23 <(_fences | sort -u) \
        <(awk '$2 == "dmb" { sub(/:/, "", $1); print $1 }' "$build/litmus.dis" | "${tools%objdump}addr2line" -i -e "$1" |
            sed -n 's,.*/\(hypervisor/[a-z0-9/_]*\.c:[0-9]*\).*,\1,p' | sort -u)
}

# run_litmus: what must not happen never does with the code as it is, and does with the same code without its fences (or herd7
# would not have seen it).
run_litmus() {
    local elf=$build/arm64/hypervisor/trefoil.elf name as_is weakened missing complaints
    ensure_unpacked
    build_arm64
    if ! unpack_from_suite "$_litmus_suite" "$(dpkg --print-architecture)" "$cache/herd" herdtools7; then
        report skipped litmus "herd7 cannot be had: $suite_failure"
        return
    fi
    progress litmus
    "${OBJDUMP:-aarch64-linux-gnu-objdump}" -d --no-show-raw-insn "$elf" >"$build/litmus.dis"
    rm -rf "$build/litmus"
    complaints=$({ _litmus_make "$build/litmus/as-is"; _litmus_make "$build/litmus/weakened" weakened=1; } 2>&1)
    as_is=$(_herd "$build/litmus/as-is")
    weakened=$(_herd "$build/litmus/weakened")
    while read -r name; do
        case $(sed -n "s/^$name //p" <<<"$as_is")-$(sed -n "s/^$name //p" <<<"$weakened") in
        Never-Sometimes) report ok "litmus/$name" ;;
        Sometimes-*) report FAILED "litmus/$name" "happens on Arm; see build/litmus/as-is/$name.litmus" ;;
        Never-*) report FAILED "litmus/$name" "would not be seen without its fences either: the test shows nothing" ;;
        *) report FAILED "litmus/$name" "$(grep -m 1 "^$name: " <<<"$complaints" || echo "herd7 says nothing")" ;;
        esac
    done < <(sed -n 's/^test \([^ ]*\).*/\1/p' "$top/tests/litmus/sites")
    missing=$(_fences_left_out "$elf")
    if [ -z "$missing" ]; then
        report ok litmus/fences
    else
        report FAILED litmus/fences "not in the linked program: $(tr '\n' ' ' <<<"$missing")"
    fi
}
