/* SPDX-License-Identifier: MIT */
/* How xenstored uses libxc: on a hypervisor that knows roles, and on one that does not. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/grant_table.h>
#include <xenctl/evtchn.h>
#include <xenctl/gnttab.h>
#include <xenctl/xenctl.h>

#include "xenstore_cmocka.h"

#include "../../../xenstored/domain/hypervisor.h"

/* ---- libxc, played ----------------------------------------------------------------------------
 */

#define DOMAINS 100

struct xc_interface {
    bool old;    /* no get_domain_state, no launch_info */
    int failure; /* what fails: one of FAIL_ */
    bool changed[DOMAINS];
    uint32_t flags[DOMAINS]; /* XEN_DOMINF_; 0: there is none */
    unsigned int bound_virq;
    int opened; /* handles */
    int unmasked;
};

enum { FAIL_NOTHING, FAIL_OPEN, FAIL_EVTCHN, FAIL_GNTTAB, FAIL_VIRQ, FAIL_LIST };

static struct xc_interface xen;
static char page[4096];

struct xc_interface *xc_open(void)
{
    if (xen.failure == FAIL_OPEN) {
        errno = ENOENT;
        return NULL;
    }
    xen.opened++;
    return &xen;
}

void xc_close(struct xc_interface *xc)
{
    if (xc)
        xc->opened--;
}

const char *xc_error(const struct xc_interface *xc)
{
    (void)xc;
    return "played";
}

struct xc_evtchn *xc_evtchn_open(struct xc_interface *xc)
{
    if (xc->failure == FAIL_EVTCHN)
        return NULL;
    xc->opened++;
    return (struct xc_evtchn *)xc;
}

void xc_evtchn_close(struct xc_evtchn *evtchn)
{
    (void)evtchn;
    xen.opened--;
}

int xc_evtchn_fd(const struct xc_evtchn *evtchn)
{
    (void)evtchn;
    return 42;
}

int xc_evtchn_bind_interdomain(struct xc_evtchn *evtchn, domid_t remote, evtchn_port_t port)
{
    (void)evtchn;
    return remote == 2 && port == 7 ? 11 : -EINVAL;
}

int xc_evtchn_bind_virq(struct xc_evtchn *evtchn, unsigned int virq)
{
    (void)evtchn;
    if (xen.failure == FAIL_VIRQ)
        return -EBUSY;
    xen.bound_virq = virq;
    return 9;
}

int xc_evtchn_unbind(struct xc_evtchn *evtchn, evtchn_port_t port)
{
    (void)evtchn;
    assert_int_equal(port, 11);
    return 0;
}

int xc_evtchn_notify(struct xc_evtchn *evtchn, evtchn_port_t port)
{
    (void)evtchn;
    assert_int_equal(port, 11);
    return 0;
}

int xc_evtchn_pending(struct xc_evtchn *evtchn)
{
    (void)evtchn;
    return xen.unmasked ? -EAGAIN : 11;
}

int xc_evtchn_unmask(struct xc_evtchn *evtchn, evtchn_port_t port)
{
    (void)evtchn;
    assert_int_equal(port, 11);
    xen.unmasked++;
    return 0;
}

struct xc_gnttab *xc_gnttab_open(struct xc_interface *xc)
{
    if (xc->failure == FAIL_GNTTAB)
        return NULL;
    xc->opened++;
    return (struct xc_gnttab *)xc;
}

void xc_gnttab_close(struct xc_gnttab *gnttab)
{
    (void)gnttab;
    xen.opened--;
}

void *xc_gnttab_map(struct xc_gnttab *gnttab, domid_t domid, const uint32_t *refs,
                    unsigned int count, int prot, const struct xc_unmap_notify *notify)
{
    (void)gnttab;
    (void)prot;
    assert_null(notify);
    assert_int_equal(domid, 2);
    assert_int_equal(count, 1);
    assert_int_equal(*refs, GNTTAB_RESERVED_XENSTORE);
    return page;
}

int xc_gnttab_unmap(struct xc_gnttab *gnttab, void *address, unsigned int count)
{
    (void)gnttab;
    assert_ptr_equal(address, page);
    assert_int_equal(count, 1);
    return 0;
}

static void fill_state(domid_t domid, struct xen_domctl_get_domain_state *out)
{
    static const uint16_t roles[] = {XEN_DOMCTL_GETDOMSTATE_CAP_CONTROL,
                                     XEN_DOMCTL_GETDOMSTATE_CAP_HARDWARE,
                                     XEN_DOMCTL_GETDOMSTATE_CAP_XENSTORE};

    memset(out, 0, sizeof(*out));
    if (xen.flags[domid])
        out->state = XEN_DOMCTL_GETDOMSTATE_STATE_EXIST;
    out->caps = domid < 3 ? roles[domid] : 0;
    out->unique_id = 1000u + domid;
}

