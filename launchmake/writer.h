/* SPDX-License-Identifier: MIT */
/* A device tree that is being written: after the first failure nothing more is. Inner header. */
#ifndef LAUNCHMAKE_WRITER_H
#define LAUNCHMAKE_WRITER_H

#include "make.h"

struct board_writer {
    struct make_board *board;
    void *fdt;
    int error; /* of libfdt; 0: none */
};

/* Keeps what a function of libfdt returned, if it is the first failure. */
void board_note(struct board_writer *writer, int result);
/* A new node, before its siblings; negative after a failure. */
int board_put_node(struct board_writer *writer, int parent, const char *name);
void board_put_cells(struct board_writer *writer, int node, const char *property,
                     const uint32_t *cells, unsigned int count);
void board_put_cell(struct board_writer *writer, int node, const char *property, uint32_t cell);
/* NULL: nothing is written. */
void board_put_text(struct board_writer *writer, int node, const char *property, const char *text);
void board_put_flag(struct board_writer *writer, int node, const char *property);
void board_put_data(struct board_writer *writer, int node, const char *property, const void *data,
                    size_t size);

/* tree_domain.c: a domain's node, with all that is in it. */
void board_put_domain(struct board_writer *writer, int chosen, const struct make_domain *domain);

#endif
