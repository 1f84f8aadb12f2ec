# SPDX-License-Identifier: MIT
# The tools and daemons on the twin of the board: every program is the one that a board would run. Sourced by check.
# shellcheck shell=bash

source "$top/scripts/board.sh"
source "$top/scripts/twin.sh"
source "$top/tests/twin-trees.sh"
source "$top/tests/twin-json.sh"
source "$top/tests/completion.sh"

# _says WHAT REGEX COMMAND...: what COMMAND prints has a matching line.
_says() {
    local what=$1 regex=$2
    shift 2
    "$@" >"$twin_results/said" 2>&1 </dev/null
    if grep -qE -- "$regex" "$twin_results/said"; then
        report ok "twin/$what"
    else
        report FAILED "twin/$what"
        tail -n 10 "$twin_results/said" | sed 's/^/    | /'
    fi
}

# _is WHAT COMMAND...: COMMAND succeeds. With ! in front of it, it fails.
_is() {
    local what=$1 wanted=0 status=0
    shift
    [ "$1" != ! ] || { wanted=1; shift; }
    "$@" >"$twin_results/said" 2>&1 </dev/null || status=1
    if [ "$status" = "$wanted" ]; then
        report ok "twin/$what"
    else
        report FAILED "twin/$what"
        tail -n 10 "$twin_results/said" | sed 's/^/    | /'
    fi
}

_xl() {
    timeout 60 "$twin/bin/as" "${twin_domain:-control}" xl "$@"
}

# _types TEXT [OPTIONS]: types TEXT at the console of app, and shows the answer.
_types() {
    local text=$1
    shift
    printf '%s\n' "$text" | timeout 60 "$twin/bin/as" control xl console -l 0.2 "$@" app
}

_up() {
    twin_start "$twin_results/$1" "${2:-$twin_results/board.dtb}" "${@:3}" ||
        { report FAILED "twin/starts"; return 1; }
}

# What was destroyed leaves no trace, and who watches is told.
_test_destroy() {
    local watcher
    timeout 20 "$twin/bin/as" hardware xenstore-watch -n 2 @releaseDomain >"$twin_results/watched" 2>&1 &
    watcher=$!
    _within 10 test -s "$twin_results/watched"
    _is "destroy works" _xl destroy app
    _is "destroy: @releaseDomain fires" wait "$watcher"
    _is "destroy: xenstore has forgotten it" ! "$twin/bin/as" hardware xenstore-exists /local/domain/2
    # It is there, dying, until xenconsoled has let go of its console page.
    _is "destroy: so has the list" _within 10 _unlisted app
    _is "destroy: its kernel has ended" _within 10 _gone "${twin_processes[-1]}"
    _says "destroy: its console says so" "no domain named .app" _xl console app
}

_unlisted() {
    ! _xl list | grep -q "^$1 "
}

_gone() {
    ! kill -0 "$1" 2>/dev/null
}

_test_pause() {
    _is "pause works" _xl pause app
    _says "a paused domain is listed so" "^app .* -bp---" _xl list
    _is "a paused domain reads no input" ! _types "echo while paused" -w 1
    _is "unpause works" _xl unpause app
    _says "after that it reads what was typed meanwhile" "^while paused" _xl console -l 0.2 app
}

_test_policy() {
    _says "hardware may not pause" "takes the role control" timeout 60 "$twin/bin/as" hardware xl pause app
    _is "and its attempt fails" ! timeout 60 "$twin/bin/as" hardware xl pause app
    _is "app may not destroy" ! timeout 60 "$twin/bin/as" app xl destroy control
    _says "denials are in the log" "denied: hardware domctl_pausedomain on app" _xl dmesg
}

# What a domain has, by the commands that Xen's scripts use.
# What programs of the domain do is counted as the domain's; a denial with the domain's too.
_test_counters() {
    local before
    before=$(_xl counters -d app | awk '$1 == "app" { print $5 }')
    timeout 60 "$twin/bin/as" app xl pause 1 >/dev/null 2>&1
    _is "a denial is counted" [ "$(_xl counters -d app | awk '$1 == "app" { print $5 }')" -gt "$before" ]
    _says "control sees its own hypercalls" '"hypercalls": [1-9][0-9]*,' _xl counters -j control
    _says "and how the CPUs are used" '^ +0 +[0-9.]+ +[0-9.]+ +[1-9][0-9]* +[1-9]' _xl counters -c
    _says "app is shown nothing" "takes the role control" timeout 60 "$twin/bin/as" app xl counters
    _says "nor is hardware" "takes the role control" timeout 60 "$twin/bin/as" hardware xl counters
}

_test_tools() {
    _says "xl info has the lines of Xen 4.20, in their order" "virt_caps arm_sve_vector_length total_memory free_memory sharing_freed_memory sharing_used_memory outstanding_claims free_cpus xen_major xen_minor xen_extra xen_version xen_caps xen_scheduler xen_pagesize platform_params xen_changeset xen_commandline cc_compiler cc_compile_by cc_compile_domain cc_compile_date build_id xend_config_format" _info_lines
    _says "xl info prints one line's value" "^4\.17" _xl info xen_version
    _says "xl info -n has no devices" "^No device topology data available$" _xl info -n
    _says "xl list --xml loads what is beside it" "<name>app</name>$" _xl list --xml
    _says "xl list -n" "^app .* all$" _xl list -n
    _says "xl vm-list" "^[0-9a-f-]{36}  2    app" _xl vm-list
    _says "xl claims" "^app .* 0$" _xl claims
    _says "Domain-0 is domain 0" "^0$" _xl domid Domain-0
    _is "xl mem-set asks the guest's kernel" _xl mem-set app 96
    _says "and says so in xenstore" "^98304$" "$twin/bin/as" hardware xenstore-read /local/domain/2/memory/target
    _says "a domain has no more than the tree gave it" "must be 1 to 128" _xl mem-set app 1g
    _is "xl mem-max limits it" _xl mem-max app 100
    _says "and says so" '"max_kib": 102400' _xl list -l app
    _says "but not beyond the tree" "its .memory. in the device tree" _xl mem-max app 4096
    _is "xl vcpu-set asks the guest's kernel" _xl vcpu-set app 1
    _says "and says so" "^offline$" "$twin/bin/as" hardware xenstore-read /local/domain/2/cpu/1/availability
    _says "app may not ask control" "not permitted|does not exist|takes the role" timeout 60 "$twin/bin/as" app xl mem-set 1 32
    _says "a name is the tree's" "xen,domain-name" _xl rename app other
    _says "xl create says what to do instead" "xl launch check" _xl create /etc/xen/app.cfg
    _is "and fails" ! _xl create /etc/xen/app.cfg
    _says "the hardware domain sees where vcpus run" "^app +2 +1 " timeout 60 "$twin/bin/as" hardware xl vcpu-list
    _says "but not what their shares are" "takes the role control" timeout 60 "$twin/bin/as" hardware xl sched-credit2
    _says "what is denied is no number" '"weight": null' timeout 60 "$twin/bin/as" hardware xl list -l app
    _says "control is not destroyed by mistake" "others depend .roles: control.; use -f" _xl destroy control
    _says "shutdown -a says who is spared" "^Spared, as others depend on them: hardware .domain 0., control .domain 1.\." _xl shutdown -a
}

