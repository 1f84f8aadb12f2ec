#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   `A && B || C` in U-Boot's shell is what it is in every other: C is done if A or B fails. Boot scripts have
#          `test -n "$x" && run this || run that`, and `load ... && booti ... || echo failed`.
# Is so:   what && skips takes all the rest of its line with it, what stands behind || too: if A fails neither B nor C is done, and $? is
#          A's. C is done only where B fails. The same the other way round: after `true || B` an && C is skipped. `if` with else does what was
#          meant.
# Seen:    u-boot-qemu 2023.01+dfsg-2+deb12u3, qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12, amd64), 2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
unpack_uboot

seen "true && true || C" "" "$(uboot 'true && true || echo C' 'source 42000000')"
seen "true && false || C" "C" "$(uboot 'true && false || echo C' 'source 42000000')"
seen "false && B || C" "" "$(uboot 'false && echo B || echo C' 'source 42000000')"
seen "true || B && C" "" "$(uboot 'true || echo B && echo C' 'source 42000000')"
seen "false || false || C" "C" "$(uboot 'false || false || echo C' 'source 42000000')"
seen "as a condition, false && true || true" "no" \
    "$(uboot 'if false && true || true; then echo yes; else echo no; fi' 'source 42000000')"
finish
