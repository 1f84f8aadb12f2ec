/* SPDX-License-Identifier: MIT */
/* xl: looks after the domains of this machine. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "xl.h"

/* Lest a device become the standard output of one that has none: what is printed fails then. */
static bool hold_standard_files(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", O_RDONLY) != fd)
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    return hold_standard_files() ? xl_main(argc, argv) : XL_FAILED;
}
