/* SPDX-License-Identifier: MIT */
/* One life: every attack, a line for each; then a node that says so, and the wait for the end. */
#include "hostile.h"
#include <xen/grant_table.h>
#include <xen/memory.h>

static const struct {
    const char *name;
    const char *(*function)(struct frontend *frontend);
    unsigned int device;
} attacks[] = {
#define ATTACK(name, function, device) {#name, function, device},
#include "attacks.def"
#undef ATTACK
};

void guest_interrupt(void)
{
}

void test_failed(const char *file, unsigned int line, const char *what, uint64_t got,
                 uint64_t wanted)
{
    print("hostile FAILED %s:%u %s is %ld, not %ld\n", file, line, what, got, wanted);
    power_off();
    for (;;)
        ;
}

static void prepare(void)
{
    CHECK_EQUAL(physmap_add(XENMAPSPACE_shared_info, 0, (uint64_t)shared_info >> 12), 0);
    CHECK_EQUAL(physmap_add(XENMAPSPACE_grant_table, 0, (uint64_t)grant_entries >> 12), 0);
    grant(DATA_REF, 0, (uint64_t)DATA >> 12, GTF_permit_access);
    grant(DATA_READ_ONLY_REF, 0, (uint64_t)DATA >> 12, GTF_permit_access | GTF_readonly);
    grant(DATA_OF_ANOTHER_REF, 1, (uint64_t)DATA >> 12, GTF_permit_access);
    store_start();
    for (unsigned int i = 0; i < NR_DEVICES; i++)
        CHECK(frontend_find(&devices[i]));
}

static bool works(struct frontend *device)
{
    return device->is_net ? net_works(device) : disk_works(device);
}

void guest_main(const void *fdt)
{
    (void)fdt;
    mmu_start();
    vcpu_infos_reset();
    prepare();
    for (unsigned int i = 0; i < LENGTH(attacks); i++) {
        struct frontend *device = &devices[attacks[i].device];
        const char *wrong =
            works(device) ? attacks[i].function(device) : "the device does not work";

        print("hostile %s %s%s\n", attacks[i].name, wrong == NULL ? "ok" : "FAILED ",
              wrong == NULL ? "" : wrong);
        store_write("data/begun", "1", 1);
    }
    store_write("data/over", "1", 1);
    print("hostile is through\n");
    for (;;)
        wait_event(devices[DISK].port, 1000);
}