_info_lines() {
    _xl info | sed 's/ *:.*//' | tr '\n' ' '
}

# What the tree declares is in the answer; what it does not, neither.
_test_plan_in_policy() {
    _says "policy: control is no peer of app" "^DENIED: GNTTABOP_map_grant_ref" _xl policy --why control grant_map app
    _says "policy: their events have no channel" "^NO: control .domain 1. cannot talk with app" _xl policy --can control talk app
    twin_stop
    cp "$twin_results/board.dtb" "$twin_results/peers.dtb"
    fdtput -t s "$twin_results/peers.dtb" /chosen/app peers control
    _up peers "$twin_results/peers.dtb" || return
    _says "policy: declared peers are" "^ALLOWED: GNTTABOP_map_grant_ref" _xl policy --why control grant_map app
    _is "policy: the status says so" _xl policy --can app talk control
    twin_stop
    twin_with '/ { chosen { control { share { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "rings"; xen,shared-mem = <0 0x50000000 0 0x2000>; }; };
        app { share { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "rings"; role = "owner"; xen,shared-mem = <0 0x60000000 0 0x2000>; }; }; }; };' "$twin_results/shared.dtb"
    _up shared "$twin_results/shared.dtb" control app || return
    _says "policy: domains that share memory can talk" "^  yes  what both have, by shared memory rings$" _xl policy --can control talk app
    _says "policy: and that is all" "^  no   events, over a channel that there is" _xl policy --can control talk app
    _says "xl list -l tells of shared memory" '"address": 1610612736,$' _xl list -l app
}

# What is to be read of a console afterwards, from control: its log, and the end of the life before.
_test_kept_consoles() {
    _types "echo before the end" >/dev/null
    _says "console --log shows what the guest printed" "^before the end" _xl console --log app
    _says "console --log -n shows the last lines" "^1$" _count_lines console --log -n 1 app
    _says "console --last of a first life says there is none" "no earlier life" _xl console --last app
    _is "a restart" _xl restart app
    _says "console --last shows the life before" "^before the end" _xl console --last app
    _says "uptime tells the life and how the one before ended" "life 2, the one before ended by destroyed" _xl uptime app
    _says "list -v too" "^app .* 2 destroyed +-$" _xl list -v
}

_count_lines() {
    _xl "$@" | wc -l
}

_no_requests() {
    [ -z "$("$twin/bin/as" hardware xenstore-list /local/domain/1/data/console)" ]
}

# Who is killed leaves a mapped page, a grant and two ports to be cleaned up by those who lost it.
_test_killed_client() {
    local client
    mkfifo "$twin_results/silence"
    exec 7<>"$twin_results/silence"
    "$twin/bin/as" control xl console app <&7 >"$twin_results/killed" 2>&1 &
    client=$!
    _is "a client attaches" _within 10 grep -q 'app' "$twin_results/killed"
    _is "its request is in xenstore" ! _no_requests
    kill -KILL "$client"
    exec 7>&-
    _is "killed, it leaves no request" _within 10 _no_requests
    _says "and the console goes on" "^as before" _types "echo as before"
}

_test_ends() {
    _is "shutdown is obeyed" _xl shutdown -w app
    _says "then it is listed so" "^app .* -[b-]-s--" _xl list
    twin_stop
    _up crash '' control app || return
    _types crash -w 5 >/dev/null 2>&1
    _says "a crash is listed" "^app .* -[b-]-.c-" _xl list
    _says "and logged" "app: domain 2 has shut down: crash" _xl dmesg
}

_plays() {
    _background "$twin/bin/as" "$1" "$twin_build/guests/twin/twinguest" "$twin/$1.sock"
    _within 20 test -S "$twin/$1.sock"
}

# An attached console ends when there is no other life: its input, a pipe, does not.
_test_console_goes_on() {
    local session said=$twin_results/session
    mkfifo "$twin_results/session-input"
    exec 7<>"$twin_results/session-input"
    "$twin/bin/as" control xl console app <&7 >"$said" 2>&1 &
    session=$!
    _is "a console is attached" _within 10 grep -q back "$said"
    _is "restart, with a console attached" _xl restart app
    _plays app
    _is "the console says that the domain has ended" _within 20 grep -q "^app has ended: the domain is gone; its next life is waited for" "$said"
    _is "and how, once it runs again" _within 20 grep -q "^app runs again: life [0-9]*, the one before ended by destroyed" "$said"
    echo "echo to another life" >&7
    _is "and goes on with it" _within 20 grep -q "^to another life" "$said"
    echo "crash" >&7
    _is "a crash is told of as one" _within 20 grep -q "^app runs again: life [0-9]*, the one before ended by crash" "$said"
    _plays app
    _is "destroyed, it is gone" _xl destroy app
    _is "without another life the console ends" _within 20 _gone "$session"
    _is "as a failure, since its input has not" ! wait "$session"
    _is "and says so" grep -q "app: the console has ended: the domain is gone" "$said"
    exec 7>&-
    _is "and the domain comes back" _xl restart app
    _plays app
}

_free_memory() {
    _xl info | grep "^free_memory"
}

