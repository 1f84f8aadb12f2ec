/* SPDX-License-Identifier: MIT */
/*
 * Plays the kernel's part of disks and networks in a domain of the twin, by the nodes alone: the
 * backends and the daemon, or the frontends. There are no rings behind it, so nothing is read or
 * written; each end is as far as the other lets it be (Xen's public headers, io/xenbus.h).
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xenstore.h>

enum state { NONE, INITIALISING, INIT_WAIT, INITIALISED, CONNECTED, CLOSING, CLOSED };

#define ANY  (-1)
#define PATH 512

/* Of one end: in its own state, while the other's is so, it goes on to the next. */
struct step {
    int own, other;
    enum state next;
};

static const struct step back_steps[] = {
    {INITIALISING, ANY, INIT_WAIT},    {INIT_WAIT, INITIALISED, CONNECTED},
    {INIT_WAIT, CONNECTED, CONNECTED}, {INIT_WAIT, CLOSED, CLOSED},
    {CONNECTED, CLOSING, CLOSING},     {CONNECTED, CLOSED, CLOSED},
    {CLOSING, CLOSED, CLOSED},         {CLOSING, NONE, CLOSED},
};
static const struct step front_steps[] = {
    {INITIALISING, INIT_WAIT, INITIALISED}, {INITIALISED, CONNECTED, CONNECTED},
    {INITIALISING, CLOSING, CLOSED},        {INITIALISED, CLOSING, CLOSED},
    {CONNECTED, CLOSING, CLOSED},           {CONNECTED, CLOSED, CLOSED},
};

/* The two ends, and where each finds the other. */
static const struct end {
    const char *name, *directory, *other;
    unsigned int depth; /* from the directory to a device's */
    bool serves;        /* is the daemon, too */
    const struct step *steps;
    size_t count;
} ends[] = {
    {"back", "backend", "frontend", 3, true, back_steps, sizeof(back_steps) / sizeof(*back_steps)},
    {"front", "device", "backend", 2, false, front_steps,
     sizeof(front_steps) / sizeof(*front_steps)},
};

static struct xs_handle *store;

static bool read_node(const char *directory, const char *name, char *out, size_t size)
{
    char path[PATH + 32];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    char *value = xs_read(store, XBT_NULL, path, NULL);
    bool there = value;
    snprintf(out, size, "%s", value ? value : "");
    free(value);
    return there;
}

static void write_node(const char *directory, const char *name, const char *value)
{
    char path[PATH + 32];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    if (!xs_write(store, XBT_NULL, path, value, (unsigned int)strlen(value)))
        fprintf(stderr, "twindevices: %s: %s\n", path, strerror(errno));
}

static enum state state_of(const char *directory)
{
    char text[16];
    return read_node(directory, "state", text, sizeof(text)) ? (enum state)strtoul(text, NULL, 10)
                                                             : NONE;
}

/* What the daemon does for a backend: it lets one that waits go on, and takes away one that has
 * closed for good. */
static void serve(const char *directory, int own)
{
    char text[16];
    if (own == INIT_WAIT && !read_node(directory, "hotplug-status", text, sizeof(text))) {
        write_node(directory, "physical-device", "7:0");
        write_node(directory, "hotplug-status", "connected");
    }
    if (own == CLOSED && read_node(directory, "online", text, sizeof(text)) && !strcmp(text, "0"))
        xs_rm(store, XBT_NULL, directory);
}

/* What is asked for when somebody wants to know what has been counted, and the answer: as nothing
 * is read or written, each device has counted the answers. */
#define ASKED "libxl/statistics/asked"

static unsigned long nr_answers;

/* So many numbers as the daemon has of any kind: more than are read do no harm. */
static void count(const struct end *end, const char *directory)
{
    char path[PATH + 32], text[160];
    snprintf(path, sizeof(path), "libxl/statistics%s", directory + strlen(end->directory));
    snprintf(text, sizeof(text), "%lu %lu 0 %lu %lu 0 0 0", nr_answers * 2, nr_answers,
             nr_answers * 16, nr_answers * 8);
    if (!xs_write(store, XBT_NULL, path, text, (unsigned int)strlen(text)))
        fprintf(stderr, "twindevices: %s: %s\n", path, strerror(errno));
}

/* One step; the change of the node brings us here again. */
static void look(const struct end *end, const char *directory)
{
    char other[PATH], text[4];
    int own = state_of(directory);
    if (own == NONE || !read_node(directory, end->other, other, sizeof(other)))
        return;
    if (end->serves)
        serve(directory, own);
    for (size_t i = 0; i < end->count; i++) {
        const struct step *step = &end->steps[i];
        if (step->own != own || (step->other != ANY && step->other != (int)state_of(other)))
            continue;
        snprintf(text, sizeof(text), "%d", (int)step->next);
        write_node(directory, "state", text);
        return;
    }
}

/* The other end's changes are another domain's: each device's is watched, under the device's path.
 */
static void watch_other(const struct end *end, const char *directory)
{
    char other[PATH], path[PATH + 8];
    if (!read_node(directory, end->other, other, sizeof(other)))
        return;
    snprintf(path, sizeof(path), "%s/state", other);
    /* It may be watched already. */
    (void)xs_watch(store, path, "other");
}

static void walk(const struct end *end, const char *directory, unsigned int depth)
{
    unsigned int found = 0;
    if (depth == end->depth) {
        watch_other(end, directory);
        look(end, directory);
        if (end->serves && nr_answers)
            count(end, directory);
        return;
    }
    char **names = xs_directory(store, XBT_NULL, directory, &found);
    for (unsigned int i = 0; names && i < found; i++) {
        char path[PATH];
        if (snprintf(path, sizeof(path), "%s/%s", directory, names[i]) < (int)sizeof(path))
            walk(end, path, depth + 1);
    }
    free(names);
}

/* Once all devices have their numbers. */
static void answer(void)
{
    char text[24];
    snprintf(text, sizeof(text), "%lu", nr_answers);
    write_node("libxl/statistics", "answered", text);
}

/* Until the domain, or its store, has ended. */
static void run(const struct end *end)
{
    struct pollfd fd = {.fd = xs_fileno(store), .events = POLLIN};
    for (;;) {
        char **event;
        bool asked = false;
        while ((event = xs_check_watch(store))) {
            asked = asked || !strcmp(event[XS_WATCH_PATH], ASKED);
            free(event);
        }
        if (errno != EAGAIN)
            return;
        nr_answers += asked;
        walk(end, end->directory, 0);
        if (asked)
            answer();
        if (poll(&fd, 1, -1) < 0 && errno != EINTR)
            return;
    }
}

int main(int argc, char **argv)
{
    const struct end *end = NULL;
    for (size_t i = 0; argc == 2 && i < sizeof(ends) / sizeof(*ends); i++)
        if (!strcmp(argv[1], ends[i].name))
            end = &ends[i];
    if (!end) {
        fprintf(stderr, "usage: twindevices back|front\n"
                        "Plays one end of disks and networks in the domain that TREFOIL_DOMAIN "
                        "names.\n");
        return 2;
    }
    store = xs_open(0);
    if (!store || !xs_watch(store, end->directory, "own")) {
        fprintf(stderr, "twindevices: no store: %s\n", strerror(errno));
        return 1;
    }
    if (end->serves) {
        write_node("libxl", "devd", "1");
        (void)xs_watch(store, ASKED, "asked");
    }
    run(end);
    xs_close(store);
    return 0;
}
