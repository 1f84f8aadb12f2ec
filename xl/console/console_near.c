/* SPDX-License-Identifier: MIT */
/* Links to a daemon in the same domain: its socket, or a console's terminal. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <console_protocol.h>

#include "console_link.h"
#include "xl.h"

#define ANSWER_MS 5000

static ssize_t fd_receive(struct console_link *link, char *out, size_t size)
{
    ssize_t count = read(link->fd, out, size);

    if (count > 0)
        return count;
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static ssize_t fd_send(struct console_link *link, const char *data, size_t size)
{
    ssize_t count = write(link->fd, data, size);

    if (count >= 0)
        return count;
    return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

static void fd_close(struct console_link *link)
{
    close(link->fd);
    free(link);
}

static const struct console_link_ops fd_ops = {fd_receive, fd_send, NULL, fd_close};

/* Takes over the descriptor. */
static struct console_link *fd_link(int fd)
{
    struct console_link *link = calloc(1, sizeof *link);

    if (!link) {
        xl_fail_with("Out of memory.");
        close(fd);
        return NULL;
    }
    link->ops = &fd_ops;
    link->fd = fd;
    link->wants_pollout = true;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return link;
}

/* UNIX98 pseudo-terminals; Linux, Documentation/admin-guide/devices.txt. */
#define FIRST_PTS_MAJOR 136
#define LAST_PTS_MAJOR  143

static bool is_daemons_user(uid_t user)
{
    const struct passwd *daemon = getpwnam(CONSOLE_USER);

    return user == 0 || user == geteuid() || (daemon && user == daemon->pw_uid);
}

/* Is it a pseudo-terminal that the daemon's user made, root or ourselves? Not by opening it: to
 * some devices already that is something. */
static bool is_daemons_terminal(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISCHR(status.st_mode) &&
           major(status.st_rdev) >= FIRST_PTS_MAJOR && major(status.st_rdev) <= LAST_PTS_MAJOR &&
           is_daemons_user(status.st_uid);
}

struct console_link *console_link_terminal(const char *path)
{
    struct termios settings;
    int fd;

    if (access(path, F_OK) == 0 && !is_daemons_terminal(path)) {
        xl_fail_with("The console's terminal %s is not one that xenconsoled made.", path);
        return NULL;
    }
    fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        xl_fail_with("The console's terminal %s cannot be opened: %s.", path, strerror(errno));
        return NULL;
    }
    if (tcgetattr(fd, &settings) == 0) {
        cfmakeraw(&settings);
        tcsetattr(fd, TCSANOW, &settings);
    }
    return fd_link(fd);
}

/* Reads the daemon's line, byte by byte since the console's output follows it. */
static bool read_answer(int fd, char *line, size_t size)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    size_t used = 0;

    while (used < size - 1) {
        if (poll(&wait, 1, ANSWER_MS) <= 0 || read(fd, line + used, 1) != 1)
            return false;
        if (line[used++] == '\n')
            break;
    }
    line[used] = '\0';
    return true;
}

static int greet(int fd, uint32_t domid, const char *what)
{
    char line[256];
    size_t prefix = strlen(CONSOLE_ANSWER_ERROR);

    snprintf(line, sizeof line, CONSOLE_GREETING_FORMAT, domid, *what ? " " : "", what);
    if (write(fd, line, strlen(line)) < 0 || !read_answer(fd, line, sizeof line))
        return xl_fail_with("xenconsoled does not answer.");
    if (strcmp(line, CONSOLE_ANSWER_OK) == 0)
        return XL_OK;
    line[strcspn(line, "\n")] = '\0';
    return xl_fail_with("xenconsoled refuses: %s.",
                        strncmp(line, CONSOLE_ANSWER_ERROR, prefix) == 0 ? line + prefix : line);
}

struct console_link *console_link_socket(const char *path, uint32_t domid, const char *what)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        xl_fail_with("xenconsoled cannot be reached at %s: %s.", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    if (greet(fd, domid, what) != XL_OK) {
        close(fd);
        return NULL;
    }
    return fd_link(fd);
}
