# SPDX-License-Identifier: MIT
# What the store's daemon costs: CPU time an operation, beside Debian's xenstored, which runs on this machine with a stand-in for
# the hypervisor (tests/store/standin.c), and a server that only echoes. All in one run, on one CPU with the client, taking turns:
# what counts is the median of the rounds' ratios, since what else the machine does slows all servers of a round.
# Sourced by check.
# shellcheck shell=bash disable=SC2154

# OPERATION, at most this much of the echo's time, and of Xen's; -: not compared.
_store_bounds="read 1.10 0.50
write 1.30 0.45
write_64 - 0.10
create_remove - 0.45
create_remove_5000 - 0.30
write_5000 - 0.60
transaction - 0.45
write_watch - 0.60
write_watch_1000 - 0.10"
# Instructions of ours an operation, by valgrind: the same on any machine but for its C library.
_store_instructions="read 1700
write 3000
create_remove 6400
transaction 11000
write_watch 4300"
_store_slowest=10000000 # ns, of any single operation
_store_node_bytes=105   # at 100,000 nodes
_store_start=2000000000 # ns of CPU time until a million kept nodes are there again

# Xen's daemon of this machine's architecture and its libraries.
_store_packages="xen-utils-4.17 libxenmisc4.17 libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1
 libxengnttab1 libxentoolcore1 libxentoollog1"

_store_build() {
    local compile=(gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror "-I$top/include")
    build_native && make -s -C "$build/native" xenstored/xenstored >"$build/store.log" 2>&1 &&
        "${compile[@]}" -o "$1/echo" "$top/tests/store/echo.c" &&
        "${compile[@]}" -o "$1/measure" "$top/tests/store/measure.c" "$top/tests/store/client.c" &&
        "${compile[@]}" -shared -fPIC -o "$1/standin.so" "$top/tests/store/standin.c"
}

# _store_serve NAME COMMAND...: starts a server on one CPU; NAME is set to its process.
_store_serve() {
    local -n process=$1
    taskset -c "$_store_cpu" "${@:2}" >>"$_store_work/messages" 2>&1 &
    process=$!
    _store_processes+=("$process")
}

_store_serve_trefoil() {
    _store_serve trefoil "$build/native/xenstored/xenstored" -D --no-domains --socket "$_store_work/trefoil" --state-file "$_store_work/state"
    _store_await "$_store_work/trefoil"
}

_store_serve_xen() {
    local directory=$cache/store path
    path=$(find "$directory/lib" "$directory/usr/lib" -name '*.so*' -printf '%h\n' 2>/dev/null | sort -u | tr '\n' ':')
    mkdir -p "$_store_work/xen"
    _store_serve xen env XENSTORED_PATH="$_store_work/xen/socket" XENSTORED_RUNDIR="$_store_work/xen" XENSTORED_ROOTDIR="$_store_work/xen" \
        LD_LIBRARY_PATH="$path" LD_PRELOAD="$_store_work/standin.so" "$directory/usr/lib/xen-4.17/bin/xenstored" -N
    _store_await "$_store_work/xen/socket"
}

_store_await() {
    local tries=0
    until [ -S "$1" ] || [ $((tries += 1)) -gt 100 ]; do sleep 0.1; done
}

# _store_rows: reads "OPERATION SERVER SLOWEST NS..." of all servers.
_store_rows() {
    awk -v bounds="$_store_bounds" -v slowest="$_store_slowest" '
        function median(list, count,    i, k, value) {
            for (i = 2; i <= count; i++) {
                value = list[i]
                for (k = i - 1; k > 0 && list[k] > value; k--) list[k + 1] = list[k]
                list[k + 1] = value
            }
            return list[int((count + 1) / 2)]
        }
        function time(name, server,    i, list) {
            for (i = 1; i <= rounds; i++) list[i] = took[name, server, i]
            return median(list, rounds)
        }
        function ratio(name, server,    i, list) {
            for (i = 1; i <= rounds; i++) list[i] = took[name, "trefoil", i] / took[name, server, i]
            return median(list, rounds)
        }
        BEGIN { for (n = split(bounds, row, "\n"); n > 0; n--) { split(row[n], field, " "); echo[field[1]] = field[2]; xen[field[1]] = field[3] } }
        {
            rounds = NF - 3
            for (i = 1; i <= rounds; i++) took[$1, $2, i] = $(i + 3)
            slow[$1, $2] = $3
            if ($2 == "trefoil") order[++count] = $1
        }
        END {
            for (i = 1; i <= count; i++) {
                name = order[i]
                bad = slow[name, "trefoil"] > slowest
                text = sprintf("%.2f us", time(name, "trefoil") / 1000)
                if ((name, "xen", 1) in took) {
                    part = ratio(name, "xen")
                    bad = bad || part > xen[name]
                    text = text sprintf(", Xen %.2f: %.3f of it (at most %s)", time(name, "xen") / 1000, part, xen[name])
                }
                if (echo[name] != "-") {
                    part = ratio(name, "echo")
                    bad = bad || part > echo[name]
                    text = text sprintf(", echo %.2f: %.3f of it (at most %s)", time(name, "echo") / 1000, part, echo[name])
                }
                text = text sprintf("; slowest %.2f ms", slow[name, "trefoil"] / 1000000)
                print bad ? "FAILED" : "ok", "bench/store/" name, text
            }
        }'
}

