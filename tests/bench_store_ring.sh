# SPDX-License-Identifier: MIT
# What the store costs a program in a guest: on the same board, with our xenstored in the hardware domain and with Xen 4.20's, which
# tests/peers/introduce tells of the domains. Instructions are the clock of a machine of one CPU, so every run gives about the same, on
# whatever machine. Most of them are the two kernels': which processes wake, and that a vcpu waits until the other idles. Sourced by check.
# shellcheck shell=bash disable=SC2154

# ROW, and at most so much of the time with Xen's.
_store_ring_bounds="read 1.00
write 1.01
transaction 1.01"
_store_ring_packages="xen-utils-4.20 libxenmisc4.20 libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1
 libxengnttab1 libxentoolcore1 libxentoollog1 libc6"

# _store_ring_overlays DIRECTORY: DIRECTORY/trefoil has what measures, DIRECTORY/xen also Xen's daemon in the place of ours.
_store_ring_overlays() {
    local ours=$1/trefoil theirs=$1/xen directory=$cache/store-4.20 file
    mkdir -p "$ours/bench"
    aarch64-linux-gnu-gcc -static -std=gnu11 -O2 -Wall -Wextra -Werror "-I$top/include" -o "$ours/bench/ring" "$top/tests/store/ring.c" || return
    # shellcheck disable=SC2086
    unpack_alone_from_suite trixie arm64 "$directory" $_store_ring_packages || return
    cp -a "$ours" "$theirs"
    mkdir -p "$theirs/opt/xen-4.20" "$theirs/usr/local/bin" "$theirs/usr/local/sbin"
    cp "$directory/usr/lib/xen-4.20/bin/xenstored" "$theirs/opt/xen-4.20/"
    while read -r file; do
        cp -L "$file" "$theirs/opt/xen-4.20/"
    done < <(find "$directory" \( -name 'lib*.so.*' -o -name 'ld-linux-*' \) ! -path '*gconv*' ! -type d)
    cp "$build/arm64/tests/peers/introduce" "$theirs/usr/local/bin/"
    cat >"$theirs/usr/local/sbin/xenstored" <<'END'
#!/bin/sh
cd /opt/xen-4.20 && ./ld-linux-aarch64.so.1 --library-path . ./xenstored && introduce
END
    chmod +x "$theirs/usr/local/sbin/xenstored"
}

# _store_ring_rows: reads lines "WHERE ROW NS COUNT"; prints a verdict, a name and a text for each row.
_store_ring_rows() {
    awk -v bounds="$_store_ring_bounds" '
        { took[$1, $2] = $3 }
        END {
            rows = split(bounds, line, "\n")
            for (i = 1; i <= rows; i++) {
                split(line[i], f, " ")
                mine = took["trefoil", f[1]]; theirs = took["xen", f[1]]
                if (!mine || !theirs) { print "FAILED", "bench/store/ring/" f[1], "no answer with the xenstored of " (mine ? "Xen" : "Trefoil"); continue }
                printf "%s bench/store/ring/%s %d instructions of all domains, with the xenstored of Xen 4.20 %d: %.3f of it (at most %s)\n", \
                    mine <= f[2] * theirs ? "ok" : "FAILED", f[1], mine, theirs, mine / theirs, f[2]
            }
        }'
}

run_bench_store_ring() {
    local work where verdict name text
    work=$(mktemp -d)
    if ! "$top/demo" build || ! _store_ring_overlays "$work"; then
        report FAILED bench/store/ring "the board does not build, or Xen 4.20 cannot be had: ${suite_failure:-}"
        rm -rf "$work"
        return
    fi
    for where in trefoil xen; do
        progress "store by a ring, xenstored of $where"
        # On one vcpu: where Linux wakes what is not the daemon's doing.
        "$top/demo" exec --quiet --no-build --ram-disk --in app --icount --timeout 300 --overlay "$work/$where" -- \
            'echo 0 >/sys/devices/system/cpu/cpu1/online; /bench/ring 1' 2>>"$work/messages" | sed "s/^/$where /"
    done >"$work/rows"
    while read -r verdict name text; do
        report "$verdict" "$name" "$text"
    done < <(_store_ring_rows <"$work/rows")
    rm -rf "$work"
}
