# SPDX-License-Identifier: MIT
# A Prometheus on this machine that scrapes `xl metrics --listen` in the control domain of the board, over its PV network. Sourced by check, after
# prometheus.sh and twin.sh.
# shellcheck shell=bash disable=SC2154

# _prometheus_is WHAT [!] COMMAND...
_prometheus_is() {
    local output=$prometheus_results/said wanted=0 status=0
    local -a command=("${@:2}")
    if [ "${command[0]}" = ! ]; then
        wanted=1
        command=("${command[@]:1}")
    fi
    "${command[@]}" >"$output" 2>&1 || status=1
    if [ "$status" = "$wanted" ]; then
        report ok "prometheus/$1"
    else
        report FAILED "prometheus/$1"
        tail -n 8 "$output" | sed 's/^/    | /'
        return 1
    fi
}

# What the control domain has no room for otherwise: the part for HTTP with its libraries, and its network's driver.
_prometheus_overlay() {
    local overlay=$prometheus_results/overlay http=$cache/http libraries
    # shellcheck disable=SC2086
    unpack_into "$http" $packages_http || return
    libraries=$http/usr/lib/aarch64-linux-gnu
    mkdir -p "$overlay/usr/lib/trefoil" "$overlay/opt/http" "$overlay/lib/modules/devices"
    aarch64-linux-gnu-gcc -std=gnu11 -D_GNU_SOURCE -O2 -fPIC -shared -Wl,-soname,xl-http.so -I"$top" -I"$top/include" -I"$http/usr/include" \
        -I"$http/usr/include/aarch64-linux-gnu" -o "$overlay/usr/lib/trefoil/xl-http.so" "$top/xl/metrics/http/http_part.c" \
        -L"$libraries" -Wl,-rpath-link,"$libraries" -lmicrohttpd || return
    find "$libraries" "$http/lib/aarch64-linux-gnu" -name 'lib*.so.[0-9]*' -exec cp -L {} "$overlay/opt/http/" \; 2>/dev/null
    unpack_module "$sysroot/lib/modules/$(kernel_release)/kernel" xen-netfront "$overlay/lib/modules/devices"
}

_prometheus_control='insmod /lib/modules/devices/xen-netfront.ko
tries=0; until [ -e /sys/class/net/eth0 ] || [ $((tries += 1)) -gt 300 ]; do sleep 0.2; done
ip link set eth0 up
ip address add 10.0.2.50/24 dev eth0
LD_LIBRARY_PATH=/opt/http xl metrics --listen 10.0.2.50 &
tries=0; until grep -q " 3202000A:264A 0202000A:" /proc/net/tcp || [ $((tries += 1)) -gt 300 ]; do sleep 0.2; done
sleep 15
xl destroy app
sleep 30
kill $!
wait $!
'

# The user network of the machine lets one port of this machine through to the control domain.
_prometheus_start_board() {
    printf '#!/bin/bash\nexec qemu-system-aarch64 "${@//user,id=lan/user,id=lan,hostfwd=tcp:127.0.0.1:%s-10.0.2.50:9802}"\n' "$1" >"$prometheus_results/qemu"
    chmod +x "$prometheus_results/qemu"
    printf '&control {\n    lan {\n        compatible = "trefoil,network";\n        bridge = "xenbr0";\n    };\n};\n' >"$prometheus_results/network.dts"
    "$top/demo" exec --quiet --no-build --in control --timeout 200 --qemu "$prometheus_results/qemu" --dtb-add "$prometheus_results/network.dts" \
        --overlay "$prometheus_results/overlay" -- "$_prometheus_control" >"$prometheus_results/board" 2>&1 &
}

# _prometheus_asks PORT
_prometheus_asks() {
    prometheus_start "$prometheus_results/prometheus" "127.0.0.1:$1" "$top/packaging/prometheus/trefoil.rules.yml" || return
    report ok "prometheus/a Prometheus starts"
    _prometheus_is "it scrapes the board" _within 120 prometheus_has 'up == 1'
    _prometheus_is "and has each domain" _within 10 prometheus_has 'count(trefoil_domain_up == 1) == 3'
    _prometheus_is "and what app's disk did" prometheus_has 'trefoil_disk_reads_total{domain="app",device="xvda"} > 0'
    _prometheus_is "no alert fires" ! prometheus_has 'ALERTS{alertstate="firing"}'
    _prometheus_is "one does when app is destroyed" _within 60 prometheus_has 'ALERTS{alertname="TrefoilDomainDown",domain="app",alertstate="firing"}'
    prometheus_stop
}

run_prometheus() {
    local prometheus_results=$build/prometheus port board
    rm -rf "$prometheus_results"
    mkdir -p "$prometheus_results"
    progress "prometheus"
    _prometheus_is "the board is built" "$top/demo" build || return
    _prometheus_is "Debian's prometheus is there" unpack_prometheus || return
    _prometheus_is "libmicrohttpd for arm64, and xl's part for it" _prometheus_overlay || return
    port=$(_free_port)
    _prometheus_start_board "$port"
    board=$!
    _prometheus_asks "$port"
    _prometheus_is "the board ends without an error" wait "$board"
}
