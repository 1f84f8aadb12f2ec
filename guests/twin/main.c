/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <xen/hvm/params.h>
#include <xen/sched.h>
#include <xenctl/foreign.h>

#include "guest.h"

#define DESCRIPTORS 64

void *guest_interface(struct guest *guest, uint32_t page_param, uint32_t port_param, int *port)
{
    uint64_t gfn = 0, number = 0;
    void *page;

    *port = 0;
    if (xc_hvm_param_get(guest->xc, DOMID_SELF, page_param, &gfn) < 0 || !gfn ||
        xc_hvm_param_get(guest->xc, DOMID_SELF, port_param, &number) < 0)
        return NULL;
    page = xc_foreign_map(guest->xc, DOMID_SELF, PROT_READ | PROT_WRITE, &gfn, 1, NULL);
    *port = page ? xc_evtchn_bind_static(guest->evtchn, (evtchn_port_t)number) : -errno;
    if (*port > 0)
        return page;
    fprintf(stderr, "twinguest: %s\n", xc_error(guest->xc));
    return NULL;
}

void guest_shutdown(struct guest *guest, unsigned int reason)
{
    struct sched_shutdown op = {.reason = reason};

    xc_hypercall_op(guest->xc, __HYPERVISOR_sched_op, SCHEDOP_shutdown, &op, sizeof(op));
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    unlink(path);
    umask(0077);
    if (fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
        listen(fd, 16) == 0)
        return fd;
    fprintf(stderr, "twinguest: %s: %s\n", path, strerror(errno));
    exit(1);
}

/* False when the domain has ended. */
static bool take_events(struct guest *guest)
{
    int port;

    while ((port = xc_evtchn_pending(guest->evtchn)) >= 0) {
        xc_evtchn_unmask(guest->evtchn, (evtchn_port_t)port);
        if (port == shell_port())
            shell_turn();
        if (port == store_port())
            store_turn();
    }
    return port == -EAGAIN;
}

static void run(struct guest *guest)
{
    struct pollfd fds[DESCRIPTORS];

    for (;;) {
        unsigned int count = xenbus_descriptors(fds + 1, DESCRIPTORS - 1);

        fds[0] = (struct pollfd){.fd = xc_evtchn_fd(guest->evtchn), .events = POLLIN};
        if (poll(fds, count + 1, -1) < 0 && errno != EINTR)
            return;
        if (fds[0].revents && !take_events(guest))
            return;
        xenbus_turn(fds + 1, count);
        store_turn();
    }
}

static bool open_all(struct guest *guest)
{
    guest->xc = xc_open();
    if (!guest->xc) {
        fprintf(stderr, "twinguest: no hypervisor: %s\n", strerror(errno));
        return false;
    }
    guest->evtchn = xc_evtchn_open(guest->xc);
    if (guest->evtchn && shell_open(guest) >= 0 && store_open(guest, xenbus_receive) >= 0)
        return true;
    fprintf(stderr, "twinguest: %s\n", xc_error(guest->xc));
    return false;
}

int main(int argc, char **argv)
{
    const char *domain = getenv("TREFOIL_DOMAIN");
    struct guest guest = {.name = domain ? domain : "guest"};
    int listener = -1;

    if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
        fprintf(stderr, "usage: twinguest [SOCKET]\n"
                        "Plays the kernel of the domain that TREFOIL_DOMAIN names; SOCKET serves\n"
                        "its programs as XENSTORED_PATH.\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    if (argc == 2)
        listener = listen_at(argv[1]);
    if (!open_all(&guest))
        return 1;
    xenbus_open(&guest, listener);
    run(&guest);
    if (listener >= 0)
        unlink(argv[1]);
    xc_evtchn_close(guest.evtchn);
    xc_close(guest.xc);
    return 0;
}
