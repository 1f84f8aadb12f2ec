/* SPDX-License-Identifier: MIT */
/* Texts that several commands print. */
#ifndef XL_PRINT_H
#define XL_PRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libxl/libxl.h>

void xl_format_uuid(const uint8_t uuid[16], char *out, size_t size);
/* "control,hardware", or "-" for none. */
void xl_format_roles(uint32_t roles, char *out, size_t size);
/* A cpupool's name. */
void xl_format_pool(uint32_t pool, char *out, size_t size);
/* The pools that are asked for, the caller's to free: all, or the one of that name or number.
 * Returns the exit status, with a message. */
int xl_get_pools(const char *wanted, struct libxl_pool **pools, size_t *count);
/* A map of pcpus as ranges: "0-1,3"; "all" when it has all of `pcpus`, "none" when it has none. */
void xl_format_cpumap(const uint8_t *map, uint32_t pcpus, char *out, size_t size);

/* The reverse, for pcpus below `pcpus`; false for anything else. Clears the whole map first. */
bool xl_parse_cpumap(const char *text, uint32_t pcpus, uint8_t *map, size_t size);

#endif
