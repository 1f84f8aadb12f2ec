# SPDX-License-Identifier: MIT
# The Debian packages that Trefoil is built, booted and tested with: the one list of them.
# shellcheck shell=bash

# Installed on this machine: for ./demo, and what ./check needs besides.
packages_demo="gcc make autoconf automake pkg-config cpio gzip device-tree-compiler qemu-system-arm
 gcc-aarch64-linux-gnu binutils-aarch64-linux-gnu libfdt-dev libc6-dev:arm64
 libyajl-dev:arm64 libyajl-dev libxml2-dev libmicrohttpd-dev libncurses-dev:arm64 libncurses-dev ncurses-bin e2fsprogs fakeroot"
packages_check="git libcmocka-dev libxen-dev zlib1g-dev clang-format clang-tidy cppcheck shellcheck clang libclang-rt-dev gcovr python3-jsonschema python3-prometheus-client tmux zsh"

# For ./build-deb, and to see that what it makes is right.
packages_deb="debhelper dpkg-dev libmicrohttpd-dev:arm64 libxml2-dev:arm64"
packages_deb_check="lintian mmdebstrap u-boot-tools"

# Only unpacked, below the cache, never installed: a kernel, and what one Debian system cannot hold for
# two architectures at a time.
packages_unpacked="linux-image-arm64 busybox-static libfdt-dev bash libtinfo6"

# The kernel's modules for Xen that a domain loads, below drivers/xen, in this order.
xen_modules="xen-privcmd xenfs/xenfs xen-evtchn xen-gntdev xen-gntalloc"

# What serving devices takes in the hardware domain, and what a guest takes to have its root on one of them.
hardware_modules="virtio_mmio virtio_blk virtio_net loop xen-blkback xen-netback bridge"
app_modules="xen-blkfront xen-netfront ext4"

# The Debian system on the disk of a guest; what these need comes with them.
packages_disk="base-files base-passwd bash busybox-static coreutils dash findutils grep gzip hostname iproute2 iputils-ping
 mawk mount ncurses-base procps sed tar usr-is-merged util-linux"

# Xen's own tools and hypervisor, for the tests that mix them with ours; laid out apart from what is built with.
packages_peers="xen-hypervisor-4.17-arm64 xen-utils-4.17 xenstore-utils libxencall1 libxendevicemodel1 libxenevtchn1
 libxenforeignmemory1 libxengnttab1 libxenhypfs1 libxenmisc4.17 libxenstore4 libxentoolcore1 libxentoollog1 libc6 libfdt1
 libncurses6 libtinfo6 libuuid1 libyajl2 zlib1g"

# Xen 4.20's, of Debian 13, with the libc they were made for, and what its scripts call that busybox is not enough for.
packages_peers_later="xen-hypervisor-4.20-arm64 xen-utils-4.20 xen-utils-common xenstore-utils libxencall1 libxendevicemodel1
 libxenevtchn1 libxenforeignmemory1 libxengnttab1 libxenhypfs1 libxenmisc4.20 libxenstore4 libxentoolcore1 libxentoollog1 libc6
 libcom-err2 libext2fs2t64 libfdt1 libgcc-s1 libncurses6 libuuid1 libyajl2 zlib1g bash coreutils mount util-linux libpcre2-8-0
 libselinux1 libsmartcols1 libtinfo6"

# What the bench of devices runs in the guests.
packages_iperf="iperf3 libiperf0 libsctp1 libssl3"
packages_http="libmicrohttpd-dev libmicrohttpd12 libgnutls30 libp11-kit0 libidn2-0 libunistring2 libtasn1-6 libnettle8 libhogweed6 libgmp10 libffi8"

sysroot=$cache/arm64
disk_packages=$cache/disk
peers=$cache/peers

# missing_packages LIST...: those of LIST that are not installed. One question for all, as each takes its time.
missing_packages() {
    local package architecture installed
    architecture=$(dpkg --print-architecture)
    installed=" $(dpkg-query -W -f '${Package}:${Architecture}=${db:Status-Status}\n' "${@%%:*}" 2>/dev/null |
        sed -n 's/=installed$//p' | tr '\n' ' ')"
    for package in "$@"; do
        case $package in
        *:*) [[ $installed == *" $package "* ]] || echo "$package" ;;
        *) [[ $installed == *" $package:$architecture "* || $installed == *" $package:all "* ]] || echo "$package" ;;
        esac
    done
}

_has_arm64() {
    dpkg --print-foreign-architectures | grep -qx arm64 || [ "$(dpkg --print-architecture)" = arm64 ]
}

_update_lists() {
    progress "reading the package lists"
    apt-get -qq update >"$cache/apt.log" 2>&1 || progress "the package lists could not all be read; going on"
}

