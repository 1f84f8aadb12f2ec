#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   exit ends a script of U-Boot's, as its help says: so a boot.scr that begins with `load ... || exit` starts nothing when the
#          file is missing, and a command in a variable that does so ends there.
# Is so:   what follows exit is executed, on the next line as on the same one, whether exit stands by itself, in an if or behind ||, and with a
#          status too; in an image that `source` executes, in a variable that `run` does, and at the prompt. A script must have all that is not to
#          happen inside the if.
# Seen:    u-boot-qemu 2023.01+dfsg-2+deb12u3, u-boot-tools of the same version, qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12, amd64),
#          2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
unpack_uboot

seen "exit on a line of its own, in a script" "one two" "$(uboot $'echo one\nexit\necho two' 'source 42000000')"
seen "exit in an if, in a script" "one in after two" \
    "$(uboot $'echo one\nif true; then echo in; exit; echo after; fi\necho two' 'source 42000000')"
seen "exit 1 behind ||, in a script" "one two" "$(uboot $'echo one\nfalse || exit 1\necho two' 'source 42000000')"
seen "exit in a variable" "one two" "$(uboot true "setenv both 'echo one; exit; echo two'; run both")"
seen "exit at the prompt" "one two" "$(uboot true 'echo one; exit; echo two')"
finish
