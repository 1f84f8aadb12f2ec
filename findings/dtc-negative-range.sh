#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   dtc refuses a number that the cell cannot hold, on both sides: for 32 bits, what is below -2147483648 or above
#          4294967295.
# Is so:   only above. A negative number passes as long as it does not need more bits than the cell has when its sign is taken
#          off: -2147483649 becomes 0x7fffffff and -4294967295 becomes 1, -255 in 8 bits becomes 1, without a word. So the
#          error for 4294967296 is no proof that a computed offset is what its author meant.
# Seen:    device-tree-compiler 1.6.1-4+b1 (Debian 12, amd64), 2026-11-27: the lines below
source "$(dirname "$0")/../scripts/findings.sh"
unpack device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1

# cell BITS EXPRESSION: what the property holds, in hexadecimal, or dtc's complaint.
cell() {
    printf '/dts-v1/; / { p = /bits/ %s <(%s)>; };\n' "$1" "$2" >"$work/tree.dts"
    if dtc -q -O dtb -o "$work/tree.dtb" "$work/tree.dts" 2>"$work/errors"; then
        fdtget -t bx "$work/tree.dtb" / p
    else
        grep -o 'Value out of range.*' "$work/errors"
    fi
}
seen "4294967295" "ff ff ff ff" "$(cell 32 4294967295)"
seen "4294967296" "Value out of range for 32-bit array element" "$(cell 32 4294967296)"
seen "-2147483648" "80 0 0 0" "$(cell 32 -2147483648)"
seen "-2147483649" "7f ff ff ff" "$(cell 32 -2147483649)"
seen "-4294967295" "0 0 0 1" "$(cell 32 -4294967295)"
seen "-4294967297" "Value out of range for 32-bit array element" "$(cell 32 -4294967297)"
seen "-255 in 8 bits" "1" "$(cell 8 -255)"
seen "what is said of -4294967295" "" "$(cell 32 -4294967295 >/dev/null; cat "$work/errors")"
finish