int xc_domain_state(struct xc_interface *xc, domid_t domid, domid_t *found,
                    struct xen_domctl_get_domain_state *out)
{
    if (xc->old)
        return -EOPNOTSUPP;
    if (xc->failure == FAIL_LIST)
        return -EPERM;
    *found = domid;
    if (domid != DOMID_INVALID) {
        fill_state(domid, out);
        return out->state ? 0 : -ESRCH;
    }
    for (domid_t i = 0; i < DOMAINS; i++) {
        if (xc->changed[i]) {
            xc->changed[i] = false;
            *found = i;
            fill_state(i, out);
            return 0;
        }
    }
    return -ENOENT;
}

int xc_domain_launch_info(struct xc_interface *xc, domid_t domid,
                          struct xen_domctl_trefoil_launch_info *out)
{
    memset(out, 0, sizeof(*out));
    if (xc->old)
        return -EOPNOTSUPP;
    snprintf(out->name, sizeof(out->name), "name-%u", domid);
    out->store_port = 1;
    out->console_port = 2;
    out->store_gfn = 3;
    out->console_gfn = 4;
    out->age = 5;
    out->pools = 9;
    return 0;
}

int xc_domain_info(struct xc_interface *xc, domid_t domid, struct xen_domctl_getdomaininfo *out)
{
    memset(out, 0, sizeof(*out));
    if (domid >= DOMAINS || !xc->flags[domid])
        return -ESRCH;
    out->domain = domid;
    out->flags = xc->flags[domid];
    out->max_vcpu_id = 3;
    out->cpupool = 7;
    out->tot_pages = 10;
    out->max_pages = 20;
    memset(out->handle, domid, sizeof(out->handle));
    return 0;
}

int xc_domain_list(struct xc_interface *xc, domid_t first, struct xen_domctl_getdomaininfo *out,
                   unsigned int count)
{
    unsigned int filled = 0;

    if (xc->failure == FAIL_LIST)
        return -EPERM;
    for (domid_t i = first; i < DOMAINS && filled < count; i++) {
        if (!xc_domain_info(xc, i, &out[filled]))
            filled++;
    }
    return (int)filled;
}

/* ---- Tests ------------------------------------------------------------------------------------
 */

static int setup(void **state)
{
    (void)state;
    memset(&xen, 0, sizeof(xen));
    for (int i = 0; i < 3; i++) {
        xen.changed[i] = true;
        xen.flags[i] = XEN_DOMINF_running;
    }
    return 0;
}

static struct hypervisor *open_hypervisor(void)
{
    struct hypervisor *hypervisor = hypervisor_open();

    assert_non_null(hypervisor);
    assert_int_equal(xen.bound_virq, VIRQ_DOM_EXC);
    assert_int_equal(hypervisor->operations->change_port(hypervisor), 9);
    return hypervisor;
}

static void close_hypervisor(struct hypervisor *hypervisor)
{
    hypervisor->operations->close(hypervisor);
    assert_int_equal(xen.opened, 0);
}

/* The next change is of `domid`, or with -1 there is none. */
static void assert_change(struct hypervisor *hypervisor, int domid, uint16_t wanted)
{
    struct domain_report report;
    int error = hypervisor->operations->next_change(hypervisor, &report);

    if (domid < 0) {
        assert_int_equal(error, -ENOENT);
        return;
    }
    assert_int_equal(error, 0);
    assert_int_equal(report.domid, domid);
    assert_int_equal(report.state, wanted);
}

#define EXIST    XEN_DOMCTL_GETDOMSTATE_STATE_EXIST
#define SHUTDOWN XEN_DOMCTL_GETDOMSTATE_STATE_SHUTDOWN
#define DYING    XEN_DOMCTL_GETDOMSTATE_STATE_DYING

static void test_roles(void **state)
{
    struct hypervisor *hypervisor = open_hypervisor();
    struct domain_report report;

    (void)state;
    assert_int_equal(hypervisor->operations->own_domid(hypervisor), 2);
    /* What was seen while looking for ourselves is not lost. */
    for (int i = 0; i < 3; i++)
        assert_change(hypervisor, i, EXIST);
    assert_change(hypervisor, -1, 0);
    xen.changed[1] = true;
    assert_change(hypervisor, 1, EXIST);
    assert_int_equal(hypervisor->operations->domain_state(hypervisor, 1, &report), 0);
    assert_int_equal(report.unique_id, 1001);
    assert_int_equal(report.roles, XEN_DOMCTL_GETDOMSTATE_CAP_HARDWARE);
    assert_int_equal(hypervisor->operations->domain_state(hypervisor, 50, &report), 0);
    assert_int_equal(report.state, 0);
    close_hypervisor(hypervisor);
}

