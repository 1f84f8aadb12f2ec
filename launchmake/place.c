/* SPDX-License-Identifier: MIT */
/* Where in the machine's memory all that is loaded goes, and the memory of direct-mapped domains.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "make.h"

#define MAX_PIECES 1024

/* QEMU puts the hypervisor and the tree there, from the start of RAM; what is loaded besides keeps
 * out of its way, on any machine, so that one board does for both. */
#define QEMU_HYPERVISOR MAKE_STEP
#define QEMU_TREE       (UINT64_C(128) << 20)

/* RAM that nobody has; ascending. */
struct room {
    struct paddr_range free[MAX_PIECES];
    unsigned int nr;
    bool full; /* a piece more than fits was lost: less room, never too much */
};

static uint64_t end_of(struct paddr_range range)
{
    return range.start + range.size;
}

static uint64_t align_up(uint64_t value, uint64_t step)
{
    return (value + step - 1) / step * step;
}

static void put_piece(struct room *room, uint64_t start, uint64_t end)
{
    start = align_up(start, MAKE_STEP);
    if (start >= end)
        return;
    if (room->nr == MAX_PIECES) {
        room->full = true;
        return;
    }
    room->free[room->nr++] = (struct paddr_range){start, end - start};
}

/* What is left without a range. */
static void take(struct room *room, struct paddr_range taken)
{
    struct room left = {.nr = 0, .full = room->full};

    for (unsigned int i = 0; i < room->nr; i++) {
        struct paddr_range piece = room->free[i];
        uint64_t end = end_of(taken) < taken.start ? UINT64_MAX : end_of(taken);

        if (end <= piece.start || taken.start >= end_of(piece)) {
            put_piece(&left, piece.start, end_of(piece));
            continue;
        }
        put_piece(&left, piece.start, taken.start < piece.start ? piece.start : taken.start);
        put_piece(&left, end, end_of(piece));
    }
    *room = left;
}

/* The first place of that size from `from` on, below `limit` (0: none). */
static bool find(const struct room *room, uint64_t size, uint64_t from, uint64_t limit,
                 uint64_t *address)
{
    for (unsigned int i = 0; i < room->nr; i++) {
        uint64_t start = room->free[i].start, end = end_of(room->free[i]);

        if (limit && end > limit)
            end = limit;
        if (start < from)
            start = align_up(from, MAKE_STEP);
        if (start < end && end - start >= size) {
            *address = start;
            return true;
        }
    }
    return false;
}

/* Where things may be loaded, and `wanted` first, if that is free. */
static bool find_for(const struct make_board *board, const struct room *room, uint64_t wanted,
                     struct make_file *file)
{
    bool may_be =
        wanted >= board->room_start && (!board->room_end || wanted + file->room <= board->room_end);

    return (may_be && find(room, file->room, wanted, wanted + file->room, &file->address)) ||
           find(room, file->room, board->room_start, board->room_end, &file->address);
}

static bool place(struct make_board *board, struct room *room, uint64_t wanted,
                  struct make_file *file)
{
    if (!find_for(board, room, wanted, file)) {
        make_say(board, MAKE_ERROR, file->place, file->key,
                 "%s: no room for its %llu KiB in the machine's memory from %#llx to %#llx",
                 file->path, (unsigned long long)(file->room >> 10),
                 (unsigned long long)board->room_start,
                 (unsigned long long)(board->room_end ? board->room_end : UINT64_MAX));
        return false;
    }
    take(room, (struct paddr_range){file->address, file->room});
    return true;
}

/* What a kernel is packed in is unpacked by the hypervisor, which is never packed itself. */
static const char *content_sizes(const uint8_t *content, uint64_t size, bool runs_in_place,
                                 struct launch_sizes *sizes)
{
    struct launch_wrapped wrapped = {.size = size};
    struct launch_form form = {.fixed = false};
    const char *wrong = NULL;

    if (!runs_in_place)
        wrong = launch_kernel_unwrap(content, size, &wrapped);
    if (wrong || wrapped.packed)
        return wrong;
    content += wrapped.offset;
    if (!runs_in_place)
        wrong = launch_kernel_form(content, wrapped.size, &wrapped, &form);
    return wrong ? wrong : launch_kernel_sizes(content, wrapped.size, &form, sizes);
}

static const char *image_sizes(const struct make_file *file, bool runs_in_place,
                               struct launch_sizes *sizes)
{
    int fd = open(file->path, O_RDONLY | O_CLOEXEC);
    void *content = fd < 0 || file->size == 0
                        ? MAP_FAILED
                        : mmap(NULL, file->size, PROT_READ, MAP_PRIVATE, fd, 0);
    const char *wrong;

    if (fd >= 0)
        close(fd);
    if (content == MAP_FAILED)
        return "less than an arm64 Image's header";
    wrong = content_sizes(content, file->size, runs_in_place, sizes);
    munmap(content, file->size);
    return wrong;
}

/* A kernel, or the hypervisor, as which `room` is what it takes when it runs. */
static bool check_image(struct make_board *board, struct make_file *file, bool runs_in_place)
{
    struct launch_sizes sizes = {0};
    const char *wrong = image_sizes(file, runs_in_place, &sizes);

    if (wrong) {
        make_say(board, MAKE_ERROR, file->place, file->key, "%s: %s", file->path, wrong);
        return false;
    }
    if (runs_in_place)
        file->room = sizes.image_size;
    return true;
}

