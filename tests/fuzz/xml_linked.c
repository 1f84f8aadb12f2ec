/* SPDX-License-Identifier: MIT */
/* The part that is for XML as one of the program, with its sanitizers and counters: none is loaded.
 */
#include "libxl/xml/xml_ops.h"

const struct xml_part *xml_part_load(char *why, size_t size)
{
    (void)why;
    (void)size;
    return &xml_part;
}
