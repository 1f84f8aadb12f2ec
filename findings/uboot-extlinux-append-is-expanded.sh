#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   what follows `append` in extlinux.conf is the kernel's command line as it stands there, as with extlinux itself.
# Is so:   U-Boot's shell goes over it: ${NAME} is replaced by U-Boot's variable, by nothing if there is none, while $NAME stays; what stands between
#          two apostrophes stays, too, and they are taken away, also one alone.
# Seen:    u-boot-qemu 2023.01+dfsg-2+deb12u3, qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12, amd64), 2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
unpack_uboot

seen "variables" '1: one Retrieving file: /kernel append: a=mine b= c=$board' "$(extlinux 'label one' 'kernel /kernel' 'append a=${board} b=${nothing} c=$board')"
seen "quotes" '1: one Retrieving file: /kernel append: a="mine" b=${board}' "$(extlinux 'label one' 'kernel /kernel' "append a=\"\${board}\" b='\${board}'")"
seen "an apostrophe" "1: one Retrieving file: /kernel append: name=its" "$(extlinux 'label one' 'kernel /kernel' "append name=it's")"
finish
