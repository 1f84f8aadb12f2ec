/* SPDX-License-Identifier: MIT */
/* What is at which path. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "listen.h"

#define HTTP_OK                 200
#define HTTP_NOT_FOUND          404
#define HTTP_METHOD_NOT_ALLOWED 405
#define HTTP_UNAVAILABLE        503

#define PLAIN "text/plain; charset=utf-8"

static const char *const types[] = {
    [METRICS_OPEN] = "application/openmetrics-text; version=1.0.0; charset=utf-8",
    [METRICS_TEXT] = "text/plain; version=0.0.4; charset=utf-8",
};

static const char front_page[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\"><head><title>Trefoil</title></head>\n"
    "<body><h1>Trefoil</h1><p>What is counted of this machine and its domains: "
    "<a href=\"/metrics\">metrics</a>.</p></body></html>\n";

static void set_text(struct http_reply *reply, unsigned int status, const char *type,
                     const char *text)
{
    reply->status = status;
    reply->type = type;
    reply->body = strdup(text);
    reply->size = strlen(text);
}

/* Without all of the text there is none. */
static void set_metrics(struct http_reply *reply, enum metrics_format format,
                        const struct metrics *metrics)
{
    FILE *out = open_memstream(&reply->body, &reply->size);
    if (!out)
        return;
    metrics_write(out, format, metrics);
    bool failed = ferror(out);
    if (fclose(out) != 0 || failed) {
        free(reply->body);
        reply->body = NULL;
    }
    reply->status = HTTP_OK;
    reply->type = types[format];
}

static void say_why(struct http_reply *reply, const struct libxl_ctx *ctx)
{
    char text[1024];
    snprintf(text, sizeof(text), "%s\n", *libxl_error(ctx) ? libxl_error(ctx) : "Out of memory.");
    set_text(reply, HTTP_UNAVAILABLE, PLAIN, text);
}

/* By connections of its own: what has come or gone since the last one is of no matter. */
static void answer_metrics(struct libxl_memory *memory, const struct http_request *request,
                           struct http_reply *reply)
{
    struct metrics metrics;
    struct libxl_ctx *ctx = libxl_open();
    if (!ctx)
        return;
    libxl_remember(ctx, memory);
    if (metrics_take(ctx, &metrics) == LIBXL_OK)
        set_metrics(reply, metrics_negotiate(request->accept), &metrics);
    else
        say_why(reply, ctx);
    metrics_free(&metrics);
    libxl_close(ctx);
}

void metrics_answer(void *context, const struct http_request *request, struct http_reply *reply)
{
    bool is_metrics = !strcmp(request->path, "/metrics");
    *reply = (struct http_reply){.status = HTTP_UNAVAILABLE, .type = PLAIN};
    if (!is_metrics && strcmp(request->path, "/") != 0) {
        set_text(reply, HTTP_NOT_FOUND, PLAIN, "There is nothing here but /metrics.\n");
    } else if (strcmp(request->method, "GET") != 0 && strcmp(request->method, "HEAD") != 0) {
        set_text(reply, HTTP_METHOD_NOT_ALLOWED, PLAIN, "This can only be read.\n");
        reply->allow = "GET, HEAD";
    } else if (is_metrics) {
        answer_metrics(context, request, reply);
    } else {
        set_text(reply, HTTP_OK, "text/html; charset=utf-8", front_page);
    }
}
