# SPDX-License-Identifier: MIT
# The packages for Debian: made twice to the same bytes, to lintian's liking, and installed, upgraded and purged in a small
# Debian of their own. Sourced by check; only as root, as it changes its root folder.
# shellcheck shell=bash disable=SC2154

# What the packages need is in it, so that nothing is downloaded then.
_packages_root="systemd,man-db,libyajl2,libxml2,libmicrohttpd12,libncursesw6,u-boot-tools"

# _packages_is WHAT COMMAND...
_packages_is() {
    local what=$1
    shift
    if "$@" >"$_packages/said" 2>&1; then
        report ok "packages: $what"
    else
        report FAILED "packages: $what"
        tail -n 15 "$_packages/said" | sed 's/^/    | /'
        return 1
    fi
}

# _inside COMMAND...: in the small Debian, which sees its own processes alone.
_inside() {
    unshare --mount --pid --fork --mount-proc="$_packages/root/proc" chroot "$_packages/root" \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# A Debian without services: what asks for one to be started is told that none is.
_packages_debian() {
    local archive=$cache/packages-root.tar
    if [ "$(cat "$archive.has" 2>/dev/null)" != "$_packages_root" ]; then
        progress "downloading a small Debian for this machine"
        rm -rf "$archive" "$archive.new"
        mmdebstrap --variant=minbase --format=tar --include="$_packages_root" --architectures="$(dpkg --print-architecture),arm64" bookworm "$archive.new" || return 1
        mv "$archive.new" "$archive"
        echo "$_packages_root" >"$archive.has"
    fi
    rm -rf "$_packages/root"
    mkdir -p "$_packages/root"
    tar -xf "$archive" -C "$_packages/root" --exclude='./dev/*'
    mknod -m 666 "$_packages/root/dev/null" c 1 3
    printf '#!/bin/sh\nexit 101\n' >"$_packages/root/usr/sbin/policy-rc.d"
    chmod +x "$_packages/root/usr/sbin/policy-rc.d"
    mkdir "$_packages/root/debs"
    cp "$_packages"/first/*.deb "$_packages/root/debs/"
    rm -f "$_packages"/root/debs/*dbgsym*
}

# All files of it that stay, but for what dpkg, man and systemd keep of their own, and who is a user.
_packages_files() {
    (cd "$_packages/root" && find . \( -path ./proc -o -path ./run -o -path ./debs -o -path ./var/cache -o -path ./var/lib/dpkg -o -path ./var/lib/systemd -o -path ./var/log -o -path ./tmp \) -prune -o -print |
        grep -vE '^\./etc/(passwd|group|shadow|gshadow)-?$' | LC_ALL=C sort)
}

# _packages_lower FILE: the same package as if it were an earlier version, 0.0.
_packages_lower() {
    local folder=$_packages/lower
    rm -rf "$folder"
    dpkg-deb -R "$1" "$folder"
    sed -i 's/^Version: .*/Version: 0.0/; s/(= [^)]*)/(= 0.0)/g' "$folder/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$folder" "$_packages/root/debs/lower_$(basename "$1")"
}

