# SPDX-License-Identifier: MIT
# Kernels and CPUs: Debian's kernels of three releases as all three domains of the board, on the QEMU that is installed and on the one of a later
# Debian, with each kind of CPU; and the guest tests on those CPUs. A line for each. Sourced by check.
# shellcheck shell=bash disable=SC2154

_kernels_cpus="cortex-a57 cortex-a76 cortex-a710 neoverse-n1 neoverse-v1 max"

# Runs in each domain: what the kernel found, and that it has its tools. Linux 6.12 and later map others' pages where the hypervisor's node says
# that nothing is, which /proc/iomem shows.
_kernels_commands='echo "kernel $(uname -r)"; dmesg | grep -cE "Oops|Internal error|kernel BUG" | sed "s/^/oops /"
case $(hostname) in
control) xl list | awk "NR > 1 { print \"listed\", \$1 }" ;;
hardware) xenstore-ls /local/domain | grep -c "name = " | sed "s/^/names /"; grep "Xen scratch" /proc/iomem | sed "s/^/foreign /" ;;
app) xenstore-read domid | sed "s/^/own id /" ;;
esac'

# _kernels_qemu FILE: a program that becomes a later Debian's QEMU, out of where it is unpacked, so that who ends it ends that.
_kernels_qemu() {
    local directory=$cache/qemu unpacked
    unpack_from_suite sid amd64 "$directory" qemu-system-arm qemu-system-data ipxe-qemu || return 1
    unpacked_command "$directory" usr/bin/qemu-system-aarch64
    printf '#!/bin/bash\nexec %s "$@"\n' "${unpacked[*]@Q} -L ${directory@Q}/usr/share/qemu" >"$1"
    chmod +x "$1"
}

# _kernels_boot NAME QEMU CPU: boots the board with kernel_file; one line.
_kernels_boot() {
    local name=$1 qemu=$2 cpu=$3 directory=$build/kernels/${1//\//-} started=$SECONDS status=0 release
    local seconds=${KERNELS_SECONDS:-600}
    mkdir -p "$directory"
    timeout -k 10 "$((seconds + 100))" "$top/demo" exec --quiet --no-build --timeout "$seconds" --log "$directory/serial" --in hardware,control,app \
        --qemu "$qemu" --cpu "$cpu" --kernel "$kernel_file" --modules "$kernel_modules" \
        -- "$_kernels_commands" >"$directory/stdout" 2>"$directory/stderr" || status=$?
    release=$(sed -n 's/^kernel //p' "$directory/stdout" | sort -u)
    if [ "$status" = 0 ] && [ "$(grep -c '^kernel ' "$directory/stdout")" = 3 ] && [ "$(grep -c '^oops 0$' "$directory/stdout")" = 3 ] &&
        [ "$(grep -c '^listed ' "$directory/stdout")" = 3 ] && grep -q '^names 3$' "$directory/stdout" && grep -q '^own id 2$' "$directory/stdout" &&
        { [ "${release%%.*}" -lt 7 ] && [[ ! $release =~ ^6\.1[2-9] ]] || grep -q '^foreign .* : Xen scratch$' "$directory/stdout"; }; then
        report ok "kernels/$name" "Linux $release, $((SECONDS - started)) s"
    else
        report FAILED "kernels/$name" "status $status"
        { tail -n 5 "$directory/stderr"; tail -n 10 "$directory/serial"; } | sed 's/^/    | /'
    fi
}

# _kernels_guests NAME QEMU CPU: the guest tests of the board with one domain.
_kernels_guests() {
    local name=$1 left
    local -a _guests_machine=("$2" -machine "virt,virtualization=on,gic-version=3" -cpu "$3" -smp 1 -m 1024
        -display none -no-reboot -nic none -monitor none -icount "shift=0,sleep=off")
    guests_directory=$build/kernels/${name//\//-}
    _guests_boot "$build/arm64/hypervisor/trefoil" "" alone
    left=$(_guests_results alone | grep -v '^ok')
    # With SME a CPU has FEAT_FGT (Armv9.2), whose trap of TPIDR2_EL0 there is no other for. This one has not.
    if [ "$3" = max ] && [[ $left =~ ^"FAILED hidden_state "[^$'\n']*$ ]] && "$2" --version | grep -q 'version 7\.'; then
        report skipped "kernels/$name: hidden_state" "QEMU 7's max has SME without FEAT_FGT"
        left=
    fi
    if [ -z "$left" ]; then
        report ok "kernels/$name" "$(_guests_results alone | wc -l) tests"
    else
        report FAILED "kernels/$name" "${left//$'\n'/; }"
    fi
}

# _kernels_wanted QEMU [CPU]: is it among what the command line asks for: kernels, kernels/QEMU, kernels/QEMU/CPU?
_kernels_wanted() {
    local word
    for word in "${selection[@]}"; do
        case $word in
        kernels | "kernels/$1" | "kernels/$1/${2:-}") return 0 ;;
        "kernels/$1/"*) [ -n "${2:-}" ] || return 0 ;;
        esac
    done
    return 1
}

# _kernels_on QEMU PROGRAM: every kind of CPU that this QEMU has, with every kernel.
_kernels_on() {
    local qemu=$1 program=$2 cpu suite known
    known=$("$program" -cpu help)
    for cpu in $_kernels_cpus; do
        _kernels_wanted "$qemu" "$cpu" || continue
        if ! grep -qw -- "$cpu" <<<"$known"; then
            report skipped "kernels/$qemu/$cpu" "this QEMU has no such CPU"
            continue
        fi
        _kernels_guests "$qemu/$cpu/guests" "$program" "$cpu"
        for suite in bookworm trixie sid; do
            if kernel_of_suite "$suite"; then
                progress "kernels/$qemu/$cpu/$suite"
                _kernels_boot "$qemu/$cpu/$suite" "$program" "$cpu"
            else
                report skipped "kernels/$qemu/$cpu/$suite" "$suite_failure"
            fi
        done
    done
}

run_kernels() {
    local _guests_peer=0 later=$build/kernels/qemu-system-aarch64
    mkdir -p "$build/kernels"
    if ! "$top/demo" build; then
        report FAILED "kernels: the board builds"
        return
    fi
    _guests_prepare
    if _kernels_wanted installed; then _kernels_on installed qemu-system-aarch64; fi
    _kernels_wanted later || return 0
    if _kernels_qemu "$later"; then
        _kernels_on later "$later"
    else
        report skipped kernels/later "$suite_failure"
    fi
}
