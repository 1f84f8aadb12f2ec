#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   blanks around the commas of an xl disk specification are either all taken off or all part of the values.
# Is so:   those before a value are taken off, those behind it belong to it: " /dev/vg/root, raw, xvda, rw" is right, and in
#          "/dev/vg/root ,raw,xvda,rw" the target is "/dev/vg/root ", a file that is not there. Behind format or access the
#          same blank is an error ("unknown value for format"), behind vdev it is kept in silence.
# Seen:    libxlutil of libxenmisc4.17 4.17.7+13-g2445b30a44-0+deb12u1 (Debian 12, amd64), 2026-11-27: every line below
source "$(dirname "$0")/../scripts/findings.sh"
unpack_xlutil

cat >"$work/disk.c" <<'END'
#include <stdio.h>
#include <string.h>
#include <libxl.h>
#include <libxlutil.h>
int main(int argc, char **argv)
{
    const char *specification = argv[1];
    libxl_device_disk disk;
    libxl_device_disk_init(&disk);
    int status = xlu_disk_parse(xlu_cfg_init(stderr, "disk"), 1, &specification, &disk);
    printf("%d [%s] [%s]\n", status, disk.pdev_path, disk.vdev ? disk.vdev : "");
}
END
compile_xlutil "$work/disk.c" "$work/disk"
disk() {
    "$work/disk" "$1" 2>"$work/errors"
}

seen "no blanks" "0 [/dev/vg/root] [xvda]" "$(disk "/dev/vg/root,raw,xvda,rw")"
seen "blanks before" "0 [/dev/vg/root] [xvda]" "$(disk " /dev/vg/root, raw, xvda, rw")"
seen "behind the target" "0 [/dev/vg/root ] [xvda]" "$(disk "/dev/vg/root ,raw,xvda,rw")"
seen "behind the vdev" "0 [/dev/vg/root] [xvda ]" "$(disk "/dev/vg/root,raw,xvda ,rw")"
seen "behind the format" "22 [/dev/vg/root] []" "$(disk "/dev/vg/root,raw ,xvda,rw")"
seen "what it says" "disk: config parsing error in disk specification: unknown value for format: near \`raw ' in \`/dev/vg/root,raw ,xvda,rw'" \
    "$(head -n 1 "$work/errors")"
finish
