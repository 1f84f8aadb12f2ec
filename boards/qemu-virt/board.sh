# SPDX-License-Identifier: MIT
# QEMU's virt machine as a board: which memory holds what, its device tree, and the command that starts it. Sourced by demo.
# shellcheck shell=bash

board_domains="hardware control app"
board_tree=$top/boards/qemu-virt/board.dts

# QEMU puts the hypervisor at 0x40200000 and the device tree at 0x48000000; the hardware domain's static memory is
# at 0x50000000 to 0x60000000 (board.dts). The rest is free for the hypervisor to give to domains.
_kernel_address=0x49000000
_ramdisks_address=0x60000000
_alignment=0x200000

_size() {
    printf '%#x' "$(stat -L -c %s "$1")"
}

# board_prepare: sets the array board_command to the QEMU command line. Reads the settings cpus, cpu, qemu_program, memory, hypervisor,
# hypervisor_arguments, tree_additions (files), kernel, ramdisk_NAME for each domain, and board_drives, of which the first is app's disk;
# writes into work.
board_prepare() {
    local machine="virt,virtualization=on,gic-version=3" domain drive file address=$_ramdisks_address name size
    local -A placed=()
    local -a definitions=("-DHYPERVISOR_ARGUMENTS=\"$hypervisor_arguments\"" "-DKERNEL_ADDRESS=$_kernel_address" "-DKERNEL_SIZE=$(_size "$kernel")")
    board_command=("${qemu_program:-qemu-system-aarch64}" -machine "$machine" -cpu "${cpu:-cortex-a57}" -smp "$cpus" -m "$memory"
        -display none -no-reboot -nic none)
    "${board_command[@]}" -monitor none -machine dumpdtb="$work/machine.dtb" 2>"$work/qemu.log" ||
        { tail -n 3 "$work/qemu.log" >&2; die 125 "QEMU did not give the device tree of its machine"; }

    for drive in "${board_drives[@]}"; do
        board_command+=(-drive "$drive,if=none,format=raw,id=disk${#board_command[@]}" -device "virtio-blk-device,drive=disk${#board_command[@]}")
    done
    if [ ${#board_drives[@]} -gt 0 ]; then
        board_command+=(-netdev "user,id=lan" -device "virtio-net-device,netdev=lan")
        definitions+=(-DDEVICES)
    fi
    board_command+=(-kernel "$hypervisor" -device "loader,file=$kernel,addr=$_kernel_address,force-raw=on")
    for domain in $board_domains; do
        name=ramdisk_$domain file=${!name}
        size=$(_size "$file")
        if [ -z "${placed[$file]:-}" ]; then
            placed[$file]=$address
            board_command+=(-device "loader,file=$file,addr=$address,force-raw=on")
            address=$(printf '%#x' $(((address + size + _alignment - 1) / _alignment * _alignment)))
        fi
        definitions+=("-D${domain^^}_RAMDISK_ADDRESS=${placed[$file]}" "-D${domain^^}_RAMDISK_SIZE=$size")
    done

    {
        dtc -q -I dtb -O dts "$work/machine.dtb"
        # What is added sees the board's macros too: DOMAIN, KERNEL, RAMDISK(address, size).
        cat "$board_tree" "${tree_additions[@]}" | grep -v '^ */dts-v1/' |
            gcc -E -P -undef -nostdinc -x assembler-with-cpp "${definitions[@]}" -
    } >"$work/board.dts"
    dtc -q -I dts -O dtb -o "$work/board.dtb" "$work/board.dts" 2>"$work/dtc.log" ||
        { cat "$work/dtc.log" >&2; die 125 "the board's device tree does not compile"; }
    board_command+=(-dtb "$work/board.dtb")
}
