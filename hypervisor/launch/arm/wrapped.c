/* SPDX-License-Identifier: MIT */
/* U-Boot's legacy image format (U-Boot, include/image.h): a header, big endian, before the content.
 */
#include <trefoil/launch.h>

#include <libfdt.h>
#include <string.h>

#include "launch_arch.h"

struct image_header {
    fdt32_t magic, header_sum, time, size, load, entry, content_sum;
    uint8_t os, arch, type, packing;
    uint8_t name[32];
};

_Static_assert(sizeof(struct image_header) == 64, "the header of a U-Boot image is 64 bytes");

#define UIMAGE_MAGIC  0x27051956U
#define UIMAGE_ARM64  22
#define UIMAGE_KERNEL 2
#define UIMAGE_PLAIN  0
#define UIMAGE_GZIP   1

static bool is_gzip(const uint8_t *content, uint64_t size)
{
    return size >= 2 && content[0] == 0x1f && content[1] == 0x8b;
}

/* An arm64 Image, whose own header says more (image.c). */
static bool is_image(const uint8_t *content, uint64_t size)
{
    return size >= 64 && memcmp(content + 56, "ARM\x64", 4) == 0;
}

static const char *unfit(const struct image_header *header, uint64_t size)
{
    if (header->type != UIMAGE_KERNEL)
        return "a U-Boot image, but not of a kernel (mkimage -T kernel)";
    if (header->arch != UIMAGE_ARM64)
        return "a U-Boot image, but not of an arm64 kernel (mkimage -A arm64)";
    if (header->packing != UIMAGE_PLAIN && header->packing != UIMAGE_GZIP)
        return "a U-Boot image, packed by something else than gzip";
    return fdt32_to_cpu(header->size) > size - sizeof(*header) ? "a U-Boot image that is cut short"
                                                               : NULL;
}

const char *launch_kernel_unwrap(const void *module, uint64_t size, struct launch_wrapped *wrapped)
{
    struct image_header header;
    const char *wrong;

    *wrapped = (struct launch_wrapped){.size = size, .packed = is_gzip(module, size)};
    if (size < sizeof(header))
        return NULL;
    memcpy(&header, module, sizeof(header));
    if (fdt32_to_cpu(header.magic) != UIMAGE_MAGIC)
        return NULL;
    wrong = unfit(&header, size);
    if (wrong)
        return wrong;
    wrapped->offset = sizeof(header);
    wrapped->size = fdt32_to_cpu(header.size);
    /* What is packed by gzip before mkimage has it says so only in its content. */
    wrapped->packed = is_gzip((const uint8_t *)module + sizeof(header), wrapped->size);
    wrapped->wrapped = true;
    wrapped->load = fdt32_to_cpu(header.load);
    wrapped->entry = fdt32_to_cpu(header.entry);
    wrapped->sum = fdt32_to_cpu(header.content_sum);
    return NULL;
}

/* What has no header of its own goes where U-Boot's says; at 0, wherever there is room. */
static const char *headless_form(const struct launch_wrapped *wrapped, uint64_t size,
                                 struct launch_form *form)
{
    if (wrapped->load == 0) {
        form->headless = true;
        return wrapped->entry != 0 ? "a U-Boot image with an entry point but no load address"
                                   : NULL;
    }
    if (wrapped->entry < wrapped->load || wrapped->entry - wrapped->load >= size ||
        wrapped->entry % 4 != 0)
        return "a U-Boot image whose entry point is not in it";
    *form = (struct launch_form){.fixed = true,
                                 .start = wrapped->load,
                                 .size = size,
                                 .entry = wrapped->entry,
                                 .pieces = {{0, size, wrapped->load}},
                                 .nr_pieces = 1};
    return NULL;
}

const char *launch_kernel_form(const void *content, uint64_t size,
                               const struct launch_wrapped *wrapped, struct launch_form *form)
{
    *form = (struct launch_form){.fixed = false};
    if (size >= 4 && memcmp(content, "\177ELF", 4) == 0)
        return launch_elf_form(content, size, form);
    if (!wrapped->wrapped || size == 0 || is_image(content, size))
        return NULL;
    return headless_form(wrapped, size, form);
}
