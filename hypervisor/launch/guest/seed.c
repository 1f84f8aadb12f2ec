/* SPDX-License-Identifier: MIT */
/*
 * Random seeds. A guest whose kernel starts without one makes programs wait until it has gathered
 * enough chance by itself. The machine's seed is the key of ChaCha20 (RFC 8439, section 2.3), a
 * domain's is a block of its stream: nobody learns from one what another is.
 */
#include "tree/tree.h"
#include <trefoil/launch.h>

#include <string.h>

#define WORDS  16
#define ROUNDS 20

static uint32_t rotate(uint32_t value, unsigned int bits)
{
    return value << bits | value >> (32 - bits);
}

static void quarter_round(uint32_t *state, unsigned int a, unsigned int b, unsigned int c,
                          unsigned int d)
{
    state[a] += state[b];
    state[d] = rotate(state[d] ^ state[a], 16);
    state[c] += state[d];
    state[b] = rotate(state[b] ^ state[c], 12);
    state[a] += state[b];
    state[d] = rotate(state[d] ^ state[a], 8);
    state[c] += state[d];
    state[b] = rotate(state[b] ^ state[c], 7);
}

/* Columns, then diagonals. */
static void double_round(uint32_t *state)
{
    for (unsigned int i = 0; i < 4; i++)
        quarter_round(state, i, 4 + i, 8 + i, 12 + i);
    for (unsigned int i = 0; i < 4; i++)
        quarter_round(state, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
}

static uint32_t load(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

bool launch_seed(const void *fdt, const struct machine *machine, uint64_t instance,
                 uint8_t seed[LAUNCH_SEED])
{
    /* "expand 32-byte k", the key, a block counter of 0, a nonce. */
    uint32_t initial[WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    uint32_t state[WORDS];
    int size;
    const uint8_t *key = tree_property(fdt, machine->chosen, "rng-seed", &size);

    if (!key || size < LAUNCH_SEED)
        return false;
    for (unsigned int i = 0; i < 8; i++)
        initial[4 + i] = load(key + 4 * i);
    initial[13] = (uint32_t)instance;
    initial[14] = (uint32_t)(instance >> 32);
    memcpy(state, initial, sizeof(state));
    for (unsigned int i = 0; i < ROUNDS / 2; i++)
        double_round(state);
    for (unsigned int i = 0; i < LAUNCH_SEED; i++)
        seed[i] = (uint8_t)((state[i / 4] + initial[i / 4]) >> 8 * (i % 4));
    return true;
}
