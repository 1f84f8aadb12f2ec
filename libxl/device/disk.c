/* SPDX-License-Identifier: MIT */
/* Disks: what a specification may say, and which nodes one has. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kind.h"
#include "spec.h"

/* What older tools had people write before a target: what it stands for now. */
static const struct {
    const char *prefix, *format, *script;
} prefixes[] = {
    {"phy:", NULL, NULL},        {"file:", NULL, NULL},         {"aio:", NULL, NULL},
    {"tap:", NULL, NULL},        {"tap2:", NULL, NULL},         {"tapdisk:", NULL, NULL},
    {"ioemu:", NULL, NULL},      {"raw:", "raw", NULL},         {"qcow:", "qcow", NULL},
    {"qcow2:", "qcow2", NULL},   {"vhd:", "vhd", NULL},         {"iscsi:", NULL, "block-iscsi"},
    {"nbd:", NULL, "block-nbd"}, {"enbd:", NULL, "block-enbd"}, {"drbd:", NULL, "block-drbd"},
};
#define PREFIXES (sizeof(prefixes) / sizeof(prefixes[0]))

/* Which of them the target begins with; PREFIXES: none. */
static size_t find_prefix(const char *target)
{
    size_t i = 0;
    while (i < PREFIXES && strncmp(target, prefixes[i].prefix, strlen(prefixes[i].prefix)) != 0)
        i++;
    return i;
}

/* Takes one prefix off the target. */
static bool take_prefix(struct libxl_disk *disk)
{
    size_t i = find_prefix(disk->target), length;
    if (i == PREFIXES)
        return false;
    length = strlen(prefixes[i].prefix);
    memmove(disk->target, disk->target + length, strlen(disk->target + length) + 1);
    if (prefixes[i].format)
        snprintf(disk->format, sizeof(disk->format), "%s", prefixes[i].format);
    if (prefixes[i].script)
        snprintf(disk->script, sizeof(disk->script), "%s", prefixes[i].script);
    return true;
}

static bool take_vdev(void *item, const char *value)
{
    struct libxl_disk *disk = item;
    uint32_t number;
    char name[LIBXL_VDEV_MAX];
    if (strlen(value) >= sizeof(name) || !libxl_vdev_number(value, &number))
        return false;
    disk->device.devid = number;
    snprintf(disk->vdev, sizeof(disk->vdev), "%s", value);
    return true;
}

static bool take_access(void *item, const char *value)
{
    static const char *const words[] = {"r", "ro", "w", "rw"};
    struct libxl_disk *disk = item;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i], value) != 0)
            continue;
        disk->readonly = i < 2;
        return true;
    }
    return false;
}

static bool take_discard(void *item, const char *value)
{
    (void)value;
    ((struct libxl_disk *)item)->discard = true;
    return true;
}

static bool take_no_discard(void *item, const char *value)
{
    (void)value;
    ((struct libxl_disk *)item)->discard = false;
    return true;
}

static bool take_nothing(void *item, const char *value)
{
    (void)item;
    (void)value;
    return true;
}

static bool take_none(void *item, const char *value)
{
    (void)item;
    (void)value;
    return false;
}

static bool take_phy(void *item, const char *value)
{
    (void)item;
    return !strcmp(value, "phy");
}

static bool take_disk(void *item, const char *value)
{
    (void)item;
    return !strcmp(value, "disk");
}

static bool take_raw(void *item, const char *value)
{
    (void)item;
    return !strcmp(value, "raw");
}

#define TEXT(name_, how_, member, position_)                                                       \
    {                                                                                              \
        .name = (name_), .how = (how_), .offset = offsetof(struct libxl_disk, member),             \
        .size = sizeof(((struct libxl_disk *)0)->member), .position = (position_)                  \
    }
#define TAKE(name_, how_, take_, takes_, position_)                                                \
    {                                                                                              \
        .name = (name_), .how = (how_), .take = (take_), .takes = (takes_),                        \
        .position = (position_)                                                                    \
    }
#define FORMAT_POSITION 2
#define NO_CDROM        "is not to be had: guests get disks; access=ro makes one read-only"

static const struct spec_key keys[] = {
    TEXT("target", SPEC_REST, target, 1),
    TEXT("PARTUUID", SPEC_WHOLE, target, 1),
    TEXT("PARTLABEL", SPEC_WHOLE, target, 1),
    TEXT("UUID", SPEC_WHOLE, target, 1),
    TEXT("LABEL", SPEC_WHOLE, target, 1),
    TAKE("format", SPEC_TAKE, take_raw, "is raw: no other is served", FORMAT_POSITION),
    TAKE("vdev", SPEC_TAKE, take_vdev,
         "is xvda to xvdzz, sda to sdp, hda to hdd, with a partition or without, d0p1 or a number",
         3),
    TAKE("access", SPEC_TAKE, take_access, "is r, ro, w or rw", 4),
    TAKE("mode", SPEC_TAKE, take_access, "is r, ro, w or rw", 4),
    TEXT("script", SPEC_TEXT, script, 0),
    TEXT("backend", SPEC_TEXT, device.backend, 0),
    TAKE("backendtype", SPEC_TAKE, take_phy, "is phy: no other is served", 0),
    TAKE("devtype", SPEC_TAKE, take_disk, NO_CDROM, 0),
    TAKE("cdrom", SPEC_FLAG, take_none, NO_CDROM, 0),
    TAKE("discard", SPEC_FLAG, take_discard, "", 0),
    TAKE("no-discard", SPEC_FLAG, take_no_discard, "", 0),
    TAKE("direct-io-safe", SPEC_FLAG, take_nothing, "", 0),
    {0},
};