# Both ends are played; what is in between, and who waits for whom, is as on a board.
_test_devices() {
    _says "without a daemon no disk is attached" "no daemon in hardware .domain 0. has answered within 1 s" _xl block-attach -t 1 app /disk.img,,xvda
    _is "and nothing is left of it" ! "$twin/bin/as" hardware xenstore-exists /local/domain/0/backend/vbd/2/51712
    _is "a daemon and both ends come" twin_devices app
    _is "a disk is attached" _xl block-attach app /disk.img,,xvda
    _says "xl block-list shows that both ends have connected" "^51712 +0 +2 +4 " _xl block-list app
    _says "a name that is taken is refused" "xvda of app .domain 2. is there already" _xl block-attach app /other.img,,xvda
    _is "a network is attached" _xl network-attach app bridge=br0
    _says "xl network-list shows it so" "^0 +0 +00:16:3e:.* 4 " _xl network-list app
    _says "xl top has what the daemon counts, which says more each time" "^VBD BlkBack 51712 \[ca: 0\]  OO:        0   RD:        4   WR:        2   RSECT:         32   WSECT:         16$" _xl top -b -x -i 2 -d 0.2
    _says "and a network's" "^Net0 RX: +[1-9][0-9]*bytes +[1-9][0-9]*pkts " _xl top -b -n -i 1
    _says "xl top has xentop's columns" "^ +app [-db]{3}--. +[0-9]+ +[0-9.]+ +1310[0-9]+ +[0-9.]+ +1310[0-9]+ +[0-9.]+ +2 +1 +0 +0 +1 " _xl top -b -i 1
    _says "xentop takes all that Xen's takes, by its long names" "^VBD BlkBack 51712 " timeout 60 "$twin/bin/as" control xentop --batch --iterations=1 --delay=1 --networks --vbds --repeat-header --vcpus --full-name
    _says "and by its letters, in one" "^VBD BlkBack 51712 " timeout 60 "$twin/bin/as" control xentop -nxrvfbi1 -d1
    _says "xentop --help says how it is used" "^Usage: xentop \[options\]$" timeout 60 "$twin/bin/as" control xentop --help
    _says "xentop --version" "^xl .trefoil. [0-9]" timeout 60 "$twin/bin/as" control xentop --version
    _says "xl list -l has the disk" '"pdev_path": "/disk.img"' _xl list -l app
    _says "and the network" '"bridge": "br0"' _xl list -l app
    _says "a guest attaches nothing to itself" "The backend.s domain 0 does not exist" timeout 60 "$twin/bin/as" app xl block-attach app /x.img,,xvdb
    _test_metrics
    _is "the disk is detached" _xl block-detach app xvda
    _is "and leaves nothing" ! "$twin/bin/as" hardware xenstore-exists /local/domain/0/backend/vbd/2/51712
    _is "so is the network" _xl network-detach app 0
    _is "the disk is attached again" _xl block-attach app /disk.img,,xvda
    _is "destroying the domain takes its nodes" _xl destroy app
    _is "and the frontend's are gone" _within 10 _no_frontend
}

# Each screen has a server of its own: one that ends takes no other.
_screens=0
_tmux() {
    tmux -f /dev/null -S "$twin_results/tmux$_screens" "$@"
}

_screen() {
    _tmux capture-pane -p -t top | sed '/^$/d'
}

# _screen_has REGEX: within ten seconds there is a row that matches.
_screen_has() {
    _within 10 _row_matches "$1" || { _screen; return 1; }
}

_row_matches() {
    _screen | grep -qE -- "$1"
}

_type() {
    _tmux send-keys -t top "$@"
}

# _open_screen WIDTH HEIGHT TERM [OPTIONS [XL]]: xl top on a terminal of that size and name.
_open_screen() {
    _tmux kill-server 2>/dev/null
    _screens=$((_screens + 1))
    _tmux new-session -d -s top -x "$1" -y "$2" \
        "env -u LINES -u COLUMNS TERM=$3 TERMINFO=/none '$twin/bin/as' control ${5:-xl} top ${4:-}; echo it has ended with \$?; sleep 60"
}

# What people see, and what keys do: the rows of the terminal, compared.
_test_screen() {
    _open_screen 80 24 vt100 '-d 0.5'
    _is "xl top fills a screen of 80 columns" _screen_has '^NAME             ID STATE    ROLE   CPU% STEAL%  MEM-M VCPU   HYP/s   EVT/s$'
    _is "domains are in it, with rates of what they do" _screen_has '^control +1 [a-z]+ +c +[0-9]+\.[0-9] +[0-9]+\.[0-9] +192 +1 +[1-9][0-9]* +[0-9]+$'
    _is "and how many there are" _screen_has '^3 domains: [0-9] running, 0 paused, 0 crashed, 0 shut down$'
    _type v
    _is "v shows vcpus" _screen_has '^  vcpu 1 +(blocked|running|ready) '
    _type v C
    _is "C shows bars of CPUs" _screen_has '^CPU0   \[.{20}\] +[0-9]+\.[0-9]%$'
    _type / pp Enter
    _is "/ shows names with some letters" _screen_has 'filter: pp$'
    _is "and no others" ! _row_matches '^hardware '
    _type p
    _is "p asks first" _screen_has '^Pause app \(domain 2\)\? y/n$'
    _type y
    _is "and then pauses" _screen_has '^app +2 paused '
    _type p y
    _is "and lets go on" _screen_has '^app +2 (blocked|ready|running) '
    _type / Enter h
    _is "h tells the keys" _screen_has '^v n x lines of vcpus, networks, disks'
    _type h
    _tmux resize-window -t top -x 40 -y 10
    _is "resized, it has what there is room for" _screen_has '^NAME             ID STATE    ROLE   CPU%$'
    _type q
    _is "q ends" _screen_has '^it has ended with 0$'
    _open_screen 40 10 linux-of-nobody '-d 0.5'
    _is "xl top fits 40 columns" _screen_has '^control +1 [a-z]+ +c +[0-9]+\.[0-9]$'
    _type C-c
    _is "Ctrl-C ends, too" _screen_has '^it has ended with 0$'
    _open_screen 200 10 dumb '-i 1'
    _is "a terminal that cannot move its cursor gets lines" _screen_has '^ +NAME  STATE   CPU\(sec\)'
    _is "and an end" _screen_has '^it has ended with 0$'
    cp "$twin_build/xl/xl" "$twin_results/xl"
    _open_screen 400 10 vt100 '-i 1' "$twin_results/xl"
    _is "without its part for the screen it says so" _screen_has '^The part of xl for the screen is not there \(.*xl-terminal.so: .*\); xl top -b prints lines without it'
    _is "and fails" _screen_has '^it has ended with 1$'
    _open_screen 200 10 vt100 '-b -i 1' "$twin_results/xl"
    _is "which lines do not take" _screen_has '^it has ended with 0$'
    _tmux kill-server
}

