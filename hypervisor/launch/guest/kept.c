/* SPDX-License-Identifier: MIT */
/* What of a plan building a domain asks, at boot and for each restart. */
#include <trefoil/launch.h>
#include <xen/bootfdt.h>

#include "tree/tree.h"

#define KIB 1024UL

/* What is set aside for a domain: what it has one of, event channels and lists of frames; its
 * vcpus; each frame of its grant table with what is in use of it, and each of handles; servers. */
#define POOL_DOMAIN   (272 * KIB)
#define POOL_VCPU     (64 * KIB)
#define POOL_GRANTS   (12 * KIB)
#define POOL_MAPTRACK (4 * KIB)
#define POOL_SERVERS  (64 * KIB) /* of a device model: 8 of them */
#define POOL_SHARE    (16 * KIB) /* tables of two levels, if it crosses into the next of each */

/* One in so many bytes: 4 KiB of stage 2 tables map 2 MiB. */
#define SHARE_TABLES 512

uint64_t launch_pool(const struct launch_domain *domain)
{
    uint64_t tables = domain->tables;

    if (!tables)
        tables = (domain->memory + domain->shared) / SHARE_TABLES + domain->nr_shared * POOL_SHARE;

    return ALIGN_UP(POOL_DOMAIN + domain->cpus * POOL_VCPU + domain->grant_frames * POOL_GRANTS +
                        domain->maptrack_frames * POOL_MAPTRACK + tables +
                        (domain->roles & DOMAIN_CAPS_DEVICE_MODEL ? POOL_SERVERS : 0),
                    PAGE_SIZE);
}

const char *launch_path(const void *fdt, int node, char *path, size_t size)
{
    tree_path(fdt, node, path, size);
    tree_make_printable(path);
    return path;
}
