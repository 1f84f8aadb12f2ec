# SPDX-License-Identifier: MIT
# What an operation costs on Trefoil and on Debian's Xen, both measured now: the bench guest alone on one CPU of QEMU's virt
# machine, where one instruction is one ns of its clock. Sourced by check.
# shellcheck shell=bash

_bench_machine=(qemu-system-aarch64 -machine "virt,virtualization=on,gic-version=3" -cpu cortex-a57 -smp 1 -m 2048
    -display none -no-reboot -nic none -monitor none -icount "shift=0,sleep=off")
_bench_address=0x49000000

# Instructions an operation on Trefoil that docs/design.md promises.
_bench_bounds="hypercall 120
psci_version 118
event_send 220
counters_read 1950
gicd_read 160
sgi_self 200
timer_busy 96
timer_wfi 300"

# Batched hypercalls, each at its largest: how long interrupts stay masked.
_bench_masked_bound=20000
_bench_masked="decrease populate grant_frame grant_setup physmap_batch grant_map grant_unmap grant_copy multicall console_write
readconsole set_way evtchn_reset cache_flush"

# _bench_tree MACHINE.dtb SIZE OPTIONS PROPERTIES COUNT MIB: COUNT domains of MIB MiB, all with the one module.
_bench_tree() {
    local number
    dtc -q -I dtb -O dts "$1"
    echo "/ { chosen { #address-cells = <2>; #size-cells = <2>; xen,xen-bootargs = \"$3\";"
    for number in $(seq "$5"); do
        cat <<END
    bench$number {
        compatible = "xen,domain";
        #address-cells = <2>;
        #size-cells = <2>;
        memory = <0 $(($6 * 1024))>;
        cpus = <1>;
        $4
        kernel@${_bench_address#0x} {
            compatible = "multiboot,kernel", "multiboot,module";
            reg = <0 $_bench_address 0 $2>;
        };
    };
END
    done
    echo "}; };"
}

# _bench_boot_tree GUEST HYPERVISOR COUNT TREE...: what came over the serial line once COUNT guests are done. The command TREE with
# the machine's own tree and the guest's size prints the board's; _bench_more has further options of QEMU.
_bench_boot_tree() {
    local guest=$build/arm64/guests/bare/$1 hypervisor=$2 count=$3 work serial
    shift 3
    work=$(mktemp -d)
    serial=$work/serial
    "${_bench_machine[@]}" "${_bench_more[@]}" -machine dumpdtb="$work/machine.dtb" 2>/dev/null
    "$1" "$work/machine.dtb" "$(printf '%#x' "$(stat -c %s "$guest")")" "${@:2}" |
        dtc -q -I dts -O dtb -o "$work/board.dtb" 2>/dev/null
    : >"$serial"
    "${_bench_machine[@]}" "${_bench_more[@]}" -serial "file:$serial" -dtb "$work/board.dtb" -kernel "$hypervisor" \
        -device "loader,file=$guest,addr=$_bench_address,force-raw=on" </dev/null >/dev/null 2>&1 &
    local qemu=$! tries=0
    until [ "$(grep -ac 'bench done' "$serial")" -ge "$count" ] || [ $((tries += 1)) -gt 300 ] || ! kill -0 "$qemu" 2>/dev/null; do
        sleep 0.2
    done
    kill "$qemu" 2>/dev/null
    wait "$qemu" 2>/dev/null
    tr -d '\r' <"$serial"
    rm -rf "$work"
}
_bench_more=()

# _bench_run GUEST HYPERVISOR OPTIONS PROPERTIES [COUNT MIB]: the same for COUNT equal guests.
_bench_run() {
    _bench_boot_tree "$1" "$2" "${5:-1}" _bench_tree "$3" "$4" "${5:-1}" "${6:-64}"
}

_bench_figures() {
    sed -n 's/.*bench \([a-z_]*\) \([0-9]*\)$/\1 \2/p'
}

_xen_options="console=dtuart dtuart=/pl011@9000000 bootscrub=0 guest_loglvl=all/all"
_plain='xen,enhanced = "no-xenstore";'

