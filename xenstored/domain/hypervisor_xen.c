/* SPDX-License-Identifier: MIT */
/* The hypervisor that xenstored runs on, by libxc. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include <xen/grant_table.h>
#include <xenctl/evtchn.h>
#include <xenctl/gnttab.h>
#include <xenctl/xenctl.h>

#include "domain.h"
#include "domain_list.h"
#include "log.h"

#define PAGE_SIZE 4096

/* Where a kernel that is told to look for xenstored on its own machine offers its page. */
#define OWN_PAGE "/proc/xen/xsd_kva"
#define OWN_PORT "/proc/xen/xsd_port"

struct xen {
    struct hypervisor hypervisor; /* first: the functions get a pointer to it */
    struct xc_interface *xc;
    struct xc_evtchn *evtchn;
    struct xc_gnttab *gnttab;
    struct domain_list *list; /* NULL: the hypervisor tells what changed */
    int change_port;
    uint16_t own_domid;
    /* What was reported while looking for ourselves, to be handed out first. */
    struct domain_report *early;
    unsigned int early_count, early_next;
};

static struct xen *xen_of(struct hypervisor *hypervisor)
{
    return (struct xen *)hypervisor;
}

/* ---- Domains ----------------------------------------------------------------------------------
 */

static void fill_report(struct domain_report *report, domid_t domid,
                        const struct xen_domctl_get_domain_state *state)
{
    report->domid = domid;
    report->state = state->state;
    report->roles = state->caps;
    report->unique_id = state->unique_id;
}

static int ask_state(struct xen *xen, domid_t domid, struct domain_report *report)
{
    struct xen_domctl_get_domain_state state;
    domid_t found;
    int error;

    if (xen->list)
        return domid == DOMID_INVALID ? domain_list_next(xen->list, report)
                                      : domain_list_state(xen->list, domid, report);
    error = xc_domain_state(xen->xc, domid, &found, &state);
    if (!error)
        fill_report(report, found, &state);
    return error;
}

/* A hypervisor that does not know the question is asked for lists. */
static int choose_question(struct xen *xen)
{
    struct xen_domctl_get_domain_state state;
    domid_t found;

    if (xc_domain_state(xen->xc, 0, &found, &state) != -EOPNOTSUPP)
        return 0;
    xen->list = domain_list_new(xen->xc);
    return xen->list ? 0 : -ENOMEM;
}

static int xen_next_change(struct hypervisor *hypervisor, struct domain_report *report)
{
    struct xen *xen = xen_of(hypervisor);

    if (xen->early_next < xen->early_count) {
        *report = xen->early[xen->early_next++];
        return 0;
    }
    return ask_state(xen, DOMID_INVALID, report);
}

/*
 * The domain with the xenstore role is the one that this runs in. Without any, as on a
 * hypervisor that does not know roles, it is domain 0.
 */
static int find_own(struct xen *xen)
{
    struct domain_report report;
    int error;

    while (!(error = ask_state(xen, DOMID_INVALID, &report)) &&
           xen->early_count < DOMAIN_ID_LIMIT) {
        struct domain_report *grown =
            realloc(xen->early, (xen->early_count + 1) * sizeof(*xen->early));

        if (!grown)
            return -ENOMEM;
        xen->early = grown;
        xen->early[xen->early_count++] = report;
        if (report.roles & XEN_DOMCTL_GETDOMSTATE_CAP_XENSTORE)
            xen->own_domid = report.domid;
    }
    return error == -ENOENT ? 0 : error;
}

static uint16_t xen_own_domid(struct hypervisor *hypervisor)
{
    return xen_of(hypervisor)->own_domid;
}

static int xen_domain_state(struct hypervisor *hypervisor, uint16_t domid,
                            struct domain_report *report)
{
    int error = ask_state(xen_of(hypervisor), domid, report);

    if (error == -ENOENT || error == -ESRCH) {
        memset(report, 0, sizeof(*report));
        report->domid = domid;
        error = 0;
    }
    return error;
}

/*
 * Another hypervisor does not say what it launched, and there a toolstack describes the domains.
 * Our own, which is there before any tool, is called what its toolstack would call it.
 */
static int launch_info(struct xen *xen, uint16_t domid,
                       struct xen_domctl_trefoil_launch_info *launch)
{
    int error = xc_domain_launch_info(xen->xc, domid, launch);
    struct timespec up;

    if (error != -EOPNOTSUPP || domid != xen->own_domid)
        return error;
    memset(launch, 0, sizeof(*launch));
    snprintf(launch->name, sizeof(launch->name), "Domain-%u", domid);
    clock_gettime(CLOCK_BOOTTIME, &up);
    launch->age = (uint64_t)up.tv_sec * 1000000000 + (uint64_t)up.tv_nsec;
    return 0;
}

static int xen_describe(struct hypervisor *hypervisor, uint16_t domid,
                        struct domain_description *description)
{
    struct xen *xen = xen_of(hypervisor);
    struct xen_domctl_trefoil_launch_info launch = {0};
    struct xen_domctl_getdomaininfo info;
    int error = launch_info(xen, domid, &launch);

    if (!error)
        error = xc_domain_info(xen->xc, domid, &info);
    if (error)
        return error;
    snprintf(description->name, sizeof(description->name), "%.*s", (int)sizeof(launch.name) - 1,
             launch.name);
    memcpy(description->uuid, info.handle, sizeof(description->uuid));
    description->vcpus = info.max_vcpu_id + 1;
    description->current_kib = info.tot_pages * (PAGE_SIZE / 1024);
    description->maximum_kib = info.max_pages * (PAGE_SIZE / 1024);
    description->age = launch.age;
    description->pool = info.cpupool;
    description->pools = launch.pools;
    description->store_gfn = launch.store_gfn;
    description->store_port = launch.store_port;
    description->console_gfn = launch.console_gfn;
    description->console_port = launch.console_port;
    return 0;
}

