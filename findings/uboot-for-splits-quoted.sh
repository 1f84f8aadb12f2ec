#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   quotes keep a word together in U-Boot's shell: they do for echo and setenv, so `for arguments in "console=ttyAMA0 quiet" "quiet"` goes
#          round twice.
# Is so:   for splits its list at blanks whether they were quoted or not, singly or doubly, written there or in a quoted variable: each part is one turn.
# Seen:    u-boot-qemu 2023.01+dfsg-2+deb12u3, qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12, amd64), 2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
unpack_uboot

seen "for ... in \"a b\" c" "[a] [b] [c]" "$(uboot 'for i in "a b" c; do echo [$i]; done' 'source 42000000')"
seen "for ... in 'a b'" "[a] [b]" "$(uboot "for i in 'a b'; do echo [\$i]; done" 'source 42000000')"
seen "for ... in \"\$list\"" "[a] [b]" "$(uboot $'setenv list "a b"\nfor i in "$list"; do echo [$i]; done' 'source 42000000')"
seen "elsewhere quotes count" "[a   b]" "$(uboot $'setenv list "a   b"\necho "[$list]"' 'source 42000000')"
finish
