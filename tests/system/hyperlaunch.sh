# SPDX-License-Identifier: MIT
# The board with its domains in hyperlaunch's binding: the same three, seen in the same way.
# shellcheck shell=bash disable=SC2154,SC2016

boot hyperlaunch --board qemu-virt-hyperlaunch --in control <<'END'
within 60 'printf "\n" | xl console -l 1 app | grep -q "#"'
step list 'xl list -v'
step json 'xl list -l hardware'
step info 'xl info'
step answer 'printf "echo from-\$(hostname)\n" | xl console app'
step tree 'xenstore-ls /local/domain'
step names 'for id in $(xenstore-list /local/domain); do xenstore-read /local/domain/$id/name; done'
step dmesg 'xl dmesg'
END
expect_count "xl list shows the three" list '^(hardware +0|control +1|app +2) ' 3
expect "hardware has its memory and vcpus" list '^hardware +0 +25[0-9] +1 '
expect "control has one vcpu by default" list '^control +1 +19[0-9] +1 '
expect "app has two" list '^app +2 +12[0-9] +2 '
expect "permissions and functions are roles" list '^hardware .*hardware.*xenstore'
expect "and so is that of control" list '^control .* control$'
expect "the UUID is the tree's" json 'c0010000-0000-4000-8000-000000000000'
expect "xl info works" info '^xen_version|^xen_major'
expect "xl console brings the guest's answer" answer '^from-app$'
expect "xenstore-ls shows its console" tree 'ring-ref = '
expect_count "the store names the three" names '^(hardware|control|app)$' 3
reject "the tree is read without a complaint" dmesg '/chosen/hypervisor/[a-z/]*: [a-z-]*: '

boot hyperlaunch-app --board qemu-virt-hyperlaunch --in app <<'END'
step type 'cat /sys/hypervisor/type'
step consoles 'cat /proc/consoles'
step own 'xenstore-read name'
END
expect "its guest is one of Xen's kind" type '^xen$'
expect "its console is Xen's" consoles '^hvc0'
expect "it reads its name in the store" own '^app$'
