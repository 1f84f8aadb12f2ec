#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   `initrd /a,/b` in extlinux.conf loads both, one behind the other, as with extlinux itself.
# Is so:   U-Boot looks for one file of that name. There is none, and the label is passed over.
# Seen:    u-boot-qemu 2023.01+dfsg-2+deb12u3, qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12, amd64), 2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
unpack_uboot

seen "one" "1: one Retrieving file: /a Retrieving file: /kernel" "$(extlinux 'label one' 'kernel /kernel' 'initrd /a')"
seen "two" "1: one Retrieving file: /a,/b ** File not found /a,/b ** Skipping one for failure retrieving initrd" "$(extlinux 'label one' 'kernel /kernel' 'initrd /a,/b')"
finish
