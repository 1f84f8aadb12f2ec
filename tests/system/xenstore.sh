# SPDX-License-Identifier: MIT
# The store: what a guest may do in it, what it may not, who hears of what, and xenstored's own end.
# shellcheck shell=bash disable=SC2154,SC2016

boot store-guest --in app <<'END'
step identity 'xenstore-read name domid /local/domain/2/name'
step write 'xenstore-write data/one 1 control/sysrq "" && xenstore-read data/one && xenstore-rm data/one'
for path in name domid memory/target console/port control/platform-feature-xs_reset_watches /local/domain/1/name /tool/x; do
    step "no-$(echo $path | tr / -)" "xenstore-write $path x"
done
step unremovable 'xenstore-rm /local/domain/2 || xenstore-rm name || xenstore-read name'
step secret 'xenstore-read /local/domain/1/name || xenstore-list /local/domain || xenstore-ls / || echo kept'
step control 'xenstore-control help'
step give 'xenstore-write data/given 1 && xenstore-chmod data/given n2 r1 && xenstore-ls -fp data'
step watch '(sleep 2; xenstore-write data/seen 1) & timeout 30 xenstore-watch -n 2 data'
step flood 'for i in $(seq 1100); do echo data/n$i x; done | xargs -n 220 xenstore-write; xenstore-list data | wc -l'
step after 'xenstore-rm data && xenstore-write data/again 1 && xenstore-read data/again'
END
expect_count "a guest reads what it is" identity '^app$' 2
expect_status "it writes its own part" write 0
for path in name domid memory-target console-port control-platform-feature-xs_reset_watches -local-domain-1-name -tool-x; do
    expect_status "it may not write ${path//-//}" "no-$path" 1
done
expect "it cannot remove what describes it" unremovable '^app$'
expect "others and the root are not for it to read" secret '^kept$'
expect_status "it may not control xenstored" control 1
expect "it gives rights away" give 'data/given = "1" +\(n2,r1\)'
expect "its watch fires" watch '^data/seen$'
expect "its quota holds" flood '^[89][0-9][0-9]$'
expect "and it can start again" after '^1$'

boot store-events --in control <<'END'
within 30 'xenstore-exists /local/domain/2/name'
step watch '(sleep 2; xl destroy app) >/dev/null & timeout 40 xenstore-watch -n 5 @releaseDomain @introduceDomain /local/domain/2/name | sort | uniq -c'
step tree 'xenstore-list /local/domain; xenstore-ls -f /vm | grep -c /name; xenstore-list /libxl'
step conflict 'xenstore-write /tool/counter 0; for w in 1 2 3; do for i in 1 2 3 4 5; do xenstore-write /tool/c$w $i /tool/last $w; done & done; wait; xenstore-read /tool/c1 /tool/c2 /tool/c3'
step check 'xenstore-control check'
step watches 'xenstore-control memreport'
END
expect "a domain's end is told of" watch '^ +2 @releaseDomain$'
expect "as is the end of its nodes" watch '^ +2 /local/domain/2/name$'
expect_count "nothing of it is left" tree '^2$' 1
expect_count "concurrent transactions all end well" conflict '^5$' 3
expect "this kernel has its watches" watches 'of domain 1: .* watches [1-9]'
expect "the store is sound" check ' 0 out of order, 0 accounts wrong'

