/* SPDX-License-Identifier: MIT */
/*
 * Numbers for Prometheus. A family is a row of a table: its name, what it means, and how its
 * samples are made of what there is at the moment.
 */
#ifndef XL_METRICS_METRICS_H
#define XL_METRICS_METRICS_H

#include <stdio.h>

#include <libxl/counters.h>

#include "../top/sample.h"

/* A domain that the tree launched and that is not there. */
struct metrics_gone {
    uint32_t domid;
    char name[LIBXL_NAME_MAX];
};

/* What there is. */
struct metrics {
    struct top_sample sample;
    struct libxl_info *info;
    struct libxl_vcpu_counters *vcpus;
    struct libxl_domain_counters *domains;
    struct libxl_cpu_counters *cpus;
    struct metrics_gone *gone;
    size_t nr_gone, nr_vcpus, nr_domains, nr_cpus;
};

/* Two ways to write the same numbers. */
enum metrics_format {
    METRICS_OPEN, /* OpenMetrics 1.0 */
    METRICS_TEXT, /* Prometheus' text format 0.0.4, which node_exporter reads */
};

struct metrics_writer {
    FILE *out;
    enum metrics_format format;
    const struct metrics_family *family;
};

enum metrics_type { METRICS_GAUGE, METRICS_COUNTER, METRICS_INFO, METRICS_HISTOGRAM };

struct metrics_family {
    const char *name; /* without "trefoil_" and without what the type adds */
    enum metrics_type type;
    const char *help; /* a sentence without its full stop */
    void (*write)(const struct metrics_writer *writer, const struct metrics *metrics,
                  unsigned int which);
    unsigned int which; /* for `write` */
};

/* Ended by one without a name. */
extern const struct metrics_family metrics_families[];

/* LIBXL_OK: all of it. To be released by metrics_free() in any case. */
enum libxl_code metrics_take(struct libxl_ctx *ctx, struct metrics *metrics);
void metrics_free(struct metrics *metrics);

/* All families that have samples. */
void metrics_write(FILE *out, enum metrics_format format, const struct metrics *metrics);

/* ---- For the table's functions ---- */

/*
 * One sample. `labels` is "name", value, ..., NULL; values are escaped. The name's end is added:
 * "_total" of a counter, "_info" of what describes. Numbers are whole, or ns to be shown as s.
 */
struct metrics_labels {
    const char *pairs[9]; /* name, value, ...; NULL ends them */
};
void metrics_whole(const struct metrics_writer *writer, const struct metrics_labels *labels,
                   uint64_t value);
void metrics_seconds(const struct metrics_writer *writer, const struct metrics_labels *labels,
                     uint64_t ns);
/* A sample of a histogram: `end` is "_bucket", "_count" or "_sum". */
void metrics_part(const struct metrics_writer *writer, const char *end,
                  const struct metrics_labels *labels, const char *value);

#endif
