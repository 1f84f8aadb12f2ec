/* SPDX-License-Identifier: MIT */
/* docs/policy.md, made of the rows. */
#ifndef TREFOIL_POLICY_DOCUMENT_H
#define TREFOIL_POLICY_DOCUMENT_H

#include <stdio.h>

/* Writes the whole document; the caller looks at ferror(). */
void policy_write_document(FILE *out);

#endif
