/* SPDX-License-Identifier: MIT */
/* What guests are shown of the ID registers S3_0_C0_Cm_op2 (Arm ARM D19.2): a list of fields,
 * id_register.def. */
#ifndef ID_REGISTER_H
#define ID_REGISTER_H

#include <stdbool.h>
#include <stdint.h>

#define ID_CRM 8
#define ID_OP2 8

/* By CRm and op2; what is not in the list is 0. Written by the boot CPU, then by others before
 * guests run. */
extern uint64_t id_shown[ID_CRM][ID_OP2];

/* Reads this CPU's registers of the list, all others 0. */
void id_read(uint64_t own[ID_CRM][ID_OP2]);

/* What of a CPU's registers is shown. */
void id_filter(const uint64_t own[ID_CRM][ID_OP2], uint64_t shown[ID_CRM][ID_OP2]);

/* Takes of two CPUs' shown registers what both have, into the first. */
void id_common(uint64_t shown[ID_CRM][ID_OP2], const uint64_t other[ID_CRM][ID_OP2]);

#endif
