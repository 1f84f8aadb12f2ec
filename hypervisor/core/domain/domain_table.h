/* SPDX-License-Identifier: MIT */
/* All domains, by id. */
#ifndef CORE_DOMAIN_TABLE_H
#define CORE_DOMAIN_TABLE_H

#include <trefoil/domain.h>

/* Makes the id the domain's, with one reference to it: 0, -EEXIST, -EINVAL, -ENOMEM. */
int domain_table_claim(struct domain *domain);
/* It is made: in lists of all domains from here on, but unseen by others. */
void domain_table_add(struct domain *domain);
/* Others find it from here on. */
void domain_table_show(struct domain *domain);
/* The id is nobody's. No reference is left, or none but that of domain_table_claim(). */
void domain_table_remove(struct domain *domain);
/* Is the id taken, if only by a domain whose last reference is just going? */
bool domain_table_has(domid_t id);
/* Is there a domain, built or being built, that has not ended? */
bool domain_table_any_alive(void);
/* Frees what is left of a domain: with its last reference. */
void domain_free(struct domain *domain);

#endif
