#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   mkimage refuses a load address that the legacy uImage header, whose fields have 32 bits, cannot hold.
# Is so:   it cuts the upper half off, says nothing and exits with 0, also for -A arm64, where RAM often begins above
#          4 GiB. A boot script then loads the kernel to an address that was never written down. An address it cannot
#          read at all is an error, so it does look.
# Seen:    u-boot-tools 2023.01+dfsg-2+deb12u3 (Debian 12, amd64), 2026-11-27:
#          -a 0x880080000 -e 0x880080000 gives "Load Address: 80080000", "Entry Point:  80080000", exit status 0
source "$(dirname "$0")/../scripts/findings.sh"
unpack u-boot-tools=2023.01+dfsg-2+deb12u3

echo kernel >"$work/kernel"
make_image() {
    mkimage -A arm64 -O linux -T kernel -C none -a "$1" -e "$1" -n board -d "$work/kernel" "$work/uImage" 2>&1
    echo "status: $?"
}
printed() {
    sed -n "s/^$1: *//p" <<<"$said"
}

said=$(make_image 0x880080000)
seen "load address of 0x880080000" 80080000 "$(printed 'Load Address')"
seen "entry point of 0x880080000" 80080000 "$(printed 'Entry Point')"
seen "warnings" 0 "$(grep -ciE 'warn|trunc|range|error' <<<"$said")"
seen "exit status" 0 "$(printed status)"
seen "the header's eight bytes from 16 on" 8008000080080000 "$(od -An -tx1 -j16 -N8 "$work/uImage" | tr -d ' ')"
said=$(make_image 0x88zz)
seen "exit status of an address that is no number" 1 "$(printed status)"
finish
