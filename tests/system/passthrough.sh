# SPDX-License-Identifier: MIT
# A device of the machine, its clock with an alarm, is the guest's: its registers and its interrupt, and nobody else's.
# shellcheck shell=bash disable=SC2154,SC2016

cat >"$system_results/passthrough.dts" <<'END'
/ {
    pl031@9010000 { xen,passthrough; };
    chosen {
        app { dtb { compatible = "multiboot,device-tree", "multiboot,module"; reg = <0 0xa0000000 0 0x1000>; }; };
        second {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            kernel { KERNEL; };
            dtb { compatible = "multiboot,device-tree", "multiboot,module"; reg = <0 0xa0000000 0 0x1000>; };
        };
        unmarked {
            DOMAIN;
            cpus = <1>;
            memory = <0 0x10000>;
            kernel { KERNEL; };
            dtb { compatible = "multiboot,device-tree", "multiboot,module"; reg = <0 0xa0100000 0 0x1000>; };
        };
    };
};
END

# The guest's part, at the place that app is to have it, for the device with this path.
passthrough_tree() {
    dtc -q -I dts -O dtb -o "$1" - <<END
/dts-v1/;
/ {
    #address-cells = <2>;
    #size-cells = <2>;
    gic: gic { #interrupt-cells = <3>; interrupt-controller; phandle = <65000>; };
    passthrough {
        compatible = "simple-bus";
        #address-cells = <2>;
        #size-cells = <2>;
        ranges;
        clock: clock { compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <24000000>; };
        rtc@10000000 {
            compatible = "arm,pl031", "arm,primecell";
            reg = <0 0x10000000 0 0x1000>;
            interrupt-parent = <&gic>;
            interrupts = <0 2 4>;
            clocks = <&clock>;
            clock-names = "apb_pclk";
            xen,reg = <0 $3 0 0x1000 0 0x10000000>;
            xen,path = "$2";
            xen,force-assign-without-iommu;
        };
    };
};
END
}
passthrough_tree "$system_results/passthrough.dtb" /pl031@9010000 0x9010000
passthrough_tree "$system_results/passthrough-bad.dtb" /virtio_mmio@a000000 0xa000000

boot passthrough --in app,hardware --dtb-add "$system_results/passthrough.dts" --load "$system_results/passthrough.dtb@0xa0000000" \
    --load "$system_results/passthrough-bad.dtb@0xa0100000" <<'END'
step $(hostname)-devices 'ls /sys/bus/amba/devices'
step $(hostname)-time 'cat /sys/class/rtc/rtc0/since_epoch'
step $(hostname)-tree 'ls /proc/device-tree'
step $(hostname)-alarm 'cd /sys/class/rtc/rtc0 && echo +2 >wakealarm && sleep 4 && grep -i rtc /proc/interrupts'
step $(hostname)-errors 'dmesg -r | grep -E "^<[0-3]>"'
END
expect "the guest has the clock" app-devices '^10000000.rtc'
expect "it reads the time" app-time '^1[0-9]{9}$'
expect "its alarm interrupts the guest" app-alarm ' [1-9][0-9]* .*rtc'
reject "its kernel logs no error" app-errors '.'
reject "the hardware domain has it not" hardware-devices '9010000'
reject "nor in its tree" hardware-tree 'pl031'
expect "the log tells of both" log 'hardware: device /pl031@9010000 is not given to it'
expect "with addresses" log 'app: has the device registers at 0x9010000, 0x1000 bytes, at 0x10000000'
expect "a second domain does not get it" log '/chosen/second/dtb: xen,path: a device, or a page with devices, that app has already'
expect "what is not marked is not given" log '/chosen/unmarked/dtb: /passthrough/rtc@10000000: xen,path: /virtio_mmio@a000000 is no device marked'

# It ends while its clock is about to interrupt it.
boot passthrough-end --in control --dtb-add "$system_results/passthrough.dts" --load "$system_results/passthrough.dtb@0xa0000000" \
    --load "$system_results/passthrough-bad.dtb@0xa0100000" <<'END'
within 60 'printf "\n" | xl console -l 1 app | grep -q "#"'
step alarm 'printf "echo +3 >/sys/class/rtc/rtc0/wakealarm; cat /sys/class/rtc/rtc0/wakealarm\n" | xl console app'
step destroy 'xl destroy app; sleep 5; xl list'
step others 'xenstore-write /tool/alive yes && xenstore-read /tool/alive'
END
expect "the guest sets its alarm" alarm '^1[0-9]{9}$'
reject "it is ended" destroy '^app '
expect_count "the others go on" destroy '^(hardware|control) ' 2
expect "as does the store" others '^yes$'
