# SPDX-License-Identifier: MIT
# The files that the domains of a board start from: RAM disks with what is laid over them, and disks. Sourced by demo.
# shellcheck shell=bash

# prepare_modules: the modules that init loads, of another kernel, are laid over every domain's root.
prepare_modules() {
    local name added=$work/modules
    mkdir -p "$added/lib/modules"
    for name in $xen_modules; do
        unpack_module "$modules" "${name##*/}" "$added/lib/modules" || die 2 "--modules $modules: there is no ${name##*/}.ko in it"
    done
    archive "$added" "$added.cpio.gz"
    cat "$initramfs" "$added.cpio.gz" >"$work/initramfs"
    initramfs=$work/initramfs
}

# prepare_disks: sets board_drives to what the machine's disks are, as options of QEMU's -drive: the board's, then --drive's.
prepare_disks() {
    local name file
    board_drives=()
    [ "$devices" = yes ] || return 0
    for name in "${disks[@]}"; do
        if [ "$name" = demo:disk ]; then file=$disk_image; else file=$(board_path "$name"); fi
        if [ -z "$disk" ] || [ ${#board_drives[@]} -gt 0 ]; then
            board_drives+=("file=${file//,/,,},snapshot=on")
        else
            [ -e "$disk" ] || cp --sparse=always "$file" "$disk" || die 2 "--keep-disk $disk: cannot be made"
            board_drives+=("file=${disk//,/,,}")
        fi
    done
    [ -z "$drive" ] || board_drives+=("file=${drive//,/,,}")
}

# prepare_overlays: an archive work/overlays/DOMAIN for each domain that has something laid over it, which board_file puts behind its
# RAM disk.
prepare_overlays() {
    local domain known
    known=" $(board_laid_over) "
    mkdir -p "$work/overlays"
    for domain in $known; do
        _lay_over "$domain"
    done
    for domain in "${domains[@]}"; do
        [[ $known == *" $domain "* ]] || die 2 "$domain: it has no RAM disk in $board_tree, over which files could be laid"
    done
}

# Of a domain that goes on to a disk, what is laid over lies below /overlay, for init to lay it over that.
_lay_over() {
    local domain=$1 below='' added overlay
    [ "$devices" = no ] || [[ " ${board_files[*]} " != *" demo:ramdisk-starting $domain "* ]] || below=/overlay
    added=$work/overlay-$domain$below
    mkdir -p "$added"
    [ ! -d "$board_directory/overlay/$domain" ] || cp -a "$board_directory/overlay/$domain/." "$added/"
    for overlay in "${overlays[@]}"; do
        case $(overlay_domain "$overlay") in
        "$domain") cp -a "$(overlay_directory "$overlay")/." "$added/" ;;
        '') [[ " ${domains[*]} " != *" $domain "* ]] || cp -a "$overlay/." "$added/" ;;
        esac
    done
    [[ " ${domains[*]} " != *" $domain "* ]] || _ask "$domain" "$added"
    [ -n "$(ls -A "$added")" ] || return 0
    archive "$work/overlay-$domain" "$work/overlays/$domain"
}

# _ask DOMAIN ROOT: what the domain is asked for, or in an interactive run what a person is told.
_ask() {
    mkdir -p "$2/etc/trefoil/exec"
    if [ "$mode" = exec ]; then
        echo "$token-$1" >"$2/etc/trefoil/exec/token"
        command_text >"$2/etc/trefoil/exec/command"
        install -m 755 "$top/guests/linux/exec" "$2/etc/trefoil/exec/run"
    else
        _greeting >"$2/etc/trefoil/motd"
    fi
}

# The hints that a person finds at the terminal.
_greeting() {
    local name
    printf '\nThis is the domain %s.' "$board_main"
    for name in "${board_domains[@]}"; do
        [ $((board_roles[$board_main] & 1)) = 1 ] && [ $((board_roles[$name] & 3)) = 0 ] || continue
        printf ' To the guest:  xl console %s  (Ctrl-] comes back).' "$name"
        break
    done
    [[ " ${board_files[*]} " != *" demo:ramdisk-control $board_main "* ]] || printf '\nTab completes what xl takes; man xl tells all of it.'
    printf '\nTo leave the machine: Ctrl-t, then x. Other domains'\'' terminals: Ctrl-a three times goes round.\n\n'
}

# board_file KIND FILE OVERLAY OWNER: sets file to what is loaded where OWNER's node names FILE. The same content is the same file.
board_file() {
    case $2 in
    demo:kernel) file=$kernel ;;
    demo:ramdisk) file=$initramfs ;;
    demo:ramdisk-control)
        file=$work/control
        cat "$initramfs" "$control" >"$file"
        ;;
    demo:ramdisk-serving)
        file=$initramfs
        if [ "$devices" = yes ]; then
            file=$work/serving
            cat "$initramfs" "$serving" >"$file"
        fi
        ;;
    demo:ramdisk-starting) if [ "$devices" = yes ]; then file=$starting; else file=$initramfs; fi ;;
    demo:*) die 2 "$board_tree: $4: $2: of ./demo's own there are demo:kernel, demo:ramdisk, demo:ramdisk-control, demo:ramdisk-serving and demo:ramdisk-starting" ;;
    *) file=$(board_path "$2") ;;
    esac
    [ -f "$file" ] && [ -r "$file" ] || die 2 "$board_tree: $4: $2: there is no file $file that can be read"
    [ "$1" = ramdisk ] && [ -e "$work/overlays/$3" ] || return 0
    # An archive begins at a multiple of 4 bytes.
    cp -L "$file" "$work/ramdisk-$4"
    truncate -s %4 "$work/ramdisk-$4"
    cat "$work/overlays/$3" >>"$work/ramdisk-$4"
    file=$work/ramdisk-$4
}
