# SPDX-License-Identifier: MIT
# Configures and builds out of the tree, doing nothing where nothing changed.
# shellcheck shell=bash

# The generated build system belongs to the source tree; make keeps it current once it is there.
_generate() {
    [ -e "$top/configure" ] && [ -e "$top/Makefile.in" ] && [ -e "$top/build-aux/depcomp" ] && return 0
    progress "generating the build system"
    (cd "$top" && logged "$build/autoreconf.log" autoreconf -fi) || die 1 "autoreconf failed"
}

# Make does not see that flags are others than those that what is there was built with.
_forget_other_flags() {
    local flags
    flags=$(make -s -C "$1" print-flags 2>/dev/null | tail -n 1)
    [ "$flags" != "$(cat "$1/flags" 2>/dev/null)" ] || return 0
    make -s -C "$1" clean >/dev/null 2>&1 || true
    echo "$flags" >"$1/flags"
}

# How many seconds a build is silent.
build_silence=20

# _tell_of LOG WHAT: says now and then how far make is, until it is ended or who called it has.
_tell_of() {
    local seconds=0
    while sleep 1 && kill -0 $$ 2>/dev/null; do
        seconds=$((seconds + 1))
        [ $((seconds % build_silence)) != 0 ] || progress "building $2: $(grep -c '^  CC ' "$1") files are compiled"
    done
}

# _make DIRECTORY WHAT: what the Makefile there makes. The lock is not the teller's.
_make() {
    local teller made=yes
    _tell_of "$1/make.log" "$2" 9>&- &
    teller=$!
    logged "$1/make.log" make -j"$(nproc)" -k -C "$1" all || made=no
    kill "$teller" 2>/dev/null || true
    wait "$teller" 2>/dev/null || true
    [ $made = yes ]
}

# _build NAME CONFIGURE-ARGUMENTS...
_build() {
    local directory=$build/$1 what=$1
    shift
    mkdir -p "$directory"
    exec 9>"$build/lock"
    flock 9
    _generate
    if [ ! -e "$directory/Makefile" ]; then
        progress "configuring $what"
        (cd "$directory" && logged "$directory/configure.out" "$top/configure" -q "$@") ||
            die 1 "configuring $what failed; see $directory/config.log"
    fi
    _forget_other_flags "$directory"
    if ! make -q -C "$directory" all >/dev/null 2>&1; then
        progress "building $what"
        _make "$directory" "$what" ||
            die 1 "building $what failed; see $directory/make.log"
    fi
    exec 9>&-
}

build_native() {
    _build native "$@"
}

# Without libxml2 and libmicrohttpd, which no domain has room for in its RAM disk.
build_arm64() {
    _build arm64 --host=aarch64-linux-gnu --prefix=/usr --sysconfdir=/etc --localstatedir=/var --without-libxml2 --without-libmicrohttpd \
        LIBFDT_A="$sysroot/usr/lib/aarch64-linux-gnu/libfdt.a" "$@"
}
