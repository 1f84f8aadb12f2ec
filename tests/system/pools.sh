# SPDX-License-Identifier: MIT
# Three bare guests (guests/bare/starve.c) that fill the machine's memory use up what the hypervisor has set aside for each, reboot, and do
# so again: each gets as much as the others and as much as before, and all of them come up again. One CPU and a clock that counts
# instructions make every run the same.
# shellcheck shell=bash disable=SC2154

_pools_machine=(qemu-system-aarch64 -machine "virt,virtualization=on,gic-version=3" -cpu cortex-a57 -smp 1 -m 1024
    -display none -no-reboot -nic none -monitor none -icount "shift=0,sleep=off")
_pools_guest=$build/arm64/guests/bare/starve

# _pools_tree: three times 336 MiB and a pool of 1904 KiB leave some 6 MiB of 1024.
_pools_tree() {
    local name
    dtc -q -I dtb -O dts "$boot_directory/machine.dtb"
    printf '/ { chosen {\n#address-cells = <2>;\n#size-cells = <2>;\nxen,xen-bootargs = "console-focus=hypervisor";\n'
    for name in one two three; do
        cat <<END
$name {
    compatible = "xen,domain";
    #address-cells = <2>;
    #size-cells = <2>;
    memory = <0 0x54000>;
    cpus = <1>;
    xen,enhanced = "no-xenstore";
    kernel {
        compatible = "multiboot,kernel", "multiboot,module";
        reg = <0 0x49000000 0 $(printf '%#x' "$(stat -c %s "$_pools_guest")")>;
    };
};
END
    done
    echo '}; };'
}

# _pools_boot: until all are there again; leaves their lines in the file log of boot_directory.
_pools_boot() {
    local serial=$boot_directory/serial tries=0 qemu
    "${_pools_machine[@]}" -machine dumpdtb="$boot_directory/machine.dtb" 2>/dev/null
    _pools_tree | dtc -q -I dts -O dtb -o "$boot_directory/board.dtb"
    : >"$serial"
    "${_pools_machine[@]}" -serial "file:$serial" -dtb "$boot_directory/board.dtb" -kernel "$build/arm64/hypervisor/trefoil" \
        -device "loader,file=$_pools_guest,addr=0x49000000,force-raw=on" </dev/null >"$boot_directory/stderr" 2>&1 &
    qemu=$!
    until [ "$(grep -ac 'starve is there again' "$serial")" = 3 ] || [ $((tries += 1)) -gt 600 ] || ! kill -0 "$qemu" 2>/dev/null; do
        sleep 0.2
    done
    kill "$qemu" 2>/dev/null
    wait "$qemu" 2>/dev/null
    tr -d '\r' <"$serial" >"$boot_directory/log"
}

current=pools
boot_directory=$system_results/$current
rm -rf "$boot_directory"
mkdir -p "$boot_directory"
_pools_boot
for name in one two three; do
    expect_count "$name: uses up what is set aside for it, and is told in one line each time" log \
        "^\(trefoil\) $name: the 1904 KiB of hypervisor memory set aside for it are used up$" 2
    expect "$name: starts again" log "^\(trefoil\) $name: started again after"
    expect "$name: is there again" log "^\($name\) starve is there again$"
    expect_count "$name: gets -ENOMEM, after some hundred pages, each time" log "^\($name\) starve mapped [2-4][0-9][0-9], then -12$" 2
done
if [ "$(grep -o 'starve mapped [0-9]*' "$boot_directory/log" | sort -u | wc -l)" = 1 ]; then
    _verdict ok "each gets as much as any other, and as before" log
else
    _verdict FAILED "each gets as much as any other, and as before" log
fi
reject "nobody fails but by its own doing" log 'left out|crash|unexpected exception|panic'