# What Prometheus itself, and a strict reader of OpenMetrics, make of what is told: both are Debian's.
_promtool_takes() {
    _xl metrics --text | "$prometheus_programs/promtool" check metrics
}

_open_metrics_are_read() {
    _xl metrics | /usr/bin/python3 -c 'import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
print(sum(len(family.samples) for family in text_string_to_metric_families(sys.stdin.read())), "samples")'
}

_test_metrics() {
    _is "promtool is there" unpack_prometheus
    _is "promtool has nothing against the text format" _promtool_takes
    _says "a strict reader takes OpenMetrics" "^[1-9][0-9][0-9]+ samples$" _open_metrics_are_read
    _says "with what disks do" '^trefoil_disk_reads_total\{domain="app",id="2",device="xvda"\} [1-9]' _xl metrics
    _is "a file for node_exporter is written" _xl metrics --textfile "$twin_results"
    _is "which promtool takes, too" sh -c "'$prometheus_programs/promtool' check metrics <'$twin_results/trefoil.prom'"
    _says "who may not look is told nothing of others" "Looking at domains is not permitted|takes the role" timeout 60 "$twin/bin/as" app xl metrics
}

_no_frontend() {
    ! "$twin/bin/as" hardware xenstore-exists /local/domain/2/device
}

_has_event() {
    grep -q "\"event\":\"$1\"" "$twin_results/seen"
}

# What happens is told as it happens, to all who wait, and what happened to who comes later.
_test_events() {
    local told event
    _says "what was launched is told" "^[-0-9]+ [:.0-9]+ app +launched +runs, with 2 vcpus$" _xl events --once
    "$twin/bin/as" control xl events --json --since boot --domain app --timeout 60 >"$twin_results/seen" &
    told=$!
    _is "a state that is there is reached" _xl events --until is-running,app --timeout 20
    timeout 20 "$twin/bin/as" control xl events --since boot --until unpaused,app --timeout 15 >"$twin_results/until" &
    _is "pausing works" _xl pause app
    _is "and is seen" _xl events --since boot --until paused,app --timeout 20
    _is "and so is the state" _xl events --until is-paused,app --timeout 20
    _is "unpausing works" _xl unpause app
    _is "which another waits for at the same time" wait $!
    _says "a denial is told" "app +denied +is denied .on -; 0 like it left out before.: sysctl_getdomaininfolist$" _denied
    _is "the end of a client's stay at a console is seen" _events_of_console
    _is "restarting works" _xl restart app
    _is "and is waited for" _xl events --since boot --until restarted,app --timeout 20
    _says "with its life" "app +restarted +runs again, with 2 vcpus .life 2.$" _xl events -o -k restarted
    _says "one who may not read is told so" "takes the role control" timeout 20 "$twin/bin/as" app xl events -o
    _is "destroying works" _xl destroy app
    _is "and is waited for, too" _xl events --until is-gone,app --timeout 20
    _says "what does not come ends with the time" "^4$" _status_of _xl events --until launched,app --timeout 1
    for event in paused unpaused denied destroyed restarted; do
        _is "who watches has seen: $event" _within 10 _has_event "$event"
    done
    kill "$told"
}

_status_of() {
    "$@"
    echo $?
}

_denied() {
    "$twin/bin/as" app xl list >/dev/null 2>&1
    _xl events -o -k denied
}

_events_of_console() {
    local watcher
    timeout 30 "$twin/bin/as" control xl events --until console_detached,app --timeout 20 >/dev/null &
    watcher=$!
    _within 10 _attached_and_left || true
    wait $watcher
}

# Someone stays at the console for a moment, until the one who watches has seen it.
_attached_and_left() {
    printf 'echo here\n' | timeout 20 "$twin/bin/as" control xl console -l 0.5 app >/dev/null 2>&1
    ! kill -0 "$watcher"
}

# A domain comes again under its id; whoever plays its kernel has to begin anew, too.
_test_restart() {
    local free times
    free=$(_free_memory)
    for times in once twice; do
        _is "reboot -w waits until it has come again ($times)" _xl reboot -w app
        _is "and its old kernel has ended ($times)" _within 10 _gone "${twin_processes[-1]}"
        _is "and a new one finds its interfaces ($times)" _plays app
        _says "and answers at the console ($times)" "^here $times" _types "echo here $times"
    done
    _is "destroyed, it is gone" _xl destroy app
    _says "restart brings it back" "^Domain 2 has been restarted" _xl restart app
    _is "and its kernel" _plays app
    _says "which answers" "^back" _types "echo back"
    _test_console_goes_on
    _is "no memory is lost" test "$free" = "$(_free_memory)"
    _is "xenstore has it anew" "$twin/bin/as" hardware xenstore-exists /local/domain/2/name
    _says "app may not restart" "takes the role control" timeout 60 "$twin/bin/as" app xl restart 1
    _says "nobody restarts the hardware domain" "cannot be restarted alone" _xl restart hardware
}

_in_second_pool() {
    _xl sched-credit2 -p Pool-1 | grep -q "^$1 "
}

# A domain stays in the pool of CPUs that the tree has put it into.
_test_pools() {
    _says "pools are listed" "^Pool-1 +1   credit2       y          1$" _xl cpupool-list
    _says "with their CPUs" "^Pool-0 +0$" _xl cpupool-list -c
    _says "and who is in them" "^app .* Pool-1$" _xl list -c
    _says "and its vcpus run there" "^app +2 +0 +1 .* all / all$" _xl vcpu-list app
    _is "pinning does not lead out of a pool" ! _xl vcpu-pin app 0 0
    _is "pinning within it works" _xl vcpu-pin app 0 1
    _says "and is shown" "^app +2 +0 +1 .* 1 / all$" _xl vcpu-list app
    _says "and its name is in xenstore, for others' tools" "^Pool-1$" "$twin/bin/as" hardware xenstore-read /local/pool/1/name
    _says "shares are listed by pools" "^app +2 +256 +0$" _xl sched-credit2 -p Pool-1
    _is "others are not" ! _in_second_pool hardware
    _is "a restart" _xl restart app
    _says "keeps the pool" "^app .* Pool-1$" _xl list -c
    _says "and all CPUs of pools are in use" "^free_cpus +: 0$" _xl info
}

