# SPDX-License-Identifier: MIT
# Consoles: clients in the control domain and in the daemon's own, and what is left when they go.
# shellcheck shell=bash disable=SC2154,SC2016

boot console --in control <<'END'
within 60 'printf "\n" | xl console -l 1 app | grep -q "#"'
requests() { xenstore-ls /local/domain/1/data | grep -c ring-ref; }
step answer 'printf "echo from-\$(hostname)\n" | xl console app'
step history 'xl console app </dev/null'
step escape 'printf "echo be\"\"fore\n\035echo af\"\"ter\n" | xl console app; sleep 1; xl console app </dev/null'
step together '(sleep 3; echo "echo from-fi\"\"rst"; sleep 4) | xl console app >/tmp/first & (sleep 5; echo "echo from-sec\"\"ond"; sleep 2) | xl console app >/tmp/second; wait; cat /tmp/first'
step lossless 'printf "seq 1 8000\n" | timeout 90 xl console app | tr -d "\r" | sed -n "/^1\$/,/^8000\$/p" >/tmp/got; seq 1 8000 | cmp - /tmp/got && echo same'
step held 'printf "seq 1 60000\n" | timeout 120 xl console app >/tmp/held & within 60 "[ -s /tmp/held ]"; kill -STOP $(pidof xl); sleep 2; kill -CONT $(pidof xl); wait; tr -d "\r" </tmp/held | sed -n "/^1\$/,/^60000\$/p" >/tmp/got; seq 1 60000 | cmp - /tmp/got && echo same'
step killed 'sleep 60 | xl console app >/dev/null & within 10 "[ \$(requests) = 1 ]"; requests; kill -9 $(pidof xl); within 10 "[ \$(requests) = 0 ]"; requests'
step usable 'printf "echo still-\$(hostname)\n" | xl console app'
step nobody 'xl console nobody'
step without 'xl console hardware'
step number 'xl console -n 1 app'
step usage 'xl console'
step paused 'xl pause app; printf "echo x\n" | xl console -w 3 app; status=$?; xl unpause app; (exit $status)'
step end 'printf "poweroff -f\n" | xl console app'
step after 'xl console app </dev/null'
step destroyed 'xl destroy app; xl console app'
step left 'requests'
END
expect "a question from a pipe brings its answer" answer '^from-app$'
expect_status "and ends well" answer 0
expect "without input the last output is shown" history '^from-app$'
expect "Ctrl-] detaches after what came before it" escape '^before$'
reject "what comes after it is not typed" escape '^after$'
expect "two clients see the same: their own" together '^from-first$'
expect "two clients see the same: the other's" together '^from-second$'
expect "a long answer comes whole" lossless '^same$'
expect "also to a client that does not run for 2 s of it" held '^same$'
expect "an attached client has a request" killed '^1$'
expect "a killed one leaves none" killed '^0$'
expect "and the console is as before" usable '^still-app$'
expect_status "no such domain" nobody 1
expect "a domain without PV console is told" without 'no PV console'
expect_status "a console that is not there" number 1
expect_status "bad usage" usage 2
expect "a guest that does not read is told" paused 'has not read'
expect_status "with a status" paused 1
expect "the client ends with the guest" end 'console has ended: the domain has shut down'
expect "its last words can still be read" after 'Power down'
expect_status "a destroyed domain has no console" destroyed 1
expect "nothing is left" left '^0$'

boot daemon --in hardware <<'END'
within 60 'printf "\n" | xl console -l 1 app | grep -q "#"'
step near 'printf "echo from-\$(hostname)\n" | xl console app'
step terminal 'tty=$(xenstore-read /local/domain/2/console/tty); (sleep 1; echo "echo tty-\$((40+2))"; sleep 3) >$tty & timeout 6 cat $tty'
step logged 'tr -d "\r" </var/log/xen/console/guest-app.log'
step hypervisor 'xl pause app; sleep 2; cat /var/log/xen/console/hypervisor.log'
step rotate 'mv /var/log/xen/console/guest-app.log /tmp/old; kill -HUP $(cat /run/xen/xenconsoled.pid); sleep 1; printf "echo anew\n" | xl console app >/dev/null; cat /var/log/xen/console/guest-app.log'
step another 'xenconsoled; echo status $?; xenconsoled --pid-file /tmp/pid; echo status $?; ls /tmp/pid; printf "echo still-\$(hostname)\n" | xl console app'
step supervised 'before=$(cat /run/xen/xenconsoled.pid); kill -9 $before; within 60 "[ \$(cat /run/xen/xenconsoled.pid) != $before ]" && echo another; printf "echo back-\$(hostname)\n" | xl console app; cat /var/log/messages'
touch /run/unsupervised/xenconsoled
step stopped 'kill $(cat /run/xen/xenconsoled.pid); sleep 1; xenstore-ls /tool; xenstore-ls /local/domain/2/console; ls /run/xen; xl console app'
step started 'xenconsoled && printf "echo again-\$(hostname)\n" | xl console app'
step killed 'sleep 60 | xl console app & sleep 1; kill -9 $(cat /run/xen/xenconsoled.pid); sleep 1; pidof xl; xenconsoled && printf "echo after-\$(hostname)\n" | xl console app'
step second 'xenconsoled --frob'
END
expect "the console is reached in the daemon's own domain" near '^from-app$'
expect "and by its terminal" terminal '^tty-42$'
expect "the guest's console is logged" logged '^from-app$'
expect "the hypervisor's log is kept from its beginning" hypervisor 'domains launched'
expect "and followed" hypervisor 'denied: hardware .*pausedomain'
expect "SIGHUP opens a new log" rotate 'anew'
expect "one that was killed is started again by itself" supervised '^back-app$'
expect "as another process" supervised '^another$'
expect "and the board's log says so" supervised 'xenconsoled has ended, and is started again'
expect_status "without a daemon the client says so" stopped 1
reject "the daemon removes its keys" stopped '^ *(domid|generation|tty) ='
expect_count "a second daemon does not start" another '^status 4$' 2
expect "and says who is there" another 'running already: process [0-9]+ holds /run/xen/xenconsoled.pid'
expect "also where only the socket is the same" another 'xenconsoled.sock.*: Address already in use'
expect "and the first one goes on" another '^still-app$'
expect "a new daemon serves the running guest" started '^again-app$'
expect "also after one that was killed" killed '^after-app$'
expect_status "an unknown option" second 1
