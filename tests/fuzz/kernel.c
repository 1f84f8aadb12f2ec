/* SPDX-License-Identifier: MIT */
/* Any bytes as a kernel that is not packed: what it says of where it belongs holds together, or is
 * refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <trefoil/launch.h>

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_pieces(const struct launch_form *form, uint64_t size)
{
    bool entered = false;

    MUST(form->nr_pieces <= LAUNCH_MAX_PIECES && form->entry % 4 == 0 && form->size != 0);
    for (unsigned int i = 0; i < form->nr_pieces; i++) {
        uint64_t into = form->pieces[i].to - form->start;

        MUST(form->pieces[i].offset <= size &&
             form->pieces[i].size <= size - form->pieces[i].offset);
        MUST(into <= form->size && form->pieces[i].size <= form->size - into);
        entered |= form->entry - form->pieces[i].to < form->pieces[i].size;
        for (unsigned int k = 0; k < i; k++)
            MUST(form->pieces[i].to >= form->pieces[k].to + form->pieces[k].size ||
                 form->pieces[k].to >= form->pieces[i].to + form->pieces[i].size);
    }
    MUST(entered);
}

/* A domain of 128 MiB, and what else goes there. */
static void check_place(const struct launch_sizes *sizes)
{
    struct launch_layout layout = {.ram = {{0x40000000, 0x8000000}}, .nr_ram = 1};
    struct launch_placement place;
    char text[LAUNCH_MESSAGE];

    if (!launch_place(&layout, sizes, &place)) {
        launch_no_place(&layout, sizes, text);
        MUST(memchr(text, 0, sizeof(text)));
        return;
    }
    MUST(place.tree >= place.ramdisk + sizes->ramdisk);
    MUST(place.tree + sizes->tree <= 0x48000000 && place.ramdisk >= 0x40000000);
    if (sizes->fixed)
        MUST(sizes->start >= 0x40000000 && sizes->start + sizes->image_size <= 0x48000000 &&
             (place.ramdisk >= sizes->start + sizes->image_size ||
              place.tree + sizes->tree <= sizes->start));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct launch_sizes sizes = {.ramdisk = 0x100001, .tree = 0x3000};
    struct launch_wrapped wrapped;
    struct launch_form form;

    if (launch_kernel_unwrap(data, size, &wrapped))
        return 0;
    MUST(wrapped.offset <= size && wrapped.size <= size - wrapped.offset);
    data += wrapped.offset;
    if (launch_kernel_form(data, wrapped.size, &wrapped, &form))
        return 0;
    if (form.fixed)
        check_pieces(&form, wrapped.size);
    if (!launch_kernel_sizes(data, wrapped.size, &form, &sizes))
        check_place(&sizes);
    return 0;
}
