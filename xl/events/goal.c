/* SPDX-License-Identifier: MIT */
/* What xl events --until waits for. */
#include "events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_running(const struct libxl_domain *domain)
{
    return !domain->shutdown && !domain->dying && !domain->paused;
}

static bool is_paused(const struct libxl_domain *domain)
{
    return domain->paused;
}

static bool is_ended(const struct libxl_domain *domain)
{
    return domain->shutdown || domain->dying;
}

static const struct events_state states[] = {
    {"is-running", "it is there, neither paused nor ended", is_running},
    {"is-paused", "it is paused", is_paused},
    {"is-ended", "it has shut down, or is there no more", is_ended},
    {"is-gone", "it is there no more", NULL},
};

static const struct events_state *find_state(const char *name)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (!strcmp(states[i].name, name))
            return &states[i];
    }
    return NULL;
}

bool xl_events_parse_goal(const char *text, struct events_goal *goal)
{
    static char name[32];
    const char *comma = strchr(text, ',');
    size_t length = comma ? (size_t)(comma - text) : strlen(text);
    *goal = (struct events_goal){.name = name};
    snprintf(name, sizeof(name), "%.*s", (int)length, text);
    snprintf(goal->domain, sizeof(goal->domain), "%s", comma ? comma + 1 : "");
    goal->state = find_state(name);
    if (goal->state && !*goal->domain) {
        xl_fail_with("--until %s takes a domain: %s,DOMAIN.", name, name);
        return false;
    }
    if (!goal->state && !libxl_event_kind_known(name)) {
        xl_fail_with("--until: there is no event or state '%s'.", name);
        return false;
    }
    return true;
}

bool xl_events_of_domain(const struct libxl_event *event, const char *name)
{
    char *end;
    unsigned long id = strtoul(name, &end, 10);
    if (event->domid == LIBXL_NOT_TOLD)
        return !strcmp(name, event->domain);
    return !strcmp(name, event->domain) || (*name && !*end && id == event->domid);
}

bool xl_events_is_goal(const struct events_goal *goal, const struct libxl_event *event)
{
    return !goal->state && !strcmp(goal->name, event->kind) &&
           (!*goal->domain || xl_events_of_domain(event, goal->domain));
}

/* A domain between two lives has its name all the same. */
static enum libxl_code get(const struct events_goal *goal, struct libxl_domain *domain)
{
    uint32_t domid;
    enum libxl_code code = libxl_boot_domain_find(xl_context(), goal->domain, &domid);
    return code ? code : libxl_domain_get(xl_context(), domid, domain);
}

int xl_events_look(const struct events_goal *goal, bool *reached)
{
    struct libxl_domain domain;
    *reached = false;
    if (!goal->state)
        return XL_OK;
    enum libxl_code code = get(goal, &domain);
    if (code == LIBXL_NO_DOMAIN)
        *reached = goal->state->holds == is_ended || !goal->state->holds;
    else if (code)
        return xl_fail();
    else
        *reached = goal->state->holds && goal->state->holds(&domain);
    return XL_OK;
}
