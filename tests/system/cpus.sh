# SPDX-License-Identifier: MIT
# The board on one, two and four CPUs, seen from the control domain with the tools a person would use.
# shellcheck shell=bash disable=SC2154,SC2016

for cpus in 1 2 4; do
    boot "cpus-$cpus" --cpus "$cpus" --in control <<'END'
within 30 'xenstore-exists /local/domain/2/name'
step list 'xl list'
step list-name 'xl list app'
step list-none 'xl list nobody'
step list-json 'xl list -l'
step info 'xl info'
step dmesg 'xl dmesg'
step vcpus 'xl vcpu-list'
step domid 'xl domid app'
step domname 'xl domname 2'
step uptime 'xl uptime'
step console 'printf "echo from-\$(hostname)\n" | timeout 20 xl console app'
step kernel 'dmesg | grep -iE "xen|grant|event" '
END
    expect "xl list shows hardware" list '^hardware +0 +25[56] +1 +[rb-]{6} +[0-9]+\.[0-9]$'
    expect "xl list shows control" list '^control +1 +19[0-9] +1 +r-{5} +[0-9]+\.[0-9]$'
    expect "xl list shows app" list '^app +2 +12[0-9] +2 +[rb-]{6} +[0-9]+\.[0-9]$'
    expect_count "xl list shows nothing else" list '.' 4
    expect_status "xl list of a domain that is there" list-name 0
    expect_status "xl list of a domain that is not" list-none 1
    expect "xl list -l is JSON" list-json '"name": "app"'
    expect "xl info counts the CPUs" info "^nr_cpus +: $cpus$"
    expect "xl info has the errata of the CPUs" info '^cpu_note +: CPU 0.*: Cortex-A57 erratum 1319537: an empty stage 2'
    expect "and what is open" info '^cpu_note +: CPU 0.*: CVE-[-0-9]* .*\(open\)$'
    expect "xl info names the version" info '^xen_version +: '
    expect_status "xl info" info 0
    expect_status "xl dmesg" dmesg 0
    expect "xl dmesg shows the launches" dmesg 'app'
    expect "the code of boot is gone" log 'boot: its code is gone, [1-9][0-9]* KiB'
    expect_count "xl vcpu-list shows each vcpu" vcpus '^(hardware|control|app) +[0-2] +[01] ' 4
    expect "xl domid" domid '^2$'
    expect "xl domname" domname '^app$'
    expect "xl uptime" uptime '^app +2 '
    expect "xl console reaches the guest's shell" console '^from-app$'
    reject "nothing that the kernels asked for was unknown" log 'unhandled'
    reject "no kernel logs an error" log 'oops|call trace|kernel panic|xen.*(error|fail)'
done

# A pool of CPUs that the tree makes: hogs of app stay in it, whatever xl vcpu-pin asks for, and those of control on the other CPU.
cat >"$system_results/pools.dts" <<'END_OF_TREE'
cpu1: &{/cpus/cpu@1} { };
/ { chosen { fast: fast { compatible = "xen,cpupool"; cpupool-cpus = <&cpu1>; }; app { domain-cpupool = <&fast>; soft-affinity = "1"; }; }; };
END_OF_TREE
boot cpus-pools --cpus 2 --in control --ram-disk --dtb-add "$system_results/pools.dts" <<'END'
app() {
    printf '%s\n' "$@" | timeout 40 xl console app
}
within 60 'app "echo up" | grep -q "^up"'
step pools 'xl cpupool-list'
step pool-cpus 'xl cpupool-list -c'
step pinned 'xl vcpu-list app'
step pin-out 'xl vcpu-pin app all 0'
step pin-both 'xl vcpu-pin app all 0-1 && xl vcpu-list app'
app 'for i in 1 2; do (while :; do :; done) & done; echo busy' >/dev/null
step busy 'for i in 1 2 3 4 5; do sleep 1; xl vcpu-list app; done'
step restart 'xl restart app && within 60 "printf \"echo up\n\" | timeout 10 xl console app | grep -q ^up"; xl list -c app; xl vcpu-list app'
END
expect "the tree's pool is listed" pools '^Pool-1 +1 +credit2 +y +1$'
expect "with its CPU" pool-cpus '^Pool-1 +1$'
expect "and the other one without it" pool-cpus '^Pool-0 +0$'
expect_count "the vcpus of its domain are there" pinned '^app +2 +[01] +1 .* all / 1$' 2
expect_status "pinning does not lead out" pin-out 1
expect_count "and beyond it changes nothing" pin-both '^app +2 +[01] +1 .* all / 1$' 2
expect_count "busy vcpus stay there" busy '^app +2 +[01] +1 ' 10
expect "a restart keeps the pool" restart '^app .* Pool-1$'
expect_count "and the vcpus are there again" restart '^app +2 +[01] +1 ' 2

# The CPU that boots is the tree's last: it is CPU 0 all the same, and the pool has the CPU that the tree names.
cat >"$system_results/last.dts" <<'END_OF_TREE'
&{/cpus} { /delete-node/ cpu@0; };
&{/cpus} { cpu@0 { device_type = "cpu"; compatible = "arm,cortex-a57"; reg = <0>; enable-method = "psci"; }; };
cpu1: &{/cpus/cpu@1} { };
/ { chosen { fast: fast { compatible = "xen,cpupool"; cpupool-cpus = <&cpu1>; }; app { domain-cpupool = <&fast>; }; }; };
END_OF_TREE
boot cpus-last --cpus 2 --in control --ram-disk --dtb-add "$system_results/last.dts" <<'END'
within 60 'xenstore-exists /local/domain/2/name'
step pool-cpus 'xl cpupool-list -c'
step vcpus 'xl vcpu-list'
END
expect "the pool has the CPU that its node names" pool-cpus '^Pool-1 +1$'
expect "and the others the one that boots" pool-cpus '^Pool-0 +0$'
expect_count "the vcpus of its domain are there" vcpus '^app +2 +[01] +1 ' 2
expect_count "and those of the others are not" vcpus '^(hardware|control) +[01] +0 +0 ' 2
