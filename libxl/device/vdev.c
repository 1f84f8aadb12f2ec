/* SPDX-License-Identifier: MIT */
/* Virtual devices' names and numbers: xen-vbd-interface(7). MAC addresses. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libxl/device.h>

/* Numbers above the classic ones: bit 28, the disk, 8 bits of partition. Those have 20 bits of
 * disk. */
#define EXTENDED       (1u << 28)
#define EXTENDED_DISKS (1u << 20)
#define EXTENDED_PARTS 256u

/* Prefix, the major number, its first disk, how many it has, how many bits a partition's number
 * has. */
static const struct row {
    const char *prefix;
    uint32_t major, first, disks, bits;
} rows[] = {
    {"xvd", 202, 0, 16, 4},
    {"sd", 8, 0, 16, 4},
    {"hd", 3, 0, 2, 6},
    {"hd", 22, 2, 2, 6},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* "a" is 0, "z" 25, "aa" 26. */
static const char *parse_letters(const char *text, uint32_t *disk)
{
    uint32_t value = 0;
    for (; *text >= 'a' && *text <= 'z'; text++) {
        if (value > EXTENDED_DISKS)
            return NULL;
        value = value * 26 + (uint32_t)(*text - 'a') + 1;
    }
    *disk = value - 1;
    return value ? text : NULL;
}

/* A decimal number without sign or leading zero; NULL: it is none or too large for any use here. */
static const char *parse_decimal(const char *text, uint32_t *out)
{
    const char *from = text;
    uint32_t value = 0;
    for (; isdigit((unsigned char)*text); text++) {
        if (value > EXTENDED_DISKS)
            return NULL;
        value = value * 10 + (uint32_t)(*text - '0');
    }
    *out = value;
    return text > from && (*from != '0' || text == from + 1) ? text : NULL;
}

static bool number_of(const char *prefix, uint32_t disk, uint32_t part, uint32_t *out)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        if (strcmp(row->prefix, prefix) || disk < row->first || disk >= row->first + row->disks ||
            part >> row->bits)
            continue;
        *out = row->major << 8 | (disk - row->first) << row->bits | part;
        return true;
    }
    if (strcmp(prefix, "xvd") || disk >= EXTENDED_DISKS || part >= EXTENDED_PARTS)
        return false;
    *out = EXTENDED | disk << 8 | part;
    return true;
}

/* dN or dNpM. */
static bool parse_plain(const char *text, uint32_t *out)
{
    uint32_t disk, part = 0;
    const char *rest = text[0] == 'd' ? parse_decimal(text + 1, &disk) : NULL;
    if (rest && *rest == 'p')
        rest = parse_decimal(rest + 1, &part);
    return rest && !*rest && number_of("xvd", disk, part, out);
}

static bool parse_prefixed(const char *text, const char *prefix, uint32_t *out)
{
    uint32_t disk, part = 0;
    size_t length = strlen(prefix);
    if (strncmp(text, prefix, length) != 0)
        return false;
    const char *rest = parse_letters(text + length, &disk);
    if (rest && *rest)
        rest = *rest == '0' ? NULL : parse_decimal(rest, &part);
    return rest && !*rest && number_of(prefix, disk, part, out);
}

bool libxl_vdev_number(const char *vdev, uint32_t *number)
{
    if (isdigit((unsigned char)*vdev)) {
        char *end;
        unsigned long value = strtoul(vdev, &end, 0);
        *number = (uint32_t)value;
        return !*end && value <= INT32_MAX;
    }
    if (parse_plain(vdev, number))
        return true;
    for (size_t i = 0; i < ROWS; i++) {
        if (parse_prefixed(vdev, rows[i].prefix, number))
            return true;
    }
    return false;
}

static void format_name(const char *prefix, uint32_t disk, uint32_t part, char out[LIBXL_VDEV_MAX])
{
    char letters[8], *at = letters + sizeof(letters);
    char partition[12] = "";
    *--at = '\0';
    for (uint32_t rest = disk + 1; rest; rest = (rest - 1) / 26)
        *--at = (char)('a' + (rest - 1) % 26);
    if (part)
        snprintf(partition, sizeof(partition), "%u", part & 0xffu);
    snprintf(out, LIBXL_VDEV_MAX, "%s%s%s", prefix, at, partition);
}

void libxl_vdev_name(uint32_t number, char out[LIBXL_VDEV_MAX])
{
    if (number >= EXTENDED && number < 2 * EXTENDED) {
        format_name("xvd", number >> 8 & (EXTENDED_DISKS - 1), number & 0xff, out);
        return;
    }
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        uint32_t minor = number & 0xff;
        if (number >> 8 != row->major || minor >> row->bits >= row->disks)
            continue;
        format_name(row->prefix, row->first + (minor >> row->bits), minor & ((1u << row->bits) - 1),
                    out);
        return;
    }
    snprintf(out, LIBXL_VDEV_MAX, "%u", number);
}

bool libxl_mac_parse(const char *text, uint8_t mac[6])
{
    for (unsigned int i = 0; i < 6; i++, text += 3) {
        if (!isxdigit((unsigned char)text[0]) || !isxdigit((unsigned char)text[1]) ||
            text[2] != (i < 5 ? ':' : '\0'))
            return false;
        const char digits[3] = {text[0], text[1], '\0'};
        mac[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return true;
}

void libxl_mac_format(const uint8_t mac[6], char out[18])
{
    snprintf(out, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
             mac[5]);
}

/* 00:16:3e is Xen's; below it the half that xl uses for addresses that nobody chose. FNV-1a. */
void libxl_mac_make(const uint8_t uuid[16], uint32_t handle, uint8_t mac[6])
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (unsigned int i = 0; i < 20; i++)
        hash = (hash ^ (i < 16 ? uuid[i] : handle >> (i - 16) * 8 & 0xffu)) * 0x100000001b3u;
    hash ^= hash >> 32;
    mac[0] = 0x00;
    mac[1] = 0x16;
    mac[2] = 0x3e;
    mac[3] = (uint8_t)(hash >> 16 & 0x7f);
    mac[4] = (uint8_t)(hash >> 8);
    mac[5] = (uint8_t)hash;
}
