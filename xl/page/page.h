/* SPDX-License-Identifier: MIT */
/* The board on one page of HTML, for people: no scripts, and nothing that is loaded from elsewhere.
 */
#ifndef XL_PAGE_H
#define XL_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "../launch/launch.h"
#include "../top/sample.h"

struct page {
    FILE *out;
    struct libxl_ctx *ctx;
    time_t now;
    struct libxl_info info;
    struct top_sample sample;
    const struct launch_report *plan; /* of the tree that the board was started from, or NULL */
};

/*
 * Text of HTML: as printf, but that each %s is escaped, for elements and quoted attributes alike.
 * Only %s, %u, %llu, %.1f and %% are known.
 */
void html(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "128 MiB", "1.5 GiB", into out[PAGE_SIZE_MAX]; returns it. */
#define PAGE_SIZE_MAX 24
const char *page_size(uint64_t kib, char *out);

/* A table's begin, as wide as what is around it, with these headings; an empty one is a row's own.
 */
void page_open_table(const struct page *page, const char *class, const char *const *headings);
void page_close_table(const struct page *page);

extern const char page_style[];

/* A hue for a domain, which it has all over the page: one of the style's classes c0, c1, ... */
#define PAGE_HUES 8
unsigned int page_hue(uint32_t domid);

/* The sections, in their order. */
void page_domains(const struct page *page);
void page_reach(const struct page *page);
void page_memory(const struct page *page);
void page_devices(const struct page *page);
void page_counters(const struct page *page);

/*
 * Takes all there is and writes it to a file, which is there whole or not at all, or with "-" to
 * the output. `tree`: the board's device tree, for what only that says, or NULL. The exit status.
 */
int xl_page(const char *path, const char *tree);

#endif
