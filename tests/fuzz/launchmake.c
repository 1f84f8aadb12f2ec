/* SPDX-License-Identifier: MIT */
/*
 * A libFuzzer target: any bytes as a description of a board. The first byte says which kind it is,
 * and with its highest bit that two bytes follow, the description's length, and a machine's tree
 * behind it; else the machine is that of launch/base.dtb of the corpus, or a System Device Tree
 * itself. What is made of one without a mistake has to be a tree.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libfdt.h>

#include "launchmake/make.h"

#define WITH_MACHINE 0x80u
#define MACHINE_ROOM 65536u
#define IMAGE_FD     99
#define IMAGE        "/proc/self/fd/99"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct parts {
    uint8_t kind;
    char *text; /* the description and a zero */
    size_t length;
    void *machine; /* NULL: it is none */
};

/* A file with an arm64 Image's header, for the hypervisor and for the kernels of the corpus; the
 * machine's tree is only measured. */
static void begin(struct make_board *board)
{
    static const uint64_t header[8] = {[2] = 0x200000, [7] = 0x644d5241};
    static int file = -1;
    struct make_place place = {NULL, 0};

    if (file < 0) {
        file = memfd_create("image", 0);
        if (write(file, header, sizeof(header)) != sizeof(header) || dup2(file, IMAGE_FD) < 0)
            abort();
    }
    make_board_init(board);
    make_set_tree(board, place, "--tree", IMAGE);
    make_set_hypervisor(board, place, "--hypervisor", IMAGE);
}

static void *copy(const void *data, size_t size)
{
    char *copied = malloc(size + 1);

    if (!copied)
        abort();
    memcpy(copied, data, size);
    copied[size] = '\0';
    return copied;
}

static bool tree_is_whole(const void *data, size_t size)
{
    return size >= sizeof(struct fdt_header) && fdt_totalsize(data) <= size &&
           fdt_check_full(data, size) == 0;
}

static void *tree_of(const void *data, size_t size)
{
    return tree_is_whole(data, size) ? copy(data, size) : NULL;
}

/* Without the domains of that tree. */
static void *usual_machine(void)
{
    static _Alignas(8) char bytes[MACHINE_ROOM];
    static size_t size;
    FILE *file;
    int node;

    if (size == 0) {
        file = fopen(MACHINE_TREE, "re");
        if (!file)
            abort();
        size = fread(bytes, 1, sizeof(bytes), file);
        fclose(file);
        if (!tree_is_whole(bytes, size))
            abort();
        while ((node = fdt_node_offset_by_compatible(bytes, -1, "xen,domain")) >= 0)
            fdt_nop_node(bytes, node);
    }
    return tree_of(bytes, size);
}

static struct parts parts_of(const uint8_t *data, size_t size)
{
    struct parts parts = {.kind = data[0] & (uint8_t)~WITH_MACHINE};
    size_t head = 1, tail = 0;

    if ((data[0] & WITH_MACHINE) && size >= 3) {
        parts.length = (size_t)(data[1] | data[2] << 8);
        head = 3;
        if (parts.length > size - head)
            parts.length = size - head;
        tail = size - head - parts.length;
    } else {
        parts.length = size - head;
    }
    parts.text = copy(data + head, parts.length);
    /* Aligned, as what has been read from a file is. */
    data = copy(data + head + parts.length, tail);
    parts.machine = tail ? tree_of(data, tail) : usual_machine();
    free((void *)(uintptr_t)data);
    return parts;
}

/* As xl launch make does it; what is wrong with the machine's tree is said there. */
static void make(struct make_board *board, void **machine)
{
    void *tree;

    *machine = make_lay_over(board, *machine);
    if (!*machine)
        return;
    make_pass_devices(board, *machine);
    if (board->errors || board->out_of_memory || !make_place_all(board, *machine))
        return;
    tree = make_tree(board, *machine);
    if (!board->errors && !board->out_of_memory &&
        (!tree || fdt_check_full(tree, fdt_totalsize(tree)) != 0))
        abort();
    free(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct make_board board;
    enum make_kind kind;
    struct parts parts;

    if (size == 0 || size > MAKE_MAX_INPUT)
        return 0;
    parts = parts_of(data, size);
    kind = parts.kind < MAKE_KINDS ? parts.kind : make_kind_of_text(parts.text, parts.length);
    if (kind == MAKE_SYSTEM && !(data[0] & WITH_MACHINE)) {
        free(parts.machine);
        parts.machine = tree_of(parts.text, parts.length);
    }
    begin(&board);
    if (kind != MAKE_KINDS)
        make_read(&board, kind, "description", parts.text, parts.length);
    make_complete(&board);
    if (!board.errors && !board.out_of_memory && parts.machine)
        make(&board, &parts.machine);
    make_board_free(&board);
    free(parts.machine);
    free(parts.text);
    return 0;
}
