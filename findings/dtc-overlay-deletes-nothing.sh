#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   /delete-node/ and /delete-property/ in an overlay's source take something away when the overlay is laid over its
#          base, or dtc says that an overlay cannot do that.
# Is so:   they are carried out within the overlay itself, where there is nothing to delete, and leave no trace in it: dtc
#          gives no warning, fdtoverlay merges nothing and exits with 0. The same lines in an included source would have worked.
# Seen:    device-tree-compiler 1.6.1-4+b1 (Debian 12, amd64), 2026-11-27: the lines below
source "$(dirname "$0")/../scripts/findings.sh"
unpack device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1

echo '/dts-v1/; / { serial { dma-names = "tx"; }; spare { }; };' >"$work/base.dts"
lines='&{/} { serial { /delete-property/ dma-names; }; /delete-node/ spare; };'
printf '/dts-v1/; /plugin/;\n%s\n' "$lines" >"$work/overlay.dts"
(cat "$work/base.dts" && echo "$lines") >"$work/source.dts"
for tree in base overlay source; do
    dtc -@ -O dtb -o "$work/$tree.dtb" "$work/$tree.dts" >"$work/$tree.said" 2>&1
    seen "$tree: dtc's exit status" 0 $?
done
seen "overlay: what dtc says" "" "$(cat "$work/overlay.said")"
fdtoverlay -i "$work/base.dtb" -o "$work/merged.dtb" "$work/overlay.dtb"
seen "fdtoverlay's exit status" 0 $?
seen "in the source: nodes" serial "$(fdtget -l "$work/source.dtb" / | grep -v __symbols__ | xargs)"
seen "in the source: properties of serial" "" "$(fdtget -p "$work/source.dtb" /serial)"
seen "by the overlay: nodes" "serial spare" "$(fdtget -l "$work/merged.dtb" / | grep -v __ | sort | xargs)"
seen "by the overlay: properties of serial" dma-names "$(fdtget -p "$work/merged.dtb" /serial)"
finish
