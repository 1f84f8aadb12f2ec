# SPDX-License-Identifier: MIT
# System tests: each file of tests/system boots the board once or more with boot, and says with expect and reject what
# must and must not be in what came back. Every expectation is one test.
# shellcheck shell=bash

# Defined in the domain, before the test's own text: step NAME 'COMMANDS' runs COMMANDS and keeps what they print and
# their status apart from other steps'. A step that hangs is ended by the time limit of the whole boot. load NAME... loads kernel modules
# that devices_overlay has laid over the domain's root.
_guest_prologue='step() { echo "%%step $1"; (eval "$2") 2>&1; echo "%%status $1 $?"; }
within() { tries=$(($1 * 5)); shift; while ! eval "$*" >/dev/null 2>&1; do tries=$((tries - 1)); [ $tries -gt 0 ] || return 1; sleep 0.2; done; }
load() { for module in "$@"; do insmod "/lib/modules/devices/$module.ko" 2>/dev/null; done; }
'

# devices_overlay DIRECTORY: makes it hold the kernel modules of both ends of disks and networks, for --overlay.
devices_overlay() {
    local module
    rm -rf "$1"
    mkdir -p "$1/lib/modules/devices"
    kernel_of_suite "$system_suite" || return
    for module in llc stp bridge loop xen-blkback xen-netback xen-blkfront xen-netfront; do
        unpack_module "$kernel_modules/kernel" "$module" "$1/lib/modules/devices"
    done
}

# Most tests are about other things than devices, and quicker without.
boot_options=(--ram-disk)
suite_options=()

# boot NAME OPTIONS-OF-DEMO... <<COMMANDS: runs COMMANDS in a domain of the board; later expectations are about this boot,
# and counted as tests of group.
boot() {
    local started=$SECONDS status=0
    current=$1
    shift
    boot_directory=$system_results/$current
    rm -rf "$boot_directory"
    mkdir -p "$boot_directory"
    "$top/demo" exec --quiet --no-build --timeout 240 --log "$boot_directory/serial" "${suite_options[@]}" "${boot_options[@]}" "$@" -- "$_guest_prologue$(cat)" \
        >"$boot_directory/stdout" 2>"$boot_directory/stderr" || status=$?
    tr -d '\r' <"$boot_directory/serial" >"$boot_directory/log" 2>/dev/null
    tr -d '\r' <"$boot_directory/stdout" | awk -v directory="$boot_directory" '
        /^%%step / { file = directory "/step-" $2; printf "" > file; next }
        /%%status [^ ]+ [0-9]+$/ {
            at = match($0, /%%status /)
            if (at > 1) print substr($0, 1, at - 1) > file
            fields = split(substr($0, at), field, " ")
            print field[3] > (directory "/status-" field[2]); close(file); file = ""; next
        }
        file != "" { print > file }'
    if [ "$status" = 0 ]; then
        report ok "$group/$current: boots and answers" "$((SECONDS - started)) s"
    else
        report FAILED "$group/$current: boots and answers" "status $status"
        tail -n 20 "$boot_directory/stderr" | sed 's/^/    | /'
    fi
}

# _of WHERE: the file with the output of a step, or the serial log.
_of() {
    if [ "$1" = log ]; then echo "$boot_directory/log"; else echo "$boot_directory/step-$1"; fi
}

_verdict() {
    local result=$1 what=$2 where=$3
    report "$result" "$group/$current: $what"
    [ "$result" = ok ] || tail -n 15 "$(_of "$where")" 2>&1 | sed 's/^/    | /'
}

# expect WHAT STEP|log REGEX: a line of the step's output matches.
expect() {
    if grep -qE -- "$3" "$(_of "$2")" 2>/dev/null; then _verdict ok "$1" "$2"; else _verdict FAILED "$1" "$2"; fi
}

# reject WHAT STEP|log REGEX: the step was run, and no line of its output matches.
reject() {
    local file
    file=$(_of "$2")
    if [ -e "$file" ] && ! grep -qiE -- "$3" "$file"; then _verdict ok "$1" "$2"; else _verdict FAILED "$1" "$2"; fi
}

# expect_status WHAT STEP STATUS
expect_status() {
    if [ "$(cat "$boot_directory/status-$2" 2>/dev/null)" = "$3" ]; then _verdict ok "$1" "$2"; else _verdict FAILED "$1" "$2"; fi
}

# expect_count WHAT STEP|log REGEX NUMBER: exactly so many lines match.
expect_count() {
    if [ "$(grep -cE -- "$3" "$(_of "$2")" 2>/dev/null)" = "$4" ]; then _verdict ok "$1" "$2"; else _verdict FAILED "$1" "$2"; fi
}

run_system_tests() {
    local file name group=system${system_suite:+-$system_suite} suite_options=() build_options=()
    system_results=$build/$group
    mkdir -p "$system_results"
    if [ -n "$system_suite" ]; then
        build_options=(--suite "$system_suite")
        suite_options=("${build_options[@]}" --timeout "${KERNELS_SECONDS:-600}")
        kernel_of_suite "$system_suite" || { report skipped "$group" "$suite_failure"; return; }
    fi
    if ! "$top/demo" build "${build_options[@]}"; then
        report FAILED "system: the board builds"
        return
    fi
    for file in "$top"/tests/system/*.sh; do
        name=$(basename "$file" .sh)
        wanted system "$name" || continue
        progress "system/$name"
        # shellcheck source=/dev/null
        source "$file"
    done
}
