/* SPDX-License-Identifier: MIT */
/* Configurations of xl create (xl.cfg), one a domain. */
#include "xlcfg.h"

#include <string.h>

#include "configuration.h"
#include "device.h"
#include "xlpool.h"

struct row;

struct reading {
    struct make_board *board;
    struct make_domain *domain;
    struct libxl_ctx *ctx; /* what reads specifications of devices */
    const struct configuration_setting *setting;
    const struct row *row;
};

struct row {
    const char *key;
    void (*read)(const struct reading *reading);
    unsigned int argument;
    const char *text; /* why it is not acted on */
};

static void say(const struct reading *reading, enum make_severity severity, const char *what)
{
    make_say(reading->board, severity, reading->setting->place, reading->setting->key, "%s", what);
}

static void wrong(const struct reading *reading, const char *what)
{
    make_say(reading->board, MAKE_ERROR, reading->setting->place, reading->setting->key,
             "\"%.80s\": %s", reading->setting->text ? reading->setting->text : "[", what);
}

/* The value as a text; NULL after a message when it is a list. */
static const char *text_of(const struct reading *reading)
{
    if (!reading->setting->text)
        say(reading, MAKE_ERROR, "is a list, and takes one value");
    return reading->setting->text;
}

static bool number_of(const struct reading *reading, uint64_t limit, uint64_t *number)
{
    const char *text = text_of(reading);

    if (!text)
        return false;
    if (text[0] == '0' && text[1] >= '0' && text[1] <= '9') {
        wrong(reading, "an octal number, which is to be written in decimal");
        return false;
    }
    if (make_number(text, number) && *number <= limit)
        return true;
    wrong(reading, "not a number, or too large");
    return false;
}

/* The value as a list; NULL for one without entries, and after a message when it is a text. */
static const struct configuration_item *items_of(const struct reading *reading)
{
    if (reading->setting->text && *reading->setting->text)
        wrong(reading, "must be a list: [ '...' ]");
    return reading->setting->items;
}

static void quiet(const struct reading *reading)
{
    (void)reading;
}

/* Who writes an empty list, an empty text or none asks for nothing. */
static bool is_nothing(const struct reading *reading)
{
    const char *text = reading->setting->text;

    return text ? !*text || strcmp(text, "none") == 0 || strcmp(text, "disabled") == 0
                : !reading->setting->items;
}

static void named(const struct reading *reading)
{
    if (is_nothing(reading))
        return;
    make_say(reading->board, MAKE_WARNING, reading->setting->place, reading->setting->key,
             "not acted on: %s", reading->row->text);
}

static void refused(const struct reading *reading)
{
    if (!is_nothing(reading))
        say(reading, MAKE_ERROR, reading->row->text);
}

static void read_type(const struct reading *reading)
{
    const char *text = text_of(reading);

    if (text && strcmp(text, "pvh") != 0 && strcmp(text, "pv") != 0 && strcmp(text, "generic") != 0)
        say(reading, MAKE_WARNING, "not acted on: on Arm there is one kind of domain");
}

static void read_module(const struct reading *reading)
{
    const char *text = text_of(reading);

    if (text && *text)
        make_set_module(reading->board, reading->domain, reading->row->argument,
                        reading->setting->place, reading->setting->key, text);
}

static void read_memory(const struct reading *reading)
{
    uint64_t mebibytes;

    if (number_of(reading, UINT64_MAX >> 20, &mebibytes))
        make_set_number(reading->domain, MAKE_MEMORY, mebibytes << 10);
}

static void read_most_memory(const struct reading *reading)
{
    uint64_t mebibytes;

    if (number_of(reading, UINT64_MAX >> 20, &mebibytes) &&
        reading->domain->values[MAKE_MEMORY].number != mebibytes << 10)
        say(reading, MAKE_WARNING, "not acted on: a domain has the size of memory, and no more");
}

static void read_number(const struct reading *reading)
{
    uint64_t number;

    if (number_of(reading, UINT32_MAX, &number))
        make_set_number(reading->domain, reading->row->argument, number);
}

