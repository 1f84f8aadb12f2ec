# SPDX-License-Identifier: MIT
# What passes between two domains (guests/bare/bench_pair.c), as rows of the bench. Sourced by check.
# shellcheck shell=bash disable=SC2154

# Instructions that docs/design.md promises. event_cpu is the sum of both CPUs': QEMU counts one clock for all and runs them in turn.
_bench_pair_bounds="event_peer 1750
event_cpu 1500
grant_map 2300
grant_copy 2100
grant_copy_packet 2150
vcpu_switch 950
device_read 3050"

# _bench_pair_domain SIZE NAME SELF PEER PORT REMOTE OPTIONS PROPERTIES: a domain's node.
_bench_pair_domain() {
    cat <<END
    $2 {
        compatible = "xen,domain";
        #address-cells = <2>;
        #size-cells = <2>;
        memory = <0 0x4000>;
        cpus = <1>;
        $8
        $2port: evtchn@1 { compatible = "xen,evtchn-v1"; xen,evtchn = <$5 &$6port>; };
        kernel@${_bench_address#0x} {
            compatible = "multiboot,kernel", "multiboot,module";
            reg = <0 $_bench_address 0 $1>;
            bootargs = "self=$3 peer=$4 $7";
        };
    };
END
}

# _bench_pair_tree MACHINE.dtb SIZE PEER MODE PAIRS: PAIRS pairs. On Xen (PEER 1) ids come in order, and pairs need no declaration.
_bench_pair_tree() {
    local pair near far properties options=""
    [ "$3" = 0 ] || options="xsm=dummy $_xen_options"
    dtc -q -I dtb -O dts "$1"
    echo "/ { chosen { #address-cells = <2>; #size-cells = <2>; xen,xen-bootargs = \"$options\";"
    for pair in $(seq "$5"); do
        near=$((2 * pair - 1)) far=$((2 * pair)) properties='xen,enhanced = "no-xenstore";'
        [ "$3" = 1 ] || properties+=" domid = <$near>; peers = \"far$pair\";"
        _bench_pair_domain "$2" "near$pair" "$near" "$far" 10 "far$pair" "mode=$4" "$properties"
        properties='xen,enhanced = "no-xenstore";'
        [ "$3" = 1 ] || properties+=" domid = <$far>;"
        [ "$4" != 4 ] || properties+=" capabilities = <8>; targets = \"near$pair\";"
        _bench_pair_domain "$2" "far$pair" "$far" "$near" 11 "near$pair" "far=1 model=$(($4 == 4))" "$properties"
    done
    echo "}; };"
}

# _bench_pairs HYPERVISOR PEER: the figures of a pair on one CPU, of a device model and its target there, and of the event on two. Debian's Xen comes up on two CPUs under
# -icount, but its domains do not get to run.
_bench_pairs() {
    _bench_boot_tree bench_pair "$1" 1 _bench_pair_tree "$2" 0 1 | _bench_figures
    [ "$2" = 0 ] || return 0
    _bench_boot_tree bench_pair "$1" 1 _bench_pair_tree "$2" 4 1 | _bench_figures
    _bench_more=(-smp 2)
    _bench_boot_tree bench_pair "$1" 1 _bench_pair_tree "$2" 1 1 | _bench_figures
    _bench_more=()
}
