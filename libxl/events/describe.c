/* SPDX-License-Identifier: MIT */
/* Events in words, by the table of <xen/trefoil_event.def>: a text names the arguments in order. */
#include "events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <libxl/fields.h>

#include "../store.h"

#define LOG_PREFIX "(trefoil) "
#define LOG_LINE   384u

static const struct kind {
    uint16_t number;
    const char *name, *severity, *text;
} kinds[] = {
#define TREFOIL_EVENT(number, name, severity, text) {number, #name, #severity, text},
#include <xen/trefoil_event.def>
#undef TREFOIL_EVENT
};
#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *libxl_event_kind(size_t n)
{
    return n < NR_KINDS ? kinds[n].name : libxl_other_kinds[n - NR_KINDS].name;
}

const char *libxl_event_kind_severity(size_t n)
{
    return n < NR_KINDS ? kinds[n].severity : "info";
}

bool libxl_event_kind_known(const char *kind)
{
    const char *name;
    for (size_t i = 0; (name = libxl_event_kind(i)); i++) {
        if (!strcmp(name, kind))
            return true;
    }
    return false;
}

/* What a placeholder of a text says: {name} or {name:form}. */
struct placeholder {
    char name[16], form[8];
};

/* The next one from `text` on, whose beginning is returned; *end is behind it. NULL: none. */
static const char *next_placeholder(const char *text, struct placeholder *out, const char **end)
{
    const char *begin = strchr(text, '{'), *close = begin ? strchr(begin, '}') : NULL;
    if (!close)
        return NULL;
    *out = (struct placeholder){.form = ""};
    sscanf(begin, "{%15[a-z_]:%7[a-z]", out->name, out->form);
    *end = close + 1;
    return begin;
}

bool libxl_event_kind_detail(size_t n, size_t i, char name[16], bool *number)
{
    struct placeholder placeholder = {.name = ""};
    const char *text = n < NR_KINDS ? kinds[n].text : libxl_other_kinds[n - NR_KINDS].text;
    for (size_t next = 0; next <= i; next++) {
        if (!next_placeholder(text, &placeholder, &text))
            return false;
    }
    memcpy(name, placeholder.name, sizeof(placeholder.name));
    *number = !placeholder.form[0];
    return true;
}

/* What the tree says of its name holds when the domain is gone, too. */
static void name_domain(struct libxl_ctx *ctx, uint32_t domid, char *out, size_t size)
{
    struct xen_domctl_trefoil_restart restart;
    domid_t found;
    char name[LIBXL_NAME_MAX];
    if (domid >= DOMID_FIRST_RESERVED)
        snprintf(out, size, "%s", domid == DOMID_XEN ? "hypervisor" : "");
    else if (libxl_domain_name(ctx, domid, name) == LIBXL_OK)
        snprintf(out, size, "%s", name);
    else if (xc_domain_restart(ctx->xc, (domid_t)domid, XEN_DOMCTL_TREFOIL_RESTART_ASK, &found,
                               &restart) >= 0)
        snprintf(out, size, "%s", restart.name);
    else
        snprintf(out, size, "domain-%u", domid);
    libxl_make_printable(out, strlen(out), "");
}

/* The line of the log that begins there, "" when it is kept no more. */
static void read_line(struct libxl_ctx *ctx, uint64_t place, char *out, size_t size)
{
    char text[LOG_LINE];
    uint32_t index = (uint32_t)place;
    int got = xc_readconsole(ctx->xc, text, sizeof(text) - 1, 0, 1, &index);
    const char *from = text;
    out[0] = '\0';
    if (got <= 0 || index - (uint32_t)got != (uint32_t)place)
        return;
    text[got] = '\0';
    text[strcspn(text, "\n")] = '\0';
    if (!strncmp(text, LOG_PREFIX, strlen(LOG_PREFIX)))
        from += strlen(LOG_PREFIX);
    snprintf(out, size, "%s", from);
}

static void form_end(uint64_t code, char *out, size_t size)
{
    const char *name = code < 256 ? libxl_reason_name((unsigned int)code) : NULL;
    snprintf(out, size, "%s", name ? name : "unknown reason");
}

