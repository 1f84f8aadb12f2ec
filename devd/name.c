/* SPDX-License-Identifier: MIT */
/*
 * Block devices by name. Where udev is, its links are there; where not, as in a ramdisk, the names
 * are read off the disks: partitions' out of GPT (UEFI, section 5.3) and MBR, file systems' out of
 * ext2 to ext4. All is what is on a disk, and not trusted: each offset is bounded.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "daemon.h"

#define GPT_ENTRIES 128u
#define UUID_TEXT   37

static uint64_t little(const uint8_t *at, unsigned int bytes)
{
    uint64_t value = 0;
    while (bytes--)
        value = value << 8 | at[bytes];
    return value;
}

static void format_uuid(const uint8_t uuid[16], const uint8_t order[16], char out[UUID_TEXT])
{
    char *at = out;
    for (unsigned int i = 0; i < 16; i++)
        at += snprintf(at, 4, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                       uuid[order[i]]);
}

/* A GUID has its first three parts in little endian. */
static const uint8_t guid_order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
static const uint8_t uuid_order[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* What is looked at: a block device, and for a partition its disk too. */
struct candidate {
    int fd;          /* of the device */
    int disk;        /* of its disk, -1: it is no partition */
    uint32_t number; /* of the partition */
    uint32_t sector; /* the disk's, in bytes */
};

static bool read_at(int fd, void *out, size_t size, uint64_t offset)
{
    return offset <= INT64_MAX && pread(fd, out, size, (off_t)offset) == (ssize_t)size;
}

/* The partition's entry in GPT; false: there is none. */
static bool gpt_entry(const struct candidate *candidate, uint8_t entry[128])
{
    uint8_t header[92];
    if (candidate->disk < 0 ||
        !read_at(candidate->disk, header, sizeof(header), candidate->sector) ||
        memcmp(header, "EFI PART", 8) != 0)
        return false;
    uint64_t table = little(header + 72, 8);
    uint64_t count = little(header + 80, 4), size = little(header + 84, 4);
    if (candidate->number < 1 || candidate->number > count || count > 16 * GPT_ENTRIES ||
        size < 128 || size > 4096 || table > UINT32_MAX)
        return false;
    return read_at(candidate->disk, entry, 128,
                   table * candidate->sector + (candidate->number - 1) * size);
}

/* GPT's own, or the disk's number and the partition's, as the kernel names those of an MBR. */
static bool has_partuuid(const struct candidate *candidate, const char *value)
{
    uint8_t entry[128], mbr[512];
    char text[UUID_TEXT];
    if (gpt_entry(candidate, entry)) {
        format_uuid(entry + 16, guid_order, text);
        return !strcasecmp(text, value);
    }
    if (candidate->disk < 0 || !read_at(candidate->disk, mbr, sizeof(mbr), 0) || mbr[510] != 0x55 ||
        mbr[511] != 0xaa)
        return false;
    snprintf(text, sizeof(text), "%08x-%02x", (unsigned int)little(mbr + 440, 4),
             candidate->number);
    return !strcasecmp(text, value);
}

/* UTF-16; only what is ASCII is compared. */
static bool has_partlabel(const struct candidate *candidate, const char *value)
{
    uint8_t entry[128];
    size_t length = strlen(value);
    if (!gpt_entry(candidate, entry) || length > 36)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (little(entry + 56 + 2 * i, 2) != (unsigned char)value[i])
            return false;
    }
    return length == 36 || little(entry + 56 + 2 * length, 2) == 0;
}

static bool ext_superblock(const struct candidate *candidate, uint8_t block[256])
{
    return read_at(candidate->fd, block, 256, 1024) && little(block + 0x38, 2) == 0xef53;
}

static bool has_label(const struct candidate *candidate, const char *value)
{
    uint8_t block[256];
    return ext_superblock(candidate, block) && strlen(value) <= 16 &&
           !strncmp((const char *)block + 0x78, value, 16);
}

