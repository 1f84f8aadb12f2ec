# SPDX-License-Identifier: MIT
# What a guest's disk and network do, measured by the same programs in the same guest: on Trefoil, on Debian's Xen 4.17 with the same
# kernel as dom0, and, for the limit, on QEMU's machine without a hypervisor. All in one run, taking turns; of the rounds
# each row has the best, as a loaded machine only ever adds. Instructions are counted by a plugin of QEMU's. DEVICES_CPU: another kind
# of CPU than the boards'. Sourced by check.
# shellcheck shell=bash disable=SC2154

# ROW, and of Trefoil's figure at most (<) or at least (>) so much of Xen's, and of plain QEMU's; -: not compared.
_devices_bounds="read_4k < 0.6 2
read_1m > 1.5 -
write_1m > 1.5 -
ping < 0.6 -
to_hardware > 1.5 -
from_hardware > 1.5 -"
# Instructions at EL2 for a read of 4 KiB, and for a packet, of which a ping's round trip has two.
_devices_instructions="read_4k 5500
packet 3700"

# From `xl restart` of a guest with two busy disks and a busy network to its first instruction.
_devices_restart_bound=1000 # ms

_devices_scratch_mib=64
_devices_cpu=${DEVICES_CPU:-cortex-a57}

# In every guest that measures; DISK is the disk.
_devices_measure='
export LD_LIBRARY_PATH=/bench/lib
echo 0 0 >/proc/sys/net/ipv4/ping_group_range
tries=0; until [ -b "$DISK" ] || [ $((tries += 1)) -gt 600 ]; do sleep 0.1; done
/bench/measure disk "$DISK" $TIME
[ -n "$NET" ] || exit 0
ip address add 10.9.0.2/24 dev eth0
tries=0; until ping -c 1 -W 1 10.9.0.1 >/dev/null 2>&1 || [ $((tries += 1)) -gt 60 ]; do sleep 0.2; done
/bench/measure ping 10.9.0.1 $TIME
[ $NET = all ] || exit 0
rate() {
    name=$1
    shift
    /bench/iperf3 -c 10.9.0.1 -J -t $((TIME / 1000)) "$@" |
        awk -v name=$name "/\"sum_received\"/ { seen = 1 } seen && /bits_per_second/ { gsub(/[^0-9.e+]/, \"\", \$2); printf \"%s %.0f 1\n\", name, \$2; exit }"
}
rate to_hardware
rate from_hardware -R
'

# In the domain that serves it; on Xen, where nothing of the tree is served, with what our xl devd served from the tree attached by hand.
_devices_serve='
export LD_LIBRARY_PATH=/bench/lib
if [ -x /usr/lib/xen-4.17/bin/init-dom0less ]; then
    LD_LIBRARY_PATH= /usr/lib/xen-4.17/bin/init-dom0less
    xl network-attach 1 bridge=xenbr0
    xl block-attach 1 LABEL=app-root,,xvda,w
    xl block-attach 1 /dev/vda,,xvdb,w
fi
ip address add 10.9.0.1/24 dev xenbr0
setsid /bench/iperf3 -s >/dev/null 2>&1 </dev/null &
'

_devices_restart='within() { tries=0; until eval "$1" || [ $((tries += 1)) -gt 600 ]; do sleep 0.2; done; }
case $(hostname) in
control)
    within "xenstore-exists /local/domain/2/data/busy"
    xl restart app >&2
    within "xenstore-exists /local/domain/2/data/busy"
    xenstore-write /local/domain/2/data/over 1
    xl dmesg | sed -n "s/.*app: started again after \([0-9]*\) ms.*/\1/p"
    ;;
app)
    for disk in xvda xvdb; do (while dd if=/dev/$disk of=/dev/null bs=64k iflag=direct; do :; done >/dev/null 2>&1 </dev/null &); done
    (ping -A 10.0.2.2 >/dev/null 2>&1 </dev/null &)
    sleep 1
    /bench/xenstore-write data/busy 1
    within "/bench/xenstore-exists data/over"
    ;;
esac
'

_devices_commands() {
    printf "case \$(hostname) in\nhardware)%s;;\napp) DISK=/dev/xvdb TIME=%s NET=%s\n%s;;\nesac\n" "$_devices_serve" "$1" "$2" "$_devices_measure"
}

# Two more files for every root: what measures, and iperf3 with its libraries.
_devices_overlay() {
    local file
    mkdir -p "$1/bench/lib"
    aarch64-linux-gnu-gcc -static -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -o "$1/bench/measure" "$top/tests/devices/measure.c" || return
    # shellcheck disable=SC2086
    unpack_into "$cache/iperf" $packages_iperf || return
    cp "$cache/iperf/usr/bin/iperf3" "$build/arm64/xenstore-clients/xenstore-exists" "$build/arm64/xenstore-clients/xenstore-write" "$1/bench/"
    while read -r file; do
        cp -L "$file" "$1/bench/lib/"
    done < <(find "$cache/iperf/usr/lib/aarch64-linux-gnu" -name 'lib*.so.[0-9]*')
}