/* ---- Rings ------------------------------------------------------------------------------------
 */

static int read_own_port(uint32_t *port)
{
    FILE *file = fopen(OWN_PORT, "re");
    unsigned int value;
    int count;

    if (!file)
        return -1;
    count = fscanf(file, "%u", &value);
    fclose(file);
    if (count != 1) {
        errno = EIO;
        return -1;
    }
    *port = value;
    return 0;
}

static struct xenstore_domain_interface *map_own(uint32_t *port)
{
    void *page;
    int fd;

    if (read_own_port(port) < 0)
        return NULL;
    fd = open(OWN_PAGE, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    page = mmap(NULL, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return page == MAP_FAILED ? NULL : page;
}

static struct xenstore_domain_interface *xen_map_ring(struct hypervisor *hypervisor, uint16_t domid,
                                                      bool own, uint32_t *port)
{
    const uint32_t reference = GNTTAB_RESERVED_XENSTORE;

    if (own)
        return map_own(port);
    return xc_gnttab_map(xen_of(hypervisor)->gnttab, domid, &reference, 1, PROT_READ | PROT_WRITE,
                         NULL);
}

static void xen_unmap_ring(struct hypervisor *hypervisor, struct xenstore_domain_interface *page,
                           bool own)
{
    if (own)
        munmap(page, PAGE_SIZE);
    else
        xc_gnttab_unmap(xen_of(hypervisor)->gnttab, page, 1);
}

/* ---- Event channels ---------------------------------------------------------------------------
 */

static int xen_bind(struct hypervisor *hypervisor, uint16_t domid, uint32_t remote_port)
{
    return xc_evtchn_bind_interdomain(xen_of(hypervisor)->evtchn, domid, remote_port);
}

static void xen_unbind(struct hypervisor *hypervisor, uint32_t port)
{
    xc_evtchn_unbind(xen_of(hypervisor)->evtchn, port);
}

static void xen_notify(struct hypervisor *hypervisor, uint32_t port)
{
    xc_evtchn_notify(xen_of(hypervisor)->evtchn, port);
}

static int xen_change_port(struct hypervisor *hypervisor)
{
    return xen_of(hypervisor)->change_port;
}

static int xen_next_event(struct hypervisor *hypervisor)
{
    struct xen *xen = xen_of(hypervisor);
    int port = xc_evtchn_pending(xen->evtchn);

    /* Before the work, so that what comes during it is not lost. */
    if (port >= 0)
        xc_evtchn_unmask(xen->evtchn, (evtchn_port_t)port);
    return port;
}

static int xen_event_fd(struct hypervisor *hypervisor)
{
    return xc_evtchn_fd(xen_of(hypervisor)->evtchn);
}

static void xen_close(struct hypervisor *hypervisor)
{
    struct xen *xen = xen_of(hypervisor);

    xc_gnttab_close(xen->gnttab);
    xc_evtchn_close(xen->evtchn);
    xc_close(xen->xc);
    domain_list_free(xen->list);
    free(xen->early);
    free(xen);
}

static const struct hypervisor_operations xen_operations = {
    .own_domid = xen_own_domid,
    .next_change = xen_next_change,
    .domain_state = xen_domain_state,
    .describe = xen_describe,
    .map_ring = xen_map_ring,
    .unmap_ring = xen_unmap_ring,
    .bind = xen_bind,
    .unbind = xen_unbind,
    .notify = xen_notify,
    .change_port = xen_change_port,
    .next_event = xen_next_event,
    .event_fd = xen_event_fd,
    .close = xen_close,
};

static bool open_parts(struct xen *xen)
{
    int error;

    xen->xc = xc_open();
    if (!xen->xc) {
        log_message(LOG_ERR, "no access to the hypervisor: %s", strerror(errno));
        return false;
    }
    xen->evtchn = xc_evtchn_open(xen->xc);
    if (!xen->evtchn) {
        log_message(LOG_ERR, "no event channels: %s", xc_error(xen->xc));
        return false;
    }
    xen->gnttab = xc_gnttab_open(xen->xc);
    if (!xen->gnttab) {
        log_message(LOG_ERR, "no grants: %s", xc_error(xen->xc));
        return false;
    }
    xen->change_port = xc_evtchn_bind_virq(xen->evtchn, VIRQ_DOM_EXC);
    if (xen->change_port < 0) {
        log_message(LOG_ERR,
                    "VIRQ_DOM_EXC cannot be bound, which only one in the xenstore domain "
                    "can: %s",
                    strerror(-xen->change_port));
        return false;
    }
    error = choose_question(xen);
    if (!error)
        error = find_own(xen);
    if (error)
        log_message(LOG_ERR, "the domains cannot be listed: %s", xc_error(xen->xc));
    return !error;
}

struct hypervisor *hypervisor_open(void)
{
    struct xen *xen = calloc(1, sizeof(*xen));

    if (!xen) {
        log_message(LOG_ERR, "out of memory");
        return NULL;
    }
    xen->hypervisor.operations = &xen_operations;
    if (open_parts(xen))
        return &xen->hypervisor;
    if (xen->gnttab)
        xc_gnttab_close(xen->gnttab);
    if (xen->evtchn)
        xc_evtchn_close(xen->evtchn);
    xc_close(xen->xc);
    domain_list_free(xen->list);
    free(xen->early);
    free(xen);
    return NULL;
}