/* One argument, and those that it takes with it. */
static bool form_argument(struct libxl_ctx *ctx, const struct xen_trefoil_event *event, size_t at,
                          const char *form, char out[LIBXL_EVENT_VALUE])
{
    uint64_t value = event->arguments[at];
    if (!strcmp(form, "x"))
        snprintf(out, LIBXL_EVENT_VALUE, "%#llx", (unsigned long long)value);
    else if (!strcmp(form, "end"))
        form_end(value, out, LIBXL_EVENT_VALUE);
    else if (!strcmp(form, "error"))
        snprintf(out, LIBXL_EVENT_VALUE, "%s", strerror((int)(value & 0xfff)));
    else if (!strcmp(form, "domain"))
        name_domain(ctx, (uint32_t)value, out, LIBXL_EVENT_VALUE);
    else if (!strcmp(form, "line"))
        read_line(ctx, value, out, LIBXL_EVENT_VALUE);
    else if (!strcmp(form, "text"))
        snprintf(out, LIBXL_EVENT_VALUE, "%.*s",
                 (int)((XEN_TREFOIL_EVENT_ARGUMENTS - at) * sizeof(value)),
                 (const char *)&event->arguments[at]);
    else {
        snprintf(out, LIBXL_EVENT_VALUE, "%llu", (unsigned long long)value);
        return true;
    }
    libxl_make_printable(out, strlen(out), "");
    return false;
}

void libxl_event_detail(struct libxl_event *event, const char *name, bool number, const char *value)
{
    if (event->nr_details == LIBXL_EVENT_DETAILS)
        return;
    snprintf(event->details[event->nr_details].name, sizeof(event->details[0].name), "%s", name);
    snprintf(event->details[event->nr_details].value, LIBXL_EVENT_VALUE, "%s", value);
    libxl_make_printable(event->details[event->nr_details].value, strlen(value), "");
    event->details[event->nr_details++].number = number;
}

/* The text with the details in their order in place of its placeholders. */
static void write_text(const char *text, struct libxl_event *out)
{
    struct placeholder placeholder;
    const char *begin, *end;
    size_t length = 0, next = 0;
    while ((begin = next_placeholder(text, &placeholder, &end)) && next < out->nr_details) {
        const char *value = out->details[next++].value;
        length += (size_t)snprintf(out->text + length, sizeof(out->text) - length, "%.*s%s",
                                   (int)(begin - text), text, *value ? value : "-");
        if (length >= sizeof(out->text))
            return;
        text = end;
    }
    snprintf(out->text + length, sizeof(out->text) - length, "%s", text);
}

/* Of a hypervisor that has more kinds than we know: its numbers as they are. */
static const struct kind unknown = {
    .name = "unknown",
    .severity = "info",
    .text = "an event that these tools do not know: {a:x} {b:x} {c:x} {d:x} {e:x} {f:x} {g:x}",
};

static const struct kind *kind_of(uint16_t number)
{
    for (size_t i = 0; i < NR_KINDS; i++) {
        if (kinds[i].number == number)
            return &kinds[i];
    }
    return &unknown;
}

static void set_kind(const char *name, const char *severity, struct libxl_event *out)
{
    snprintf(out->kind, sizeof(out->kind), "%s", name);
    snprintf(out->severity, sizeof(out->severity), "%s", severity);
}

void libxl_event_describe(struct libxl_ctx *ctx, const struct xen_trefoil_event *event,
                          uint64_t time_ns, struct libxl_event *out)
{
    const struct kind *kind = kind_of(event->kind);
    struct placeholder placeholder;
    const char *end = kind->text;
    *out = (struct libxl_event){
        .sequence = event->sequence,
        .uptime_ns = event->time,
        .time_ns = time_ns,
        .domid = event->domain < DOMID_FIRST_RESERVED ? event->domain : LIBXL_NOT_TOLD,
        .life = event->life,
    };
    set_kind(kind->name, kind->severity, out);
    name_domain(ctx, event->domain, out->domain, sizeof(out->domain));
    for (size_t at = 0;
         at < XEN_TREFOIL_EVENT_ARGUMENTS && next_placeholder(end, &placeholder, &end) != NULL;
         at++) {
        char value[LIBXL_EVENT_VALUE];
        bool number = form_argument(ctx, event, at, placeholder.form, value);
        libxl_event_detail(out, placeholder.name, number, value);
    }
    write_text(kind->text, out);
}

void libxl_event_other(struct libxl_ctx *ctx, const char *kind, uint32_t domid,
                       struct libxl_event *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    out->time_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    out->domid = domid;
    set_kind(kind, "info", out);
    name_domain(ctx, domid == LIBXL_NOT_TOLD ? DOMID_XEN : domid, out->domain, sizeof(out->domain));
    for (size_t i = 0; libxl_other_kinds[i].name; i++) {
        if (!strcmp(libxl_other_kinds[i].name, kind))
            write_text(libxl_other_kinds[i].text, out);
    }
}
