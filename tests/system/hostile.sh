# SPDX-License-Identifier: MIT
# A guest with bad frontends (guests/bare/hostile) on two disks and a network of the hardware domain's: it puts into the rings and into
# the store what it likes, is started again, begins once more, and is ended amid that. It hurts itself alone: all the time control writes
# a disk of its own, reads it back and is answered over the same bridge, and nothing is left of the other.
# shellcheck shell=bash disable=SC2154,SC2016

_hostile_address=0x4f000000
_hostile_guest=$build/arm64/guests/bare/hostile.bin
devices_overlay "$system_results/devices-overlay"
cat >"$system_results/hostile.dts" <<END_OF_TREE
/* One domain less to boot. */
/delete-node/ &app;
&control {
    disk { compatible = "trefoil,disk"; vdev = "xvda"; target = "/run/control.img"; };
    lan { compatible = "trefoil,network"; bridge = "br7"; };
};
/ { chosen { hostile {
    DOMAIN;
    domid = <3>;
    cpus = <1>;
    memory = <0 0x4000>;
    xen,enhanced = "enabled";
    kernel {
        compatible = "multiboot,kernel", "multiboot,module";
        reg = <0 $_hostile_address 0 $(printf '%#x' "$(stat -c %s "$_hostile_guest")")>;
    };
    disk { compatible = "trefoil,disk"; vdev = "xvda"; target = "/run/hostile.img"; };
    fixed { compatible = "trefoil,disk"; vdev = "xvdb"; target = "/run/read-only.img"; read-only; };
    lan0 { compatible = "trefoil,network"; bridge = "br7"; };
    lan1 { compatible = "trefoil,network"; bridge = "br7"; };
    lan2 { compatible = "trefoil,network"; bridge = "br7"; };
    lan3 { compatible = "trefoil,network"; bridge = "br7"; };
    lan4 { compatible = "trefoil,network"; bridge = "br7"; };
}; }; };
END_OF_TREE

# Who has come how far stands in control's and in hostile's data. What is held is looked at when hostile is through, and when it is gone.
boot hostile --in hardware,control --overlay "$system_results/devices-overlay" --dtb-add "$system_results/hostile.dts" \
    --load "$_hostile_guest@$_hostile_address" <<'END_OF_COMMANDS'
case $(hostname) in
hardware)
    load llc stp bridge loop xen-blkback xen-netback
    { printf 'hostile disk'; cat /dev/zero; } | head -c 4194304 >/run/hostile.img
    { printf 'hostile disk'; head -c 1000000 /dev/urandom; } >/run/read-only.img
    dd if=/dev/zero of=/run/control.img bs=1M count=4 2>/dev/null
    sum=$(md5sum </run/read-only.img)
    xl devd --bridges --pidfile /run/devd.pid
    devd=$(cat /run/devd.pid)
    within 60 'ip addr add 10.7.0.1/24 dev br7'
    ticks() { awk '{ print $14 + $15 }' /proc/$devd/stat; }
    held() {
        echo loops $(cat /sys/block/loop*/loop/backing_file | sort)
        echo backends $(ls /sys/bus/xen-backend/devices)
        awk '$1 == "VmRSS:" { print "resident", $2 }' /proc/$devd/status
        echo descriptors $(ls /proc/$devd/fd | wc -l)
    }
    within 120 'xenstore-exists /local/domain/3/data/over'
    step first held
    step quiet 'before=$(ticks); sleep 2; [ $(($(ticks) - before)) -lt 40 ] && echo quiet'
    xenstore-write /local/domain/1/data/first 1
    within 120 'xenstore-exists /local/domain/1/data/ended'
    within 30 '[ -z "$(ls -d /sys/bus/xen-backend/devices/*-3-*)$(xenstore-list /local/domain/0/backend/vbd/3)" ]'
    step left held
    step store 'xenstore-ls -f | grep -E "^/local/domain/3|^/local/domain/0/backend/v../3|^/libxl/3"; xenstore-control check'
    step fixed '[ "$(md5sum </run/read-only.img)" = "$sum" ] && echo the same'
    step alive 'kill -0 $devd && xl list -v'
    step kernel 'dmesg | grep -E "Oops|Internal error|kernel BUG|Unable to handle"; echo looked'
    xenstore-write /local/domain/1/data/enough 1
    ;;
