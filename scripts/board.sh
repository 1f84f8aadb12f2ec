# SPDX-License-Identifier: MIT
# A board is a folder: board.dts, its device tree or what is laid over QEMU's; board.sh, how it is started; overlay/NAME, files that
# are laid over the RAM disk of the domain NAME; and the files that the tree names. docs/boards.md describes it. Sourced by demo and check.
# shellcheck shell=bash

_board_ram=0x40000000
_board_alignment=0x200000
# Stands in the tree for the hypervisor's command line until it is known which domains there are.
_board_arguments=demo:arguments

# board_defaults: what board.sh and, after it, the options may set.
board_defaults() {
    cpus=2 memory=2048 cpu=cortex-a57 machine="virt,virtualization=on,gic-version=3" append='' disks=() network=no qemu_options=() machine_tree=''
    # QEMU puts the hypervisor at 0x40200000 and the device tree at 0x48000000. Files are loaded from files_at on, past what the tree gives
    # to a domain; the rest is free for the hypervisor to give to domains.
    hypervisor_at=0x40200000 tree_at=0x48000000 files_at=0x49000000
}

# board_load NAME: sets board_directory to that of a board that is here, or to the folder NAME, and reads how it is started.
board_load() {
    local name=$1 tree
    if [[ $name != */* && -d $top/boards/$name ]]; then
        board_directory=$top/boards/$name
    elif [ -d "$name" ]; then
        board_directory=$(cd "$name" && pwd)
    else
        die 2 "--board $name: no such folder; those that come with Trefoil are $(cd "$top/boards" && echo */ | tr -d /)"
    fi
    board_tree=$board_directory/board.dts
    [ -r "$board_tree" ] || die 2 "--board $name: there is no board.dts in it"
    [ ! -e "$board_directory/board.sh" ] || source "$board_directory/board.sh" || die 2 "$board_directory/board.sh does not run to its end"
}

# board_has_devices: does the board serve disks or a network?
board_has_devices() {
    [ ${#disks[@]} -gt 0 ] || [ "$network" = yes ]
}

# _board_machine: sets board_command to the start of QEMU's command line, and leaves its own tree in work, or that of another machine.
_board_machine() {
    board_command=("$qemu_program" -machine "$machine" -cpu "$cpu" -smp "$cpus" -m "$memory" -display none -no-reboot -nic none "${qemu_options[@]}")
    if [ -n "$machine_tree" ]; then
        cp "$(board_path "$machine_tree")" "$work/machine.dtb" || die 2 "$board_directory/board.sh: machine_tree: $machine_tree cannot be read"
        return
    fi
    "${board_command[@]}" -monitor none -machine dumpdtb="$work/machine.dtb" 2>"$work/qemu.log" ||
        { tail -n 3 "$work/qemu.log" >&2; die 2 "QEMU has no such machine: -machine $machine -cpu $cpu${qemu_options:+ ${qemu_options[*]}}"; }
}

# _board_source: the tree as one source. Who writes /dts-v1/ has written a whole tree, to which QEMU's is not added.
_board_source() {
    local file
    local -a definitions=("-DHYPERVISOR_ARGUMENTS=\"$_board_arguments\"" "-I$board_directory")
    [ "$devices" = no ] || definitions+=(-DDEVICES)
    if grep -q '^[[:space:]]*/dts-v1/' "$board_tree"; then echo "/dts-v1/;"; else dtc -q -I dtb -O dts "$work/machine.dtb"; fi
    for file in "$top/boards/domains.dtsi" "$board_tree" "${tree_additions[@]}"; do
        printf '#include "%s"\n' "$(realpath "$file")"
    done | gcc -E -undef -nostdinc -x assembler-with-cpp "${definitions[@]}" - | sed 's,^[[:space:]]*/dts-v1/;,,'
}

# board_read: compiles the tree, and sets board_domains to its domains' names, board_roles and board_uart by name, board_files to
# lines "DOMAIN FILE OVERLAY KIND", and board_main to the domain that a person is in: that with the control role, else hardware, else
# the first. Reads work, tree_additions and devices.
board_read() {
    local kind first second third rest known
    declare -gA board_roles=() board_uart=()
    declare -ga board_files=() board_domains=() _board_fixed=()
    _board_machine
    _board_source >"$work/board.source" 2>"$work/dtc.log" &&
        dtc -q -I dts -O dtb -o "$work/board.plain.dtb" "$work/board.source" 2>>"$work/dtc.log" ||
        { cat "$work/dtc.log" >&2; die 125 "the board's device tree does not compile"; }
    dtc -q -I dtb -O dts -o "$work/board.plain" "$work/board.plain.dtb"
    known=$(LC_ALL=C awk -f "$top/scripts/board_tree.awk" "$work/board.plain")
    while read -r kind first second third rest; do
        case $kind in
        domain)
            board_domains+=("$first")
            board_roles[$first]=$second board_uart[$first]=$third
            ;;
        file) board_files+=("$first $second $third $rest") ;;
        fixed) _board_fixed+=("$first $second") ;;
        esac
    done <<<"$known"
    _board_choose_main
}

