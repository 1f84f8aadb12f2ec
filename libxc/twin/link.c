/* SPDX-License-Identifier: MIT */
/* A connection to hvtwin. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "twin.h"

#define DEFAULT_DOMAIN "control"

/* Room for one descriptor beside a message. */
union control {
    struct cmsghdr align;
    char space[CMSG_SPACE(sizeof(int))];
};

static int send_request(const struct twin_link *link, struct twin_request *request, int fd)
{
    union control control = {0};
    struct iovec part = {request, TWIN_REQUEST_SIZE(request->count)};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (fd >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof(control);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        *header = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(header), &fd, sizeof(int));
    }
    return sendmsg(link->fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int receive_reply(const struct twin_link *link, struct twin_reply *reply, int *fd)
{
    union control control;
    struct iovec part = {reply, sizeof(*reply)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control)};
    ssize_t size;
    do {
        size = recvmsg(link->fd, &message, MSG_CMSG_CLOEXEC);
    } while (size < 0 && errno == EINTR);
    if (size < 0)
        return -errno;
    /* hvtwin ends the connections of a domain with that. */
    if ((size_t)size < TWIN_REPLY_SIZE(0))
        return -EPIPE;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    int received = -1;
    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(&received, CMSG_DATA(header), sizeof(int));
    if (fd)
        *fd = received;
    else if (received >= 0)
        close(received);
    return 0;
}

static int64_t call(struct twin_link *link, struct twin_request *request, int fd_out,
                    struct twin_reply *reply, int *fd_in)
{
    int rc = send_request(link, request, fd_out);
    reply->result = -EPROTO;
    if (rc == 0)
        rc = receive_reply(link, reply, fd_in);
    return rc < 0 ? rc : reply->result;
}

int64_t xc_twin_call(struct twin_link *link, struct twin_request *request, struct twin_reply *reply,
                     int *fd)
{
    return call(link, request, -1, reply, fd);
}

static int connect_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        int rc = -errno;
        close(fd);
        return rc;
    }
    return fd < 0 ? -errno : fd;
}

int xc_twin_connect(struct twin_link *link, const char *path, const void *arena, int arena_fd,
                    uint64_t arena_size)
{
    const char *domain = getenv("TREFOIL_DOMAIN");
    struct twin_request hello = {
        .kind = TWIN_HELLO,
        .number = TWIN_VERSION,
        .args = {(uintptr_t)arena, arena_size},
    };
    struct twin_reply reply;
    *link = (struct twin_link){.fd = -1, .ram = -1};
    if (!domain || !*domain)
        domain = DEFAULT_DOMAIN;
    if (strlen(domain) >= sizeof(hello.name))
        return -ENAMETOOLONG;
    strcpy(hello.name, domain);
    link->fd = connect_socket(path);
    if (link->fd < 0)
        return link->fd;
    int64_t rc = call(link, &hello, arena_fd, &reply, &link->ram);
    if (rc >= 0 && link->ram < 0)
        rc = -EPROTO;
    if (rc < 0)
        xc_twin_disconnect(link);
    return rc < 0 ? (int)rc : 0;
}

void xc_twin_disconnect(struct twin_link *link)
{
    xc_twin_unmap_all(link);
    if (link->ram >= 0)
        close(link->ram);
    if (link->fd >= 0)
        close(link->fd);
    link->fd = link->ram = -1;
}
