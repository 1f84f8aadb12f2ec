# SPDX-License-Identifier: MIT
# xl top's screen on the board's serial line: the terminal is tmux, and the RAM disk describes none.
# shellcheck shell=bash disable=SC2154,SC2016

_serial=$system_results/screen
rm -rf "$_serial"
mkdir -p "$_serial"

_serial_tmux() {
    tmux -f /dev/null -S "$_serial/tmux" "$@"
}

_serial_type() {
    _serial_tmux send-keys -t board "$@"
}

# _serial_shows WHAT REGEX [SECONDS]: within that time, or 60, a row of the screen matches.
_serial_shows() {
    local deadline=$((SECONDS + ${3:-60}))
    while [ "$SECONDS" -lt "$deadline" ]; do
        _serial_tmux capture-pane -p -t board >"$_serial/rows" 2>&1
        if grep -qE -- "$2" "$_serial/rows"; then
            report ok "$group/screen: $1"
            return
        fi
        sleep 0.5
    done
    report FAILED "$group/screen: $1"
    sed 's/^/    | /' "$_serial/rows"
    return 1
}

# What was there before is not taken for what comes next.
_serial_clear() {
    local tries=0
    _serial_type clear Enter
    until ! _serial_tmux capture-pane -p -t board | grep -qE '^NAME|^ended-with' || [ $((tries += 1)) -gt 120 ]; do sleep 0.5; done
}

# _serial_top TERM: all of it on a terminal of that name.
_serial_top() {
    _serial_clear
    _serial_type "clear; TERM=$1 xl top -d 1; echo ended-with-\$?" Enter
    _serial_shows "on $1 there is a header" '^NAME +ID STATE    ROLE   CPU% STEAL%  MEM-M VCPU   HYP/s   EVT/s$'
    _serial_shows "$1: domains, with rates" '^control +1 [a-z]+ +c +[0-9]+\.[0-9] +[0-9]+\.[0-9] +192 +1 +[1-9][0-9]* +[0-9]+$'
    _serial_type v
    _serial_shows "$1: a key is heeded" '^  vcpu 1 +(blocked|running|ready) +on CPU'
    _serial_type v / app Enter p
    _serial_shows "$1: there is a question" '^Pause app \(domain 2\)\? y/n$'
    _serial_type n / Enter Down h
    _serial_shows "$1: there is help" '^v n x lines of vcpus, networks, disks'
    _serial_type h q
    _serial_shows "$1: it ends" '^ended-with-0$'
}

_serial_board() {
    _serial_tmux new-session -d -s board -x 80 -y 24 "'$top/demo' --quiet --no-build --ram-disk" || return
    _serial_shows "the board has a prompt" '^control:/# *$' 240 || return
    _serial_type 'rm -r /lib/terminfo; clear; ls /lib/terminfo' Enter
    _serial_shows "no terminal is described" 'ls: /lib/terminfo: No such file or directory'
    _serial_top vt100
    _serial_top linux
    _serial_clear
    _serial_tmux resize-window -t board -x 60 -y 12
    _serial_type 'clear; TERM=xterm-of-nobody xl top -d 1; echo ended-with-$?' Enter
    _serial_shows "a smaller one is asked for its size" '^NAME +ID STATE    ROLE   CPU% STEAL%  MEM-M VCPU$'
    _serial_shows "and is filled to its last row" '^q end  h help  s sort  / filter$' && _serial_last_row
    _serial_type C-c
    _serial_shows "Ctrl-C ends" '^ended-with-0$'
    _serial_clear
    _serial_tmux resize-window -t board -x 200 -y 24
    _serial_type 'clear; TERM=dumb xl top -i 1; echo ended-with-$?' Enter
    _serial_shows "one that cannot move its cursor gets lines" '^ +NAME  STATE   CPU\(sec\)'
    _serial_shows "and an end" '^ended-with-0$'
}

_serial_last_row() {
    if [ "$(sed -n '12p' "$_serial/rows")" = "q end  h help  s sort  / filter" ]; then
        report ok "$group/screen: which is the twelfth"
    else
        report FAILED "$group/screen: which is the twelfth"
        sed 's/^/    | /' "$_serial/rows"
    fi
}

if command -v tmux >/dev/null; then
    _serial_board
    _serial_type C-t x 2>/dev/null
    sleep 1
    _serial_tmux kill-server 2>/dev/null
else
    report skipped "$group/screen" "tmux is not installed"
fi
