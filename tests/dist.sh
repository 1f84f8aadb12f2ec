# SPDX-License-Identifier: MIT
# The tarball has every file; what is installed is all of it, and others can build with it. Sourced by check.
# shellcheck shell=bash disable=SC2154

# _dist_is WHAT COMMAND...
_dist_is() {
    local what=$1
    shift
    if "$@" >"$_dist/said" 2>&1; then
        report ok "dist: $what"
    else
        report FAILED "dist: $what"
        tail -n 15 "$_dist/said" | sed 's/^/    | /'
        return 1
    fi
}

# A checkout's files are those that git has; a tarball's are those of the folder that it was unpacked to.
_dist_whole() {
    local file missing=0
    while read -r file; do
        [ -e "$_dist/source/$file" ] || { echo "$file is not in it"; missing=1; }
    done < <(git -C "$top" ls-files 2>/dev/null || (cd "$top" && find . -path ./build -prune -o -type f -print))
    return $missing
}

_dist_installed() {
    local file missing=0
    for file in bin/xl bin/xenstore-ls sbin/xenstored sbin/xenconsoled lib/trefoil/trefoil share/man/man1/xl.1 share/man/man8/xenstored.8 \
        share/doc/trefoil/options.md lib/libtrefoil-xl.so.0 lib/libtrefoil-xl.so lib/libtrefoil-xl.a lib/pkgconfig/trefoil-xl.pc \
        include/trefoil/xenstore.h include/trefoil/xen/io/console.h; do
        [ -e "$_dist/root/usr/$file" ] || { echo "/usr/$file is not there"; missing=1; }
    done
    [ "$(find "$_dist/root" -mindepth 1 -maxdepth 1)" = "$_dist/root/usr" ] || { echo "something is not in /usr"; missing=1; }
    return $missing
}

# What was installed, for a program of somebody else's: pkg-config is told where it lies.
_dist_flags() {
    PKG_CONFIG_PATH=$_dist/native/usr/local/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$_dist/native \
        pkg-config --cflags --libs "$@" trefoil-xl trefoil-xc trefoil-xs trefoil-vchan
}

# _dist_program shared|static COMPILER-FLAG...: it is built, linked as it should be, and works.
_dist_program() {
    local way=$1 flags words=() expected=DYN
    shift
    [ "$way" = shared ] || { words=(--static); expected=EXEC; }
    flags=$(_dist_flags "${words[@]}") || return 1
    # shellcheck disable=SC2086
    gcc -std=c11 -Wall -Wextra -Werror "$@" -o "$_dist/program-$way" "$top/tests/dist/program.c" $flags || return 1
    readelf -W -h -d "$_dist/program-$way" >"$_dist/elf"
    grep -q "Type: *$expected" "$_dist/elf" || { echo "it is not $expected"; return 1; }
    [ "$way" = static ] || [ "$(grep -c 'NEEDED.*libtrefoil-[a-z]*\.so\.0' "$_dist/elf")" = 4 ] || { cat "$_dist/elf"; return 1; }
    LD_LIBRARY_PATH=$_dist/native/usr/local/lib "$top/demo" --twin exec -- "$_dist/program-$way" >"$_dist/printed" || return 1
    printf '%s\n' 'domain hardware' 'domain control' 'domain app' 'json yes' vchan 'store hardware' 'version 4' |
        diff - "$_dist/printed"
}

# Each header can be included alone, and a library gives what headers declare and nothing besides.
_dist_headers() {
    local header library symbol bad=0 headers=$_dist/native/usr/local/include/trefoil
    while read -r header; do
        echo "#include <${header#"$headers"/}>" | gcc -std=c11 -Wall -Werror -fsyntax-only -I"$headers" -x c - || bad=1
    done < <(find "$headers" -name '*.h')
    for library in "$_dist"/native/usr/local/lib/libtrefoil-*.so.?; do
        while read -r symbol; do
            grep -rqw "$symbol" "$headers" || { echo "${library##*/} gives $symbol"; bad=1; }
        done < <(nm -D --defined-only "$library" | awk '{ print $3 }')
    done
    return $bad
}

run_dist() {
    local _dist=$build/dist
    rm -rf "$_dist"
    mkdir -p "$_dist/source"
    ensure_unpacked
    build_arm64
    progress "the tarball"
    if _dist_is "make dist" make -C "$build/arm64" dist; then
        tar -xf "$build"/arm64/trefoil-*.tar.gz -C "$_dist/source" --strip-components=1
        rm "$build"/arm64/trefoil-*.tar.gz
        _dist_is "every file is in it" _dist_whole
    fi
    _dist_is "make install" make -C "$build/arm64" install DESTDIR="$_dist/root"
    _dist_is "what is installed" _dist_installed
    build_native
    if _dist_is "make install of this machine's" make -C "$build/native" install DESTDIR="$_dist/native"; then
        _dist_is "headers and symbols" _dist_headers
        _dist_is "a program with the shared libraries" _dist_program shared
        _dist_is "the same with the static ones" _dist_program static -static
    fi
}
