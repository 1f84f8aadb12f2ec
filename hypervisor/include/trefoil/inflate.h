/* SPDX-License-Identifier: MIT */
/* Reading what gzip wrote (RFC 1951, RFC 1952). Pure, and of one caller at a time: its tables are
 * static. */
#ifndef TREFOIL_INFLATE_H
#define TREFOIL_INFLATE_H

#include <trefoil/types.h>

/* Does it begin as a gzip file does? */
bool gzip_is(const void *content, uint64_t size);

/*
 * Writes what the first member of a gzip file of at most `size` bytes holds to `to`, at most `room`
 * bytes, and how many they are to *length. Nothing is read or written beyond that, whatever the
 * file says; bytes after the member are ignored. NULL, or what it is instead ("a gzip file that is
 * cut short"): then what is in `to` means nothing.
 */
const char *gzip_unpack(const void *content, uint64_t size, void *to, uint64_t room,
                        uint64_t *length);

/* The check sum of gzip and of U-Boot's images (RFC 1952, section 8); 0 before the first bytes. */
uint32_t crc32_of(uint32_t so_far, const void *content, uint64_t size);

#endif
