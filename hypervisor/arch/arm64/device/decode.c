/* SPDX-License-Identifier: MIT */
#include "decode.h"
#include <trefoil/types.h>

#define FROM_BITS 0xff

/* Bits 24 and 23 of a pair: LDNP, post-index, offset, pre-index; bits 11 and 10 of a single one, of
 * which only those two have rows, say the same but for the upper bit of pre-index. */
enum mode { OFFSET_NONTEMPORAL, POST_INDEX, OFFSET, PRE_INDEX };

static const struct {
    uint32_t mask, match;
    uint8_t registers, size;
} rows[] = {
#define DECODE(mask, match, registers, size, what) {mask, match, registers, size},
#include "decode.def"
#undef DECODE
};

static uint32_t bits(uint32_t instruction, unsigned int lowest, unsigned int count)
{
    return instruction >> lowest & ((1U << count) - 1);
}

static int32_t signed_bits(uint32_t instruction, unsigned int lowest, unsigned int count)
{
    uint32_t sign = 1U << (count - 1);

    return (int32_t)(bits(instruction, lowest, count) ^ sign) - (int32_t)sign;
}

static uint64_t syndrome(unsigned int size, bool load, bool extends, bool wide, unsigned int target)
{
    return ISS_ISV | (uint64_t)size << ISS_SAS_LSB | (extends ? ISS_SSE : 0) |
           (uint64_t)target << ISS_SRT_LSB | (wide ? ISS_SF : 0) | (load ? 0 : ISS_WNR);
}

static bool decode_pair(uint32_t instruction, unsigned int size, struct decoded_access *access)
{
    enum mode mode = bits(instruction, 23, 2);
    bool load = bits(instruction, 22, 1) != 0, extends = bits(instruction, 30, 1) != 0;
    unsigned int one = bits(instruction, 0, 5), other = bits(instruction, 10, 5);
    int32_t offset = signed_bits(instruction, 15, 7) * (1 << size);

    if ((load && one == other) || (extends && mode == OFFSET_NONTEMPORAL))
        return false;
    access->writeback = mode == POST_INDEX || mode == PRE_INDEX;
    access->before = mode == POST_INDEX ? 0 : offset;
    access->after = offset;
    access->iss[0] = ISS_OF_TWO | syndrome(size, load, extends, extends || size == 3, one);
    access->iss[1] = ISS_OF_TWO | syndrome(size, load, extends, extends || size == 3, other);
    return !access->writeback || access->base == 31 ||
           (access->base != one && access->base != other);
}

static bool decode_single(uint32_t instruction, unsigned int size, struct decoded_access *access)
{
    unsigned int operation = bits(instruction, 22, 2); /* store, load, to 64 bits, to 32 bits */
    unsigned int target = bits(instruction, 0, 5);
    bool post = bits(instruction, 10, 2) == POST_INDEX, extends = operation >= 2;

    if (extends && size + (operation == 3) > 2)
        return false;
    access->writeback = true;
    access->after = signed_bits(instruction, 12, 9);
    access->before = post ? 0 : access->after;
    access->iss[0] = syndrome(size, operation != 0, extends, operation == 2 || size == 3, target);
    return access->base == 31 || access->base != target;
}

bool decode_access(uint32_t instruction, struct decoded_access *access)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
        unsigned int size = rows[i].size == FROM_BITS ? bits(instruction, 30, 2) : rows[i].size;

        if ((instruction & rows[i].mask) != rows[i].match)
            continue;
        *access = (struct decoded_access){
            .nr = rows[i].registers,
            .size = (uint8_t)(1U << size),
            .base = (uint8_t)bits(instruction, 5, 5),
        };
        return access->nr == 2 ? decode_pair(instruction, size, access)
                               : decode_single(instruction, size, access);
    }
    return false;
}