# _boot_row COUNT MIB BOUND XEN: millions of instructions from reset to the first instruction of the first and of the last guest,
# what of that was scrubbing, and what it took besides, for which docs/design.md promises BOUND; Xen (which does not scrub with bootscrub=0) beside it.
_boot_row() {
    local ours theirs='' row besides
    ours=$(_bench_run boot "$build/arm64/hypervisor/trefoil" "" "$_plain" "$1" "$2")
    [ ! -e "$4" ] || theirs=$(_bench_run boot "$4" "$_xen_options" "" "$1" "$2")
    row=$({
        sed -n 's/.*scrubbed [0-9]* MiB in \([0-9]*\) us.*/scrub \1/p' <<<"$ours"
        _bench_figures <<<"$ours" | sed 's/^first/ours/'
        _bench_figures <<<"$theirs" | sed 's/^first/theirs/'
    } | awk -v count="$1" -v mib="$2" '
        function add(who, value) { if (!(who in low) || value < low[who]) low[who] = value; if (value > high[who]) high[who] = value }
        $1 == "scrub" { scrub = $2 / 1000 }
        $1 == "ours" || $1 == "theirs" { add($1, $2 / 1000000) }
        END {
            printf "%7d %5d %9.2f %9.2f %9.2f %9.2f ", count, mib, low["ours"], high["ours"], scrub, high["ours"] - scrub
            printf "%9.2f %9.2f\n", low["theirs"], high["theirs"]
        }')
    echo "$row"
    besides=$(awk '{ print $6 }' <<<"$row")
    if awk "BEGIN { exit !($besides > 0 && $besides <= $3) }"; then
        report ok "bench/boot-$1x$2"
    else
        report FAILED "bench/boot-$1x$2" "$besides million besides scrubbing, at most $3 wanted"
    fi
}

_bench_boot() {
    printf 'reset to first instruction, millions\n%7s %5s %9s %9s %9s %9s %9s %9s\n' \
        domains MiB first last scrubbing besides "Xen first" last
    _boot_row 1 64 0.50 "$1"
    _boot_row 2 64 0.60 "$1"
    _boot_row 4 64 0.80 "$1"
    _boot_row 1 256 0.50 "$1"
    _boot_row 1 512 0.50 "$1"
}

# ns from an event to the vcpu that it wakes, one that used little, beside two hogs on the same CPU: the longest of 36.
_bench_wake_bound=1000000

_bench_wake() {
    _bench_run wake "$1" "" "$_plain" 3 64 | _bench_figures
}

# The same on two CPUs, which each of the hogs has nearly for itself: thousandths of its time that it waits for one, the larger figure.
_bench_hog_bound=100

_bench_wake_on_two() {
    _bench_more=(-smp 2)
    _bench_wake "$1" | awk '$1 == "hog_waits" && $2 + 0 >= most { most = $2; seen = 1 }
        $1 == "wake_beside_hogs" { print "wake_two_cpus", $2 }
        END { if (seen) print "hog_two_cpus", most }'
    _bench_more=()
}

# Instructions that counting takes each time: as many as a counter has at least.
_bench_counting() {
    local names
    names=$(sed -n 's/^VCPU_COUNTER(\([a-z_]*\),.*/\1/p' "$top/include/xen/counters.def")
    "${OBJDUMP:-aarch64-linux-gnu-objdump}" -d --no-show-raw-insn "$1" |
        awk -v "first=$(sed -n 's/^#define VCPU_COUNTERS //p' "$build/arm64/hypervisor/arch/arm64/offsets.h")" \
            -v "count=$(wc -l <<<"$names")" -v "atomic=$(($(grep -nx upcalls <<<"$names" | cut -d: -f1) - 1))" -f "$top/tests/bench_counting.awk"
}

# What stays of the code at EL2, and what is gone after boot; bytes, without what pads them to whole pages.
_bench_text_bounds=".text $((150 * 1024))
.boot $((44 * 1024))"

_bench_text() {
    local section bound bytes
    while read -r section bound; do
        bytes=$("${SIZE:-aarch64-linux-gnu-size}" -A "$1" | awk -v section="$section" '$1 == section { print $2 }')
        printf '%-14s %8s %8s\n' "bytes of $section" "$bound" "${bytes:--}"
        if [ "${bytes:-$((bound + 1))}" -le "$bound" ]; then
            report ok "bench/text$section"
        else
            report FAILED "bench/text$section" "${bytes:-unknown}, at most $bound"
        fi
    done <<<"$_bench_text_bounds"
}

# Memory that is the hypervisor's besides kept modules, in KiB, when the board with three domains has booted on 4 GiB.
_bench_memory() {
    local kib bound=8192
    kib=$("$top/demo" exec --quiet --timeout 900 --memory 4096 -- 'xl dmesg' 2>/dev/null |
        sed -n "s/.*memory: \([0-9]*\) KiB are the hypervisor's: .*/\1/p")
    printf '%-14s %8s %8s\n' "KiB of memory" "$bound" "${kib:--}"
    if [ "${kib:-$((bound + 1))}" -le "$bound" ]; then
        report ok bench/memory
    else
        report FAILED bench/memory "${kib:-unknown}, at most $bound"
    fi
}

# A domain of 128 MiB comes again: instructions in ns, until it runs, and of the longest turn that this takes of a CPU.
_bench_restart_bounds="restart 45000000
restart_turn 200000"

_bench_restart() {
    "$top/demo" exec --quiet --ram-disk --icount --timeout 600 -- 'xl restart app >/dev/null; xl dmesg' 2>/dev/null |
        sed -n 's/.*app: started again after \([0-9]*\) ms, in [0-9]* turns of at most \([0-9]*\) us.*/restart \1000000\nrestart_turn \2000/p'
}

# _bench_rows OURS THEIRS: a row and a counted test for each "NAME BOUND" of standard input.
_bench_rows() {
    local name bound mine other ratio
    while read -r name bound; do
        ratio=-
        mine=$(sed -n "s/^$name //p" <<<"$1")
        other=$(sed -n "s/^$name //p" <<<"$2")
        [ -z "$mine" ] || [ -z "$other" ] || ratio=$(awk "BEGIN { printf \"%.2f\", $mine / ($other + ($other == 0)) }")
        printf '%-20s %8s %8s %8s %6s\n' "$name" "$bound" "${mine:--}" "${other:--}" "$ratio"
        if [ -n "$mine" ] && [ "$mine" -le "$bound" ]; then
            report ok "bench/$name"
        else
            report FAILED "bench/$name" "${mine:-no answer}, at most $bound"
        fi
    done
}

# run_bench: the table, and a counted test a row: within its bound.
run_bench() {
    local xen=$sysroot/boot/xen-4.17-arm64 name ours theirs
    ensure_unpacked
    build_arm64
    if [ ! -e "$xen" ]; then
        progress "downloading xen-hypervisor-4.17-arm64"
        _unpack xen-hypervisor-4.17-arm64 || progress "Debian's Xen could not be downloaded; its column stays empty"
    fi
    ours=$(_bench_run bench "$build/arm64/hypervisor/trefoil" "" "$_plain capabilities = <1>;" | _bench_figures)
    theirs=
    [ ! -e "$xen" ] || theirs=$(_bench_run bench "$xen" "$_xen_options" "" | _bench_figures)
    printf '%-20s %8s %8s %8s %6s\n' instructions bound Trefoil "Xen 4.17" ratio
    _bench_rows "$ours" "$theirs" < <(
        echo "$_bench_bounds"
        for name in $_bench_masked; do echo "masked_$name $_bench_masked_bound"; done
    )
    ours=$(_bench_pairs "$build/arm64/hypervisor/trefoil" 0)
    theirs=
    [ ! -e "$xen" ] || theirs=$(_bench_pairs "$xen" 1)
    _bench_rows "$ours" "$theirs" <<<"$_bench_pair_bounds"
    _bench_rows "$(_bench_wake "$build/arm64/hypervisor/trefoil")" "" <<<"wake_beside_hogs $_bench_wake_bound"
    _bench_rows "$(_bench_wake_on_two "$build/arm64/hypervisor/trefoil")" "" <<<"wake_two_cpus $_bench_wake_bound
hog_two_cpus $_bench_hog_bound"
    _bench_rows "$(_bench_restart)" "" <<<"$_bench_restart_bounds"
    _bench_rows "$(_bench_counting "$build/arm64/hypervisor/trefoil.elf")" "" <<<"counting 3"
    _bench_boot "$xen"
    _bench_text "$build/arm64/hypervisor/trefoil.elf"
    _bench_memory
}
