# SPDX-License-Identifier: MIT
# The tarball has every file; what is installed is all of it. Sourced by check.
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
        share/doc/trefoil/options.md; do
        [ -e "$_dist/root/usr/$file" ] || { echo "/usr/$file is not there"; missing=1; }
    done
    [ "$(find "$_dist/root" -mindepth 1 -maxdepth 1)" = "$_dist/root/usr" ] || { echo "something is not in /usr"; missing=1; }
    return $missing
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
}
