/* SPDX-License-Identifier: MIT */
/* libxc: event channels, grants and foreign pages over a transport that remembers what it was
 * asked. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/mman.h>

#include <xenctl/evtchn.h>
#include <xenctl/foreign.h>
#include <xenctl/gnttab.h>

#include "../../../libxc/transport.h"

#define PAGE 4096

static struct {
    int error; /* what all operations give, if not 0 */
    int open;  /* handles */
    unsigned int pending, unmasked, notified, unbound, count;
    domid_t domid;
    uint32_t first_ref;
    int prot, writable;
    const struct xc_unmap_notify *notify;
    char page[2 * PAGE];
} device;

static int open_device(void *state, void **handle)
{
    (void)state;
    if (device.error)
        return device.error;
    device.open++;
    *handle = &device;
    return 0;
}

static void close_device(void *handle)
{
    assert_ptr_equal(handle, &device);
    device.open--;
}

static int fd(void *handle)
{
    (void)handle;
    return 77;
}

static int bind_unbound(void *handle, domid_t remote)
{
    (void)handle;
    device.domid = remote;
    return device.error ? device.error : 5;
}

static int bind_interdomain(void *handle, domid_t remote, evtchn_port_t port)
{
    (void)handle;
    device.domid = remote;
    return device.error ? device.error : (int)port + 1;
}

static int bind_virq(void *handle, unsigned int virq)
{
    (void)handle;
    return device.error ? device.error : (int)virq + 100;
}

static int unbind(void *handle, evtchn_port_t port)
{
    (void)handle;
    device.unbound = port;
    return device.error;
}

static int notify(void *handle, evtchn_port_t port)
{
    (void)handle;
    device.notified = port;
    return device.error;
}

static int pending(void *handle)
{
    (void)handle;
    unsigned int port = device.pending;
    device.pending = 0;
    return port ? (int)port : -EAGAIN;
}

static int unmask(void *handle, evtchn_port_t port)
{
    (void)handle;
    device.unmasked = port;
    return device.error;
}

static const struct xc_evtchn_ops evtchn_ops = {
    .open = open_device,
    .close = close_device,
    .fd = fd,
    .bind_unbound = bind_unbound,
    .bind_interdomain = bind_interdomain,
    .bind_virq = bind_virq,
    .unbind = unbind,
    .notify = notify,
    .pending = pending,
    .unmask = unmask,
};

static void *pages_or_error(void)
{
    errno = -device.error;
    return device.error ? NULL : device.page;
}

static void *map(void *handle, domid_t domid, const uint32_t *refs, unsigned int count, int prot,
                 const struct xc_unmap_notify *wish)
{
    (void)handle;
    device.domid = domid;
    device.first_ref = refs[0];
    device.count = count;
    device.prot = prot;
    device.notify = wish;
    return pages_or_error();
}

static int unmap(void *handle, void *address, unsigned int count)
{
    (void)handle;
    device.count = count;
    return address == device.page ? device.error : -EINVAL;
}

static const struct xc_gnttab_ops gnttab_ops = {
    .open = open_device, .close = close_device, .map = map, .unmap = unmap};

static void *share(void *handle, domid_t domid, unsigned int count, int writable, uint32_t *refs,
                   const struct xc_unmap_notify *wish)
{
    (void)handle;
    device.domid = domid;
    device.count = count;
    device.writable = writable;
    device.notify = wish;
    for (unsigned int i = 0; i < count; i++)
        refs[i] = 40 + i;
    return pages_or_error();
}

static const struct xc_gntshr_ops gntshr_ops = {
    .open = open_device, .close = close_device, .share = share, .unshare = unmap};

static int transport_open(const char *address, void **state)
{
    (void)address;
    *state = NULL;
    return 0;
}

static void transport_close(void *state)
{
    (void)state;
}

static void *foreign_map(void *state, domid_t domid, int prot, const xen_pfn_t *gfns,
                         unsigned int count, int *errors)
{
    (void)state;
    device.domid = domid;
    device.prot = prot;
    device.count = count;
    if (errors)
        errors[0] = gfns[0] ? 0 : -EINVAL;
    return pages_or_error();
}

static int foreign_unmap(void *state, void *address, unsigned int count)
{
    return unmap(state, address, count);
}

static const struct xc_transport whole = {
    .name = "kernel",
    .open = transport_open,
    .close = transport_close,
    .foreign_map = foreign_map,
    .foreign_unmap = foreign_unmap,
    .evtchn = &evtchn_ops,
    .gnttab = &gnttab_ops,
    .gntshr = &gntshr_ops,
};

static const struct xc_transport bare = {
    .name = "bare",
    .open = transport_open,
    .close = transport_close,
};

const struct xc_transport *const xc_transports[] = {&whole, &bare, NULL};

static int setup(void **state)
{
    memset(&device, 0, sizeof(device));
    *state = xc_open();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    xc_close(*state);
    assert_int_equal(device.open, 0);
    return 0;
}

static void events_reach_the_transport(void **state)
{
    struct xc_evtchn *evtchn = xc_evtchn_open(*state);
    assert_non_null(evtchn);
    assert_int_equal(xc_evtchn_fd(evtchn), 77);
    assert_int_equal(xc_evtchn_bind_unbound(evtchn, 3), 5);
    assert_int_equal(device.domid, 3);
    assert_int_equal(xc_evtchn_bind_interdomain(evtchn, 4, 8), 9);
    assert_int_equal(device.domid, 4);
    assert_int_equal(xc_evtchn_bind_virq(evtchn, 8), 108);
    assert_int_equal(xc_evtchn_notify(evtchn, 9), 0);
    assert_int_equal(device.notified, 9);
    device.pending = 5;
    assert_int_equal(xc_evtchn_pending(evtchn), 5);
    assert_int_equal(xc_evtchn_pending(evtchn), -EAGAIN);
    assert_int_equal(xc_evtchn_unmask(evtchn, 5), 0);
    assert_int_equal(device.unmasked, 5);
    assert_int_equal(xc_evtchn_unbind(evtchn, 9), 0);
    assert_int_equal(device.unbound, 9);
    xc_evtchn_close(evtchn);
    xc_evtchn_close(NULL);
}

