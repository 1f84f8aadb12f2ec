/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <xen/bootfdt.h>
#include <xenctl/evtchn.h>
#include <xenctl/gnttab.h>
#include <xenctl/xenctl.h>

#include "console_fake.h"
#include "console_fake_store.h"

#define MAX 128

static struct {
    bool used, control;
    uint32_t flags;
    uint64_t unique;
} domains[MAX];

static struct grant {
    bool used, revoked;
    unsigned int domid, ref;
    int maps;
    uint32_t clear_offset, notify_port;
    uint8_t *page;
} grants[MAX];

/* Index: the daemon's local port. */
static struct {
    bool bound, virq, pending, masked;
    unsigned int domid, remote;
} locals[MAX];

static struct {
    bool used;
    unsigned int domid, port, received;
} remotes[MAX];

static char log_text[65536];
static uint32_t log_size;
static int event_fd = -1;

void fake_reset(void)
{
    for (int i = 0; i < MAX; i++)
        free(grants[i].page);
    memset(domains, 0, sizeof domains);
    memset(grants, 0, sizeof grants);
    memset(locals, 0, sizeof locals);
    memset(remotes, 0, sizeof remotes);
    log_size = 0;
    fake_store_reset();
}

void fake_domain_add(unsigned int domid, bool control)
{
    domains[domid].used = true;
    domains[domid].control = control;
    domains[domid].flags = XEN_DOMINF_running;
}

void fake_domain_flag(unsigned int domid, uint32_t flags)
{
    domains[domid].flags = flags;
}

void fake_domain_remove(unsigned int domid)
{
    domains[domid].used = false;
}

void fake_domain_replace(unsigned int domid)
{
    domains[domid].unique++;
}

void *fake_grant(unsigned int domid, uint32_t ref)
{
    for (int i = 0; i < MAX; i++) {
        if (grants[i].used)
            continue;
        grants[i] = (struct grant){.used = true, .domid = domid, .ref = ref};
        grants[i].page = aligned_alloc(4096, 4096);
        memset(grants[i].page, 0, 4096);
        return grants[i].page;
    }
    abort();
}

void fake_grant_revoke(unsigned int domid, uint32_t ref)
{
    for (int i = 0; i < MAX; i++)
        if (grants[i].used && grants[i].domid == domid && grants[i].ref == ref)
            grants[i].revoked = true;
}

void fake_port(unsigned int domid, uint32_t port)
{
    for (int i = 0; i < MAX; i++) {
        if (remotes[i].used)
            continue;
        remotes[i].used = true;
        remotes[i].domid = domid;
        remotes[i].port = port;
        remotes[i].received = 0;
        return;
    }
    abort();
}

void fake_port_close(unsigned int domid, uint32_t port)
{
    for (int i = 0; i < MAX; i++)
        if (remotes[i].domid == domid && remotes[i].port == port)
            remotes[i].used = false;
}

unsigned int fake_received(unsigned int domid, uint32_t port)
{
    for (int i = 0; i < MAX; i++) {
        if (remotes[i].used && remotes[i].domid == domid && remotes[i].port == port) {
            unsigned int count = remotes[i].received;

            remotes[i].received = 0;
            return count;
        }
    }
    return 0;
}

/* The descriptor is readable as long as an unmasked port is pending. */
static void update_fd(void)
{
    uint64_t value = 1;
    bool any = false;

    for (int i = 0; i < MAX; i++)
        any |= locals[i].bound && locals[i].pending && !locals[i].masked;
    if (event_fd >= 0 && any)
        (void)!write(event_fd, &value, sizeof value);
    if (event_fd >= 0 && !any)
        (void)!read(event_fd, &value, sizeof value);
}

static void raise_local(int port)
{
    locals[port].pending = true;
    update_fd();
}

void fake_send(unsigned int domid, uint32_t port)
{
    for (int i = 1; i < MAX; i++)
        if (locals[i].bound && !locals[i].virq && locals[i].domid == domid &&
            locals[i].remote == port)
            raise_local(i);
}

void fake_hypervisor_log(const char *text)
{
    memcpy(log_text + log_size, text, strlen(text));
    log_size += (uint32_t)strlen(text);
    for (int i = 1; i < MAX; i++)
        if (locals[i].bound && locals[i].virq)
            raise_local(i);
}

unsigned int fake_mapped(void)
{
    unsigned int count = 0;

    for (int i = 0; i < MAX; i++)
        count += (unsigned int)grants[i].maps;
    return count;
}

unsigned int fake_bound(void)
{
    unsigned int count = 0;

    for (int i = 0; i < MAX; i++)
        count += locals[i].bound;
    return count;
}

/* ---- libxc ----------------------------------------------------------------------------------- */

struct xc_interface *xc_open(void)
{
    return (struct xc_interface *)domains;
}

void xc_close(struct xc_interface *xc)
{
    (void)xc;
}

const char *xc_error(const struct xc_interface *xc)
{
    (void)xc;
    return "refused";
}

int xc_domain_info(struct xc_interface *xc, domid_t domid, struct xen_domctl_getdomaininfo *out)
{
    (void)xc;
    if (domid >= MAX || !domains[domid].used)
        return -ESRCH;
    memset(out, 0, sizeof *out);
    out->domain = domid;
    out->flags = domains[domid].flags;
    return 0;
}

