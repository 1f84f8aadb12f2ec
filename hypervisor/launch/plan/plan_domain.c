/* SPDX-License-Identifier: MIT */
/* A domain's node: each property by its row of properties.def. */
#include "plan.h"

#include <string.h>
#include <xen/bootfdt.h>

/* What a handler is given: which of these is set depends on the row's kind. */
struct value {
    const char *property;
    uint64_t number;  /* NUMBER, LONG */
    const char *text; /* STRING, WORD (NULL when empty) */
    const uint8_t *data;
    int size;
};

#define TABLES_MAX (1024 * MIB)

enum kind { NUMBER, LONG, FLAG, STRING, WORD, BYTES, IGNORED, SILENT };
enum when { NEVER, DOM0LESS, ALWAYS };

/* Bits of hyperlaunch's `permissions` and `functions`. */
#define PERMISSION_CONTROL   (1U << 0)
#define PERMISSION_HARDWARE  (1U << 1)
#define FUNCTION_BOOT        (1U << 0)
#define FUNCTION_CRASH       (1U << 1)
#define FUNCTION_CONSOLE     (1U << 2)
#define FUNCTION_XENSTORE    (1U << 30)
#define FUNCTION_LEGACY_DOM0 (1U << 31)

static void error(struct planner *planner, const struct value *value, const char *what)
{
    plan_error(planner, planner->domain, planner->domain->node, value->property, "%s", what);
}

static void set_memory(struct planner *planner, const struct value *value)
{
    if (value->number == 0)
        error(planner, value, "is zero");
    else if (value->number > UINT64_MAX / KIB)
        error(planner, value, "too large");
    else if (value->number % (PAGE_SIZE / KIB) != 0)
        error(planner, value, "not a multiple of 4 KiB");
    else
        planner->domain->memory = value->number * KIB;
}

static void set_tables(struct planner *planner, const struct value *value)
{
    if (value->number == 0 || value->number > TABLES_MAX / MIB)
        plan_error(planner, planner->domain, planner->domain->node, value->property,
                   "%llu, must be 1 to %llu", (unsigned long long)value->number, TABLES_MAX / MIB);
    else
        planner->domain->tables = value->number * MIB;
}

/* Until its roles are known. */
#define MAPTRACK_OPEN UINT32_MAX

static void set_grant_frames(struct planner *planner, const struct value *value)
{
    if (value->number == 0 || value->number > LAUNCH_MAX_GRANT_FRAMES)
        plan_error(planner, planner->domain, planner->domain->node, value->property,
                   "%llu, must be 1 to %u", (unsigned long long)value->number,
                   LAUNCH_MAX_GRANT_FRAMES);
    else
        planner->domain->grant_frames = (unsigned int)value->number;
}

unsigned int launch_maptrack_frames(uint32_t roles)
{
    return roles & DOMAIN_CAPS_HARDWARE ? LAUNCH_MAPTRACK_HARDWARE : LAUNCH_MAPTRACK_FRAMES;
}

static void set_maptrack_frames(struct planner *planner, const struct value *value)
{
    if (value->number > LAUNCH_MAX_MAPTRACK_FRAMES)
        plan_error(planner, planner->domain, planner->domain->node, value->property,
                   "%llu, must be 0 to %u", (unsigned long long)value->number,
                   LAUNCH_MAX_MAPTRACK_FRAMES);
    else
        planner->domain->maptrack_frames = (unsigned int)value->number;
}

static void set_cpus(struct planner *planner, const struct value *value)
{
    if (value->number == 0 || value->number > LAUNCH_MAX_VCPUS)
        plan_error(planner, planner->domain, planner->domain->node, value->property,
                   "%llu, must be 1 to %u", (unsigned long long)value->number, LAUNCH_MAX_VCPUS);
    else
        planner->domain->cpus = (unsigned int)value->number;
}

static void set_capabilities(struct planner *planner, const struct value *value)
{
    if (value->number & ~(uint64_t)DOMAIN_CAPS_MASK)
        plan_error(planner, planner->domain, planner->domain->node, value->property,
                   "0x%llx has unknown bits", (unsigned long long)value->number);
    planner->domain->roles |= (uint32_t)value->number & DOMAIN_CAPS_MASK;
}

static void set_virtual_uart(struct planner *planner, const struct value *value)
{
    (void)value;
    planner->domain->virtual_uart = true;
}

static void set_nr_lines(struct planner *planner, const struct value *value)
{
    if (value->number > LAUNCH_MAX_NR_LINES)
        plan_error(planner, planner->domain, planner->domain->node, value->property,
                   "%llu, must be at most %u", (unsigned long long)value->number,
                   LAUNCH_MAX_NR_LINES);
    else
        planner->domain->nr_lines = (unsigned int)value->number;
}

