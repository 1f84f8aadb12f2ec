/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xen/xen.h>

#include "daemon.h"
#include "message.h"

#define STEP_SIZE 4096

/* Differs from boot to boot of this domain, and so of the machine. */
#define BOOT_ID      "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_SIZE 36

#define POSITION_FORMAT "%s %010u\n" /* boot, index */
#define POSITION_SIZE   (BOOT_ID_SIZE + 12)

static void virq_pending(void *context)
{
    struct daemon *daemon = context;

    daemon->hvlog.pending = true;
}

static bool read_boot_id(char id[BOOT_ID_SIZE + 1])
{
    int fd = open(BOOT_ID, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, id, BOOT_ID_SIZE);

    if (fd >= 0)
        close(fd);
    id[size == BOOT_ID_SIZE ? BOOT_ID_SIZE : 0] = '\0';
    return size == BOOT_ID_SIZE;
}

/* Where a daemon of the same boot has got to. An index that the hypervisor does not know begins at
 * its oldest line, as 0 does. */
static uint32_t read_position(int fd)
{
    char text[POSITION_SIZE + 1] = "", id[BOOT_ID_SIZE + 1];

    if (pread(fd, text, POSITION_SIZE, 0) != POSITION_SIZE || !read_boot_id(id) ||
        strncmp(text, id, BOOT_ID_SIZE) != 0)
        return 0;
    return (uint32_t)strtoul(text + BOOT_ID_SIZE, NULL, 10);
}

static void write_position(struct hvlog *hvlog)
{
    char text[POSITION_SIZE + 1], id[BOOT_ID_SIZE + 1];

    if (hvlog->position < 0 || !read_boot_id(id))
        return;
    snprintf(text, sizeof text, POSITION_FORMAT, id, (unsigned int)hvlog->index);
    if (pwrite(hvlog->position, text, POSITION_SIZE, 0) == POSITION_SIZE)
        return;
    message_error("cannot write hypervisor.position: %s; a later start logs some lines again",
                  strerror(errno));
    close(hvlog->position);
    hvlog->position = -1;
}

static void open_position(struct hvlog *hvlog, const struct options *options)
{
    char *path;

    if (asprintf(&path, "%s/hypervisor.position", options->log_dir) < 0)
        return;
    hvlog->position = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (hvlog->position < 0)
        message_error("cannot open %s: %s; a later start logs some lines again", path,
                      strerror(errno));
    else if (hvlog->log.file.size > 0) /* else somebody has taken the log away */
        hvlog->index = read_position(hvlog->position);
    free(path);
}

void hvlog_open(struct daemon *daemon)
{
    struct hvlog *hvlog = &daemon->hvlog;
    struct port_handler handler = {virq_pending, daemon};

    *hvlog = (struct hvlog){.port = -1, .position = -1};
    log_init_none(&hvlog->log);
    if (!(daemon->options.log & LOG_HYPERVISOR))
        return;
    log_open(&hvlog->log, &daemon->options, "hypervisor",
             daemon->options.timestamp & LOG_HYPERVISOR);
    open_position(hvlog, &daemon->options);
    hvlog->port = ports_bind_virq(&daemon->ports, VIRQ_CON_RING, handler);
    if (hvlog->port < 0)
        message_error("the hypervisor's log is not followed: no VIRQ_CON_RING: %s",
                      strerror(-hvlog->port));
    hvlog->pending = true;
}

void hvlog_close(struct daemon *daemon)
{
    struct hvlog *hvlog = &daemon->hvlog;

    if (hvlog->port >= 0)
        ports_unbind(&daemon->ports, (evtchn_port_t)hvlog->port);
    hvlog->port = -1;
    if (hvlog->position >= 0)
        close(hvlog->position);
    hvlog->position = -1;
    log_close(&hvlog->log);
}

static void take(struct hvlog *hvlog, const char *data, size_t size)
{
    log_append(&hvlog->log, data, size);
    write_position(hvlog);
}

bool hvlog_turn(struct daemon *daemon)
{
    struct hvlog *hvlog = &daemon->hvlog;
    char data[STEP_SIZE];
    int size;

    if (!hvlog->pending)
        return false;
    size = xc_readconsole(daemon->xc, data, sizeof data, 0, 1, &hvlog->index);
    if (size < 0)
        message_error("the hypervisor's log cannot be read: %s", xc_error(daemon->xc));
    else if (size > 0)
        take(hvlog, data, (size_t)size);
    if (size == sizeof data)
        return true;
    hvlog->pending = false;
    if (hvlog->port >= 0)
        ports_unmask(&daemon->ports, (evtchn_port_t)hvlog->port);
    return false;
}
