/* SPDX-License-Identifier: MIT */
/* The connection to xenstored: finding it, whole messages in and out. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <tools/clock.h>

#include "internal.h"

#define DEFAULT_SOCKET "/run/xenstored/socket"

static const char *const kernel_devices[] = {"/dev/xen/xenbus", "/proc/xen/xenbus"};

const char *xs_daemon_socket(void)
{
    const char *path = getenv("XENSTORED_PATH");

    return path && *path ? path : DEFAULT_SOCKET;
}

static int connect_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    int fd;

    if (length >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, length);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        int saved = errno;

        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

int xs_connect(unsigned long flags, bool *is_socket)
{
    const char *path = xs_daemon_socket();
    struct stat status;
    int fd = -1;

    /*
     * XENSTORED_PATH may name a device too, as in Xen. A socket that nobody answers is the end:
     * where xenstored ought to run, the kernel's device would wait for it for ever.
     */
    if (stat(path, &status) == 0) {
        *is_socket = S_ISSOCK(status.st_mode);
        return *is_socket ? connect_socket(path) : open(path, O_RDWR | O_CLOEXEC);
    }
    if ((flags & XS_OPEN_SOCKETONLY) || getenv("XENSTORED_PATH"))
        return -1;

    *is_socket = false;
    for (size_t i = 0; i < sizeof(kernel_devices) / sizeof(kernel_devices[0]); i++) {
        fd = open(kernel_devices[i], O_RDWR | O_CLOEXEC);
        if (fd >= 0)
            break;
    }
    return fd;
}

static int send_some(struct xs_handle *h, const char *data, size_t length)
{
    while (length) {
        /* A daemon that went away is an error to report, not a signal to die from. */
        ssize_t done =
            h->is_socket ? send(h->fd, data, length, MSG_NOSIGNAL) : write(h->fd, data, length);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return -1;
        data += done;
        length -= (size_t)done;
    }
    return 0;
}

int xs_send_message(struct xs_handle *h, struct iovec *parts, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        if (send_some(h, parts[i].iov_base, parts[i].iov_len))
            return -1;
    }
    return 0;
}

static int receive_some(int fd, void *buffer, size_t length)
{
    char *next = buffer;

    while (length) {
        ssize_t done = read(fd, next, length);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0 && errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLIN};

            poll(&wait, 1, -1);
            continue;
        }
        if (done == 0)
            errno = EIO;
        if (done <= 0)
            return -1;
        next += done;
        length -= (size_t)done;
    }
    return 0;
}

bool xs_await_message(struct xs_handle *h, int64_t deadline)
{
    struct pollfd wait = {.fd = h->fd, .events = POLLIN};

    for (;;) {
        int64_t left = deadline - clock_ms();
        int ready = poll(&wait, 1, left > 0 ? (int)left : 0);

        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true; /* reading says what is wrong */
        if (left <= 0)
            return false;
    }
}

int xs_receive_message(struct xs_handle *h, struct xs_message *message)
{
    if (receive_some(h->fd, &message->header, sizeof(message->header)))
        return -1;
    if (message->header.len > XENSTORE_PAYLOAD_MAX) {
        errno = EIO;
        return -1;
    }
    message->body = malloc(message->header.len + 1);
    if (!message->body)
        return -1;
    if (receive_some(h->fd, message->body, message->header.len)) {
        int saved = errno;

        free(message->body);
        message->body = NULL;
        errno = saved;
        return -1;
    }
    message->body[message->header.len] = '\0';
    return 0;
}