static void set_enhanced(struct planner *planner, const struct value *value)
{
    static const struct {
        const char *word;
        enum launch_enhanced enhanced;
    } words[] = {
        {"enabled", LAUNCH_ENHANCED_FULL},
        {"legacy", LAUNCH_ENHANCED_FULL},
        {"no-xenstore", LAUNCH_ENHANCED_NO_XENSTORE},
        {"disabled", LAUNCH_ENHANCED_NONE},
    };
    const char *word = value->text ? value->text : "enabled";

    planner->enhanced_given = true;
    for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcmp(words[i].word, word) != 0)
            continue;
        planner->domain->enhanced = words[i].enhanced;
        if (strcmp(word, "legacy") == 0)
            plan_warning(planner, planner->domain->node, value->property,
                         "\"legacy\" is not needed here, taken as \"enabled\"");
        return;
    }
    error(planner, value, "must be empty, \"enabled\", \"no-xenstore\" or \"disabled\"");
}

static void set_direct_map(struct planner *planner, const struct value *value)
{
    (void)value;
    planner->domain->direct_map = true;
}

static void set_machine_power(struct planner *planner, const struct value *value)
{
    (void)value;
    planner->domain->machine_power = true;
}

static void set_static_memory(struct planner *planner, const struct value *value)
{
    struct launch_domain *domain = planner->domain;
    const struct tree_level *parent = &planner->walk->level[planner->walk->depth - 1];
    uint32_t address_cells = parent->address_cells, size_cells = parent->size_cells;

    tree_u32(planner->fdt, domain->node, "#xen,static-mem-address-cells", 0, &address_cells);
    tree_u32(planner->fdt, domain->node, "#xen,static-mem-size-cells", 0, &size_cells);
    if (!plan_parse_ranges(value->data, value->size, address_cells, size_cells,
                           domain->static_memory, LAUNCH_MAX_STATIC_BANKS,
                           &domain->nr_static_memory))
        plan_error(planner, domain, domain->node, value->property,
                   "not a list of 1 to %u (address, size) with %u and %u cells",
                   LAUNCH_MAX_STATIC_BANKS, address_cells, size_cells);
}

static void set_domid(struct planner *planner, const struct value *value)
{
    if (value->number >= LAUNCH_MAX_DOMID) {
        plan_error(planner, planner->domain, planner->domain->node, value->property,
                   "%llu, must be below %u", (unsigned long long)value->number, LAUNCH_MAX_DOMID);
        return;
    }
    /* hyperlaunch takes 0 for "any". */
    planner->domain->domid_given = !planner->hyperlaunch || value->number != 0;
    planner->domain->domid = (uint16_t)value->number;
}

static void set_name(struct planner *planner, const struct value *value)
{
    if (strlen(value->text) >= LAUNCH_NAME)
        plan_error(planner, planner->domain, planner->domain->node, value->property,
                   "longer than %u characters", LAUNCH_NAME - 1);
    else
        strcpy(planner->domain->name, value->text);
}

/* For all vcpus. */
static void set_masks(struct planner *planner, const struct value *value, uint64_t *masks)
{
    uint64_t mask;

    if (!plan_parse_mask(value->text, &mask)) {
        error(planner, value, PLAN_NO_MASK);
        return;
    }
    for (unsigned int i = 0; i < LAUNCH_MAX_VCPUS; i++)
        masks[i] = mask;
}

static void set_affinity(struct planner *planner, const struct value *value)
{
    set_masks(planner, value, planner->domain->affinity);
}

static void set_soft_affinity(struct planner *planner, const struct value *value)
{
    set_masks(planner, value, planner->domain->soft_affinity);
}

static void set_weight(struct planner *planner, const struct value *value)
{
    if (value->number == 0 || value->number > LAUNCH_MAX_WEIGHT)
        plan_error(planner, planner->domain, planner->domain->node, value->property,
                   "%llu, must be 1 to %u", (unsigned long long)value->number, LAUNCH_MAX_WEIGHT);
    else
        planner->domain->weight = (unsigned int)value->number;
}

/* How much it may be depends on the number of vcpus: plan_rules.c. */
static void set_cap(struct planner *planner, const struct value *value)
{
    planner->domain->cap = (unsigned int)value->number;
}

/* Which node that is, and which CPUs, is looked up with all of them read: plan_pool.c. */
static void set_pool(struct planner *planner, const struct value *value)
{
    if (value->number == 0)
        error(planner, value, "is no phandle");
    planner->domain->pool_node = (uint32_t)value->number;
}

