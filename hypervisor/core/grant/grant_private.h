/* SPDX-License-Identifier: MIT */
/* The tables behind <trefoil/grant_table.h>. */
#ifndef CORE_GRANT_PRIVATE_H
#define CORE_GRANT_PRIVATE_H

#include <trefoil/grant_table.h>
#include <trefoil/memory.h>
#include <trefoil/nospec.h>

#define ENTRIES_PER_FRAME (PAGE_SIZE / sizeof(struct grant_entry_v1))

/* What is in use of an entry, whatever its owner writes into the shared table meanwhile. Each user
 * holds the frame. */
struct active_entry {
    uint64_t mfn;
    domid_t user;
    uint16_t readers, writers;
};

#define ACTIVE_ORDER 1U /* pages for the active entries of one frame of the table */
#define ACTIVE_MAX   UINT16_MAX

_Static_assert(ENTRIES_PER_FRAME * sizeof(struct active_entry) == PAGE_SIZE << ACTIVE_ORDER,
               "ACTIVE_ORDER");

/* A mapping that a domain has; its handle is its index. */
struct grant_mapping {
    uint32_t gfn;
    union {
        grant_ref_t ref;
        grant_handle_t next_free;
    };
    uint64_t mfn : 40, owner : 16; /* 52 bits of address */
    uint64_t used : 1, writable : 1;
};

#define MAPPINGS_PER_PAGE (PAGE_SIZE / sizeof(struct grant_mapping))
#define NO_HANDLE         UINT32_MAX

/* As many as in a frame of Xen's, which max_maptrack_frames counts. */
_Static_assert(MAPPINGS_PER_PAGE == 256, "a frame of handles");

#define GRANT_MAX_FRAMES  256U
#define MAPPING_MAX_PAGES 1024U

/* A frame of the table, and what is in use of it. */
struct grant_frame {
    struct grant_entry_v1 *entries;
    struct active_entry *active;
};

struct grant_table {
    /* As the owner of pages. */
    spinlock_t lock;
    unsigned int nr_frames, max_frames;
    struct grant_frame frames[GRANT_MAX_FRAMES];

    /* As a user of others' pages. */
    spinlock_t mapping_lock;
    unsigned int nr_mappings; /* that were ever used */
    unsigned int max_mapping_pages;
    grant_handle_t free_mapping;
    grant_handle_t release_position;
    struct grant_mapping *mappings[MAPPING_MAX_PAGES];
};

/*
 * Takes an entry of the owner's table into use for `user` and holds its frame. GNTST_okay or the
 * reason. Takes the owner's grant lock.
 */
int16_t grant_acquire(struct domain *owner, grant_ref_t ref, const struct domain *user, bool write,
                      mfn_t *mfn);
void grant_release(struct domain *owner, grant_ref_t ref, bool write, mfn_t mfn);

/* core/grant/grant_mapping.c: handles. */
/* One that nobody has, and its handle; NULL when there is no more. It stays where it is. */
struct grant_mapping *mapping_new(struct domain *domain, grant_handle_t *handle);
struct grant_mapping *mapping_of(const struct domain *domain, grant_handle_t handle);
/* Takes the mapping of a handle out, so that nobody else can end it as well; false when there is
 * none, or at another gfn. */
bool mapping_take(struct domain *domain, grant_handle_t handle, uint64_t gfn,
                  struct grant_mapping *mapping);
void mapping_free(struct domain *domain, grant_handle_t handle);

/* What a refusal of the policy is in the words of grants. */
int16_t grant_status_of(int error);

/*
 * Mappings that are out of the physmap and whose pages are still held, as TLBs may hold them, too:
 * one flush is for all of them.
 */
#define ENDED_MAX 16U

struct ended_mappings {
    unsigned int count;
    grant_handle_t handle[ENDED_MAX];
    struct grant_mapping mapping[ENDED_MAX];
};

/* Flushes, and gives their pages and handles back. Then there is none. Takes the p2m lock, and
 * grant locks. */
void grant_unmap_finish(struct domain *domain, struct ended_mappings *ended);

/* One operation each; they fill in the status. */
void grant_map_one(struct domain *domain, struct gnttab_map_grant_ref *op);
/* grant_unmap_finish() is for the caller to do before the call ends; there is room for one. */
void grant_unmap_one(struct domain *domain, struct gnttab_unmap_grant_ref *op,
                     struct ended_mappings *ended);
void grant_copy_one(struct domain *domain, struct gnttab_copy *op);
/* 0 or a negative error; -ERESTART to go on at the handle in *position, which begins at 0. */
int grant_cache_flush_one(struct domain *domain, const struct gnttab_cache_flush *op,
                          uint32_t *position);

#endif
