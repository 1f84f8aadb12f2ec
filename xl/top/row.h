/* SPDX-License-Identifier: MIT */
/* A domain of a sample, for scripts. */
#ifndef XL_TOP_ROW_H
#define XL_TOP_ROW_H

#include <libxl/fields.h>

#include "sample.h"

struct top_row {
    uint32_t domid;
    char name[LIBXL_NAME_MAX];
    uint32_t roles, life;
    bool running, blocked, paused, shutdown, dying;
    uint32_t shutdown_reason;
    uint64_t cpu_time_ns;
    uint32_t cpu; /* thousandths of a percent; LIBXL_NOT_TOLD */
    uint32_t vcpus_online;
    uint64_t memory_kib, max_memory_kib;
    struct libxl_items disks, nics; /* struct top_device, of the sample */
};

extern const struct libxl_field top_row_fields[];

/* One for each of the sample's domains, as long as that is there; free() them. NULL: out of memory.
 */
struct top_row *top_rows(const struct top_sample *sample);

#endif
