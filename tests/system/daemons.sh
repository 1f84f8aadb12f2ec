# SPDX-License-Identifier: MIT
# The daemons of the hardware domain: as whom they run, what they can reach, and that they come again as they were.
# shellcheck shell=bash disable=SC2154,SC2016

boot daemons --in hardware <<'END'
within 60 'printf "\n" | xl console -l 1 app | grep -q "#"'
as_whom() { grep -hE "^(Name|Uid|Gid|Groups|CapPrm|CapEff|NoNewPrivs)" /proc/$(pidof $1)/status | tr -s "\t\n" "  "; echo; }
another() { within 60 "pidof $1 && [ \"\$(pidof $1)\" != $2 ]"; }
echo "nobody:x:65534:65534::/:/bin/false" >>/etc/passwd
echo "nobody:x:65534:" >>/etc/group
: >/run/xen/devd.lock
step users 'as_whom xenstored; as_whom xenconsoled'
step devices 'ls -l /dev/xen /proc/xen'
step files 'ls -ld /run/xen /run/xenstored; ls -l /run/xen /run/xenstored /var/log/xen/console'
step descriptors 'for daemon in xenstored xenconsoled; do ls -l /proc/$(pidof $daemon)/fd | sed -n "s,.*-> /dev,$daemon /dev,p" | sort -u; done'
as() { su -s /bin/sh "$1" -c "$2"; }
step nobody 'as nobody "xenstore-read /local/domain/0/name"; for file in /run/xen/xenconsoled.sock /run/xenstored/socket /dev/xen/privcmd /var/log/xen/console/guest-app.log; do as nobody ": <$file"; done'
step others 'for file in /dev/xen/gntalloc /dev/xen/xenbus /run/xenstored/state /proc/xen/xsd_kva; do as xenconsoled ": <$file"; done; as xenconsoled "echo >/var/log/messages; rm -f /run/xenstored/socket; rm -f /run/xen/devd.lock"'
step member 'as xenconsoled "xenstore-read /local/domain/0/name"'
step console 'printf "echo from-\$(hostname)\n" | xl console app'
step terminal 'stat -c "%U %a" "$(xenstore-read /local/domain/2/console/tty)"'
step update 'before=$(pidof xenstored); xenstore-write /tool/kept yes; xenstore-control live-update /usr/sbin/xenstored; [ "$(pidof xenstored)" = $before ] && echo same; as_whom xenstored; xenstore-read /tool/kept'
step killed 'store=$(pidof xenstored) consoles=$(pidof xenconsoled); kill -9 $store $consoles; another xenstored $store; another xenconsoled $consoles; within 20 "xenstore-exists /tool/xenconsoled/domid"; as_whom xenstored; as_whom xenconsoled; xenstore-read /tool/kept'
step again 'within 20 "printf \"echo again-\\\$(hostname)\n\" | xl console app >/tmp/again"; cat /tmp/again'
touch /run/unsupervised/xenconsoled /run/unsupervised/xenstored
step root 'kill $(pidof xenconsoled); within 10 "! pidof xenconsoled"; ls /run/xen; xenconsoled --user root; as_whom xenconsoled; kill $(pidof xenconsoled)'
step unknown 'xenconsoled --user nobody-there; echo status $?; xenstored --user nobody-there; echo status $?'
step messages 'cat /var/log/messages'
END
for daemon in xenstored:101 xenconsoled:102; do
    name=${daemon%:*}
    id=${daemon#*:}
    for when in users killed; do
        expect "$when: $name runs as its own user, without capabilities" "$when" \
            "^Name: $name Uid: $id $id $id $id Gid: $id $id $id $id Groups: .*CapPrm: 0+ CapEff: 0+ NoNewPrivs: 1"
    done
done
expect "its devices are its group's" devices '^crw-rw---- +1 (root|0) +xen .* privcmd'
expect "another is not" devices '^crw------- +1 (root|0) +root .* gntalloc'
expect "the logs are xenconsoled's" files '^-rw.* xenconso .* guest-app.log'
expect "the state is xenstored's" files '^-rw.* xenstore .* state'
reject "no daemon holds another device" descriptors '/dev/(mem|kmsg|vd|xen/(gntalloc|xenbus))'
expect "xenstored holds the devices that it needs" descriptors '^xenstored /dev/xen/evtchn'
expect_count "who is nobody reaches neither store nor consoles nor hypervisor" nobody 'ermission denied' 5
expect_count "xenconsoled reaches nothing but its own" others 'ermission denied|not permitted' 7
expect "xenconsoled may connect to the store" member '^hardware$'
expect "the console is reached" console '^from-app$'
expect "its terminal is xenconsoled's" terminal '^xenconso[a-z]* [0-9]+$'
expect "a live update goes on as the same process" update '^same$'
expect "and user" update '^Name: xenstored Uid: 101 '
expect "with what it had" update '^yes$'
expect "what was killed with -9 goes on with what it had" killed '^yes$'
expect "and serves consoles" again '^again-app$'
reject "an orderly end leaves neither socket nor pid file" root '^xenconsoled\.'
expect "root stays root where it is asked for" root '^Name: xenconsoled Uid: 0 0 0 0 '
expect "who is not there is told of" unknown 'no user nobody-there'
expect_count "with a status" unknown '^status [14]$' 2
reject "nothing was refused meanwhile" messages 'ermission denied|cannot'
