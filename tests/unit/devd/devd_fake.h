/* SPDX-License-Identifier: MIT */
/* A daemon on a fake store, loop devices and interfaces, with a root directory of its own. */
#ifndef TESTS_DEVD_FAKE_H
#define TESTS_DEVD_FAKE_H

#include "../../../devd/daemon.h"
#include "../libxl/libxl_fake.h"

#define BACK  "/local/domain/0/backend/vbd/2/51712"
#define FRONT "/local/domain/2/device/vbd/51712"
#define VIF   "/local/domain/0/backend/vif/2/0"
#define VIFF  "/local/domain/2/device/vif/0"

extern struct devd_fake {
    char root[64];
    struct devd_options options;
    struct devd devd;
    /* Loop devices. */
    char loop_file[PATH_SIZE];
    bool loop_readonly;
    int loop_number; /* asked for */
    unsigned int loops;
    int loop_error; /* errno value, or 0 */
    /* Interfaces: the names that there are, and what was done, in words. */
    char interfaces[4][16];
    unsigned int looks; /* vif2.0 is there at so many looks from now; 0: as it is */
    char done[512];
    bool interfaces_refuse;
} devd_fake;

/* cmocka set-up and tear-down: the three-domain board, this one is hardware. */
int devd_begin(void **state);
int devd_end(void **state);

/* The daemon dies and starts again. */
void devd_again(void);
/* A path below the root, in one of a few buffers. */
const char *devd_path(const char *path);
/* Writes a file below the root, and the directories above it. */
void devd_put(const char *path, const void *data, size_t size);
/* Adds a disk of app's (xvda) whose backend's state is so; what follows is of its specification. */
void devd_disk(const char *spec, const char *state);
void devd_network(const char *spec, const char *state);
/* A value in the store, "" for none. */
const char *devd_node(const char *path);

#endif
