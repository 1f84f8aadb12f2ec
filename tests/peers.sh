# SPDX-License-Identifier: MIT
# Real peers: Debian's Xen 4.17 tools and daemons, unmodified, on Trefoil, and Trefoil's on Debian's Xen 4.17, and Xen 4.20's test of a store. A few boots, with
# the expectations of tests/system.sh; what is known not to work is in docs/peers.md. Sourced by check.
# shellcheck shell=bash disable=SC2154

_peers_bin=usr/lib/xen-4.17/bin

# _peers_overlay DIRECTORY: the tools that the tests run, beside ours and not in their place, with their libraries.
_peers_overlay() {
    local to=$1 name
    rm -rf "$to"
    mkdir -p "$to/$_peers_bin" "$to/usr/lib/aarch64-linux-gnu" "$to/lib/aarch64-linux-gnu" "$to/etc/xen" "$to/var" "$to/usr/local/sbin"
    for name in xl xenstored xenconsoled xenconsole xenstore-control xentop init-dom0less libxl-save-helper; do
        cp "$peers/$_peers_bin/$name" "$to/$_peers_bin/"
    done
    for name in chmod exists list ls read rm watch write; do
        cp "$peers/usr/bin/xenstore-$name" "$to/$_peers_bin/"
    done
    cp -a "$peers"/usr/lib/aarch64-linux-gnu/lib*.so* "$to/usr/lib/aarch64-linux-gnu/"
    cp -a "$peers"/lib/aarch64-linux-gnu/*.so* "$to/lib/aarch64-linux-gnu/"
    for name in net/llc/llc net/802/stp net/bridge/bridge drivers/block/loop drivers/block/xen-blkback/xen-blkback drivers/net/xen-netback/xen-netback; do
        install -D -m 644 "$sysroot/lib/modules/$(kernel_release)/kernel/$name.ko" "$to/lib/modules/devices/$(basename "$name").ko"
    done
    cp -L "$(aarch64-linux-gnu-gcc -print-file-name=libgcc_s.so.1)" "$to/lib/aarch64-linux-gnu/"
    : >"$to/etc/xen/xl.conf"
    ln -s /run/lock "$to/var/lock"
}

# In every domain: theirs COMMAND... and ours COMMAND...; type_to_app TEXT comes in at the app's console as from a person.
_peers_prologue='bin=/usr/lib/xen-4.17/bin
theirs() { timeout 30 env PATH=$bin:$PATH "$@"; }
ours() { timeout 30 "$@"; }
serve_devices() {
    for module in llc stp bridge loop xen-blkback xen-netback; do insmod /lib/modules/devices/$module.ko 2>/dev/null; done
    dd if=/dev/zero of=/run/peer.img bs=1M count=1 2>/dev/null
    xenstore-exists /local/domain/0/libxl/devd || xl devd --bridges
}
type_to_app() { echo "$1" >$(xenstore-read /local/domain/2/console/tty); }
'

# A line for each command whose exit status differs from Xen's own, but for those that docs/peers.md lists.
_peers_statuses='while read -r line; do
    theirs xl $line >/dev/null 2>&1 </dev/null; wanted=$?
    ours xl $line >/dev/null 2>&1 </dev/null; status=$?
    [ $status = $wanted ] || echo "xl $line: $status, with Xen $wanted"
done <<LINES
list nosuch
list -?
domid
domid nosuch
domname nosuch
uptime nosuch
vcpu-list nosuch
vcpu-pin app 0
vcpu-pin app 9 all
vcpu-set app x
vcpu-set nosuch 1
mem-set app x
mem-max app
mem-max nosuch 1
pause
pause nosuch
unpause nosuch
destroy
destroy nosuch
shutdown
shutdown nosuch
reboot
reboot nosuch
sched-credit2 -d nosuch
sched-credit2 -w 10
sched-credit2 -p nosuch
cpupool-list nosuch
block-attach app
block-attach nosuch phy:/dev/x,xvda,w
block-list
block-detach app
block-detach app xvdz
network-list nosuch
network-detach app 7
rename app
rename nosuch x
frobnicate
console nosuch
LINES
echo compared'

# Xen's libxl keeps what it knows of a domain in a file, which init-dom0less leaves on Xen.
_peers_stubs='mkdir -p /var/lib/xen; xl list -v | awk "NR > 1 {
    printf \"{ \\\"c_info\\\": { \\\"type\\\": \\\"pvh\\\", \\\"name\\\": \\\"%s\\\", \\\"uuid\\\": \\\"%s\\\" }, \\\"b_info\\\": { \\\"type.pvh\\\": { } } }\", \$1, \$7 >\
        (\"/var/lib/xen/userdata-d.\" \$2 \".\" \$7 \".libxl-json\")
}"'

# Debian's xl and xenstore clients, in both of the domains that have business with them, on our hypervisor and daemons.
_peers_tools_on_trefoil() {
    boot tools-on-trefoil --in control,hardware --overlay "$peers_overlay" <<END
$_peers_prologue
case \$(hostname) in
control)
step which 'theirs which xl xenstore-ls'
step list 'theirs xl list'
step list-v 'theirs xl list -v'
step list-c 'theirs xl list -c'
step stubs '$_peers_stubs'
step list-l 'theirs xl list -l'
step after-l 'theirs xl list hardware'
step info 'theirs xl info'
step info-n 'theirs xl info -n'
step vcpu-list 'theirs xl vcpu-list'
step vcpu-pin 'theirs xl vcpu-pin app 0 0 && theirs xl vcpu-list app && theirs xl vcpu-pin app 0 all'
step dmesg 'theirs xl dmesg'
step pause 'theirs xl pause app && theirs xl list app'
step unpause 'theirs xl unpause app && theirs xl list app'
step domid 'theirs xl domid app'
step domname 'theirs xl domname 2'
step uptime 'theirs xl uptime'
step sched 'theirs xl sched-credit2'
step sched-one 'theirs xl sched-credit2 -d app'
step pools 'theirs xl cpupool-list -c'
step vm-list 'theirs xl vm-list'
step claims 'theirs xl claims'
step rename 'theirs xl rename app other && theirs xl list && theirs xl rename other app'
step top 'theirs xentop -b -i 1'
step xs-ls 'theirs xenstore-ls -f /local/domain/2'
step xs-write 'theirs xenstore-write /local/domain/1/data/peer "a b" && theirs xenstore-read /local/domain/1/data/peer'
step xs-rm 'theirs xenstore-rm /local/domain/1/data/peer; theirs xenstore-exists /local/domain/1/data/peer'
step xs-list 'theirs xenstore-list /local/domain'
step xs-watch '(sleep 1; theirs xenstore-write /local/domain/1/data/watched 1) & theirs xenstore-watch -n 2 /local/domain/1/data/watched'
within 60 'xenstore-exists /local/domain/0/data/peer-served'
step block 'theirs xl block-attach app /run/peer.img,,xvda,backend=hardware,script=block && theirs xl block-list app && ours xl block-list app'
step network 'theirs xl network-attach app bridge=br7 backend=hardware && theirs xl network-list app && ours xl network-list app'
step block-off 'ours xl block-detach app xvda && ours xl network-detach app 0 && theirs xl block-list app'
step statuses '$_peers_statuses'
within 100 'xenstore-exists /local/domain/1/data/go-on'
step shutdown 'theirs xl shutdown -w app; theirs xl list app'
;;
hardware)
serve_devices && xenstore-write /local/domain/0/data/peer-served 1
step hw-list 'theirs xl list'
step hw-info 'theirs xl info'
step hw-list-v 'theirs xl list -v'
step hw-info-n 'theirs xl info -n'
step hw-vcpu-list 'theirs xl vcpu-list'
step hw-top 'theirs xentop -b -i 1'
step hw-dmesg 'theirs xl dmesg'
step hw-domid 'theirs xl domid control'
step hw-pause 'theirs xl pause app'
step hw-ls 'theirs xenstore-ls -fp'
step hw-chmod 'theirs xenstore-write /tool/peer 1 && theirs xenstore-chmod /tool/peer n0 r2 && theirs xenstore-ls -p /tool && theirs xenstore-rm /tool/peer'
step hw-exists 'theirs xenstore-exists /tool/peer'
step hw-watch '(sleep 1; theirs xenstore-write /tool/watched 1) & theirs xenstore-watch -n 2 /tool/watched'
step hw-control 'theirs xenstore-control check'
step hw-console '(sleep 2; type_to_app "echo peer-\\\$((40 + 2))"; sleep 2) & timeout 6 env PATH=\$bin:\$PATH xl console app </dev/null; true'
xenstore-write /local/domain/1/data/go-on 1
;;
esac
END
    expect_count "the tools are Debian's" which '^/usr/lib/xen-4.17/bin/' 2
    expect "xl list: hardware" list '^hardware +0 +256 +1 '
    expect "xl list: control" list '^control +1 +192 +1 +r-----'
    expect "xl list: app" list '^app +2 +128 +2 '
    expect_count "xl list -v: UUIDs" list-v ' [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12} ' 3
    expect_count "xl list -c: cpupools" list-c ' Pool-0$' 3
    expect_count "xl list -l: names" list-l '"name": "(hardware|control|app)"' 3
    expect "xl list -l: what the hypervisor says" list-l '"sched": "credit2"'
    reject "xl list -l: no error" list-l 'error'
    expect "xl list -l leaves memory alone" after-l '^hardware +0 +256 '
    expect "xl info: version" info '^xen_version +: 4\.17'
    expect "xl info: memory" info '^total_memory +: 20[0-9][0-9]$'
    expect "xl info: scheduler" info '^xen_scheduler +: credit2$'
    expect "xl info: capabilities" info '^xen_caps +: xen-3\.0-aarch64'
    expect "xl info: command line" info '^xen_commandline +: .*console-focus'
    expect "xl info -n: CPUs" info-n '^ +1: +1 +0 +0$'
    expect_count "xl vcpu-list" vcpu-list '^(hardware +0|control +1|app +2) +[01] +[01-]' 4
    expect "xl vcpu-pin" vcpu-pin '^app +2 +0 .* 0 / all$'
    expect_status "xl vcpu-pin: status" vcpu-pin 0
    expect "xl dmesg" dmesg 'Trefoil, a hypervisor'
    expect "xl pause" pause '^app .* -[b-]p--- '
    expect "xl unpause" unpause '^app .* [r-][b-]---- '
    expect "xl domid" domid '^2$'
    expect "xl domname" domname '^app$'
    expect_count "xl uptime" uptime '^(hardware +0|control +1|app +2) +0:0[0-9]:[0-9][0-9]$' 3
    expect_count "xl sched-credit2" sched '^(hardware +0|control +1|app +2) +256 +0$' 3
    expect "xl sched-credit2 -d" sched-one '^app +2 +256 +0$'
    expect "xl cpupool-list -c" pools '^Pool-0 +0,1$'
    expect_count "xl block-attach, and both list the disk, which our daemon serves" block '^51712 0   2 ' 2
    expect_count "xl network-attach" network '^0   0  00:16:3e:' 2
    expect_status "what theirs attached ours detaches" block-off 0
    expect_count "xl vm-list" vm-list ' +(hardware|control|app) *$' 3
    expect_status "xl claims" claims 0
    expect "xl rename" rename '^other +2 '
    expect_status "xl rename: back" rename 0
    expect_count "xentop" top '^ *(hardware|control|app) ' 3
    expect "xenstore-ls" xs-ls '^/local/domain/2/name = "app"$'
    expect "xenstore-write, -read" xs-write '^a b$'
    expect_status "xenstore-rm, -exists" xs-rm 1
    expect_count "xenstore-list" xs-list '^[012]$' 3
    expect_count "xenstore-watch" xs-watch '^/local/domain/1/data/watched$' 2
    expect "exit statuses are compared" statuses '^compared$'
    reject "and are Xen's" statuses '^xl '
    expect "xl shutdown -w" shutdown 'Domain 2 has been shut down, reason code 0'
    expect "in hardware, xl list" hw-list '^app +2 +128 '
    expect "in hardware, xl info" hw-info '^xen_version +: 4\.17'
    expect_count "in hardware, xl list -v: UUIDs" hw-list-v ' [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} ' 3
    expect "in hardware, xl info -n: CPUs" hw-info-n '^ +1: +1 +0 +0$'
    expect_count "in hardware, xl vcpu-list" hw-vcpu-list '^(hardware +0|control +1|app +2) +[01] +[01-]' 4
    expect_count "in hardware, xentop" hw-top '^ *(hardware|control|app) ' 3
    expect "in hardware, xl dmesg" hw-dmesg 'Trefoil, a hypervisor'
    expect "in hardware, xl domid" hw-domid '^1$'
    expect "in hardware, xl pause is refused" hw-pause 'Operation not permitted'
    expect "in hardware, xenstore-ls -fp" hw-ls '^/local/domain/2/name = "app" +\(n0,r2\)$'
    expect "in hardware, xenstore-chmod" hw-chmod '^peer = "1" .*\(n0,r2\)$'
    expect_status "in hardware, xenstore-exists" hw-exists 1
    expect_count "in hardware, xenstore-watch" hw-watch '^/tool/watched$' 2
    expect "in hardware, xenstore-control" hw-control ', 0 accounts wrong$'
    expect "in hardware, xl console" hw-console '^peer-42'
}

# _peers_daemons_on_trefoil NAME VERSION OVERLAY BIN: Debian's daemons serve the board. Its xenstored is told of the domains; after that it does what
# ours does.
_peers_daemons_on_trefoil() {
    local overlay=$peers_results/daemons
    rm -rf "$overlay"
    cp -a "$3" "$overlay"
    mkdir -p "$overlay/usr/local/bin" "$overlay/usr/local/sbin"
    cp "$build/arm64/tests/peers/introduce" "$overlay/usr/local/bin/"
    printf '#!/bin/sh\n/%s/xenstored && introduce follow\n' "$4" >"$overlay/usr/local/sbin/xenstored"
    printf '#!/bin/sh\nexec /%s/xenconsoled "$@"\n' "$4" >"$overlay/usr/local/sbin/xenconsoled"
    chmod +x "$overlay/usr/local/sbin/"*
    boot "$1" --in hardware,control --overlay "$overlay" <<END
${_peers_prologue/4.17/$2}
case \$(hostname) in
hardware)
step ps 'ls -l /proc/[0-9]*/exe'
step ls 'ours xenstore-ls -fp'
step list 'ours xl list'
step their-list 'theirs xl list'
step console '(sleep 2; type_to_app "echo peer-\\\$((40 + 2))"; sleep 2) & timeout 6 env PATH=\$bin:\$PATH xl console app </dev/null; true'
step app 'type_to_app "xenstore-write data/x from-app"; within 10 "xenstore-exists /local/domain/2/data/x"; xenstore-read /local/domain/2/data/x'
step watch '(sleep 1; ours xenstore-write /tool/watched 1) & ours xenstore-watch -n 2 /tool/watched'
step transaction 'ours xenstore-write /tool/a 1 /tool/b 2 && ours xenstore-read /tool/a /tool/b'
step app-log 'cat /var/log/xen/console/guest-app.log'
step hypervisor-log 'cat /var/log/xen/console/hypervisor.log'
step leave 'ours xenstore-write /local/domain/1/data/go-on 1; within 40 "! xenstore-exists /local/domain/1/data/go-on"; xl list'
;;
control)
step c-list 'ours xl list'
step c-their-list 'theirs xl list'
step c-ls 'ours xenstore-ls /local/domain/2'
step c-write 'ours xenstore-write /local/domain/1/data/x 1 && theirs xenstore-read /local/domain/1/data/x'
step c-foreign 'ours xenstore-write /local/domain/2/name x'
step c-date 'date +%Y'
step c-uptime 'ours xl uptime && theirs xl uptime'
step c-pause 'ours xl pause app && ours xl list app && theirs xl unpause app'
within 60 'xenstore-exists /local/domain/1/data/go-on'
step c-restart 'ours xl restart app; within 60 "[ \"\\\$(xenstore-read /local/domain/2/control/feature-poweroff)\" = 1 ]" && echo it is there again'
step c-shutdown 'ours xl shutdown -w app; ours xl list app'
xenstore-rm /local/domain/1/data/go-on
;;
esac
END
    expect "xenstored is Debian's" ps "/$4/xenstored\$"
    expect "xenconsoled is Debian's" ps "/$4/xenconsoled\$"
    expect "our xenstore-ls -fp" ls '^/local/domain/2/name = "app" +\(n0,r2,r1\)$'
    expect "xenconsoled offers a terminal" ls '^/local/domain/2/console/tty = "/dev/pts/'
    expect "our xl list" list '^app +2 +128 '
    expect "Debian's xl list" their-list '^app +2 +128 '
    expect "the console goes both ways" console '^peer-42'
    expect "the app's kernel and shell reach the store" app '^from-app$'
    expect_count "our xenstore-watch" watch '^/tool/watched$' 2
    expect_count "our xenstore-write of two" transaction '^[12]$' 2
    expect "the guest's console is logged" app-log 'peer-42'
    expect "the hypervisor's log is logged" hypervisor-log 'domains launched'
    expect "in control, our xl list" c-list '^app +2 +128 '
    expect "in control, Debian's xl list" c-their-list '^app +2 +128 '
    expect "in control, our xenstore-ls" c-ls '^name = "app"$'
    expect "in control, a write" c-write '^1$'
    expect_status "in control, a write elsewhere is refused" c-foreign 1
    expect "control has the time" c-date '^20[2-9][0-9]$'
    expect_count "in control, xl uptime, ours and Debian's" c-uptime '^app +2 +0:0[0-9]:[0-9][0-9]$' 2
    expect "in control, our xl pause" c-pause '^app .* -[b-]p--- '
    expect "a domain that is started again is introduced again" c-restart '^it is there again$'
    expect "in control, our xl shutdown -w" c-shutdown '^app .* ---s-- '
}

