# SPDX-License-Identifier: MIT
# Many disks of one guest's, all written and read at once with as much in flight as a ring holds, so that Linux's backend keeps the
# 1,056 grants of each mapped. Both domains need more memory for that than the board gives them. Sourced by check.
# shellcheck shell=bash disable=SC2154,SC2016

# _disks_tree COUNT: app's disks are files of the hardware domain's.
_disks_tree() {
    local number suffix=({a..z} a{a..z} b{a..z})
    cat <<'END'
&hardware { memory = <0 0xc0000>; xen,static-mem = <0x0 0x80000000 0x0 0x30000000>; };
&app {
    memory = <0 0x80000>;
    max_grant_frames = <160>;
END
    for ((number = 0; number < $1; number++)); do
        printf '    d%d { compatible = "trefoil,disk"; vdev = "xvd%s"; target = "/run/disk%d"; };\n' "$number" "${suffix[number]}" "$number"
    done
    echo '};'
}

_disks_commands='
disks() { for number in $(seq 0 $((COUNT - 1))); do echo "$number"; done; }
name() { if [ "$1" -lt 26 ]; then prefix=; else prefix=$(echo ab | cut -c $(($1 / 26))); fi; echo "xvd$prefix$(echo abcdefghijklmnopqrstuvwxyz | cut -c $(($1 % 26 + 1)))"; }
case $(hostname) in
hardware)
    load loop xen-blkback
    for number in $(disks); do truncate -s 4M /run/disk$number; done
    step before "grep MemFree /proc/meminfo"
    step devd "xl devd"
    within 600 "xenstore-exists /local/domain/2/data/written"
    step sums "for number in \$(disks); do md5sum </run/disk\$number; done"
    step meanwhile "grep MemFree /proc/meminfo"
    within 600 "xenstore-exists /local/domain/1/data/detached"
    step left "ls /sys/bus/xen-backend/devices; cat /sys/block/loop*/loop/backing_file 2>/dev/null; echo whole"
    xenstore-write /local/domain/1/data/looked 1
    ;;
control)
    step pools "xl info | grep free_memory"
    within 600 "xenstore-exists /local/domain/2/data/read"
    step list "xl block-list app"
    step grants "xl debug-keys g && xl dmesg | tail -n 8"
    step detach "for number in \$(disks); do xl block-detach app \$(name \$number) || echo failed; done; xl block-list app"
    xenstore-write /local/domain/1/data/detached 1
    within 60 "xenstore-exists /local/domain/1/data/looked"
    step destroy "xl destroy app && xl dmesg | tail -n 3"
    ;;
app)
    load xen-blkfront
    there() { [ "$(ls -d /sys/block/xvd* | wc -l)" = "$COUNT" ]; }
    within 120 there
    step there "ls /sys/block; there"
    # Each its own content: the same pattern, turned to begin elsewhere.
    dd if=/dev/urandom of=/pattern bs=1M count=4 2>/dev/null
    content() { { tail -c +$(($1 * 4096 + 1)) /pattern; head -c $(($1 * 4096)) /pattern; } | dd of=/tmp/content$1 bs=4M iflag=fullblock 2>/dev/null; }
    for number in $(disks); do content $number; done
    for number in $(disks); do dd if=/tmp/content$number of=/dev/$(name $number) bs=4M oflag=direct 2>/tmp/error$number & done; wait
    step written "for number in \$(disks); do md5sum </tmp/content\$number; rm /tmp/content\$number; done"
    step errors "cat /tmp/error* | grep -v records; cat /tmp/error* | grep -c \"^1+0 records out\""
    xenstore-write data/written 1
    for number in $(disks); do dd if=/dev/$(name $number) bs=4M iflag=direct 2>/dev/null | md5sum >/tmp/sum$number & done; wait
    step read "for number in \$(disks); do cat /tmp/sum\$number; done"
    xenstore-write data/read 1
    ;;
esac
'

run_disks() {
    local group=disks count=${DISKS:-32} mapped
    system_results=$build/system
    mkdir -p "$system_results"
    if ! "$top/demo" build; then
        report FAILED "disks: the board builds"
        return
    fi
    progress "disks"
    devices_overlay "$system_results/devices-overlay"
    _disks_tree "$count" >"$system_results/disks.dts"
    boot disks --in hardware,control,app --overlay "$system_results/devices-overlay" --memory 3072 --timeout 900 \
        --dtb-add "$system_results/disks.dts" <<<"COUNT=$count$_disks_commands"
    expect_status "the guest has all" there 0
    expect_count "all are connected" list '^[0-9]+ +0 +2 +4 ' "$count"
    expect "all are written" errors "^$count\$"
    if [ "$(sort -u "$(_of written)" | wc -l)" = "$count" ] && cmp -s "$(_of written)" "$(_of sums)" && cmp -s "$(_of written)" "$(_of read)"; then
        _verdict ok "what the guest writes is in each file, and is read again" sums
    else
        _verdict FAILED "what the guest writes is in each file, and is read again" sums
    fi
    mapped=$(sed -n 's/.*hardware: .* at most \([0-9]*\) mapped of others.*/\1/p' "$(_of grants)")
    if [ "${mapped:-0}" -ge $((count * 1000)) ]; then
        _verdict ok "each disk keeps a thousand pages mapped: $mapped" grants
    else
        _verdict FAILED "each disk keeps a thousand pages mapped: ${mapped:-none}" grants
    fi
    expect_status "they are detached" detach 0
    reject "and gone" detach '^[0-9]|failed'
    expect "of the backends, too" left '^whole$'
    reject "and their loop devices" left 'disk|vbd'
    # The pages of the store and of the console are let go when the daemons learn of the end.
    reject "nobody holds more of the guest's pages than those of the store and the console" destroy 'hold ([3-9]|[0-9]{2,}) of'
    expect "it ends" destroy 'app: domain 2 is destroyed'
}