static bool check_images(struct make_board *board)
{
    bool right = check_image(board, board->hypervisor, true);

    for (struct make_domain *domain = board->domains; domain; domain = domain->next)
        if (domain->modules[MAKE_KERNEL])
            right &= check_image(board, domain->modules[MAKE_KERNEL], false);
    return right;
}

/* Memory of a domain at machine addresses, where none is given. */
static bool place_static(struct make_board *board, struct room *room, struct make_domain *domain)
{
    uint64_t size = domain->values[MAKE_MEMORY].number << 10, address;

    if (!domain->values[MAKE_DIRECT_MAP].given || domain->nr_static_memory || size == 0)
        return true;
    if (!find(room, size, 0, 0, &address)) {
        make_say(board, MAKE_ERROR, domain->place, domain->name,
                 "no %llu MiB in one piece are left for its memory, which is direct-mapped",
                 (unsigned long long)(size >> 20));
        return false;
    }
    domain->static_memory[domain->nr_static_memory++] = (struct paddr_range){address, size};
    take(room, (struct paddr_range){address, size});
    return true;
}

static bool has_cpu(const struct make_domain *domain, uint64_t id)
{
    for (unsigned int i = 0; i < domain->nr_cpu_ids; i++)
        if (domain->cpu_ids[i] == id)
            return true;
    return false;
}

/* As many vcpus as the machine has of the domain's CPUs, on these. */
static bool place_cpus(struct make_board *board, const struct machine *machine,
                       struct make_domain *domain)
{
    char text[4 * MACHINE_MAX_CPUS] = "";
    unsigned int count = 0;

    if (domain->nr_cpu_ids == 0)
        return true;
    for (unsigned int i = 0; i < machine->nr_cpus; i++)
        if (has_cpu(domain, machine->cpus[i].id))
            snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%u", count++ ? "," : "",
                     i);
    if (count == 0)
        make_say(board, MAKE_ERROR, domain->place, domain->node, "cpus: none of the machine's");
    make_set_number(domain, MAKE_CPUS, count);
    if (!domain->values[MAKE_AFFINITY].given)
        make_set_text(domain, MAKE_AFFINITY, make_text(board, text));
    return count != 0;
}

static void take_what_is_given(const struct make_board *board, const struct machine *machine,
                               struct room *room)
{
    for (unsigned int i = 0; i < machine->nr_banks; i++)
        put_piece(room, machine->banks[i].start, end_of(machine->banks[i]));
    for (unsigned int i = 0; i < machine->nr_reserved; i++)
        take(room, machine->reserved[i]);
    for (struct make_domain *domain = board->domains; domain; domain = domain->next) {
        for (unsigned int i = 0; i < domain->nr_static_memory; i++)
            take(room, domain->static_memory[i]);
        for (unsigned int i = 0; i < domain->nr_shares; i++)
            if (domain->shares[i].placed)
                take(room, (struct paddr_range){domain->shares[i].host, domain->shares[i].size});
    }
    for (const struct make_reserved *reserved = board->reserved; reserved;
         reserved = reserved->next)
        take(room, reserved->range);
}

static bool place_in(struct make_board *board, const struct machine *machine, struct room *room)
{
    uint64_t ram = machine->nr_banks ? machine->banks[0].start : 0;
    uint64_t half =
        machine->nr_banks ? (end_of(machine->banks[machine->nr_banks - 1]) - ram) / 2 : 0;
    struct paddr_range qemu[] = {
        {ram + QEMU_HYPERVISOR, board->hypervisor->room},
        {align_up(ram + (half < QEMU_TREE ? half : QEMU_TREE), MAKE_STEP), board->tree->room}};
    bool placed;

    take_what_is_given(board, machine, room);
    /* Boot loaders keep things at the start of RAM. */
    take(room, (struct paddr_range){ram, MAKE_STEP});
    placed = place(board, room, qemu[0].start, board->hypervisor) &&
             place(board, room, qemu[1].start, board->tree);
    take(room, qemu[0]);
    take(room, qemu[1]);
    for (struct make_file *file = board->files; file && placed; file = file->next)
        placed = place(board, room, board->room_start, file);
    for (struct make_domain *domain = board->domains; domain && placed; domain = domain->next)
        placed = place_static(board, room, domain) && place_cpus(board, machine, domain);
    return placed;
}

bool make_place_all(struct make_board *board, const void *tree)
{
    struct machine *machine = calloc(1, sizeof(*machine));
    struct room *room = calloc(1, sizeof(*room));
    char error[LAUNCH_MESSAGE];
    bool placed = false;

    if (!machine || !room)
        board->out_of_memory = true;
    else if (!machine_read(tree, machine, error, sizeof(error)))
        make_say(board, MAKE_ERROR, (struct make_place){board->tree->path, 0}, NULL, "%s", error);
    else if (check_images(board))
        placed = place_in(board, machine, room);
    free(machine);
    free(room);
    return placed;
}
