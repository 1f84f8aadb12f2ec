#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   `append` before the first label of extlinux.conf is for all labels that have none of their own, as with extlinux itself.
# Is so:   U-Boot ignores it, with a line, and such a label's kernel gets no command line from the file.
# Seen:    u-boot-qemu 2023.01+dfsg-2+deb12u3, qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12, amd64), 2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
unpack_uboot

seen "append for all" "Ignoring unknown command: append 1: one Retrieving file: /kernel" "$(extlinux 'append quiet' 'label one' 'kernel /kernel')"
finish
