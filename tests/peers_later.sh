# SPDX-License-Identifier: MIT
# Xen 4.20's xl and xentop, out of Debian 13, looking on Trefoil in its control and its hardware domain: each command beside ours, line for line. Sourced
# by check, after peers_devices.sh, whose overlay has the programs.
# shellcheck shell=bash disable=SC2154,SC2016

# compare COMMAND...: how the lines of theirs and ours differ, and "same" if they do not; then theirs. What goes on between the two is no difference: times, and who
# runs at the moment; nor are spaces at a line's end, and what `ours_alone` takes away.
_peers_later_prologue='theirs() { timeout 60 env PATH=$bin:$PATH "$@"; }
ours() { timeout 60 "$@"; }
settled() {
    sed -E "s/ +[0-9]+\.[0-9]( |\$)/ NUMBER\1/g; s/[0-9]+:[0-9]{2}:[0-9]{2}/TIME/g; s/--[b-]--[r-] +[0-9]+ /STATE /; s/[r-][b-]----/STATE/; s/: +[0-9]+s/: NUMBERs/g
        s/ +[01-] +[r-][b-]- NUMBER/ STATE/; s/^(free_memory +: |   0: +[0-9]+ +)[0-9]+/\1NUMBER/; s/ +\$//"
}
ours_alone() { sed -E "/^(policy|cpu_note) +:/d; s/  Life Last end    Roles\$//; s/ +[0-9]+ -           [a-z,-]+\$//"; }
compare() {
    theirs "$@" >/run/theirs 2>&1; wanted=$?
    ours "$@" >/run/ours 2>&1; status=$?
    settled </run/theirs >/run/theirs.settled
    ours_alone </run/ours | settled >/run/ours.settled
    [ $status = $wanted ] || echo "status $status, with Xen $wanted"
    diff /run/theirs.settled /run/ours.settled && echo same
    cat /run/theirs
    return $wanted
}
compared() { name=$1; shift; step "$name" "compare $*"; }
'

# What of a domain scripts read of xl list -l.
_peers_later_long='long() { grep -E "\"(domid|name|uuid|max_memkb|sched|weight|cap)\":" | tr -d ", "; }
theirs xl list -l | long >/run/theirs; ours xl list -l | long >/run/ours; diff /run/theirs /run/ours && grep -c . /run/ours'

# The commands that are to print the same in both domains: name of the step, and the command.
_peers_later_rows='list xl list
list-one xl list app
list-v xl list -v
list-n xl list -n
list-c xl list -c
list-Z xl list -Z
info xl info
info-n xl info -n
vcpu-list xl vcpu-list
pools xl cpupool-list
pools-c xl cpupool-list -c
pools-one xl cpupool-list Pool-1
domid xl domid app
domname xl domname 2
uptime xl uptime
uptime-s xl uptime -s
sched-s xl sched-credit2 -s
claims xl claims
vm-list xl vm-list
dmesg xl dmesg
block-list xl block-list app
network-list xl network-list app
top xentop -b -i 2 -d 1
top-all xentop -b -i 1 -n -x -v'

