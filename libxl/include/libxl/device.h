/* SPDX-License-Identifier: MIT */
/*
 * A domain's disks and networks: what a specification says, what is in xenstore, adding, listing
 * and removing.
 *
 * Nothing here touches a device: that does the daemon in the backend's domain, `xl devd`, which
 * watches /local/domain/B/backend. Nodes and their order are those of Xen's libxl, so that either's
 * tools and daemon go with the other's.
 */
#ifndef LIBXL_DEVICE_H
#define LIBXL_DEVICE_H

#include <libxl/fields.h>
#include <libxl/libxl.h>

#pragma GCC visibility push(default)

#define LIBXL_TARGET_MAX 512 /* with their ends */
#define LIBXL_SCRIPT_MAX 256
#define LIBXL_VDEV_MAX   16
#define LIBXL_BRIDGE_MAX 16

/* Where scripts are looked for that a specification names without a path, as Xen's are. */
#define LIBXL_SCRIPTS "/etc/xen/scripts"

/* The states of a xenbus device, at either end. */
enum libxl_xenbus {
    LIBXL_XENBUS_UNKNOWN,
    LIBXL_XENBUS_INITIALISING,
    LIBXL_XENBUS_INIT_WAIT,
    LIBXL_XENBUS_INITIALISED,
    LIBXL_XENBUS_CONNECTED,
    LIBXL_XENBUS_CLOSING,
    LIBXL_XENBUS_CLOSED,
};

enum libxl_device_kind { LIBXL_DISK, LIBXL_NIC, LIBXL_DEVICE_KINDS };

/* The kind's name in xenstore, "vbd" and "vif"; and to people, "disk" and "network". */
const char *libxl_device_kind_name(enum libxl_device_kind kind);
const char *libxl_device_kind_noun(enum libxl_device_kind kind);

/* Where a device is, and how it is doing. Of a description that is to be added only the backend
 * counts. */
struct libxl_device {
    enum libxl_device_kind kind;
    char backend[LIBXL_NAME_MAX]; /* the backend's domain by name or id; "": the hardware domain */
    uint32_t domid, backend_domid, devid;
    uint32_t state, backend_state; /* enum libxl_xenbus */
    uint32_t event_channel, ring_ref, rx_ring_ref;
    char backend_path[96], frontend_path[96];
    char hotplug_error[128]; /* what the daemon said, "" for nothing */
};

struct libxl_disk {
    struct libxl_device device;    /* first */
    char vdev[LIBXL_VDEV_MAX];     /* "xvda" */
    char target[LIBXL_TARGET_MAX]; /* a path in the backend's domain, PARTUUID=, LABEL= ... */
    char format[8];                /* "raw" */
    char script[LIBXL_SCRIPT_MAX]; /* "": none */
    bool readonly, discard;
};

struct libxl_nic {
    struct libxl_device device; /* first; devid is the handle, UINT32_MAX: the next free one */
    uint8_t mac[6];             /* all 0: made from the domain's uuid and the handle */
    char bridge[LIBXL_BRIDGE_MAX], ifname[LIBXL_BRIDGE_MAX]; /* ifname "": vifN.HANDLE */
    char script[LIBXL_SCRIPT_MAX];                           /* "": none, the bridge alone */
    char ip[64], gatewaydev[LIBXL_BRIDGE_MAX];               /* for scripts */
    uint32_t mtu;                                            /* 0: not said */
    uint64_t rate_bytes;                                     /* 0: no limit */
    uint32_t rate_us;                                        /* the interval in which so many */
};

/* What a script would read: all of a list's struct. */
extern const struct libxl_field libxl_disk_fields[], libxl_nic_fields[];

/* ---- Specifications: libxl/device/spec.c, disk.c, nic.c ---- */

/* A description with its defaults, which is to be filled in. */
void libxl_disk_init(struct libxl_disk *disk);
void libxl_nic_init(struct libxl_nic *nic);

/*
 * Reads specifications as in xl-disk-configuration(5) and xl-network-configuration(5), one after
 * the other into one description. LIBXL_FAILED names the word at fault.
 */
enum libxl_code libxl_disk_parse(struct libxl_ctx *ctx, const char *const *specs, size_t count,
                                 struct libxl_disk *disk);
enum libxl_code libxl_nic_parse(struct libxl_ctx *ctx, const char *const *specs, size_t count,
                                struct libxl_nic *nic);

/*
 * The number of a virtual disk: xvdN, sdN, hdN with a partition or without, dNpM, or the number
 * itself, as in xen-vbd-interface(7). False for what is none.
 */
bool libxl_vdev_number(const char *vdev, uint32_t *number);
/* The reverse; a number of no known kind stays one. */
void libxl_vdev_name(uint32_t number, char out[LIBXL_VDEV_MAX]);

/* A MAC address as six bytes; false for anything else. */
bool libxl_mac_parse(const char *text, uint8_t mac[6]);
void libxl_mac_format(const uint8_t mac[6], char out[18]);
/* The address that a domain's network has if none is given: always the same. */
void libxl_mac_make(const uint8_t uuid[16], uint32_t handle, uint8_t mac[6]);

/* ---- Adding: libxl/device/add.c ---- */

/*
 * Writes the device's nodes, in one transaction. Fills in what was left open: backend, handle, MAC.
 * Refused with a sentence: no such domain, a name that is taken, a target that another
 * guest may write, or that is written here and in use elsewhere. Whoever calls must be allowed to
 * write the nodes: control, or the domain of xenstored.
 */
