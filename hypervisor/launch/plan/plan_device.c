/* SPDX-License-Identifier: MIT */
/*
 * Devices that the hardware domain serves: nodes below a domain's, each property by its row of
 * device_properties.def. The hypervisor only checks them, and passes them on in the hardware
 * domain's tree.
 */
#include "plan.h"
#include "guest/served.h"

#include <string.h>
#include <xen/bootfdt.h>

enum kind { TEXT, MARK, NODE };

#define DISK    (1U << LAUNCH_DISK)
#define NETWORK (1U << LAUNCH_NETWORK)
#define ANY     (DISK | NETWORK)

/* ---- values: NULL, or what is wrong ---- */

static const char *check_vdev(const char *text)
{
    return served_virtual_device(text)
               ? NULL
               : "must be as xvda or xvda1, up to xvdzz255, or a decimal number";
}

static const char *check_target(const char *text)
{
    return text[0] == '/' || strncmp(text, "PARTUUID=", 9) == 0 || strncmp(text, "LABEL=", 6) == 0
               ? NULL
               : "must be a path from / on, PARTUUID=... or LABEL=...";
}

static bool is_hexadecimal(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* The lowest bit of the first byte is that of groups (IEEE 802, section 8.2). */
static const char *check_mac(const char *text)
{
    for (unsigned int i = 0; i < 17; i++)
        if (i % 3 == 2 ? text[i] != ':' : !is_hexadecimal(text[i]))
            return "must be as 00:16:3e:01:02:03";
    /* A digit is odd when its character is, a letter when its is not. */
    return (text[1] ^ (text[1] > '9')) & 1 ? "is the address of a group" : NULL;
}

static const struct property {
    const char *name, *also;
    const char *(*check)(const char *text);
    uint8_t devices, kind, limit;
    bool required;
} properties[] = {
#define DEVICE_PROPERTY(devices, name, kind, limit, also, check, required, text)                   \
    {name, also, check, devices, kind, limit, required},
#include "device_properties.def"
#undef DEVICE_PROPERTY
};

/* Only characters that stay themselves in the store, in log lines and in the shell of a script. */
static const char *check_text(const struct property *property, const char *text)
{
    size_t length = 0;

    for (; text[length]; length++)
        if (!plan_name_character(text[length]) && !strchr(property->also, text[length]))
            return "has a character that may not be in it";
    if (length == 0 || text[0] == '.')
        return "is empty or begins with a dot";
    if (length > property->limit)
        return "is too long";
    return property->check ? property->check(text) : NULL;
}

/* ---- checking them ---- */

static void device_error(struct planner *planner, const struct launch_device *device,
                         const char *property, const char *what)
{
    if (what)
        plan_error(planner, planner->domain, device->node, property, "%s", what);
}

static const struct property *row_of(unsigned int kind, const char *name)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(properties); i++)
        if ((properties[i].devices & 1U << kind) && tree_same(properties[i].name, name))
            return &properties[i];
    return NULL;
}

/* What is not understood may be a restriction: here that is an error. */
static const char *check_value(const void *fdt, const struct launch_device *device,
                               const struct tree_item *item)
{
    const struct property *property = row_of(device->kind, item->name);
    const char *text = tree_string(fdt, device->node, item->name);
    uint32_t number = 1;

    if (!property)
        return "unknown property of a device";
    if (property->kind == TEXT)
        return text ? check_text(property, text) : "not a string";
    if (property->kind == NODE || item->size == 0)
        return NULL;
    tree_u32(fdt, device->node, item->name, 0, &number);
    return item->size == 4 && number ? NULL : "is a flag: there or not there, without a value";
}

static void check_values(struct planner *planner, const struct launch_device *device)
{
    const void *fdt = planner->fdt;
    struct tree_item item = tree_items(fdt, device->node);

    while (tree_next_item(fdt, &item))
        device_error(planner, device, item.name, check_value(fdt, device, &item));
    for (unsigned int i = 0; i < ARRAY_SIZE(properties); i++)
        if (properties[i].required && (properties[i].devices & 1U << device->kind) &&
            !tree_property(fdt, device->node, properties[i].name, NULL))
            device_error(planner, device, properties[i].name, "missing");
}

static bool number_taken(const struct planner *planner, const struct launch_device *device)
{
    struct launch_device earlier = {.node = 0};

    while (launch_next_device(planner->fdt, planner->domain, &earlier) &&
           earlier.node != device->node)
        if (earlier.kind == device->kind && earlier.number == device->number)
            return device->number != 0;
    return false;
}

static const char *why_none(const struct launch_domain *domain)
{
    if (domain->roles & DOMAIN_CAPS_HARDWARE)
        return "the hardware domain serves devices, it has none served";
    if (domain->enhanced != LAUNCH_ENHANCED_FULL)
        return "needs xen,enhanced = \"enabled\" in the domain's node";
    return domain->nr_devices == LAUNCH_MAX_DEVICES ? "more devices than a domain may have" : NULL;
}

bool plan_is_device(const struct planner *planner, int node)
{
    return served_kind(planner->fdt, node) != LAUNCH_DEVICE_KINDS;
}

void plan_read_devices(struct planner *planner)
{
    struct launch_device device = {.node = 0};
    const char *wrong = NULL;

    while (!wrong && launch_next_device(planner->fdt, planner->domain, &device)) {
        wrong = why_none(planner->domain);
        device_error(planner, &device, "compatible", wrong);
        planner->domain->nr_devices++;
        check_values(planner, &device);
        if (number_taken(planner, &device))
            device_error(planner, &device, "vdev", "the domain has another disk of that number");
    }
}

void plan_check_served(struct planner *planner)
{
    struct launch_plan *plan = planner->plan;
    bool planned;

    plan_has_role(planner, DOMAIN_CAPS_HARDWARE, &planned);
    for (unsigned int i = 0; i < plan->nr_domains && !planned; i++)
        if (plan->domains[i].nr_devices != 0)
            plan_error(planner, &plan->domains[i], plan->domains[i].node, "capabilities",
                       "its devices need a hardware domain (2), and there is none");
}
