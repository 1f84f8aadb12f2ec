#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   `fdt set` refuses a number that does not fit into a cell of 32 bits or a byte, as dtc does, or makes two cells of it; and as all of U-Boot it
#          reads numbers as hexadecimal.
# Is so:   the upper bits are dropped without a word and the status is 0: <0x140000000>, an address above 4 GiB, becomes 0x40000000 in one cell, and
#          [1234] one byte, 34. Bytes are hexadecimal, but cells are decimal unless 0x says so, and octal with a 0 before them, while
#          `fdt memory`, `fdt chosen` and setexpr in the same script take hexadecimal. An address in variables that U-Boot sets itself
#          (fileaddr, filesize: hexadecimal, no 0x) needs its 0x written before it.
# Seen:    u-boot-qemu 2023.01+dfsg-2+deb12u3, qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12, amd64), 2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
unpack_uboot

# set_to VALUE: its status, and the property as it is printed.
set_to() {
    uboot "fdt addr \$fdtcontroladdr; fdt resize 1000; fdt mknode / t; echo :; fdt set /t p $1; echo \$?; fdt print /t p" 'source 42000000' |
        sed 's/.*: //'
}
seen "<0x140000000>" "0 p = <0x40000000>" "$(set_to '<0x140000000>')"
seen "<0x1 0x40000000>" "0 p = <0x00000001 0x40000000>" "$(set_to '<0x1 0x40000000>')"
seen "[1234]" "0 p = [34]" "$(set_to '[1234]')"
seen "<10>" "0 p = <0x0000000a>" "$(set_to '<10>')"
seen "<010>" "0 p = <0x00000008>" "$(set_to '<010>')"
seen "setexpr adds 10 and 10" "20" "$(uboot 'setexpr sum 10 + 10; echo $sum' 'source 42000000')"
finish
