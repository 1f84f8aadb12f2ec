/* SPDX-License-Identifier: MIT */
/*
 * The xenstore client library (libxs).
 *
 * The names and the semantics are those of Xen's classic libxenstore, so that a program
 * written for it compiles unchanged. The connection is xenstored's socket when it exists
 * (environment variable XENSTORED_PATH, else /run/xenstored/socket), otherwise the
 * kernel's device /dev/xen/xenbus, otherwise /proc/xen/xenbus.
 *
 * Unless said otherwise a function that fails returns NULL, false, -1 or XBT_NULL and sets
 * errno: the value that xenstored answered, or EIO when the connection is gone. What a function
 * returns by pointer is one malloc'ed block that the caller frees with a single free().
 * A handle may be used by several threads.
 */
#ifndef XENSTORE_H
#define XENSTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <xen/io/xs_wire.h> /* enum xs_watch_type */

#pragma GCC visibility push(default)

#ifdef __cplusplus
extern "C" {
#endif

/* Transaction identifier; XBT_NULL means "no transaction". */
typedef uint32_t xs_transaction_t;
#define XBT_NULL ((xs_transaction_t)0)

/* Flags of xs_open(). */
#define XS_OPEN_READONLY   (1UL << 0) /* accepted and ignored, there is one socket only */
#define XS_OPEN_SOCKETONLY (1UL << 1) /* never fall back to the kernel's device */
#define XS_UNWATCH_FILTER  (1UL << 2) /* xs_unwatch() drops the watch's queued events */

/* Access rights in struct xs_permissions. */
#define XS_PERM_NONE  0
#define XS_PERM_READ  1
#define XS_PERM_WRITE 2

/*
 * Element 0 names the owner and the rights of every domain that is not listed; each further
 * element gives the rights of one domain.
 */
struct xs_permissions {
    unsigned int id;    /* domain id */
    unsigned int perms; /* XS_PERM_* */
};

struct xs_handle;

/* Connect to xenstored. */
struct xs_handle *xs_open(unsigned long flags);
/* Disconnect and free the handle, its queued events included. NULL is allowed. */
void xs_close(struct xs_handle *h);

/* How long an answer to a request may take, in milliseconds; 0, as after xs_open(): as long as it
 * may. Beyond it the request fails with ETIMEDOUT, and all later ones with EIO. Events are waited
 * for without limit. Of a handle that one thread uses. */
void xs_set_patience(struct xs_handle *h, unsigned int milliseconds);

/* Historic names of xs_open() and xs_close(). */
struct xs_handle *xs_daemon_open(void);
struct xs_handle *xs_domain_open(void);
struct xs_handle *xs_daemon_open_readonly(void);
void xs_daemon_close(struct xs_handle *h);

/* Close the inherited descriptor in a child process after fork(), without telling the daemon. */
void xs_daemon_destroy_postfork(struct xs_handle *h);

/* Names of the children of path, *num of them; an empty directory gives a block with *num 0. */
char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *num);

/* Value of path, always followed by a NUL that *len (may be NULL) does not count. */
void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path, unsigned int *len);

/* Set the value of path; creates it and its missing parents. */
bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path, const void *data,
              unsigned int len);

/* Create path with an empty value; succeeds without effect when it exists. */
bool xs_mkdir(struct xs_handle *h, xs_transaction_t t, const char *path);

/* Remove path and everything below it; succeeds when it is absent but its parent exists. */
bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path);

/* Rights of path, *num elements. */
struct xs_permissions *xs_get_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                                          unsigned int *num);
bool xs_set_permissions(struct xs_handle *h, xs_transaction_t t, const char *path,
                        struct xs_permissions *perms, unsigned int num_perms);

