/* SPDX-License-Identifier: MIT */
/* A libFuzzer target: any bytes as a description of a board. The first byte says which kind it is.
 * What is made of one without a mistake has to be a tree. */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "launchmake/make.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The hypervisor and the machine's tree, which are only measured, are this program. */
static void begin(struct make_board *board)
{
    struct make_place place = {NULL, 0};

    make_board_init(board);
    make_set_tree(board, place, "--tree", "/proc/self/exe");
    make_set_hypervisor(board, place, "--hypervisor", "/proc/self/exe");
}

static void check_tree(struct make_board *board)
{
    static char empty[4096];
    void *tree;

    if (fdt_create_empty_tree(empty, sizeof(empty)) != 0)
        abort();
    tree = make_tree(board, empty);
    if (!board->errors && (!tree || fdt_check_header(tree) != 0))
        abort();
    free(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct make_board board;
    enum make_kind kind;
    char *text;

    if (size == 0 || size > MAKE_MAX_INPUT)
        return 0;
    text = malloc(size);
    if (!text)
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    kind = data[0] < MAKE_KINDS ? data[0] : make_kind_of_text(text, size - 1);
    begin(&board);
    if (kind != MAKE_KINDS)
        make_read(&board, kind, "description", text, size - 1);
    make_complete(&board);
    if (!board.errors && !board.out_of_memory)
        check_tree(&board);
    make_board_free(&board);
    free(text);
    return 0;
}