/* What is not zero is on. */
static void read_boolean(const struct reading *reading)
{
    uint64_t number;

    if (number_of(reading, UINT32_MAX, &number))
        make_set_number(reading->domain, reading->row->argument, number != 0);
}

static void read_most_vcpus(const struct reading *reading)
{
    uint64_t number;

    if (number_of(reading, UINT32_MAX, &number) &&
        reading->domain->values[MAKE_CPUS].number != number)
        say(reading, MAKE_WARNING, "not acted on: a domain has the number of vcpus, and no more");
}

/* NULL after a message, or for all there are. */
static const char *cpus_of(const struct reading *reading, const char *list)
{
    const char *wrong, *text = make_cpus(reading->board, list, true, &wrong);

    if (!text)
        say(reading, MAKE_ERROR, wrong);
    return strcmp(list, "all") == 0 ? NULL : text;
}

/* A list is of the vcpus, one entry each. */
static void read_masks(const struct reading *reading, enum make_value_id all, const char **vcpus)
{
    const struct configuration_item *item = reading->setting->items;
    const char *text = reading->setting->text;
    unsigned int vcpu = 0;

    if (text)
        text = cpus_of(reading, text);
    if (text)
        make_set_text(reading->domain, all, text);
    for (; item; item = item->next, vcpu++) {
        if (vcpu == LAUNCH_MAX_VCPUS) {
            say(reading, MAKE_ERROR, "more entries than a domain may have vcpus");
            return;
        }
        vcpus[vcpu] = cpus_of(reading, item->text);
    }
}

static void read_affinity(const struct reading *reading)
{
    read_masks(reading, MAKE_AFFINITY, reading->domain->vcpu_affinity);
}

static void read_soft_affinity(const struct reading *reading)
{
    read_masks(reading, MAKE_SOFT_AFFINITY, reading->domain->vcpu_soft_affinity);
}

static void read_uuid(const struct reading *reading)
{
    const char *text = text_of(reading);

    reading->domain->has_uuid = text && make_uuid(text, reading->domain->uuid);
    if (text && !reading->domain->has_uuid)
        wrong(reading, "not a UUID");
}

static void read_end(const struct reading *reading)
{
    const char *text = text_of(reading);
    bool same = true;
    const char *ours = text ? make_end(text, &same) : NULL;

    if (ours)
        make_set_text(reading->domain, reading->row->argument, ours);
    else if (text)
        wrong(reading, "must be destroy, restart or preserve");
    if (!same)
        say(reading, MAKE_WARNING, "neither renames nor dumps the domain that ended");
}

static void read_power_off(const struct reading *reading)
{
    const char *text = text_of(reading);

    if (text && strcmp(text, "preserve") != 0)
        say(reading, MAKE_WARNING, "not acted on: a domain that powers off is preserved");
}

static void read_uart(const struct reading *reading)
{
    const char *text = text_of(reading);

    if (text && strcmp(text, "sbsa_uart") == 0)
        make_set_number(reading->domain, MAKE_UART, 1);
    else if (text)
        wrong(reading, "must be sbsa_uart");
}

static void read_gic(const struct reading *reading)
{
    const char *text = text_of(reading);

    if (text && strcmp(text, "default") != 0)
        say(reading, MAKE_WARNING, "not acted on: a domain has the kind of the machine's");
}

static void read_passthrough(const struct reading *reading)
{
    for (const struct configuration_item *item = items_of(reading); item; item = item->next)
        make_add_passthrough(reading->board, reading->domain, reading->setting->place,
                             reading->setting->key, item->text);
}

/* Its configuration may be read later. */
static void read_pool(const struct reading *reading)
{
    const char *text = text_of(reading);

    if (!text || !*text)
        return;
    reading->domain->pool_name = text;
    reading->domain->pool_place = reading->setting->place;
}

