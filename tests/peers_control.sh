# SPDX-License-Identifier: MIT
# Xen 4.20's xenstore-control, out of a later Debian, of this machine's architecture, on our xenstored: each of its commands works or is
# refused with the list of what there is. Sourced by check.
# shellcheck shell=bash disable=SC2154

_peers_control_packages="xen-utils-4.20 libxenmisc4.20 libxenstore4 libxencall1 libxendevicemodel1 libxenevtchn1
 libxenforeignmemory1 libxengnttab1 libxentoolcore1 libxentoollog1 libc6"

# STATUS of the command, a regular expression of what it prints, and its arguments; FILE is a file that is not there before,
# PROGRAM a copy of xenstored.
_peers_control_rows='0 ^[0-9]+.nodes,.0.out.of.order,.0.accounts.wrong check
3 live-update check now
0 ^log:.off$ log
0 ^OK$ logfile FILE
0 ^log:.on,.into.FILE$ log
0 ^OK$ log off
0 ^log:.off$ log
3 log.+.on.off. log +io
0 ^connection.[0-9]+.of.domain.0 memreport
3 memreport memreport FILE
0 ^OK$ print hello
3 print print
0 ^nodes.+1000.+nodes.owned$ quota
0 ^OK$ quota set nodes 999
0 ^nodes.+.999 quota
3 quota quota set nothing 1
3 quota quota max
3 quota quota max -r
3 quota quota-soft
3 quota quota-soft set memory 1
0 quota.+set.+name.+value help
3 Starting.live.update.failed:|No.such.file live-update /nowhere/xenstored
0 ^$ live-update -F -t 30 PROGRAM
0 ^OK$ print still.here'

# _peers_control_row STATUS REGEX ARGUMENT...
_peers_control_row() {
    local status=0 wanted_status=$1 regex=${2//FILE/$_peers_control_work\/trace} answer
    shift 2
    set -- "${@//FILE/$_peers_control_work\/trace}"
    answer=$(XENSTORED_PATH=$_peers_control_work/socket timeout 60 "${unpacked[@]}" "${@//PROGRAM/$_peers_control_work\/next}" 2>&1 </dev/null) || status=$?
    if [ "$status" = "$wanted_status" ] && grep -qE -- "$regex" <<<"$answer"; then
        report ok "peers/store-control: $*"
    else
        report FAILED "peers/store-control: $*" "status $status"
        head -n 20 <<<"$answer" | sed 's/^/    | /'
    fi
}

run_peers_control() {
    local directory unpacked row words _peers_control_work process
    directory=$cache/store-4.20-$(dpkg --print-architecture)
    # shellcheck disable=SC2086
    if ! unpack_alone_from_suite trixie "$(dpkg --print-architecture)" "$directory" $_peers_control_packages; then
        report skipped peers/store-control "$suite_failure"
        return
    fi
    unpacked_command "$directory" usr/lib/xen-4.20/bin/xenstore-control
    if ! { build_native && make -s -C "$build/native" xenstored/xenstored >"$build/store.log" 2>&1; }; then
        report FAILED "peers/store-control: xenstored builds"
        return
    fi
    _peers_control_work=$(mktemp -d)
    cp "$build/native/xenstored/xenstored" "$_peers_control_work/next"
    "$build/native/xenstored/xenstored" -D --no-domains --socket "$_peers_control_work/socket" --state-file "$_peers_control_work/state" \
        >"$_peers_control_work/messages" 2>&1 &
    process=$!
    for _ in $(seq 100); do [ -S "$_peers_control_work/socket" ] && break; sleep 0.1; done
    while read -r row; do
        read -ra words <<<"$row"
        _peers_control_row "${words[@]}"
    done <<<"$_peers_control_rows"
    if [ "$(readlink "/proc/$process/exe")" = "$_peers_control_work/next" ]; then
        report ok "peers/store-control: the new program runs"
    else
        report FAILED "peers/store-control: the new program runs" "it is $(readlink "/proc/$process/exe")"
    fi
    kill "$process"
    wait "$process" 2>/dev/null
    rm -rf "$_peers_control_work"
}
