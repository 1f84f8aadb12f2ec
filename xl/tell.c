/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "data.h"

struct event {
    uint32_t domid;
    const char *event;
    char text[128];
};

const struct libxl_field xl_told_fields[] = {
    XL_FIELD(event, domid, TOLD, "domid"),
    XL_FIELD(event, event, POINTER, "event"),
    XL_FIELD(event, text, STRING, "text"),
    {.name = NULL},
};

static struct {
    const struct xl_call *call; /* whose events are kept for the end; NULL: said at once */
    struct event *events;
    size_t count;
    bool lost;
} told;

static void forget(void)
{
    free(told.events);
    told.events = NULL;
    told.call = NULL;
    told.count = 0;
    told.lost = false;
}

void xl_tell_begin(const struct xl_call *call)
{
    forget();
    told.call = xl_wants_data(call, 'j') ? call : NULL;
}

int xl_tell(uint32_t domid, const char *event, const char *format, ...)
{
    struct event one = {.domid = domid, .event = event};
    va_list list;
    va_start(list, format);
    vsnprintf(one.text, sizeof(one.text), format, list);
    va_end(list);
    if (!told.call) {
        printf("%s\n", one.text);
        fflush(stdout);
        return XL_OK;
    }
    struct event *more = realloc(told.events, (told.count + 1) * sizeof(*more));
    if (!more) {
        told.lost = true;
        return XL_OK;
    }
    told.events = more;
    told.events[told.count++] = one;
    return XL_OK;
}

int xl_tell_end(int status)
{
    const struct libxl_data data = {"events",    "event",    xl_told_fields,
                                    told.events, told.count, sizeof(*told.events)};
    if (told.lost)
        status = xl_fail_with("Out of memory.");
    if (told.call && xl_print_data(told.call, &data) != XL_OK)
        status = XL_FAILED;
    forget();
    return status;
}
