# SPDX-License-Identifier: MIT
# The machine's end: asked for by control, by the hardware domain where the tree says so, by a panic. QEMU ends when the machine is
# off or reset, so what is looked at is the serial log.
# shellcheck shell=bash disable=SC2154,SC2016

# _machine_ends NAME OPTIONS-OF-DEMO... -- COMMAND: boots, runs COMMAND in a domain, and takes it for right that no answer comes.
_machine_ends() {
    local started=$SECONDS
    current=$1
    shift
    boot_directory=$system_results/$current
    rm -rf "$boot_directory"
    mkdir -p "$boot_directory"
    "$top/demo" exec --quiet --no-build --timeout 240 --log "$boot_directory/serial" "$@" \
        >"$boot_directory/stdout" 2>"$boot_directory/stderr"
    tr -d '\r' <"$boot_directory/stdout" >"$boot_directory/step-stdout"
    tr -d '\r' <"$boot_directory/serial" >"$boot_directory/log" 2>/dev/null
    if [ $((SECONDS - started)) -lt 230 ]; then
        report ok "$group/$current: the machine ends" "$((SECONDS - started)) s"
    else
        report FAILED "$group/$current: the machine ends"
    fi
}

# Guests first, which end by themselves; those that serve them have the time that is given. app is told while it changes over from what it
# started from to its disk, whose init comes late for that; not earlier, as Linux does not listen while it frees its memory of the start.
_machine_disk=$system_results/late.ext4
cp --sparse=always "$build/board/app.ext4" "$_machine_disk"
printf '#!/bin/busybox sh\nsleep 10\nexec /usr/lib/trefoil/init\n' >"$system_results/late-init"
chmod +x "$system_results/late-init"
printf 'rm /usr/sbin/init\nwrite %s /usr/sbin/init\nwrite %s /usr/lib/trefoil/init\n' "$system_results/late-init" "$top/guests/linux/init" |
    debugfs -w -f - "$_machine_disk" >"$system_results/debugfs.log" 2>&1
_machine_ends machine-off --in control --keep-disk "$_machine_disk" -- \
    'tries=0; until [ "$(xenstore-read /local/domain/2/device/vbd/51712/state)" = 4 ] || [ $((tries += 1)) -gt 300 ]; do sleep 0.2; done
    sleep 2; xl shutdown --machine --timeout 60 >/dev/ttyAMA0 2>&1'
expect "the guests are shut down first" log '^\(trefoil\) app: domain 2 has shut down: power off'
expect "xl says so" log 'Domain 2 has ended'
expect "then control asks for the end" log "^\(trefoil\) control asks for the machine's power off"
expect "and the machine is off" log '^\(trefoil\) the machine is powered off$'
reject "nobody crashes" log 'crashed|do not answer'

cat >"$system_results/power.dts" <<'END_OF_TREE'
&hardware { machine-power; };
END_OF_TREE
_machine_ends machine-hardware --in hardware --dtb-add "$system_results/power.dts" -- 'sync; echo b >/proc/sysrq-trigger; sleep 20'
expect "a hardware domain whose power is the machine's resets it" log "^\(trefoil\) hardware: its reboot is the machine's"
expect "so the machine is reset" log '^\(trefoil\) the machine is reset$'

# All vcpus busy: both CPUs run guests when the panic comes.
_machine_ends machine-panic --in control -- '(while :; do :; done) & xl debug-keys C; sleep 20'
expect "a panic says what happened" log '^\(trefoil\) control asked for a panic'
expect "and resets" log '^\(trefoil\) the machine is reset$'
reject "all CPUs stop" log 'do not answer'

# The same where the board is let start again, which finds the last lines where the panic left them. What control runs is the same in both lives.
printf '#!/bin/bash\nfor word; do shift; [ "$word" = -no-reboot ] || set -- "$@" "$word"; done\nexec qemu-system-aarch64 "$@"\n' \
    >"$system_results/qemu-that-resets"
chmod +x "$system_results/qemu-that-resets"
_machine_ends machine-again --in control --qemu "$system_results/qemu-that-resets" -- \
    'if xl dmesg | grep "> control asked for a panic"; then xl dmesg | grep "before the reset"; else xl debug-keys C; sleep 60; fi'
expect "the next start tells the panic, in xl dmesg" stdout '^\(trefoil\) > control asked for a panic'
expect "and that it was before the reset" stdout '^\(trefoil\) these were the last lines before the reset$'
expect "on the serial line too" log '^\(trefoil\) > the machine is reset$'

boot machine-refused --in app <<'END_OF_COMMANDS'
step off 'xl shutdown --machine'
step reset 'xl reboot --machine --now'
END_OF_COMMANDS
expect "a guest does not end the machine" off 'it takes the role control'
expect_status "and is told so" off 1
expect "nor reset it" reset 'it takes the role control'
