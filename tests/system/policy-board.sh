# SPDX-License-Identifier: MIT
# The whole board under each policy: what a person gets done in the hardware domain, in control and in app, all in one
# boot; and what user space there may ask of the hypervisor at all (tests/calls).
# shellcheck shell=bash disable=SC2154,SC2016

overlay=$system_results/policy-board-overlay
mkdir -p "$overlay/usr/bin"
cp "$build/arm64/tests/calls/calls" "$overlay/usr/bin/"

# _same WHAT STEP REGEX: in each of the three domains.
_same() {
    local domain
    for domain in hardware control app; do
        expect "$1, in $domain" "$2-$domain" "$3"
    done
}

for policy in dummy silo split; do
    boot "policy-board-$policy" --in hardware,control,app --overlay "$overlay" --append "xsm=$policy" <<'END'
dmesg -n 1
within 60 'xenstore-exists /local/domain/2/name'
me=$(hostname)
case $me in hardware) id=0 ;; control) id=1 ;; app) id=2 ;; esac
step calls-$me "calls $id 0:6 1:1 2:0 77:x"
step info-$me 'xl info'
step list-$me 'xl list -v'
step json-$me 'xl list -l control'
step policy-$me 'xl policy | grep -E "^Policy|pausedomain|evtchn_bind_virq_dom_exc"'
step policy-json-$me 'xl policy --json | grep pausedomain'
step why-$me 'xl policy --why guest domctl_pausedomain control'
step why-machine-$me 'xl policy --why hardware platform_settime'
step why-clock-$me 'xl policy --json --why control platform_settime'
step pause-$me 'xl pause 2'
step unpause-$me 'xl unpause 2'
step destroy-$me 'xl destroy 77'
step log-$me 'xl dmesg >/tmp/log'
step clear-$me 'xl dmesg -c >/tmp/log'
step store-$me 'xenstore-write /local/domain/$id/data/policy $me && xenstore-read /local/domain/$id/data/policy'
step others-store-$me 'xenstore-write /local/domain/0/policy-test $me'
if [ $me = control ]; then
    step why-names 'xl policy --why app domctl_destroydomain hardware'
    step why-itself 'xl policy --why app hvm_set_param app'
    # Its shell starts when this command has ended there.
    within 60 'printf "echo from-\$(hostname)\n" | timeout 10 xl console app >/tmp/console; grep -q ^from-app /tmp/console'
    step console 'cat /tmp/console'
fi
END
    _same "the policy is the one asked for" info "^policy +: $policy\$"
    _same "every call is answered as the policy says" calls "^policy $policy, roles [0-9]+: [0-9]+ calls, 0 wrong, "
    _same "xl policy names the policy" policy "^Policy: $policy\$"
    _same "xl policy prints the table" policy '^domctl_pausedomain +change +domain +no +any +no +no +no$'
    _same "xl policy --json" policy-json '"operation": "domctl_pausedomain"'
    _same "xl policy --why of a denial names the role" why '^Each of these roles alone is allowed it: control$'
    _same "xl policy --why of the machine" why-machine '^ALLOWED: .*platform_settime'
    _same "its own part of the store is writable" store '^(hardware|control|app)$'
    case $policy in
    split) _same "control has no business with the clock" why-clock '"allowed": false' ;;
    *) _same "control may set the clock" why-clock '"allowed": true' ;;
    esac

    expect "control lists names and roles" list-control '^hardware +0 .* hardware,xenstore$'
    expect "and itself" list-control '^control +1 .* control$'
    expect "xl list -l names roles" json-control '"control"'
    expect_status "control pauses" pause-control 0
    expect_status "and lets go on" unpause-control 0
    expect_status "control cannot destroy what is not there" destroy-control 1
    expect_status "control reads the log" log-control 0
    expect_status "and clears it" clear-control 0
    expect "a question by names" why-names '^DENIED: .*domctl_destroydomain'
    expect "what a domain does with itself" why-itself '^ALLOWED: .*hvm_set_param'
    expect "control reaches app's console" console '^from-app'

    expect "hardware cannot pause" pause-hardware 'not permitted.*the role control'
    expect "nor let go on" unpause-hardware 'not permitted.*the role control'
    expect_status "hardware reads the log" log-hardware 0
    if [ "$policy" = split ]; then
        expect "hardware cannot clear it" clear-hardware 'not permitted.*the role control'
        expect "the store's domain lists domains" list-hardware '^app +2 '
    else
        expect_status "hardware clears it" clear-hardware 0
        expect "the list is control's" list-hardware 'not permitted.*the role control'
    fi
    expect "app lists no domains" list-app 'not permitted'
    expect "app cannot pause, not even itself" pause-app 'not permitted'
    expect "app is not told which domains there are not" destroy-app 'not permitted'
    expect "app does not read the log" log-app 'not permitted'
    expect_status "app does not write into another's store" others-store-app 1
    reject "nothing is answered wrongly" calls-app '^WRONG'
    reject "the hypervisor goes on" log 'exception in the hypervisor|panic'
done
