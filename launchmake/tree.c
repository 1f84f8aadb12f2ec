/* SPDX-License-Identifier: MIT */
/* The board's device tree: the machine's own with the domains in its /chosen (docs/launch.md). */
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#include "writer.h"

#define MAX_TREE (64u << 20)

static void put_passthrough(struct board_writer *writer)
{
    const struct make_passthrough *passed = writer->board->passthrough;

    for (; passed && !writer->error; passed = passed->next) {
        int node = fdt_path_offset(writer->fdt, passed->path);

        if (node >= 0)
            board_put_flag(writer, node, "xen,passthrough");
        else
            make_say(writer->board, MAKE_ERROR, passed->place, passed->key,
                     "%s: not in the machine's tree", passed->path);
    }
}

/* What a System Device Tree says of domains is in /chosen now. */
static void drop_system(struct board_writer *writer)
{
    int domains = writer->board->system && !writer->error ? fdt_path_offset(writer->fdt, "/domains")
                                                          : -FDT_ERR_NOTFOUND;

    if (domains >= 0)
        board_note(writer, fdt_del_node(writer->fdt, domains));
}

static void put_reserved(struct board_writer *writer)
{
    const struct make_reserved *reserved = writer->board->reserved;

    for (; reserved && !writer->error; reserved = reserved->next)
        board_note(writer,
                   fdt_add_mem_rsv(writer->fdt, reserved->range.start, reserved->range.size));
}

/* By its path, or its name in /cpus. */
static int named_cpu(const struct board_writer *writer, const char *name)
{
    char path[96];

    snprintf(path, sizeof(path), "%s%s", name[0] == '/' ? "" : "/cpus/", name);
    return fdt_path_offset(writer->fdt, path);
}

/* The one that has this number where the first node's boots. */
static int numbered_cpu(const struct board_writer *writer, unsigned long number)
{
    int cpus = fdt_path_offset(writer->fdt, "/cpus"), node;

    fdt_for_each_subnode(node, writer->fdt, cpus)
    {
        const char *type = fdt_getprop(writer->fdt, node, "device_type", NULL);

        if (type && strcmp(type, "cpu") == 0 && number-- == 0)
            break;
    }
    return node;
}

/* It gets a phandle if it has none. */
static bool add_cpu(struct board_writer *writer, struct make_pool *pool, int node)
{
    uint32_t phandle = node < 0 ? 0 : fdt_get_phandle(writer->fdt, node);

    if (node < 0 || pool->nr_phandles == MACHINE_MAX_CPUS)
        return false;
    if (phandle == 0) {
        board_note(writer, fdt_generate_phandle(writer->fdt, &phandle));
        board_put_cell(writer, node, "phandle", phandle);
    }
    pool->phandles[pool->nr_phandles++] = phandle;
    return true;
}

/* "2" or "2-5". */
static bool add_numbered(struct board_writer *writer, struct make_pool *pool, const char *range)
{
    char *end;
    unsigned long first = strtoul(range, &end, 10);
    unsigned long last = *end == '-' ? strtoul(end + 1, NULL, 10) : first;

    while (first <= last && add_cpu(writer, pool, numbered_cpu(writer, first)))
        first++;
    return first > last;
}

static void find_cpus(struct board_writer *writer, struct make_pool *pool)
{
    const char *text = pool->cpus;
    char name[80];

    while (!writer->error && make_next_word(&text, ",", name, sizeof(name))) {
        if (pool->numbered ? !add_numbered(writer, pool, name)
                           : !add_cpu(writer, pool, named_cpu(writer, name)))
            make_say(writer->board, MAKE_ERROR, pool->place, pool->key,
                     "%s: no CPU of the machine's tree", name);
    }
}