_packages_same() {
    local file differ=0
    for file in "$_packages"/first/*.deb; do
        cmp "$file" "$_packages/second/$(basename "$file")" || differ=1
    done
    return $differ
}

_packages_lintian() {
    local changes complaints=0
    for changes in "$_packages"/first/*.changes; do
        lintian --allow-root --display-info --fail-on error,warning,info "$changes" || complaints=1
    done
    return $complaints
}

# _packages_install PREFIX: those of this machine's architecture, and the hypervisor.
_packages_install() {
    local own
    own=$(dpkg --print-architecture)
    _inside sh -c "dpkg -i --force-confold /debs/$1libxentrefoil0_*_$own.deb /debs/$1trefoil-tools_*_$own.deb /debs/$1trefoil-hypervisor_*_arm64.deb"
}

# The tools, on the hypervisor as a process that the package has.
_packages_twin() {
    dtc -q -i "$top/tests/unit/launch" -I dts -O dtb -o "$_packages/root/tmp/tree.dtb" "$top/tests/unit/launch/base.dts"
    _inside sh -c 'hvtwin -f -s /tmp/twin.sock -l /tmp/serial /tmp/tree.dtb & hypervisor=$!
        for try in $(seq 100); do [ ! -S /tmp/twin.sock ] || break; sleep 0.1; done
        TREFOIL_TRANSPORT=twin:/tmp/twin.sock xl list; status=$?
        kill $hypervisor; exit $status' >"$_packages/listed"
    cat "$_packages/listed"
    grep -q '^control ' "$_packages/listed" && grep -q '^app ' "$_packages/listed"
}

_packages_manual() {
    _inside man xl >"$_packages/manual" && grep -q 'EXIT STATUS' "$_packages/manual"
}

_packages_units() {
    local unit
    for unit in proc-xen.mount xenstored.service xenconsoled.service xendriverdomain.service trefoil-metrics.service; do
        _inside systemd-analyze verify --man=yes "/lib/systemd/system/$unit" || return 1
    done
    [ "$(_inside systemctl is-enabled xenstored xenconsoled xendriverdomain | sort -u)" = enabled ] &&
        _inside sh -c 'id xenstored && id xenconsoled && getent group xen'
}

_packages_settings_kept() {
    grep -q '^# mine$' "$_packages/root/etc/default/trefoil" && [ "$(_inside dpkg-query -W -f '${Version}' trefoil-hypervisor)" != 0.0 ]
}

# The board of tests/make.sh, described in the small Debian as its administrator would.
_packages_board() {
    local folder=$_packages/root/srv/board
    describe_board "$_packages/board"
    mkdir -p "$folder"
    cp -L "$_packages"/board/{Image,ramdisk,greeting,trefoil,machine.dtb,config} "$folder/"
    sed -i 's,^description=.*,description=/srv/board/config,; s,^default=.*,default=yes,' "$_packages/root/etc/default/trefoil"
    _inside update-trefoil && [ "$(readlink "$_packages/root/boot/boot.scr")" = trefoil/boot.scr ] && grep -q '^booti\|booti 0x' "$_packages/root/boot/trefoil/boot.cmd"
}

_packages_boots() {
    rm -rf "$_packages/card"
    mkdir -p "$_packages/card"
    cp -a "$_packages/root/boot" "$_packages/card/"
    boot_card "$_packages" '^Name .* ID' && grep -aq "3 domains launched" "$_packages/serial"
}

# A board that cannot be made leaves the one that is there; a script of somebody else's stays.
_packages_board_stays() {
    local before
    before=$(cat "$_packages"/root/boot/trefoil/* | sha256sum)
    echo 'DOMU_KERNEL[1]="missing"' >>"$_packages/root/srv/board/config"
    ! _inside update-trefoil || return 1
    [ "$before" = "$(cat "$_packages"/root/boot/trefoil/* | sha256sum)" ] || return 1
    sed -i '$d' "$_packages/root/srv/board/config"
    rm "$_packages/root/boot/boot.scr"
    echo theirs >"$_packages/root/boot/boot.scr"
    ! _inside update-trefoil || return 1
    [ "$(cat "$_packages/root/boot/boot.scr")" = theirs ] || return 1
    rm "$_packages/root/boot/boot.scr"
    _inside update-trefoil
}

_packages_purged() {
    _inside dpkg --purge trefoil-hypervisor trefoil-tools libxentrefoil0 || return 1
    rm -rf "$_packages/root/srv/board"
    _packages_files | diff "$_packages/files" -
}

# It is loaded before the address is looked at, which no machine has.
_packages_http() {
    local said
    said=$(_inside xl metrics --listen 192.0.2.1 2>&1)
    grep 'it cannot be listened at' <<<"$said"
}

_packages_screen() {
    local libraries
    libraries=$(_inside ldd /usr/lib/trefoil/xl-terminal.so) && ! grep 'not found' <<<"$libraries" && grep -q libncursesw <<<"$libraries"
}

_packages_in_debian() {
    local file
    _packages_is "a small Debian" _packages_debian || return
    _packages_files >"$_packages/files"
    for file in "$_packages"/first/{libxentrefoil0,trefoil-tools,trefoil-hypervisor}_*.deb; do
        _packages_lower "$file" >/dev/null
    done
    _packages_is "an earlier version is installed" _packages_install lower_ || return
    echo '# mine' >>"$_packages/root/etc/default/trefoil"
    _packages_is "a later one takes its place" _packages_install '' || return
    _packages_is "and keeps what was configured" _packages_settings_kept
    _packages_is "xl --version" _inside xl --version
    _packages_is "xl has its part for XML" _inside xl version --xml
    _packages_is "and that for HTTP" _packages_http
    _packages_is "and that for the screen, with all that it takes" _packages_screen
    _packages_is "xl list on the package's hvtwin" _packages_twin
    _packages_is "man xl" _packages_manual
    _packages_is "units and users" _packages_units
    if _packages_is "update-trefoil makes a board" _packages_board; then
        _packages_is "which U-Boot starts by itself" _packages_boots
        _packages_is "and which stays when another cannot be made" _packages_board_stays
    fi
    _packages_is "purged, they leave nothing" _packages_purged
}

run_packages() {
    local _packages=$build/packages
    # shellcheck disable=SC2086
    ensure_installed $packages_deb $packages_deb_check
    rm -rf "$_packages"
    mkdir -p "$_packages"
    progress "packages"
    _packages_is "./build-deb" "$top/build-deb" --output "$_packages/first" || return
    _packages_is "lintian" _packages_lintian
    progress "the same packages elsewhere"
    _packages_is "./build-deb elsewhere" env TREFOIL_BUILD="$_packages/elsewhere" "$top/build-deb" --output "$_packages/second"
    _packages_is "the same bytes" _packages_same
    if [ "$(id -u)" != 0 ]; then
        report skipped "packages: in a Debian" "that takes root"
        return
    fi
    "$top/demo" build || return
    _packages_in_debian
}
