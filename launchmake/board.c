/* SPDX-License-Identifier: MIT */
/* The board that readers fill, and what of it is memory, messages and files. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "make.h"

/* All text and structs of a board together, in bytes; far more than a description of the largest
 * size makes. */
#define MAX_MEMORY (256u << 20)

struct make_chunk {
    struct make_chunk *next;
    size_t size;
    _Alignas(16) unsigned char data[];
};

void make_board_init(struct make_board *board)
{
    *board = (struct make_board){.last_domain = &board->domains,
                                 .last_file = &board->files,
                                 .last_overlay = &board->overlays};
    board->messages = calloc(MAKE_MAX_MESSAGES, sizeof(*board->messages));
    board->out_of_memory = !board->messages;
}

void make_board_free(struct make_board *board)
{
    for (struct make_chunk *chunk = board->chunks, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(board->messages);
    *board = (struct make_board){0};
}

void *make_allocate(struct make_board *board, size_t size)
{
    size_t used = board->chunks ? board->chunks->size : 0;
    struct make_chunk *chunk =
        size > MAX_MEMORY || used > MAX_MEMORY - size ? NULL : calloc(1, sizeof(*chunk) + size);

    if (!chunk) {
        board->out_of_memory = true;
        return NULL;
    }
    chunk->size = used + size;
    chunk->next = board->chunks;
    board->chunks = chunk;
    return chunk->data;
}

size_t make_memory_used(const struct make_board *board)
{
    return board->chunks ? board->chunks->size : 0;
}

const char *make_text_of(struct make_board *board, const char *text, size_t length)
{
    char *copy = make_allocate(board, length + 1);

    if (!copy)
        return "";
    memcpy(copy, text, length);
    return copy;
}

const char *make_text(struct make_board *board, const char *text)
{
    return make_text_of(board, text, strlen(text));
}

const char *make_format(struct make_board *board, const char *format, ...)
{
    char text[512];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    return make_text(board, text);
}

void make_say(struct make_board *board, enum make_severity severity, struct make_place place,
              const char *key, const char *format, ...)
{
    struct make_message *message;
    size_t used;
    va_list list;

    board->errors |= severity == MAKE_ERROR;
    if (!board->messages || board->nr_messages == MAKE_MAX_MESSAGES) {
        board->nr_dropped++;
        return;
    }
    message = &board->messages[board->nr_messages++];
    message->severity = severity;
    snprintf(message->text, 128, "%s", place.file ? place.file : "");
    used = strlen(message->text);
    if (place.line)
        snprintf(message->text + used, 16, ":%u", place.line);
    used = strlen(message->text);
    snprintf(message->text + used, 144, "%s%s%s", used ? ": " : "", key ? key : "",
             key ? ": " : "");
    used = strlen(message->text);
    va_start(list, format);
    vsnprintf(message->text + used, sizeof(message->text) - used, format, list);
    va_end(list);
}

struct make_domain *make_add_domain(struct make_board *board, struct make_place place,
                                    const char *name)
{
    struct make_domain *domain;

    if (board->nr_domains == MAKE_MAX_DOMAINS) {
        make_say(board, MAKE_ERROR, place, NULL, "more than %u domains", MAKE_MAX_DOMAINS);
        return NULL;
    }
    domain = make_allocate(board, sizeof(*domain));
    if (!domain)
        return NULL;
    domain->place = place;
    domain->name = name;
    snprintf(domain->path, sizeof(domain->path), MAKE_PARENT "domain-%u", board->nr_domains++);
    *board->last_domain = domain;
    board->last_domain = &domain->next;
    return domain;
}

void make_set_number(struct make_domain *domain, enum make_value_id id, uint64_t number)
{
    domain->values[id] = (struct make_value){.given = true, .number = number};
}

void make_set_text(struct make_domain *domain, enum make_value_id id, const char *text)
{
    domain->values[id] = (struct make_value){.given = true, .text = text};
}

struct make_device *make_add_device(struct make_board *board, struct make_domain *domain,
                                    struct make_place place)
{
    struct make_device *device, **last = &domain->devices;
    unsigned int count = 0;

    for (; *last; count++)
        last = &(*last)->next;
    if (count == LAUNCH_MAX_DEVICES) {
        make_say(board, MAKE_ERROR, place, domain->name, "more than %u disks and networks", count);
        return NULL;
    }
    device = make_allocate(board, sizeof(*device));
    *last = device;
    return device;
}

struct make_share *make_add_share(struct make_board *board, struct make_domain *domain,
                                  struct make_place place, const char *key)
{
    if (domain->nr_shares == LAUNCH_MAX_SHARED) {
        make_say(board, MAKE_ERROR, place, key, "more than %u regions of shared memory",
                 LAUNCH_MAX_SHARED);
        return NULL;
    }
    return &domain->shares[domain->nr_shares++];
}

void make_add_passthrough(struct make_board *board, struct make_domain *domain,
                          struct make_place place, const char *key, const char *path)
{
    struct make_passthrough *passed = make_allocate(board, sizeof(*passed));

    if (!passed)
        return;
    *passed = (struct make_passthrough){.next = board->passthrough,
                                        .domain = domain,
                                        .path = make_text(board, path),
                                        .key = key,
                                        .place = place};
    board->passthrough = passed;
}

struct make_pool *make_add_pool(struct make_board *board, struct make_place place, const char *key,
                                const char *cpus)
{
    struct make_pool *pool = make_allocate(board, sizeof(*pool));

    if (!pool)
        return NULL;
    *pool = (struct make_pool){
        .next = board->pools, .cpus = make_text(board, cpus), .key = key, .place = place};
    board->pools = pool;
    return pool;
}

/* ---- files ---- */

/* Names are taken from where the description is. */
static const char *from_folder(struct make_board *board, const char *file, const char *path)
{
    const char *slash = file ? strrchr(file, '/') : NULL;

    if (path[0] == '/' || !slash)
        return make_text(board, path);
    return make_format(board, "%.*s%s", (int)(slash + 1 - file), file, path);
}

static struct make_file *open_file(struct make_board *board, struct make_place place,
                                   const char *key, const char *path)
{
    struct make_file *file = make_allocate(board, sizeof(*file));
    struct stat status;

    if (!file)
        return NULL;
    *file = (struct make_file){
        .path = from_folder(board, place.file, path), .key = key, .place = place};
    if (!*path || stat(file->path, &status) < 0) {
        make_say(board, MAKE_ERROR, place, key, "%s: %s", file->path,
                 *path ? strerror(errno) : "no name of a file");
        return NULL;
    }
    if (!S_ISREG(status.st_mode) || status.st_size == 0) {
        make_say(board, MAKE_ERROR, place, key, "%s: %s", file->path,
                 S_ISREG(status.st_mode) ? "empty" : "not a file");
        return NULL;
    }
    file->size = file->room = (uint64_t)status.st_size;
    return file;
}

void make_set_hypervisor(struct make_board *board, struct make_place place, const char *key,
                         const char *path)
{
    if (!board->has_hypervisor)
        board->hypervisor = open_file(board, place, key, path);
    board->has_hypervisor = true;
}

void make_set_tree(struct make_board *board, struct make_place place, const char *key,
                   const char *path)
{
    if (!board->has_tree)
        board->tree = open_file(board, place, key, path);
    board->has_tree = true;
}

/* What a name in a folder, and in a script for U-Boot and sh, may be made of. */
static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("._-+", c));
}

