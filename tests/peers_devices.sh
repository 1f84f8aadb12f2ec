# SPDX-License-Identifier: MIT
# Disks with our tools on Xen: our xl devd and block-attach in dom0 of Debian's Xen 4.17. The guest fills the disk, both ends have the same
# checksum, and after the detach nothing is left. Sourced by check, after peers.sh.
# shellcheck shell=bash disable=SC2154

# In every domain. The guest keeps what it has to say of a disk in that disk's own directory, which is its own on every hypervisor;
# "nothing more" is what must be left of disks in the domain that served them.
_peers_devices_prologue='theirs() { timeout 120 env PATH=$bin:$PATH "$@"; }
ours() { timeout 200 "$@"; }
summed() { within 120 "xenstore-exists /local/domain/$1/device/vbd/51712/sum"; }
use_disks() {
    load xen-blkfront
    for round in "$@"; do
        within 240 "[ -b /dev/xvda ]" || return
        step "guest-$round" "dd if=/dev/urandom of=/dev/xvda bs=64k oflag=direct 2>/dev/null; md5sum </dev/xvda"
        xenstore-write device/vbd/51712/sum 1
        within 120 "[ ! -b /dev/xvda ]"
    done
}
make_disk() {
    load loop xen-blkback
    dd if=/dev/zero of=/run/peer.img bs=1M count=2 2>/dev/null
}
left() {
    cat /sys/block/loop*/loop/backing_file
    ls /sys/bus/xen-backend/devices
    for directory in /local/domain/0/backend/vbd /local/domain/0/error /local/domain/$1/device/vbd /libxl/$1/device/vbd; do
        xenstore-ls -f $directory | grep "/[0-9]"
    done
    true
} 2>/dev/null
all_left() { within 30 "[ -z \"\$(left $1)\" ]"; left $1; echo "nothing more"; }
'

# _expect_disk ROUND WHAT: the guest's sum and the server's are one, and nothing is left.
_expect_disk() {
    local sum
    sum=$(cut -d' ' -f1 "$(_of "guest-$1")" 2>/dev/null)
    expect "$2: the guest has filled it" "guest-$1" '^[0-9a-f]{32}  -$'
    expect "$2: so has what is behind it" "server-$1" "^${sum:-none} "
    expect_status "$2: it is taken away" "detach-$1" 0
    expect_count "$2: with all of it" "left-$1" '' 1
    expect "$2: nothing is left" "left-$1" '^nothing more$'
}

# _peers_devices_on_xen VERSION IMAGE OVERLAY BIN: our daemons and tools in dom0, its init-dom0less.
_peers_devices_on_xen() {
    boot "devices-on-xen-$1" --in hardware,app --timeout 700 --overlay "$3" --hypervisor "$2" \
        --append "console=dtuart dtuart=/pl011@9000000 dom0_mem=512M bootscrub=0" --dtb-add "$top/tests/peers/classic.dts" <<END
bin=/$4
$_peers_devices_prologue
case \$(hostname) in
app) use_disks 1 2 ;;
hardware)
make_disk
step info 'ours xl info'
step introduce 'theirs init-dom0less'
step devd 'ours xl devd'
for round in 1 2; do
step attach-\$round 'ours xl block-attach -t 120 1 /run/peer.img,,xvda && ours xl block-list 1'
summed 1
step detach-\$round 'ours xl block-detach 1 xvda'
step server-\$round 'md5sum /run/peer.img'
step left-\$round 'all_left 1'
done
;;
esac
END
    expect "it is Xen $1" info "^xen_version +: ${1/./\\.}"
    expect_status "our xl devd serves in dom0" devd 0
    expect "our block-attach: both ends connect" attach-1 '^51712 0   1      4 '
    _expect_disk 1 "our block-attach in dom0"
    expect "it is attached once more" attach-2 '^51712 0   1      4 '
    _expect_disk 2 "once more"
}

# run_peers_devices: after run_peers has unpacked what all of them need.
run_peers_devices() {
    if wanted peers devices-on-xen-4.17; then
        devices_overlay "$build/peers/devices"
        cp -a "$peers_overlay/." "$build/peers/devices/"
        _peers_devices_on_xen 4.17 "$peers/boot/xen-4.17-arm64" "$build/peers/devices" "$_peers_bin"
    fi
}
