/* SPDX-License-Identifier: MIT */
/* How the public headers pin their layout: guests and tools depend on every byte. */
#ifndef XEN_LAYOUT_H
#define XEN_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#define XEN_LAYOUT_SIZE(type, size)                                                                \
    _Static_assert(sizeof(type) == (size), #type " is not " #size " bytes")
#define XEN_LAYOUT_FIELD(type, field, offset)                                                      \
    _Static_assert(offsetof(type, field) == (offset), #type "." #field " is not at " #offset)

#endif
