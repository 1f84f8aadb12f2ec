# SPDX-License-Identifier: MIT
# Packages of other Debian suites than the machine's own: unpacked below the cache, never installed, and run with the libc
# they came with. apt works with lists and a state of its own, so the machine's stay as they are. Needs common.sh and
# packages.sh.
# shellcheck shell=bash

suites=$cache/suites
suite_failure=
suite_dependencies=

# _suite_mirror: where the machine's own Debian packages come from.
_suite_mirror() {
    apt-get indextargets --format '$(REPO_URI) $(COMPONENT) $(LABEL)' 'Created-By: Packages' 2>/dev/null |
        awk '$2 == "main" && $3 == "Debian" { print $1; exit }'
}

# apt_of_suite SUITE ARCHITECTURE COMMAND...: apt-get or apt-cache as on a machine of that suite where nothing is installed.
apt_of_suite() {
    local state=$suites/$1-$2 architecture=$2
    shift 2
    "$1" -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts="$state/none" \
        -o Dir::Etc::Preferences="$state/none/file" -o Dir::Etc::PreferencesParts="$state/none" \
        -o Dir::State="$state" -o Dir::State::Lists="$state/lists" -o Dir::State::Status="$state/status" \
        -o Dir::Cache="$state" -o Dir::Cache::Archives="$state/archives" \
        -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" -o APT::Sandbox::User=root \
        "${@:2}"
}

# _suite_lists SUITE ARCHITECTURE [again]: the suite's lists are there. Those of the last day do, unless told otherwise.
_suite_lists() {
    local state=$suites/$1-$2 mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ "${3:-}" = again ] || [ -z "$(find "$state/fresh" -mmin -1440 2>/dev/null)" ] || return 0
    mirror=$(_suite_mirror)
    [ -n "$mirror" ] || { [ "$(id -u)" != 0 ] || _update_lists; mirror=$(_suite_mirror); }
    [ -n "$mirror" ] || { suite_failure="this machine's apt has no lists of Debian's packages"; return 1; }
    mkdir -p "$state/lists/partial" "$state/archives/partial" "$state/none"
    : >"$state/status"
    [ ! -e "$keyring" ] && keyring=
    echo "deb ${keyring:+[signed-by=$keyring] }$mirror $1 main" >"$state/sources.list"
    progress "reading the package lists of $1 for $2"
    if ! apt_of_suite "$1" "$2" apt-get -q -o APT::Update::Error-Mode=any update >"$state/log" 2>&1; then
        suite_failure="the lists of $1 could not be read: $(grep -m 1 '^[EW]:' "$state/log")"
        return 1
    fi
    touch "$state/fresh"
}

# suite_depends SUITE ARCHITECTURE PACKAGE: sets suite_dependencies to the names of what the package depends on, one a line. False if the lists
# cannot be had; suite_failure says why.
suite_depends() {
    mkdir -p "$suites"
    exec 7>"$suites/lock"
    flock 7
    _suite_lists "$1" "$2" || { exec 7>&-; return 1; }
    exec 7>&-
    suite_dependencies=$(apt_of_suite "$1" "$2" apt-cache depends "$3" 2>/dev/null | sed -n 's/^ *|\{0,1\}Depends: \([^<:]*\).*/\1/p')
}

# _suite_fetch WAY SUITE ARCHITECTURE DIRECTORY PACKAGE...: one try to download and unpack.
_suite_fetch() {
    local way=$1 suite=$2 architecture=$3 directory=$4 state=$suites/$2-$3 file name work
    shift 4
    work=$(mktemp -d -p "$state") || return 1
    mkdir -p "$work/partial"
    case $way in
    alone) (cd "$work" && apt_of_suite "$suite" "$architecture" apt-get -q download "$@") ;;
    whole) apt_of_suite "$suite" "$architecture" apt-get -q -y -o Dir::Cache::Archives="$work" --no-install-recommends --download-only install "$@" ;;
    esac >"$state/log" 2>&1 </dev/null || { rm -rf "$work"; return 1; }
    for file in "$work"/*.deb; do
        dpkg -x "$file" "$directory" >>"$state/log" 2>&1 || { rm -rf "$work"; return 1; }
    done
    for name in "$@"; do
        : >"$directory/.have/$name"
    done
    rm -rf "$work"
}

_suite_unpack() {
    local way=$1 suite=$2 architecture=$3 directory=$4 name missing=()
    for name in "${@:5}"; do
        [ -e "$directory/.have/$name" ] || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    mkdir -p "$directory/.have" "$suites"
    exec 7>"$suites/lock"
    flock 7
    if _suite_lists "$suite" "$architecture"; then
        progress "downloading ${missing[*]} of $suite for $architecture"
        if _suite_fetch "$way" "$suite" "$architecture" "$directory" "${missing[@]}" ||
            { _suite_lists "$suite" "$architecture" again && _suite_fetch "$way" "$suite" "$architecture" "$directory" "${missing[@]}"; }; then
            exec 7>&-
            return 0
        fi
        : "${suite_failure:="${missing[*]} of $suite: $(grep -m 1 '^E:' "$suites/$suite-$architecture/log")"}"
    fi
    exec 7>&-
    return 1
}

# unpack_from_suite SUITE ARCHITECTURE DIRECTORY PACKAGE...: the packages and all they depend on lie in DIRECTORY. False if they
# cannot be had; suite_failure says why.
unpack_from_suite() {
    _suite_unpack whole "$@"
}

# unpack_alone_from_suite SUITE ARCHITECTURE DIRECTORY PACKAGE...: likewise, but only the packages named.
unpack_alone_from_suite() {
    _suite_unpack alone "$@"
}

# unpacked_command DIRECTORY PROGRAM: sets unpacked, the words that start a program of this machine's architecture out of DIRECTORY with the
# libc and the libraries that lie there.
unpacked_command() {
    local loader path
    loader=$(find "$1" -name 'ld-linux*.so.*' -print -quit)
    path=$(find "$1/lib" "$1/usr/lib" -name '*.so*' -printf '%h\n' 2>/dev/null | sort -u | tr '\n' ':')
    unpacked=("$loader" --library-path "${path%:}" "$1/$2")
}

# run_unpacked DIRECTORY PROGRAM ARGUMENT...
run_unpacked() {
    local unpacked
    unpacked_command "$1" "$2"
    "${unpacked[@]}" "${@:3}"
}
