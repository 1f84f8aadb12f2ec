/* SPDX-License-Identifier: MIT */
/* Domains of Xen's as libvirt describes them, in XML, one a document. */
#include "libvirt.h"

#include <string.h>

#define PATH_SIZE      128
#define METADATA_SPACE "urn:trefoil:domain"

struct row {
    const char *path;
    void (*read)(const struct libvirt_reading *reading);
    unsigned int argument;
    const char *text;
};

void libvirt_say(const struct libvirt_reading *reading, enum make_severity severity,
                 const char *what)
{
    make_say(reading->board, severity, reading->element->place, reading->key, "%s", what);
}

void libvirt_wrong(const struct libvirt_reading *reading, const char *what)
{
    make_say(reading->board, MAKE_ERROR, reading->element->place, reading->key, "\"%.80s\": %s",
             reading->value, what);
}

static bool number_of(const struct libvirt_reading *reading, uint64_t limit, uint64_t *number)
{
    if (make_number(reading->value, number) && *number <= limit)
        return true;
    libvirt_wrong(reading, "not a number, or too large");
    return false;
}

static void quiet(const struct libvirt_reading *reading)
{
    (void)reading;
}

static void ignored(const struct libvirt_reading *reading)
{
    (void)reading;
}

static void named(const struct libvirt_reading *reading)
{
    make_say(reading->board, MAKE_WARNING, reading->element->place, reading->key,
             "not acted on: %s", reading->text);
}

static void refused(const struct libvirt_reading *reading)
{
    libvirt_say(reading, MAKE_ERROR, reading->text);
}

/* The row's text is values that are as it is here, and what is said of any other. */
static void read_only(const struct libvirt_reading *reading)
{
    const char *text = reading->text;
    size_t length;

    for (;; text += length + 1) {
        length = strcspn(text, "|");
        if (!text[length])
            break;
        if (strlen(reading->value) == length && strncmp(text, reading->value, length) == 0)
            return;
    }
    make_say(reading->board, MAKE_WARNING, reading->element->place, reading->key,
             "\"%.80s\": not acted on: %s", reading->value, text);
}

static void read_uuid(const struct libvirt_reading *reading)
{
    reading->domain->has_uuid = make_uuid(reading->value, reading->domain->uuid);
    if (!reading->domain->has_uuid)
        libvirt_wrong(reading, "not a UUID");
}

static void read_metadata(const struct libvirt_reading *reading)
{
    const struct element *child = reading->element->children;
    struct libvirt_reading roles = *reading;
    uint64_t number;

    while (child && strcmp(child->space, METADATA_SPACE) != 0)
        child = child->next;
    if (!child)
        return;
    roles.element = child;
    roles.key = "metadata/@capabilities";
    roles.value = element_attribute(child, "capabilities");
    if (!roles.value)
        return;
    if (make_roles(roles.value, &number))
        make_set_number(reading->domain, MAKE_ROLES, number);
    else
        libvirt_wrong(&roles, "capabilities are control, hardware, xenstore, none");
}

/* ---- memory and CPUs ---- */

static uint64_t bytes_of_unit(const char *unit)
{
    static const struct {
        const char *unit;
        uint64_t bytes;
    } units[] = {
        {"KiB", 1 << 10},
        {"k", 1 << 10},
        {"b", 1},
        {"bytes", 1},
        {"KB", 1000},
        {"M", 1 << 20},
        {"MiB", 1 << 20},
        {"MB", 1000000},
        {"G", 1 << 30},
        {"GiB", 1 << 30},
        {"GB", 1000000000},
        {"T", UINT64_C(1) << 40},
        {"TiB", UINT64_C(1) << 40},
        {"TB", UINT64_C(1000000000000)},
    };

    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
        if (strcmp(units[i].unit, unit) == 0)
            return units[i].bytes;
    return 0;
}

/* In KiB, upwards to a whole one; what is wrong, or NULL. */
static const char *size_of(const struct element *element, uint64_t *kibibytes)
{
    const char *unit = element_attribute(element, "unit");
    uint64_t bytes = bytes_of_unit(unit ? unit : "KiB"), number;

    if (!bytes)
        return "there is no such unit";
    if (!make_number(element->text, &number) || number > (UINT64_MAX - 1023) / bytes)
        return "not a number, or too large";
    *kibibytes = (number * bytes + 1023) / 1024;
    return NULL;
}

