/* SPDX-License-Identifier: MIT */
/* The xenstore protocol: one message format over a socket or over a page shared with a domain. */
#ifndef XEN_IO_XS_WIRE_H
#define XEN_IO_XS_WIRE_H

#include <xen/errno.h>
#include <xen/layout.h>

enum xsd_sockmsg_type {
    XS_CONTROL = 0,
    XS_DEBUG = XS_CONTROL,
    XS_DIRECTORY = 1,
    XS_READ = 2,
    XS_GET_PERMS = 3,
    XS_WATCH = 4,
    XS_UNWATCH = 5,
    XS_TRANSACTION_START = 6,
    XS_TRANSACTION_END = 7,
    XS_INTRODUCE = 8,
    XS_RELEASE = 9,
    XS_GET_DOMAIN_PATH = 10,
    XS_WRITE = 11,
    XS_MKDIR = 12,
    XS_RM = 13,
    XS_SET_PERMS = 14,
    XS_WATCH_EVENT = 15,
    XS_ERROR = 16,
    XS_IS_DOMAIN_INTRODUCED = 17,
    XS_RESUME = 18,
    XS_SET_TARGET = 19,
    /* 20 was withdrawn */
    XS_RESET_WATCHES = 21,
    XS_DIRECTORY_PART = 22,
    XS_GET_FEATURE = 23,
    XS_SET_FEATURE = 24,
    XS_GET_QUOTA = 25,
    XS_SET_QUOTA = 26,
    XS_TYPE_COUNT,
    XS_INVALID = 0xffff
};

#define XS_WRITE_NONE        "NONE"
#define XS_WRITE_CREATE      "CREATE"
#define XS_WRITE_CREATE_EXCL "CREATE|EXCL"

struct xsd_sockmsg {
    uint32_t type;   /* enum xsd_sockmsg_type */
    uint32_t req_id; /* chosen by the client, echoed in the answer */
    uint32_t tx_id;  /* 0 outside a transaction */
    uint32_t len;    /* bytes after this */
};

/* An error is answered as its name, so that both sides may number errors as they like. */
struct xsd_errors {
    int errnum;
    const char *errstring;
};

#define XSD_ERROR(name)                                                                            \
    {                                                                                              \
        XEN_##name, #name                                                                          \
    }
static const struct xsd_errors xsd_errors[] __attribute__((unused)) = {
    /* The first is what an unknown error becomes. */
    XSD_ERROR(EINVAL),    XSD_ERROR(EACCES),  XSD_ERROR(EEXIST), XSD_ERROR(EISDIR),
    XSD_ERROR(ENOENT),    XSD_ERROR(ENOMEM),  XSD_ERROR(ENOSPC), XSD_ERROR(EIO),
    XSD_ERROR(ENOTEMPTY), XSD_ERROR(ENOSYS),  XSD_ERROR(EROFS),  XSD_ERROR(EBUSY),
    XSD_ERROR(EAGAIN),    XSD_ERROR(EISCONN), XSD_ERROR(E2BIG),  XSD_ERROR(EPERM),
};

enum xs_watch_type { XS_WATCH_PATH = 0, XS_WATCH_TOKEN };

/* Limits, in bytes; paths with their end. */
#define XENSTORE_PAYLOAD_MAX  0x1000
#define XENSTORE_ABS_PATH_MAX 0xc00
#define XENSTORE_REL_PATH_MAX 0x800

#define XENSTORE_RING_SIZE 0x400
typedef uint32_t XENSTORE_RING_IDX;
#define MASK_XENSTORE_IDX(index) ((index) & (XENSTORE_RING_SIZE - 1))

#define XENSTORE_SERVER_FEATURE_RECONNECTION 1
#define XENSTORE_SERVER_FEATURE_ERROR        2
#define XENSTORE_SERVER_FEATURE_WATCHDEPTH   4
#define XENSTORE_SERVER_FEATURE_DOMID_ANY    8

/* Values of connection. */
#define XENSTORE_CONNECTED 0
#define XENSTORE_RECONNECT 1

/* Values of error. */
#define XENSTORE_ERROR_NONE    0
#define XENSTORE_ERROR_COMM    1
#define XENSTORE_ERROR_RINGIDX 2
#define XENSTORE_ERROR_PROTO   3

/* The page that a domain shares with xenstored. */
struct xenstore_domain_interface {
    char req[XENSTORE_RING_SIZE]; /* from the domain */
    char rsp[XENSTORE_RING_SIZE]; /* answers and watch events */
    XENSTORE_RING_IDX req_cons, req_prod;
    XENSTORE_RING_IDX rsp_cons, rsp_prod;
    uint32_t server_features;
    uint32_t connection;
    uint32_t error;
    uint32_t evtchn_port; /* the domain's port, filled in by who made the page */
};

XEN_LAYOUT_SIZE(struct xsd_sockmsg, 16);
XEN_LAYOUT_SIZE(struct xenstore_domain_interface, 2080);
XEN_LAYOUT_FIELD(struct xenstore_domain_interface, req_cons, 2048);
XEN_LAYOUT_FIELD(struct xenstore_domain_interface, rsp_prod, 2060);
XEN_LAYOUT_FIELD(struct xenstore_domain_interface, connection, 2068);
XEN_LAYOUT_FIELD(struct xenstore_domain_interface, evtchn_port, 2076);

#endif
