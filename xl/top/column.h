/* SPDX-License-Identifier: MIT */
/* The columns of the screen: what they show of a domain, and how they sort. */
#ifndef XL_TOP_COLUMN_H
#define XL_TOP_COLUMN_H

#include "sample.h"

#define TOP_VALUE_MAX (LIBXL_NAME_MAX + 1)

struct top_column {
    const char *header;
    int width;
    bool is_text; /* at the left, and sorted upwards; others at the right, and downwards */
    /* The text of a value; and its number, by which it sorts. One of them may be NULL. */
    void (*text)(const struct top_domain *domain, char *out, size_t size);
    double (*number)(const struct top_domain *domain);
    int decimals; /* of the number */
};

extern const struct top_column top_columns[];
extern const size_t top_nr_columns;

/* The place of the column of this header. */
size_t top_column_find(const char *header);
void top_column_value(const struct top_column *column, const struct top_domain *domain,
                      char out[TOP_VALUE_MAX]);
/* Sorts; those that are alike stay in the order of their ids. */
void top_sort(struct top_domain *domains, size_t count, size_t column, bool reversed);

/* A word for what the domain is doing, and whether that asks for somebody. */
const char *top_state(const struct libxl_domain *domain, bool *is_trouble);

#endif