/* A domain begins with what it has at first there. */
static void read_memory(const struct libvirt_reading *reading)
{
    const struct element *current = element_child(reading->element->parent, "currentMemory");
    uint64_t most, size;
    const char *what = size_of(reading->element, &most);

    if (what)
        libvirt_wrong(reading, what);
    else if (!current)
        make_set_number(reading->domain, MAKE_MEMORY, most);
    else if (!size_of(current, &size) && size != most)
        libvirt_say(reading, MAKE_WARNING,
                    "not acted on: a domain has the size of currentMemory, and no more");
}

static void read_current_memory(const struct libvirt_reading *reading)
{
    uint64_t size;
    const char *what = size_of(reading->element, &size);

    if (what)
        libvirt_wrong(reading, what);
    else
        make_set_number(reading->domain, MAKE_MEMORY, size);
}

static void read_vcpus(const struct libvirt_reading *reading)
{
    struct libvirt_reading current = *reading;
    uint64_t most, number;

    if (!number_of(reading, UINT32_MAX, &most))
        return;
    current.value = element_attribute(reading->element, "current");
    current.key = "vcpu/@current";
    number = most;
    if (current.value && !number_of(&current, UINT32_MAX, &number))
        return;
    make_set_number(reading->domain, MAKE_CPUS, number);
    if (number != most)
        libvirt_say(reading, MAKE_WARNING,
                    "not acted on: a domain has the number of vcpus of current, and no more");
}

/* As a tree says them, which has no ^. NULL after a message. */
static const char *cpus_of(const struct libvirt_reading *reading, const char *list)
{
    const char *wrong, *text = make_cpus(reading->board, list, false, &wrong);

    if (!text)
        libvirt_say(reading, MAKE_ERROR, wrong);
    return text;
}

static void read_affinity(const struct libvirt_reading *reading)
{
    const char *cpus = cpus_of(reading, reading->value);

    if (cpus)
        make_set_text(reading->domain, MAKE_AFFINITY, cpus);
}

static void read_pin(const struct libvirt_reading *reading)
{
    const char *vcpu = element_attribute(reading->element, "vcpu");
    const char *list = element_attribute(reading->element, "cpuset");
    uint64_t number;

    if (!vcpu || !list || !make_number(vcpu, &number) || number >= LAUNCH_MAX_VCPUS)
        libvirt_say(reading, MAKE_ERROR, "takes a vcpu that a domain may have, and a cpuset");
    else
        reading->domain->vcpu_affinity[number] = cpus_of(reading, list);
}

static void read_weight(const struct libvirt_reading *reading)
{
    uint64_t number;

    if (number_of(reading, UINT32_MAX, &number))
        make_set_number(reading->domain, MAKE_WEIGHT, number);
}

static void read_grant_frames(const struct libvirt_reading *reading)
{
    uint64_t number;

    if (number_of(reading, UINT32_MAX, &number))
        make_set_number(reading->domain, MAKE_GRANT_FRAMES, number);
}

/* ---- what it starts from, and its end ---- */

static void read_architecture(const struct libvirt_reading *reading)
{
    if (strcmp(reading->value, "aarch64") != 0)
        libvirt_wrong(reading, "a domain here is aarch64's");
}

static void read_module(const struct libvirt_reading *reading)
{
    if (*reading->value)
        make_set_module(reading->board, reading->domain, reading->argument, reading->element->place,
                        reading->key, reading->value);
}

static void read_command_line(const struct libvirt_reading *reading)
{
    reading->domain->bootargs = *reading->value ? reading->value : NULL;
}

static void read_end(const struct libvirt_reading *reading)
{
    bool same = true;
    const char *ours = make_end(reading->value, &same);

    if (ours)
        make_set_text(reading->domain, reading->argument, ours);
    else
        libvirt_wrong(reading, "must be destroy, restart or preserve");
    if (!same)
        libvirt_say(reading, MAKE_WARNING, "neither renames nor dumps the domain that ended");
}