enum libxl_code libxl_disk_add(struct libxl_ctx *ctx, uint32_t domid, struct libxl_disk *disk);
enum libxl_code libxl_nic_add(struct libxl_ctx *ctx, uint32_t domid, struct libxl_nic *nic);

/*
 * Waits until both ends are connected. LIBXL_TIMEOUT: the daemon has served it and the guest does
 * not answer, or no daemon does; LIBXL_FAILED: the daemon could not, or the kernel of one of
 * the ends, in its own words. Nothing is taken away.
 */
enum libxl_code libxl_device_wait(struct libxl_ctx *ctx, struct libxl_device *device, int seconds);
/* Whether a daemon has done its part, at the last look: ours and Xen's scripts say so, others only
 * give the disk a number. */
bool libxl_device_served(struct libxl_ctx *ctx, const struct libxl_device *device);

/* ---- What there is: libxl/device/list.c ---- */

/* A domain's devices by ascending number; *list is for the caller to free(). */
enum libxl_code libxl_disk_list(struct libxl_ctx *ctx, uint32_t domid, struct libxl_disk **list,
                                size_t *count);
enum libxl_code libxl_nic_list(struct libxl_ctx *ctx, uint32_t domid, struct libxl_nic **list,
                               size_t *count);
/* The one of a name or number; of a handle or MAC. LIBXL_FAILED: there is none. */
enum libxl_code libxl_disk_find(struct libxl_ctx *ctx, uint32_t domid, const char *vdev,
                                struct libxl_disk *disk);
enum libxl_code libxl_nic_find(struct libxl_ctx *ctx, uint32_t domid, const char *which,
                               struct libxl_nic *nic);

/* Fills in disks and nics of a domain that was got or listed; those are for
 * libxl_domain_dispose(). Without xenstored it has none. */
void libxl_domain_devices(struct libxl_ctx *ctx, struct libxl_domain *domain);
void libxl_domain_dispose(struct libxl_domain *domain);

/* ---- Removing: libxl/device/remove.c ---- */

/*
 * Asks the guest to let go, waits until it has, and removes the nodes. LIBXL_TIMEOUT: the guest
 * still uses the device, and all is as it was but that it is asked to.
 */
enum libxl_code libxl_device_detach(struct libxl_ctx *ctx, const struct libxl_device *device,
                                    int seconds);
/*
 * The same, and what the guest does not let go of in that time is taken from it. Its requests that
 * no backend has seen are lost then: Linux's blkfront waits for them forever, and takes and lets go
 * of no other device.
 */
enum libxl_code libxl_device_force(struct libxl_ctx *ctx, const struct libxl_device *device,
                                   int seconds);
/* Takes it away without asking. */
enum libxl_code libxl_device_destroy(struct libxl_ctx *ctx, const struct libxl_device *device);

/* ---- What backends have counted: libxl/device/statistics.c ---- */

#define LIBXL_COUNTS_MAX 8

/* Since the device was connected; a sector has 512 bytes, a wait is a request that found nothing
 * free. */
enum libxl_disk_count {
    LIBXL_DISK_READS,
    LIBXL_DISK_WRITES,
    LIBXL_DISK_WAITS,
    LIBXL_DISK_READ_SECTORS,
    LIBXL_DISK_WRITTEN_SECTORS,
    LIBXL_DISK_FLUSHES,
    LIBXL_DISK_DISCARDS,
};

/* Sent and received as the guest sees it. */
enum libxl_nic_count {
    LIBXL_NIC_SENT_BYTES,
    LIBXL_NIC_SENT_PACKETS,
    LIBXL_NIC_SENT_ERRORS,
    LIBXL_NIC_SENT_DROPPED,
    LIBXL_NIC_RECEIVED_BYTES,
    LIBXL_NIC_RECEIVED_PACKETS,
    LIBXL_NIC_RECEIVED_ERRORS,
    LIBXL_NIC_RECEIVED_DROPPED,
};

struct libxl_statistics {
    enum libxl_device_kind kind;
    uint32_t domid, devid;
    bool counted;
    uint64_t count[LIBXL_COUNTS_MAX]; /* unless `counted` all the bits of each are set */
};

/* The name of a count, for enum libxl_disk_count or libxl_nic_count; NULL: there is none. */
const char *libxl_count_name(enum libxl_device_kind kind, unsigned int which);
/*
 * The devices that a domain serves, by kind and guest, as the daemon there counts them when it is
 * asked now: without one of ours, or if it does not answer within half a second, none is counted.
 * *list is for the caller to free().
 */
enum libxl_code libxl_statistics_list(struct libxl_ctx *ctx, uint32_t backend_domid,
                                      struct libxl_statistics **list, size_t *count);

/* For the daemon: what it is asked by, "/local/domain/N/libxl/statistics/asked", which it watches;
 * and its answer, those of all its devices. */
#define LIBXL_STATISTICS_PATH_MAX 96
void libxl_statistics_request(uint32_t backend_domid, char out[LIBXL_STATISTICS_PATH_MAX]);
bool libxl_statistics_answer(struct libxl_ctx *ctx, const struct libxl_statistics *list,
                             size_t count);

/* ---- The daemon's presence: libxl/device/backend.c ---- */

/* The domain that serves devices unless a specification says another: the hardware domain. */
uint32_t libxl_backend_default(struct libxl_ctx *ctx);
/* Whether a daemon of ours has announced itself there; Xen's never does. */
bool libxl_backend_served(struct libxl_ctx *ctx, uint32_t backend_domid);
/* Announces this domain's own, or takes that back. False without rights or xenstored. */
bool libxl_backend_announce(struct libxl_ctx *ctx, bool present);

#pragma GCC visibility pop

#endif
