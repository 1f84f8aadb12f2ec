/* SPDX-License-Identifier: MIT */
/* U-Boot's legacy image format (U-Boot, include/image.h): a header, big endian, before the content.
 */
#include <trefoil/launch.h>

#include <libfdt.h>
#include <string.h>

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
    wrapped->summed = true;
    wrapped->sum = fdt32_to_cpu(header.content_sum);
    return NULL;
}