static bool has_uuid(const struct candidate *candidate, const char *value)
{
    uint8_t block[256];
    char text[UUID_TEXT];
    if (!ext_superblock(candidate, block))
        return false;
    format_uuid(block + 0x68, uuid_order, text);
    return !strcasecmp(text, value);
}

static const struct {
    const char *key;
    bool (*has)(const struct candidate *candidate, const char *value);
} names[] = {
    {"PARTUUID", has_partuuid},
    {"PARTLABEL", has_partlabel},
    {"UUID", has_uuid},
    {"LABEL", has_label},
};

static uint32_t read_number(const char *root, const char *name, const char *file)
{
    char path[PATH_SIZE], text[16] = "";
    snprintf(path, sizeof(path), "%s/sys/class/block/%.64s/%s", root, name, file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
    if (fd >= 0)
        close(fd);
    return got > 0 ? (uint32_t)strtoul(text, NULL, 10) : 0;
}

static int open_device(const char *root, const char *name)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "%s/dev/%.64s", root, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

/* The disk that a partition of sysfs is on: the directory that its own lies in. */
static int open_disk(const char *root, const char *name, uint32_t *sector)
{
    char link[PATH_SIZE], where[PATH_SIZE];
    snprintf(link, sizeof(link), "%s/sys/class/block/%.64s", root, name);
    ssize_t length = readlink(link, where, sizeof(where) - 1);
    *sector = 512;
    if (length <= 0)
        return -1;
    where[length] = '\0';
    char *end = strrchr(where, '/');
    if (!end)
        return -1;
    *end = '\0';
    const char *disk = strrchr(where, '/');
    disk = disk ? disk + 1 : where;
    uint32_t size = read_number(root, disk, "queue/logical_block_size");
    if (size >= 512 && size <= 65536)
        *sector = size;
    return open_device(root, disk);
}

static bool matches(const char *root, const char *name, size_t which, const char *value)
{
    struct candidate candidate = {.disk = -1, .number = read_number(root, name, "partition")};
    candidate.fd = open_device(root, name);
    if (candidate.fd < 0)
        return false;
    if (candidate.number)
        candidate.disk = open_disk(root, name, &candidate.sector);
    bool found = names[which].has(&candidate, value);
    if (candidate.disk >= 0)
        close(candidate.disk);
    close(candidate.fd);
    return found;
}

/* By udev's link, where there is one. */
static bool find_link(const char *root, const char *key, const char *value, char path[PATH_SIZE])
{
    char directory[16];
    size_t i;
    for (i = 0; i < sizeof(directory) - 1 && key[i]; i++)
        directory[i] = (char)tolower((unsigned char)key[i]);
    directory[i] = '\0';
    if (strchr(value, '/'))
        return false;
    snprintf(path, PATH_SIZE, "%s/dev/disk/by-%s/%.255s", root, directory, value);
    return access(path, F_OK) == 0;
}

bool devd_find_named(const char *root, const char *key, const char *value, char path[PATH_SIZE])
{
    size_t which = 0;
    bool found = false;
    while (which < sizeof(names) / sizeof(names[0]) && strcmp(names[which].key, key) != 0)
        which++;
    if (which == sizeof(names) / sizeof(names[0]))
        return false;
    if (find_link(root, key, value, path))
        return true;
    snprintf(path, PATH_SIZE, "%s/sys/class/block", root);
    DIR *list = opendir(path);
    const struct dirent *entry;
    while (list && !found && (entry = readdir(list))) {
        /* Loop devices show what they have, which is then another's. */
        if (entry->d_name[0] == '.' || !strncmp(entry->d_name, "loop", 4))
            continue;
        found = matches(root, entry->d_name, which, value);
        if (found)
            snprintf(path, PATH_SIZE, "%s/dev/%.64s", root, entry->d_name);
    }
    if (list)
        closedir(list);
    return found;
}
