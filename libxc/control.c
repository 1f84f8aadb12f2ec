/* SPDX-License-Identifier: MIT */
/*
 * The two control hypercalls. Their interface version is checked by the hypervisor before anything
 * else, and -EACCES is its answer to a wrong one, so the first call of a handle doubles as the
 * probe.
 */
#include "control.h"

#include <errno.h>
#include <string.h>

#define DOMCTL_NEWEST 0x18u
#define DOMCTL_OLDEST 0x15u
#define SYSCTL_NEWEST 0x16u
#define SYSCTL_OLDEST 0x15u

struct probe {
    const char *what;
    unsigned int number;
    uint32_t newest, oldest;
    uint32_t *known; /* 0: not yet */
};

static int64_t call_with_version(struct xc_interface *xc, const struct probe *probe, void *argument,
                                 uint32_t *version_field, size_t size, uint32_t version)
{
    *version_field = version;
    void *copy = xc_bounce(xc, argument, size);
    if (!copy)
        return -errno;
    const uint64_t arg[5] = {(uintptr_t)copy};
    int64_t rc = xc_call(xc, probe->number, arg);
    memcpy(argument, copy, size);
    return rc;
}

static int no_version(struct xc_interface *xc, const struct probe *probe)
{
    int version = xc_version(xc);
    if (version < 0)
        return xc_fail(xc, -EPROTO, "%s interface versions %#x to %#x", probe->what, probe->oldest,
                       probe->newest);
    return xc_fail(
        xc, -EPROTO,
        "%s: these tools speak interface versions %#x to %#x, the hypervisor (Xen ABI %d.%d) "
        "accepts none of them",
        probe->what, probe->oldest, probe->newest, version >> 16, version & 0xffff);
}

/* Calls with the known version, or with one after the other until the hypervisor accepts one. */
static int64_t probe_versions(struct xc_interface *xc, const struct probe *probe, void *argument,
                              uint32_t *version_field, size_t size)
{
    uint32_t version = *probe->known ? *probe->known : probe->newest;
    int64_t rc = call_with_version(xc, probe, argument, version_field, size, version);
    while (rc == -EACCES && !*probe->known && version > probe->oldest)
        rc = call_with_version(xc, probe, argument, version_field, size, --version);
    /* EPERM and ENODEV may come from the kernel, and then say nothing of versions. */
    if (rc != -EACCES && rc != -EPERM && rc != -ENODEV)
        *probe->known = version;
    return rc;
}

static int control_call(struct xc_interface *xc, const struct probe *probe, void *argument,
                        uint32_t *version_field, size_t size, const char *name, domid_t domid)
{
    int64_t rc = probe_versions(xc, probe, argument, version_field, size);
    if (rc == -EACCES && !*probe->known)
        return no_version(xc, probe);
    if (domid == DOMID_INVALID)
        return xc_fail(xc, rc, "%s %s", probe->what, name);
    return xc_fail(xc, rc, "%s %s of domain %u", probe->what, name, domid);
}

int xc_domctl_named(struct xc_interface *xc, struct xen_domctl *domctl, const char *name)
{
    const struct probe probe = {
        .what = "domctl",
        .number = __HYPERVISOR_domctl,
        .newest = DOMCTL_NEWEST,
        .oldest = DOMCTL_OLDEST,
        .known = &xc->domctl_version,
    };
    return control_call(xc, &probe, domctl, &domctl->interface_version, sizeof(*domctl), name,
                        domctl->domain);
}

int xc_sysctl_named(struct xc_interface *xc, struct xen_sysctl *sysctl, const char *name)
{
    const struct probe probe = {
        .what = "sysctl",
        .number = __HYPERVISOR_sysctl,
        .newest = SYSCTL_NEWEST,
        .oldest = SYSCTL_OLDEST,
        .known = &xc->sysctl_version,
    };
    return control_call(xc, &probe, sysctl, &sysctl->interface_version, sizeof(*sysctl), name,
                        DOMID_INVALID);
}

int xc_domctl(struct xc_interface *xc, struct xen_domctl *domctl)
{
    return xc_domctl_named(xc, domctl, "(raw)");
}

int xc_sysctl(struct xc_interface *xc, struct xen_sysctl *sysctl)
{
    return xc_sysctl_named(xc, sysctl, "(raw)");
}

uint32_t xc_domctl_version(const struct xc_interface *xc)
{
    return xc->domctl_version;
}

uint32_t xc_sysctl_version(const struct xc_interface *xc)
{
    return xc->sysctl_version;
}