/* As with older tools, the disk's name follows a target with a prefix. */
static bool no_format(const void *item, unsigned int position, const char *word)
{
    return position == FORMAT_POSITION && *word && strcmp(word, "raw") != 0 &&
           find_prefix(((const struct libxl_disk *)item)->target) < PREFIXES;
}

static const struct spec_syntax syntax = {"disk", keys, 4, no_format};

void libxl_disk_init(struct libxl_disk *disk)
{
    *disk = (struct libxl_disk){.device = {.kind = LIBXL_DISK}, .format = "raw", .discard = true};
}

/* What a target is when it is neither a path nor a name: a device below /dev. */
static enum libxl_code finish_target(struct libxl_ctx *ctx, struct libxl_disk *disk)
{
    char path[sizeof(disk->target) + 5];
    while (take_prefix(disk)) {
    }
    if (strcmp(disk->format, "raw") != 0)
        return libxl_fail(ctx, LIBXL_FAILED,
                          "The disk specification's format %s is not served: only raw is.",
                          disk->format);
    if (!*disk->target)
        return libxl_fail(ctx, LIBXL_FAILED,
                          "The disk specification has no target: what stands behind the disk.");
    if (*disk->target == '/' || *disk->script || libxl_target_name(disk->target))
        return LIBXL_OK;
    snprintf(path, sizeof(path), "/dev/%s", disk->target);
    if (strlen(path) >= sizeof(disk->target))
        return libxl_fail(ctx, LIBXL_FAILED, "The disk specification's target is too long.");
    memcpy(disk->target, path, strlen(path) + 1);
    return LIBXL_OK;
}

bool libxl_target_name(const char *target)
{
    for (const struct spec_key *key = keys; key->name; key++) {
        size_t length = strlen(key->name);
        if (key->how == SPEC_WHOLE && !strncmp(target, key->name, length) && target[length] == '=')
            return true;
    }
    return false;
}

enum libxl_code libxl_disk_parse(struct libxl_ctx *ctx, const char *const *specs, size_t count,
                                 struct libxl_disk *disk)
{
    struct spec_seen seen = {0};
    for (size_t i = 0; i < count; i++) {
        enum libxl_code code = libxl_spec_read(ctx, &syntax, specs[i], disk, &seen);
        if (code)
            return code;
    }
    if (!*disk->vdev)
        return libxl_fail(ctx, LIBXL_FAILED,
                          "The disk specification has no vdev: the disk's name in the guest, such "
                          "as xvda.");
    return finish_target(ctx, disk);
}

/* ---- Nodes ---- */

static void write_disk(const void *item, struct node_list *back, struct node_list *front)
{
    const struct libxl_disk *disk = item;
    libxl_node(back, "dev", "%s", disk->vdev);
    libxl_node(back, "type", "phy");
    libxl_node(back, "params", "%s", disk->target);
    libxl_node(back, "mode", "%s", disk->readonly ? "r" : "w");
    libxl_node(back, "device-type", "disk");
    libxl_node(back, "removable", "0");
    libxl_node(back, "bootable", "1");
    libxl_node(back, "discard-enable", "%d", disk->discard);
    libxl_node(back, "script", "%s", *disk->script ? disk->script : LIBXL_SCRIPTS "/block");
    libxl_node(front, "virtual-device", "%u", disk->device.devid);
    libxl_node(front, "device-type", "disk");
}

static void read_disk(const struct node_reader *reader, void *item)
{
    struct libxl_disk *disk = item;
    char text[LIBXL_SCRIPT_MAX];
    libxl_disk_init(disk);
    libxl_vdev_name(reader->devid, disk->vdev);
    libxl_node_read(reader, "dev", disk->vdev, sizeof(disk->vdev));
    libxl_node_read(reader, "params", disk->target, sizeof(disk->target));
    if (libxl_node_read(reader, "mode", text, sizeof(text)))
        disk->readonly = text[0] == 'r';
    if (libxl_node_read(reader, "discard-enable", text, sizeof(text)))
        disk->discard = text[0] == '1';
    if (libxl_node_read(reader, "script", text, sizeof(text)) &&
        strcmp(text, LIBXL_SCRIPTS "/block") != 0)
        snprintf(disk->script, sizeof(disk->script), "%s", text);
}

const struct device_kind libxl_kind_disk = {
    .name = "vbd",
    .noun = "disk",
    .size = sizeof(struct libxl_disk),
    .write = write_disk,
    .read = read_disk,
};
