# SPDX-License-Identifier: MIT
# Memory that the tree lets domains share: each of them finds it in its own tree and writes what the others read; what is in it outlives their restarts and
# ends. One region has a place in the tree, and all three domains; the hypervisor finds one for the other.
# shellcheck shell=bash disable=SC2154,SC2016

cat >"$system_results/shared.dts" <<'END_OF_TREE'
/ { chosen {
    hardware {
        share { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "all three"; xen,shared-mem = <0 0xb8000000 0 0xb8000000 0 0x200000>; };
    };
    control {
        share { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "all three"; role = "owner"; xen,shared-mem = <0 0xb8000000 0 0x50000000 0 0x200000>; };
        pair { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "pair"; xen,shared-mem = <0 0x58000000 0 0x3000>; };
    };
    app {
        share { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "all three"; xen,shared-mem = <0 0xb8000000 0 0x60000000 0 0x200000>; };
        pair { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "pair"; role = "owner"; xen,shared-mem = <1 0x10000000 0 0x3000>; };
    };
}; };
END_OF_TREE

boot shared --in control,hardware --ram-disk --dtb-add "$system_results/shared.dts" <<'END_OF_COMMANDS'
step $(hostname)-tree 'cd /proc/device-tree/reserved-memory && ls && for node in xen-shmem@*; do echo "$node: $(tr -d "\000" <$node/compatible) $(tr -d "\000" <$node/xen,id)"; ls $node; done'
step $(hostname)-errors 'dmesg -r | grep -E "^<[0-3]>"'
if [ "$(hostname)" = hardware ]; then
    step hardware-zero 'devmem 0xb81ffff8 64'
    step hardware-hears 'within 60 "devmem 0xb8000000 32 | grep -q 0x000000C1" && devmem 0xb8000010 32 0xa2 && echo heard'
    exit 0
fi
app() {
    printf '%s\n' "$@" | timeout 40 xl console app
}
within 60 'app "echo up" | grep -q "^up"'
step zero 'devmem 0x501ffff8 64; devmem 0x58002ff8 64; app "devmem 0x110002ff8 64"'
step hardware 'devmem 0x50000000 32 0xc1 && within 60 "devmem 0x50000010 32 | grep -q 0x000000A2" && devmem 0x50000010 32'
step to-app 'devmem 0x501ffff8 64 0x1122334455667788 && devmem 0x58002ff8 32 0xdeadbeef && app "devmem 0x601ffff8 64; devmem 0x110002ff8 32"'
step to-control 'app "devmem 0x60001000 32 0x600d600d; devmem 0x110001000 32 0x12121212"; devmem 0x50001000 32; devmem 0x58001000 32'
step can 'xl policy --can control write app'
step cannot 'xl policy --can app talk hardware'
step told 'xl list -l app'
step free 'xl info | grep "^free_memory"'
step restart 'xl restart app && within 60 "printf \"echo up\n\" | timeout 10 xl console app | grep -q ^up"; app "devmem 0x601ffff8 64; devmem 0x110001000 32; devmem 0x60001004 32 0x2222"; devmem 0x50001000 32; devmem 0x50001004 32'
step destroy 'xl destroy app && devmem 0x58002ff8 32 && devmem 0x501ffff8 64 && devmem 0x58002ff0 32 0x77'
step again 'xl restart app && within 60 "printf \"echo up\n\" | timeout 10 xl console app | grep -q ^up"; app "devmem 0x110002ff0 32"'
step free-after 'xl info | grep "^free_memory"'
END_OF_COMMANDS
for domain in control hardware; do
    expect "$domain: its kernel finds the region by Linux's binding" "$domain-tree" '^xen-shmem@[0-9a-f]+: xen,shared-memory-v1 all three$'
    expect "$domain: which is not for the kernel to map" "$domain-tree" '^no-map$'
    reject "$domain: its kernel logs no error" "$domain-errors" '.'
done
expect "control: and the other one" control-tree '^xen-shmem@58000000: xen,shared-memory-v1 pair$'
reject "hardware: which it has not" hardware-tree 'pair'
expect_count "all is zero at first" zero '^0x0+$' 3
expect "for the hardware domain, too, or what control wrote since" hardware-zero '^0x(0+|1122334455667788)$'
expect "hardware reads what control writes" hardware-hears '^heard$'
expect "and control what hardware writes" hardware '^0x000000A2$'
expect "app reads what control writes" to-app '^0x1122334455667788'
expect "and in the other region" to-app '^0xDEADBEEF'
expect "control reads what app writes" to-control '0x600D600D$'
expect "and there" to-control '^0x12121212$'
expect "the policy's questions count the regions" can '^  yes  what both have, by shared memory all three, pair$'
expect "those that the two have, and no other" cannot '^  yes  what both have, by shared memory all three$'
expect_count "xl list -l has all shares of app's regions" told '"id": "(all three|pair)"' 5
expect "and where app has its own" told '"address": 4563402752,'
expect "after its restart app finds all as it was" restart '^0x1122334455667788'
expect "what it wrote itself included" restart '^0x12121212'
expect "control has lost nothing by it" restart '0x600D600D$'
expect "and hears app's next life" restart '^0x00002222$'
expect "app's end takes nothing from control" destroy '^0xDEADBEEF$'
expect "nor of what had a place" destroy '^0x1122334455667788$'
expect "what is written while there is no app, app finds later" again '^0x00000077'
if [ "$(cat "$(_of free)")" = "$(cat "$(_of free-after)")" ]; then
    _verdict ok "free memory is as before" free-after
else
    _verdict FAILED "free memory is as before" free-after
fi
expect "the log tells of the one region" log 'shared memory all three: 0xb8000000, 0x200000 bytes, of 3 domains'
expect "and of the other" log 'shared memory pair: 0x[0-9a-f]+, 0x3000 bytes, of 2 domains'
