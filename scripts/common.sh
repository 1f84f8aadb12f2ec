# SPDX-License-Identifier: MIT
# Sourced by demo and check: where things are, and how progress and failures are told.
# shellcheck shell=bash

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${TREFOIL_BUILD:-$top/build}
cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/trefoil
quiet=${quiet:-no}
# Where Debian has mke2fs, which it does not show to everybody.
PATH=$PATH:/usr/sbin:/sbin

# Progress goes to stderr, so that a command's output stays alone on stdout.
progress() {
    [ "$quiet" = yes ] || printf '[%3d s] %s\n' "$SECONDS" "$*" >&2
}

# die STATUS MESSAGE...
die() {
    local status=$1
    shift
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit "$status"
}

# logged LOG COMMAND...: runs COMMAND with its output in LOG, which is shown only if it fails.
logged() {
    local log=$1
    shift
    mkdir -p "$(dirname "$log")"
    if ! "$@" >"$log" 2>&1 </dev/null; then
        grep -nE 'error|Error|\*\*\*' "$log" | head -n 30 >&2 || true
        tail -n 15 "$log" >&2
        return 1
    fi
}

# newest_is FILE PATHS...: true if FILE exists and nothing below PATHS is newer.
newest_is() {
    local file=$1
    shift
    [ -e "$file" ] && [ -z "$(find "$@" -newer "$file" -print -quit 2>/dev/null)" ]
}

# archive DIRECTORY FILE: DIRECTORY as a compressed cpio, padded so that another may follow it in one ramdisk.
archive() {
    (cd "$1" && find . -mindepth 1 -print0 | LC_ALL=C sort -z | cpio -0 -o -H newc -R 0:0 --quiet | gzip -n -1) >"$2"
    truncate -s %4 "$2"
}
