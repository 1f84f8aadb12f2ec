#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   an overlay that adds a property to a node of the base tree, and labels that node to point to it from a node of its
#          own, leaves the base's own references to the node as they are.
# Is so:   the node gets the overlay's phandle, renumbered to be new, in place of the one it had. References of the base keep
#          the old number, which now belongs to nobody. fdtoverlay says nothing and exits with 0. (Overlays that reach the
#          node by the base's label are safe: then there is no phandle in the overlay's node.)
# Seen:    device-tree-compiler and libfdt1 1.6.1-4+b1 (Debian 12, amd64), 2026-11-27: after the merge the clock has phandle 2,
#          the overlay's node says 2, the base's node still says 1
source "$(dirname "$0")/../scripts/findings.sh"
unpack device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1

cat >"$work/base.dts" <<'END'
/dts-v1/;
/ { clk: clock { status = "okay"; }; serial { clocks = <&clk>; }; };
END
cat >"$work/overlay.dts" <<'END'
/dts-v1/;
/plugin/;
&{/} { again: clock { clock-frequency = <24000000>; }; watchdog { clocks = <&again>; }; };
END
for tree in base overlay; do
    dtc -q -@ -O dtb -o "$work/$tree.dtb" "$work/$tree.dts"
done
fdtoverlay -i "$work/base.dtb" -o "$work/merged.dtb" "$work/overlay.dtb" >"$work/said" 2>&1
seen "exit status" 0 $?
seen "what it says" "" "$(cat "$work/said")"
seen "before: the clock" 1 "$(fdtget "$work/base.dtb" /clock phandle)"
seen "before: the base's reference" 1 "$(fdtget "$work/base.dtb" /serial clocks)"
seen "after: the clock" 2 "$(fdtget "$work/merged.dtb" /clock phandle)"
seen "after: the overlay's reference" 2 "$(fdtget "$work/merged.dtb" /watchdog clocks)"
seen "after: the base's reference" 1 "$(fdtget "$work/merged.dtb" /serial clocks)"
finish
