/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "xenstore_stream.h"

static const struct live_process process = {
    .listener = 5, .socket = "/run/xenstored/socket", .domains = true, .background = true};

struct stream write_stream(const struct server *server)
{
    int fd = memfd_create("live", MFD_CLOEXEC);
    struct stream stream;

    assert_true(fd >= 0);
    assert_int_equal(live_write(server, &process, fd), 0);
    stream.size = (size_t)lseek(fd, 0, SEEK_END);
    stream.bytes = malloc(stream.size);
    assert_non_null(stream.bytes);
    assert_int_equal(pread(fd, stream.bytes, stream.size, 0), stream.size);
    close(fd);
    return stream;
}

bool read_stream(const char *bytes, size_t size, struct server *server,
                 char problem[LIVE_PROBLEM_SIZE])
{
    struct live_process found;
    bool good;

    assert_int_equal(server_init(server, NULL), 0);
    strcpy(problem, "");
    good = live_read(server, &found, bytes, size, problem);
    assert_int_equal(good, !*problem);
    assert_true(strlen(found.socket) < sizeof(found.socket));
    if (!good)
        server_destroy(server);
    return good;
}
