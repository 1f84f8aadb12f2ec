/* SPDX-License-Identifier: MIT */
/* The twin transport: parts that its files share. <twin/protocol.h> has the protocol. */
#ifndef LIBXC_TWIN_TWIN_H
#define LIBXC_TWIN_TWIN_H

#include <twin/protocol.h>

#include "../transport.h"

extern const struct xc_evtchn_ops xc_twin_evtchn_ops;
extern const struct xc_gnttab_ops xc_twin_gnttab_ops;
extern const struct xc_gntshr_ops xc_twin_gntshr_ops;

struct twin_mapping;

/* A connection, as the domain of TREFOIL_DOMAIN. */
struct twin_link {
    int fd;
    int ram; /* the machine's RAM, as a file */
    struct twin_mapping *mappings;
};

/* What an address was mapped as. */
struct twin_mapping {
    struct twin_mapping *next;
    void *address;
    uint64_t id;
    unsigned int count; /* of pages */
};

struct twin {
    const char *path;
    struct twin_link link;
    /* Hypercall buffers: one file that hvtwin has mapped too, given out by pages. */
    char *arena;
    uint8_t *used; /* by page */
    char trouble[200];
};

/* Connects; arena_fd < 0 for a connection without hypercalls. 0 or a negative errno. */
int xc_twin_connect(struct twin_link *link, const char *path, const void *arena, int arena_fd,
                    uint64_t arena_size);
void xc_twin_disconnect(struct twin_link *link);
/* One request and its answer: the result, or a negative errno of the connection itself. *fd (may be
 * NULL) gets what came along. */
int64_t xc_twin_call(struct twin_link *link, struct twin_request *request, struct twin_reply *reply,
                     int *fd);

/* pages.c */
void xc_twin_unmap_all(struct twin_link *link);
void *xc_twin_foreign_map(void *state, domid_t domid, int prot, const xen_pfn_t *gfns,
                          unsigned int count, int *errors);
int xc_twin_foreign_unmap(void *state, void *address, unsigned int count);

#endif
