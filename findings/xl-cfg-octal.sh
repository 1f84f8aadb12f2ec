#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   a number in an xl configuration file is decimal, or hexadecimal after 0x, and what stands in quotes is text.
# Is so:   a leading zero makes it octal, in quotes too: memory = 0512 gives a guest of 330 MiB. A number such as 08 passes the
#          parser; who asks for it gets EINVAL.
# Seen:    libxlutil of libxenmisc4.17 4.17.7+13-g2445b30a44-0+deb12u1 (Debian 12, amd64), 2026-11-27: every line below
source "$(dirname "$0")/../scripts/findings.sh"
unpack_xlutil

cat >"$work/number.c" <<'END'
#include <stdio.h>
#include <string.h>
#include <libxl.h>
#include <libxlutil.h>
int main(int argc, char **argv)
{
    XLU_Config *config = xlu_cfg_init(stderr, "file");
    long value = 0;
    int read = xlu_cfg_readdata(config, argv[1], strlen(argv[1]));
    int got = xlu_cfg_get_long(config, "memory", &value, 1);
    printf("read %d get %d value %ld\n", read, got, value);
}
END
compile_xlutil "$work/number.c" "$work/number"
number() {
    "$work/number" "memory = $1
" 2>/dev/null
}

seen "512" "read 0 get 0 value 512" "$(number 512)"
seen "0512" "read 0 get 0 value 330" "$(number 0512)"
seen "\"0512\"" "read 0 get 0 value 330" "$(number '"0512"')"
seen "0x200" "read 0 get 0 value 512" "$(number 0x200)"
seen "08" "read 0 get 22 value 0" "$(number 08)"
finish
