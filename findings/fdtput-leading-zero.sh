#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   fdtput's types i and u differ in the sign alone; a number padded with zeroes, as printf '%03d' makes it, means the
#          same under both.
# Is so:   i reads as C does, so 010 becomes 8, and 08, which is no octal number, becomes 0 without a word and with exit status
#          0; u reads decimals alone. 0x10 is 16 under i and 0 under u.
# Seen:    device-tree-compiler 1.6.1-4+b1 (Debian 12, amd64), 2026-11-27: every line below
source "$(dirname "$0")/../scripts/findings.sh"
unpack device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1

printf '/dts-v1/;\n/ { };\n' | dtc -q -I dts -O dtb -o "$work/tree.dtb" -
# put TYPE VALUE: what then stands in the tree, in hexadecimal, and the exit status of writing it.
put() {
    local status=0
    fdtput -t "$1" "$work/tree.dtb" / value "$2" 2>"$work/errors" || status=$?
    echo "$(fdtget -t x "$work/tree.dtb" / value) status $status$(head -n 1 "$work/errors")"
}

seen "-t i 16" "10 status 0" "$(put i 16)"
seen "-t i 010" "8 status 0" "$(put i 010)"
seen "-t u 010" "a status 0" "$(put u 010)"
seen "-t i 08" "0 status 0" "$(put i 08)"
seen "-t u 08" "8 status 0" "$(put u 08)"
seen "-t i 0x10" "10 status 0" "$(put i 0x10)"
seen "-t u 0x10" "0 status 0" "$(put u 0x10)"
finish
