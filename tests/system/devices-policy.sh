# SPDX-License-Identifier: MIT
# Disks and networks under each policy: of the hardware domain all of them let every domain have some. With a disk of another
# guest's the policies differ, and whoever asks for what one forbids is told.
# shellcheck shell=bash disable=SC2154,SC2016

devices_overlay "$system_results/devices-overlay"

for policy in dummy silo split; do
    boot "devices-$policy" --in hardware,control,app --overlay "$system_results/devices-overlay" --append "xsm=$policy" <<'END_OF_COMMANDS'
case $(hostname) in
hardware)
    load llc stp bridge loop xen-blkback xen-netback
    dd if=/dev/zero of=/run/disk.img bs=1M count=4 2>/dev/null
    step devd 'xl devd --bridges'
    within 90 'xenstore-exists /local/domain/2/data/sum'
    step sum 'md5sum </run/disk.img'
    within 120 'xenstore-exists /local/domain/1/data/end'
    step left 'ls /sys/bus/xen-backend/devices; cat /sys/block/loop*/loop/backing_file 2>/dev/null; echo whole'
    ;;
control)
    load xen-blkfront xen-netfront
    within 60 'xenstore-exists /local/domain/0/libxl/devd && xenstore-exists /local/domain/2/libxl/devd'
    step attach 'xl block-attach app /run/disk.img,,xvda && xl network-attach app bridge=br7 && xl network-attach control bridge=br7'
    ip addr add 10.7.0.1/24 dev eth0; ip link set eth0 up
    step ping 'within 60 "ping -c 1 -W 2 10.7.0.2" && echo it answers'
    within 60 'xenstore-exists /local/domain/2/data/sum'
    step grants 'xl debug-keys g && xl dmesg | tail -n 10'
    step detach 'xl block-detach app xvda && xl network-detach app 0 && xl network-detach control 0 && xl block-list app; xl network-list app'
    step other 'xl block-attach control /root/other.img,,xvdb,backend=app'
    step other-use 'within 10 "[ -b /dev/xvdb ]" && dd if=/dev/zero of=/dev/xvdb bs=64k count=16 oflag=direct'
    step other-list 'xl block-list control'
    xl block-detach --force control xvdb
    xenstore-write /local/domain/1/data/end 1
    ;;
app)
    load xen-blkfront xen-netfront loop xen-blkback
    dd if=/dev/zero of=/root/other.img bs=1M count=1 2>/dev/null
    step devd-app 'xl devd'
    within 90 '[ -b /dev/xvda ] && [ -e /sys/class/net/eth0 ]'
    ip addr add 10.7.0.2/24 dev eth0; ip link set eth0 up
    step write 'dd if=/dev/urandom of=/dev/xvda bs=64k oflag=direct 2>&1 | grep records; md5sum </dev/xvda'
    xenstore-write data/sum 1
    ;;
esac
END_OF_COMMANDS
    expect_status "disks and networks of hardware's are attached" attach 0
    if [ -s "$(_of sum)" ] && [ "$(cat "$(_of sum)")" = "$(tail -n 1 "$(_of write)")" ]; then
        _verdict ok "what the guest writes is in the file" write
    else
        _verdict FAILED "what the guest writes is in the file" write
    fi
    expect "two domains on one bridge reach each other" ping '^it answers$'
    expect "what is mapped of others is told by debug key g" grants '^\(trefoil\) hardware: [1-9][0-9]* of 64 frames of grants; at most [1-9][0-9]* mapped of others, [1-9][0-9]* of 160 frames'
    expect_status "they are detached" detach 0
    reject "and gone" detach '^[0-9]'
    expect "of the backends, too" left '^whole$'
    reject "and their loop devices" left 'disk.img|vbd|vif'
    case $policy in
    split)
        expect_status "control gets no disk of a guest's" other 1
        expect "is told why" other "the guest's end of it has failed: .*Operation not permitted; 'xl dmesg' says"
        expect "and by whom" log '^\(trefoil\) denied: control evtchn_alloc_unbound on app: '
        reject "nothing of it stays" other-list '^51728'
        ;;
    *)
        expect_status "control gets a disk of a guest's, too" other 0
        expect_status "and writes it" other-use 0
        reject "nobody is denied anything" log 'denied:'
        ;;
    esac
done
