/* SPDX-License-Identifier: MIT */
/* The board as files in a folder: what a boot loader loads, and the scripts that say so. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libfdt.h>

#include "make.h"

#define BLOCK (1u << 20)

struct folder {
    struct make_board *board;
    const char *path;
    int fd;
};

static bool fail(struct folder *folder, const char *name)
{
    make_say(folder->board, MAKE_ERROR, (struct make_place){folder->path, 0}, name, "%s",
             strerror(errno));
    return false;
}

static bool write_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t count = write(fd, data, size);

        if (count < 0 && errno != EINTR)
            return false;
        data += count > 0 ? count : 0;
        size -= count > 0 ? (size_t)count : 0;
    }
    return true;
}

/* A file appears whole or not at all: it is written under another name. */
static int begin(const struct folder *folder, mode_t mode)
{
    unlinkat(folder->fd, ".new", 0);
    return openat(folder->fd, ".new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
}

static bool finish(struct folder *folder, int fd, bool whole, const char *name)
{
    if (fd < 0 || !whole)
        fail(folder, name);
    else if (fsync(fd) < 0 || renameat(folder->fd, ".new", folder->fd, name) < 0)
        whole = fail(folder, name);
    if (fd >= 0)
        close(fd);
    return fd >= 0 && whole;
}

static bool put(struct folder *folder, const char *name, const void *data, size_t size, mode_t mode)
{
    int fd = begin(folder, mode);

    return finish(folder, fd, fd >= 0 && write_all(fd, data, size), name);
}

static bool copy_content(int from, int to, char *block)
{
    for (;;) {
        ssize_t count = read(from, block, BLOCK);

        if (count == 0)
            return true;
        if (count < 0 && errno != EINTR)
            return false;
        if (count > 0 && !write_all(to, block, (size_t)count))
            return false;
    }
}

/* What has changed since it was measured would not be where the tree says it is. */
static bool is_as_measured(int fd, const struct make_file *file)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return false;
    if ((uint64_t)status.st_size == file->size)
        return true;
    errno = ESTALE;
    return false;
}

static bool copy(struct folder *folder, const struct make_file *file)
{
    int from = open(file->path, O_RDONLY | O_CLOEXEC), to = from < 0 ? -1 : begin(folder, 0644);
    char *block = malloc(BLOCK);
    bool whole = from >= 0 && to >= 0 && block && copy_content(from, to, block) &&
                 is_as_measured(from, file);

    whole = finish(folder, to, whole, file->name);
    free(block);
    if (from >= 0)
        close(from);
    return whole;
}

static bool put_script(struct folder *folder)
{
    const struct make_board *board = folder->board;
    char *text = NULL;
    size_t length = 0, size = 0;
    FILE *out = open_memstream(&text, &length);
    uint8_t *image = NULL;
    bool done = false;

    if (out) {
        make_write_script(board, out);
        if (fclose(out) == 0)
            image = make_script_image(text, length, &size);
    }
    if (!image)
        fail(folder, board->script_name);
    else
        done = put(folder, board->source_name, text, length, 0644) &&
               put(folder, board->script_name, image, size, 0644);
    free(image);
    free(text);
    return done;
}

static bool put_qemu(struct folder *folder, const void *tree)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    bool done = true, there;

    if (!out)
        return fail(folder, "qemu.sh");
    there = make_write_qemu(folder->board, tree, out);
    if (fclose(out) != 0)
        done = fail(folder, "qemu.sh");
    else if (there)
        done = put(folder, "qemu.sh", text, length, 0755);
    free(text);
    return done;
}

bool make_write_folder(struct make_board *board, const char *path, const void *tree)
{
    struct folder folder = {.board = board, .path = path};
    bool done;

    if (mkdir(path, 0777) < 0 && errno != EEXIST)
        return fail(&folder, NULL);
    folder.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder.fd < 0)
        return fail(&folder, NULL);
    done = copy(&folder, board->hypervisor) &&
           put(&folder, board->tree->name, tree, fdt_totalsize(tree), 0644);
    for (const struct make_file *file = board->files; file && done; file = file->next)
        done = file->content ? put(&folder, file->name, file->content, file->size, 0644)
                             : copy(&folder, file);
    done = done && put_script(&folder) && put_qemu(&folder, tree);
    if (!done)
        unlinkat(folder.fd, ".new", 0);
    close(folder.fd);
    return done;
}
