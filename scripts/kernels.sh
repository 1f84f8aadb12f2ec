# SPDX-License-Identifier: MIT
# Debian's kernels for the domains of a board: the one of this machine's suite, and those of others, each unpacked below the cache. Needs
# common.sh, packages.sh and suites.sh.
# shellcheck shell=bash

kernels=$cache/kernels

# own_suite: the name of the Debian release that this machine runs.
own_suite() {
    sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

# _kernel_unpack SUITE: what linux-image-arm64 stands for there. The file .whole comes last, so an interrupted run goes on.
_kernel_unpack() {
    local directory=$kernels/$1 image packages
    suite_depends "$1" arm64 linux-image-arm64 || return 1
    image=$(grep -m 1 '^linux-image-' <<<"$suite_dependencies") || { suite_failure="$1 has no linux-image-arm64"; return 1; }
    # Since the one after trixie the image is in a package of its own, and so are the modules.
    suite_depends "$1" arm64 "$image" || return 1
    packages=$(grep -E '^linux-(binary|modules)-' <<<"$suite_dependencies")
    # shellcheck disable=SC2086
    unpack_alone_from_suite "$1" arm64 "$directory" "$image" $packages && : >"$directory/.whole"
}

# kernel_of_suite SUITE: sets kernel_file to the arm64 kernel of a Debian suite and kernel_modules to the directory of its modules, after
# downloading what is not there; without a suite to this machine's own, which ensure_unpacked has fetched. False if it cannot be had;
# suite_failure says why.
kernel_of_suite() {
    local directory=$kernels/$1
    suite_failure=
    if [ -z "$1" ] || [ "$1" = "$(own_suite)" ]; then
        kernel_file=$(kernel_image) kernel_modules=$sysroot/lib/modules/$(kernel_release)
        return
    fi
    [ -e "$directory/.whole" ] || _kernel_unpack "$1" || return 1
    kernel_file=$(find "$directory" \( -path '*/boot/vmlinuz-*' -o -path '*/modules/*/vmlinuz' \) -print -quit)
    kernel_modules=$(find "$directory" -type d -path '*/modules/*' -name kernel -printf '%h\n' -quit)
    [ -n "$kernel_file" ] && [ -n "$kernel_modules" ] || { suite_failure="there is no kernel with modules in $directory"; return 1; }
}