_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@" >"$cache/apt.log" 2>&1 </dev/null
}

# ensure_installed LIST...: installs what is missing as root, else says how and ends with status 2.
ensure_installed() {
    local missing
    missing=$(missing_packages "$@" | tr '\n' ' ')
    missing=${missing% }
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        local architecture=
        _has_arm64 || architecture='dpkg --add-architecture arm64 && '
        die 2 "packages are missing; as root: ${architecture}apt-get update && apt-get install --no-install-recommends $missing"
    fi
    mkdir -p "$cache"
    _has_arm64 || { dpkg --add-architecture arm64; _update_lists; }
    progress "installing $missing"
    # shellcheck disable=SC2086
    _install $missing || { _update_lists; _install $missing; } || {
        tail -n 5 "$cache/apt.log" >&2
        die 2 "apt-get could not install: $missing"
    }
}

# _unpack NAME: downloads one arm64 package, if it is not among those of app's disk, and lays it out in the sysroot. The mark is written last, so an
# interrupted run starts this package over.
_unpack() {
    local name=$1 package=$1 directory
    if [ "$name" = linux-image-arm64 ]; then
        package=$(apt-cache depends linux-image-arm64:arm64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[^:]*\).*/\1/p' | head -n 1)
    fi
    [ -n "$package" ] || return 1
    directory=$(mktemp -d "$cache/fetch.XXXXXX")
    if cp "$disk_packages/${package}"_*.deb "$directory/" 2>/dev/null || (cd "$directory" && apt-get -qq -o APT::Sandbox::User=root download "$package:arm64" >"$cache/apt.log" 2>&1); then
        dpkg -x "$directory"/*.deb "$sysroot" && echo "$package" >"$sysroot/.have/$name"
    fi
    rm -rf "$directory"
    [ -e "$sysroot/.have/$name" ]
}

# ensure_unpacked: everything of packages_unpacked lies in the sysroot.
ensure_unpacked() {
    local name
    mkdir -p "$sysroot/.have"
    exec 8>"$cache/lock"
    flock 8
    for name in $packages_unpacked; do
        [ -e "$sysroot/.have/$name" ] && continue
        progress "downloading $name for arm64"
        _unpack "$name" || { [ "$(id -u)" = 0 ] && _update_lists && _unpack "$name"; } || {
            tail -n 5 "$cache/apt.log" >&2
            die 2 "$name:arm64 could not be downloaded"
        }
    done
    exec 8>&-
}

# ensure_disk_packages: everything of packages_disk, and what it needs, lies as files of arm64 packages in disk_packages.
ensure_disk_packages() {
    [ "$(cat "$disk_packages/.have" 2>/dev/null)" != "$packages_disk" ] || return 0
    exec 8>"$cache/lock"
    flock 8
    rm -rf "$disk_packages"
    mkdir -p "$disk_packages/partial"
    progress "downloading a small Debian for arm64"
    _download_disk_packages || { [ "$(id -u)" = 0 ] && _update_lists && _download_disk_packages; } || {
        tail -n 5 "$cache/apt.log" >&2
        die 2 "the packages of app's disk could not be downloaded; --ram-disk does without"
    }
    echo "$packages_disk" >"$disk_packages/.have"
    exec 8>&-
}

# As for an empty arm64 machine: nothing of what is installed here counts.
_download_disk_packages() {
    : >"$disk_packages/.status"
    # shellcheck disable=SC2086
    apt-get -qq -y -o Debug::NoLocking=1 -o Dir::State::status="$disk_packages/.status" -o Dir::Cache::archives="$disk_packages" \
        -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o APT::Sandbox::User=root \
        --no-install-recommends --download-only install $packages_disk >"$cache/apt.log" 2>&1 </dev/null
}

# unpack_into DIRECTORY NAME...: arm64 packages lie in DIRECTORY; false if one cannot be had.
unpack_into() {
    local name sysroot=$1
    mkdir -p "$sysroot/.have"
    for name in "${@:2}"; do
        [ -e "$sysroot/.have/$name" ] && continue
        progress "downloading $name for arm64"
        _unpack "$name" || { [ "$(id -u)" = 0 ] && _update_lists && _unpack "$name"; } || return 1
    done
}

# unpack_peers: everything of packages_peers lies in the directory peers; false if it cannot be had.
unpack_peers() {
    # shellcheck disable=SC2086
    unpack_into "$peers" $packages_peers
}

kernel_image() {
    echo "$sysroot/boot/vmlinuz-$(kernel_release)"
}

kernel_release() {
    sed 's/^linux-image-//' "$sysroot/.have/linux-image-arm64"
}