# What launch check foretells is what the log says of each domain.
_foretold() {
    local log=$twin/serial
    "$twin_build/xl/xl" launch check "$twin_results/board.dtb" | awk '
        $2 == "kernel" || $2 == "ramdisk" { at[$1, $2] = $3 }
        $2 == "device" && $3 == "tree" { at[$1, "tree"] = $4 }
        END { for (id = 0; id < 3; id++) printf "domain %d kernel %s, ramdisk %s, tree %s\n", id, at[id, "kernel"], at[id, "ramdisk"], at[id, "tree"] }' >"$twin_results/foretold"
    tr -d '\r' <"$log" | sed -n 's/.*\(domain [0-9]*\) [a-z]*: .* \(kernel .*\)/\1 \2/p' >"$twin_results/done"
    [ "$(wc -l <"$twin_results/done")" = 3 ] && diff "$twin_results/foretold" "$twin_results/done"
}

_test_launch_check() {
    _is "launch check foretells what happens" _foretold
    printf '/include/ "%s"\n&app { memory = <0 0>; };\n' "$top/tests/unit/launch/base.dts" >"$twin_results/bad.dts"
    _says "launch check names node and property" "^error: /chosen/app: memory: is zero" \
        "$twin_build/xl/xl" launch check "$twin_results/bad.dts"
    _is "and fails" ! "$twin_build/xl/xl" launch check "$twin_results/bad.dts"
    cat >"$twin_results/channel.dts" <<END
/include/ "$top/tests/unit/launch/base.dts"
&app { one: evtchn@1 { compatible = "xen,evtchn-v1"; xen,evtchn = <10 &two>; }; };
&control { two: evtchn@1 { compatible = "xen,evtchn-v1"; xen,evtchn = <700 &one>; }; };
END
    cat >"$twin_results/shared.dts" <<END
/include/ "$top/tests/unit/launch/base.dts"
&app { share { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "rings"; role = "owner"; xen,shared-mem = <0 0x70000000 0 0x48000000 0 0x10000>; }; };
&control {
    share { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "rings"; xen,shared-mem = <0 0x70000000 0 0x60000000 0 0x10000>; };
    own { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "of its own"; xen,shared-mem = <0 0x64000000 0 0x1000>; };
};
END
    cat >"$twin_results/devices.dts" <<END
/include/ "$top/tests/unit/launch/base.dts"
&app {
    root { compatible = "trefoil,disk"; vdev = "xvda"; target = "/dev/vda2"; read-only; };
    lan { compatible = "trefoil,network"; bridge = "xenbr0"; mac = "00:16:3e:00:00:01"; };
};
END
    cat "$twin_results/devices.dts" - >"$twin_results/collide.dts" <<END
&control {
    root { compatible = "trefoil,disk"; vdev = "xvda"; target = "/dev/vda2"; };
    lan { compatible = "trefoil,network"; bridge = "xenbr0"; mac = "00:16:3E:00:00:01"; };
};
END
    printf '/include/ "%s"\n&rtc { xen,passthrough; };\n' "$top/tests/unit/launch/base.dts" >"$twin_results/marked.dts"
    _says "launch check tells which devices are marked" "^note: /pl031@9010000: this device is left for a passthrough tree" \
        "$twin_build/xl/xl" launch check "$twin_results/marked.dts"
    cat >"$twin_results/plain.dts" <<'END'
/ { chosen { app {
    peers = "control"; hard-affinity = "1"; soft-affinity = "0-1"; on-reboot = "destroy"; on-crash = "restart";
}; }; };
END
    cat >"$twin_results/silent.dts" <<'END'
/ { chosen {
    /delete-node/ hardware;
    app { xen,enhanced = "no-xenstore"; /delete-property/ vpl011; };
    control { xen,enhanced = "no-xenstore"; };
}; };
END
    echo '/dts-v1/; / { chosen { }; };' >"$twin_results/second.dts"
    echo '/ { chosen { app { two words; }; }; };' >"$twin_results/wrong.dts"
    _says "launch check takes fragments, and shows what follows an end" "^app .* on-reboot=destroy on-crash=restart" \
        "$twin_build/xl/xl" launch check "$twin_results/board.dtb" "$twin_results/plain.dts"
    _says "launch check shows affinities" "^ +2 +0 1 / all$" "$twin_build/xl/xl" launch check "$twin_results/board.dtb" "$twin_results/plain.dts"
    _says "and peers" "^ +1 peer +2$" "$twin_build/xl/xl" launch check "$twin_results/board.dtb" "$twin_results/plain.dts"
    _says "and command lines" "^ +2 [0-9a-f-]{36} console=hvc0 " "$twin_build/xl/xl" launch check "$twin_results/board.dtb" "$twin_results/plain.dts"
    _says "and has them in JSON" '"on_reboot": "destroy"' "$twin_build/xl/xl" launch check -j "$twin_results/board.dtb" "$twin_results/plain.dts"
    _says "launch check notes what a board without a hardware domain lacks" "^note: /chosen: no domain has the hardware capability" \
        "$twin_build/xl/xl" launch check "$twin_results/board.dtb" "$twin_results/silent.dts"
    _says "and a domain that is heard nowhere" "^note: /chosen/app: vpl011: not there, and nobody reads" \
        "$twin_build/xl/xl" launch check "$twin_results/board.dtb" "$twin_results/silent.dts"
    _is "which is no error" "$twin_build/xl/xl" launch check "$twin_results/board.dtb" "$twin_results/silent.dts"
    _says "a mistake in a fragment is told with its name and line" "wrong.dts:1\.[0-9-]+" \
        "$twin_build/xl/xl" launch check "$twin_results/board.dtb" "$twin_results/wrong.dts"
    _says "a fragment alone is told of" "^note: /: no /cpus: what is laid over" "$twin_build/xl/xl" launch check "$twin_results/second.dts"
    _says "launch check lists static event channels" "^ +2 +10 +1 +700$" \
        "$twin_build/xl/xl" launch check "$twin_results/channel.dts"
    _says "and has them in JSON" '"remote_port": 700' \
        "$twin_build/xl/xl" launch check -j "$twin_results/channel.dts"
    _says "launch check lists shared memory" "^ +1 rings +borrower +0x60000000 +0x10000 0x70000000$" \
        "$twin_build/xl/xl" launch check "$twin_results/shared.dts"
    _says "and what has a place only at boot" "^ +1 of its own +borrower +0x64000000 +0x1000 any$" \
        "$twin_build/xl/xl" launch check "$twin_results/shared.dts"
    _says "and where it is in each domain" "^ +2 shared memory +0x48000000 +0x10000$" \
        "$twin_build/xl/xl" launch check "$twin_results/shared.dts"
    _says "and has it in JSON" '"host": 1879048192' \
        "$twin_build/xl/xl" launch check -j "$twin_results/shared.dts"
    _says "and warns of what nobody else has" '^warning: /chosen/control/own: xen,shm-id: no other domain has the region "of its own"$' \
        "$twin_build/xl/xl" launch check "$twin_results/shared.dts"
    _says "launch check shows what is set aside besides memory" "^app +2 +131072 +1552 +2 " \
        "$twin_build/xl/xl" launch check "$twin_results/channel.dts"
    printf '/include/ "%s"\n&app { xen,domain-p2m-mem-mb = <4>; };\n' "$top/tests/unit/launch/base.dts" >"$twin_results/tables.dts"
    _says "with as much for tables as the tree says" '"pool_kib": 5392' \
        "$twin_build/xl/xl" launch check -j "$twin_results/tables.dts"
    printf '/include/ "%s"\n&app { max_grant_frames = <65>; max_maptrack_frames = <100>; };\n' "$top/tests/unit/launch/base.dts" >"$twin_results/frames.dts"
    _says "launch check shows limits of grants, and sets aside what they take" "^app +2 +131072 +1836 +2 .* grant-frames=65 maptrack-frames=100$" \
        "$twin_build/xl/xl" launch check "$twin_results/frames.dts"
    _says "and has them in JSON, where the hardware domain may map more" '"maptrack_frames": 160' \
        "$twin_build/xl/xl" launch check -j "$twin_results/frames.dts"
    _says "launch check lists disks" "^ +2 disk +51712 xvda +/dev/vda2 +read-only$" \
        "$twin_build/xl/xl" launch check "$twin_results/devices.dts"
    _says "and networks" "^ +2 network +0 - +xenbr0 +mac=00:16:3e:00:00:01$" \
        "$twin_build/xl/xl" launch check "$twin_results/devices.dts"
    _says "launch check warns of a disk of two" "^warning: /chosen/app/root: target: domain 1 has the same in another disk, and not both" \
        "$twin_build/xl/xl" launch check "$twin_results/collide.dts"
    _says "and of an address of two" "^warning: /chosen/app/lan: mac: domain 1 has the same in another network$" \
        "$twin_build/xl/xl" launch check "$twin_results/collide.dts"
    _says "and has them in JSON" '"backing": "/dev/vda2"' \
        "$twin_build/xl/xl" launch check -j "$twin_results/devices.dts"
}

