/* SPDX-License-Identifier: MIT */
/* Figures of a domain's address map, besides the arch's. Inner header of launch/. */
#ifndef LAUNCH_LAYOUT_H
#define LAUNCH_LAYOUT_H

#include <trefoil/launch.h>

/* Linux takes extended regions from this size on. */
#define LAYOUT_EXTENDED_MIN (64ULL << 20)

/* Can the domain reach the range, and has it nothing else there? Room for foreign pages does not
 * count. */
bool layout_has_room(const struct launch_layout *layout, struct paddr_range range);
/* Keeps the room for foreign pages clear of a range. */
void layout_cut(struct launch_layout *layout, struct paddr_range range);

#endif