static void event_failures_are_described(void **state)
{
    struct xc_evtchn *evtchn = xc_evtchn_open(*state);
    assert_non_null(evtchn);
    device.error = -EPERM;
    assert_int_equal(xc_evtchn_bind_interdomain(evtchn, 4, 8), -EPERM);
    assert_string_equal(xc_error(*state),
                        "event channel to port 8 of domain 4: Operation not permitted");
    /* Not a hypercall, so privcmd has nothing to do with it. */
    assert_false(xc_kernel_refuses(*state));
    assert_int_equal(xc_evtchn_bind_virq(evtchn, 8), -EPERM);
    assert_string_equal(xc_error(*state), "virtual interrupt 8: Operation not permitted");
    xc_evtchn_close(evtchn);
    device.error = -ENOENT;
    assert_null(xc_evtchn_open(*state));
    assert_int_equal(errno, ENOENT);
}

static void grants_are_mapped(void **state)
{
    const uint32_t refs[2] = {11, 12};
    const struct xc_unmap_notify wish = {.clear_offset = 4, .port = 9};
    struct xc_gnttab *gnttab = xc_gnttab_open(*state);
    assert_non_null(gnttab);
    void *address = xc_gnttab_map(gnttab, 2, refs, 2, PROT_READ, &wish);
    assert_ptr_equal(address, device.page);
    assert_int_equal(device.domid, 2);
    assert_int_equal(device.first_ref, 11);
    assert_int_equal(device.count, 2);
    assert_int_equal(device.prot, PROT_READ);
    assert_ptr_equal(device.notify, &wish);
    assert_int_equal(xc_gnttab_unmap(gnttab, address, 2), 0);
    assert_null(xc_gnttab_map(gnttab, 2, refs, 0, PROT_READ, NULL));
    assert_int_equal(errno, EINVAL);
    device.error = -EPERM;
    assert_null(xc_gnttab_map(gnttab, 2, refs, 1, PROT_READ, NULL));
    assert_int_equal(errno, EPERM);
    assert_string_equal(xc_error(*state),
                        "mapping 1 grant(s) of domain 2: Operation not permitted");
    xc_gnttab_close(gnttab);
    assert_null(xc_gnttab_open(*state));
    xc_gnttab_close(NULL);
}

static void pages_are_granted(void **state)
{
    uint32_t refs[2];
    struct xc_gntshr *gntshr = xc_gntshr_open(*state);
    assert_non_null(gntshr);
    void *address = xc_gntshr_share(gntshr, 3, 2, 1, refs, NULL);
    assert_ptr_equal(address, device.page);
    assert_int_equal(refs[1], 41);
    assert_int_equal(device.domid, 3);
    assert_int_equal(device.writable, 1);
    assert_int_equal(xc_gntshr_unshare(gntshr, address, 2), 0);
    assert_int_equal(xc_gntshr_unshare(gntshr, NULL, 2), -EINVAL);
    assert_null(xc_gntshr_share(gntshr, 3, 0, 1, refs, NULL));
    device.error = -ENOSPC;
    assert_null(xc_gntshr_share(gntshr, 3, 1, 1, refs, NULL));
    assert_int_equal(errno, ENOSPC);
    xc_gntshr_close(gntshr);
    assert_null(xc_gntshr_open(*state));
    xc_gntshr_close(NULL);
}

static void foreign_pages_are_mapped(void **state)
{
    const xen_pfn_t gfns[2] = {0, 7};
    int errors[2];
    void *address = xc_foreign_map(*state, 6, PROT_READ | PROT_WRITE, gfns, 2, errors);
    assert_ptr_equal(address, device.page);
    assert_int_equal(errors[0], -EINVAL);
    assert_int_equal(device.domid, 6);
    assert_int_equal(device.count, 2);
    assert_int_equal(xc_foreign_unmap(*state, address, 2), 0);
    assert_null(xc_foreign_map(*state, 6, PROT_READ, gfns, 0, NULL));
    device.error = -EPERM;
    assert_null(xc_foreign_map(*state, 6, PROT_READ, gfns, 1, NULL));
    assert_string_equal(xc_error(*state), "mapping 1 page(s) of domain 6: Operation not permitted");
}

static void transports_may_lack_devices(void **state)
{
    const xen_pfn_t gfn = 1;
    (void)state;
    setenv("TREFOIL_TRANSPORT", "bare", 1);
    struct xc_interface *xc = xc_open();
    unsetenv("TREFOIL_TRANSPORT");
    assert_non_null(xc);
    assert_null(xc_evtchn_open(xc));
    assert_int_equal(errno, EOPNOTSUPP);
    assert_null(xc_gnttab_open(xc));
    assert_null(xc_gntshr_open(xc));
    assert_null(xc_foreign_map(xc, 1, PROT_READ, &gfn, 1, NULL));
    assert_int_equal(errno, EOPNOTSUPP);
    xc_close(xc);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(events_reach_the_transport), TEST(event_failures_are_described),
        TEST(grants_are_mapped),          TEST(pages_are_granted),
        TEST(foreign_pages_are_mapped),   TEST(transports_may_lack_devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
