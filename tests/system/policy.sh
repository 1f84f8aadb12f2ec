# SPDX-License-Identifier: MIT
# What the hypervisor answers to domains of every role under each policy, against policy.table: each row is one test. The
# domains are bare guests (guests/bare/calls.c) on a board of their own; one CPU and a clock that counts instructions
# make every run the same.
# shellcheck shell=bash disable=SC2154

_policy_machine=(qemu-system-aarch64 -machine "virt,virtualization=on,gic-version=3" -cpu cortex-a57 -smp 1 -m 1024
    -display none -no-reboot -nic none -monitor none -icount "shift=0,sleep=off")
_policy_guest=$build/arm64/guests/bare/calls

# _policy_boot POLICY: runs the domains until control is through; leaves their lines in the file log of boot_directory.
_policy_boot() {
    local serial=$boot_directory/serial tries=0 qemu
    "${_policy_machine[@]}" -machine dumpdtb="$boot_directory/machine.dtb" 2>/dev/null
    {
        dtc -q -I dtb -O dts "$boot_directory/machine.dtb"
        gcc -E -P -undef -nostdinc -x assembler-with-cpp "-DKERNEL_SIZE=$(stat -c %s "$_policy_guest")" \
            "-DHYPERVISOR_ARGUMENTS=\"console-focus=hypervisor xsm=$1\"" "$top/tests/system/policy.dts"
    } | dtc -q -I dts -O dtb -o "$boot_directory/board.dtb"
    : >"$serial"
    "${_policy_machine[@]}" -serial "file:$serial" -dtb "$boot_directory/board.dtb" -kernel "$build/arm64/hypervisor/trefoil" \
        -device "loader,file=$_policy_guest,addr=0x49000000,force-raw=on" </dev/null >"$boot_directory/stderr" 2>&1 &
    qemu=$!
    until grep -aq 'calls done' "$serial" || [ $((tries += 1)) -gt 600 ] || ! kill -0 "$qemu" 2>/dev/null; do
        sleep 0.2
    done
    kill "$qemu" 2>/dev/null
    wait "$qemu" 2>/dev/null
    tr -d '\r' <"$serial" >"$boot_directory/log"
}

for policy in dummy silo split; do
    current=policy-$policy
    boot_directory=$system_results/$current
    rm -rf "$boot_directory"
    mkdir -p "$boot_directory"
    _policy_boot "$policy"
    expect "the policy is the one asked for" log "^\(trefoil\) policy: $policy$"
    expect "control comes to its end" log '^\(control\) calls done$'
    while read -r verdict row; do
        if [ "$verdict" = answers ]; then
            progress "system/$current: $row answers of the hypervisor compared"
        else
            report "$verdict" "system/$current: $row"
        fi
    done < <(awk -v "policy=$policy" -f "$top/tests/system/policy.awk" "$top/tests/system/policy.table" "$boot_directory/log")
    case $policy in
    dummy) denial="app xen_version_commandline: needs role control" ;;
    silo) denial="app evtchn_alloc_unbound on peer: needs role control or another" ;;
    split) denial="app evtchn_alloc_unbound on control: needs role xenstore" ;;
    esac
    expect "a denial is a line with subject, operation, target and the role that it takes" log "^\(trefoil\) denied: $denial$"
    for subject in hardware store app friend; do
        expect_count "each domain's denials are told up to a limit of its own ($subject)" log "^\(trefoil\) denied: $subject " 10
    done
    reject "no domain ends but by control" log 'crash|unexpected exception|panic'
done