# _peers_tools_on_xen NAME VERSION IMAGE OVERLAY [OPTION...]: ours as the tools of a classic dom0. The guest is introduced as there, by Debian's init-dom0less.
_peers_tools_on_xen() {
    local version=${2/./\\.}
    boot "$1" --in hardware --overlay "$4" --hypervisor "$3" \
        --append "console=dtuart dtuart=/pl011@9000000 dom0_mem=512M bootscrub=0" --dtb-add "$top/tests/peers/classic.dts" "${@:5}" <<END
${_peers_prologue/4.17/$2}
step ps 'ls -l /proc/[0-9]*/exe'
step own 'ours xenstore-ls /local/domain/0'
step before 'ours xl list'
step introduce 'theirs init-dom0less'
step guest 'within 40 "xenstore-read /local/domain/1/control/feature-poweroff | grep 1"'
step list 'ours xl list'
step list-v 'ours xl list -v'
step list-l 'ours xl list -l'
step info 'ours xl info'
step vcpu-list 'ours xl vcpu-list'
step vcpu-pin 'ours xl vcpu-pin 1 0 0 && ours xl vcpu-list 1 && ours xl vcpu-pin 1 0 all'
step dmesg 'ours xl dmesg'
step pause 'ours xl pause dom0less-1 && ours xl list 1'
step unpause 'ours xl unpause dom0less-1 && ours xl list 1'
step domid 'ours xl domid dom0less-1'
step domname 'ours xl domname 1'
step uptime 'ours xl uptime'
step sched 'ours xl sched-credit2'
step pools 'ours xl cpupool-list'
step policy 'ours xl policy'
step keys 'ours xl debug-keys h; ours xl dmesg | grep "h. pressed"'
step devd 'serve_devices'
step block 'ours xl block-attach 1 /run/peer.img,,xvda && ours xl block-list 1 && theirs xl block-list 1 && ours xl block-detach 1 xvda'
step network 'ours xl network-attach 1 bridge=br7 && ours xl network-list 1 && theirs xl network-list 1 && ours xl network-detach 1 0'
step console 'ours xl console 1 </dev/null'
step their-list 'theirs xl list; theirs xl uptime; theirs xl list -l'
step their-xs 'theirs xenstore-ls -fp /local/domain/1; theirs xenstore-control check'
step hypervisor-log 'cat /var/log/xen/console/hypervisor.log'
step shutdown 'ours xl shutdown -w 1; ours xl list'
step destroy 'ours xl destroy 1; sleep 1; ours xl list; ours xenstore-list /local/domain'
END
    expect_count "the daemons are ours" ps '/(xenstored|xenconsoled)$' 2
    reject "the daemons are not Debian's" ps "/usr/lib/xen-$version/bin/"
    expect "our xenstored describes dom0" own '^name = "Domain-0"$'
    expect "xl list before anything is introduced" before '^domain-1 +1 +(128|256) +1 '
    expect "Debian's init-dom0less introduces the guest" introduce 'Init dom0less domain: 1'
    expect_status "its status" introduce 0
    expect_status "the guest's kernel is at our store" guest 0
    expect "xl list: dom0" list '^Domain-0 +0 +512 +2 +r-----'
    expect "xl list: guest" list '^dom0less-1 +1 +(128|256) +1 '
    expect "xl list -v" list-v '^dom0less-1 .* [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12} '
    expect "xl list -l" list-l '"name": "dom0less-1"'
    expect "xl info: version" info "^xen_version +: $version\\."
    expect "xl info: compiler" info '^cc_compile_by +: pkg-xen-devel$'
    expect "xl info: memory" info '^total_memory +: 2048$'
    expect_count "xl vcpu-list" vcpu-list '^(Domain-0 +0|dom0less-1 +1) +[01] +[01-]' 3
    expect "xl vcpu-pin" vcpu-pin '^dom0less-1 +1 +0 .* 0 / all$'
    expect "xl dmesg" dmesg "\(XEN\) Xen version $version"
    expect "xl pause" pause '^dom0less-1 .* -[b-]p--- '
    expect "xl unpause" unpause '^dom0less-1 .* [r-][b-]---- '
    expect "xl domid" domid '^1$'
    expect "xl domname" domname '^dom0less-1$'
    expect_count "xl uptime" uptime '^(Domain-0 +0|dom0less-1 +1) +0:0[0-9]:[0-9][0-9]$' 2
    expect "xl sched-credit2" sched '^dom0less-1 +1 +256 +0$'
    expect "xl cpupool-list" pools '^Pool-0 +2 +credit2 +y +2$'
    expect "xl policy says that Xen does not say" policy 'does not say which policy'
    expect "xl debug-keys" keys 'pressed'
    expect_status "xl devd serves in dom0" devd 0
    expect_count "xl block-attach, which both list" block '^51712 0   1 ' 2
    expect_status "and block-detach" block 0
    expect_count "xl network-attach, which both list" network '^0   0  00:16:3e:' 2
    expect_status "and network-detach" network 0
    expect "xl console says that there is none" console 'has no PV console'
    expect "Debian's xl list on our store" their-list '^dom0less-1 +1 +(128|256) '
    expect "Debian's xl uptime on our store" their-list '^Domain-0 +0 +0:0[0-9]:[0-9][0-9]$'
    expect "Debian's xl list -l on our store" their-list '"name": "dom0less-1"'
    expect "Debian's xenstore-ls -fp on our store" their-xs '^/local/domain/1/name = "dom0less-1" '
    expect "Debian's xenstore-control on our store" their-xs ', 0 accounts wrong$'
    expect "our xenconsoled logs the hypervisor" hypervisor-log '\(XEN\) Xen version'
    expect "xl shutdown -w" shutdown '^dom0less-1 .* ---s-- '
    reject "xl destroy" destroy '^dom0less-1 '
    expect_count "what was destroyed leaves the store" destroy '^[01]$' 1
}

