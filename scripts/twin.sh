# SPDX-License-Identifier: MIT
# The board's twin: the hypervisor as a process, the hardware domain's daemons, and in each other domain's place a
# program that plays its kernel. Sourced by demo and check, after board.sh of this folder.
# shellcheck shell=bash

# Where the programs are.
twin_build=$build/native
# The domain whose daemons run.
twin_hardware=hardware

# twin_tree FILE: the board's device tree, with modules of about the size that they have, which nobody loads. Needs board_read.
twin_tree() (
    board_drives=() loads=() hypervisor=none
    truncate -s 32M "$work/kernel"
    truncate -s 8M "$work/ramdisk"
    board_file() {
        file=$work/kernel
        [ "$1" != ramdisk ] || file=$work/ramdisk
    }
    board_place
    mkdir -p "$(dirname "$1")"
    mv "$work/board.dtb" "$1"
    rm "$work/kernel" "$work/ramdisk"
)

# _within SECONDS COMMAND...
_within() {
    local tries=$(($1 * 50))
    shift
    until "$@" 2>/dev/null; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.02
    done
}

# What a shell in one of the domains has: its programs, and which domain they act as.
_twin_commands() {
    local program
    mkdir -p "$1/bin"
    for program in xl/xl xenstore-clients/xenstore{,-chmod,-control,-exists,-list,-ls,-read,-rm,-watch,-write}; do
        ln -sf "$twin_build/$program" "$1/bin/"
    done
    ln -sf xl "$1/bin/xentop"
    cat >"$1/bin/as" <<END
#!/bin/sh
# as DOMAIN COMMAND...: runs COMMAND as a program of DOMAIN.
[ \$# -ge 2 ] || { echo "usage: as DOMAIN COMMAND..." >&2; exit 2; }
TREFOIL_DOMAIN=\$1 XENSTORED_PATH=$1/\$1.sock TREFOIL_TRANSPORT=twin:$1/twin.sock PATH=$1/bin:\$PATH
export TREFOIL_DOMAIN XENSTORED_PATH TREFOIL_TRANSPORT PATH
shift
exec "\$@"
END
    chmod +x "$1/bin/as"
}

_background() {
    "$@" >>"$twin/messages" 2>&1 &
    twin_processes+=($!)
}

# twin_start DIRECTORY TREE [DOMAIN...]: the twin of TREE, everything of it below DIRECTORY, with a kernel played in each
# DOMAIN. Fails, with its messages on stderr, when something does not come up.
twin_start() {
    local tree=$2 domain
    twin=$1 twin_processes=()
    shift 2
    mkdir -p "$twin/log"
    _twin_commands "$twin"
    _background "$twin_build/hypervisor/arch/host/hvtwin" -f -s "$twin/twin.sock" -l "$twin/serial" "$tree"
    _within 20 test -S "$twin/twin.sock" || { cat "$twin/messages" >&2; return 1; }
    _background "$twin/bin/as" "$twin_hardware" "$twin_build/xenstored/xenstored" -D --socket "$twin/$twin_hardware.sock"
    _within 20 test -S "$twin/$twin_hardware.sock" || { cat "$twin/messages" >&2; return 1; }
    _background "$twin/bin/as" "$twin_hardware" "$twin_build/xenconsoled/xenconsoled" -i --log-dir "$twin/log" \
        --pid-file "$twin/xenconsoled.pid" --socket "$twin/xenconsoled.sock"
    for domain in "$@"; do
        _background "$twin/bin/as" "$domain" "$twin_build/guests/twin/twinguest" "$twin/$domain.sock"
    done
    for domain in "$@"; do
        _within 20 test -S "$twin/$domain.sock" || { cat "$twin/messages" >&2; return 1; }
    done
    _within 20 test -S "$twin/xenconsoled.sock" || { cat "$twin/messages" >&2; return 1; }
}

# twin_devices DOMAIN...: disks and networks may be attached to each DOMAIN; both ends are played, and nothing is read or written.
twin_devices() {
    local domain
    _background "$twin/bin/as" "$twin_hardware" "$twin_build/guests/twin/twindevices" back
    for domain in "$@"; do
        _background "$twin/bin/as" "$domain" "$twin_build/guests/twin/twindevices" front
    done
    _within 20 "$twin/bin/as" "$twin_hardware" xenstore-exists libxl/devd || { cat "$twin/messages" >&2; return 1; }
}

# twin_stop: ends what twin_start began, the hypervisor last.
twin_stop() {
    local at
    for ((at = ${#twin_processes[@]} - 1; at >= 0; at--)); do
        kill "${twin_processes[at]}" 2>/dev/null || true
        wait "${twin_processes[at]}" 2>/dev/null || true
    done
    twin_processes=()
}
