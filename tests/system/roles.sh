# SPDX-License-Identifier: MIT
# What the hardware domain and a plain guest see of the system.
# shellcheck shell=bash disable=SC2154,SC2016

boot hardware --in hardware <<'END'
within 30 'xenstore-exists /local/domain/2/device/suspend || xenstore-exists /local/domain/2/name'
step tree 'xenstore-ls /local/domain'
step names 'for id in $(xenstore-list /local/domain); do xenstore-read /local/domain/$id/name; done'
step write 'xenstore-write /tool/trefoil-test yes && xenstore-read /tool/trefoil-test && xenstore-rm /tool/trefoil-test && ! xenstore-exists /tool/trefoil-test'
step watch '(sleep 2; xenstore-write /tool/watched 1) & timeout 20 xenstore-watch -n 2 /tool/watched'
step dmesg 'xl dmesg'
step list 'xl list'
step xml 'xl list -X'
step logs 'ls /var/log/xen/console'
step devices 'ls /sys/bus/platform/devices'
step interrupts 'cat /proc/interrupts'
step type 'cat /sys/hypervisor/type; cat /proc/xen/capabilities'
END
expect_count "the store names the three domains" names '^(hardware|control|app)$' 3
expect "xenstore-ls shows names" tree 'name = "app"'
expect "xenstore-ls shows the guest's console" tree 'ring-ref = '
expect_status "the store takes writes and removals" write 0
expect "a watch fires" watch '/tool/watched'
expect_status "xl dmesg works in the hardware domain" dmesg 0
expect "the hypervisor's log is there" dmesg '[Tt]refoil'
expect_status "xl list works in the hardware domain" list 0
expect_status "xl without its part for XML says so" xml 1
expect "and names it" xml 'XML takes a part of xl that cannot be loaded: /usr/bin/../lib/trefoil/xl-xml.so: '
expect "consoles are logged" logs 'app'
expect "the machine's virtio devices are here" devices 'virtio_mmio'
expect "this is a guest of Xen's kind" type '^xen$'

boot app --in app <<'END'
step type 'cat /sys/hypervisor/type'
step kernel 'dmesg | grep -i xen'
step errors 'dmesg -r | grep -E "^<[0-3]>"'
step consoles 'cat /proc/consoles; ls /dev/hvc0'
step cpus 'nproc'
step own 'xenstore-read domid name; xenstore-ls /local/domain/2'
step foreign 'xenstore-write /local/domain/1/data/x 1'
step list 'xl list'
step disk 'ls /sys/bus/platform/devices'
END
expect "this is a guest of Xen's kind" type '^xen$'
expect "xenbus is up" kernel 'xenbus|xen:grant_table|Xen'
expect "the console is Xen's" consoles '^hvc0'
expect "it has two CPUs" cpus '^2$'
expect "it reads its own identity" own '^2$'
expect "it may list its own part of the store" own 'name = "app"'
expect_status "it may not write another's" foreign 1
expect_status "a plain guest may not list domains" list 1
reject "it has none of the machine's devices" disk 'virtio_mmio'
reject "its kernel logs no error" errors '.'
