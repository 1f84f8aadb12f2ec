/* SPDX-License-Identifier: MIT */
/* What xenstored writes into the store by itself: the frame, and the tree of each boot-time domain.
 */
#ifndef XENSTORED_BOOT_TREE_H
#define XENSTORED_BOOT_TREE_H

#include "hypervisor.h"
#include "wire/server.h"

/* The nodes that are there before any domain is. 0 or an errno value. */
int boot_tree_frame(struct server *server);

/*
 * Write a domain's nodes, all or none, and tell the watchers. uuid[37] receives what it goes
 * by in /vm. 0 or an errno value.
 */
int boot_tree_write(struct server *server, uint16_t domid,
                    const struct domain_description *description, char *uuid);
/* Remove them, and what others have put below. */
void boot_tree_remove(struct server *server, uint16_t domid, const char *uuid);

#endif
