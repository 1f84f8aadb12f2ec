# SPDX-License-Identifier: MIT
# What xl prints for programs, held against docs/schema by a validator. Sourced by the tests of the twin.
# shellcheck shell=bash disable=SC2154

# _json NAME COMMAND...: keeps what xl prints of a command for programs; NAME tells calls of it apart.
_json() {
    _xl "${@:2}" --json >"$twin_results/printed/$2@$1" 2>>"$twin_results/printed.errors"
}

# _json_alone NAME COMMAND...: the same of one that asks no hypervisor.
_json_alone() {
    "$twin_build/xl/xl" "${@:2}" --json >"$twin_results/printed/$2@$1" 2>>"$twin_results/printed.errors"
}

# A board that has something of everything: a pool, shared memory, peers, a channel, disks, networks.
_json_tree() {
    twin_with '/ { chosen {
        fast: fast { compatible = "xen,cpupool"; cpupool-cpus = <&cpu1>; };
        control { share { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "rings"; xen,shared-mem = <0 0x50000000 0 0x2000>; };
            two: evtchn@1 { compatible = "xen,evtchn-v1"; xen,evtchn = <700 &one>; }; };
        app { domain-cpupool = <&fast>; peers = "control";
            share { compatible = "xen,domain-shared-memory-v1"; xen,shm-id = "rings"; role = "owner"; xen,shared-mem = <0 0x60000000 0 0x2000>; };
            one: evtchn@1 { compatible = "xen,evtchn-v1"; xen,evtchn = <10 &two>; };
            root { compatible = "trefoil,disk"; vdev = "xvdb"; target = "/dev/vdb"; read-only; };
            lan { compatible = "trefoil,network"; bridge = "xenbr0"; mac = "00:16:3e:00:00:01"; }; };
    }; };' "$twin_results/json.dtb"
}

# All that looks, in whatever state the domains are.
_json_look() {
    local command
    for command in list vm-list claims vcpu-list info dmesg uptime cpupool-list counters sched-credit2; do
        _json "$1" $command
    done
    _json "$1-domains" counters -d
    _json "$1-cpus" counters -c
    _json "$1-parameters" sched-credit2 -s
    _json "$1" top -i 2 -d 0.1
    _json "$1" events --once
    _json "$1" block-list app
    _json "$1" network-list app
}

_json_ask() {
    _json all policy
    _json one policy --why control domctl_pausedomain app
    _json several policy --why hardware 'domctl_*' app
    _json shared policy --why app grant_map control
    _json can policy --can control talk app
    _json name domid app
    _json id domname 2
    _json log console --log app
    _json_alone words version
    _json_alone all help
    _json_alone one help list
}

# What xl launch make makes boards of: files that look like kernels, and two descriptions.
_json_board() {
    local folder=$1
    mkdir -p "$folder"
    { head -c 16 /dev/zero; printf '\0\0\x10\0\0\0\0\0'; head -c 32 /dev/zero; printf 'ARM\x64\0\0\0\0'; } >"$folder/Image"
    qemu-system-aarch64 -machine virt,virtualization=on,gic-version=3,acpi=off,dumpdtb="$folder/machine.dtb" -cpu cortex-a57 -smp 2 -m 2048 \
        -display none -nic none 2>/dev/null
    cat >"$folder/config" <<'END'
MEMORY_START="0x40000000"
MEMORY_END="0xa0000000"
DEVICE_TREE="machine.dtb"
XEN="Image"
NUM_DOMUS=3
DOMU_KERNEL[0]="Image"
DOMU_MEM[0]=64
DOMU_CAPS[0]="hardware|xenstore|control"
DOMU_ENHANCED[0]=1
DOMU_VPL011[0]=0
DOMU_KERNEL[1]="Image"
DOMU_MEM[1]=64
DOMU_STATIC_EVTCHNS[1]="10 2 11"
DOMU_SHARED_MEM[1]="rings 0x50000000 0x2000"
DOMU_KERNEL[2]="Image"
DOMU_MEM[2]=64
DOMU_STATIC_EVTCHNS[2]="11 1 10"
DOMU_SHARED_MEM[2]="rings 0x50000000 0x2000"
DOMU_VCPU_HARD_AFFINITY[2,0]="1"
END
    printf 'name = "hardware"\nkernel = "Image"\nmemory = 64\ncapabilities = "hardware|xenstore|control"\n' >"$folder/hardware.cfg"
    printf 'name = "app"\nkernel = "Image"\nmemory = 64\ndisk = [ "/dev/vdb,raw,xvda,rw" ]\nvif = [ "bridge=xenbr0" ]\n' >"$folder/app.cfg"
}

_json_launch() {
    local folder=$twin_results/made
    _json_board "$folder"
    _json_alone check launch check "$twin_results/json.dtb"
    _json_alone wrong launch check "$twin_results/bad.dts"
    _json_alone made launch make -n -f imagebuilder "$folder/config"
    _json_alone guests launch make -n -f xl -t "$folder/machine.dtb" -x "$folder/Image" "$folder/hardware.cfg" "$folder/app.cfg"
    _json_alone unmade launch make -n -f imagebuilder "$top/tests/fuzz/corpus/launchmake/imagebuilder"
}

# What acts, and leaves a domain paused, one that has crashed, and lives behind it.
_json_act() {
    local told
    timeout 60 "$twin/bin/as" control xl events --json --since boot --timeout 50 >"$twin_results/printed/events@live" &
    told=$!
    _xl block-attach app /disk.img,,xvda,r >/dev/null
    _xl network-attach app bridge=br0 >/dev/null
    _within 10 grep -q device_attached "$twin_results/printed/events@live"
    timeout 60 "$twin/bin/as" app xl pause control >/dev/null 2>&1
    _xl pause app
    _json_look paused
    _xl unpause app
    _types "echo one for the log" >/dev/null
    _json_ask
    _types crash -w 5 >/dev/null 2>&1
    _json_look crashed
    _json last console --last app
    _json one restart app
    _json_look restarted
    _json nobody shutdown nobody
    _json spared shutdown -a
    _json spared reboot -a
    _xl destroy app
    _json_look destroyed
    kill "$told"
    wait "$told"
}

_json_valid() {
    /usr/bin/python3 "$top/tests/schema.py" "$top/docs/schema" "$twin_results/printed" "$twin_results/printed/help@all"
}

_test_json() {
    mkdir -p "$twin_results/printed"
    _is "both ends of devices are there" twin_devices app
    _json_launch
    _json_act
    _says "what commands print is what their schemas say" "^[1-9][0-9]+ values of [1-9][0-9] commands$" _json_valid
}
