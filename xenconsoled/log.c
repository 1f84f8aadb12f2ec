/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "loop.h"

#define ESCAPE 0x1b

void log_init_none(struct log *log)
{
    *log = (struct log){0};
    log_file_init_none(&log->file);
}

void log_open(struct log *log, const struct options *options, const char *name, bool timestamp)
{
    char *at, *path;

    log_init_none(log);
    if (asprintf(&path, "%s/%s.log", options->log_dir, name) < 0)
        return;
    for (at = path + strlen(options->log_dir) + 1; *at; at++)
        if (*at == '/' || *at < ' ' || *at > '~')
            *at = '_';
    log->replace_escape = options->replace_escape;
    log->timestamp = timestamp;
    log_file_open(&log->file, path, options->log_size, options->log_keep);
}

void log_set_budget(struct log *log, const struct options *options)
{
    log->budget = (struct log_budget){.rate = options->log_rate,
                                      .burst = options->log_burst,
                                      .left = options->log_burst,
                                      .counted = loop_now()};
}

void log_reopen(struct log *log)
{
    log_file_reopen(&log->file);
}

/* A batch of output on its way to the file. */
struct batch {
    size_t used;
    char data[1024];
};

static void add(struct log *log, struct batch *batch, const char *data, size_t size)
{
    if (batch->used + size > sizeof batch->data) {
        log_file_write(&log->file, batch->data, batch->used);
        batch->used = 0;
    }
    memcpy(batch->data + batch->used, data, size);
    batch->used += size;
}

/* The date that people read: the wall clock's. */
static void add_timestamp(struct log *log, struct batch *batch)
{
    time_t now = time(NULL);
    struct tm parts;
    char text[32];

    if (localtime_r(&now, &parts))
        add(log, batch, text, strftime(text, sizeof text, "[%Y-%m-%d %H:%M:%S] ", &parts));
}

static void write_out(struct log *log, const char *data, size_t size)
{
    struct batch batch = {.used = 0};

    log_file_rotate(&log->file);
    for (size_t i = 0; i < size; i++) {
        char byte = log->replace_escape && data[i] == ESCAPE ? '.' : data[i];

        if (log->timestamp && !log->line_began)
            add_timestamp(log, &batch);
        add(log, &batch, &byte, 1);
        log->line_began = byte != '\n';
    }
    log_file_write(&log->file, batch.data, batch.used);
}

static void tell_left_out(struct log *log)
{
    char note[128];
    int length;

    if (!log->budget.left_out)
        return;
    length = snprintf(note, sizeof note,
                      "%s[xenconsoled: %" PRIu64 " bytes are left out here: more than %" PRIu64
                      " a second]\n",
                      log->line_began ? "\n" : "", log->budget.left_out, log->budget.rate);
    log->budget.left_out = 0;
    write_out(log, note, (size_t)length);
}

static void grow(struct log_budget *budget, uint64_t now)
{
    uint64_t grown = (now - budget->counted) * budget->rate / 1000;

    if (grown == 0)
        return; /* small times add up */
    budget->counted = now;
    budget->left = budget->burst - budget->left > grown ? budget->left + grown : budget->burst;
}

/* How many of so many bytes may be written. After some were left out it takes a second's budget
 * until more are, so that not every few bytes have a note before them. */
static size_t afford(struct log_budget *budget, size_t size)
{
    uint64_t least = budget->rate < budget->burst ? budget->rate : budget->burst;

    grow(budget, loop_now());
    if (budget->left_out && budget->left < least)
        return 0;
    return budget->left < size ? (size_t)budget->left : size;
}

void log_append(struct log *log, const char *data, size_t size)
{
    struct log_budget *budget = &log->budget;
    size_t taken = size;

    if (!log->file.path || size == 0)
        return;
    if (budget->rate)
        taken = afford(budget, size);
    if (taken > 0) {
        tell_left_out(log);
        write_out(log, data, taken);
    }
    if (!budget->rate)
        return;
    budget->left -= taken;
    budget->left_out += size - taken;
}

bool log_flooded(const struct log *log)
{
    return log->budget.left_out > 0;
}

void log_finish(struct log *log)
{
    tell_left_out(log);
    log_file_finish(&log->file);
}

void log_close(struct log *log)
{
    log_finish(log);
    free(log->file.path);
    log_init_none(log);
}