/* Who asks for it counts on it. */
static void refuse_colours(struct planner *planner, const struct value *value)
{
    error(planner, value, "caches are not parted here, so that others share all of them");
}

static void check_vectors(struct planner *planner, const struct value *value)
{
    uint32_t bits = 1;

    tree_u32(planner->fdt, planner->domain->node, value->property, 0, &bits);
    if (value->size != 4 || bits != 0)
        error(planner, value, "guests have no such vectors here, so it can only be 0");
}

static void set_reads_ones(struct planner *planner, const struct value *value)
{
    if (value->number > 1)
        error(planner, value, "must be 0 or 1");
    planner->domain->reads_ones = value->number == 0;
}

static void set_bootargs(struct planner *planner, const struct value *value)
{
    planner->domain->bootargs = value->text;
}

/* The words of xl.cfg's on_reboot and on_crash. */
static void set_at_end(struct planner *planner, const struct value *value,
                       enum launch_at_end *at_end)
{
    static const char *const words[] = {
        [LAUNCH_PRESERVE] = "preserve",
        [LAUNCH_DESTROY] = "destroy",
        [LAUNCH_RESTART] = "restart",
    };

    for (unsigned int i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcmp(words[i], value->text) == 0) {
            *at_end = (enum launch_at_end)i;
            return;
        }
    }
    error(planner, value, "must be \"restart\", \"destroy\" or \"preserve\"");
}

static void set_on_reboot(struct planner *planner, const struct value *value)
{
    set_at_end(planner, value, &planner->domain->on_reboot);
}

static void set_on_crash(struct planner *planner, const struct value *value)
{
    set_at_end(planner, value, &planner->domain->on_crash);
}

static void set_permissions(struct planner *planner, const struct value *value)
{
    if (value->number & ~(uint64_t)(PERMISSION_CONTROL | PERMISSION_HARDWARE))
        error(planner, value, "has unknown bits");
    if (value->number & PERMISSION_CONTROL)
        planner->domain->roles |= DOMAIN_CAPS_CONTROL;
    if (value->number & PERMISSION_HARDWARE)
        planner->domain->roles |= DOMAIN_CAPS_HARDWARE;
}

static void set_functions(struct planner *planner, const struct value *value)
{
    const uint64_t known = FUNCTION_BOOT | FUNCTION_CRASH | FUNCTION_CONSOLE | FUNCTION_XENSTORE |
                           FUNCTION_LEGACY_DOM0;

    if (value->number & ~known)
        error(planner, value, "has unknown bits");
    if (value->number & FUNCTION_BOOT)
        error(planner, value, "a boot domain is not supported");
    if (value->number & FUNCTION_CRASH)
        plan_warning(planner, planner->domain->node, value->property,
                     "a crash domain is not supported, started as any other");
    if (value->number & FUNCTION_XENSTORE)
        planner->domain->roles |= DOMAIN_CAPS_XENSTORE;
    if (value->number & FUNCTION_LEGACY_DOM0)
        planner->domain->roles |= DOMAIN_CAPS_CONTROL | DOMAIN_CAPS_HARDWARE;
}

static void set_uuid(struct planner *planner, const struct value *value)
{
    if (value->size != (int)sizeof(planner->domain->uuid))
        error(planner, value, "not 16 bytes");
    else
        memcpy(planner->domain->uuid, value->data, sizeof(planner->domain->uuid));
}

/* Whom it names is looked up once all domains are known: plan_check.c. */
static void check_related(struct planner *planner, const struct value *value)
{
    if (value->size == 0)
        error(planner, value, "is empty");
}

struct property {
    const char *name;
    enum kind kind;
    void (*set)(struct planner *planner, const struct value *value);
    enum when required;
};

#define PROPERTY(name, kind, set, required, text) {name, kind, set, required},
static const struct property properties[] = {
#include "properties.def"
};
#undef PROPERTY

_Static_assert(ARRAY_SIZE(properties) <= 64, "which properties were seen is kept in 64 bits");

static bool decode_number(struct planner *planner, struct value *value, bool may_be_long)
{
    const uint8_t *data = value->data;
    int size = value->size;

    if (size == 4 || (may_be_long && size == 8))
        return tree_take(&data, &size, (uint32_t)size / 4, &value->number);
    plan_error(planner, planner->domain, planner->domain->node, value->property,
               "is %d bytes, must be one %s", value->size,
               may_be_long ? "u64 (two cells)" : "u32 (one cell)");
    return false;
}

/* On if it is there, as all booleans of the binding, whatever scripts write into it.
 */
