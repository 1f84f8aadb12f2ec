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
    for file in bin/xl bin/xenstore-ls sbin/xenstored sbin/xenconsoled lib/trefoil/trefoil lib/trefoil/xl-terminal.so share/man/man1/xl.1 share/man/man8/xenstored.8 share/bash-completion/completions/xl share/bash-completion/completions/xentop share/zsh/site-functions/_xl \
        share/doc/trefoil/options.md lib/libtrefoil-xl.so.0 lib/libtrefoil-xl.so lib/libtrefoil-xl.a lib/pkgconfig/trefoil-xl.pc \
        share/trefoil/prometheus/trefoil.rules.yml share/trefoil/grafana/trefoil.json include/trefoil/xenstore.h include/trefoil/xen/io/console.h; do
        [ -e "$_dist/root/usr/$file" ] || { echo "/usr/$file is not there"; missing=1; }
    done
    [ "$(find "$_dist/root" -mindepth 1 -maxdepth 1)" = "$_dist/root/usr" ] || { echo "something is not in /usr"; missing=1; }
    # The board's has no parts but that for the screen.
    [ ! -e "$_dist/root/usr/lib/trefoil/xl-xml.so" ] || { echo "the board's tools have XML"; missing=1; }
    [ ! -e "$_dist/root/usr/lib/trefoil/xl-http.so" ] || { echo "the board's tools have HTTP"; missing=1; }
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

# Each header can be included alone, and a library gives what headers declare and nothing besides, each with a version.
_dist_headers() {
    local header library symbol bad=0 headers=$_dist/native/usr/local/include/trefoil
    while read -r header; do
        echo "#include <${header#"$headers"/}>" | gcc -std=c11 -Wall -Werror -fsyntax-only -I"$headers" -x c - || bad=1
    done < <(find "$headers" -name '*.h')
    for library in "$_dist"/native/usr/local/lib/libtrefoil-*.so.?; do
        while read -r symbol; do
            case $symbol in
            TREFOIL_*) continue ;;
            *@@TREFOIL_*) symbol=${symbol%%@*} ;;
            *) echo "${library##*/} gives $symbol without a version: packaging/symbols does not have it"; bad=1 ;;
            esac
            grep -rqw "$symbol" "$headers" || { echo "${library##*/} gives $symbol"; bad=1; }
        done < <(nm -D --defined-only "$library" | awk '{ print $3 }')
    done
    return $bad
}

# Units that systemd would load, from a root that has its own besides; users and folders that can be made there.
_dist_units() {
    local root=$_dist/units unit
    rm -rf "$root"
    mkdir -p "$root/etc" "$root/bin" "$root/usr/lib/systemd/system"
    cp -r "$_dist/root/usr" "$root/"
    cp -rn /lib/systemd/system/. "$root/usr/lib/systemd/system/"
    cp /bin/sh /bin/chown "$root/bin/"
    for unit in "$_dist"/root/usr/lib/systemd/system/*; do
        systemd-analyze verify --man=no --root="$root" "${unit##*/}" || return 1
    done
    for unit in xenstored:20 xenconsoled:20 xendriverdomain:55 trefoil-metrics:20; do
        systemd-analyze security --no-pager --offline=true --root="$root" --threshold="${unit#*:}" "${unit%:*}.service" || return 1
    done
    systemd-sysusers --root="$root" && systemd-tmpfiles --root="$root" --create trefoil.conf || return 1
    grep -q '^xen:.*:xenconsoled,xenstored$' "$root/etc/group" && grep -q '^xenstored:.*:xenconsoled$' "$root/etc/group" || { cat "$root/etc/group"; return 1; }
    [ "$(stat -c %a "$root/run/xen")" = 1775 ]
}

# The command of docs/contributing.md, added to the tarball's tree as it says there: three files.
_dist_greet() {
    local tree=$_dist/source
    awk '/^ *```c$/ { inside = 1; next } /^ *```$/ { inside = 0 } inside { sub(/^   /, ""); print }' \
        "$top/docs/contributing.md" >"$tree/xl/greet.c"
    echo 'XL_COMMAND(greet)' >>"$tree/xl/commands.def"
    sed -i 's,xl/help\.c,xl/greet.c &,' "$tree/xl/local.mk"
    mkdir -p "$tree/build"
    (cd "$tree/build" && ../configure --quiet --disable-hardening --disable-libraries CFLAGS=-O0 && make -s -j"$(nproc)" xl/xl) || return 1
    "$tree/build/xl/xl" help --manual | grep -q greet || { echo "the manual page does not have it"; return 1; }
    "$top/demo" --twin exec -- "$tree/build/xl/xl" greet app >"$_dist/printed" || return 1
    echo 'Good day, domain 2.' | diff - "$_dist/printed"
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
    if command -v systemd-analyze >/dev/null; then
        _dist_is "units of systemd" _dist_units
    else
        report skipped "dist: units of systemd" "there is no systemd-analyze"
    fi
    progress "another build"
    _dist_is "make distcheck, and the same bytes" make -s -j"$(nproc)" -C "$build/arm64" distcheck SAME_AS="$build/arm64"
    build_native
    _dist_is "a command as docs/contributing.md adds it" _dist_greet
    if _dist_is "make install of this machine's" make -C "$build/native" install DESTDIR="$_dist/native"; then
        _dist_is "xl's part for HTTP" nm -D --defined-only "$_dist/native/usr/local/lib/trefoil/xl-http.so"
        _dist_is "xl's part for XML" nm -D --defined-only "$_dist/native/usr/local/lib/trefoil/xl-xml.so"
        _dist_is "and that for the screen" nm -D --defined-only "$_dist/native/usr/local/lib/trefoil/xl-terminal.so"
        _dist_is "headers and symbols" _dist_headers
        _dist_is "a program with the shared libraries" _dist_program shared
        _dist_is "the same with the static ones" _dist_program static -static
    fi
}