_board_choose_main() {
    local role name
    board_main=${board_domains[0]:-}
    for role in 1 2; do
        for name in "${board_domains[@]}"; do
            [ $((board_roles[$name] & role)) = 0 ] || { board_main=$name; return; }
        done
    done
}

# board_laid_over: the domains whose files are laid over a RAM disk.
board_laid_over() {
    printf '%s\n' "${board_files[@]}" | awk '$3 != "-" && $4 == "ramdisk" { print $3 }' | LC_ALL=C sort -u | tr '\n' ' '
}

# board_path FILE: where a file is that the board names.
board_path() {
    if [[ $1 == /* ]]; then echo "$1"; else echo "$board_directory/$1"; fi
}

# board_with_role ROLE: the first domain that has it.
board_with_role() {
    local name
    for name in "${board_domains[@]}"; do
        [ $((board_roles[$name] & $1)) = 0 ] || { echo "$name"; return; }
    done
}

# _board_free ADDRESS SIZE: sets address to the first place from ADDRESS on where no domain and no other file has its own.
_board_free() {
    local range start size moved=yes
    address=$1
    while [ $moved = yes ]; do
        moved=no
        for range in "${_board_fixed[@]}"; do
            start=${range% *} size=${range#* }
            if [ $((address < start + size && start < address + $2)) = 1 ]; then
                address=$(((start + size + _board_alignment - 1) / _board_alignment * _board_alignment)) moved=yes
            fi
        done
    done
}

# board_place: gives each file of the tree its place, and leaves work/board.dtb and the finished board_command. board_file KIND FILE OVERLAY,
# which the caller defines, sets file to the path of what is loaded for it. Reads hypervisor_arguments, hypervisor, loads, and board_drives,
# which are options of QEMU's -drive.
board_place() {
    local line owner name overlay kind file size source address=$((files_at)) drive
    local -A placed=()
    for line in "${loads[@]}"; do
        _board_fixed+=("$((${line##*@})) $(stat -L -c %s "${line%@*}")")
    done
    board_loaded=()
    : >"$work/places"
    for line in "${board_files[@]}"; do
        read -r owner name overlay kind <<<"$line"
        board_file "$kind" "$name" "$overlay" "$owner"
        size=$(stat -L -c %s "$file")
        if [ -z "${placed[$file]:-}" ]; then
            _board_free "$address" "$size"
            placed[$file]=$address
            board_loaded+=("$file@$(printf '%#x' "$address")")
            address=$(((address + size + _board_alignment - 1) / _board_alignment * _board_alignment))
        fi
        printf '%s %s %s %#x %#x %#x\n' "$owner" "$name" "$overlay" $((placed[$file] >> 32)) $((placed[$file] & 0xffffffff)) "$size"
    done >>"$work/places"
    [ -n "$machine_tree" ] || [ $((address)) -le $((_board_ram + memory * 1048576)) ] || die 2 "--memory $memory: the files that the board's tree names do not fit"
    LC_ALL=C awk -v places="$work/places" -f "$top/scripts/board_tree.awk" "$work/board.plain" >"$work/board.dts"
    source=$(<"$work/board.dts")
    printf '%s\n' "${source//"$_board_arguments"/"$hypervisor_arguments"}" >"$work/board.dts"
    dtc -q -I dts -O dtb -o "$work/board.dtb" "$work/board.dts" 2>"$work/dtc.log" ||
        { cat "$work/dtc.log" >&2; die 125 "the board's device tree does not compile"; }
    for drive in "${board_drives[@]}"; do
        board_command+=(-drive "$drive,if=none,format=raw,id=disk${#board_command[@]}" -device "virtio-blk-device,drive=disk${#board_command[@]}")
    done
    [ "$devices" = no ] || board_command+=(-netdev "user,id=lan" -device "virtio-net-device,netdev=lan")
    board_command+=(-kernel "$hypervisor" -dtb "$work/board.dtb")
    for line in "${board_loaded[@]}" "${loads[@]}"; do
        file=${line%@*}
        board_command+=(-device "loader,file=${file//,/,,},addr=${line##*@},force-raw=on")
    done
}
