/* SPDX-License-Identifier: MIT */
#include "part.h"
#include "xml_part.h"

const struct xml_part *xml_part_load(char *why, size_t size)
{
    static const struct part part = {XML_PART_FILE, XML_PART_SYMBOL, XML_PART_VERSION};
    return part_load(&part, why, size);
}
