# SPDX-License-Identifier: MIT
# Disks and networks at run time: attached from control, served by xl devd in hardware out of a file and a bridge, used by app.
# The daemon and the store are killed under load, a disk is taken away under load, the guest starts again.
# shellcheck shell=bash disable=SC2154,SC2016

devices_overlay "$system_results/devices-overlay"

# Who has come how far stands in app's and control's data, which all three may read or write.
boot devices --in hardware,control,app --overlay "$system_results/devices-overlay" <<'END_OF_COMMANDS'
case $(hostname) in
hardware)
    load llc stp bridge loop xen-blkback xen-netback
    dd if=/dev/zero of=/run/disk.img bs=1M count=8 2>/dev/null
    dd if=/dev/zero of=/run/other.img bs=1M count=1 2>/dev/null
    touch /run/unsupervised/devd /run/unsupervised/xenstored
    step devd 'xl devd --bridges --pidfile /run/devd.pid && kill -0 $(cat /run/devd.pid)'
    step second 'xl devd'
    within 60 'xenstore-exists /local/domain/2/data/sum'
    step sum 'md5sum </run/disk.img'
    xenstore-write /local/domain/2/data/summed 1
    within 90 'xenstore-exists /local/domain/2/data/loaded'
    kill -9 $(cat /run/devd.pid)
    step killed 'xl devd --bridges --pidfile /run/devd.pid'
    step store 'kill -9 $(pidof xenstored); xenstored && within 30 "xenstore-exists /local/domain/0/name"'
    xenstore-write /local/domain/2/data/killed 1
    within 240 'xenstore-exists /local/domain/1/data/end'
    step daemon 'cat /var/log/xen/devd.log'
    step whole 'head -c 1048576 /run/disk.img | md5sum'
    step left 'ls /sys/bus/xen-backend/devices; cat /sys/block/loop*/loop/backing_file; echo whole'
    ;;
control)
    load xen-netfront
    within 60 'xenstore-exists /local/domain/0/libxl/devd'
    within 60 'xenstore-exists /local/domain/2/data/ready'
    step attach 'xl block-attach app /run/disk.img,,xvda && xl block-attach app vdev=xvdb,access=ro,target=/run/other.img'
    step network 'xl network-attach app bridge=br7 && xl network-attach control bridge=br7 mac=00:16:3e:00:00:07'
    step refused 'xl block-attach app /run/none,,xvdc; xl block-attach app /run/third.img,,xvda; xl block-attach control /run/disk.img,,xvda; xl block-attach app /run/none; xl block-attach nobody /a,,xvda'
    step list 'xl block-list app; xl network-list app; xl list -l app'
    ip addr add 10.7.0.1/24 dev eth0; ip link set eth0 up
    within 60 'xenstore-exists /local/domain/2/data/sum'
    step top 'xl top -b -n -x -i 2 -d 1'
    step ping 'within 20 "ping -c 1 -W 2 10.7.0.2" && echo it answers'
    within 60 'xenstore-exists /local/domain/2/data/kept'
    step detach 'xl block-detach app xvda && xl block-list app'
    within 60 'xenstore-exists /local/domain/2/data/gone'
    step again 'xl block-attach app /run/disk.img,,xvda && xl block-list app'
    within 60 'xenstore-exists /local/domain/2/data/busy'
    step force 'xl block-detach --force app xvda && xl block-list app'
    within 60 'xenstore-exists /local/domain/2/data/end'
    step last 'xl block-attach app /run/disk.img,,xvdc'
    # It goes on when its command has ended.
    within 60 'xenstore-exists /local/domain/2/data/end-of-it' && xenstore-rm /local/domain/2/data/writes
    within 60 'xenstore-exists /local/domain/2/data/writes'
    step written 'xenstore-read /local/domain/2/data/written'
    step restart 'xl restart app && xl block-list app'
    within 30 '[ -z "$(xenstore-list /local/domain/0/backend/vbd/2)" ]'
    step nothing 'xenstore-ls -f /local/domain/0/backend'
    xenstore-write /local/domain/1/data/end 1
    ;;
