/* SPDX-License-Identifier: MIT */
/* echo SOCKET: sends back what comes, by epoll: the least that a server on a socket can do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void must(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    must(fd, "socket");
    must(bind(fd, (struct sockaddr *)&address, sizeof(address)), path);
    must(listen(fd, 8), path);
    return fd;
}

static void watch(int epoll, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

static void answer(int fd)
{
    static char buffer[1 << 16];
    ssize_t size = recv(fd, buffer, sizeof(buffer), 0);

    if (size <= 0)
        close(fd);
    else if (send(fd, buffer, (size_t)size, MSG_NOSIGNAL) != size)
        exit(1);
}

int main(int argc, char **argv)
{
    int listener, epoll = epoll_create1(0);
    struct epoll_event event;

    if (argc != 2) {
        fprintf(stderr, "usage: %s SOCKET\n", argv[0]);
        return 2;
    }
    must(epoll, "epoll");
    listener = listen_at(argv[1]);
    watch(epoll, listener);
    while (epoll_wait(epoll, &event, 1, -1) >= 0) {
        if (event.data.fd == listener)
            watch(epoll, accept(listener, NULL, NULL));
        else
            answer(event.data.fd);
    }
    return 1;
}
