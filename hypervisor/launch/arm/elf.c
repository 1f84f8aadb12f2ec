/* SPDX-License-Identifier: MIT */
/* Executables of bare guests: ELF for the Arm 64-bit Architecture (Arm IHI 0056), linked to fixed
 * addresses. Little endian. */
#include <trefoil/launch.h>

#include <string.h>

#include "launch_arch.h"

struct elf_header {
    uint8_t magic[4], class, order, rest[10];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, segments, sections;
    uint32_t flags;
    uint16_t size, segment_size, nr_segments, section_size, nr_sections, names;
};

struct elf_segment {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_size, memory_size, align;
};

_Static_assert(sizeof(struct elf_header) == 64, "the header of an ELF file is 64 bytes");
_Static_assert(sizeof(struct elf_segment) == 56, "a segment's header is 56 bytes");

#define CLASS_64       2
#define ORDER_LITTLE   1
#define TYPE_FIXED     2
#define TYPE_DYNAMIC   3
#define MACHINE_ARM64  183
#define SEGMENT_LOAD   1
#define SEGMENT_LINKED 2
#define SEGMENT_LINKER 3
#define EXECUTABLE     1U
#define MOST_SEGMENTS  64
#define MOST_SIZE      (1ULL << 40) /* far more than fits anywhere; keeps sums small */

#define CUT_SHORT "an ELF file that is cut short"

struct elf {
    const uint8_t *content;
    uint64_t size;
    struct elf_header header;
    struct launch_form *form;
    uint64_t sizes[LAUNCH_MAX_PIECES]; /* of the pieces, in memory */
    bool entered;
};

static const char *unfit(const struct elf_header *header)
{
    if (header->class != CLASS_64)
        return "an ELF file, but not a 64-bit one";
    if (header->order != ORDER_LITTLE)
        return "a big endian ELF file";
    if (header->machine != MACHINE_ARM64)
        return "an ELF file, but not of AArch64";
    if (header->type == TYPE_DYNAMIC)
        return "an ELF file that is not linked to a fixed address (link it with -no-pie)";
    if (header->type != TYPE_FIXED)
        return "an ELF file, but not an executable";
    if (header->segment_size != sizeof(struct elf_segment) || header->nr_segments > MOST_SEGMENTS)
        return "an ELF file whose segments have no known form";
    return NULL;
}

static const char *unloadable(const struct elf *elf, const struct elf_segment *segment)
{
    const struct launch_form *form = elf->form;

    if (segment->memory_size > MOST_SIZE || segment->physical > UINT64_MAX - MOST_SIZE ||
        segment->file_size > segment->memory_size)
        return "an ELF file with impossible sizes in a segment's header";
    if (segment->offset > elf->size || segment->file_size > elf->size - segment->offset)
        return CUT_SHORT;
    if (form->nr_pieces == LAUNCH_MAX_PIECES)
        return "an ELF file with more segments than can be loaded";
    for (unsigned int i = 0; i < form->nr_pieces; i++)
        if (segment->physical < form->pieces[i].to + elf->sizes[i] &&
            form->pieces[i].to < segment->physical + segment->memory_size)
            return "an ELF file whose segments overlap";
    return NULL;
}

/* The whole reaches from the lowest segment to the end of the highest. */
static void widen(struct launch_form *form, const struct elf_segment *segment)
{
    uint64_t end = segment->physical + segment->memory_size;

    if (form->nr_pieces == 0) {
        form->start = segment->physical;
        form->size = segment->memory_size;
        return;
    }
    if (end < form->start + form->size)
        end = form->start + form->size;
    if (segment->physical < form->start)
        form->start = segment->physical;
    form->size = end - form->start;
}

static const char *load(struct elf *elf, const struct elf_segment *segment)
{
    struct launch_form *form = elf->form;
    uint64_t into = elf->header.entry - segment->address;
    const char *wrong = unloadable(elf, segment);

    if (wrong)
        return wrong;
    widen(form, segment);
    form->pieces[form->nr_pieces].offset = segment->offset;
    form->pieces[form->nr_pieces].size = segment->file_size;
    form->pieces[form->nr_pieces].to = segment->physical;
    elf->sizes[form->nr_pieces++] = segment->memory_size;
    /* The entry point is an address as the code is linked to it; segments may be loaded elsewhere.
     */
    if (into < segment->file_size && (segment->flags & EXECUTABLE)) {
        form->entry = segment->physical + into;
        elf->entered = true;
    }
    return NULL;
}

static const char *read_segment(struct elf *elf, unsigned int index)
{
    struct elf_segment segment;

    memcpy(&segment, elf->content + elf->header.segments + index * sizeof(segment),
           sizeof(segment));
    if (segment.type == SEGMENT_LINKED || segment.type == SEGMENT_LINKER)
        return "a dynamically linked ELF file";
    if (segment.type != SEGMENT_LOAD || segment.memory_size == 0)
        return NULL;
    return load(elf, &segment);
}

const char *launch_elf_form(const void *content, uint64_t size, struct launch_form *form)
{
    struct elf elf = {.content = content, .size = size, .form = form};
    const char *wrong;

    if (size < sizeof(elf.header))
        return CUT_SHORT;
    memcpy(&elf.header, content, sizeof(elf.header));
    wrong = unfit(&elf.header);
    if (wrong)
        return wrong;
    if (elf.header.segments > size ||
        elf.header.nr_segments * sizeof(struct elf_segment) > size - elf.header.segments)
        return CUT_SHORT;
    form->fixed = true;
    for (unsigned int i = 0; i < elf.header.nr_segments && !wrong; i++)
        wrong = read_segment(&elf, i);
    if (wrong)
        return wrong;
    if (form->nr_pieces == 0)
        return "an ELF file with nothing to load";
    return elf.entered && form->entry % 4 == 0 ? NULL
                                               : "an ELF file whose entry point is in no code";
}
