# SPDX-License-Identifier: MIT
# Pairs of domains that copy and map each other's pages (guests/bare/bench_pair.c), on several CPUs: how much they get done, and
# whether they write to anything on the way that all CPUs share. Sourced by check.
# shellcheck shell=bash disable=SC2154

# QEMU runs one thread a CPU here, so the figures depend on the host's CPUs and on what else these do: they are no test.
_smp_work() {
    local cpus=$1 first=$2 figures _bench_more
    local _bench_machine=(qemu-system-aarch64 -machine "virt,virtualization=on,gic-version=3" -cpu cortex-a57 -m 2048
        -display none -no-reboot -nic none -monitor none -accel "tcg,thread=multi")
    _bench_more=(-smp "$cpus")
    figures=$(_bench_boot_tree bench_pair "$build/arm64/hypervisor/trefoil" "$cpus" _bench_pair_tree 0 2 "$cpus" |
        _bench_figures | awk -v cpus="$cpus" -v first="$first" '
        $1 == "work" { all += $2; pairs++ }
        END { if (pairs == cpus) printf "%d %d %d %.2f\n", cpus, all, all / pairs, first ? all / first : 1 }')
    echo "${figures:-$cpus - - -}"
}

# _smp_exclusives ELF: "ADDRESS REGISTER" of each load that begins an atomic change (the image is Armv8.0's: no other does).
_smp_exclusives() {
    "${OBJDUMP:-aarch64-linux-gnu-objdump}" -d --no-show-raw-insn "$1" |
        sed -n 's/^ *\([0-9a-f]*\):.*\tlda*xrb*h*\t.*\[x\([0-9]*\)\].*/\1 \2/p'
}

# _smp_shared ELF LOG: "COUNT SYMBOL" for each object of the image that was changed atomically. A record of the log is a line
# "Trace ... [../PC/..." and the registers, X00=... and so on.
_smp_shared() {
    {
        _smp_exclusives "$1" | sed 's/^/at /'
        "${NM:-aarch64-linux-gnu-nm}" -n "$1" | sed -n 's/^\([0-9a-f]*\) [bBdD] \(.*\)/symbol \1 \2/p'
        cat "$2"
    } | awk -v base=$((_smp_base)) '
        function hex(text, i, value) {
            for (i = 1; i <= length(text); i++)
                value = 16 * value + index("0123456789abcdef", substr(text, i, 1)) - 1
            return value + 0
        }
        $1 == "at" { register[hex($2)] = sprintf("X%02d", $3); next }
        $1 == "symbol" { start[symbols + 0] = hex($2); name[symbols++] = $3; next }
        /^Trace/ { split($0, part, "/"); wanted = register[hex(part[2]) - base]; next }
        wanted != "" && match($0, wanted "=[0-9a-f]+") {
            at = hex(substr($0, RSTART + 4, RLENGTH - 4)) - base
            wanted = ""
            if (at < 0 || at >= start[symbols - 1]) { outside++; next }
            for (i = symbols - 1; i > 0 && start[i] > at; i--) { }
            count[name[i]]++
        }
        END { print outside + 0, "-"; for (i in count) print count[i], i }'
}
_smp_base=0x40200000 # where QEMU puts an Image

# 500 rounds of a copy, a mapping and its end, each of which names the other domain: what of the hypervisor's own data is changed
# atomically that often is in the way of all CPUs. A CPU's own (pcpu_storage) is not.
_smp_structure() {
    local elf=$build/arm64/hypervisor/trefoil.elf work filter shared bad outside _bench_more
    work=$(mktemp -d)
    filter=$(_smp_exclusives "$elf" | while read -r at _; do printf '%#x..%#x,' $((16#$at + _smp_base)) $((16#$at + _smp_base)); done)
    _bench_more=(-singlestep -d "exec,cpu,nochain" -dfilter "${filter%,}" -D "$work/log")
    if ! _bench_boot_tree bench_pair "$build/arm64/hypervisor/trefoil" 1 _bench_pair_tree 0 3 1 | grep -q 'bench rounds 500'; then
        rm -rf "$work"
        report FAILED bench/smp-shared "the pair did not do its rounds"
        return
    fi
    shared=$(_smp_shared "$elf" "$work/log")
    rm -rf "$work"
    bad=$(awk '$2 != "-" && $2 !~ /^pcpu_storage/ && $1 >= 500' <<<"$shared" | sort -rn)
    outside=$(awk '$2 == "-" { print $1 }' <<<"$shared")
    if [ -n "$bad" ]; then
        report FAILED bench/smp-shared "changed by each round: $(tr '\n' ' ' <<<"$bad")"
    elif [ "${outside:-0}" -lt 1000 ]; then
        report FAILED bench/smp-shared "the log does not hold the rounds"
    else
        report ok bench/smp-shared "500 rounds: nothing that all CPUs share is changed by each"
    fi
}

run_bench_smp() {
    local cpus row first=0
    ensure_unpacked
    build_arm64
    _smp_structure
    printf '%5s %14s %14s %9s\n' CPUs "rounds, 300 ms" "each pair" "of 1 CPU's"
    for cpus in 1 2 4; do
        row=$(_smp_work "$cpus" "$first")
        # shellcheck disable=SC2086
        printf '%5s %14s %14s %9s\n' $row
        [ "$first" != 0 ] || first=$(cut -d ' ' -f 2 <<<"$row")
        if [[ $row == *-* ]]; then
            report FAILED "bench/smp-$cpus" "a pair gave no answer"
        else
            report ok "bench/smp-$cpus"
        fi
    done
}
