/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon.h"

#define ATTEMPTS 64

bool devd_read(struct devd *devd, const struct device *device, const char *name, char *out,
               size_t size)
{
    char path[NODE_SIZE + 32];
    snprintf(path, sizeof(path), "%s/%s", device->path, name);
    char *value = xs_read(devd->store, XBT_NULL, path, NULL);
    bool there = value;
    snprintf(out, size, "%s", value ? value : "");
    free(value);
    return there;
}

/* Within a transaction, as a node that is written makes the directories above it. */
static bool write_if_there(struct devd *devd, xs_transaction_t t, const struct device *device,
                           const char *name, const char *value)
{
    char path[NODE_SIZE + 32];
    snprintf(path, sizeof(path), "%s/state", device->path);
    char *state = xs_read(devd->store, t, path, NULL);
    bool there = state;
    free(state);
    snprintf(path, sizeof(path), "%s/%s", device->path, name);
    return there && xs_write(devd->store, t, path, value, (unsigned int)strlen(value));
}

bool devd_write(struct devd *devd, const struct device *device, const char *name, const char *value)
{
    for (unsigned int i = 0; i < ATTEMPTS; i++) {
        xs_transaction_t t = xs_transaction_start(devd->store);
        if (t == XBT_NULL)
            return false;
        bool written = write_if_there(devd, t, device, name, value);
        if (xs_transaction_end(devd->store, t, !written))
            return written;
        if (errno != EAGAIN)
            return false;
    }
    return false;
}
