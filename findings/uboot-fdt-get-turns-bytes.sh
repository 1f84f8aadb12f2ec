#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   `fdt get value` puts a property of two cells, such as an address, into a variable as it would one cell: 0x and the number, or both cells;
#          at least so that setexpr can go on with it.
# Is so:   one cell comes as 0x12345678. Two or more come without 0x, each cell with its bytes turned round, in the order of the memory of a little
#          endian CPU, and run together: <0x1 0x40000000> is 0100000000000040. The index, which chooses among strings, is ignored
#          for cells, without an error. Only by `fdt print`, or `fdt get addr` and reads of memory, one gets at the second.
# Seen:    u-boot-qemu 2023.01+dfsg-2+deb12u3, qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12, amd64), 2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
unpack_uboot

# get VALUE INDEX: what is in the variable after it.
get() {
    uboot "fdt addr \$fdtcontroladdr; fdt resize 1000; fdt mknode / t; fdt set /t p $1; fdt get value v /t p $2; echo : \$v" 'source 42000000' |
        sed 's/.*: //'
}
seen "one cell" "0x12345678" "$(get '<0x12345678>' '')"
seen "two cells" "0100000000000040" "$(get '<0x1 0x40000000>' '')"
seen "the second of them" "0100000000000040" "$(get '<0x1 0x40000000>' 1)"
seen "three cells" "010000000200000003000000" "$(get '<1 2 3>' '')"
seen "the second of two strings" "b" "$(get 'a b' 1)"
finish
