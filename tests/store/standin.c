/* SPDX-License-Identifier: MIT */
/*
 * A machine without a hypervisor, for Xen's xenstored: preloaded, it plays the calls of Xen's
 * libraries that this needs to come up and to serve its socket. There are no domains and no event
 * ever comes.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

/* Something to point at; nobody looks into it. */
static int handle;

static int no_such_thing(void)
{
    errno = ESRCH;
    return -1;
}

/* Names and arguments are those of libxenctrl, libxenevtchn and libxengnttab, 4.17; arguments that
 * nothing is done with are left out, as the convention of calls allows. */
void *xc_interface_open(void);
int xc_interface_close(void);
int xc_domain_getinfo(void);
void *xenevtchn_open(void);
void *xenevtchn_fdopen(void);
int xenevtchn_fd(void);
int xenevtchn_bind_virq(void);
int xenevtchn_bind_interdomain(void);
int xenevtchn_notify(void);
int xenevtchn_pending(void);
int xenevtchn_unbind(void);
int xenevtchn_unmask(void);
void *xengnttab_open(void);
int xengnttab_close(void);
int xengnttab_set_max_grants(void);
int xengnttab_unmap(void);
void *xengnttab_map_grant_ref(void);

void *xc_interface_open(void)
{
    return &handle;
}

int xc_interface_close(void)
{
    return 0;
}

int xc_domain_getinfo(void)
{
    return no_such_thing();
}

void *xenevtchn_open(void)
{
    return &handle;
}

void *xenevtchn_fdopen(void)
{
    return &handle;
}

int xenevtchn_fd(void)
{
    static int fd = -1;

    if (fd < 0)
        fd = eventfd(0, EFD_NONBLOCK);
    return fd;
}

int xenevtchn_bind_virq(void)
{
    return 1;
}

int xenevtchn_bind_interdomain(void)
{
    return 2;
}

int xenevtchn_notify(void)
{
    return 0;
}

int xenevtchn_pending(void)
{
    return no_such_thing();
}

int xenevtchn_unbind(void)
{
    return 0;
}

int xenevtchn_unmask(void)
{
    return 0;
}

void *xengnttab_open(void)
{
    return &handle;
}

int xengnttab_close(void)
{
    return 0;
}

int xengnttab_set_max_grants(void)
{
    return 0;
}

int xengnttab_unmap(void)
{
    return 0;
}

void *xengnttab_map_grant_ref(void)
{
    errno = EINVAL;
    return NULL;
}

/* The files by which Linux tells the daemon of its own domain's port and ring. */
static int open_port(void)
{
    int fd = memfd_create("port", 0);

    if (fd >= 0 && (write(fd, "1", 1) != 1 || lseek(fd, 0, SEEK_SET) < 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static int open_ring(void)
{
    int fd = memfd_create("ring", 0);

    if (fd >= 0 && ftruncate(fd, 4096) < 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

int open(const char *name, int flags, ...)
{
    int (*really)(const char *, int, ...) = NULL;
    va_list arguments;
    mode_t mode;

    if (strcmp(name, "/proc/xen/xsd_port") == 0)
        return open_port();
    if (strcmp(name, "/proc/xen/xsd_kva") == 0)
        return open_ring();
    *(void **)&really = dlsym(RTLD_NEXT, "open");
    va_start(arguments, flags);
    mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return really(name, flags, mode);
}