int xc_domain_state(struct xc_interface *xc, domid_t domid, domid_t *found,
                    struct xen_domctl_get_domain_state *out)
{
    (void)xc;
    if (domid >= MAX || !domains[domid].used)
        return -ESRCH;
    memset(out, 0, sizeof *out);
    *found = domid;
    out->unique_id = domains[domid].unique + 1;
    return 0;
}

int xc_domain_launch_info(struct xc_interface *xc, domid_t domid,
                          struct xen_domctl_trefoil_launch_info *out)
{
    (void)xc;
    if (domid >= MAX || !domains[domid].used)
        return -ESRCH;
    memset(out, 0, sizeof *out);
    out->capabilities = domains[domid].control ? DOMAIN_CAPS_CONTROL : 0;
    return 0;
}

int xc_readconsole(struct xc_interface *xc, char *out, uint32_t size, int clear, int incremental,
                   uint32_t *index)
{
    uint32_t left = log_size - *index;

    (void)xc;
    if (clear || !incremental)
        return -EINVAL;
    if (left > size)
        left = size;
    memcpy(out, log_text + *index, left);
    *index += left;
    return (int)left;
}

struct xc_evtchn *xc_evtchn_open(struct xc_interface *xc)
{
    (void)xc;
    event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return (struct xc_evtchn *)locals;
}

void xc_evtchn_close(struct xc_evtchn *evtchn)
{
    (void)evtchn;
    close(event_fd);
    event_fd = -1;
}

int xc_evtchn_fd(const struct xc_evtchn *evtchn)
{
    (void)evtchn;
    return event_fd;
}

static int free_local(void)
{
    for (int i = 1; i < MAX; i++) {
        if (locals[i].bound)
            continue;
        memset(&locals[i], 0, sizeof locals[i]);
        locals[i].bound = true;
        return i;
    }
    return -ENOSPC;
}

int xc_evtchn_bind_interdomain(struct xc_evtchn *evtchn, domid_t remote, evtchn_port_t remote_port)
{
    int local;

    (void)evtchn;
    for (int i = 0; i < MAX; i++) {
        if (!remotes[i].used || remotes[i].domid != remote || remotes[i].port != remote_port)
            continue;
        local = free_local();
        locals[local].domid = remote;
        locals[local].remote = remote_port;
        raise_local(local);
        return local;
    }
    return -EINVAL;
}

int xc_evtchn_bind_virq(struct xc_evtchn *evtchn, unsigned int virq)
{
    int local = virq == VIRQ_CON_RING ? free_local() : -EINVAL;

    (void)evtchn;
    if (local >= 0)
        locals[local].virq = true;
    return local;
}

int xc_evtchn_unbind(struct xc_evtchn *evtchn, evtchn_port_t port)
{
    (void)evtchn;
    locals[port].bound = false;
    update_fd();
    return 0;
}

int xc_evtchn_notify(struct xc_evtchn *evtchn, evtchn_port_t port)
{
    (void)evtchn;
    for (int i = 0; i < MAX; i++)
        if (remotes[i].used && remotes[i].domid == locals[port].domid &&
            remotes[i].port == locals[port].remote)
            remotes[i].received++;
    return 0;
}

int xc_evtchn_pending(struct xc_evtchn *evtchn)
{
    (void)evtchn;
    for (int i = 1; i < MAX; i++) {
        if (!locals[i].bound || !locals[i].pending || locals[i].masked)
            continue;
        locals[i].pending = false;
        locals[i].masked = true;
        update_fd();
        return i;
    }
    return -EAGAIN;
}

int xc_evtchn_unmask(struct xc_evtchn *evtchn, evtchn_port_t port)
{
    (void)evtchn;
    locals[port].masked = false;
    update_fd();
    return 0;
}

struct xc_gnttab *xc_gnttab_open(struct xc_interface *xc)
{
    (void)xc;
    return (struct xc_gnttab *)grants;
}

void xc_gnttab_close(struct xc_gnttab *gnttab)
{
    (void)gnttab;
}

void *xc_gnttab_map(struct xc_gnttab *gnttab, domid_t domid, const uint32_t *refs,
                    unsigned int count, int prot, const struct xc_unmap_notify *notify)
{
    (void)gnttab;
    (void)prot;
    for (int i = 0; i < MAX && count == 1; i++) {
        if (!grants[i].used || grants[i].revoked || grants[i].domid != domid ||
            grants[i].ref != refs[0])
            continue;
        grants[i].maps++;
        grants[i].clear_offset = notify ? notify->clear_offset : XC_NOTIFY_NONE;
        grants[i].notify_port = notify ? notify->port : XC_NOTIFY_NONE;
        return grants[i].page;
    }
    errno = EINVAL;
    return NULL;
}

int xc_gnttab_unmap(struct xc_gnttab *gnttab, void *address, unsigned int count)
{
    (void)gnttab;
    (void)count;
    for (int i = 0; i < MAX; i++) {
        if (!grants[i].used || grants[i].page != address)
            continue;
        grants[i].maps--;
        if (grants[i].clear_offset != XC_NOTIFY_NONE)
            grants[i].page[grants[i].clear_offset] = 0;
        if (grants[i].notify_port != XC_NOTIFY_NONE)
            xc_evtchn_notify(NULL, grants[i].notify_port);
        return 0;
    }
    return -EINVAL;
}
