/* SPDX-License-Identifier: MIT */
/* Files that are there whole or as they were. */
#ifndef XL_WHOLE_FILE_H
#define XL_WHOLE_FILE_H

#include <stdio.h>

/* Writes a file that all may read, by `write`: on the disk before it has its name, so that nobody
 * reads half of it. The exit status; a message says why there is none. */
int xl_write_whole_file(const char *path, void (*write)(FILE *out, const void *context),
                        const void *context);

#endif
