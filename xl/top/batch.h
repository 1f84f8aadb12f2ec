/* SPDX-License-Identifier: MIT */
/* One sample after the other as lines of text, column for column as Xen's xentop prints them. */
#ifndef XL_TOP_BATCH_H
#define XL_TOP_BATCH_H

#include "sample.h"

struct top_batch {
    bool full_names, repeat_header;
    bool vcpus, nics, disks; /* their lines too */
};

void top_batch_print(const struct top_batch *batch, const struct top_sample *sample);

#endif
