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
unpack "xen-utils-4.17=$xlutil_version"

# Enough for the daemon to come up: a hypervisor without domains, where no event ever comes.
cat >"$work/machine.c" <<'END'
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
static int here;
void *xc_interface_open(void) { return &here; }
int xc_domain_getinfo(void) { return -1; }
void *xenevtchn_open(void) { return &here; }
void *xenevtchn_fdopen(void) { return &here; }
int xenevtchn_fd(void) { return eventfd(0, EFD_NONBLOCK); }
int xenevtchn_bind_virq(void) { return 1; }
int xenevtchn_bind_interdomain(void) { return 2; }
int xenevtchn_notify(void) { return 0; }
void *xengnttab_open(void) { return &here; }
int xengnttab_set_max_grants(void) { return 0; }
int open(const char *name, int flags, ...)
{
    int (*really)(const char *, int, int) = dlsym(RTLD_NEXT, "open"), fd = memfd_create("xen", 0);
    va_list more;
    va_start(more, flags);
    if (strcmp(name, "/proc/xen/xsd_port") == 0)
        return write(fd, "1", 1), lseek(fd, 0, SEEK_SET), fd;
    if (strcmp(name, "/proc/xen/xsd_kva") == 0)
        return ftruncate(fd, 4096), fd;
    close(fd);
    return really(name, flags, va_arg(more, int));
}
END
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
gcc -w -D_GNU_SOURCE -shared -fPIC -o "$work/machine.so" "$work/machine.c" || exit 2
gcc -w -I"$work/root/usr/include" -o "$work/reader" "$work/reader.c" -L"$library" -lxenstore -Wl,-rpath-link,"$library" || exit 2
export XENSTORED_PATH=$work/socket XENSTORED_RUNDIR=$work XENSTORED_ROOTDIR=$work
LD_PRELOAD=$work/machine.so "$work/root/usr/lib/xen-4.17/bin/xenstored" -N 2>"$work/messages" &
daemon=$!
for _ in $(seq 100); do [ -S "$work/socket" ] && break; sleep 0.1; done
mapfile -t lines < <(timeout 20 "$work/reader")
kill "$daemon"
seen "the first read, of a node that changed after the transaction began" "new" "${lines[0]:-}"
seen "two nodes changed together between two reads of a transaction" "old new" "${lines[1]:-}"
seen "the end of the transaction, which wrote nothing" "EAGAIN" "${lines[2]:-}"
finish
