# SPDX-License-Identifier: MIT
# Mistakes in the device tree: one clear line for each, naming node and property, and the other domains are launched.
# shellcheck shell=bash disable=SC2154,SC2016

cat >"$system_results/bad.dts" <<'END'
/ {
    chosen {
        no-memory {
            compatible = "xen,domain";
            #address-cells = <2>;
            #size-cells = <2>;
            cpus = <1>;
            kernel { compatible = "multiboot,kernel", "multiboot,module"; reg = <0 0x49000000 0 0x1000000>; };
        };
        no-kernel {
            compatible = "xen,domain";
            #address-cells = <2>;
            #size-cells = <2>;
            cpus = <1>;
            memory = <0 0x10000>;
        };
        second-hardware {
            compatible = "xen,domain";
            #address-cells = <2>;
            #size-cells = <2>;
            cpus = <1>;
            memory = <0 0x10000>;
            capabilities = <2>;
            kernel { compatible = "multiboot,kernel", "multiboot,module"; reg = <0 0x49000000 0 0x1000000>; };
        };
        same-id {
            compatible = "xen,domain";
            #address-cells = <2>;
            #size-cells = <2>;
            domid = <1>;
            cpus = <1>;
            memory = <0 0x10000>;
            kernel { compatible = "multiboot,kernel", "multiboot,module"; reg = <0 0x49000000 0 0x1000000>; };
        };
        too-large {
            compatible = "xen,domain";
            #address-cells = <2>;
            #size-cells = <2>;
            cpus = <1>;
            memory = <0 0x1000000>;
            kernel { compatible = "multiboot,kernel", "multiboot,module"; reg = <0 0x49000000 0 0x1000000>; };
        };
        module-outside {
            compatible = "xen,domain";
            #address-cells = <2>;
            #size-cells = <2>;
            cpus = <1>;
            memory = <0 0x10000>;
            kernel { compatible = "multiboot,kernel", "multiboot,module"; reg = <0xff 0x49000000 0 0x1000000>; };
        };
        unknown-capability {
            compatible = "xen,domain";
            #address-cells = <2>;
            #size-cells = <2>;
            cpus = <1>;
            memory = <0 0x10000>;
            capabilities = <0x100>;
            kernel { compatible = "multiboot,kernel", "multiboot,module"; reg = <0 0x49000000 0 0x1000000>; };
        };
    };
};
END
boot bad-trees --in control --dtb-add "$system_results/bad.dts" <<'END'
within 30 'xenstore-exists /local/domain/2/name'
step list 'xl list'
END
expect_count "the three good domains are launched, and only these" list '^(hardware|control|app) ' 3
expect_count "no other is" list '.' 4
for mistake in no-memory:memory no-kernel:kernel second-hardware:capabilities same-id:domid too-large:memory \
    module-outside:reg unknown-capability:capabilities; do
    expect "a clear line about ${mistake%%:*}" log "${mistake%%:*}.*${mistake#*:}"
done
