#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   a dom0 and a guest launched at boot may start from one kernel in memory, each naming it in its own module node, and the order of
#          these nodes in /chosen makes no difference.
# Is so:   with Xen 4.17. Xen 4.20 starts no dom0 where the guest's node comes before dom0's, and says of it only that it has "detected" that
#          there is none ("Xen dom0less mode"); with dom0's node first, or with a copy of the kernel for each, it starts both.
# Seen:    xen-hypervisor-4.20-arm64 4.20.4+63-g7abfd2bce2-0+deb13u1 (Debian 13), xen-hypervisor-4.17-arm64 4.17.7+13-g2445b30a44-0+deb12u1,
#          qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3 (Debian 12), 2026-11-28
source "$(dirname "$0")/../scripts/findings.sh"
top=$(cd "$(dirname "$0")/.." && pwd) cache=$work/cache
progress() { :; }
source "$top/scripts/suites.sh"

unpack qemu-system-arm=1:7.2+dfsg-7+deb12u18+b3 device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1 \
    xen-hypervisor-4.17-arm64:arm64=4.17.7+13-g2445b30a44-0+deb12u1 linux-image-6.1.0-56-arm64:arm64=6.1.192-2
unpack_libraries "$work/root/usr/bin/qemu-system-aarch64" libaio1 libbpf1 libcapstone4 libdaxctl1 libelf1 libfuse3-3 libglib2.0-0 \
    libgmp10 libgnutls30 libhogweed6 libibverbs1 libjpeg62-turbo libkmod2 libndctl6 libnettle8 libnl-3-200 libnl-route-3-200 libnuma1 \
    libp11-kit0 libpixman-1-0 libpmem1 libpng16-16 librdmacm1 libsasl2-2 libseccomp2 libslirp0 libssl3 libtasn1-6 liburing2 \
    libvdeplug2 libffi8 libidn2-0 libunistring2
later=xen-hypervisor-4.20-arm64=4.20.4+63-g7abfd2bce2-0+deb13u1
mkdir -p "$cache"
unpack_alone_from_suite trixie arm64 "$work/root" "$later" || { echo "${0##*/}: $later cannot be had here: $suite_failure" >&2; exit 2; }

kernel=$(echo "$work"/root/boot/vmlinuz-*)
machine=(qemu-system-aarch64 -M "virt,virtualization=on,gic-version=3" -cpu cortex-a57 -m 2048 -display none -nic none)
"${machine[@]}" -M "dumpdtb=$work/machine.dtb" >/dev/null 2>&1
dtc -q -I dtb -O dts -o "$work/machine.dts" "$work/machine.dtb"

# module ADDRESS: a module node for the kernel that lies there.
module() {
    printf 'module@%x { compatible = "multiboot,kernel", "multiboot,module"; reg = <0 %#x 0 %d>; };\n' "$1" "$1" "$(stat -c %s "$kernel")"
}

# launched VERSION GUEST'S-KERNEL FIRST: the kinds of domain that Xen starts, in its order, when FIRST's node (guest, dom0) comes first.
launched() {
    local dom0 guest log=$work/log process
    dom0=$(module 0x50000000)
    guest="guest { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; cpus = <1>; memory = <0 0x20000>; $(module "$2") };"
    {
        cat "$work/machine.dts"
        echo '/ { chosen { #address-cells = <2>; #size-cells = <2>; xen,xen-bootargs = "console=dtuart dtuart=/pl011@9000000 dom0_mem=256M";'
        if [ "$3" = dom0 ]; then echo "$dom0 $guest"; else echo "$guest $dom0"; fi
        echo '}; };'
    } | dtc -q -I dts -O dtb -o "$work/board.dtb" || exit 2
    timeout 120 "${machine[@]}" -serial "file:$log" -kernel "$work/root/boot/xen-$1-arm64" -dtb "$work/board.dtb" \
        -device "loader,file=$kernel,addr=0x50000000,force-raw=on" -device "loader,file=$kernel,addr=0x54000000,force-raw=on" 2>/dev/null &
    process=$!
    while kill -0 "$process" 2>/dev/null && ! grep -qa 'LOADING DOMU' "$log" 2>/dev/null; do sleep 0.5; done
    kill "$process" 2>/dev/null
    wait "$process" 2>/dev/null
    sed -n 's/.*LOADING DOMAIN 0.*/dom0/p; s/.*LOADING DOMU.*/guest/p' "$log" | paste -sd ' '
    rm -f "$log"
}

seen "4.17, one kernel, the guest's node first" "dom0 guest" "$(launched 4.17 0x50000000 guest)"
seen "4.20, one kernel, dom0's node first" "dom0 guest" "$(launched 4.20 0x50000000 dom0)"
seen "4.20, one kernel, the guest's node first" "guest" "$(launched 4.20 0x50000000 guest)"
seen "4.20, a kernel each, the guest's node first" "dom0 guest" "$(launched 4.20 0x54000000 guest)"
finish
