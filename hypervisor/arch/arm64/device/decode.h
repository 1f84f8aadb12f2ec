/* SPDX-License-Identifier: MIT */
/* What an A64 load or store does, where the syndrome does not say. */
#ifndef DECODE_H
#define DECODE_H

#include <stdbool.h>
#include <stdint.h>

/* ISS of a data abort (Arm ARM D19.2.37). */
#define ISS_ISV     (1UL << 24)
#define ISS_SAS_LSB 22
#define ISS_SSE     (1UL << 21)
#define ISS_SRT_LSB 16
#define ISS_SF      (1UL << 15)
#define ISS_WNR     (1UL << 6)
#define ISS_OF_TWO  (1UL << 63) /* not the architecture's: decode_access() found two registers */

struct decoded_access {
    uint64_t iss[2]; /* as the syndrome would be of each register's access, in order of address */
    uint8_t nr;      /* 1 or 2 */
    uint8_t size;    /* of each, bytes */
    uint8_t base;    /* the register with the address, 31: SP */
    bool writeback;  /* and it becomes that plus offset */
    int32_t before;  /* what is added to it for the access */
    int32_t after;   /* by how much it changes */
};

/* False for what is not in decode.def, and for what the architecture leaves open. */
bool decode_access(uint32_t instruction, struct decoded_access *access);

#endif
