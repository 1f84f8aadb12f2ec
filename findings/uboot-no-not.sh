#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   `if ! COMMAND` asks in U-Boot's shell what it asks in others, or ends the script with an error where it is not known.
# Is so:   `!` is looked up as a command, which is none: the condition is false whatever COMMAND would say, COMMAND is not run, and the script goes on, so that
#          the branch that was to handle the failure is never taken. `test ! ...` has its own and works; else the branches are swapped.
# Seen:    u-boot-qemu 2023.01+dfsg-2+deb12u3, qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12, amd64), 2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
unpack_uboot

unknown="Unknown command '!' - try 'help'"
seen "if ! false" "$unknown no after" "$(uboot $'if ! false; then echo yes; else echo no; fi\necho after' 'source 42000000')"
seen "if ! true" "$unknown no" "$(uboot 'if ! true; then echo yes; else echo no; fi' 'source 42000000')"
seen "its command is not run" "$unknown" "$(uboot '! echo run' 'source 42000000')"
seen "test ! 1 = 2" "yes" "$(uboot 'if test ! 1 = 2; then echo yes; else echo no; fi' 'source 42000000')"
finish