static void test_description(void **state)
{
    struct hypervisor *hypervisor = open_hypervisor();
    struct domain_description description = {0};

    (void)state;
    assert_int_equal(hypervisor->operations->describe(hypervisor, 1, &description), 0);
    assert_string_equal(description.name, "name-1");
    assert_int_equal(description.vcpus, 4);
    assert_int_equal(description.current_kib, 40);
    assert_int_equal(description.maximum_kib, 80);
    assert_int_equal(description.uuid[15], 1);
    assert_int_equal(description.store_port, 1);
    assert_int_equal(description.console_port, 2);
    assert_int_equal(description.store_gfn, 3);
    assert_int_equal(description.console_gfn, 4);
    assert_int_equal(description.age, 5);
    assert_int_equal(description.pool, 7);
    assert_int_equal(description.pools, 9);
    assert_int_equal(hypervisor->operations->describe(hypervisor, 50, &description), -ESRCH);
    xen.old = true;
    assert_int_equal(hypervisor->operations->describe(hypervisor, 1, &description), -EOPNOTSUPP);
    close_hypervisor(hypervisor);
}

static void test_old_hypervisor(void **state)
{
    struct hypervisor *hypervisor;
    struct domain_description description = {0};
    struct domain_report report;

    (void)state;
    xen.old = true;
    hypervisor = open_hypervisor();
    assert_int_equal(hypervisor->operations->own_domid(hypervisor), 0);
    /* Nobody else describes the domain that this runs in. */
    assert_int_equal(hypervisor->operations->describe(hypervisor, 0, &description), 0);
    assert_string_equal(description.name, "Domain-0");
    assert_int_equal(description.vcpus, 4);
    assert_true(description.age > 0);
    assert_int_equal(description.store_port, 0);
    for (int i = 0; i < 3; i++)
        assert_change(hypervisor, i, EXIST);
    assert_change(hypervisor, -1, 0);
    assert_change(hypervisor, -1, 0);
    xen.flags[1] |= XEN_DOMINF_shutdown;
    xen.flags[2] = 0;
    xen.flags[70] = XEN_DOMINF_running | XEN_DOMINF_dying;
    assert_change(hypervisor, 1, EXIST | SHUTDOWN);
    assert_change(hypervisor, 2, 0);
    assert_change(hypervisor, 70, EXIST | DYING);
    assert_change(hypervisor, -1, 0);
    assert_int_equal(hypervisor->operations->domain_state(hypervisor, 1, &report), 0);
    assert_int_equal(report.state, EXIST | SHUTDOWN);
    assert_int_equal(hypervisor->operations->domain_state(hypervisor, 2, &report), 0);
    assert_int_equal(report.state, 0);
    xen.failure = FAIL_LIST;
    assert_int_equal(hypervisor->operations->next_change(hypervisor, &report), -EPERM);
    close_hypervisor(hypervisor);
}

/* More domains than one question is answered with. */
static void test_many_domains(void **state)
{
    struct hypervisor *hypervisor;

    (void)state;
    xen.old = true;
    for (int i = 0; i < DOMAINS; i++)
        xen.flags[i] = XEN_DOMINF_running;
    hypervisor = open_hypervisor();
    for (int i = 0; i < DOMAINS; i++)
        assert_change(hypervisor, i, EXIST);
    assert_change(hypervisor, -1, 0);
    close_hypervisor(hypervisor);
}

static void test_rings(void **state)
{
    struct hypervisor *hypervisor = open_hypervisor();
    const struct hypervisor_operations *operations = hypervisor->operations;
    uint32_t port = 0;
    struct xenstore_domain_interface *ring = operations->map_ring(hypervisor, 2, false, &port);

    (void)state;
    assert_ptr_equal(ring, page);
    assert_int_equal(port, 0);
    assert_int_equal(operations->bind(hypervisor, 2, 7), 11);
    assert_int_equal(operations->bind(hypervisor, 2, 8), -EINVAL);
    operations->notify(hypervisor, 11);
    /* An event is accepted before it is handled. */
    assert_int_equal(operations->next_event(hypervisor), 11);
    assert_int_equal(xen.unmasked, 1);
    assert_int_equal(operations->next_event(hypervisor), -EAGAIN);
    assert_int_equal(operations->event_fd(hypervisor), 42);
    operations->unbind(hypervisor, 11);
    operations->unmap_ring(hypervisor, ring, false);
    /* The kernel's page is where a kernel that runs on a hypervisor has it: not here. */
    assert_null(operations->map_ring(hypervisor, 0, true, &port));
    close_hypervisor(hypervisor);
}

static void test_failures(void **state)
{
    (void)state;
    for (xen.failure = FAIL_OPEN; xen.failure <= FAIL_LIST; xen.failure++) {
        assert_null(hypervisor_open());
        assert_int_equal(xen.opened, 0);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(test_roles),        TEST(test_description), TEST(test_old_hypervisor),
        TEST(test_many_domains), TEST(test_rings),       TEST(test_failures),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