control)
    load xen-blkfront xen-netfront
    within 90 '[ -b /dev/xvda ] && [ -e /sys/class/net/eth0 ]'
    ip addr add 10.7.0.2/24 dev eth0; ip link set eth0 up
    head -c 1048576 /dev/urandom >/tmp/mb
    # One round more when all is over.
    serve() {
        enough=no
        while [ $enough = no ]; do
            [ ! -e /tmp/enough ] || enough=yes
            dd if=/tmp/mb of=/dev/xvda bs=64k oflag=direct 2>/dev/null && dd if=/dev/xvda bs=64k count=16 iflag=direct 2>/dev/null | cmp - /tmp/mb && echo "round $enough"
            ping -c 1 -W 20 10.7.0.1 >/dev/null && echo "answer $enough"
            sleep 0.5
        done
    }
    (serve >/tmp/served 2>&1; touch /tmp/over) &
    within 150 'xenstore-exists data/first'
    step list 'xl block-list hostile; xl network-list hostile'
    step restart 'xl restart hostile'
    within 120 'xenstore-exists /local/domain/3/data/begun'
    step before 'xl block-list hostile'
    step destroy 'xl destroy hostile && xl list'
    xenstore-write data/ended 1
    within 60 'xenstore-exists data/enough'
    touch /tmp/enough
    within 60 '[ -e /tmp/over ]'
    step served 'cat /tmp/served'
    ;;
esac
END_OF_COMMANDS

# _hostile_grew KEY SLACK WHAT: what is left is at most so much more than what there was when the guest was through.
_hostile_grew() {
    local first left
    first=$(awk -v key="$1" '$1 == key { print $2 }' "$(_of first)")
    left=$(awk -v key="$1" '$1 == key { print $2 }' "$(_of left)")
    if [ -n "$first" ] && [ -n "$left" ] && [ $((left - first)) -le "$2" ]; then
        _verdict ok "$3" left
    else
        _verdict FAILED "$3" left
    fi
}

while read -r _hostile_attack; do
    expect "$_hostile_attack: the backend bears it, and what came before" log "^\(hostile\) hostile $_hostile_attack ok\$"
done < <(sed -n 's/^ATTACK(\([a-z_]*\),.*/\1/p' "$top/guests/bare/hostile/attacks.def")
reject "none does more, in both lives" log '^\(hostile\) hostile .*FAILED'
expect_count "it comes to its end" log '^\(hostile\) hostile is through$' 1
reject "the other domain's disk is whole all the time" served 'differ|error'
expect "it is served all the time" served '^round no$'
expect "and after that" served '^round yes$'
expect "so is its network" served '^answer no$'
expect "and after that" served '^answer yes$'
expect "the daemon rests when nothing happens" quiet '^quiet$'
expect "it holds one loop device for each disk that is left" first '^loops /run/control.img /run/read-only.img$'
expect_count "the guest starts again with its devices" before '^(51712|51728) +0 +3 ' 2
expect_status "the guest starts again" restart 0
expect_status "and is ended" destroy 0
reject "then it is gone" destroy '^hostile '
expect "and its loop devices are" left '^loops /run/control.img$'
_hostile_grew resident 256 "the daemon has no more memory"
_hostile_grew descriptors 0 "nor descriptors"
expect "and the kernel's part" left '^backends vbd-1-51712 vif-1-0$'
reject "and its nodes" store '^/local/domain/|^/libxl'
expect "the store's accounts are right" store ', 0 accounts wrong$'
expect "what it may only read is as it was" fixed '^the same$'
expect_status "the daemon is the one that it was" alive 0
expect "the hardware domain's kernel" kernel '^looked$'
reject "complains of nothing" kernel 'Oops|error|BUG|Unable'
reject "nor does the hypervisor" log 'exception in the hypervisor|panic|hostile gives up'
