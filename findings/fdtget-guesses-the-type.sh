#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   fdtget without -t prints a property of one cell as an unsigned number, in one way for every value.
# Is so:   the type is guessed from the bytes. A cell whose bytes happen to be printable and end with a zero is printed as text; any
#          other is printed signed, so that a size of 2 GiB comes out negative; a byte string comes out in decimals. A script that reads sizes or addresses must
#          say -t u or -t x, which it can only where it knows the type beforehand.
# Seen:    device-tree-compiler 1.6.1-4+b1 (Debian 12, amd64), 2026-11-27:
#          <0x41424300> prints "ABC", <0x41424301> prints "1094861569", <0x80000000> prints "-2147483648"
source "$(dirname "$0")/../scripts/findings.sh"
unpack device-tree-compiler=1.6.1-4+b1 libfdt1=1.6.1-4+b1

dtc -q -I dts -O dtb -o "$work/tree.dtb" - <<'END'
/dts-v1/;
/ {
    size = <0x41424300>;
    next = <0x41424301>;
    large = <0x80000000>;
};
END
printed() {
    fdtget "$@" 2>&1
}

seen "<0x41424300>" ABC "$(printed "$work/tree.dtb" / size)"
seen "<0x41424301>" 1094861569 "$(printed "$work/tree.dtb" / next)"
seen "<0x80000000>" -2147483648 "$(printed "$work/tree.dtb" / large)"
seen "<0x80000000> with -t u" 2147483648 "$(printed -t u "$work/tree.dtb" / large)"
seen "<0x41424300> with -t u" 1094861568 "$(printed -t u "$work/tree.dtb" / size)"
finish