# _devices_on_trefoil TIME NET OPTIONS-OF-DEMO...
_devices_on_trefoil() {
    "$top/demo" exec --quiet --no-build --cpu "$_devices_cpu" --in hardware,app --timeout 400 --overlay "$_devices_work/overlay" --drive "$_devices_work/scratch" \
        --dtb-add "$top/tests/devices/second_disk.dts" "${@:3}" -- "$(_devices_commands "$1" "$2")" 2>>"$_devices_work/messages"
}

# The same with Xen, whose board is the peers' one.
_devices_on_xen() {
    "$top/demo" exec --quiet --no-build --cpu "$_devices_cpu" --in hardware,app --timeout 400 --overlay "$_devices_work/overlay-xen" --drive "$_devices_work/scratch" \
        --hypervisor "$peers/boot/xen-4.17-arm64" --append "console=dtuart dtuart=/pl011@9000000 dom0_mem=512M dom0_max_vcpus=1 bootscrub=0" \
        --dtb-add "$top/tests/peers/classic.dts" "${@:3}" -- "$(_devices_commands "$1" "$2")" 2>>"$_devices_work/messages"
}

# The guest as QEMU's machine itself, with the same kernel, and its disks by virtio.
_devices_plain() {
    local root=$_devices_work/plain token=plain-app tries=0
    rm -rf "$root"
    mkdir -p "$root/lib/modules" "$root/overlay/etc/trefoil/exec"
    # shellcheck disable=SC2086
    add_modules "$sysroot/lib/modules/$(kernel_release)" "$root/lib/modules" app.list virtio_mmio virtio_blk virtio_net ext4
    cp -a "$_devices_work/overlay/." "$root/overlay/"
    cp "$top/guests/linux/exec" "$root/overlay/etc/trefoil/exec/run"
    echo $token >"$root/overlay/etc/trefoil/exec/token"
    printf 'DISK=/dev/vda TIME=%s NET=\n%s' "$1" "$_devices_measure" >"$root/overlay/etc/trefoil/exec/command"
    archive "$root" "$root.cpio.gz"
    cat "$build/board/starting.cpio.gz" "$root.cpio.gz" >"$root.initramfs"
    : >"$root.serial"
    qemu-system-aarch64 -machine virt,gic-version=3 -cpu "$_devices_cpu" -smp 2 -m 256 -display none -no-reboot -nic none -monitor none \
        -serial "file:$root.serial" -kernel "$(kernel_image)" -initrd "$root.initramfs" \
        -append "console=ttyAMA0 rdinit=/init root=/dev/vdb nr_cpus=1 cma=0 loglevel=4 panic=1 trefoil.role=app" \
        -drive "file=$build/board/app.ext4,snapshot=on,if=none,format=raw,id=root" -device virtio-blk-device,drive=root \
        -drive "file=$_devices_work/scratch,if=none,format=raw,id=scratch" -device virtio-blk-device,drive=scratch \
        -netdev user,id=lan -device virtio-net-device,netdev=lan </dev/null >>"$_devices_work/messages" 2>&1 &
    until grep -aq "@@$token end" "$root.serial" || [ $((tries += 1)) -gt 1000 ] || ! kill -0 $! 2>/dev/null; do sleep 0.2; done
    kill $! 2>/dev/null
    wait $! 2>/dev/null
    tr -d '\r' <"$root.serial" | sed -n "s/^@@$token 1 [0-9]* //p" | base64 -d 2>/dev/null
}

# _devices_rows: reads lines "WHERE ROW VALUE COUNT" of all rounds; prints a verdict, a name and a text for each row.
_devices_rows() {
    awk -v bounds="$_devices_bounds" '
        function better(row, a, b) { return way[row] == "<" ? a < b : a > b }
        function compared(row, with, bound,   ratio) {
            if (bound == "-" || !((with, row) in best)) return ""
            ratio = best["trefoil", row] / best[with, row]
            if (!better(row, ratio, bound + 0) && ratio != bound) bad = 1
            return sprintf("; %s %s: %.2f of it (at %s %s)", with, shown(row, best[with, row]), ratio, way[row] == "<" ? "most" : "least", bound)
        }
        function shown(row, value) {
            if (row ~ /hardware$/) return sprintf("%.0f Mbit/s", value / 1e6)
            return row ~ /1m$/ ? sprintf("%.0f MB/s", value / 1e6) : sprintf("%.0f us", value / 1000)
        }
        BEGIN { rows = split(bounds, line, "\n"); for (i = 1; i <= rows; i++) { split(line[i], f, " "); name[i] = f[1]; way[f[1]] = f[2]; xen[f[1]] = f[3]; plain[f[1]] = f[4] } }
        $2 in way && (!(($1, $2) in best) || better($2, $3, best[$1, $2])) { best[$1, $2] = $3 }
        END {
            for (i = 1; i <= rows; i++) {
                row = name[i]; bad = 0
                if (!(("trefoil", row) in best)) { print "FAILED", "bench/devices/" row, "no answer"; continue }
                text = shown(row, best["trefoil", row]) compared(row, "xen", xen[row]) compared(row, "plain", plain[row])
                if (!(("xen", row) in best) || plain[row] != "-" && !(("plain", row) in best)) { bad = 1; text = text "; a peer gave no answer" }
                print bad ? "FAILED" : "ok", "bench/devices/" row, text
            }
        }'
}

