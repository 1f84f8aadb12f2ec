/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "boot_tree.h"
#include "store/path.h"

#define VALUE_SIZE 80
/* More are not listed one by one. */
#define VCPUS_MAX 512
#define POOLS_MAX 64

struct subtree {
    uint16_t domid;
    bool own; /* the domain that xenstored runs in */
    const struct domain_description *description;
    char uuid[37];
};

/* ---- Values -----------------------------------------------------------------------------------
 */

static void put_name(const struct subtree *tree, char *value)
{
    snprintf(value, VALUE_SIZE, "%.*s", DOMAIN_NAME_MAX, tree->description->name);
}

static void put_domid(const struct subtree *tree, char *value)
{
    snprintf(value, VALUE_SIZE, "%u", tree->domid);
}

static void put_vm(const struct subtree *tree, char *value)
{
    snprintf(value, VALUE_SIZE, "/vm/%s", tree->uuid);
}

static void put_uuid(const struct subtree *tree, char *value)
{
    snprintf(value, VALUE_SIZE, "%s", tree->uuid);
}

static void put_maximum(const struct subtree *tree, char *value)
{
    snprintf(value, VALUE_SIZE, "%" PRIu64, tree->description->maximum_kib);
}

static void put_current(const struct subtree *tree, char *value)
{
    snprintf(value, VALUE_SIZE, "%" PRIu64, tree->description->current_kib);
}

static void put_store_port(const struct subtree *tree, char *value)
{
    snprintf(value, VALUE_SIZE, "%" PRIu32, tree->description->store_port);
}

static void put_store_gfn(const struct subtree *tree, char *value)
{
    snprintf(value, VALUE_SIZE, "%" PRIu64, tree->description->store_gfn);
}

static void put_console_port(const struct subtree *tree, char *value)
{
    snprintf(value, VALUE_SIZE, "%" PRIu32, tree->description->console_port);
}

static void put_console_gfn(const struct subtree *tree, char *value)
{
    snprintf(value, VALUE_SIZE, "%" PRIu64, tree->description->console_gfn);
}

static void put_start_time(const struct subtree *tree, char *value)
{
    const int64_t second = 1000000000;
    struct timespec now;
    int64_t start;

    clock_gettime(CLOCK_REALTIME, &now);
    start = now.tv_sec * second + now.tv_nsec - (int64_t)tree->description->age;
    snprintf(value, VALUE_SIZE, "%" PRId64 ".%02" PRId64, start / second,
             start % second / 10000000);
}

/* ---- The table --------------------------------------------------------------------------------
 */

enum base { BASE_DOMAIN, BASE_VM, BASE_LIBXL };
enum access { ACCESS_GUEST, ACCESS_READ, ACCESS_NONE };
enum needs { NEEDS_ALWAYS, NEEDS_STORE, NEEDS_CONSOLE, NEEDS_OTHER };

struct row {
    enum base base;
    enum access access;
    enum needs needs;
    const char *path;
    const char *text;
    void (*put)(const struct subtree *tree, char *value);
};

static const struct row rows[] = {
#define TEXT(string) .text = (string)
#define PUT(what)    .put = put_##what
#define NODE(where, name, value, who, when)                                                        \
    {.base = BASE_##where, .path = (name), .access = ACCESS_##who, .needs = NEEDS_##when, value},
#include "boot_tree.def"
#undef NODE
#undef PUT
#undef TEXT
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static bool wanted(const struct row *row, const struct subtree *tree)
{
    switch (row->needs) {
    case NEEDS_STORE: return tree->description->store_port != 0;
    case NEEDS_CONSOLE: return tree->description->console_port != 0;
    case NEEDS_OTHER: return !tree->own;
    case NEEDS_ALWAYS: return true;
    }
    return false;
}

static void base_path(enum base base, const struct subtree *tree, char *path)
{
    if (base == BASE_VM)
        snprintf(path, VALUE_SIZE, "/vm/%s", tree->uuid);
    else
        snprintf(path, VALUE_SIZE, base == BASE_LIBXL ? "/libxl/%u" : "/local/domain/%u",
                 tree->domid);
}

/* ---- Writing ----------------------------------------------------------------------------------
 */

static int write_guest_node(struct view *view, const struct actor *actor, const char *path,
                            const char *value, enum access access, uint16_t domid)
{
    struct permission list[2] = {
        {.domid = access == ACCESS_GUEST ? domid : actor->subject.domid, .rights = RIGHT_NONE},
        {.domid = domid, .rights = RIGHT_READ},
    };

    return store_put(view, actor, path, value, strlen(value), list, access == ACCESS_READ ? 2 : 1);
}

static int write_row(struct view *view, const struct actor *actor, const struct subtree *tree,
                     const struct row *row)
{
    char path[2 * VALUE_SIZE], value[VALUE_SIZE];

    base_path(row->base, tree, path);
    strcat(path, row->path);
    if (row->text)
        strcpy(value, row->text);
    else
        row->put(tree, value);
    return write_guest_node(view, actor, path, value, row->access, tree->domid);
}

static int write_vcpus(struct view *view, const struct actor *actor, const struct subtree *tree)
{
    char path[VALUE_SIZE];
    int error = 0;

    for (unsigned int i = 0; i < tree->description->vcpus && i < VCPUS_MAX && !error; i++) {
        snprintf(path, sizeof(path), "/local/domain/%u/cpu/%u", tree->domid, i);
        error = write_guest_node(view, actor, path, "", ACCESS_READ, tree->domid);
        strcat(path, "/availability");
        if (!error)
            error = write_guest_node(view, actor, path, "online", ACCESS_READ, tree->domid);
    }
    return error;
}

/* A name stays, as does one that somebody else gave. */
static int name_pool(struct view *view, const struct actor *actor, unsigned int pool)
{
    const struct permission owner = {.domid = actor->subject.domid, .rights = RIGHT_NONE};
    char path[VALUE_SIZE], name[VALUE_SIZE];
    struct node *node;

    snprintf(path, sizeof(path), "/local/pool/%u/name", pool);
    snprintf(name, sizeof(name), "Pool-%u", pool);
    if (!store_lookup(view, actor, path, RIGHT_NONE, &node))
        return 0;
    return store_put(view, actor, path, name, strlen(name), &owner, 1);
}

/* Xen's tools list no pools if one has no name, also where no domain is in it. */
static int name_pools(struct view *view, const struct actor *actor,
                      const struct domain_description *description)
{
    int error = name_pool(view, actor, description->pool);

    for (unsigned int i = 0; i < description->pools && i < POOLS_MAX && !error; i++)
        error = name_pool(view, actor, i);
    return error;
}

static int write_tree(struct view *view, const struct actor *actor, const struct subtree *tree)
{
    int error = 0;

    for (size_t i = 0; i < ROW_COUNT && !error; i++) {
        if (wanted(&rows[i], tree))
            error = write_row(view, actor, tree, &rows[i]);
    }
    if (!error)
        error = write_vcpus(view, actor, tree);
    return error ? error : name_pools(view, actor, tree->description);
}

/* One event for each top directory: watches are told of what is below. */
static void fire_bases(struct server *server, const struct subtree *tree)
{
    const struct change change = {.happened = true};
    char path[2 * VALUE_SIZE];

    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!wanted(&rows[i], tree))
            continue;
        base_path(rows[i].base, tree, path);
        strcat(path, rows[i].path);
        watches_fire(server, path, &change);
    }
}

