/* SPDX-License-Identifier: MIT */
#include "whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xl.h"

#define PATH_SIZE 4096

/* Owns the descriptor. */
static bool write_all(int fd, void (*write)(FILE *out, const void *context), const void *context)
{
    FILE *out = fdopen(fd, "w");
    if (!out) {
        close(fd);
        return false;
    }
    write(out, context);
    bool whole = !ferror(out) && fchmod(fd, 0644) == 0 && fflush(out) == 0 && fsync(fd) == 0;
    int error = errno;
    if (fclose(out) != 0)
        return false;
    errno = error;
    return whole;
}

int xl_write_whole_file(const char *path, void (*write)(FILE *out, const void *context),
                        const void *context)
{
    char from[PATH_SIZE];
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (snprintf(from, sizeof(from), "%.*s.%s.XXXXXX", (int)(name - path), path, name) >=
        (int)sizeof(from))
        return xl_fail_with("The file's name is too long.");
    int fd = mkostemp(from, O_CLOEXEC);
    if (fd < 0)
        return xl_fail_with("%s: it cannot be written: %s", path, strerror(errno));
    if (write_all(fd, write, context) && rename(from, path) == 0)
        return XL_OK;
    int error = errno;
    unlink(from);
    return xl_fail_with("%s: it cannot be written: %s", path, strerror(error));
}
