/* SPDX-License-Identifier: MIT */
#ifndef MMIO_H
#define MMIO_H

#include <trefoil/domain.h>

/* Adds a region of emulated device registers; while the domain is made. -ENOSPC when all places are
 * taken. */
int mmio_register(struct domain *domain, uint64_t start, uint64_t size, mmio_handler *handler,
                  void *data);

#endif