# _devices_counted WHERE START END COMMAND...: lines "WHERE ROW NUMBER", instructions between the addresses a request, of a disk's
# first row and of a ping.
_devices_counted() {
    local where=$1 start=$2 end=$3 qemu directory=$_devices_work/counting
    shift 3
    qemu=$(command -v qemu-system-aarch64)
    mkdir -p "$directory"
    cat >"$directory/qemu-system-aarch64" <<END
#!/bin/sh
case "\$*" in *dumpdtb*) exec "$qemu" "\$@" ;; esac
exec "$qemu" "\$@" -plugin "$_devices_work/count.so,start=$start,end=$end" 2>"$directory/stretches"
END
    chmod +x "$directory/qemu-system-aarch64"
    PATH=$directory:$PATH "$@" >"$directory/rows"
    awk -v where="$where" '
        FNR == NR { inside[FNR] = $5; next }
        $1 ~ /^(read_4k|read_1m|write_1m|ping)$/ { stretch++ }
        $1 == "read_4k" { printf "%s read_4k %d\n", where, inside[stretch] / $3 }
        $1 == "ping" { printf "%s packet %d\n", where, inside[stretch] / $3 / 2 }
    ' <(grep '^stretch' "$directory/stretches") "$directory/rows"
}

# The machine has one CPU then, whose instructions are its clock.
_devices_instruction_rows() {
    local row bound mine theirs
    gcc -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -o "$_devices_work/count.so" "$top/tests/devices/count.c" || return
    # The hypervisor's code is at its load address there, and Xen's at 2 MiB of its own addresses.
    {
        _devices_counted trefoil 0x40200000 0x40300000 _devices_on_trefoil 500 ping --icount
        _devices_counted xen 0x200000 0x400000 _devices_on_xen 500 ping --icount
    } >"$_devices_work/counts"
    while read -r row bound; do
        mine=$(sed -n "s/^trefoil $row //p" "$_devices_work/counts")
        theirs=$(sed -n "s/^xen $row //p" "$_devices_work/counts")
        report "$([ "${mine:-$((bound + 1))}" -le "$bound" ] && echo ok || echo FAILED)" "bench/devices/el2_$row" \
            "${mine:-no} instructions at EL2 (at most $bound), Xen ${theirs:--}"
    done <<<"$_devices_instructions"
}

_devices_restart_row() {
    local round took best=
    for round in $(seq "${DEVICES_ROUNDS:-2}"); do
        took=$("$top/demo" exec --quiet --no-build --cpu "$_devices_cpu" --in control,app --timeout 200 --overlay "$_devices_work/overlay" --drive "$_devices_work/scratch" \
            --dtb-add "$top/tests/devices/second_disk.dts" -- "$_devices_restart" 2>>"$_devices_work/messages")
        [ -z "$took" ] || [ "${best:-$took}" -lt "$took" ] || best=$took
    done
    report "$([ "${best:-9999}" -le "$_devices_restart_bound" ] && echo ok || echo FAILED)" "bench/devices/restart_busy" \
        "${best:-no} ms (at most $_devices_restart_bound)"
}

run_bench_devices() {
    local _devices_work round verdict name text
    if ! unpack_peers || ! "$top/demo" build; then
        report FAILED bench/devices "the board or Xen's packages cannot be had"
        return
    fi
    _devices_work=$(mktemp -d)
    mkdir -p "$_devices_work/overlay-xen"
    if ! _devices_overlay "$_devices_work/overlay"; then
        report FAILED bench/devices "iperf3 for arm64 cannot be had, or measure.c does not build"
        rm -rf "$_devices_work"
        return
    fi
    _peers_overlay "$_devices_work/overlay-xen"
    rm -rf "$_devices_work/overlay-xen/lib/modules"
    cp -a "$_devices_work/overlay/." "$_devices_work/overlay-xen/"
    truncate -s "${_devices_scratch_mib}M" "$_devices_work/scratch"
    for round in $(seq "${DEVICES_ROUNDS:-2}"); do
        progress "devices, round $round"
        _devices_on_trefoil 3000 all | sed 's/^/trefoil /'
        _devices_on_xen 3000 all | sed 's/^/xen /'
        _devices_plain 3000 | sed 's/^/plain /'
    done >"$_devices_work/rounds"
    while read -r verdict name text; do
        report "$verdict" "$name" "$text"
    done < <(_devices_rows <"$_devices_work/rounds")
    progress "devices, restarts of a busy guest"
    _devices_restart_row
    progress "devices, instructions"
    _devices_instruction_rows
    [ -z "${DEVICES_KEEP:-}" ] || cp -r "$_devices_work" "$DEVICES_KEEP"
    rm -rf "$_devices_work"
}
