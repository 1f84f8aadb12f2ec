#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   xl's rate for a network interface, such as rate=8b/s, limits it to that, however low; k and K are the same prefix.
# Is so:   the rate is turned into whole bytes an interval (50 ms unless @ says another), rounded down. Below 20 bytes a second that is 0
#          bytes, with no error, which is also what an interface without a limit has: the tightest limits are none. 1Kb/s is 120 bytes a second, not 125. The prefix is K
#          alone, of 1000; "1kb/s", as units are written everywhere else, is an error.
# Seen:    libxlutil of libxenmisc4.17 4.17.7+13-g2445b30a44-0+deb12u1 (Debian 12, amd64), 2026-11-27: every line below
source "$(dirname "$0")/../scripts/findings.sh"
unpack_xlutil

cat >"$work/rate.c" <<'END'
#include <stdio.h>
#include <libxl.h>
#include <libxlutil.h>
int main(int argc, char **argv)
{
    libxl_device_nic nic;
    libxl_device_nic_init(&nic);
    int status = xlu_vif_parse_rate(xlu_cfg_init(stderr, "vif"), argv[1], &nic);
    printf("%d: %llu bytes in %u us\n", status, (unsigned long long)nic.rate_bytes_per_interval, nic.rate_interval_usecs);
}
END
compile_xlutil "$work/rate.c" "$work/rate"
rate() {
    "$work/rate" "$1" 2>/dev/null
}

seen 1MB/s "0: 50000 bytes in 50000 us" "$(rate 1MB/s)"
seen 1KB/s "0: 50 bytes in 50000 us" "$(rate 1KB/s)"
seen 1Kb/s "0: 6 bytes in 50000 us" "$(rate 1Kb/s)"
seen 19B/s "0: 0 bytes in 50000 us" "$(rate 19B/s)"
seen 19B/s@1s "0: 19 bytes in 1000000 us" "$(rate 19B/s@1s)"
seen 1kb/s "22: 0 bytes in 0 us" "$(rate 1kb/s)"
finish
