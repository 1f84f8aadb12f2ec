# SPDX-License-Identifier: MIT
# Disks between Xen's tools and ours: Xen 4.20's xl devd and block-attach, with its own block script, on Trefoil, and our xl devd and
# block-attach in dom0 of Debian's Xen 4.17 and 4.20. In each pair a guest fills the disk, both ends have the same checksum, and after
# the detach nothing is left. Sourced by check, after peers.sh.
# shellcheck shell=bash disable=SC2154

_peers_later=$cache/peers-4.20
_peers_later_bin=usr/lib/xen-4.20/bin

# _needed_libraries FILE...: the names of the shared libraries, and of the loader, that ELF files ask for.
_needed_libraries() {
    aarch64-linux-gnu-readelf -d -l "$@" 2>/dev/null |
        sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p; s/.*program interpreter: .*\/\(.*\)\]/\1/p' | sort -u
}

# _add_later_libraries ROOT PROGRAM...: what programs below ROOT, and in turn these libraries, need, out of Debian 13.
_add_later_libraries() {
    local root=$1 directory=$1/lib/aarch64-linux-gnu name file added=yes
    shift
    mkdir -p "$directory"
    while [ "$added" = yes ]; do
        added=no
        while read -r name; do
            [ -e "$directory/$name" ] && continue
            file=$(find "$_peers_later/usr/lib/aarch64-linux-gnu" -name "$name" -print -quit)
            [ -n "$file" ] || { echo "no package of Debian 13 named in packages_peers_later has $name" >&2; return 1; }
            cp -L "$file" "$directory/$name"
            added=yes
        done < <(_needed_libraries "${@/#/$root/}" "$directory"/*)
    done
}

# _peers_later_overlay DIRECTORY: Xen 4.20's tools and scripts beside ours, with Debian 13's shell and what else busybox cannot do for its
# scripts, and the libc of these, with which ours work, too.
_peers_later_overlay() {
    local to=$1 name programs=(bin/bash)
    devices_overlay "$to"
    mkdir -p "$to/$_peers_later_bin" "$to/bin" "$to/usr/bin" "$to/usr/sbin" "$to/etc/xen" "$to/var"
    for name in xl xentop xenstored xenconsoled xenconsole xenstore-control libxl-save-helper init-dom0less; do
        cp "$_peers_later/$_peers_later_bin/$name" "$to/$_peers_later_bin/"
        programs+=("$_peers_later_bin/$name")
    done
    for name in exists list ls read rm write; do
        cp "$_peers_later/usr/bin/xenstore-$name" "$to/$_peers_later_bin/"
    done
    for name in bin/flock bin/stat sbin/losetup; do
        cp "$_peers_later/usr/$name" "$to/usr/$name"
        programs+=("usr/$name")
    done
    cp "$_peers_later/usr/bin/bash" "$to/bin/"
    cp -a "$_peers_later/etc/xen/scripts" "$to/etc/xen/"
    : >"$to/etc/xen/xl.conf"
    ln -s /run/lock "$to/var/lock"
    # Looked for by name when a thread is to end.
    install -D -m 644 "$(find "$_peers_later/usr/lib/aarch64-linux-gnu" -name libgcc_s.so.1 -print -quit)" "$to/lib/aarch64-linux-gnu/libgcc_s.so.1"
    _add_later_libraries "$to" "${programs[@]}"
}

# In every domain. The guest keeps what it has to say of a disk in that disk's own directory, which is its own on every hypervisor;
# "nothing more" is what must be left of disks in the domain that served them. Looks are far apart: Xen's block script starts some
# fifty programs, and is ended if it is not over in time.
_peers_devices_prologue='within() { tries=$(($1 / 2)); shift; while ! eval "$*" >/dev/null 2>&1; do tries=$((tries - 1)); [ $tries -gt 0 ] || return 1; sleep 2; done; }
theirs() { timeout 120 env PATH=$bin:$PATH "$@"; }
ours() { timeout 200 "$@"; }
summed() { within 120 "xenstore-exists /local/domain/$1/device/vbd/51712/sum"; }
use_disks() {
    load xen-blkfront
    for round in "$@"; do
        within 120 "[ ! -b /dev/xvda ]"
        within 240 "[ -b /dev/xvda ]" || return
        step "guest-$round" "dd if=/dev/urandom of=/dev/xvda bs=64k oflag=direct 2>/dev/null; md5sum </dev/xvda"
        xenstore-write device/vbd/51712/sum 1
    done
}
make_disk() {
    load loop xen-blkback
    dd if=/dev/zero of=/run/peer.img bs=1M count=2 2>/dev/null
}
left_in() {
    cat /sys/block/loop*/loop/backing_file
    ls /sys/bus/xen-backend/devices
    for directory in "$@"; do
        xenstore-ls -f $directory | grep "/[0-9]"
    done
    true
} 2>/dev/null
look_left() { within 30 "[ -z \"\$(left_in $*)\" ]"; left_in "$@"; echo "nothing more"; }
backend_left() { look_left /local/domain/0/backend/vbd /local/domain/0/error; }
all_left() { look_left /local/domain/0/backend/vbd /local/domain/0/error /local/domain/$1/device/vbd /libxl/$1/device/vbd; }
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

# _peers_devices_on_xen VERSION IMAGE OVERLAY BIN [OPTION...]: our daemons and tools in dom0, its init-dom0less.
_peers_devices_on_xen() {
    boot "devices-on-xen-$1" --in hardware,app --timeout 700 --overlay "$3" --hypervisor "$2" \
        --append "console=dtuart dtuart=/pl011@9000000 dom0_mem=512M bootscrub=0" --dtb-add "$top/tests/peers/classic.dts" \
        --dtb-add "$top/tests/peers/devices.dts" "${@:5}" <<END
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

# Xen 4.20's own in both roles: its block-attach in control with our xl devd in the hardware domain, then its xl devd with its block script,
# with ours and with its own block-attach.
_peers_devices_on_trefoil() {
    boot devices-on-trefoil --in control,hardware,app --timeout 700 --overlay "$later_overlay" --dtb-add "$top/tests/peers/devices.dts" <<END
bin=/$_peers_later_bin
$_peers_devices_prologue
case \$(hostname) in
app) use_disks 1 2 3 ;;
hardware)
make_disk
phase() { within 240 "xenstore-exists /local/domain/1/data/\$1"; }
# serve_disk ROUND LEFT
serve_disk() {
phase \$1
step server-\$1 'md5sum /run/peer.img'
step left-\$1 "\$2 2"
xenstore-write /local/domain/0/data/looked \$1
}
step our-devd 'ours xl devd -p /run/our-devd.pid'
xenstore-write /local/domain/0/data/serves ours
serve_disk 1 all_left
kill \$(cat /run/our-devd.pid)
within 30 '[ ! -e /run/our-devd.pid ]'
step their-devd 'theirs xl devd -p /run/their-devd.pid && within 30 "kill -0 \\\$(cat /run/their-devd.pid)"'
xenstore-write /local/domain/0/data/serves theirs
serve_disk 2 all_left
serve_disk 3 backend_left
step their-log 'cat /var/log/xen/xldevd.log /var/log/xen/xen-hotplug.log'
;;
control)
served() { within 120 "xenstore-read /local/domain/0/data/serves | grep \$1"; }
# use_disk ROUND DETACH...: the guest has used it, it is taken away, and the hardware domain has seen what is left of it.
use_disk() {
summed 2
step detach-\$1 "\$2"
xenstore-write /local/domain/1/data/\$1 1
within 120 "xenstore-read /local/domain/0/data/looked | grep \$1"
}
served ours
step without 'theirs xl block-attach app /run/peer.img,,xvda,backend=hardware,script=block'
step userdata '$_peers_stubs'
step attach-1 'theirs xl block-attach app /run/peer.img,,xvda,backend=hardware,script=block && ours xl block-list app'
use_disk 1 'theirs xl block-detach app xvda'
served theirs
step attach-2 'ours xl block-attach -t 100 app /run/peer.img,,xvda && ours xl block-list app'
use_disk 2 'ours xl block-detach app xvda'
step attach-3 'theirs xl block-attach app /run/peer.img,,xvda,backend=hardware,script=block && theirs xl block-list app'
use_disk 3 'theirs xl block-detach app xvda'
;;
esac
END
    expect "without the domain's userdata its block-attach says so" without 'error'
    expect_status "with it, its block-attach works with our xl devd" attach-1 0
    _expect_disk 1 "its block-attach, our xl devd"
    expect_status "Xen 4.20's xl devd starts" their-devd 0
    expect "our block-attach, its xl devd: both ends connect" attach-2 '^51712 0   2      4 '
    _expect_disk 2 "our block-attach, its xl devd"
    expect_status "its block-attach works with its xl devd" attach-3 0
    _expect_disk 3 "its block-attach, its xl devd"
}

