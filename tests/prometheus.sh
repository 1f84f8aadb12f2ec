# SPDX-License-Identifier: MIT
# A Prometheus that scrapes `xl metrics --listen`. Sourced by check; it is Debian's, unpacked and not installed.
# shellcheck shell=bash disable=SC2154

# unpack_prometheus: prometheus and promtool lie in prometheus_programs.
prometheus_programs=$cache/promtool/usr/bin
unpack_prometheus() {
    unpack_alone_from_suite bookworm "$(dpkg --print-architecture)" "$cache/promtool" prometheus
}

# _fetch URL [ACCEPT]: what is there, its type first.
_fetch() {
    /usr/bin/python3 - "$@" <<'END'
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Accept": sys.argv[2]} if len(sys.argv) > 2 else {})
with urllib.request.urlopen(request, timeout=30) as answer:
    print(answer.headers["Content-Type"])
    sys.stdout.write(answer.read().decode())
END
}

_free_port() {
    /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# prometheus_start DIRECTORY TARGET [RULES]: one that scrapes HOST:PORT each second; all of it is below DIRECTORY, prometheus_url is where
# it answers, prometheus_process is its process. What RULES wait for they wait for no more: how long is a matter of their unit tests.
prometheus_start() {
    local port
    port=$(_free_port)
    mkdir -p "$1"
    {
        printf 'global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}\n'
        printf 'scrape_configs: [{job_name: trefoil, static_configs: [{targets: ["%s"]}]}]\n' "$2"
        [ $# -lt 3 ] || printf 'rule_files: [rules.yml]\n'
    } >"$1/prometheus.yml"
    [ $# -lt 3 ] || sed 's/^\( *for:\).*/\1 0s/' "$3" >"$1/rules.yml"
    prometheus_url=http://127.0.0.1:$port
    "$prometheus_programs/prometheus" --config.file="$1/prometheus.yml" --storage.tsdb.path="$1/data" \
        --web.listen-address="127.0.0.1:$port" >"$1/log" 2>&1 &
    prometheus_process=$!
    _within 60 _fetch "$prometheus_url/-/ready" >/dev/null || { tail -n 5 "$1/log"; return 1; }
}

prometheus_stop() {
    kill "$prometheus_process" 2>/dev/null
    wait "$prometheus_process" 2>/dev/null
}

# prometheus_has QUERY: it has an answer to it, by now.
prometheus_has() {
    /usr/bin/python3 - "$prometheus_url" "$1" <<'END'
import json, sys, urllib.parse, urllib.request
url = sys.argv[1] + "/api/v1/query?" + urllib.parse.urlencode({"query": sys.argv[2]})
with urllib.request.urlopen(url, timeout=30) as answer:
    result = json.load(answer)["data"]["result"]
print(result)
sys.exit(not result)
END
}

# What is installed for Prometheus and Grafana names metrics that there are; each query of the dashboard has a meaning to prometheus_url.
# FILE has what xl metrics prints.
_queries_are_right() {
    /usr/bin/python3 - "$1" "$top/packaging/prometheus/trefoil.rules.yml" "$top/packaging/grafana/trefoil.json" "$prometheus_url" <<'END'
import json, re, sys, urllib.error, urllib.parse, urllib.request
metrics, rules, dashboard, url = sys.argv[1:]
known = {re.sub("_(bucket|sum|count)$", "", word) for word in re.findall(r"^# TYPE (trefoil_\w+)", open(metrics).read(), re.M)}
board = json.load(open(dashboard))
queries = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
queries += [variable["query"]["query"] for variable in board["templating"]["list"] if variable["type"] == "query"]
bad = []
for text in queries + re.findall(r"^ *expr: (.*)", open(rules).read(), re.M):
    bad += [name for name in re.findall(r"\btrefoil_\w+", text) if re.sub("_(bucket|sum|count)$", "", name) not in known]
for query in queries:
    query = re.sub(r"^label_values\((.*), \w+\)$", r"\1", query)
    for name, value in (("__rate_interval", "1m"), ("instance", ".*"), ("domain", ".*")):
        query = query.replace("$" + name, value)
    try:
        urllib.request.urlopen(url + "/api/v1/query?" + urllib.parse.urlencode({"query": query}), timeout=30).close()
    except urllib.error.HTTPError as error:
        bad.append(query + ": " + error.read().decode())
print(len(queries), "queries,", len(known), "metrics")
print("\n".join(bad))
sys.exit(bool(bad) or len(queries) < 15)
END
}

_test_rules() {
    mkdir -p "$twin_results/rules"
    cp "$top/packaging/prometheus/trefoil.rules.yml" "$top/tests/prometheus_rules.yml" "$twin_results/rules/"
    _is "promtool takes the alerts" "$prometheus_programs/promtool" check rules "$twin_results/rules/trefoil.rules.yml"
    _is "and they fire when they should, and only then" "$prometheus_programs/promtool" test rules "$twin_results/rules/prometheus_rules.yml"
}

# On a twin of its own, as app is destroyed.
_test_scraped() {
    local url listener
    _is "prometheus is there" unpack_prometheus
    _test_rules
    _is "a disk to count" _xl block-attach app /disk.img,,xvda
    _listens || { report FAILED "twin/xl metrics --listen says when it is ready"; return; }
    listener=${twin_processes[-1]}
    _says "it answers in the text format" '^text/plain; version=0.0.4; charset=utf-8$' _fetch "$url"
    cp "$twin_results/said" "$twin_results/metrics"
    _says "or, to who prefers it, in OpenMetrics" '^# EOF$' _fetch "$url" "application/openmetrics-text; version=1.0.0"
    if _is "a Prometheus starts" prometheus_start "$twin_results/prometheus" "$(sed 's,http://\(.*\)/metrics,\1,' <<<"$url")" "$top/packaging/prometheus/trefoil.rules.yml"; then
        _is "and has what app's disk did" _within 60 prometheus_has 'trefoil_disk_reads_total{job="trefoil",domain="app",device="xvda"}'
        _is "each scrape is good" prometheus_has 'min_over_time(up[1m]) == 1'
        _is "no alert fires" ! prometheus_has 'ALERTS{alertstate="firing"}'
        _is "the dashboard asks for what there is" _queries_are_right "$twin_results/metrics"
        _xl destroy app >>"$twin/messages" 2>&1
        _is "an alert fires when app is destroyed" _within 60 prometheus_has 'ALERTS{alertname="TrefoilDomainDown",domain="app",alertstate="firing"}'
        prometheus_stop
    fi
    kill "$listener"
    _is "SIGTERM ends it, as it should" wait "$listener"
}

# _scrape_costs URL PID COUNT: of COUNT scrapes the quickest in ms, and the mean time of process PID in its own code in us; but for the first.
_scrape_costs() {
    /usr/bin/python3 - "$@" <<'END'
import os, sys, time, urllib.request
url, pid, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
def scrape():
    began = time.monotonic()
    urllib.request.urlopen(url, timeout=60).read()
    return (time.monotonic() - began) * 1000
def own_us():
    return int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[11]) * 1000000 // os.sysconf("SC_CLK_TCK")
scrape()
before = own_us()
best = min(scrape() for _ in range(count))
print(round(best), (own_us() - before) // count)
END
}

# _control_hypercalls: how many programs of the control domain made.
_control_hypercalls() {
    _xl counters -j control | sed -n 's/.*"hypercalls": \([0-9]*\).*/\1/p' | awk '{ sum += $1 } END { print sum }'
}

# _scrape_calls URL: how many hypercalls a scrape takes, but for the first one; those of the counting are among them.
_scrape_calls() {
    local before
    _fetch "$1" >/dev/null && _fetch "$1" >"$twin_results/scrape" || return 1
    before=$(_control_hypercalls)
    _fetch "$1" >/dev/null
    echo $(($(_control_hypercalls) - before))
}

# _scrapes_cheaply MOST
_scrapes_cheaply() {
    local url calls
    _listens || return 1
    calls=$(_scrape_calls "$url") && grep -q 'domain="guest-999"' "$twin_results/scrape" || return 1
    echo "$calls hypercalls, at most $1"
    [ "$calls" -le "$1" ]
}

# run_scrape_bench: a row, with bounds for a machine that does nothing else; the twin's own time is an upper bound of the time at EL2.
run_scrape_bench() {
    local url cost own twin_build=$build/native twin_processes=() twin_results=$build/twin/results
    mkdir -p "$twin_results"
    rm -rf "$twin_results/scraped"
    twin_many 1000 "$twin_results/bench.dtb"
    _up scraped "$twin_results/bench.dtb" control || return
    if _listens && read -r cost own < <(_scrape_costs "$url" "${twin_processes[0]}" 50); then
        printf 'a scrape of 1000 domains: %s ms, %s us of them in the hypervisor (its process, without its system calls)\n' "$cost" "$own"
        if [ "$cost" -le 150 ]; then report ok "bench/twin: scrape, at most 150 ms"; else report FAILED "bench/twin: scrape, at most 150 ms"; fi
    else
        report FAILED "bench/twin: scrape"
    fi
    twin_stop
}

# Sets url, of one that listens in control.
_listens() {
    _background "$twin/bin/as" control xl metrics --listen 127.0.0.1:0
    _within 60 grep -q '^Metrics are at ' "$twin/messages" || return 1
    url=$(sed -n 's/^Metrics are at //p' "$twin/messages")
}
