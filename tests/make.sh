# SPDX-License-Identifier: MIT
# Boards that xl launch make has made, booted: by QEMU's command line, and by U-Boot. Sourced by check.
# shellcheck shell=bash

# describe_board FOLDER: three domains with split roles, as people write it for ImageBuilder, and the files it names.
describe_board() {
    mkdir -p "$1"
    ln -sf "$(kernel_image)" "$1/Image"
    ln -sf "$build/board/initramfs.cpio.gz" "$1/ramdisk"
    ln -sf "$build/arm64/hypervisor/trefoil" "$1/trefoil"
    # Who greets prints the list of domains first.
    mkdir -p "$1/over/etc/trefoil"
    echo made >"$1/over/etc/trefoil/motd"
    archive "$1/over" "$1/over.gz"
    cat "$build/board/initramfs.cpio.gz" "$1/over.gz" >"$1/greeting"
    qemu-system-aarch64 -machine virt,virtualization=on,gic-version=3,acpi=off,dumpdtb="$1/machine.dtb" -cpu cortex-a57 -smp 2 -m 2048 \
        -display none -nic none 2>/dev/null
    cat >"$1/config" <<'EOF'
MEMORY_START="0x40000000"
MEMORY_END="0xa0000000"
DEVICE_TREE="machine.dtb"
XEN="trefoil"
XEN_CMD="console=dtuart dtuart=serial0 bootscrub=0 console-focus=domU1"
NUM_DOMUS=3
DOMU_KERNEL[0]="Image"
DOMU_RAMDISK[0]="ramdisk"
DOMU_CMD[0]="console=hvc0 rdinit=/init loglevel=4 panic=1 trefoil.role=hardware"
DOMU_MEM[0]=256
DOMU_CAPS[0]="hardware|xenstore"
DOMU_ENHANCED[0]=1
DOMU_VPL011[0]=0
DOMU_KERNEL[1]="Image"
DOMU_RAMDISK[1]="greeting"
DOMU_CMD[1]="console=ttyAMA0 rdinit=/init loglevel=4 panic=1 trefoil.role=control"
DOMU_MEM[1]=192
DOMU_CAPS[1]="control"
DOMU_ENHANCED[1]=1
DOMU_KERNEL[2]="Image"
DOMU_RAMDISK[2]="ramdisk"
DOMU_CMD[2]="console=hvc0 rdinit=/init loglevel=4 panic=1 trefoil.role=app"
DOMU_MEM[2]=128
DOMU_VCPUS[2]=2
DOMU_ENHANCED[2]=1
DOMU_VCPU_HARD_AFFINITY[2,0]="1"
EOF
}

# describe_guests FOLDER: to what describe_board has put there, a board of domains of xl's and, app, of libvirt's.
describe_guests() {
    cat >"$1/hardware.cfg" <<'EOF'
name = "hardware"
kernel = "Image"
ramdisk = "ramdisk"
memory = 256
extra = "console=hvc0 rdinit=/init loglevel=4 panic=1 trefoil.role=hardware"
capabilities = "hardware|xenstore"
EOF
    cat >"$1/control.cfg" <<'EOF'
name = "control"
kernel = "Image"
ramdisk = "greeting"
memory = 192
vuart = "sbsa_uart"
extra = "console=ttyAMA0 rdinit=/init loglevel=4 panic=1 trefoil.role=control"
capabilities = "control"
EOF
    cat >"$1/app.xml" <<'EOF'
<domain type='xen'>
  <name>app</name>
  <memory unit='MiB'>128</memory>
  <vcpu cpuset='0-1'>2</vcpu>
  <cputune><vcpupin vcpu='1' cpuset='0-1,^0'/></cputune>
  <os>
    <type arch='aarch64' machine='xenpvh'>xenpvh</type>
    <kernel>Image</kernel>
    <initrd>ramdisk</initrd>
    <cmdline>console=hvc0 rdinit=/init loglevel=4 panic=1 trefoil.role=app</cmdline>
  </os>
  <devices>
    <emulator>/usr/lib/xen/bin/qemu-system-i386</emulator>
    <console type='pty'><target type='xen' port='0'/></console>
  </devices>
</domain>
EOF
}

# describe_system FOLDER: to what describe_board has put there, a System Device Tree, which is the machine's tree, too.
describe_system() {
    dtc -q -I dtb -O dts -o "$1/machine.dts" "$1/machine.dtb"
    cp "$top/tests/system/system.dts" "$1/system.dts"
}

# boot_until LINE LOG COMMAND...: runs QEMU until its serial log has the line, or for four minutes.
boot_until() {
    local line=$1 log=$2 deadline=$((SECONDS + 240)) machine
    shift 2
    : >"$log"
    "$@" -serial "file:$log" -monitor none </dev/null >"$log.qemu" 2>&1 &
    machine=$!
    while ! grep -aqE "$line" "$log" && kill -0 "$machine" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do
        sleep 0.5
    done
    sleep 2
    kill "$machine" 2>/dev/null || true
    wait "$machine" 2>/dev/null || true
}

# boot_card DIRECTORY LINE: DIRECTORY/card on an image of a card, from which Debian's U-Boot starts what is there by boot.scr, until LINE is printed.
boot_card() {
    local directory=$1 line=$2
    rm -f "$directory/card.img"
    truncate -s 129M "$directory/card.img"
    mke2fs -q -t ext4 -E offset=1048576 -d "$directory/card" "$directory/card.img" 128M
    printf '\200\0\0\0\203\0\0\0\0\010\0\0\0\0\004\0' | dd of="$directory/card.img" bs=1 seek=446 conv=notrunc status=none
    printf '\125\252' | dd of="$directory/card.img" bs=1 seek=510 conv=notrunc status=none
    boot_until "$line" "$directory/serial" qemu-system-aarch64 -machine virt,virtualization=on,gic-version=3,acpi=off -cpu cortex-a57 \
        -smp 2 -m 2048 -display none -nic none -bios /usr/lib/u-boot/qemu_arm64/u-boot.bin \
        -drive file="$directory/card.img",if=none,format=raw,id=card -device virtio-blk-device,drive=card
    grep -aqE "$line" "$directory/serial"
}

# boot_made_board_by_u_boot DIRECTORY: what was made, on a card, and the same with a file missing.
boot_made_board_by_u_boot() {
    local directory=$1
    rm -rf "$directory"
    describe_board "$directory/board"
    "$build/native/xl/xl" launch make -o "$directory/card" "$directory/board/config" >"$directory/made" 2>&1 || true
    if boot_card "$directory" '^Name .* ID' && grep -aq "3 domains launched" "$directory/serial"; then
        report ok "tutorial: a board that xl launch make made is booted by U-Boot"
    else
        report FAILED "tutorial: a board that xl launch make made is booted by U-Boot"
        tail -n 15 "$directory/made" "$directory/serial" | sed 's/^/    | /'
    fi
    rm -f "$directory/card/1-ramdisk"
    if boot_card "$directory" '^Trefoil is not started, as these cannot be loaded: 1-ramdisk' && ! grep -aq '(trefoil)' "$directory/serial"; then
        report ok "tutorial: where a file is missing the script says so, and nothing is started"
    else
        report FAILED "tutorial: where a file is missing the script says so, and nothing is started"
        tail -n 15 "$directory/serial" | sed 's/^/    | /'
    fi
}
