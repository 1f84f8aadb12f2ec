# SPDX-License-Identifier: MIT
# A kernel's modules, taken out of a tree such as /lib/modules/RELEASE.
# shellcheck shell=bash

# _module_file TREE NAME: the file of a module. Names in trees and in modules differ by - and _.
_module_file() {
    find "$1/" -name "${2//[-_]/[-_]}.ko*" -print -quit
}

# unpack_module TREE NAME DIRECTORY: NAME.ko lies in DIRECTORY; false if TREE has none.
unpack_module() {
    local file target=$3/$2.ko
    file=$(_module_file "$1" "$2")
    case $file in
    *.ko) cp "$file" "$target" ;;
    *.xz) xz -dc "$file" >"$target" ;;
    *.zst) zstd -qdc "$file" >"$target" ;;
    *.gz) gzip -dc "$file" >"$target" ;;
    *) return 1 ;;
    esac || die 1 "$file cannot be unpacked"
}

# _module_needs TREE FILE: what a module wants loaded before it; of what it can do without as much as TREE has. The checksum that file
# systems want by the name of an algorithm is in a module of another name, in later kernels of yet another.
_module_needs() {
    local name
    {
        tr '\0' '\n' <"$2" | sed -n 's/^depends=//p' | tr ',' '\n'
        tr '\0' '\n' <"$2" | sed -n 's/^softdep=pre: //p' | tr ' ' '\n' | sed 's/^crypto-crc32c$/crc32c_generic\ncrc32c-cryptoapi/' | while read -r name; do
            [ -z "$(_module_file "$1" "$name")" ] || echo "$name"
        done
    } | sed '/^$/d' | LC_ALL=C sort -u
}

# _add_module TREE DIRECTORY NAME: with what it needs, each once, in the order in which they can be loaded, which is what is printed.
_add_module() {
    local tree=$1 directory=$2 name=$3 need
    [ ! -e "$directory/$name.ko" ] || return 0
    unpack_module "$tree" "$name" "$directory" || die 2 "there is no module $name in $tree"
    while read -r need; do
        _add_module "$tree" "$directory" "$need" || return
    done < <(_module_needs "$tree" "$directory/$name.ko")
    echo "$name"
}

# add_modules TREE DIRECTORY LIST NAME...: puts modules into DIRECTORY, and into DIRECTORY/LIST the order of loading.
add_modules() {
    local tree=$1 directory=$2 list=$3 work name
    shift 3
    work=$(mktemp -d)
    for name in "$@"; do
        _add_module "$tree" "$work" "$name" || return
    done >"$directory/$list"
    aarch64-linux-gnu-strip -g "$work"/*.ko
    cp "$work"/*.ko "$directory/"
    rm -rf "$work"
}
