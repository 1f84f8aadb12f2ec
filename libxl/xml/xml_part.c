/* SPDX-License-Identifier: MIT */
/* What the part gives. */
#include "xml_ops.h"

const struct xml_part xml_part = {
    .version = XML_PART_VERSION,
    .begin = xml_write_begin,
    .open = xml_write_open,
    .close = xml_write_close,
    .value = xml_write_value,
    .end = xml_write_end,
    .read = xml_read,
};