# Trees as boards' scripts make them: each is launched, or a line says what nothing here acts on.
_test_launch_trees() {
    local check=("$twin_build/xl/xl" launch check "$twin_results/board.dtb")
    cat >"$twin_results/people.dts" <<'END'
/ {
    chosen {
        app { vpl011 = "pl011"; one: e1 { compatible = "xen,evtchn-v1"; xen,evtchn = <10 &zero>; }; };
        zero: e0 { compatible = "xen,evtchn-v1"; xen,evtchn = <11 &one>; };
        pool { compatible = "xen,cpupool"; cpupool-cpus = <0>; };
        xsm { compatible = "xen,xsm-policy", "multiboot,module"; reg = <0 0x61000000 0 0x1000>; };
    };
    domains { linux { compatible = "openamp,domain-v1"; }; };
};
END
    printf '/dts-v1/; /plugin/; &{/} { x; };\n' | dtc -q -I dts -O dtb -o "$twin_results/some.dtbo" -
    _says "a flag is on whatever its value" "^app .* vpl011" "${check[@]}" "$twin_results/people.dts"
    _says "a channel with Xen's dom0 is left out alone" "^warning: /chosen/app/e1: xen,evtchn: no event channel" "${check[@]}" "$twin_results/people.dts"
    _says "a node of /chosen that nothing acts on is named" "^warning: /chosen/xsm: compatible: nothing here acts" "${check[@]}" "$twin_results/people.dts"
    dtc -q -i "$top/tests/unit/launch" -I dts -O dtb -o "$twin_results/system.dtb" "$top/tests/unit/launch/system.dts"
    _says "domains of a System Device Tree are shown" "^zephyr +1 +98304 +[0-9]+ +2 -" "$twin_build/xl/xl" launch check "$twin_results/system.dtb"
    _says "with their memory" "^ +1 ram +0x40000000 +0x6000000" "$twin_build/xl/xl" launch check "$twin_results/system.dtb"
    _says "one of /domains too" "^warning: /domains/linux: compatible: neither .* nor below /chosen" "${check[@]}" "$twin_results/people.dts"
    _is "and the tree is launched" "${check[@]}" "$twin_results/people.dts"
    _says "an overlay is called one" "is an overlay, not a tree: .fdtoverlay" "$twin_build/xl/xl" launch check "$twin_results/some.dtbo"
    _says "also as a fragment" "is an overlay, not a tree" "${check[@]}" "$twin_results/some.dtbo"
}

# _twin_elf CLASS MIDDLE: an ELF file with one segment; the bytes of its size in memory from the second on.
_twin_elf() {
    local zero='\0\0\0\0\0\0\0\0'
    printf '\177ELF\'"$1"'\1\1\0'"$zero"'\2\0\267\0\1\0\0\0\100\0\0\100\0\0\0\0\100\0\0\0\0\0\0\0'"$zero"'\0\0\0\0\100\0\70\0\1\0\0\0\0\0\0\0'
    printf '\1\0\0\0\5\0\0\0'"$zero"'\0\0\0\100\0\0\0\0\0\0\0\100\0\0\0\0\170\0\0\0\0\0\0\0'
    { printf '\0'"$2"; head -c 8 /dev/zero; } | head -c 8
    head -c 8 /dev/zero
}

