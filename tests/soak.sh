# SPDX-License-Identifier: MIT
# Interrupts and events from one vcpu to another on two CPUs, millions of them, none of which may be lost
# (guests/bare/tests/soak.c). QEMU runs each CPU as a thread, and time is the machine's. Sourced by check.
# shellcheck shell=bash disable=SC2154

# _soak_follow PID: tells how far the guest is until the process ends.
_soak_follow() {
    local told='' line
    while kill -0 "$1" 2>/dev/null; do
        line=$(sed -n 's/.*soak\(ed\)\{0,1\} \(.*\)$/\2/p' "$guests_directory/serial" 2>/dev/null | tail -n 1 | tr -d '\r')
        [ "$line" = "$told" ] || progress "soak: $line"
        told=$line
        sleep 5
    done
}

# run_soak: SOAK_COUNT of each of the four kinds, in SOAK_SECONDS together.
run_soak() {
    local _guests_peer=0 _guests_bootargs="count=${SOAK_COUNT:-10000000} seconds=$((${SOAK_SECONDS:-3600} / 4))" verdict name what
    local _guests_machine=(qemu-system-aarch64 -machine "virt,virtualization=on,gic-version=3" -cpu cortex-a57 -smp 2 -m 1024
        -accel "tcg,thread=multi" -display none -no-reboot -nic none -monitor none)
    _guests_prepare
    guests_directory=$build/guests/soak
    rm -rf "$guests_directory"
    _guests_boot "$build/arm64/hypervisor/trefoil" "" soak &
    _soak_follow $!
    wait
    while read -r verdict name what; do
        [ "$verdict" = skipped ] || what="${what:+$what; }$(sed -n "s/.*soaked ${name#soak_}: //p" "$guests_directory/log" | tail -n 1)"
        report "$verdict" "soak/${name#soak_}" "$what"
    done < <(_guests_results soak)
}

# _soak_store NAME DIRECTORY: the daemon of the store is killed SOAK_KILLS times amid changes, its state kept in DIRECTORY.
_soak_store() {
    local work log=$build/soak-store.log
    work=$(mktemp -d -p "$2")
    if "$build/crash" "$build/native/xenstored/xenstored" "$work" "${SOAK_KILLS:-200}" >"$log" 2>&1; then
        report ok "soak/$1" "$(tail -n 1 "$log")"
    else
        report FAILED "soak/$1" "$(grep -v ': serving ' "$log" | tail -n 3)"
    fi
    rm -rf "$work"
}

run_soak_store() {
    progress "xenstored, ${SOAK_KILLS:-200} kills twice"
    if ! { build_native && make -s -C "$build/native" xenstored/xenstored >"$build/store.log" 2>&1 &&
        gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror "-I$top/include" -o "$build/crash" "$top/tests/store/crash.c"; }; then
        report FAILED soak/store "does not build"
        return
    fi
    _soak_store store_on_disk /var/tmp
    [ ! -w /dev/shm ] || _soak_store store_in_memory /dev/shm
}
