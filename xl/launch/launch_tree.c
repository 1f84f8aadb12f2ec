/* SPDX-License-Identifier: MIT */
/* Device trees out of files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libfdt.h>

#include "launch.h"
#include "xl.h"

#define FILE_MAX (1u << 30) /* a ramdisk may be large */

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
        char *grown = room > FILE_MAX ? NULL : realloc(data, room);
        if (!grown)
            errno = EFBIG;
        if (!grown)
            break;
        data = grown;
    }
    free(data);
    return NULL;
}

static bool is_flattened(const char *data, size_t size)
{
    return size >= sizeof(struct fdt_header) && fdt_magic(data) == FDT_MAGIC;
}

/* Whether this is an overlay, which is no tree of a machine: dtc would read it as one all the same.
 */
static bool is_overlay(const char *data, size_t size)
{
    int node;

    if (!is_flattened(data, size) || fdt_check_full(data, size) != 0)
        return false;
    fdt_for_each_subnode(node, data, 0)
    {
        if (fdt_subnode_offset(data, node, "__overlay__") >= 0)
            return true;
    }
    return false;
}

char *launch_read_all(const char *path, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *data = fd < 0 ? NULL : read_all(fd, size);

    if (!data)
        xl_fail_with("%s: %s.", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return data;
}

static char *read_tree(const char *path, size_t *size)
{
    char *data = launch_read_all(path, size);

    if (data && is_overlay(data, *size)) {
        xl_fail_with("%s is an overlay, not a tree: 'fdtoverlay -i TREE -o WHOLE %s' lays it over "
                     "the machine's, and WHOLE is to be checked.",
                     path, path);
        free(data);
        data = NULL;
    }
    return data;
}

/* What a program prints that reads `input`. Its own messages go to stderr. NULL when it fails. */
static char *run(char *const *words, int input, size_t *size)
{
    int ends[2], status;
    pid_t child;
    char *data;

    if (pipe(ends) < 0)
        return NULL;
    child = fork();
    if (child == 0) {
        dup2(input, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execvp(words[0], words);
        _exit(127);
    }
    close(ends[1]);
    data = child < 0 ? NULL : read_all(ends[0], size);
    close(ends[0]);
    if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
        WEXITSTATUS(status) == 0)
        return data;
    free(data);
    return NULL;
}

/* A file without a name that holds the text; NULL when there is none to be had. */
static FILE *scratch(const char *data, size_t size)
{
    FILE *file = tmpfile();

    if (file && (fwrite(data, 1, size, file) != size || fflush(file) || fseek(file, 0, SEEK_SET))) {
        fclose(file);
        file = NULL;
    }
    return file;
}

/* `folder` is where /include/ looks. */
static char *convert(const char *data, size_t size, const char *from, const char *to,
                     const char *folder, size_t *result_size)
{
    char *words[] = {"dtc",      "-q", "-I",           (char *)from, "-O",
                     (char *)to, "-i", (char *)folder, "-",          NULL};
    FILE *file = scratch(data, size);
    char *result = file ? run(words, fileno(file), result_size) : NULL;

    if (file)
        fclose(file);
    return result;
}

/* Where a file is; free() it. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? strndup(path, (size_t)(slash + 1 - path)) : strdup(".");
}

/* Lines of a source that are the C preprocessor's, as kernels' sources of trees have them. */
static bool has_directives(const char *data, size_t size)
{
    static const char *const directives[] = {"\n#include", "\n#define", "\n#if"};

    for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
        if (memmem(data, size, directives[i], strlen(directives[i])) ||
            (size >= strlen(directives[i]) - 1 &&
             memcmp(data, directives[i] + 1, strlen(directives[i]) - 1) == 0))
            return true;
    return false;
}

/* What cpp makes of the source in place of `data`, which is freed. NULL after a message. */
static char *preprocess(char *data, const char *path, const char *folder, size_t *size)
{
    char *words[] = {"cpp", "-undef",       "-nostdinc",  "-x", "assembler-with-cpp",
                     "-I",  (char *)folder, (char *)path, NULL};

    free(data);
    data = run(words, STDIN_FILENO, size);
    if (!data)
        xl_fail_with("%s has lines for the C preprocessor, and cpp fails.", path);
    return data;
}

/* The mark of a source that says which version it is may stand only once. */
static void blank_version(char *text, size_t size)
{
    static const char version[] = "/dts-v1/;";
    char *at = memmem(text, size, version, strlen(version));

    if (at)
        memset(at, ' ', strlen(version));
}

/* Adds a file to the source, with a line that lets dtc name it in its messages. */
static bool add_source(FILE *source, const char *path, const char *folder)
{
    size_t size;
    char *data = read_tree(path, &size);

    if (data && is_flattened(data, size)) {
        char *text = convert(data, size, "dtb", "dts", folder, &size);

        free(data);
        data = text;
        if (!data)
            xl_fail_with("%s cannot be read by dtc, which laying others over it takes.", path);
    } else if (data && has_directives(data, size)) {
        data = preprocess(data, path, folder, &size);
    }
    if (!data)
        return false;
    blank_version(data, size);
    fprintf(source, "\n# 1 \"%s\"\n", path);
    fwrite(data, 1, size, source);
    free(data);
    return true;
}

static char *join(char *const *paths, int count, size_t *size)
{
    char *text = NULL, *data = NULL;
    char *folder = folder_of(paths[0]);
    size_t length;
    FILE *source = folder ? open_memstream(&text, &length) : NULL;
    bool whole = source != NULL;

    if (source)
        fprintf(source, "/dts-v1/;\n");
    for (int i = 0; i < count && whole; i++)
        whole = add_source(source, paths[i], folder);
    if (source && fclose(source) == 0 && whole) {
        data = convert(text, length, "dts", "dtb", folder, size);
        if (!data)
            xl_fail_with("dtc makes no device tree of %s%s.", paths[0],
                         count > 1 ? " and what is laid over it" : "");
    }
    free(text);
    free(folder);
    return data;
}

void *launch_read_tree(char *const *paths, int count)
{
    size_t size;
    char *data = read_tree(paths[0], &size);

    if (data && (count > 1 || !is_flattened(data, size))) {
        free(data);
        data = join(paths, count, &size);
    }
    if (data && (!is_flattened(data, size) || fdt_totalsize(data) > size)) {
        xl_fail_with("%s is a damaged device tree.", paths[0]);
        free(data);
        data = NULL;
    }
    return data;
}
