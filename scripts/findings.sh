# SPDX-License-Identifier: MIT
# Sourced by each of findings/*.sh: pinned Debian packages laid out in a temporary folder, and what was seen compared with
# what is seen now. Nothing is installed, nothing of Trefoil runs.
# shellcheck shell=bash

set -uo pipefail
finding_status=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# unpack PACKAGE=VERSION...: each for this machine's architecture, or PACKAGE:ARCHITECTURE=VERSION, below $work/root.
unpack() {
    local package
    mkdir -p "$work/fetch"
    for package in "$@"; do
        if ! (cd "$work/fetch" && apt-get -qq -o APT::Sandbox::User=root download "$package" >"$work/apt.log" 2>&1); then
            tail -n 3 "$work/apt.log" >&2
            echo "${0##*/}: $package cannot be had here" >&2
            exit 2
        fi
        dpkg -x "$work"/fetch/*.deb "$work/root"
        rm "$work"/fetch/*.deb
    done
    library=$work/root/usr/lib/$(gcc -print-multiarch)
    export PATH=$work/root/usr/bin:$PATH LD_LIBRARY_PATH=$library
}

# unpack_libraries PROGRAM PACKAGE...: what PROGRAM is linked with, from PACKAGEs of any version, if this machine lacks some of it.
unpack_libraries() {
    local program=$1
    shift
    ldd "$program" | grep -q 'not found' || return 0
    unpack "$@"
}

# unpack_uboot: Debian 12's U-Boot for QEMU's virt machine, and that QEMU.
unpack_uboot() {
    unpack qemu-system-arm=1:7.2+dfsg-7+deb12u18+b3 qemu-system-data=1:7.2+dfsg-7+deb12u18 u-boot-qemu=2023.01+dfsg-2+deb12u3 \
        u-boot-tools=2023.01+dfsg-2+deb12u3
    unpack_libraries "$work/root/usr/bin/qemu-system-aarch64" libaio1 libbpf1 libcapstone4 libdaxctl1 libelf1 libfuse3-3 libglib2.0-0 \
        libgmp10 libgnutls30 libhogweed6 libibverbs1 libjpeg62-turbo libkmod2 libndctl6 libnettle8 libnl-3-200 libnl-route-3-200 libnuma1 \
        libp11-kit0 libpixman-1-0 libpmem1 libpng16-16 librdmacm1 libsasl2-2 libseccomp2 libslirp0 libssl3 libtasn1-6 liburing2 \
        libvdeplug2 libffi8 libidn2-0 libunistring2
}

# until_said TEXT: waits for it on U-Boot's serial line.
until_said() {
    local tries=0
    until grep -aqF "$1" "$work/serial" || [ $((tries += 1)) -gt 600 ]; do sleep 0.1; done
}

# uboot SCRIPT COMMAND OPTION-OF-QEMU...: what is printed by COMMAND, one line, at U-Boot's prompt, with SCRIPT as an image at 42000000.
uboot() {
    printf '%s\n' "$1" >"$work/script"
    mkimage -A arm64 -T script -C none -n script -d "$work/script" "$work/script.scr" >"$work/mkimage.log"
    rm -f "$work/input"
    mkfifo "$work/input"
    : >"$work/serial"
    qemu-system-aarch64 -L "$work/root/usr/share/qemu" -M virt -cpu cortex-a57 -m 256 -display none -monitor none -nic none -serial stdio \
        -bios "$work/root/usr/lib/u-boot/qemu_arm64/u-boot.bin" \
        -device "loader,file=$work/script.scr,addr=0x42000000,force-raw=on" "${@:3}" <"$work/input" >"$work/serial" 2>"$work/qemu.log" &
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

# extlinux LINE...: what U-Boot prints of an extlinux.conf of these lines, on a disk that has files /kernel, /other, /a and /b, too. None of them
# is a kernel, so that nothing is started in the end; that this is so is left out.
extlinux() {
    local file
    rm -rf "$work/files" "$work/disk"
    mkdir "$work/files"
    for file in kernel other a b; do echo "no kernel" >"$work/files/$file"; done
    printf '%s\n' "$@" >"$work/files/extlinux.conf"
    /usr/sbin/mke2fs -q -t ext2 -d "$work/files" "$work/disk" 4M >"$work/mke2fs.log" 2>&1
    uboot 'setenv kernel_addr_r 44000000; setenv ramdisk_addr_r 48000000; setenv board mine; sysboot virtio 0 any 43000000 /extlinux.conf' \
        'source 42000000' -drive "file=$work/disk,if=none,format=raw,id=disk" -device virtio-blk-device,drive=disk |
        tr '\t' ' ' | sed 's|Retrieving file: /extlinux.conf ||; s| *Bad Linux ARM64 Image magic!||g'
}

# What a program needs that uses Debian 12's libxlutil, the parser behind xl's configuration files.
xlutil_version=4.17.7+13-g2445b30a44-0+deb12u1
unpack_xlutil() {
    local package
    for package in libxenmisc4.17 libxen-dev libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1 \
        libxenhypfs1 libxenstore4 libxentoolcore1 libxentoollog1; do
        unpack "$package=$xlutil_version"
    done
    unpack libyajl2=2.1.0-3+deb12u2
}

# compile_xlutil SOURCE PROGRAM
compile_xlutil() {
    gcc -w -I"$work/root/usr/include" -o "$2" "$1" -L"$library" -lxlutil -lxenlight -Wl,-rpath-link,"$library" || exit 2
}

# start_xenstored: Debian 12's, after unpack_xlutil, on a machine whose hypervisor is played by a few functions: no domain but this one, and
# no event ever comes. What is run from here on uses it; it ends with the script.
start_xenstored() {
    unpack "xen-utils-4.17=$xlutil_version"
    cat >"$work/machine.c" <<'END'
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
static int here;
void *xc_interface_open(void) { return &here; }
int xc_domain_getinfo(void) { errno = ESRCH; return -1; }
void *xenevtchn_open(void) { return &here; }
void *xenevtchn_fdopen(void) { return &here; }
int xenevtchn_fd(void) { return eventfd(0, EFD_NONBLOCK); }
int xenevtchn_bind_virq(void) { return 1; }
int xenevtchn_bind_interdomain(void) { return 2; }
int xenevtchn_notify(void) { return 0; }
void *xengnttab_open(void) { return &here; }
int xengnttab_set_max_grants(void) { return 0; }
int open(const char *name, int flags, ...)
{
    int (*really)(const char *, int, int) = dlsym(RTLD_NEXT, "open"), fd = memfd_create("xen", 0);
    va_list more;
    va_start(more, flags);
    if (strcmp(name, "/proc/xen/xsd_port") == 0)
        return write(fd, "1", 1), lseek(fd, 0, SEEK_SET), fd;
    if (strcmp(name, "/proc/xen/xsd_kva") == 0)
        return ftruncate(fd, 4096), fd;
    close(fd);
    return really(name, flags, va_arg(more, int));
}
END
    gcc -w -D_GNU_SOURCE -shared -fPIC -o "$work/machine.so" "$work/machine.c" || exit 2
    export XENSTORED_PATH=$work/socket XENSTORED_RUNDIR=$work XENSTORED_ROOTDIR=$work
    LD_PRELOAD=$work/machine.so "$work/root/usr/lib/xen-4.17/bin/xenstored" -N 2>"$work/messages" &
    trap 'kill '$!'; rm -rf "$work"' EXIT
    for _ in $(seq 100); do [ -S "$work/socket" ] && break; sleep 0.1; done
}

# seen WHAT EXPECTED ACTUAL: a line; the finding no longer holds if the two differ.
seen() {
    if [ "$2" = "$3" ]; then
        printf 'as seen  %s: %s\n' "$1" "$3"
    else
        printf 'CHANGED  %s: %s, it was %s\n' "$1" "$3" "$2"
        finding_status=1
    fi
}

# finish: the script's last line.
finish() {
    exit "$finding_status"
}
