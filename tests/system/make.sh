# SPDX-License-Identifier: MIT
# A board that xl launch make has made of what people have for other tools boots by the command line of QEMU that it wrote.
# shellcheck shell=bash disable=SC2154

current="make"
boot_directory=$system_results/make
rm -rf "$boot_directory"
build_native
describe_board "$boot_directory/board"
"$build/native/xl/xl" launch make -o "$boot_directory/out" "$boot_directory/board/config" >"$boot_directory/step-made" 2>&1
echo $? >"$boot_directory/status-made"
expect_status "a board is made of a configuration for ImageBuilder" made 0
expect "what was decided is a table" made '^domU0 +0 +262144 .* hardware,xenstore +direct-map'
expect "an option of Xen's is named" made '^warning: .*/config:5: XEN_CMD: dtuart=serial0: '
"$build/native/xl/xl" launch check "$boot_directory/out/board.dtb" >"$boot_directory/step-checked" 2>&1
echo $? >"$boot_directory/status-checked"
expect_status "its tree is right" checked 0
expect "and says what was asked for" checked '^ +2 +0 1 / all$'
boot_until '^Name .* ID' "$boot_directory/serial" sh "$boot_directory/out/qemu.sh"
tr -d '\r' <"$boot_directory/serial" >"$boot_directory/log"
expect "it boots" log '3 domains launched'
expect "control lists its domains" log '^domU2 +2 +128 '

describe_guests "$boot_directory/board"
files=("$boot_directory"/board/{hardware.cfg,control.cfg,app.xml})
"$build/native/xl/xl" launch make -t "$boot_directory/board/machine.dtb" -x "$boot_directory/board/trefoil" -o "$boot_directory/guests" "${files[@]}" >"$boot_directory/step-mixed" 2>&1
echo $? >"$boot_directory/status-mixed"
expect_status "a board is made of configurations for xl create and of libvirt's XML" mixed 0
expect "an element that is not acted on is named" mixed '^warning: .*/app.xml:13: devices/emulator: not acted on'
boot_until 'app +2 +128 ' "$boot_directory/serial" sh "$boot_directory/guests/qemu.sh"
tr -d '\r' <"$boot_directory/serial" >"$boot_directory/log"
expect "that boots too" log '3 domains launched'
expect "and control lists the domain of libvirt's" log 'app +2 +128 '

describe_system "$boot_directory/board"
"$build/native/xl/xl" launch make -o "$boot_directory/card" "$boot_directory/board/system.dts" >"$boot_directory/step-system" 2>&1
echo $? >"$boot_directory/status-system"
expect_status "a board is made of a System Device Tree" system 0
expect "what others have is named" system '^warning: .*/system.dts: /domains/realtime@5: compatible: not launched: .* its memory is reserved'
expect "a passthrough tree is made of the machine's nodes" system '^note: .*/system.dts: /domains/hypervisor@1/domain@4: access: a passthrough tree is made'
expect "and is in the domain's tree" system '^ +2 device +0x9010000 +0x1000'
reject "and nothing lies in it" system '^ +0x50[0-9a-f]{6} '
"$build/native/xl/xl" launch check "$boot_directory/card/board.dtb" >"$boot_directory/step-again" 2>&1
echo $? >"$boot_directory/status-again"
expect_status "its tree is right, too" again 0
expect "and has the domains of the description, and its peers" again '^ +2 peer +1$'
boot_until 'app +2 +128 ' "$boot_directory/serial" sh "$boot_directory/card/qemu.sh"
tr -d '\r' <"$boot_directory/serial" >"$boot_directory/log"
expect "it boots by the command line of QEMU" log '3 domains launched'
expect "and control lists the domains" log 'app +2 +128 '
[ -e /usr/lib/u-boot/qemu_arm64/u-boot.bin ] || ensure_installed u-boot-qemu
boot_card "$boot_directory" 'app +2 +128 ' || true
tr -d '\r' <"$boot_directory/serial" >"$boot_directory/log"
expect "and by U-Boot" log '3 domains launched'
expect "where control lists them, too" log 'app +2 +128 '
sed 's/xen,kernel = "Image"/xen,kernel = "Imag"/' "$boot_directory/board/system.dts" >"$boot_directory/board/wrong.dts"
"$build/native/xl/xl" launch make -n "$boot_directory/board/wrong.dts" >"$boot_directory/step-wrong" 2>&1
echo $? >"$boot_directory/status-wrong"
expect_status "a System Device Tree with a mistake makes no board" wrong 1
expect "which names file, node and property" wrong '^error: .*/wrong.dts: /domains/hypervisor@1/domain@3: xen,kernel: .*Imag: No such file'