static void make_uuid(const struct domain_description *description, char *text)
{
    static const uint8_t none[16];
    uint8_t uuid[16];

    memcpy(uuid, description->uuid, sizeof(uuid));
    if (!memcmp(uuid, none, sizeof(uuid)) && getrandom(uuid, sizeof(uuid), 0) == sizeof(uuid)) {
        uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40); /* version 4: random */
        uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80); /* the variant of RFC 4122 */
    }
    for (unsigned int i = 0; i < sizeof(uuid); i++) {
        bool dash = i == 4 || i == 6 || i == 8 || i == 10;

        text += sprintf(text, dash ? "-%02x" : "%02x", uuid[i]);
    }
}

static void remove_path(struct server *server, const char *path)
{
    const struct actor actor = server_actor(server);
    struct change change = {0};
    struct view view;
    int error;

    view_begin_live(&view, &server->store);
    error = store_remove(&view, &actor, path, &change);
    view_end_live(&view);
    if (!error && change.happened)
        watches_fire(server, path, &change);
    change_release(&change);
}

void boot_tree_remove(struct server *server, uint16_t domid, const char *uuid)
{
    struct subtree tree = {.domid = domid};
    char path[VALUE_SIZE];

    memcpy(tree.uuid, uuid, sizeof(tree.uuid));
    for (enum base base = BASE_DOMAIN; base <= BASE_LIBXL; base++) {
        base_path(base, &tree, path);
        remove_path(server, path);
    }
}

int boot_tree_write(struct server *server, uint16_t domid,
                    const struct domain_description *description, char *uuid)
{
    struct subtree tree = {
        .domid = domid, .own = domid == server->own_domid, .description = description};
    const struct actor actor = server_actor(server);
    struct view view;
    int error;

    make_uuid(description, tree.uuid);
    memcpy(uuid, tree.uuid, sizeof(tree.uuid));
    /* What an earlier domain of that id may have left. */
    boot_tree_remove(server, domid, tree.uuid);
    /* In place: a copy of the directories that all domains are in would cost as much as there are.
     */
    view_begin_live(&view, &server->store);
    error = write_tree(&view, &actor, &tree);
    view_end_live(&view);
    if (error) {
        boot_tree_remove(server, domid, tree.uuid);
        return error;
    }
    fire_bases(server, &tree);
    return 0;
}

/* ---- The frame --------------------------------------------------------------------------------
 */

static const struct {
    const char *path, *value;
} frame[] = {
    {"/tool/xenstored", ""},          {"/local/domain", ""}, {"/vm", ""}, {"/libxl", ""},
    {"/local/pool/0/name", "Pool-0"},
};

int boot_tree_frame(struct server *server)
{
    const struct actor actor = server_actor(server);
    const struct permission owner = {.domid = server->own_domid, .rights = RIGHT_NONE};
    int error = 0;

    for (size_t i = 0; i < sizeof(frame) / sizeof(frame[0]) && !error; i++) {
        struct view view;

        view_begin_live(&view, &server->store);
        error = store_put(&view, &actor, frame[i].path, frame[i].value, strlen(frame[i].value),
                          &owner, 1);
        view_end_live(&view);
    }
    return error;
}