# Xen 4.20's own test of a store, out of a later Debian, on our daemon: on its socket, and on a guest's ring. A line a test, with its time.
_peers_store_tests() {
    local directory=$cache/peers-4.20 overlay=$build/peers/newer-tools library
    if ! unpack_alone_from_suite trixie arm64 "$directory" xen-utils-4.20 libxenstore4 libxentoolcore1 libc6; then
        report skipped peers/store-tests "$suite_failure"
        return
    fi
    rm -rf "$overlay"
    mkdir -p "$overlay/opt/xen-4.20"
    cp "$directory/usr/lib/xen-4.20/bin/test-xenstore" "$overlay/opt/xen-4.20/"
    for library in libxenstore.so.4 libxentoolcore.so.1 libc.so.6 ld-linux-aarch64.so.1; do
        cp -L "$(find "$directory" -name "$library" -print -quit)" "$overlay/opt/xen-4.20/"
    done
    boot store-tests --in control,hardware --overlay "$overlay" <<'END'
test_store() { cd /opt/xen-4.20 && timeout 100 ./ld-linux-aarch64.so.1 --library-path . ./test-xenstore; }
case $(hostname) in
control)
step ring 'test_store' ;;
hardware)
step socket 'test_store' ;;
esac
END
    expect_status "Xen 4.20's test-xenstore passes on the socket" socket 0
    expect_count "in all its tests" socket '^[a-z0-9 ]+: +[0-9]+ ns$' 12
    expect_status "it passes on a ring" ring 0
    expect_count "in all its tests, too" ring '^[a-z0-9 ]+: +[0-9]+ ns$' 12
}

# run_peers: a few boots, each with the name that its tests begin with.
run_peers() {
    local group=peers peers_results=$build/peers peers_overlay=$build/peers/tools
    local system_results=$peers_results
    mkdir -p "$peers_results"
    if wanted peers store-control; then run_peers_control; fi
    [[ "${selection[*]}" != peers/store-control ]] || return 0
    if ! unpack_peers; then
        report skipped peers "Debian's packages of Xen 4.17 for arm64 cannot be downloaded: $(tail -n 1 "$cache/apt.log")"
        return
    fi
    if ! "$top/demo" build; then
        report FAILED "peers: the board builds"
        return
    fi
    _peers_overlay "$peers_overlay"
    if wanted peers tools-on-trefoil; then _peers_tools_on_trefoil; fi
    if wanted peers daemons-on-trefoil; then _peers_daemons_on_trefoil daemons-on-trefoil 4.17 "$peers_overlay" "$_peers_bin"; fi
    if wanted peers tools-on-xen; then _peers_tools_on_xen tools-on-xen 4.17 "$peers/boot/xen-4.17-arm64" "$peers_overlay"; fi
    if wanted peers store-tests; then _peers_store_tests; fi
    run_peers_devices
}
