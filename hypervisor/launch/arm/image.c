/* SPDX-License-Identifier: MIT */
/* The header of an arm64 kernel (Linux, Documentation/arm64/booting.rst, "Call the kernel image").
 * Little endian. */
#include <trefoil/launch.h>

#include <string.h>

struct image_header {
    uint32_t code[2];
    uint64_t text_offset;
    uint64_t image_size; /* with .bss; 0 in kernels before 3.17 */
    uint64_t flags;
    uint64_t reserved[3];
    uint32_t magic;
    uint32_t pe_offset;
};

_Static_assert(sizeof(struct image_header) == 64, "the header of an arm64 Image is 64 bytes");

#define IMAGE_MAGIC           0x644d5241U /* "ARM\x64" */
#define IMAGE_FLAG_BIG_ENDIAN (1ULL << 0)
#define IMAGE_MAX_SIZE        (1ULL << 40) /* far more than fits anywhere; keeps sums small */

#define NO_IMAGE ", not an (uncompressed) arm64 Image"

/* Of a kernel as it is built and installed one may have taken the wrong file. */
static const char *not_an_image(const void *content)
{
    static const struct {
        uint8_t bytes[4], length;
        const char *what;
    } kinds[] = {
        {{0x1f, 0x8b}, 2, "a file compressed by gzip" NO_IMAGE},
        {{0xfd, '7', 'z', 'X'}, 4, "a file compressed by xz" NO_IMAGE},
        {{0x28, 0xb5, 0x2f, 0xfd}, 4, "a file compressed by zstd" NO_IMAGE},
        {{0x7f, 'E', 'L', 'F'}, 4, "an ELF file" NO_IMAGE},
        {{0x27, 0x05, 0x19, 0x56}, 4, "a U-Boot image" NO_IMAGE},
        {{0xd0, 0x0d, 0xfe, 0xed}, 4, "a device tree or FIT" NO_IMAGE},
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
        if (memcmp(content, kinds[i].bytes, kinds[i].length) == 0)
            return kinds[i].what;
    return "nothing known" NO_IMAGE;
}

const char *launch_kernel_sizes(const void *image, uint64_t size, const struct launch_form *form,
                                struct launch_sizes *sizes)
{
    struct image_header header;

    sizes->fixed = form->fixed;
    sizes->start = form->start;
    sizes->entry = form->entry;
    if (form->fixed || form->headless) {
        sizes->image_size = form->fixed ? form->size : size;
        return NULL;
    }
    if (size < sizeof(header))
        return "less than an arm64 Image's header";
    /* What is known of a kernel that nobody loaded is its size. */
    sizes->image_size = size;
    if (!image)
        return NULL;
    memcpy(&header, image, sizeof(header));
    if (header.magic != IMAGE_MAGIC)
        return not_an_image(image);
    if (header.flags & IMAGE_FLAG_BIG_ENDIAN)
        return "a big endian kernel";
    if (header.image_size > IMAGE_MAX_SIZE || header.text_offset > IMAGE_MAX_SIZE)
        return "an Image with impossible sizes in its header";
    sizes->text_offset = header.text_offset;
    if (header.image_size > size)
        sizes->image_size = header.image_size;
    return NULL;
}
