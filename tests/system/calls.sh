# SPDX-License-Identifier: MIT
# Many hypercalls by chance, from user space: they come back, and the domain and the store live on. What each call in
# turn is answered is looked at by policy-board.sh.
# shellcheck shell=bash disable=SC2154

overlay=$system_results/calls-overlay
mkdir -p "$overlay/usr/bin"
cp "$build/arm64/tests/calls/stress" "$overlay/usr/bin/"
# By chance the control domain would destroy the others, by right.
boot calls --in hardware,app --overlay "$overlay" <<'END'
dmesg -n 1
me=$(hostname)
case $me in hardware) id=0 ;; app) id=2 ;; esac
step stress-$me 'stress 1 20000'
step after-$me "xenstore-read /local/domain/$id/name"
END
for domain in hardware app; do
    expect_status "20,000 calls by chance come back in $domain" "stress-$domain" 0
    expect "$domain and xenstore live on" "after-$domain" "^$domain\$"
done
reject "the hypervisor goes on" log 'exception in the hypervisor'
