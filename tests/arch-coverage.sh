# SPDX-License-Identifier: MIT
# Line coverage of hypervisor/arch/arm64, which only a machine can run. QEMU tells of each instruction that it translates
# in the range of the hypervisor's image, as it does before it first executes it. Addresses below EL2 may be the same: what counts
# is an address with the very instruction that the image has there. Sourced by check.
# shellcheck shell=bash disable=SC2154

_arch_image_start=0x40200000
_arch_floor=81

# _arch_traced DIRECTORY COMMAND...: runs COMMAND with a QEMU that leaves its traces in DIRECTORY.
_arch_traced() {
    local directory=$1 qemu
    shift
    qemu=$(command -v qemu-system-aarch64) || return 1
    mkdir -p "$directory/bin"
    cat >"$directory/bin/qemu-system-aarch64" <<END
#!/bin/sh
case "\$*" in *dumpdtb*) exec "$qemu" "\$@" ;; esac
exec "$qemu" "\$@" -d in_asm -dfilter $_arch_image_start+0x100000 -D "$directory/trace-\$\$"
END
    chmod +x "$directory/bin/qemu-system-aarch64"
    PATH=$directory/bin:$PATH "$@"
}

# Lines "ADDRESS INSTRUCTION" of the image, sorted.
_arch_instructions() {
    "$objdump" -d --section=.boot --section=.text --adjust-vma="$_arch_image_start" "$1" |
        sed -n 's/^ *\([0-9a-f]*\):\t\([0-9a-f]\{8\}\) .*/\1 \2/p' | sort -u
}

# The same of what was executed.
_arch_executed() {
    sed -n 's/^0x0*\([0-9a-f]*\):  *\([0-9a-f]\{8\}\) .*/\1 \2/p' "$1"/trace-* | sort -u
}

# _arch_lines ELF: lines "FILE:LINE" for the instructions "ADDRESS INSTRUCTION" of the standard input, of arch/arm64 only.
_arch_lines() {
    awk '{ print "0x" $1 }' | while read -r address; do printf '%#x\n' "$((address - _arch_image_start))"; done |
        "$addr2line" -e "$1" | sed -n 's,^.*/\(hypervisor/arch/arm64/[^ ]*:[0-9][0-9]*\).*$,\1,p' | sort -u
}

# _arch_report DIRECTORY ELF: a table by file, then the whole.
_arch_report() {
    local directory=$1
    _arch_instructions "$2" >"$directory/image"
    _arch_executed "$directory" | comm -12 "$directory/image" - >"$directory/executed"
    _arch_lines "$2" <"$directory/image" >"$directory/lines"
    _arch_lines "$2" <"$directory/executed" >"$directory/hit"
    comm -23 "$directory/lines" "$directory/hit" >"$directory/missed"
    awk -F: '
        FNR == NR { hit[$1]++; next }
        { lines[$1]++ }
        END { for (file in lines) printf "%-44s %4d of %4d lines %6.1f %%\n", file, hit[file], lines[file], 100 * hit[file] / lines[file] | "sort" }
    ' "$directory/hit" "$directory/lines"
}

# What exercises it: the bare guests' tests, and Linux in three domains on two CPUs.
run_arch_coverage() {
    local directory=$build/arch-coverage elf=$build/arm64/hypervisor/trefoil.elf lines hit percent
    local objdump=${OBJDUMP:-aarch64-linux-gnu-objdump} addr2line=${ADDR2LINE:-aarch64-linux-gnu-addr2line}
    progress "coverage of hypervisor/arch/arm64"
    rm -rf "$directory"
    mkdir -p "$directory"
    _arch_traced "$directory" "$top/check" guests >"$directory/guests" 2>&1
    _arch_traced "$directory" "$top/demo" exec --quiet --ram-disk --timeout 240 -- 'xl list; xl vcpu-list; xl dmesg; xl pause app; xl unpause app; xl destroy app' \
        >"$directory/linux" 2>&1
    _arch_report "$directory" "$elf"
    lines=$(wc -l <"$directory/lines")
    hit=$(wc -l <"$directory/hit")
    percent=$((lines ? 100 * hit / lines : 0))
    if [ "$percent" -ge "$_arch_floor" ]; then
        report ok "coverage/hypervisor/arch/arm64" "$percent % of lines, at least $_arch_floor"
    else
        report FAILED "coverage/hypervisor/arch/arm64" "$percent % of lines, less than $_arch_floor"
    fi
}
