/* SPDX-License-Identifier: MIT */
/* The device tree that the domain is given. */
#include "../test.h"

static const void *property(const char *path, const char *name, uint32_t *size)
{
    const void *value = fdt_property(path, name, size);

    if (value == NULL)
        print("no %s of %s\n", name, path);
    CHECK(value != NULL);
    return value;
}

/* Is the text one of a property's, each of which ends in a zero? */
static bool lists(const char *path, const char *name, const char *text)
{
    uint32_t size;
    const char *at = property(path, name, &size), *end = at + size;

    while (at < end) {
        if (text_equal(at, text))
            return true;
        while (at < end && *at++ != '\0')
            ;
    }
    return false;
}

void test_tree_memory(void)
{
    uint32_t size;
    const void *reg = property("/memory", "reg", &size);
    uint64_t total = 0;

    CHECK(lists("/memory", "device_type", "memory"));
    CHECK_EQUAL(fdt_cells(reg, 0, 2), GUEST_RAM_BASE);
    for (uint32_t i = 0; i < size / 16; i++)
        total += fdt_cells(reg, 4 * i + 2, 2);
    CHECK_EQUAL(total, 64UL << 20);
}

void test_tree_cpus(void)
{
    uint32_t size;

    for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
        const char *path = cpu == 0 ? "/cpus/cpu@0" : "/cpus/cpu@1";

        CHECK_EQUAL(fdt_cells(property(path, "reg", &size), size / 4 - 1, 1), cpu);
        CHECK(lists(path, "device_type", "cpu"));
        CHECK(lists(path, "enable-method", "psci"));
    }
    CHECK(fdt_property("/cpus/cpu@2", "reg", &size) == NULL);
}

void test_tree_psci(void)
{
    CHECK(lists("/psci", "compatible", "arm,psci-1.0"));
    CHECK(lists("/psci", "method", "hvc"));
}

static const char *interrupt_controller(void)
{
    uint32_t size;

    return fdt_property("/interrupt-controller", "reg", &size) != NULL ? "/interrupt-controller"
                                                                       : "/gic";
}

void test_tree_gic(void)
{
    uint32_t size;
    const void *reg = property(interrupt_controller(), "reg", &size);

    CHECK(lists(interrupt_controller(), "compatible", "arm,gic-v3"));
    CHECK_EQUAL(fdt_cells(reg, 0, 2), GUEST_GICV3_GICD_BASE);
    CHECK_EQUAL(fdt_cells(reg, 2, 2), GUEST_GICV3_GICD_SIZE);
    CHECK_EQUAL(fdt_cells(reg, 4, 2), GUEST_GICV3_GICR0_BASE);
    /* A frame of 128 KiB a vcpu at least. */
    CHECK(fdt_cells(reg, 6, 2) >= CPUS * 0x20000);
}

/* Secure and non-secure physical, virtual: PPIs 13, 14, 11. */
void test_tree_timer(void)
{
    uint32_t size;
    const void *irqs = property("/timer", "interrupts", &size);

    CHECK(size >= 36);
    for (unsigned int i = 0; i < 3; i++)
        CHECK_EQUAL(fdt_cells(irqs, 3 * i, 1), 1);
    CHECK_EQUAL(fdt_cells(irqs, 1, 1), GUEST_TIMER_PHYS_S_PPI - 16);
    CHECK_EQUAL(fdt_cells(irqs, 4, 1), GUEST_TIMER_PHYS_NS_PPI - 16);
    CHECK_EQUAL(fdt_cells(irqs, 7, 1), GUEST_TIMER_VIRT_PPI - 16);
}

void test_tree_hypervisor(void)
{
    uint32_t size;
    const void *reg = property("/hypervisor", "reg", &size);
    const void *irq;

    CHECK(lists("/hypervisor", "compatible", "xen,xen"));
    CHECK_EQUAL(fdt_cells(reg, 0, 2), GUEST_GNTTAB_BASE);
    CHECK_EQUAL(fdt_cells(reg, 2, 2), GUEST_GNTTAB_SIZE);
    irq = property("/hypervisor", "interrupts", &size);
    CHECK_EQUAL(fdt_cells(irq, 0, 1), 1);
    CHECK_EQUAL(fdt_cells(irq, 1, 1), EVENT_INTID - 16);
}

void test_tree_chosen(void)
{
    uint32_t size;
    const char *text = property("/chosen", "bootargs", &size);

    CHECK_EQUAL(text[size - 1], '\0');
    CHECK_EQUAL(option("self"), own_domid());
    CHECK_EQUAL(option("place"), 0);
}
