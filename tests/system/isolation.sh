# SPDX-License-Identifier: MIT
# One domain's end, by whatever way, is its own: xl list shows it, and the others go on.
# shellcheck shell=bash disable=SC2154,SC2016

boot control-of-app --in control <<'END'
within 30 'xenstore-exists /local/domain/2/name'
step pause 'xl pause app; xl list app'
step unpause 'xl unpause app; printf "echo alive-\$((40+2))\n" | timeout 20 xl console app'
step shutdown 'xl shutdown app'
step wait 'within 40 "! xl list app || xl list app | grep -q -- s"; xl list'
step destroy 'xl destroy app; xl list'
step again 'xl destroy app'
step after 'xl list hardware control && xenstore-ls /local/domain/0 >/dev/null && echo served'
step gone 'xenstore-exists /local/domain/2'
END
expect "xl pause shows" pause '^app +2 .* [rb-]{2}p--- '
expect "xl unpause lets it go on" unpause '^alive-42$'
expect_status "xl shutdown is accepted" shutdown 0
expect_status "xl destroy is accepted" destroy 0
reject "xl destroy ends it" destroy '^app '
expect_status "what is gone cannot be destroyed again" again 1
expect "the others go on" after '^served$'
expect_status "its part of the store went with it" gone 1

cat >"$system_results/ends.dts" <<'END'
&app { on-reboot = "preserve"; };
END
for how in crash:'echo 1 > /proc/sys/kernel/sysrq; echo c > /proc/sysrq-trigger' \
    poweroff:'poweroff -f' reboot:'reboot -f'; do
    boot "app-${how%%:*}" --in control --dtb-add "$system_results/ends.dts" <<END
within 30 'xenstore-exists /local/domain/2/name'
step attack 'printf "${how#*:}\n" | timeout 20 xl console app'
step list 'sleep 3; xl list'
step others 'xl list hardware control && xenstore-write /tool/alive yes && xenstore-read /tool/alive'
step dmesg 'xl dmesg | tail -n 20'
END
    expect "the others go on" others '^yes$'
    expect "the hardware domain is there" list '^hardware +0 .* [rb-]{6} '
    reject "the guest does not run on" list '^app +2 .* [rb]-{5} '
    expect "the log tells of its end" dmesg 'app'
done

cat >"$system_results/sysrq.dts" <<'END'
&hardware_kernel { bootargs = "console=hvc0 rdinit=/init loglevel=4 panic=1 trefoil.role=hardware sysrq_always_enabled"; };
END
boot hardware-crash --in control --dtb-add "$system_results/sysrq.dts" <<'END'
within 30 'xenstore-exists /local/domain/2/name'
xenstore-write /local/domain/0/control/sysrq c &
step list 'sleep 4; timeout 20 xl list'
step work 'echo $((6 * 7)) && uname -s'
step dmesg 'xl dmesg | tail -n 20'
END
expect "the control domain works on" work '^42$'
expect "xl list still answers" list '^control +1 '
expect "the log tells of the end" dmesg 'hardware'
