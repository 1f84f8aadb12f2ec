# SPDX-License-Identifier: MIT
# Domains come again: asked to, by themselves, after their destruction; the others go on and no memory is lost. A domain
# that cannot live is left ended.
# shellcheck shell=bash disable=SC2154,SC2016

# What each step of a restart shows.
_restart_look='look() {
    xl list app; xl list -v app | grep -o "[0-9a-f-]\{36\}" | sed "s/^/uuid /"; xl info | grep "^free_memory"
    printf "echo alive-\$((40+2)); cat /proc/sys/kernel/random/boot_id; nproc\n" | timeout 40 xl console app
}
'
# _restart_is_whole STEP: the domain of that step is the one of the tree.
_restart_is_whole() {
    expect "$1: xl list shows it with its id, size and CPUs" "$1" '^app +2 +128 +[12] +[rb-]{2}----'
    expect "$1: its console answers" "$1" '^alive-42$'
    expect "$1: it has its CPUs" "$1" '^2$'
    if [ "$(grep -E '^(uuid|free_memory)' "$(_of "$1")")" = "$(grep -E '^(uuid|free_memory)' "$(_of before)")" ]; then
        _verdict ok "$1: the UUID and the machine's free memory are as before" "$1"
    else
        _verdict FAILED "$1: the UUID and the machine's free memory are as before" "$1"
    fi
}

# Static memory goes back to its domain alone.
cat >"$system_results/static.dts" <<'END_OF_TREE'
&app { xen,static-mem = <0x0 0xa0000000 0x0 0x8000000>; };
END_OF_TREE
boot restart --in control <<END_OF_COMMANDS
$_restart_look
within 40 'xenstore-exists /local/domain/2/name'
step before look
step mark 'xenstore-write /local/domain/2/data/mark old && xenstore-read /local/domain/2/data/mark'
sleep 300 | xl console app >/tmp/attached 2>&1 &
(xl events --until restarted,app --timeout 250 >/tmp/awaited; echo "status \$?" >>/tmp/awaited) &
for i in 1 2 3; do
    step reboot-\$i 'xl reboot -w app && look'
done
step awaited 'cat /tmp/awaited; echo; xl events --once --domain app'
step unmarked 'xenstore-exists /local/domain/2/data/mark'
step attached 'tr -d "\\r" </tmp/attached'
step gone 'xl destroy app; within 20 "! pidof xl"; tail -n 1 /tmp/attached'
END_OF_COMMANDS
for step in reboot-1 reboot-2 reboot-3; do
    _restart_is_whole "$step"
done
expect "xl reboot -w waits until it runs again" reboot-1 '^Domain 2 has rebooted$'
expect "its part of the store is written" mark '^old$'
expect_status "its part of the store is new" unmarked 1
expect_count "an attached console says that each life has ended" attached '^app has ended: .*; its next life is waited for' 3
for life in 2 3 4; do
    expect "and goes on with life $life" attached "^app runs again: life $life, the one before ended by reboot"
done
expect_count "all of whose guests it shows" attached '^alive-42' 4
expect "without another life it ends" gone 'app: the console has ended: the domain is gone'
expect "xl events waits for the next life" awaited '^status 0$'
expect "and tells how the one before ended" awaited 'app +shutdown +has shut down: reboot$'
expect_count "and later each life that there was, twice what was waited for" awaited 'app +restarted +runs again, with 2 vcpus .life [234].$' 4
# shellcheck disable=SC2002
if [ "$(cat "$boot_directory"/step-* | grep -aoE '^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f-]{21}' | sort -u | wc -l)" = 4 ]; then
    _verdict ok "each time another kernel has booted" reboot-1
else
    _verdict FAILED "each time another kernel has booted" reboot-1
fi

boot restart-command --in control --cpus 1 --dtb-add "$system_results/static.dts" <<END_OF_COMMANDS
$_restart_look
within 40 'xenstore-exists /local/domain/2/name'
step before look
sleep 60 | timeout 80 xl console app >/tmp/attached 2>&1 &
sleep 2
step itself 'printf "reboot -f\n" | timeout 20 xl console app; within 60 "xl dmesg | grep -q \"app: started again\""; look'
step attached 'tr -d "\\r" </tmp/attached'
step destroy 'xl destroy app; xl list'
step restart 'xl restart app && look'
step running 'xl restart 2 && look'
step shutdown 'xl shutdown -w app; xl list app; xl restart app && look'
step refused 'xl restart hardware; xl restart control; xl restart nobody; xl restart 77; xl reboot hardware'
step others 'xl list hardware control && xenstore-write /tool/alive yes && xenstore-read /tool/alive'
step dmesg 'xl dmesg'
END_OF_COMMANDS
for step in itself restart running shutdown; do
    _restart_is_whole "$step"
done
expect "a console that is attached says why it waits" attached 'app has ended: the domain (is gone|has shut down)'
expect "and shows the next life" attached '^alive-42'
reject "xl destroy ends it" destroy '^app '
expect "xl restart brings back what was destroyed" restart '^Domain 2 has been restarted$'
expect "power off is an end" shutdown '^app +2 .* ---s--'
expect "the hardware domain is not restarted" refused '^hardware \(domain 0\) cannot be restarted alone'
expect "nor is one's own" refused '^Domain 1 is this one'
expect "nor an unknown one by name" refused "no boot-time domain named 'nobody'"
expect "nor an unknown one by id" refused 'no boot-time domain 77'
expect "nor is the hardware domain asked to reboot" refused '^Domain 0 holds the machine'
expect "the others go on" others '^yes$'
expect_count "the log tells of each restart" dmesg 'app: started again after' 4
reject "nothing waits for long" dmesg 'cannot be started again yet|crashed|panic'

boot restart-refused --in app <<'END_OF_COMMANDS'
step restart 'xl restart control; xl restart 1'
END_OF_COMMANDS
reject "a guest restarts nobody" restart 'has been restarted'
expect "the guest is told which role it takes" restart 'it takes the role control'

cat >"$system_results/loop.dts" <<'END_OF_TREE'
&app_kernel { bootargs = "console=hvc0 rdinit=/nothing loglevel=4 panic=1"; };
END_OF_TREE
boot restart-loop --in control --dtb-add "$system_results/loop.dts" <<'END_OF_COMMANDS'
step ended 'within 150 "xl dmesg | grep -q \"app: not started again\""; xl list'
step others 'xl list hardware control && xenstore-write /tool/alive yes && xenstore-read /tool/alive'
step dmesg 'sleep 3; xl dmesg'
END_OF_COMMANDS
expect "each short life is told, with its length and where its last lines are" dmesg "app: its life [2-5] has ended [0-9.]+ s after its start: reboot; see 'xl console --last app'"
expect "who ends again and again is left ended" ended '^app +2 .* ---sr-'
expect_count "in one line" dmesg 'app: not started again: it has ended 6 times within 60 s of its start' 1
expect_count "after five restarts" dmesg 'app: started again after' 5
expect "the last of them 8 s later" dmesg 'app: is started again in 8 s'
expect "the others go on" others '^yes$'