boot store-restart --in hardware <<'END'
within 30 'xenstore-read /local/domain/2/console/tty | grep -q /'
step watching 'printf "(xenstore-watch -n 2 data/watched; xenstore-write data/told 1) >/dev/null 2>&1 &\n" | timeout 20 xl console app >/dev/null; within 20 "xenstore-control memreport | grep \"of domain 2: .*watches [2-9]\""; (timeout 120 xenstore-watch -n 2 /tool/watched >/run/seen) & within 20 "[ -s /run/seen ]"; echo $?'
step update 'mkdir -p /run/next; cp "$(command -v xenstored)" /run/next/; before=$(pidof xenstored); for i in 1 2 3; do xenstore-control live-update /run/next/xenstored; done; [ "$(readlink /proc/$before/exe)" = /run/next/xenstored ] && echo the same process'
step refused 'printf "#!/bin/sh\n" > /run/next/other; chmod +x /run/next/other; xenstore-control live-update /run/next/other; xenstore-control live-update /run/none; readlink /proc/$(pidof xenstored)/exe'
step updated 'xenstore-control domains; xenstore-write /tool/watched 1 /local/domain/2/data/watched 1; within 20 "grep -c /tool/watched /run/seen | grep 2 && xenstore-exists /local/domain/2/data/told"; echo told $?'
step before 'printf "xenstore-write data/kept 41 && xenstore-chmod data/kept n2 r1\n" | timeout 20 xl console app >/dev/null; within 10 "xenstore-exists /local/domain/2/data/kept"; { xenstore-ls -fp /local/domain/2 /vm; xenstore-control memreport | sed -n "s/.*of domain 2: .*\\(watches [0-9]*\\),.*/\\1/p"; } > /tmp/before; tail -n 1 /tmp/before'
step supervised 'before=$(pidof xenstored); kill -9 $before; within 60 "pidof xenstored && [ \"\$(pidof xenstored)\" != $before ] && xenstore-exists /local/domain/0/name" && echo another; cat /var/log/messages'
touch /run/unsupervised/xenstored
step dead 'kill -9 $(pidof xenstored); sleep 1; timeout 10 xenstore-read /tool/xenstored'
step second 'xenstored && xenstored'
step names 'for id in $(xenstore-list /local/domain); do xenstore-read /local/domain/$id/name; done'
step connected 'xenstore-control domains'
step kept '{ xenstore-ls -fp /local/domain/2 /vm; xenstore-control memreport | sed -n "s/.*of domain 2: .*\\(watches [0-9]*\\),.*/\\1/p"; } > /tmp/after; diff /tmp/before /tmp/after && echo the same'
step guest 'within 20 "xenstore-exists /tool/xenconsoled/domid"; printf "xenstore-write data/again \$((40+2))\n" | timeout 20 xl console app; echo; xenstore-read /local/domain/2/data/again'
step stopped 'kill $(pidof xenstored); within 10 "! pidof xenstored"; xenstored && xenstore-read /local/domain/2/data/again'
step shutdown 'xenstore-write /local/domain/2/control/shutdown poweroff; within 60 "xenstore-control domains | grep \"domain 2: .*shut down\""; echo status $?'
step garbage 'kill -9 $(pidof xenstored); echo garbage > /run/xenstored/state; xenstored -D 2>/tmp/said & within 10 "xenstore-exists /local/domain/1/name"; cat /tmp/said; xenstore-read /local/domain/1/name'
step errors 'dmesg -r | grep -E "^<[0-3]>"'
END
expect "a guest and a program here watch" watching '^0$'
expect_count "another program takes xenstored's place, three times" update '^OK$' 3
expect "in its process" update '^the same process$'
expect "one that is none is refused" refused 'live-update: it does not say that it can go on'
expect "as is one that is not there" refused 'live-update: /run/none: No such file'
expect "and nothing comes of that" refused '^/run/next/xenstored$'
expect_count "it is connected to all domains" updated ': connected$' 3
expect "both watches fire" updated '^told 0$'
expect "one that was killed is started again by itself" supervised '^another$'
expect "what it says is in the board's log" supervised 'xenstored.*: serving /run/xenstored/socket'
expect "without xenstored there is a clear answer" dead 'no xenstored'
expect_status "a second xenstored is refused" second 4
expect_count "a new one knows the domains" names '^(hardware|control|app)$' 3
expect_count "and is connected to them" connected ': connected$' 3
expect "a guest has set watches" before '^watches [1-9]'
expect "it has every node, right and watch of it" kept '^the same$'
expect "a guest goes on with it" guest '^42$'
expect "so it does after a clean end" stopped '^42$'
expect "what it watched before the first end it still hears" shutdown '^status 0$'
expect "a state file that is none is told of in one line" garbage 'beginning anew: it is no state'
expect "and a new one begins" garbage '^control$'
reject "no kernel logs an error" errors '.'