# Bytes that a process has of its own.
_store_memory() {
    awk '$1 == "RssAnon:" { print $2 * 1024 }' "/proc/$1/status"
}

# _store_node_cost NAME=SOCKET=PID: bytes that each of 100,000 nodes takes.
_store_node_cost() {
    local before count=100000
    before=$(_store_memory "${1##*=}")
    "$_store_work/measure" fill "$count" "$1" && echo $((($(_store_memory "${1##*=}") - before) / count))
}

_store_memory_row() {
    local mine theirs=
    mine=$(_store_node_cost "trefoil=$_store_work/trefoil=$trefoil")
    [ -z "$xen" ] || theirs=$(_store_node_cost "xen=$_store_work/xen/socket=$xen")
    report "$([ "${mine:-1000}" -le "$_store_node_bytes" ] && echo ok || echo FAILED)" bench/store/memory \
        "$mine bytes a node of 100,000 (at most $_store_node_bytes)${theirs:+, Xen $theirs}"
}

# A million nodes, kept; the daemon ends by kill -9 and begins again.
_store_start_row() {
    local took
    "$_store_work/measure" fill 1000000 "trefoil=$_store_work/trefoil=$trefoil"
    kill -9 "$trefoil"
    wait "$trefoil" 2>/dev/null
    rm -f "$_store_work/trefoil"
    _store_serve_trefoil
    if "$_store_work/measure" look 9999/99 "trefoil=$_store_work/trefoil=$trefoil"; then
        read -r took _ <"/proc/$trefoil/schedstat"
    fi
    report "$([ "${took:-9000000000}" -le "$_store_start" ] && echo ok || echo FAILED)" bench/store/start \
        "$((${took:-0} / 1000000)) ms of CPU time for a million kept nodes (at most $((_store_start / 1000000)))"
}

# _store_instructions_of OPERATION COUNT: those of a whole run with so many.
_store_instructions_of() {
    local out=$_store_work/callgrind
    _store_serve counted valgrind --tool=callgrind --callgrind-out-file="$out" "$build/native/xenstored/xenstored" \
        -D --no-domains --socket "$_store_work/counted" --state-file "$_store_work/counted.state"
    _store_await "$_store_work/counted"
    "$_store_work/measure" repeat "$1" "$2" "counted=$_store_work/counted=$counted"
    kill "$counted"
    wait "$counted" 2>/dev/null
    rm -f "$_store_work/counted"*
    awk '$1 == "summary:" || $1 == "totals:" { print $2; exit }' "$out"
}

_store_instruction_rows() {
    local name bound few many counted=''
    if ! command -v valgrind >/dev/null; then
        report skipped bench/store/instructions "no valgrind"
        return
    fi
    while read -r name bound; do
        few=$(_store_instructions_of "$name" 100)
        many=$(_store_instructions_of "$name" 500)
        report "$([ $(((many - few) / 400)) -le "$bound" ] && [ "${few:-0}" -gt 0 ] && echo ok || echo FAILED)" \
            "bench/store/instructions_$name" "$(((many - few) / 400)) (at most $bound)"
    done <<<"$_store_instructions"
}

run_bench_store() {
    local _store_work _store_cpu _store_processes=() trefoil='' xen='' echo='' servers verdict name text
    _store_work=$(mktemp -d -p "$([ -w /dev/shm ] && echo /dev/shm || echo /tmp)")
    _store_cpu=$(taskset -cp $$ | sed 's/.*[^0-9]//')
    if ! _store_build "$_store_work"; then
        report FAILED bench/store "does not build"
        return
    fi
    progress "store, ${STORE_ROUNDS:-9} rounds"
    _store_serve echo "$_store_work/echo" "$_store_work/echoing"
    _store_serve_trefoil
    servers=("trefoil=$_store_work/trefoil=$trefoil" "echo=$_store_work/echoing=$echo")
    # shellcheck disable=SC2086
    if unpack_alone_from_suite bookworm "$(dpkg --print-architecture)" "$cache/store" $_store_packages; then
        _store_serve_xen
        servers+=("xen=$_store_work/xen/socket=$xen")
    else
        report skipped bench/store/xen "$suite_failure"
    fi
    while read -r verdict name text; do
        report "$verdict" "$name" "$text"
    done < <(taskset -c "$_store_cpu" "$_store_work/measure" "${STORE_ROUNDS:-9}" "${servers[@]}" | _store_rows)
    _store_memory_row
    _store_start_row
    _store_instruction_rows
    kill -9 "${_store_processes[@]}" 2>/dev/null
    wait "${_store_processes[@]}" 2>/dev/null
    rm -rf "$_store_work"
}