/* ---- the whole ---- */

static const struct row rows[] = {
#define ELEMENT(path, read, argument, text) {path, read, argument, text},
#include "libvirt_elements.def"
#undef ELEMENT
};

/* What is too long for it is in no row either. */
static void add_name(char path[PATH_SIZE], const char *separator, const char *name)
{
    size_t used = strlen(path);

    snprintf(path + used, PATH_SIZE - used, "%s%s", used ? separator : separator + 1, name);
}

/* Below <domain>, as the rows have it. */
static void path_of(const struct element *element, char path[PATH_SIZE])
{
    const struct element *around[ELEMENT_MAX_DEPTH];
    unsigned int depth = 0;

    for (; element->parent; element = element->parent)
        around[depth++] = element;
    path[0] = '\0';
    while (depth)
        add_name(path, "/", around[--depth]->name);
}

static const struct row *row_of(const char *path)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].path, path) == 0)
            return &rows[i];
    return NULL;
}

/* Whether a row is of something within it. */
static bool is_around_rows(const char *path)
{
    size_t length = strlen(path);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strncmp(rows[i].path, path, length) == 0 && rows[i].path[length] == '/')
            return true;
    return false;
}

static bool takes_all(const struct row *row)
{
    return row->read == named || row->read == refused || row->read == ignored ||
           row->read == read_metadata;
}

/* Whether what is within is to be looked at, too. */
static bool apply(const struct libvirt_reading *whole, const struct element *element,
                  const char *path, const char *value)
{
    const struct row *row = row_of(path);
    struct libvirt_reading reading = *whole;

    reading.element = element;
    reading.key = row ? row->path : path;
    reading.value = value;
    if (row) {
        reading.argument = row->argument;
        reading.text = row->text;
        row->read(&reading);
        return !takes_all(row);
    }
    if (is_around_rows(path))
        return true;
    libvirt_say(&reading, MAKE_WARNING, "not acted on: it means nothing here");
    return false;
}

static void apply_attributes(const struct libvirt_reading *whole, const struct element *element,
                             const char *path)
{
    const struct element_attribute *attribute = element->attributes;

    for (; attribute; attribute = attribute->next) {
        char name[PATH_SIZE];

        snprintf(name, sizeof(name), "%s", path);
        add_name(name, "/@", attribute->name);
        apply(whole, element, name, attribute->value);
    }
}

static void apply_all(const struct libvirt_reading *whole, struct element *root)
{
    struct element *element = root;

    while (element) {
        bool inside = true;
        char path[PATH_SIZE];

        path_of(element, path);
        if (element != root)
            inside = apply(whole, element, path, element->text);
        if (inside)
            apply_attributes(whole, element, path);
        element = element_next(root, element, inside);
    }
}

/* What every description has; false after a message. */
static bool is_domain(struct make_board *board, const struct element *root)
{
    static const char *const needed[] = {"name", "memory"};
    const char *type = element_attribute(root, "type");
    bool right = true;

    if (strcmp(root->name, "domain") != 0 || !type || strcmp(type, "xen") != 0) {
        make_say(board, MAKE_ERROR, root->place, NULL, "not <domain type='xen'>");
        return false;
    }
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        const struct element *child = element_child(root, needed[i]);

        if (!child || !*child->text) {
            make_say(board, MAKE_ERROR, root->place, needed[i], "missing");
            right = false;
        }
    }
    return right;
}

void libvirt_read(struct make_board *board, const char *file, const char *text, size_t size)
{
    struct element *root = element_read(board, file, text, size);
    struct libvirt_reading reading = {.board = board};

    if (!root || !is_domain(board, root))
        return;
    reading.ctx = libxl_open();
    board->out_of_memory |= !reading.ctx;
    if (!reading.ctx)
        return;
    reading.domain = make_add_domain(board, root->place, element_child(root, "name")->text);
    if (reading.domain) {
        make_set_number(reading.domain, MAKE_CPUS, 1);
        make_set_text(reading.domain, MAKE_ENHANCED, "enabled");
        reading.domain->enhanced_with_store = true;
        apply_all(&reading, root);
    }
    libxl_close(reading.ctx);
}