app)
    load xen-blkfront xen-netfront
    xenstore-write data/ready 1
    # In its second life it gets none, and has nothing more to say.
    within 150 '[ -b /dev/xvda ] && [ -b /dev/xvdb ] && [ -e /sys/class/net/eth0 ]'
    ip addr add 10.7.0.2/24 dev eth0; ip link set eth0 up
    step write 'dd if=/dev/urandom of=/dev/xvda bs=64k oflag=direct 2>&1 | grep records; md5sum </dev/xvda'
    step read-only 'dd if=/dev/zero of=/dev/xvdb bs=4k count=1 oflag=direct'
    xenstore-write data/sum 1
    within 60 'xenstore-exists data/summed'
    # The same bytes over and over, each round read back whole, while the daemon dies.
    head -c 1048576 /dev/urandom >/tmp/mb
    (while [ ! -e /tmp/enough ]; do
        dd if=/tmp/mb of=/dev/xvda bs=64k oflag=direct 2>/dev/null && dd if=/dev/xvda bs=64k count=16 iflag=direct 2>/dev/null | cmp - /tmp/mb && echo round
    done >>/tmp/rounds 2>&1; touch /tmp/over) &
    within 60 'grep -q round /tmp/rounds'
    xenstore-write data/loaded 1
    within 90 'xenstore-exists data/killed'
    : >/tmp/rounds; within 60 'grep -q round /tmp/rounds'; touch /tmp/enough; within 60 '[ -e /tmp/over ]'
    step rounds 'cat /tmp/rounds'
    # A reader that goes on until it meets an error. On one CPU, and without a scheduler, whose requests another thread puts on the
    # ring: one that is about to be put there as Linux's blkfront stops its queues stays for ever, and the guest never lets go of the disk.
    echo 0 >/sys/devices/system/cpu/cpu1/online
    echo none >/sys/block/xvda/queue/scheduler
    busy() { while dd if=/dev/xvda of=/dev/null bs=64k iflag=direct 2>/dev/null; do :; done; }
    busy &
    xenstore-write data/kept 1
    within 60 '[ ! -b /dev/xvda ] || [ "$(cat /sys/block/xvda/size)" = 0 ]'
    xenstore-write data/gone 1
    within 60 '[ -b /dev/xvda ] && [ "$(cat /sys/block/xvda/size)" = 16384 ]'
    echo none >/sys/block/xvda/queue/scheduler
    step kept 'dd if=/dev/xvda bs=64k count=16 iflag=direct 2>/dev/null | cmp - /tmp/mb && echo the same'
    busy &
    xenstore-write data/busy 1
    within 60 '[ ! -b /dev/xvda ] || [ "$(cat /sys/block/xvda/size)" = 0 ]'
    step alive 'echo still here; cat /proc/loadavg'
    xenstore-write data/end 1
    # The same bytes over and over, until its end.
    within 60 '[ -b /dev/xvdc ]'
    dd if=/tmp/mb of=/dev/xvdc bs=64k oflag=direct 2>/dev/null
    xenstore-write data/written "$(md5sum </tmp/mb)"
    (while dd if=/tmp/mb of=/dev/xvdc bs=64k oflag=direct; do xenstore-write data/writes yes; done >/dev/null 2>&1 </dev/null &)
    within 60 'xenstore-exists data/writes'
    xenstore-write data/end-of-it 1
    ;;
esac
END_OF_COMMANDS
expect_status "xl devd goes to the background when it serves" devd 0
expect "there is one only" second '^There is an xl devd in this domain already'
expect_status "disks are attached" attach 0
expect_status "so are networks, to control too" network 0
expect "a target that is not there is refused by the daemon" refused 'domain 0 cannot serve it: /run/none: No such file'
expect "a name that is taken is" refused '^xvda of app \(domain 2\) is there already'
expect "a target that another writes is" refused '^/run/disk.img is in use as xvda of app'
expect "half a specification is" refused 'has no vdev'
expect "a domain that is not there is" refused "no domain named 'nobody'"
expect_count "xl block-list" list '^(51712|51728) +0 +2 +4 +[0-9]+ +[0-9]+ +/local/domain/0/backend/vbd/2/' 2
expect "xl network-list" list '^0 +0 +00:16:3e:.* 0 +4 '
expect "xl top has what the guest has written: 8 MiB, 16384 sectors, and more" top '^VBD BlkBack 51712 \[ca: 0\]  OO: .* WSECT: +(1[6-9]|[2-9][0-9]|[1-9][0-9]{2,})[0-9]{3}$'
expect "and what it could not" top '^VBD BlkBack 51728 \[ca:10\]  OO: .* WSECT: +0$'
expect_count "and traffic of both networks, twice" top '^Net0 RX: +[1-9][0-9]*bytes +[1-9][0-9]*pkts ' 4
expect "xl list -l has the disks" list '"pdev_path": "/run/other.img"'
if [ -s "$(_of sum)" ] && [ "$(cat "$(_of sum)")" = "$(tail -n 1 "$(_of write)")" ]; then
    _verdict ok "what the guest writes is in the file" write
else
    _verdict FAILED "what the guest writes is in the file" write
fi
expect "a read-only disk is not written" read-only 'Operation not permitted|Read-only|I/O error|Permission denied'
expect "two guests on one bridge reach each other" ping '^it answers$'
expect_status "kill -9 of the daemon under load: a new one starts" killed 0
expect "it goes on with what there is" daemon 'vbd/2/51712: served already'
expect_status "kill -9 of xenstored under load: a new one answers" store 0
expect "the daemon finds it" daemon 'the connection to xenstored is gone'
expect "the guest's data was whole all the time" rounds '^round$'
reject "and no error came" rounds 'error|differ'
expect_status "a disk is detached under load" detach 0
reject "xl block-list has it no more" detach '^51712 '
expect_status "and attached again" again 0
expect "with its data" kept '^the same$'
expect_status "it is taken away by force under load" force 0
expect "the guest lives on" alive '^still here$'
expect_status "the guest starts again while it writes" restart 0
if [ -s "$(_of whole)" ] && [ "$(cat "$(_of whole)")" = "$(cat "$(_of written)")" ]; then
    _verdict ok "and what it had written is whole" whole
else
    _verdict FAILED "and what it had written is whole" whole
fi
reject "nothing of its devices is left in the store" nothing 'vbd/2/|vif/2/'
expect "nor in the kernel" left '^whole$'
reject "no loop device either" left 'disk.img|other.img|vbd-2|vif-2'
