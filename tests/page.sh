# SPDX-License-Identifier: MIT
# The page of xl metrics --html as a browser shows it: Chromium, headless. Sourced by check, after twin.sh.
# shellcheck shell=bash disable=SC2154

_page_is() {
    local what=$1
    shift
    if "$@" >"$twin_results/said" 2>&1 </dev/null; then
        report ok "page: $what"
    else
        report FAILED "page: $what"
        tail -n 15 "$twin_results/said" | cut -c1-400 | sed 's/^/    | /'
        return 1
    fi
}

# _browser OPTION...: a browser of its own each time, which may ask nobody anything.
_browser() {
    timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run --disable-background-networking \
        --host-resolver-rules='MAP * ~NOTFOUND' --user-data-dir="$twin_results/browser" --enable-logging=stderr --v=0 "$@"
}

# The page and what the browser makes of it, with each domain's name, without what a name could have opened.
_page_dom() {
    local name
    _browser --dump-dom "file://$twin_results/page.html" >"$twin_results/dom" 2>"$twin_results/browser.log" || return 1
    for name in hardware control app; do
        grep -q "</span>$name <span" "$twin_results/dom" || { echo "no $name"; return 1; }
    done
    grep -q '/a&lt;img&gt;&amp;"' "$twin_results/dom" || { echo "no disk"; return 1; }
    ! grep -n '<img' "$twin_results/dom"
}

_page_silent() {
    ! grep -a 'CONSOLE' "$twin_results/browser.log"
}

# What the page measures when it is shown so wide, by a script of the test's own around it.
_page_measure() {
    /usr/bin/python3 - "$twin_results/page.html" "$twin_results/around.html" <<'END'
import json
import sys

page = open(sys.argv[1], encoding="utf-8").read()
text = json.dumps(page).replace("</", "<\\/")
open(sys.argv[2], "w", encoding="utf-8").write("""<!DOCTYPE html><body><pre id="told"></pre><script>
const page = %s, told = document.getElementById("told");
for (const width of [320, 480, 800, 1280]) {
    const frame = document.createElement("iframe");
    frame.style.width = width + "px";
    frame.style.height = "900px";
    frame.onload = () => {
        const root = frame.contentDocument.documentElement, sight = root.clientWidth;
        const out = [...root.querySelectorAll("body *")].filter(one =>
            !one.closest(".wide") && !one.closest("svg") && one.getBoundingClientRect().right > sight + 1);
        const clipped = [...root.querySelectorAll("td, tbody th, dd")].filter(one => one.scrollWidth > one.clientWidth + 1);
        told.textContent += `width ${width}: ${root.scrollWidth > sight ? "scrolls" : "fits"}, ${out.length} outside, ` +
            `${clipped.length} clipped, ${root.querySelectorAll("tbody tr").length} rows\\n` +
            out.concat(clipped).map(one => one.outerHTML.slice(0, 120)).join("\\n");
    };
    frame.srcdoc = page;
    document.body.append(frame);
}
</script></body>""" % text)
END
    _browser --virtual-time-budget=5000 --dump-dom "file://$twin_results/around.html" >"$twin_results/measured" 2>/dev/null || return 1
    sed -n '/<pre/,/<\/pre/p' "$twin_results/measured"
    [ "$(grep -cE 'width [0-9]+: fits, 0 outside, 0 clipped, [1-9][0-9]* rows' "$twin_results/measured")" = 4 ]
}

_page_shown() {
    local what
    for what in "light 1200,2200" "dark 1200,2200 --force-dark-mode" "narrow 500,4200"; do
        # shellcheck disable=SC2086
        set -- $what
        _browser --hide-scrollbars --window-size="$2" --screenshot="$twin_results/$1.png" ${3:-} "file://$twin_results/page.html" 2>/dev/null || return 1
        [ "$(stat -c %s "$twin_results/$1.png")" -gt 50000 ] || return 1
    done
    _browser --print-to-pdf="$twin_results/page.pdf" "file://$twin_results/page.html" 2>/dev/null && [ -s "$twin_results/page.pdf" ]
}

# A board with something of everything, one of whose disks is called what a page could stumble over.
_page_board() {
    _twin_board && _json_tree && twin_start "$twin_results/twin" "$twin_results/json.dtb" control app || return 1
    twin_devices app || return 1
    _xl block-attach app "/a<img>&\".img,,xvda,r" || return 1
    _xl network-attach app bridge=br0 || return 1
    timeout 60 "$twin/bin/as" app xl pause control
    _xl pause app
    _xl metrics --html "$twin_results/page.html" --tree "$twin_results/json.dtb"
}

run_page() {
    local twin_build=$build/sanitized twin_processes=() twin_results=$build/page twin
    ensure_installed chromium
    progress "page"
    _build sanitized --enable-sanitizers
    rm -rf "$twin_results"
    mkdir -p "$twin_results"
    if _page_is "xl writes a page of a board on the twin" _page_board; then
        _page_is "Chromium has each domain, and names as text" _page_dom
        _page_is "and complains of nothing" _page_silent
        _page_is "it fits 320 to 1280 pixels" _page_measure
        _page_is "it is shown light and dark, narrow and on paper ($twin_results)" _page_shown
    fi
    twin_stop
}