static void read_roles(const struct reading *reading)
{
    const char *text = text_of(reading);
    uint64_t roles;

    if (!text)
        return;
    if (make_roles(text, &roles))
        make_set_number(reading->domain, MAKE_ROLES, roles);
    else
        wrong(reading, "capabilities are control, hardware, xenstore, none");
}

/* ---- devices ---- */

static struct device_reading device_of(const struct reading *reading)
{
    return (struct device_reading){reading->board, reading->domain, reading->ctx,
                                   reading->setting->place, reading->setting->key};
}

static void read_disks(const struct reading *reading)
{
    const struct device_reading device = device_of(reading);

    for (const struct configuration_item *item = items_of(reading); item; item = item->next)
        device_add_disk(&device, &item->text, 1);
}

static void read_networks(const struct reading *reading)
{
    const struct device_reading device = device_of(reading);

    for (const struct configuration_item *item = items_of(reading); item; item = item->next)
        device_add_network(&device, &item->text, 1);
}

/* ---- the whole ---- */

static const struct row rows[] = {
#define KEY(key, read, argument, text) {key, read, argument, text},
#include "xlcfg_keys.def"
#undef KEY
};

static const char *value_of(const struct configuration_setting *settings, const char *key)
{
    const char *text = NULL;

    for (; settings; settings = settings->next)
        if (settings->text && strcmp(settings->key, key) == 0)
            text = settings->text;
    return text;
}

/* cmdline, or what root and extra make. */
static void read_command_line(struct make_board *board, struct make_domain *domain,
                              const struct configuration_setting *settings)
{
    const char *whole = value_of(settings, "cmdline");
    const char *root = value_of(settings, "root"), *extra = value_of(settings, "extra");
    size_t size = (root ? strlen(root) : 0) + (extra ? strlen(extra) : 0) + 16;
    char *text = whole ? NULL : make_allocate(board, size);

    if (text && (root || extra))
        snprintf(text, size, "%s%s%s%s", root ? "root=" : "", root ? root : "",
                 root && extra ? " " : "", extra ? extra : "");
    domain->bootargs = whole ? whole : text && *text ? text : NULL;
}

/* Keys of xl.cfg(5) that are none of a domain's on Arm, or of one that boots with the machine. */
static const char *const others[] = {
#define KEY(key) key,
#include "xlcfg_others.def"
#undef KEY
};

static void name_other(const struct reading *reading)
{
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(others[i], reading->setting->key) == 0) {
            say(reading, MAKE_WARNING, "not acted on: of x86, of a device model or of migration");
            return;
        }
    say(reading, MAKE_WARNING, "no key that xl is known to have, ignored");
}

static void apply(struct reading *reading)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].key, reading->setting->key) == 0) {
            reading->row = &rows[i];
            rows[i].read(reading);
            return;
        }
    name_other(reading);
}

void xlcfg_read(struct make_board *board, const char *file, const char *text, size_t size)
{
    struct configuration_setting *settings = configuration_read(board, file, text, size);
    const char *name = value_of(settings, "name");
    struct reading reading = {.board = board};

    if (!name)
        make_say(board, MAKE_ERROR, (struct make_place){file, 0}, "name", "missing");
    else if (xlpool_is(settings)) {
        xlpool_read(board, settings, name);
        return;
    }
    reading.ctx = libxl_open();
    reading.domain = name ? make_add_domain(board, (struct make_place){file, 0}, name) : NULL;
    if (reading.domain && reading.ctx) {
        make_set_number(reading.domain, MAKE_MEMORY, UINT64_C(32) << 10);
        make_set_number(reading.domain, MAKE_CPUS, 1);
        make_set_text(reading.domain, MAKE_ENHANCED, "enabled");
        reading.domain->enhanced_with_store = true;
        read_command_line(board, reading.domain, settings);
        for (reading.setting = settings; reading.setting; reading.setting = reading.setting->next)
            apply(&reading);
    }
    board->out_of_memory |= !reading.ctx;
    if (reading.ctx)
        libxl_close(reading.ctx);
}
