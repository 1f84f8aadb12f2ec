/* SPDX-License-Identifier: MIT */
/* A part for XML as another version of xl has it. */
#include "libxl/xml_part.h"

extern const struct xml_part xml_part;
const struct xml_part xml_part = {.version = XML_PART_VERSION + 1};
