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
unpack qemu-system-arm=1:7.2+dfsg-7+deb12u18+b3 qemu-system-data=1:7.2+dfsg-7+deb12u18 u-boot-qemu=2023.01+dfsg-2+deb12u3 \
    u-boot-tools=2023.01+dfsg-2+deb12u3
unpack_libraries "$work/root/usr/bin/qemu-system-aarch64" libaio1 libbpf1 libcapstone4 libdaxctl1 libelf1 libfuse3-3 libglib2.0-0 \
    libgmp10 libgnutls30 libhogweed6 libibverbs1 libjpeg62-turbo libkmod2 libndctl6 libnettle8 libnl-3-200 libnl-route-3-200 libnuma1 \
    libp11-kit0 libpixman-1-0 libpmem1 libpng16-16 librdmacm1 libsasl2-2 libseccomp2 libslirp0 libssl3 libtasn1-6 liburing2 \
    libvdeplug2 libffi8 libidn2-0 libunistring2

# until_said TEXT: waits for it on the serial line.
until_said() {
    local tries=0
    until grep -aqF "$1" "$work/serial" || [ $((tries += 1)) -gt 300 ]; do sleep 0.1; done
}

# uboot SCRIPT COMMAND: what is printed by COMMAND, one line, at U-Boot's prompt, with SCRIPT as an image at 42000000.
uboot() {
    printf '%s\n' "$1" >"$work/script"
    mkimage -A arm64 -T script -C none -n script -d "$work/script" "$work/script.scr" >"$work/mkimage.log"
    rm -f "$work/input"
    mkfifo "$work/input"
    : >"$work/serial"
    qemu-system-aarch64 -L "$work/root/usr/share/qemu" -M virt -cpu cortex-a57 -m 256 -display none -monitor none -nic none -serial stdio \
        -bios "$work/root/usr/lib/u-boot/qemu_arm64/u-boot.bin" \
        -device "loader,file=$work/script.scr,addr=0x42000000,force-raw=on" <"$work/input" >"$work/serial" 2>"$work/qemu.log" &
    exec 3>"$work/input"
    until_said 'Hit any key'
    printf '\r' >&3
    until_said '=> '
    printf '%s\r' "$2" >&3
    printf 'echo all""said\r' >&3
    until_said allsaid
    kill $!
    wait $! 2>/dev/null
    exec 3>&-
    tr -d '\r' <"$work/serial" | sed '1,/^=> *'"${2%% *}"'/d; /^=> /,$d' | grep -v '^##' | paste -sd ' '
}

seen "exit on a line of its own, in a script" "one two" "$(uboot $'echo one\nexit\necho two' 'source 42000000')"
seen "exit in an if, in a script" "one in after two" \
    "$(uboot $'echo one\nif true; then echo in; exit; echo after; fi\necho two' 'source 42000000')"
seen "exit 1 behind ||, in a script" "one two" "$(uboot $'echo one\nfalse || exit 1\necho two' 'source 42000000')"
seen "exit in a variable" "one two" "$(uboot true "setenv both 'echo one; exit; echo two'; run both")"
seen "exit at the prompt" "one two" "$(uboot true 'echo one; exit; echo two')"
finish
