/* SPDX-License-Identifier: MIT */
#include "xlpool.h"

#include <string.h>

static bool is_key(const struct configuration_setting *setting, const char *key)
{
    return strcmp(setting->key, key) == 0;
}

bool xlpool_is(const struct configuration_setting *settings)
{
    bool cpus = false;

    for (; settings; settings = settings->next) {
        if (!is_key(settings, "name") && !is_key(settings, "sched") && !is_key(settings, "cpus") &&
            !is_key(settings, "nodes"))
            return false;
        cpus |= is_key(settings, "cpus") || is_key(settings, "nodes");
    }
    return cpus;
}

/* A list is one text, with commas between its entries. */
static const char *joined(struct make_board *board, const struct configuration_setting *setting)
{
    const char *text = setting->text ? setting->text : "";

    for (const struct configuration_item *item = setting->items; item && text; item = item->next)
        text = make_format(board, "%s%s%s", text, *text ? "," : "", item->text);
    return text;
}

static void read_cpus(struct make_board *board, const struct configuration_setting *setting,
                      const char *name)
{
    const char *wrong, *list = joined(board, setting);
    const char *cpus = list ? make_cpus(board, list, false, &wrong) : NULL;
    struct make_pool *pool = cpus ? make_add_pool(board, setting->place, setting->key, cpus) : NULL;

    if (list && !cpus)
        make_say(board, MAKE_ERROR, setting->place, setting->key, "%s", wrong);
    if (!pool)
        return;
    pool->name = make_text(board, name);
    pool->numbered = true;
}

void xlpool_read(struct make_board *board, const struct configuration_setting *settings,
                 const char *name)
{
    for (const struct make_pool *pool = board->pools; pool; pool = pool->next)
        if (pool->name && strcmp(pool->name, name) == 0)
            make_say(board, MAKE_ERROR, settings->place, "name", "\"%.40s\": another pool's, too",
                     name);
    for (; settings; settings = settings->next) {
        if (is_key(settings, "cpus"))
            read_cpus(board, settings, name);
        else if (is_key(settings, "nodes"))
            make_say(board, MAKE_ERROR, settings->place, settings->key,
                     "memory has no nodes; cpus says which CPUs");
        else if (is_key(settings, "sched"))
            make_say(board, MAKE_WARNING, settings->place, settings->key,
                     "not acted on: there is one scheduler");
    }
}
