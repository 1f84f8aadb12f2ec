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
