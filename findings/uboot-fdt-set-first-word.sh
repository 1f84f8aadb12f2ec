#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   `fdt set` takes what a property can be in a source, strings and cells in turn, or says that it does not.
# Is so:   the first word decides for all: after a string <1> is the string "<1>", after cells everything that follows the closing > is dropped, both
#          with status 0 and without a word.
# Seen:    u-boot-qemu 2023.01+dfsg-2+deb12u3, qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12, amd64), 2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
unpack_uboot

# set_to VALUE: its status, and the property as it is printed.
set_to() {
    uboot "fdt addr \$fdtcontroladdr; fdt resize 1000; fdt mknode / t; echo :; fdt set /t p $1; echo \$?; fdt print /t p" 'source 42000000' |
        sed 's/.*: //'
}
seen "a string and a cell" '0 p = "a", "<1>"' "$(set_to '"a" <1>')"
seen "a cell and a string" "0 p = <0x00000001>" "$(set_to '<1> "a"')"
seen "cells and cells" "0 p = <0x00000001>" "$(set_to '<1> <2>')"
seen "strings" '0 p = "a", "b"' "$(set_to '"a" "b"')"
finish