# What only the contents of modules tell is told of those that are given, in boot's words.
_test_launch_modules() {
    local check=("$twin_build/xl/xl" launch check) base=$top/tests/unit/launch tree=0x61000000 kernel
    kernel=$("${check[@]}" "$base/base.dts" | awk '$1 == 2 && $2 == "kernel" { print $5 }')
    head -c 4096 /dev/urandom | gzip >"$twin_results/kernel.gz"
    { head -c 16 /dev/zero; printf '\0\0\0\x08\0\0\0\0'; head -c 32 /dev/zero; printf 'ARM\x64\0\0\0\0'; } >"$twin_results/kernel"
    printf '/include/ "%s"\n&rtc { xen,passthrough; };\n&app { tree { compatible = "multiboot,device-tree"; reg = <0 %s 0 0x1000>; }; };\n' "$base/base.dts" "$tree" >"$twin_results/pass.dts"
    sed 's/&rtc.*;$//' "$twin_results/pass.dts" >"$twin_results/unmarked.dts"
    dtc -q -I dts -O dtb -S 4096 -o "$twin_results/pass.dtb" "$base/passthrough.dts"
    head -c 4000 "$twin_results/kernel.gz" >"$twin_results/cut.gz"
    gzip -n <"$twin_results/kernel" >"$twin_results/large.gz"
    _says "launch check -m looks into a packed kernel" "^error: /chosen/app/kernel: reg: at $kernel is nothing known, .*; the domain is left out" \
        "${check[@]}" -m "$kernel=$twin_results/kernel.gz" "$base/base.dts"
    _says "and tells one that is cut" "^error: /chosen/app/kernel: reg: at $kernel is a gzip file that is cut short; the domain is left out" \
        "${check[@]}" -m "$kernel=$twin_results/cut.gz" "$base/base.dts"
    _says "and one that its memory does not hold" "^error: /chosen/app: memory: 131072 KiB do not hold" "${check[@]}" -m "$kernel=$twin_results/large.gz" "$base/base.dts"
    _says "and that it is not as long as the tree says" "^warning: /chosen/app/kernel: reg: [0-9]+ bytes, but .*kernel.gz has [0-9]+$" \
        "${check[@]}" -m "$kernel=$twin_results/kernel.gz" "$base/base.dts"
    _is "and fails" ! "${check[@]}" -m "$kernel=$twin_results/kernel.gz" "$base/base.dts"
    _says "and a kernel that its memory does not hold with .bss" "^error: /chosen/app: memory: 131072 KiB do not hold" "${check[@]}" -m "$kernel=$twin_results/kernel" "$base/base.dts"
    _twin_elf 2 '\020' >"$twin_results/elf"
    _twin_elf 1 '\020' >"$twin_results/elf32"
    _twin_elf 2 '\020\0\0\020' >"$twin_results/large-elf"
    _says "an ELF file is shown where it will be" "^ +2 kernel +0x0*40000000 " "${check[@]}" -m "$kernel=$twin_results/elf" "$base/base.dts"
    _says "and its mistakes are told" "^error: /chosen/app/kernel: reg: at $kernel is an ELF file, but not a 64-bit one; the domain is left out" \
        "${check[@]}" -m "$kernel=$twin_results/elf32" "$base/base.dts"
    _says "and that it is too large" "^error: /chosen/app: memory: 131072 KiB do not hold a kernel of [0-9]+ KiB .with .bss. at 0x40000000, where RAM is from 0x40000000 on" \
        "${check[@]}" -m "$kernel=$twin_results/large-elf" "$base/base.dts"
    _says "and a module that no domain has" "^warning: .*kernel: no domain has a module at 0x123000$" "${check[@]}" -m "0x123000=$twin_results/kernel" "$base/base.dts"
    _is "a passthrough tree is read" "${check[@]}" -m "$tree=$twin_results/pass.dtb" "$twin_results/pass.dts"
    _says "and its mistakes are told" "^error: /chosen/app/tree: /passthrough/.*: xen,path: /pl031@9010000 is no device marked" "${check[@]}" -m "$tree=$twin_results/pass.dtb" "$twin_results/unmarked.dts"
    _says "-m takes an address" "is no module: say ADDRESS=FILE" "${check[@]}" -m "$twin_results/pass.dtb" "$twin_results/pass.dts"
}

# What boot says of the command line check says as well, line for line.
_test_launch_options() {
    cp "$twin_results/board.dtb" "$twin_results/options.dtb"
    fdtput -t s "$twin_results/options.dtb" /chosen xen,xen-bootargs \
        "console=dtuart dtuart=serial0 dom0_mem=512M bootscrub=0 vwfi=native sched=null flask=enforcing llc-coloring=on xsm=none panic=never console-focus=nobody"
    "$twin_build/xl/xl" launch check "$twin_results/options.dtb" | sed -n 's/^warning: //p' >"$twin_results/foretold"
    _up options "$twin_results/options.dtb" control app || return
    _xl dmesg | sed -n 's/^(trefoil) //p' >"$twin_results/logged"
    _says "launch check says of the command line what boot says" "^0$" _differences
    _says "which is what there is no equivalent for" "^4$" grep -cE "option (flask|llc-coloring)=|xsm=none|panic=never" "$twin_results/foretold"
    twin_stop
}

_differences() {
    grep -cvxFf "$twin_results/logged" "$twin_results/foretold"
}

# _list_time: how many ms `xl list` takes; the best of three, as the daemons may be busy with so many new domains.
_list_time() {
    local began ended best=999999 try
    for try in 1 2 3; do
        began=$(date +%s%N)
        _xl list >"$twin_results/list" || return 1
        ended=$(date +%s%N)
        [ $(((ended - began) / 1000000)) -ge "$best" ] || best=$(((ended - began) / 1000000))
    done
    echo "$best"
}

_lists_within() {
    took=$(_list_time)
    [ "$took" -lt "$1" ] && [ "$(wc -l <"$twin_results/list")" = 1001 ]
}

# One row for each of so many vcpus, whose hypercalls are counted where the domain made some.
_counts_all() {
    _xl counters -j >"$twin_results/counters" || return 1
    [ "$(grep -c '"wake_ns"' "$twin_results/counters")" = "$1" ] && grep -q '"hypercalls": [1-9]' "$twin_results/counters"
}

# _events_whole FILE: each number is one more than the one before, or a line says how many are missing.
_events_whole() {
    /usr/bin/python3 - "$1" <<'END'
import json
import sys

next_number = lost = 0
for line in open(sys.argv[1], encoding="utf-8"):
    event = json.loads(line)
    if event["event"] == "lost":
        lost += event["details"]["events"]
        next_number += event["details"]["events"] if next_number else event["details"]["events"] + 1
    elif "sequence" in event:
        if next_number and event["sequence"] != next_number:
            sys.exit(f"{event['sequence']} in place of {next_number}")
        next_number = event["sequence"] + 1
print(f"{lost} lost, the next is {next_number}")
END
}

