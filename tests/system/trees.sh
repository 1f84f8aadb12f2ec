# SPDX-License-Identifier: MIT
# Mistakes in the device tree: one clear line for each, naming node and property, and the other domains are launched.
# shellcheck shell=bash disable=SC2154,SC2016

cat >"$system_results/bad.dts" <<'END'
/ {
    chosen {
        no-memory {
            DOMAIN;
            cpus = <1>;
            kernel { KERNEL; };
        };
        no-kernel {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
        };
        second-hardware {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            capabilities = <2>;
            direct-map;
            xen,static-mem = <0x0 0xa0000000 0x0 0x4000000>;
            kernel { KERNEL; };
        };
        same-id {
            DOMAIN;
            domid = <1>;
            cpus = <1>;
            memory = <0 0x10000>;
            kernel { KERNEL; };
        };
        too-large {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x1000000>;
            kernel { KERNEL; };
        };
        module-outside {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            kernel { compatible = "multiboot,kernel"; reg = <0xff 0x49000000 0 0x1000000>; };
        };
        unknown-capability {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            capabilities = <0x100>;
            kernel { KERNEL; };
        };
        overlapping {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            xen,static-mem = <0 0x58000000 0 0x4000000>;
            kernel { KERNEL; };
        };
        hardware-not-mapped {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            capabilities = <2>;
            kernel { KERNEL; };
        };
        mistyped-domain {
            compatible = "xen,domian";
            cpus = <1>;
            memory = <0 0x10000>;
            kernel { KERNEL; };
        };
        mistyped-module {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            kernel { compatible = "multiboot,kernal"; trefoil,file = "demo:kernel"; };
        };
        ramdisk-too-large {
            DOMAIN;
            cpus = <1>;
            memory = <0 0xc000>;
            kernel { KERNEL; };
            ramdisk { compatible = "multiboot,ramdisk"; reg = <0 0xa0000000 0 0x4000000>; };
        };
        gzipped {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x20000>;
            kernel { compatible = "multiboot,kernel"; trefoil,file = "demo:ramdisk"; };
        };
        damaged {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            kernel { compatible = "multiboot,kernel"; trefoil,file = "CUT"; };
        };
        not-loaded {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            kernel { compatible = "multiboot,kernel"; reg = <0 0xa8000000 0 0x100000>; };
        };
        no-tree {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            kernel { KERNEL; };
            dtb { compatible = "multiboot,device-tree"; reg = <0 0xa9000000 0 0x1000>; };
        };
    };
};
END
gzip -6 -n -c "$(kernel_image)" >"$system_results/Image.gz"
head -c 1000000 "$system_results/Image.gz" >"$system_results/cut.gz"
sed -i "s,CUT,$system_results/cut.gz," "$system_results/bad.dts"
boot bad-trees --in control --kernel "$system_results/Image.gz" --append xsm=none --dtb-add "$system_results/bad.dts" <<'END'
within 30 'xenstore-exists /local/domain/2/name'
step list 'xl list'
END
expect "a kernel that gzip packed is unpacked, once" log '^\(trefoil\) hardware: its kernel is unpacked, [0-9]+ KiB to [0-9]+ KiB'
reject "and not for each domain" log '^\(trefoil\) (control|app): its kernel is unpacked'
expect_count "the three good domains are launched, and only these" list '^(hardware|control|app) ' 3
expect_count "no other is" list '.' 4
while read -r domain line; do
    expect "a clear line about $domain" log "^\(trefoil\) /chosen/$domain$line"
done <<'END'
no-memory : memory: missing
no-kernel : kernel: no module compatible with
second-hardware : capabilities: there is a hardware domain already: /chosen/hardware
same-id : domid: same as that of /chosen/control
too-large : memory: [0-9]+ KiB wanted .*, [0-9]+ KiB of the machine's are left
module-outside /kernel: reg: 0xff49000000, .* is outside the machine's memory
unknown-capability : capabilities: 0x100 has unknown bits
overlapping : xen,static-mem: overlaps a module, or static memory, of /chosen/hardware
hardware-not-mapped : capabilities: a hardware domain needs direct-map
mistyped-domain /kernel: compatible: a kernel in a node without compatible "xen,domain" is not launched
mistyped-module /kernel: compatible: unknown kind of module, ignored
ramdisk-too-large : memory: 49152 KiB hold no kernel of [0-9]+ KiB, ramdisk of 65536 KiB
gzipped /kernel: reg: at 0x[0-9a-f]+ is nothing known, not an .uncompressed. arm64 Image
damaged /kernel: reg: at 0x[0-9a-f]+ is a gzip file that is cut short; the domain is left out
not-loaded /kernel: reg: at 0xa8000000 is nothing known, not an .uncompressed. arm64 Image
no-tree /dtb: reg: not a valid device tree
END
expect "and about the command line" log 'command line: xsm=none: there is no such policy'