# A third CPU is in a pool without domains.
_peers_tools_later_on_trefoil() {
    local where name command
    cat >"$build/peers/pool.dts" <<'END'
cpu2: &{/cpus/cpu@2} { };
/ { chosen { spare { compatible = "xen,cpupool"; cpupool-cpus = <&cpu2>; }; }; };
END
    boot tools-4.20-on-trefoil --in control,hardware --cpus 3 --timeout 400 --overlay "$later_overlay" --dtb-add "$build/peers/pool.dts" <<END
bin=/$_peers_later_bin
$_peers_later_prologue
where=\$(hostname)
while read -r name command; do
    compared \$where-\$name \$command </dev/null
done <<'ROWS'
$_peers_later_rows
ROWS
case \$where in
control) step stubs '$_peers_stubs'; xenstore-write /local/domain/1/data/compared 1 ;;
hardware) within 200 'xenstore-exists /local/domain/1/data/compared' ;; # what is denied from here on is in the hypervisor's log
esac
step \$where-list-l '$_peers_later_long'
compared \$where-sched xl sched-credit2
compared \$where-sched-one xl sched-credit2 -d app
step \$where-pools-none 'theirs xl cpupool-list nosuch; echo \$?; ours xl cpupool-list nosuch; echo \$?'
END
    for where in control hardware; do
        while read -r name command; do
            expect "in $where, $command: Xen 4.20's lines and ours" "$where-$name" '^same$'
            reject "in $where, $command: the status" "$where-$name" '^status '
            expect_status "in $where, $command: no error" "$where-$name" 0
        done <<<"$_peers_later_rows"
        expect_count "in $where, a pool that is not there" "$where-pools-none" '^1$' 2
    done
    expect "in control, xl list -l: what is in both" control-list-l '^21$'
    expect "in control, xl sched-credit2" control-sched '^same$'
    expect "in control, xl sched-credit2 -d app" control-sched-one '^same$'
    expect "in hardware, xl sched-credit2 is an error with us" hardware-sched '^status 1, with Xen 0$'
    expect "a pool without domains is listed" control-pools '^Pool-1 +1 +credit2 +y +0$'
    expect "xl info's last line of both" control-info '^xend_config_format +: 4$'
}

# The keys of xl.cfg(5), those of the first level: what is further in are parts of a value.
_xl_cfg_keys() {
    zcat "$1" | sed 's/\\f[A-Z]//g; s/\\-/-/g; s/\\//g' | awk '
        /^\.RS/ { depth++ }
        /^\.RE/ { depth-- }
        /^\.IP "?[a-z0-9_]+ ?=/ && depth == 0 { key = $2; gsub(/"/, "", key); sub(/=.*/, "", key); print key }' | sort -u
}

# Xen 4.20's page of xl.cfg: xl launch make acts on each of its keys or says why it does not, and knows all of them. A few at a time, as what is
# said of a board is limited.
_peers_xl_cfg() {
    local keys=() file=$build/peers/keys.cfg answer unknown key silent=()
    mapfile -t keys < <(_xl_cfg_keys "$_peers_later/usr/share/man/man5/xl.cfg.5.gz")
    if ! { build_native && make -s -C "$build/native" xl/xl >"$build/peers/xl.log" 2>&1; }; then
        report FAILED "peers/xl.cfg: xl builds"
        return
    fi
    if [ ${#keys[@]} -ge 150 ]; then report ok "peers/xl.cfg: the page has ${#keys[@]} keys"; else report FAILED "peers/xl.cfg: the page has its keys" "${#keys[@]}"; fi
    : >"$build/peers/keys.log"
    set -- "${keys[@]}"
    while [ $# -gt 0 ]; do
        { echo 'name = "keys"'; printf '%s = "x"\n' "${@:1:8}" | grep -v '^name '; echo 'nosuch = 1'; } >"$file"
        "$build/native/xl/xl" launch make -n -f xl "$file" >>"$build/peers/keys.log" 2>&1
        [ $# -gt 8 ] || break
        shift 8
    done
    answer=$(grep -c ' nosuch: no key that xl is known to have' "$build/peers/keys.log")
    unknown=$(grep 'no key that xl is known to have' "$build/peers/keys.log" | grep -v ' nosuch: ')
    if [ "$answer" = $(((${#keys[@]} + 7) / 8)) ] && [ -z "$unknown" ]; then
        report ok "peers/xl.cfg: xl launch make knows each of them"
    else
        report FAILED "peers/xl.cfg: xl launch make knows each of them" "$answer lines on what is none"
        sed 's/^/    | /' <<<"$unknown"
    fi
    for key in "${keys[@]}"; do
        grep -qE ":[0-9]+: $key: " "$build/peers/keys.log" || silent+=("$key")
    done
    if [ "${silent[*]}" = "cmdline extra name root" ]; then
        report ok "peers/xl.cfg: only those that take any text are silent about one"
    else
        report FAILED "peers/xl.cfg: only those that take any text are silent about one" "${silent[*]}"
    fi
}
