/* SPDX-License-Identifier: MIT */
/*
 * What happens on the machine, in its order: the hypervisor's events, each with a number, and in
 * between those of the store: devices and consoles that come and go.
 */
#ifndef LIBXL_EVENTS_H
#define LIBXL_EVENTS_H

#include <libxl/libxl.h>

#pragma GCC visibility push(default)

#define LIBXL_EVENT_DETAILS 7
#define LIBXL_EVENT_VALUE   400
#define LIBXL_EVENT_TEXT    768

struct libxl_event {
    uint64_t sequence;  /* from 1 on; of one that is not the hypervisor's 0 */
    uint64_t uptime_ns; /* since the machine's start */
    uint64_t time_ns;   /* since 1970 */
    char kind[24];      /* "launched" */
    char severity[8];   /* "info", "warning", "error" */
    uint32_t domid;     /* LIBXL_NOT_TOLD: it is of no domain */
    char domain[LIBXL_NAME_MAX];
    uint32_t life; /* of the domain, from 1; 0: not known */
    struct {
        char name[16];
        bool number;                   /* what is in value */
        char value[LIBXL_EVENT_VALUE]; /* "": none */
    } details[LIBXL_EVENT_DETAILS];
    size_t nr_details;
    char text[LIBXL_EVENT_TEXT]; /* one sentence, without the domain */
};

struct libxl_events;

/* What has been since the machine's start, as far as it is kept, and what comes. Close before the
 * context. */
enum libxl_code libxl_events_open(struct libxl_ctx *ctx, struct libxl_events **out);
void libxl_events_close(struct libxl_events *events);
/* Goes on with this number; LIBXL_FAILED: there have been fewer. */
enum libxl_code libxl_events_from(struct libxl_events *events, uint64_t sequence);
/* Goes on with the next event that comes. */
enum libxl_code libxl_events_from_now(struct libxl_events *events);
/* Ends with what there is by now: then there is no next one, for good. */
enum libxl_code libxl_events_end_now(struct libxl_events *events);
/* From here on those of the store, too. LIBXL_NO_XENSTORED: there are none. */
enum libxl_code libxl_events_add_store(struct libxl_events *events);

/*
 * The next one; *there says whether there is one yet. In place of events that are no longer kept
 * there is one of the kind "lost", whose detail "events" says how many.
 */
enum libxl_code libxl_events_next(struct libxl_events *events, struct libxl_event *out,
                                  bool *there);
/*
 * Waits until there may be one, or `also` (a descriptor, -1: none) has lost its other end, or for
 * so many milliseconds (< 0: for ever). False: the other end is lost.
 */
bool libxl_events_wait(struct libxl_events *events, int also, int milliseconds);

/* Whether there is an event of this name, of the hypervisor or the store; and the n-th name, NULL
 * behind the last. */
bool libxl_event_kind_known(const char *kind);
const char *libxl_event_kind(size_t n);

/* How grave those of the n-th are: "info", "warning" or "error". */
const char *libxl_event_kind_severity(size_t n);
/* The name of the i-th detail of the n-th; *number: it is one. False: they have no more. */
bool libxl_event_kind_detail(size_t n, size_t i, char name[16], bool *number);

/* One line of JSON without its end; free() it. NULL when out of memory. */
char *libxl_event_json(const struct libxl_event *event);

#pragma GCC visibility pop

#endif
