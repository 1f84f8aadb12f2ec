# SPDX-License-Identifier: MIT
# Trees for the twin that no board has. Sourced by the tests of the twin.
# shellcheck shell=bash

# twin_many COUNT FILE: a machine of 4 CPUs and 64 GiB with COUNT domains: hardware and xenstore, control, and guests of 8 MiB.
twin_many() {
    {
        cat <<'END'
/dts-v1/;
/ {
    #address-cells = <2>;
    #size-cells = <2>;
    interrupt-parent = <&gic>;
    memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0x10 0>; };
    cpus {
        #address-cells = <1>;
        #size-cells = <0>;
        cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <0>; enable-method = "psci"; };
        cpu@1 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <1>; enable-method = "psci"; };
        cpu@2 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <2>; enable-method = "psci"; };
        cpu@3 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <3>; enable-method = "psci"; };
    };
    psci { compatible = "arm,psci-1.0", "arm,psci-0.2"; method = "smc"; };
    timer { compatible = "arm,armv8-timer"; interrupts = <1 13 4 1 14 4 1 11 4 1 10 4>; };
    gic: intc@8000000 {
        compatible = "arm,gic-v3";
        reg = <0 0x8000000 0 0x10000 0 0x80a0000 0 0xf60000>;
        interrupts = <1 9 4>;
        interrupt-controller;
        #interrupt-cells = <3>;
        #address-cells = <2>;
        #size-cells = <2>;
    };
    chosen {
        #address-cells = <2>;
        #size-cells = <2>;
END
        awk -v count="$1" 'BEGIN {
            for (i = 0; i < count; i++) {
                name = i == 0 ? "hardware" : i == 1 ? "control" : "guest-" i
                roles = i == 0 ? 6 : i == 1 ? 1 : 0
                printf "%s { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; domid = <%d>; ", name, i
                printf "capabilities = <%d>; cpus = <1>; memory = <0 %s>; xen,enhanced = \"enabled\"; ", roles, i == 0 ? "0x10000" : "0x2000"
                if (i == 0)
                    printf "direct-map; xen,static-mem = <0 0x50000000 0 0x4000000>; "
                printf "kernel@49000000 { compatible = \"multiboot,kernel\", \"multiboot,module\"; reg = <0 0x49000000 0 0x100000>; }; };\n"
            }
        }'
        echo '}; };'
    } | dtc -q -I dts -O dtb -o "$2" -
}

# twin_with FRAGMENT FILE: the board of the twin with what FRAGMENT says about it; its first two CPUs are &cpu0 and &cpu1.
twin_with() {
    {
        dtc -q -I dtb -O dts "$twin_results/board.dtb"
        printf 'cpu0: &{/cpus/cpu@0} { };\ncpu1: &{/cpus/cpu@1} { };\n%s\n' "$1"
    } | dtc -q -I dts -O dtb -o "$2" -
}
