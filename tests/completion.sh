# SPDX-License-Identifier: MIT
# What shells complete a command line of xl with, on the twin of the board. Sourced by twin.sh.
# shellcheck shell=bash disable=SC2154

# _completes WORD...: what bash offers for the last one, a line each.
_completes() {
    # shellcheck disable=SC2016
    timeout 60 "$twin/bin/as" control bash -c 'source "$0"; COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _xl; printf "%s\n" "${COMPREPLY[@]}"' \
        "$top/packaging/completion/xl" "$@"
}

_completes_to() {
    local expected=$1
    shift
    [ "$(_completes "$@" | LC_ALL=C sort | tr '\n' ' ')" = "$expected " ] || { _completes "$@"; return 1; }
}

_test_completion() {
    _is "bash completes a command" _completes_to 'vcpu-list vcpu-pin vcpu-set' xl vcpu
    _is "after xl's own options, too" _completes_to 'dmesg' xl -v dm
    _is "a domain's name" _completes_to 'control' xl console con
    _is "and another's after it" _completes_to 'app control hardware' xl pause app ''
    _is "an option" _completes_to '--context --cpupool' xl list --c
    _is "what an option takes" _completes_to 'hardware' xl sched-credit2 -d h
    _is "also behind =" _completes_to 'hardware' xl sched-credit2 --domain = h
    _is "a file" _completes_to "$top/docs/launch.md" xl launch check "$top/docs/laun"
    _is "a command for help" _completes_to 'debug-keys destroy devd' xl help de
    _is "nothing of what there is not" _completes_to '' xl nonsense ''
    _is "what xentop takes" _completes_to '--repeat-header' xentop -b --re
    _is "also by its path" _completes_to '--vbds --vcpus --version' /usr/bin/xentop --v
    _test_zsh_completion
}

# _zsh_offers EXPECTED LINE: what zsh offers for the last word of LINE.
_zsh_offers() {
    local offered
    offered=$(timeout 60 "$twin/bin/as" control zsh -f "$top/tests/completion.zsh" "$top/packaging/completion" "$2" | LC_ALL=C sort | tr '\n' ' ') || return 1
    [ "$offered" = "${1:+$1 }" ] || { echo "offered: $offered"; return 1; }
}

_test_zsh_completion() {
    command -v zsh >/dev/null || { report skipped "twin/zsh completes" "zsh is not installed"; return; }
    _is "zsh completes a command" _zsh_offers 'vcpu-list vcpu-pin vcpu-set' 'xl vcpu'
    _is "zsh: after xl's own options, too" _zsh_offers 'dmesg' 'xl -v dm'
    _is "zsh: a domain's name" _zsh_offers 'control' 'xl console con'
    _is "zsh: and another's after it" _zsh_offers 'app control hardware' 'xl pause app '
    _is "zsh: an option" _zsh_offers '--context --cpupool' 'xl list --c'
    _is "zsh: what an option takes" _zsh_offers 'hardware' 'xl sched-credit2 -d h'
    _is "zsh: also behind =" _zsh_offers 'hardware' 'xl sched-credit2 --domain=h'
    _is "zsh: what comes first" _zsh_offers 'check make' 'xl launch '
    _is "zsh: a command for help" _zsh_offers 'debug-keys destroy devd' 'xl help de'
    _is "zsh: nothing of what there is not" _zsh_offers '' 'xl nonsense '
    _is "zsh: what xentop takes" _zsh_offers '--repeat-header' 'xentop -b --re'
}
