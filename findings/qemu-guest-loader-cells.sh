#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   the nodes by which QEMU's guest-loader tells a hypervisor of its modules, `/chosen/module@47000000`, can be read by
#          the rules of the device tree: /chosen says how many cells an address and a size have, as reg uses them.
# Is so:   /chosen has neither #address-cells nor #size-cells, so 2 and 1 hold by the specification, and reg has 2 + 2 cells. By
#          the rules the size is the upper cell of a 64-bit number, 0, and a cell is left over. Who reads it right takes the
#          root's cells, which do not count for grandchildren. The unit address is written as 0x47000000; dtc warns of both.
# Seen:    qemu-system-arm 1:7.2+dfsg-7+deb12u18+b3, device-tree-compiler 1.6.1-4+b1 (Debian 12, amd64), 2026-11-27
source "$(dirname "$0")/../scripts/findings.sh"
unpack qemu-system-arm=1:7.2+dfsg-7+deb12u18+b3 device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1
unpack_libraries "$work/root/usr/bin/qemu-system-aarch64" libaio1 libbpf1 libcapstone4 libdaxctl1 libelf1 libfuse3-3 libglib2.0-0 \
    libgmp10 libgnutls30 libhogweed6 libibverbs1 libjpeg62-turbo libkmod2 libndctl6 libnettle8 libnl-3-200 libnl-route-3-200 libnuma1 \
    libp11-kit0 libpixman-1-0 libpmem1 libpng16-16 librdmacm1 libsasl2-2 libseccomp2 libslirp0 libssl3 libtasn1-6 liburing2 \
    libvdeplug2 libffi8 libidn2-0 libunistring2

head -c 100000 /dev/zero >"$work/kernel"
qemu-system-aarch64 -M "virt,virtualization=on,dumpdtb=$work/machine.dtb" -cpu cortex-a57 -m 1024 -display none -nic none \
    -device "guest-loader,addr=0x47000000,kernel=$work/kernel,bootargs=console=hvc0" >"$work/qemu.log" 2>&1
node=/chosen/$(fdtget -l "$work/machine.dtb" /chosen | head -n 1)
seen "the node" /chosen/module@0x47000000 "$node"
seen "its reg" "0 47000000 0 186a0" "$(fdtget -t x "$work/machine.dtb" "$node" reg)"
seen "/chosen's #address-cells" none "$(fdtget -d none "$work/machine.dtb" /chosen '#address-cells')"
seen "/chosen's #size-cells" none "$(fdtget -d none "$work/machine.dtb" /chosen '#size-cells')"
dtc -I dtb -O null "$work/machine.dtb" 2>&1 | sed -n "s,.*(\(reg_format\|unit_address_format\)): ${node}[^ ]* *,\1: ,p" >"$work/warnings" || true
seen "dtc of the length" "reg_format: property has invalid length (16 bytes) (#address-cells == 2, #size-cells == 1)" \
    "$(grep ^reg_format "$work/warnings")"
seen "dtc of the name" 'unit_address_format: unit name should not have leading "0x"' "$(grep ^unit "$work/warnings")"
finish