# The launch of so many is more than is kept. Then a reader that is not let run while others are paused.
_test_lost_events() {
    local reader guests
    _is "events that are kept no more are no failure" _xl events --once --json --since 1
    _xl events --once --json --since 1 >"$twin_results/late"
    _says "who comes late is told how many there were" "^488 lost, the next is 1001$" _events_whole "$twin_results/late"
    _says "in words, too" "^[-0-9]+ [:.0-9]+ hypervisor +lost +488 events are kept no more$" _xl events --once --since 1 --kind lost
    "$twin/bin/as" control xl events --json --since 1 --timeout 100 >"$twin_results/slow" 2>/dev/null &
    reader=$!
    _is "a reader follows" _within 20 grep -q '"sequence":1000,' "$twin_results/slow"
    kill -STOP "$reader"
    guests=$(seq -f 'guest-%.0f' 2 601)
    # shellcheck disable=SC2086
    _is "600 are paused while it does not run" _xl pause $guests
    kill -CONT "$reader"
    _is "it reads on" _within 20 grep -q '"sequence":1600,' "$twin_results/slow"
    kill "$reader"
    wait "$reader" 2>/dev/null
    _says "and is told of the gap, in its place" "^576 lost, the next is 1601$" _events_whole "$twin_results/slow"
    _says "a state that is waited for is found all the same" "^0$" _status_of _xl events --until is-paused,guest-5 --timeout 20
    _says "an event that is lost is not" "^4$" _status_of _xl events --since 1 --until paused,guest-5 --timeout 1
}

_test_thousand() {
    local took=0
    twin_many 1000 "$twin_results/many.dtb"
    _up many "$twin_results/many.dtb" control || return
    _is "a thousand domains are listed within 1 s" _lists_within 1000
    printf '        xl list of a thousand domains: %s ms\n' "$took"
    _is "and so are their counters" _counts_all 1000
    _test_lost_events
    _is "a scrape of all of them takes few hypercalls" _scrapes_cheaply 200
    _says "each has its place in xenstore" "^guest-999$" "$twin/bin/as" hardware xenstore-read /local/domain/999/name
    twin_stop
}

_no_sanitizer_complaint() {
    ! grep -E "AddressSanitizer|LeakSanitizer|runtime error" "$twin_results"/*/messages
}

# The board as ./demo --twin has it.
_twin_board() (
    work=$twin_results devices=no qemu_program=qemu-system-aarch64 hypervisor_arguments=console-focus=control tree_additions=() disks=() network=no
    board_defaults
    board_load qemu-virt
    board_read
    twin_tree "$twin_results/board.dtb"
)

# _twin_suite BUILD: all of the tests, with the programs of one build.
_twin_suite() {
    local twin_build=$1 twin_processes=() twin_results=$build/twin/results
    rm -rf "$twin_results"
    mkdir -p "$twin_results"
    _twin_board || { report FAILED "twin/the board's tree"; return; }
    _up board '' control app || return
    _says "all domains are listed" "^hardware .* 256 .* -b----" _xl list
    _says "with their roles" "^control .* control" _xl list -v
    _says "what control reads of xenstore comes through its ring" "^control$" "$twin/bin/as" control xenstore-read name
    _says "the guest answers at its console" "^hello from here" _types "echo hello from here"
    _test_pause
    _test_policy
    _test_killed_client
    _test_completion
    _test_launch_check
    _test_launch_trees
    _test_launch_modules
    _test_destroy
    twin_stop
    if _up policy '' control app; then _test_plan_in_policy; fi
    twin_stop
    if _up tools '' control app; then _test_tools; fi
    twin_stop
    if _up counted '' control app; then _test_counters; fi
    twin_stop
    if _up events '' control app; then _test_events; fi
    twin_stop
    _test_launch_options
    if _up devices '' control app; then _test_devices; fi
    twin_stop
    if _up scraped '' control app && twin_devices app; then _test_scraped; fi
    twin_stop
    if _up screen '' control app; then _test_screen; fi
    twin_stop
    cp "$twin_results/board.dtb" "$twin_results/restart.dtb"
    fdtput -t s "$twin_results/restart.dtb" /chosen/app on-crash restart
    if _up restart "$twin_results/restart.dtb" control app; then _test_restart; fi
    twin_stop
    twin_with '/ { chosen { fast: fast { compatible = "xen,cpupool"; cpupool-cpus = <&cpu1>; }; app { domain-cpupool = <&fast>; }; }; };' "$twin_results/pools.dtb"
    if _up pools "$twin_results/pools.dtb" control app; then _test_pools; fi
    twin_stop
    _json_tree
    if _up json "$twin_results/json.dtb" control app; then _test_json; fi
    twin_stop
    if _up ends '' control app; then _test_ends; fi
    twin_stop
    if _up kept '' control app; then _test_kept_consoles; fi
    twin_stop
    _test_thousand
    _is "no sanitizer complains" _no_sanitizer_complaint
}

run_twin_tests() {
    progress "twin"
    _build sanitized --enable-sanitizers
    _twin_suite "$build/sanitized"
}

# run_twin_bench: a table, no test.
run_twin_bench() {
    local count began up made resident twin_build=$build/native twin_processes=() twin_results=$build/twin/results
    build_native
    mkdir -p "$twin_results"
    printf '%8s %12s %12s %12s %14s\n' domains "made, ms" "resident, KiB" "all up, ms" "xl list, ms"
    for count in 1 10 100 1000; do
        rm -rf "$twin_results/bench"
        twin_many "$count" "$twin_results/bench.dtb"
        read -r made resident < <("$twin_build/hypervisor/arch/host/hvtwin" -m "$twin_results/bench.dtb" |
            sed 's/.*domains: \([0-9]*\) us.* \([0-9]*\) KiB resident/\1 \2/')
        began=$(date +%s%N)
        _up bench "$twin_results/bench.dtb" || return
        up=$(date +%s%N)
        printf '%8s %12s %12s %12s %12s\n' "$count" "$((made / 1000)).$((made % 1000 / 100))" "$resident" \
            "$(((up - began) / 1000000))" "$(twin_domain=hardware _list_time)"
        twin_stop
    done
}
