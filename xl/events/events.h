/* SPDX-License-Identifier: MIT */
/* What the parts of xl events share. */
#ifndef XL_EVENTS_EVENTS_H
#define XL_EVENTS_EVENTS_H

#include <libxl/events.h>

#include "../xl.h"

#define XL_EVENTS_NAMES 32

/* What is waited for. */
struct events_goal {
    const char *name; /* of an event, or of a state; NULL: nothing */
    const struct events_state *state;
    char domain[LIBXL_NAME_MAX]; /* "": any */
};

/* A state of a domain, in which it may be already. */
struct events_state {
    const char *name, *meaning;
    bool (*holds)(const struct libxl_domain *domain); /* NULL: there is none */
};

/* EVENT, EVENT,DOMAIN or STATE,DOMAIN, or says why it is none of them. */
bool xl_events_parse_goal(const char *text, struct events_goal *goal);
/* Whether the event is it. */
bool xl_events_is_goal(const struct events_goal *goal, const struct libxl_event *event);
/* Whether the state is there now; XL_FAILED when that cannot be known. */
int xl_events_look(const struct events_goal *goal, bool *reached);

/* Which events are asked for, by all that was given. */
struct events_filter {
    const char *domains[XL_EVENTS_NAMES], *kinds[XL_EVENTS_NAMES];
    size_t nr_domains, nr_kinds;
};
/* Reads -d and -k; says what is wrong with them. */
bool xl_events_read_filter(const struct xl_call *call, struct events_filter *filter);
bool xl_events_wanted(const struct events_filter *filter, const struct libxl_event *event);
/* Whether a text, a name or an id, is that event's domain. */
bool xl_events_of_domain(const struct libxl_event *event, const char *name);

/* From which point on: a number of an event, "boot", "now", a time. */
struct events_since {
    bool now;
    uint64_t sequence; /* 0: from the first that is kept */
    uint64_t time_ns;  /* since 1970; 0: any */
};
bool xl_events_parse_since(const char *text, struct events_since *since);

#endif
