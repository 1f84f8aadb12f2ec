/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include <libxl/fields.h>
#include <tools/clock.h>

#include "console_lives.h"

/* Between an end and what follows it there is a moment with nothing under way. */
#define IDLE_MS 1500

/* Where the hypervisor does not tell this domain whether another life comes: how long one may take.
 */
#define UNTOLD_MS 15000

/* How long xenstored may take to describe one that runs. */
#define DESCRIBE_MS 30000

void console_lives_explain(const struct console_lives *lives, struct console_link *ended)
{
    struct libxl_domain domain;
    size_t length;
    const char *how = NULL;

    if (!lives->told && libxl_domain_instance(xl_context(), lives->domid) == lives->instance &&
        libxl_domain_get(xl_context(), lives->domid, &domain) == LIBXL_OK && domain.shutdown)
        how = libxl_reason_name(domain.shutdown_reason);
    if (!how)
        return;
    if (!ended->reason[0])
        snprintf(ended->reason, sizeof ended->reason, "the domain has shut down");
    length = strlen(ended->reason);
    snprintf(ended->reason + length, sizeof ended->reason - length, ": %s", how);
}

static void tell_of_wait(struct console_lives *lives, struct console_link *ended)
{
    if (lives->told)
        return;
    console_lives_explain(lives, ended);
    lives->told = true;
    fprintf(stderr, "\n%s has ended%s%s; its next life is waited for.%s\n", lives->name,
            ended->reason[0] ? ": " : "", ended->reason, lives->hint);
}

static void tell_of_life(const struct console_lives *lives)
{
    struct libxl_domain domain;

    if (libxl_domain_get(xl_context(), lives->domid, &domain) != LIBXL_OK || !domain.life)
        fprintf(stderr, "%s runs again.\n", lives->name);
    else
        fprintf(stderr, "%s runs again: life %u, the one before ended by %s.\n", lives->name,
                domain.life, domain.last_end[0] ? domain.last_end : "unknown");
}

/* Opens the console of the life that runs, once xenstored has described it: until then what is
 * there is the old one's. */
static struct console_link *attach(struct console_lives *lives, int64_t now, bool *over)
{
    char start[LIBXL_START_MAX];
    uint64_t instance = libxl_domain_instance(xl_context(), lives->domid);
    struct console_link *link;

    libxl_domain_start_time(xl_context(), lives->domid, start);
    if (!start[0] || strcmp(start, lives->start) == 0) {
        *over = now - lives->idle_since >= DESCRIBE_MS;
        if (*over)
            xl_fail_with("%s runs again, but xenstored does not know of it.", lives->name);
        return NULL;
    }
    tell_of_life(lives);
    lives->instance = instance;
    memcpy(lives->start, start, sizeof lives->start);
    lives->waiting = lives->told = false;
    link = console_link_open(xl_context(), lives->domid);
    *over = !link;
    return link;
}

/* Whether nothing is to be waited for any more, by what the hypervisor says. */
static bool is_over(struct console_lives *lives, enum libxl_code code, enum libxl_next state,
                    int64_t now)
{
    if (code == LIBXL_NO_DOMAIN)
        return true;
    if (code != LIBXL_OK)
        return now - lives->since >= UNTOLD_MS;
    if (state == LIBXL_NEXT_NONE)
        return now - lives->idle_since >= IDLE_MS;
    return state == LIBXL_NEXT_SAME;
}

static struct console_link *look(struct console_next *next, struct console_link *ended, bool *over)
{
    struct console_lives *lives = (struct console_lives *)next;
    enum libxl_next state = LIBXL_NEXT_COMES;
    enum libxl_code code;
    int64_t now = clock_ms();

    if (!lives->waiting)
        lives->since = lives->idle_since = now;
    lives->waiting = true;
    code = libxl_domain_next(xl_context(), lives->domid, lives->instance, &state);
    *over = !lives->instance || is_over(lives, code, state, now);
    if (*over || (code == LIBXL_OK && state == LIBXL_NEXT_NONE))
        return NULL;
    tell_of_wait(lives, ended);
    if (code == LIBXL_OK && state == LIBXL_NEXT_RUNS)
        return attach(lives, now, over);
    lives->idle_since = now;
    return NULL;
}

void console_lives_begin(struct console_lives *lives, const char *name, uint32_t domid,
                         const char *hint)
{
    *lives = (struct console_lives){.next.look = look,
                                    .name = name,
                                    .hint = hint,
                                    .domid = domid,
                                    .instance = libxl_domain_instance(xl_context(), domid)};
    libxl_domain_start_time(xl_context(), domid, lives->start);
}
