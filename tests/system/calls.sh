# SPDX-License-Identifier: MIT
# What each domain's user space may ask of the hypervisor through privcmd: each operation tried, against the policy in
# force, then many by chance. tests/calls says how.
# shellcheck shell=bash disable=SC2154

overlay=$system_results/calls-overlay
mkdir -p "$overlay/usr/bin"
cp "$build"/arm64/tests/calls/{calls,stress} "$overlay/usr/bin/"
for what in split:control:1 split:hardware:0 split:app:2 silo:app:2 dummy:hardware:0; do
    IFS=: read -r policy domain self <<<"$what"
    # By chance the control domain would destroy the others, by right.
    chance="step stress 'stress 1 20000'"
    [ "$domain" != control ] || chance=
    boot "calls-$policy-$domain" --in "$domain" --overlay "$overlay" --append "xsm=$policy" <<END
dmesg -n 1
step calls 'calls $self 0:6 1:1 2:0 77:x'
$chance
step after 'xenstore-read /local/domain/$self/name'
END
    expect "the policy is the one asked for" calls "^policy $policy, "
    expect_status "each call in $domain is answered as $policy says" calls 0
    reject "nothing is answered wrongly" calls '^WRONG'
    [ -z "$chance" ] || expect_status "20,000 calls by chance come back" stress 0
    expect "$domain and xenstore live on" after "^$domain\$"
    reject "the hypervisor goes on" log 'exception in the hypervisor'
done
