/* SPDX-License-Identifier: MIT */
/* The two formats: names, types and values in lines. */
#include <inttypes.h>
#include <string.h>

#include "metrics.h"

#define PREFIX "trefoil_"

/* What a type is called, and what the names of its samples end in. */
static const struct {
    const char *open, *text, *end;
} types[] = {
    [METRICS_GAUGE] = {"gauge", "gauge", ""},
    [METRICS_COUNTER] = {"counter", "counter", "_total"},
    [METRICS_INFO] = {"info", "gauge", "_info"},
    [METRICS_HISTOGRAM] = {"histogram", "histogram", ""},
};

/* What may not stand in a label's value as it is. */
static void write_escaped(FILE *out, const char *text)
{
    for (;;) {
        size_t plain = strcspn(text, "\n\"\\");
        fwrite(text, 1, plain, out);
        text += plain;
        if (!*text)
            return;
        fputc('\\', out);
        fputc(*text == '\n' ? 'n' : *text, out);
        text++;
    }
}

static void write_labels(FILE *out, const struct metrics_labels *labels)
{
    const char *before = "{";
    for (const char *const *pair = labels->pairs; *pair; pair += 2) {
        fputs(before, out);
        fputs(pair[0], out);
        fputs("=\"", out);
        write_escaped(out, pair[1]);
        fputc('"', out);
        before = ",";
    }
    if (*before == ',')
        fputc('}', out);
}

void metrics_part(const struct metrics_writer *writer, const char *end,
                  const struct metrics_labels *labels, const char *value)
{
    fprintf(writer->out, PREFIX "%s%s", writer->family->name, end);
    write_labels(writer->out, labels);
    fprintf(writer->out, " %s\n", value);
}

void metrics_whole(const struct metrics_writer *writer, const struct metrics_labels *labels,
                   uint64_t value)
{
    char text[24];
    snprintf(text, sizeof(text), "%" PRIu64, value);
    metrics_part(writer, types[writer->family->type].end, labels, text);
}

void metrics_seconds(const struct metrics_writer *writer, const struct metrics_labels *labels,
                     uint64_t ns)
{
    char text[40];
    snprintf(text, sizeof(text), "%" PRIu64 ".%09" PRIu64, ns / 1000000000, ns % 1000000000);
    metrics_part(writer, types[writer->family->type].end, labels, text);
}

/* In OpenMetrics a family is called without its samples' end, in the other format with it. */
static void write_head(const struct metrics_writer *writer)
{
    const struct metrics_family *family = writer->family;
    bool is_open = writer->format == METRICS_OPEN;
    const char *end = is_open ? "" : types[family->type].end;
    fprintf(writer->out, "# HELP " PREFIX "%s%s %s\n", family->name, end, family->help);
    fprintf(writer->out, "# TYPE " PREFIX "%s%s %s\n", family->name, end,
            is_open ? types[family->type].open : types[family->type].text);
}

void metrics_write(FILE *out, enum metrics_format format, const struct metrics *metrics)
{
    for (const struct metrics_family *family = metrics_families; family->name; family++) {
        const struct metrics_writer writer = {out, format, family};
        write_head(&writer);
        family->write(&writer, metrics, family->which);
    }
    if (format == METRICS_OPEN)
        fputs("# EOF\n", out);
}