static void put_pool(struct board_writer *writer, const struct make_pool *pool)
{
    char name[24];
    int chosen, node;

    if (writer->error)
        return;
    chosen = fdt_path_offset(writer->fdt, "/chosen");
    board_note(writer, chosen);
    snprintf(name, sizeof(name), "cpupool-%x", pool->phandle);
    node = board_put_node(writer, chosen, name);
    board_put_text(writer, node, "compatible", "xen,cpupool");
    board_put_cells(writer, node, "cpupool-cpus", pool->phandles, pool->nr_phandles);
    board_put_cell(writer, node, "phandle", pool->phandle);
}

/* Each end of a channel, and each pool, is known by a number that nothing else in the tree has. */
static void number_all(struct board_writer *writer)
{
    uint32_t last = 0;

    for (struct make_pool *pool = writer->board->pools; pool; pool = pool->next)
        find_cpus(writer, pool);
    board_note(writer, fdt_find_max_phandle(writer->fdt, &last));
    for (struct make_pool *pool = writer->board->pools; pool; pool = pool->next)
        pool->phandle = ++last;
    for (struct make_domain *domain = writer->board->domains; domain; domain = domain->next)
        for (unsigned int i = 0; i < domain->nr_channels; i++)
            domain->channels[i].phandle = ++last;
    if (!writer->error && last >= FDT_MAX_PHANDLE)
        board_note(writer, -FDT_ERR_NOPHANDLES);
}

static void write_all(struct board_writer *writer)
{
    int chosen;

    put_passthrough(writer);
    number_all(writer);
    drop_system(writer);
    put_reserved(writer);
    chosen = fdt_path_offset(writer->fdt, "/chosen");
    if (chosen == -FDT_ERR_NOTFOUND)
        chosen = board_put_node(writer, 0, "chosen");
    board_note(writer, chosen);
    board_put_text(writer, chosen, "xen,xen-bootargs",
                   writer->board->command_line ? writer->board->command_line : "");
    /* A node that is added comes before its siblings. */
    for (unsigned int i = writer->board->nr_domains; i-- > 0;) {
        const struct make_domain *domain = writer->board->domains;

        for (unsigned int k = 0; k < i; k++)
            domain = domain->next;
        board_put_domain(writer, chosen, domain);
    }
    for (const struct make_pool *pool = writer->board->pools; pool; pool = pool->next)
        put_pool(writer, pool);
}

/* What is written into it besides, at most: nodes, and what the board holds of texts. */
static size_t room_for(const struct make_board *board)
{
    return 65536 + board->nr_domains * (size_t)16384 + 2 * make_memory_used(board);
}

static bool is_free_of_domains(struct make_board *board, const void *tree)
{
    int node = fdt_node_offset_by_compatible(tree, -1, "xen,domain");
    int system = board->system ? -1 : fdt_node_offset_by_compatible(tree, -1, "xen,domain-v2");
    char path[MACHINE_PATH];

    node = node < 0 ? system : node;
    if (node < 0)
        return true;
    make_say(board, MAKE_ERROR, (struct make_place){board->tree->path, 0}, NULL,
             "%s: a domain, in what is to be the machine's own tree",
             launch_path(tree, node, path, sizeof(path)));
    return false;
}

void *make_tree(struct make_board *board, const void *tree)
{
    size_t size = fdt_totalsize(tree) + room_for(board);
    struct board_writer writer = {.board = board};

    if (!is_free_of_domains(board, tree))
        return NULL;
    writer.fdt = size > MAX_TREE ? NULL : malloc(size);
    if (!writer.fdt) {
        board->out_of_memory = true;
        return NULL;
    }
    board_note(&writer, fdt_open_into(tree, writer.fdt, (int)size));
    if (!writer.error)
        write_all(&writer);
    if (!writer.error)
        board_note(&writer, fdt_pack(writer.fdt));
    if (!writer.error)
        return writer.fdt;
    make_say(board, MAKE_ERROR, (struct make_place){board->tree->path, 0}, NULL,
             "the domains cannot be written into it: %s", fdt_strerror(writer.error));
    free(writer.fdt);
    return NULL;
}

size_t make_tree_size(const void *tree)
{
    return fdt_totalsize(tree);
}