static const char *file_name(struct make_board *board, const char *path, unsigned int number)
{
    const char *slash = strrchr(path, '/');
    char name[80];

    snprintf(name, sizeof(name), "%u-%s", number, slash ? slash + 1 : path);
    for (char *c = name; *c; c++)
        *c = is_plain(*c) ? *c : '_';
    return make_text(board, name);
}

struct make_file *make_add_file(struct make_board *board, struct make_place place, const char *key,
                                const char *path)
{
    struct make_file *file = open_file(board, place, key, path);
    unsigned int number = 0;

    if (!file)
        return NULL;
    for (struct make_file *other = board->files; other; other = other->next, number++)
        if (strcmp(other->path, file->path) == 0)
            return other;
    file->name = file_name(board, file->path, number);
    *board->last_file = file;
    board->last_file = &file->next;
    return file;
}

static unsigned int count_files(const struct make_board *board)
{
    unsigned int count = 0;

    for (const struct make_file *file = board->files; file; file = file->next)
        count++;
    return count;
}

void make_set_content(struct make_board *board, struct make_domain *domain, enum make_module module,
                      const struct make_passthrough *of, const char *name, const void *content,
                      size_t size)
{
    struct make_file *file = make_allocate(board, sizeof(*file));

    if (!file)
        return;
    *file = (struct make_file){.path = name,
                               .name = file_name(board, name, count_files(board)),
                               .key = of->key,
                               .place = of->place,
                               .content = content,
                               .size = size,
                               .room = size};
    *board->last_file = file;
    board->last_file = &file->next;
    domain->has_module[module] = true;
    domain->modules[module] = file;
}

void make_set_module(struct make_board *board, struct make_domain *domain, enum make_module module,
                     struct make_place place, const char *key, const char *path)
{
    struct make_file *file = make_add_file(board, place, key, path);

    domain->has_module[module] = true;
    if (file)
        domain->modules[module] = file;
}

void make_add_overlay(struct make_board *board, struct make_place place, const char *key,
                      const char *path)
{
    struct make_overlay *overlay = make_allocate(board, sizeof(*overlay));

    if (!overlay)
        return;
    *overlay = (struct make_overlay){
        .path = from_folder(board, place.file, path), .key = key, .place = place};
    *board->last_overlay = overlay;
    board->last_overlay = &overlay->next;
}

void make_set_extra_commands(struct make_board *board, struct make_place place, const char *key,
                             const char *path)
{
    const char *from = from_folder(board, place.file, path);
    size_t size;
    char *text = make_read_file(from, MAKE_MAX_INPUT, &size);

    if (!text)
        make_say(board, MAKE_ERROR, place, key, "%s: %s", from, strerror(errno));
    else if (strlen(text) != size)
        make_say(board, MAKE_ERROR, place, key, "%s: no text", from);
    else
        board->extra_commands = make_text(board, text);
    free(text);
}

bool make_number(const char *text, uint64_t *number)
{
    bool hexadecimal = text[0] == '0' && (text[1] | 0x20) == 'x';
    const char *digits = hexadecimal ? text + 2 : text;
    char *end;

    if (!*digits ||
        strspn(digits, hexadecimal ? "0123456789abcdefABCDEF" : "0123456789") != strlen(digits))
        return false;
    errno = 0;
    *number = strtoull(digits, &end, hexadecimal ? 16 : 10);
    return errno == 0;
}

char *make_read_file(const char *path, size_t limit, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), why = 0;
    char *data = fd < 0 ? NULL : malloc(limit + 1);
    ssize_t count = 1;

    *size = 0;
    while (data && count != 0 && *size <= limit) {
        count = read(fd, data + *size, limit + 1 - *size);
        if (count < 0 && errno != EINTR)
            break;
        *size += count > 0 ? (size_t)count : 0;
    }
    why = count < 0 || !data ? errno : *size > limit ? EFBIG : 0;
    if (fd >= 0)
        close(fd);
    if (data && why == 0) {
        data[*size] = '\0';
        return data;
    }
    free(data);
    errno = why;
    return NULL;
}
