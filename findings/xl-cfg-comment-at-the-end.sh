#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   an xl configuration file without a newline at its end is read like one with it.
# Is so:   it is, unless the last line has a comment: then the file is refused with "lexical error" near "#", as a comment is
#          known by the newline that ends it. Two files that a person cannot tell apart in an editor differ in whether the domain can be made.
# Seen:    libxlutil of libxenmisc4.17 4.17.7+13-g2445b30a44-0+deb12u1 (Debian 12, amd64), 2026-11-27:
#          file:1: config parsing error near `#': lexical error
source "$(dirname "$0")/../scripts/findings.sh"
unpack_xlutil

cat >"$work/read.c" <<'END'
#include <stdio.h>
#include <string.h>
#include <libxl.h>
#include <libxlutil.h>
int main(int argc, char **argv)
{
    printf("%d\n", xlu_cfg_readdata(xlu_cfg_init(stderr, "file"), argv[1], strlen(argv[1])));
}
END
compile_xlutil "$work/read.c" "$work/read"
newline='
'
seen "a value, no newline" 0 "$("$work/read" "memory = 512" 2>/dev/null)"
seen "a comment, newline" 0 "$("$work/read" "memory = 512 # MiB$newline" 2>/dev/null)"
seen "a comment, no newline" 22 "$("$work/read" "memory = 512 # MiB" 2>"$work/errors")"
seen "what it says" "file:1: config parsing error near \`#': lexical error" "$(head -n 1 "$work/errors")"
finish
