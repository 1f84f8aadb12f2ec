/* SPDX-License-Identifier: MIT */
/* Device trees out of files. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libfdt.h>

#include "launch.h"
#include "xl.h"

#define TREE_MAX (64u << 20)

/* All of a file or pipe; NULL with errno set. */
static char *read_all(int fd, size_t *size)
{
    size_t room = 1u << 16;
    char *data = malloc(room);

    *size = 0;
    while (data) {
        ssize_t count = read(fd, data + *size, room - *size);

        if (count == 0)
            return data;
        if (count < 0 && errno != EINTR)
            break;
        *size += count > 0 ? (size_t)count : 0;
        if (*size < room)
            continue;
        room *= 2;
        char *grown = room > TREE_MAX ? NULL : realloc(data, room);
        if (!grown)
            errno = EFBIG;
        if (!grown)
            break;
        data = grown;
    }
    free(data);
    return NULL;
}

/* What dtc makes of a source. Its own messages go to stderr. */
static char *compile(const char *path, size_t *size)
{
    int ends[2], status;
    pid_t child;
    char *data;

    if (pipe(ends) < 0 || (child = fork()) < 0)
        return NULL;
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execlp("dtc", "dtc", "-q", "-I", "dts", "-O", "dtb", path, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    data = read_all(ends[0], size);
    close(ends[0]);
    if (waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return data;
    free(data);
    errno = 0;
    return NULL;
}

static bool is_flattened(const char *data, size_t size)
{
    return size >= sizeof(struct fdt_header) && fdt_magic(data) == FDT_MAGIC;
}

void *launch_read_tree(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    char *data = fd < 0 ? NULL : read_all(fd, &size);

    if (!data)
        xl_fail_with("%s: %s.", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    if (data && !is_flattened(data, size)) {
        free(data);
        data = compile(path, &size);
        if (!data)
            xl_fail_with("%s is no flattened device tree, and dtc makes none of it.", path);
    }
    if (data && (!is_flattened(data, size) || fdt_totalsize(data) > size)) {
        xl_fail_with("%s is a damaged device tree.", path);
        free(data);
        data = NULL;
    }
    return data;
}
