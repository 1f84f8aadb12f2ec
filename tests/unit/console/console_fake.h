/* SPDX-License-Identifier: MIT */
/*
 * A hypervisor and a xenstore of a few dozen lines, in this process: the functions of libxc and
 * libxs that xenconsoled calls, and below what a test does in the role of the other domains.
 */
#ifndef CONSOLE_FAKE_H
#define CONSOLE_FAKE_H

#include <stdbool.h>
#include <stdint.h>

/* Forgets everything. */
void fake_reset(void);

/* Domains. Flags are XEN_DOMINF_*. */
void fake_domain_add(unsigned int domid, bool control);
void fake_domain_flag(unsigned int domid, uint32_t flags);
void fake_domain_remove(unsigned int domid);
/* It is another domain from now on, with the same id. */
void fake_domain_replace(unsigned int domid);

/* A page that `domid` has granted to the daemon as `ref`; it lives until fake_reset(). */
void *fake_grant(unsigned int domid, uint32_t ref);
void fake_grant_revoke(unsigned int domid, uint32_t ref);

/* A port of `domid` that waits for the daemon. */
void fake_port(unsigned int domid, uint32_t port);
void fake_port_close(unsigned int domid, uint32_t port);
/* The domain sends an event to the daemon. */
void fake_send(unsigned int domid, uint32_t port);
/* How many events the daemon has sent to this port since the last call. */
unsigned int fake_received(unsigned int domid, uint32_t port);

/* What the daemon holds at the moment. */
unsigned int fake_mapped(void);
unsigned int fake_bound(void);

/* The hypervisor's log grows by this text, and VIRQ_CON_RING is sent. */
void fake_hypervisor_log(const char *text);

/* xenstore as another connection sees it. */
void fake_store_write(const char *path, const char *value);
const char *fake_store_read(const char *path); /* NULL: absent */
void fake_store_remove(const char *path);
/* Fires a special watch, "@introduceDomain" for instance. */
void fake_store_fire(const char *special);
/* xenstored goes, and comes back with what it had. */
void fake_store_stop(void);
void fake_store_start(void);

#endif
