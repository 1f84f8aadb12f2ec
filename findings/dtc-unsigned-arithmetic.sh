#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   expressions in a device tree source, which have C's operators and C's precedence, count as C does
#          with plain integers: -8 / 2 is -4, -1 > 0 is false, ~0 == 0xffffffff in a tree of 32-bit cells is true.
# Is so:   every operand is an unsigned number of 64 bits, whatever the cell. (-8 / 2) does not fit a cell and in 64 bits is
#          0x7ffffffffffffffc; (-1 > 0) is 1, (-7 < 1) is 0, (-7 % 4) is 1, (~0 == 0xffffffff) is 0. Sums and products of
#          negative numbers come out right, so trees that use macros with signed offsets work until one divides or compares.
# Seen:    device-tree-compiler 1.6.1-4+b1 (Debian 12, amd64), 2026-11-27: the lines below
source "$(dirname "$0")/../scripts/findings.sh"
unpack device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1

# value BITS EXPRESSION
value() {
    printf '/dts-v1/; / { p = /bits/ %s <(%s)>; };\n' "$1" "$2" >"$work/tree.dts"
    if dtc -q -O dtb -o "$work/tree.dtb" "$work/tree.dts" 2>"$work/errors"; then
        fdtget -t bx "$work/tree.dtb" / p
    else
        grep -o 'Value out of range.*' "$work/errors"
    fi
}
seen "7 / 2 * -1" "ff ff ff fd" "$(value 32 '7 / 2 * -1')"
seen "-8 / 2" "Value out of range for 32-bit array element" "$(value 32 '-8 / 2')"
seen "-8 / 2 in 64 bits" "7f ff ff ff ff ff ff fc" "$(value 64 '-8 / 2')"
seen "-1 > 0" "0 0 0 1" "$(value 32 '-1 > 0')"
seen "-7 < 1" "0 0 0 0" "$(value 32 '-7 < 1')"
seen "-7 % 4" "0 0 0 1" "$(value 32 '-7 % 4')"
seen "~0 == 0xffffffff" "0 0 0 0" "$(value 32 '~0 == 0xffffffff')"
finish