/* Watch path and everything below it; one event comes at once. EEXIST: same path and token. */
bool xs_watch(struct xs_handle *h, const char *path, const char *token);
/* The same, with events only for nodes at most depth levels below path. */
bool xs_watch_depth(struct xs_handle *h, const char *path, const char *token, unsigned int depth);
bool xs_unwatch(struct xs_handle *h, const char *path, const char *token);

/*
 * A descriptor for poll(), readable whenever an event waits, be it in the library's own queue or
 * in the connection. It must not be read from. With requests in flight in another thread it may
 * be readable without an event: then xs_check_watch() gives EAGAIN. After a wake-up call
 * xs_check_watch() until it fails with EAGAIN, or xs_read_watch() once.
 */
int xs_fileno(struct xs_handle *h);

/* Next event without blocking: a vector indexed by enum xs_watch_type (XS_WATCH_PATH,
 * XS_WATCH_TOKEN); NULL with EAGAIN: there is none. */
char **xs_check_watch(struct xs_handle *h);
/* Next event, waiting for it; *num (may be NULL) is the number of strings, at least 2. */
char **xs_read_watch(struct xs_handle *h, unsigned int *num);

/* Start a transaction. */
xs_transaction_t xs_transaction_start(struct xs_handle *h);
/* End it: commit, or forget it when abort. errno EAGAIN: a conflict, start it all again. */
bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort);

/* Domain operations, for privileged connections except where noted. */
bool xs_introduce_domain(struct xs_handle *h, unsigned int domid, unsigned long gfn,
                         unsigned int eventchn);
bool xs_release_domain(struct xs_handle *h, unsigned int domid);
bool xs_resume_domain(struct xs_handle *h, unsigned int domid);
bool xs_set_target(struct xs_handle *h, unsigned int domid, unsigned int target);
/* "/local/domain/N", whether it exists or not. For everyone. */
char *xs_get_domain_path(struct xs_handle *h, unsigned int domid);
/* For everyone. An error is reported as false. */
bool xs_is_domain_introduced(struct xs_handle *h, unsigned int domid);

/* Send a control command to xenstored: data is len bytes of NUL-terminated arguments. */
char *xs_control_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len);
char *xs_debug_command(struct xs_handle *h, const char *cmd, void *data, unsigned int len);

/* Features, a mask of XENSTORE_SERVER_FEATURE_: what xenstored has, what it offers to a domain. */
bool xs_get_features_supported(struct xs_handle *h, unsigned int *features);
bool xs_get_features_domain(struct xs_handle *h, unsigned int domid, unsigned int *features);
bool xs_set_features_domain(struct xs_handle *h, unsigned int domid, unsigned int features);

/* Quotas: their names (*num of them), what a new domain gets, what a domain has. */
char **xs_get_quota_names(struct xs_handle *h, unsigned int *num);
bool xs_get_global_quota(struct xs_handle *h, const char *quota, unsigned int *value);
bool xs_set_global_quota(struct xs_handle *h, const char *quota, unsigned int value);
bool xs_get_domain_quota(struct xs_handle *h, unsigned int domid, const char *quota,
                         unsigned int *value);
bool xs_set_domain_quota(struct xs_handle *h, unsigned int domid, const char *quota,
                         unsigned int value);

/* Helpers that need no connection. */

/* Number of NUL-terminated strings in the first len bytes. */
unsigned int xs_count_strings(const char *strings, unsigned int len);
/* true if child is parent or lies below it. */
bool xs_path_is_subpath(const char *parent, const char *child);
/* Wire form of one element ("r5") into buffer; false, ENOSPC: the buffer is too small. */
bool xs_perm_to_string(const struct xs_permissions *perm, char *buffer, size_t buf_len);
/* Parse num wire forms standing one after the other; false, EINVAL: malformed. */
bool xs_strings_to_perms(struct xs_permissions *perms, unsigned int num, const char *strings);
/* Where the socket is expected: XENSTORED_PATH or the built-in path. */
const char *xs_daemon_socket(void);

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop

#endif /* XENSTORE_H */
