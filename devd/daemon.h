/* SPDX-License-Identifier: MIT */
/* The inside of the daemon: its devices, and what it does for each kind. */
#ifndef DEVD_DAEMON_H
#define DEVD_DAEMON_H

#include <libxl/device.h>
#include <stdint.h>
#include <sys/types.h>
#include <xenstore.h>

#include <devd/devd.h>

#define PATH_SIZE  600 /* root and a target */
#define ERROR_SIZE 256
#define NODE_SIZE  160

/* What the target of a disk turned out to be. */
struct backing {
    dev_t device; /* of a block device its own, of a file that which it lies on */
    ino_t inode;  /* 0: a block device */
    int loop;     /* held open, or -1 */
};

/* One that is served, or that failed. */
struct device {
    struct device *next;
    enum libxl_device_kind kind;
    uint32_t domid, devid;
    char path[NODE_SIZE]; /* "/local/domain/0/backend/vbd/2/51712" */
    bool seen;            /* in the scan that is going on */
    bool failed;          /* is not tried again */
    int64_t served_at;    /* ms */
    unsigned int nudges;  /* how often its guest was told of it again */
    int64_t closed_at;    /* ms, when it was let go of as both ends had closed; 0: it was not */
    bool writable;
    struct backing backing;
    char script[LIBXL_SCRIPT_MAX]; /* "": none is to be run when it goes */
    char interface[16];            /* of a network */
};

/* A device that the machine's tree declares. */
struct declared {
    struct declared *next;
    uint32_t domid;
    bool complained; /* the log has been told why it waits */
    enum libxl_device_kind kind;
    union {
        struct libxl_device device; /* first in both */
        struct libxl_disk disk;
        struct libxl_nic nic;
    };
};

struct devd {
    const struct devd_options *options;
    struct libxl_ctx *ctx;
    struct xs_handle *store;
    uint32_t domid;
    struct device *devices;
    struct declared *declared;
    bool waits; /* something is to be tried again soon */
};

/* ---- The table of kinds: device.c ---- */

struct kind {
    /* Does all that the device needs; false with a sentence. What it did before is done again
     * without harm. */
    bool (*serve)(struct devd *devd, struct device *device, char error[ERROR_SIZE]);
    /* Lets go of it. The kernel's part has ended, or does so by itself. */
    void (*release)(struct devd *devd, struct device *device);
    const char *script;                           /* what ours is in place of */
    const char *script_add[2], *script_remove[2]; /* how others are called, NULL: no second */
};

extern const struct kind devd_kinds[LIBXL_DEVICE_KINDS];

/* ---- Disks: disk.c, name.c, loop.c ---- */

bool devd_serve_disk(struct devd *devd, struct device *device, char error[ERROR_SIZE]);
void devd_release_disk(struct devd *devd, struct device *device);
/* Turns a target into a path below the root: a path, or a name such as PARTUUID= that is looked
 * for. */
bool devd_resolve(const struct devd *devd, const char *target, char path[PATH_SIZE],
                  char error[ERROR_SIZE]);
/* Finds the block device of a name by reading partition tables and file systems. */
bool devd_find_named(const char *root, const char *key, const char *value, char path[PATH_SIZE]);
/*
 * Makes a loop device of a file and holds it open: it goes by itself when nobody does, neither we
 * nor a backend. `number` < 0: any, else this one or the one that has the file already. Returns the
 * descriptor, or -1 with errno.
 */
int devd_loop(const char *root, const char *file, bool readonly, int number, dev_t *device);

/* ---- Networks: network.c ---- */

bool devd_serve_network(struct devd *devd, struct device *device, char error[ERROR_SIZE]);
void devd_release_network(struct devd *devd, struct device *device);

/* ---- The store and scripts: node.c, script.c ---- */

/* A node of the device; false, and *out "": there is none. */
bool devd_read(struct devd *devd, const struct device *device, const char *name, char *out,
               size_t size);
/* Writes one if the device is still there. */
bool devd_write(struct devd *devd, const struct device *device, const char *name,
                const char *value);
/* Runs a script, waits for its end: false with a sentence. */
bool devd_script(struct devd *devd, const struct device *device, const char *const words[2],
                 char error[ERROR_SIZE]);

/* ---- The daemon's turns: scan.c, declared.c ---- */

/* Looks at all devices there are and does what is to be done about each. */
void devd_scan(struct devd *devd);
/* Lets go of all without taking them from their guests: the daemon ends. */
void devd_forget(struct devd *devd);
/* Reads what the machine's tree declares. */
void devd_read_declared(struct devd *devd);
/* Adds what is declared to each domain that is there and has not had it. */
void devd_add_declared(struct devd *devd);

/* ---- What is counted: statistics.c ---- */

/* Answers whoever has asked libxl for it. */
void devd_tell_statistics(struct devd *devd);

/* One line of the log, printf style. */
void devd_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
