/* SPDX-License-Identifier: MIT */
#ifndef XL_TOP_TERMINAL_CELL_H
#define XL_TOP_TERMINAL_CELL_H

struct terminal_cell {
    char letter; /* '\0' of what is shown: nothing is known of it */
    unsigned int style;
};

#endif
