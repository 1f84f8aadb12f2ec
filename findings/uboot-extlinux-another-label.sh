#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   if what `default` names in extlinux.conf cannot be loaded, or is not there, nothing else is started: there is no `ontimeout` or `onerror` that says so.
# Is so:   U-Boot then tries all other labels as they stand in the file, without a question, so another system than the named one may come up. A default that
#          no label has is not even told.
# Seen:    u-boot-qemu 2023.01+dfsg-2+deb12u3, qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12, amd64), 2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
unpack_uboot

seen "its kernel is missing" "2: two Retrieving file: /missing ** File not found /missing ** Skipping two for failure retrieving kernel 1: one Retrieving file: /other" \
    "$(extlinux 'default two' 'label one' 'kernel /other' 'label two' 'kernel /missing')"
seen "no such label" "1: one Retrieving file: /other" "$(extlinux 'default two' 'label one' 'kernel /other')"
finish
