# SPDX-License-Identifier: MIT
# Folders that ./demo writes: a board to begin with, and one for U-Boot. Sourced by it.
# shellcheck shell=bash

_empty_folder() {
    [ ! -e "$folder" ] || [ -d "$folder" ] || die 2 "$mode $folder: there is such a file"
    [ -z "$(ls -A "$folder" 2>/dev/null)" ] || die 2 "$mode $folder: the folder is not empty"
    mkdir -p "$folder" || die 2 "$mode $folder: cannot be made"
}

# make_board: a copy of boards/template.
make_board() {
    _empty_folder
    cp -R "$top/boards/template/." "$folder/" || die 2 "new-board $folder: cannot be written"
    chmod -R u+w "$folder"
    cat <<END
$folder is a board with the domains hardware, control and app:
  board.dts     its device tree: the domains, and what each starts from
  board.sh      how its machine is started
  overlay/NAME  files that are laid over the root of the domain NAME
Next:
  $0 --board $folder check        what it would launch, and each mistake
  $0 --board $folder              boots it
END
}

# _load ADDRESS NAME: a line of the script. U-Boot goes on after a failure, so that what is missing is kept for the end.
_load() {
    echo "load \${devtype} \${devnum}:\${distro_bootpart} $1 $2 || setenv trefoil_missing \"\${trefoil_missing} $2\""
}

# pack_board: what board_place has placed, as files, and a script for U-Boot that loads each where the tree says it is.
pack_board() {
    local line at=0 name
    _empty_folder
    cp "$hypervisor" "$folder/trefoil"
    cp "$work/board.dtb" "$folder/"
    {
        echo "# Loads Trefoil and its board from where this script is, and starts it. Made by ./demo pack."
        echo "setenv trefoil_missing"
        _load "$hypervisor_at" trefoil
        _load "$tree_at" board.dtb
        for line in "${board_loaded[@]}"; do
            name=$at-$(basename "${line%@*}")
            at=$((at + 1))
            cp -L "${line%@*}" "$folder/$name"
            _load "${line##*@}" "$name"
        done
        echo "if test -n \"\${trefoil_missing}\"; then echo \"Trefoil is not started, as these cannot be loaded:\${trefoil_missing}\";" \
            "else setenv fdt_high 0xffffffffffffffff; booti $hypervisor_at - $tree_at; fi"
    } >"$folder/boot.cmd"
    if command -v mkimage >/dev/null; then
        logged "$work/mkimage.log" mkimage -A arm64 -T script -d "$folder/boot.cmd" "$folder/boot.scr" || die 1 "mkimage made no boot.scr"
    else
        progress "there is no mkimage (package u-boot-tools) to make boot.scr of boot.cmd"
    fi
}
