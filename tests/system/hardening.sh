# SPDX-License-Identifier: MIT
# What the ELF files of the board's programs say: position independent, all of its tables bound and then read-only, stacks
# guarded, copies checked. No boot.
# shellcheck shell=bash disable=SC2154

# _hardened PROGRAM: names what it lacks.
_hardened() {
    local said wanted
    said=$(aarch64-linux-gnu-readelf -W -h -d -l --dyn-syms "$build/arm64/$1")
    for wanted in 'Type: +DYN' 'Flags:.* NOW' GNU_RELRO __stack_chk_fail '__[a-z]+_chk@'; do
        grep -qE -- "$wanted" <<<"$said" || echo "    | nothing is $wanted"
    done
}

for program in xl/xl xenstored/xenstored xenconsoled/xenconsoled xenstore-clients/xenstore; do
    lacks=$(_hardened "$program")
    if [ -z "$lacks" ]; then
        report ok "$group/hardening: $program"
    else
        report FAILED "$group/hardening: $program"
        echo "$lacks"
    fi
done