static bool decode_flag(struct planner *planner, const struct value *value)
{
    uint32_t number = 1;

    tree_u32(planner->fdt, planner->domain->node, value->property, 0, &number);
    if (number == 0)
        plan_warning(planner, planner->domain->node, value->property,
                     "is on, as it is there: 0 does not turn it off");
    return true;
}

static bool decode_text(struct planner *planner, struct value *value)
{
    value->text = tree_string(planner->fdt, planner->domain->node, value->property);
    if (!value->text)
        error(planner, value, "not a string");
    return value->text != NULL;
}

static bool decode(struct planner *planner, enum kind kind, struct value *value)
{
    switch (kind) {
    case NUMBER: return decode_number(planner, value, false);
    case LONG: return decode_number(planner, value, true);
    case FLAG: return decode_flag(planner, value);
    case STRING: return decode_text(planner, value);
    case WORD: return value->size == 0 || decode_text(planner, value);
    case BYTES: return true;
    case IGNORED:
        plan_warning(planner, planner->domain->node, value->property, "has no effect here");
        return false;
    case SILENT: return false;
    }
    return false;
}

static int find(const char *name)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(properties); i++)
        if (strcmp(properties[i].name, name) == 0)
            return (int)i;
    return -1;
}

static void check_required(struct planner *planner, uint64_t seen)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(properties); i++) {
        enum when required = properties[i].required;

        if (required == ALWAYS || (required == DOM0LESS && !planner->hyperlaunch))
            if (!(seen & 1ULL << i))
                plan_error(planner, planner->domain, planner->domain->node, properties[i].name,
                           "missing");
    }
}

static void set_defaults(struct planner *planner)
{
    struct launch_domain *domain = planner->domain;
    const char *name = tree_name(planner->fdt, domain->node);

    domain->cpus = 1;
    domain->weight = LAUNCH_WEIGHT;
    domain->grant_frames = LAUNCH_GRANT_FRAMES;
    domain->maptrack_frames = MAPTRACK_OPEN;
    domain->on_reboot = LAUNCH_RESTART;
    domain->on_crash = LAUNCH_PRESERVE;
    for (unsigned int i = 0; i < LAUNCH_MAX_VCPUS; i++)
        domain->affinity[i] = domain->soft_affinity[i] = UINT64_MAX;
    /* hyperlaunch has no such property; its domains have what Xen's domains always had. */
    domain->enhanced = planner->hyperlaunch ? LAUNCH_ENHANCED_FULL : LAUNCH_ENHANCED_NONE;
    if (strlen(name) < LAUNCH_NAME)
        strcpy(domain->name, name);
}

/*
 * A domain that was given no UUID gets one that stays the same from boot to boot: RFC 9562 version
 * 8 out of its path, by two runs of FNV-1a.
 */
static void set_default_uuid(struct launch_domain *domain)
{
    static const uint8_t none[16];
    uint64_t half[2] = {0xcbf29ce484222325ULL, 0x9ae16a3b2f90404fULL};

    if (memcmp(domain->uuid, none, sizeof(none)) != 0)
        return;
    for (const char *c = domain->path; *c; c++)
        for (unsigned int i = 0; i < 2; i++)
            half[i] = (half[i] ^ (uint8_t)*c) * 0x100000001b3ULL;
    for (unsigned int i = 0; i < 16; i++)
        domain->uuid[i] = (uint8_t)(half[i / 8] >> 8 * (7 - i % 8));
    domain->uuid[6] = (domain->uuid[6] & 0x0f) | 0x80;
    domain->uuid[8] = (domain->uuid[8] & 0x3f) | 0x80;
}

void plan_read_domain(struct planner *planner)
{
    const void *fdt = planner->fdt;
    int node = planner->domain->node;
    struct tree_item item = tree_items(fdt, node);
    uint64_t seen = 0;

    set_defaults(planner);
    while (tree_next_item(fdt, &item)) {
        struct value value = {
            .property = item.name, .data = (const uint8_t *)item.data, .size = item.size};
        int row = find(item.name);

        if (row >= 0)
            seen |= 1ULL << row;
        if (planner->system && plan_read_system_property(planner, &item))
            continue;
        if (row < 0) {
            plan_warning(planner, node, item.name, "unknown property, ignored");
            continue;
        }
        if (decode(planner, properties[row].kind, &value))
            properties[row].set(planner, &value);
    }
    check_required(planner, seen);
    set_default_uuid(planner->domain);
    if (planner->domain->maptrack_frames == MAPTRACK_OPEN)
        planner->domain->maptrack_frames = launch_maptrack_frames(planner->domain->roles);
}
