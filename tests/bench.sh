# SPDX-License-Identifier: MIT
# What an operation costs on Trefoil and on Debian's Xen, both measured now: the bench guest alone on one CPU of QEMU's virt
# machine, where one instruction is one ns of its clock. Sourced by check.
# shellcheck shell=bash

_bench_machine=(qemu-system-aarch64 -machine "virt,virtualization=on,gic-version=3" -cpu cortex-a57 -smp 1 -m 2048
    -display none -no-reboot -nic none -monitor none -icount "shift=0,sleep=off")
_bench_address=0x49000000

# Instructions an operation on Trefoil that docs/design.md promises.
_bench_bounds="hypercall 150
psci_version 150
event_send 300
gicd_read 200
sgi_self 500
timer_busy 190
timer_wfi 500"

# _bench_run HYPERVISOR OPTIONS PROPERTIES: lines "NAME INSTRUCTIONS".
_bench_run() {
    local guest=$build/arm64/guests/bare/bench work size serial
    work=$(mktemp -d)
    serial=$work/serial
    size=$(printf '%#x' "$(stat -c %s "$guest")")
    "${_bench_machine[@]}" -machine dumpdtb="$work/machine.dtb" 2>/dev/null
    {
        dtc -q -I dtb -O dts "$work/machine.dtb"
        cat <<END
/ { chosen {
    #address-cells = <2>;
    #size-cells = <2>;
    xen,xen-bootargs = "$2";
    bench {
        compatible = "xen,domain";
        #address-cells = <2>;
        #size-cells = <2>;
        memory = <0 0x10000>;
        cpus = <1>;
        $3
        kernel@${_bench_address#0x} {
            compatible = "multiboot,kernel", "multiboot,module";
            reg = <0 $_bench_address 0 $size>;
        };
    };
}; };
END
    } | dtc -q -I dts -O dtb -o "$work/board.dtb" 2>/dev/null
    : >"$serial"
    "${_bench_machine[@]}" -serial "file:$serial" -dtb "$work/board.dtb" -kernel "$1" \
        -device "loader,file=$guest,addr=$_bench_address,force-raw=on" </dev/null >/dev/null 2>&1 &
    local qemu=$! tries=0
    until grep -aq 'bench done' "$serial" || [ $((tries += 1)) -gt 300 ] || ! kill -0 "$qemu" 2>/dev/null; do
        sleep 0.2
    done
    kill "$qemu" 2>/dev/null
    wait "$qemu" 2>/dev/null
    tr -d '\r' <"$serial" | sed -n 's/.*bench \([a-z_]*\) \([0-9]*\)$/\1 \2/p'
    rm -rf "$work"
}

# run_bench: the table, and a counted test a row: within its bound.
run_bench() {
    local xen=$sysroot/boot/xen-4.17-arm64 name bound ours theirs
    ensure_unpacked
    build_arm64
    if [ ! -e "$xen" ]; then
        progress "downloading xen-hypervisor-4.17-arm64"
        _unpack xen-hypervisor-4.17-arm64 || progress "Debian's Xen could not be downloaded; its column stays empty"
    fi
    ours=$(_bench_run "$build/arm64/hypervisor/trefoil" "" 'xen,enhanced = "no-xenstore";')
    theirs=
    [ ! -e "$xen" ] || theirs=$(_bench_run "$xen" "console=dtuart dtuart=/pl011@9000000 bootscrub=0 guest_loglvl=all/all" "")
    printf '%-14s %8s %8s %8s %6s\n' instructions bound Trefoil "Xen 4.17" ratio
    while read -r name bound; do
        local mine other ratio=-
        mine=$(sed -n "s/^$name //p" <<<"$ours")
        other=$(sed -n "s/^$name //p" <<<"$theirs")
        [ -z "$mine" ] || [ -z "$other" ] || ratio=$(awk "BEGIN { printf \"%.2f\", $mine / $other }")
        printf '%-14s %8s %8s %8s %6s\n' "$name" "$bound" "${mine:--}" "${other:--}" "$ratio"
        if [ -n "$mine" ] && [ "$mine" -le "$bound" ]; then
            report ok "bench/$name"
        else
            report FAILED "bench/$name" "${mine:-no answer}, at most $bound"
        fi
    done <<<"$_bench_bounds"
    "${SIZE:-aarch64-linux-gnu-size}" "$build/arm64/hypervisor/trefoil.elf"
}
