# SPDX-License-Identifier: MIT
# The boards with the kernels of other Debian suites, as ./demo --suite has them: app on its disk and on the network; and with everybody in a
# RAM disk, on a board that new-board makes, a domain that starts again. With the expectations of tests/system.sh. Sourced by check.
# shellcheck shell=bash disable=SC2154,SC2016

# In every domain: what the kernel is, and what it found wrong with itself.
_suites_prologue='step kernel-$(hostname) "uname -r; dmesg | grep -cE \"Oops|Internal error|kernel BUG\" | sed s/^/oops./"
'

# _expect_kernel DOMAIN
_expect_kernel() {
    local release=${kernel_modules##*/}
    expect "$1 runs its kernel" "kernel-$1" "^${release//[+.]/.}\$"
    expect "which found nothing wrong" "kernel-$1" '^oops.0$'
}

# _suites_with_devices SUITE
_suites_with_devices() {
    boot "$1-devices" --suite "$1" --timeout "${KERNELS_SECONDS:-600}" --in hardware,control,app <<END
$_suites_prologue
case \$(hostname) in
app)
step root 'grep " / " /proc/mounts'
step ping 'ping -c 3 -W 20 10.0.2.2'
;;
hardware)
within 300 '[ -e /sys/bus/xen-backend/devices/vif-2-0 ]'
step backends 'ls /sys/bus/xen-backend/devices'
step names 'xenstore-ls /local/domain | grep -c "name = "'
;;
control)
step list 'xl list'
within 300 'xl network-list app | grep 00:16:3e'
step disk 'xl block-list app'
step network 'xl network-list app'
;;
esac
END
    local name
    for name in hardware control app; do
        _expect_kernel "$name"
    done
    expect "app has its root on its disk" root '^/dev/xvda / ext4 '
    expect "app reaches the machine's network" ping ' 0% packet loss'
    expect_count "the hardware domain serves both" backends '^(vbd-2-51712|vif-2-0)$' 2
    expect "the store has all domains" names '^3$'
    expect_count "xl list" list '^(hardware +0 +256|control +1 +192|app +2 +128) ' 3
    expect "xl block-list" disk '^51712 0   2 '
    expect "xl network-list" network '^0   0  00:16:3e:'
}

# _suites_without_devices SUITE: app answers the store again after each start, with its kernel's own word that it can be shut down.
_suites_without_devices() {
    boot "$1-ram-disk" --suite "$1" --ram-disk --timeout "${KERNELS_SECONDS:-600}" --in control --board "$_suites_board" <<END
$_suites_prologue
running() { [ "\$(xenstore-read /local/domain/2/control/feature-poweroff)" = 1 ]; }
within 300 running
step restart 'xl restart app && within 300 running && echo it is there again'
step shutdown 'xl shutdown app; within 300 "xl list app | grep -e ---s--"; xl list app'
END
    _expect_kernel control
    expect "a domain that is started again comes up" restart '^it is there again$'
    expect "and shuts down when it is asked to" shutdown '^app .* ---s-- '
}

# _suites_try SUITE
_suites_try() {
    if ! kernel_of_suite "$1"; then
        report skipped "suites/$1" "$suite_failure"
        return
    fi
    if ! "$top/demo" build --suite "$1"; then
        report FAILED "suites/$1: the board builds"
        return
    fi
    _suites_with_devices "$1"
    _suites_without_devices "$1"
}

# run_suites: those that the command line names, or the two after the oldest that Trefoil is tried with.
run_suites() {
    local group=suites system_results=$build/suites _suites_board=$build/suites/board name
    local boot_options=() names=()
    rm -rf "$_suites_board"
    mkdir -p "$build/suites"
    "$top/demo" --quiet new-board "$_suites_board" >"$build/suites/new-board.log" || { report FAILED "suites: a board is made"; return; }
    for name in "${selection[@]}"; do
        case $name in
        suites) names+=(trixie sid) ;;
        suites/*) names+=("${name#*/}") ;;
        esac
    done
    for name in "${names[@]}"; do
        _suites_try "$name"
    done
}