# run_peers_devices: after run_peers has unpacked what all of them need.
run_peers_devices() {
    local later_overlay=$build/peers/later-tools
    if wanted peers devices-on-xen-4.17; then
        devices_overlay "$build/peers/devices"
        cp -a "$peers_overlay/." "$build/peers/devices/"
        _peers_devices_on_xen 4.17 "$peers/boot/xen-4.17-arm64" "$build/peers/devices" "$_peers_bin"
    fi
    wanted peers tools-4.20-on-trefoil || wanted peers daemons-4.20-on-trefoil || wanted peers xl.cfg || wanted peers tools-on-xen-4.20 ||
        wanted peers devices-on-trefoil || wanted peers devices-on-xen-4.20 || return 0
    # shellcheck disable=SC2086
    if ! unpack_alone_from_suite trixie arm64 "$_peers_later" $packages_peers_later; then
        report skipped peers/4.20 "$suite_failure"
        return
    fi
    if ! _peers_later_overlay "$later_overlay"; then
        report FAILED "peers/4.20: its tools are laid out"
        return
    fi
    if wanted peers xl.cfg; then _peers_xl_cfg; fi
    if wanted peers tools-4.20-on-trefoil; then _peers_tools_later_on_trefoil; fi
    if wanted peers daemons-4.20-on-trefoil; then
        _peers_daemons_on_trefoil daemons-4.20-on-trefoil 4.20 "$later_overlay" "$_peers_later_bin"
    fi
    if wanted peers devices-on-trefoil; then _peers_devices_on_trefoil; fi
    # This Xen does not see dom0's kernel behind that of a guest if the two are one.
    cp "$(kernel_image)" "$build/peers/kernel-of-app"
    printf '&app_kernel { KERNEL_FILE("%s"); };\n' "$build/peers/kernel-of-app" >"$build/peers/kernel-of-app.dts"
    if wanted peers devices-on-xen-4.20; then
        _peers_devices_on_xen 4.20 "$_peers_later/boot/xen-4.20-arm64" "$later_overlay" "$_peers_later_bin" --dtb-add "$build/peers/kernel-of-app.dts"
    fi
    if wanted peers tools-on-xen-4.20; then
        _peers_tools_on_xen tools-on-xen-4.20 4.20 "$_peers_later/boot/xen-4.20-arm64" "$later_overlay" \
            --dtb-add "$top/tests/peers/devices.dts" --dtb-add "$build/peers/kernel-of-app.dts"
    fi
}
