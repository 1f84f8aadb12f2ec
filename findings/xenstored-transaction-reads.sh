#!/bin/bash
# SPDX-License-Identifier: MIT
# Guess:   a transaction of the store sees it as it was when the transaction began, and one that only reads always ends well.
# Is so:   neither. What a transaction sees of a node is what the node is when the transaction first asks for it: two nodes
#          that are only ever changed together are read as old and new within one transaction. What protects the reader is the end:
#          it fails with EAGAIN, for a transaction that has changed nothing, too. So who uses what he read before the end has
#          said yes, or takes no end to be needed where nothing was written, uses a state that never was.
# Seen:    xenstored of Xen 4.17.7 (Debian 12, amd64; the machine's hypervisor is played by a few functions), 2026-11-27: the lines below
source "$(dirname "$0")/../scripts/findings.sh"
unpack_xlutil

cat >"$work/reader.c" <<'END'
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xenstore.h>
static void both(struct xs_handle *writer, const char *value)
{
    xs_transaction_t t = xs_transaction_start(writer);
    xs_write(writer, t, "/pair/one", value, 3);
    xs_write(writer, t, "/pair/two", value, 3);
    xs_transaction_end(writer, t, false);
}
int main(void)
{
    struct xs_handle *reader = xs_open(0), *writer = xs_open(0);
    unsigned int length;
    xs_transaction_t t;
    both(writer, "old");
    t = xs_transaction_start(reader);
    both(writer, "new");
    printf("%s\n", (char *)xs_read(reader, t, "/pair/one", &length));
    xs_transaction_end(reader, t, true);
    both(writer, "old");
    t = xs_transaction_start(reader);
    printf("%s ", (char *)xs_read(reader, t, "/pair/one", &length));
    both(writer, "new");
    printf("%s\n", (char *)xs_read(reader, t, "/pair/two", &length));
    printf("%s\n", xs_transaction_end(reader, t, false) ? "ends well" : errno == EAGAIN ? "EAGAIN" : strerror(errno));
}
END
gcc -w -I"$work/root/usr/include" -o "$work/reader" "$work/reader.c" -L"$library" -lxenstore -Wl,-rpath-link,"$library" || exit 2
start_xenstored
mapfile -t lines < <(timeout 20 "$work/reader")
seen "the first read, of a node that changed after the transaction began" "new" "${lines[0]:-}"
seen "two nodes changed together between two reads of a transaction" "old new" "${lines[1]:-}"
seen "the end of the transaction, which wrote nothing" "EAGAIN" "${lines[2]:-}"
finish
