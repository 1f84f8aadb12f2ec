# SPDX-License-Identifier: MIT
# Disks and networks that the tree declares: nobody types anything, and app has its root on one and answers over the other. What it
# writes is in the machine's file, what it may only read stays as it was, and its data outlives a restart.
# shellcheck shell=bash disable=SC2154,SC2016

boot_options=()
_board_disk_file=$system_results/app.ext4 _board_disk_other=$system_results/other.ext4
rm -f "$_board_disk_file" "$_board_disk_other"
mke2fs -q -t ext4 -L other "$_board_disk_other" 16M >/dev/null
_board_disk_sum=$(sha256sum <"$_board_disk_other")
cat >"$system_results/devices.dts" <<'END_OF_TREE'
&app { other { compatible = "trefoil,disk"; vdev = "xvdb"; target = "LABEL=other"; read-only; }; };
END_OF_TREE
boot board-disk --in app --keep-disk "$_board_disk_file" --drive "$_board_disk_other" --dtb-add "$system_results/devices.dts" <<'END_OF_COMMANDS'
step root 'df /'
step debian 'cat /etc/os-release; bash --version'
step ping 'ping -c 1 -W 60 10.0.2.2'
step write 'dd if=/dev/urandom of=/data bs=1M count=8 oflag=direct && sync && sha256sum </data'
within 60 'test -b /dev/xvdb'
step other 'cat /sys/block/xvdb/ro'
step other-write 'dd if=/dev/zero of=/dev/xvdb bs=4096 count=1 conv=fsync'
step other-read 'sha256sum </dev/xvdb'
END_OF_COMMANDS
expect "its root is on the disk" root '^/dev/xvda .* /$'
expect "which holds a Debian" debian '^ID=debian$'
expect "with a shell" debian '^GNU bash'
expect_status "QEMU's network answers over the bridge" ping 0
expect_status "it writes" write 0
expect "the disk that it may only read says so" other '^1$'
reject "and is not written" other-write '^4096 bytes'
expect "but read" other-read "^${_board_disk_sum%% *} "
# What is still in the journal goes to its place.
e2fsck -fy "$_board_disk_file" >/dev/null 2>&1
if [ "$(debugfs -R 'cat /data' "$_board_disk_file" 2>/dev/null | sha256sum)" = "$(grep -E '^[0-9a-f]{64} ' "$(_of write)")" ]; then
    _verdict ok "what it wrote is in the machine's file" write
else
    _verdict FAILED "what it wrote is in the machine's file" write
fi
if [ "$(sha256sum <"$_board_disk_other")" = "$_board_disk_sum" ]; then
    _verdict ok "the other file is as it was" other-write
else
    _verdict FAILED "the other file is as it was" other-write
fi

boot board-disk-restart --in control <<'END_OF_COMMANDS'
in_app() { printf '%s\n' "$1" | timeout 60 xl console app; }
within 120 'in_app "echo \$((40+2))-up" | grep -q ^42-up'
step before 'in_app "cat /proc/sys/kernel/random/boot_id >/kept; sync; echo kept-\$((40+2))"'
step reboot 'xl reboot -w app'
within 120 'in_app "echo \$((40+2))-up" | grep -q ^42-up'
step after 'in_app "df /; [ \$(cat /kept) = \$(cat /proc/sys/kernel/random/boot_id) ] || wc -c /kept"'
step devices 'xl block-list app; xl network-list app'
END_OF_COMMANDS
expect "it writes" before '^kept-42'
expect_status "it reboots" reboot 0
expect "its root is on the disk again" after '^/dev/xvda .* /'
expect "with what the life before has written" after '^37 /kept'
expect_status "its devices are listed" devices 0

# The daemon that init looks after, killed while it serves a disk out of a file.
boot board-disk-killed --in hardware,control <<'END_OF_COMMANDS'
case $(hostname) in
hardware)
    dd if=/dev/zero of=/run/file.img bs=1M count=1 2>/dev/null
    within 120 'xenstore-exists /local/domain/1/data/attached'
    step loops 'cat /sys/block/loop*/loop/backing_file'
    step again 'before=$(cat /run/xen/devd.pid); kill -9 $before; within 60 "[ \$(cat /run/xen/devd.pid) != $before ] && kill -0 \$(cat /run/xen/devd.pid)" && echo another'
    step same 'cat /sys/block/loop*/loop/backing_file'
    xenstore-write /local/domain/1/data/killed 1
    within 120 'xenstore-exists /local/domain/1/data/end'
    step left 'cat /sys/block/loop*/loop/backing_file; echo looked'
    step messages 'cat /var/log/messages'
    ;;
control)
    in_app() { printf '%s\n' "$1" | timeout 60 xl console app; }
    within 120 'in_app "echo \$((40+2))-up" | grep -q ^42-up'
    within 60 'xl block-attach app /run/file.img,,xvdd'
    xenstore-write data/attached 1
    within 120 'xenstore-exists data/killed'
    step serves 'in_app "dd if=/dev/urandom of=/more bs=1M count=2 oflag=direct && sync && echo written-\$((40+2))"'
    step detach 'xl block-detach app xvdd'
    step restart 'xl restart app'
    within 120 'in_app "echo \$((40+2))-up" | grep -q ^42-up'
    step list 'in_app "df /"'
    xenstore-write data/end 1
    ;;
esac
END_OF_COMMANDS
expect_count "a disk out of a file has a loop device" loops '^/run/file.img$' 1
expect "a daemon killed with -9 is started again" again '^another$'
expect "and the log says so" messages 'devd has ended, and is started again'
expect_count "no loop device is made twice, and none lost" same '^/run/file.img$' 1
expect "the guest's disk goes on" serves '^written-42'
expect_status "what the one before has attached is detached by the next" detach 0
expect "a domain that starts then has its disk" list '^/dev/xvda .* /'
expect "no loop device is left" left '^looked$'
reject "not even one" left 'file.img'
boot_options=(--ram-disk)
