/* SPDX-License-Identifier: MIT */
/* Compressed blocks as RFC 1951 has them. Codes of up to FAST bits are found by one look into a
 * table, longer ones bit by bit. */
#include "inflate_stream.h"

#include <trefoil/inflate.h>
#include <trefoil/string.h>

#define MAX_BITS      15U
#define FAST          10U
#define LITERALS      288U /* literals, the end of a block, lengths */
#define DISTANCES     30U
#define LENGTH_CODES  19U
#define END_OF_BLOCK  256U
#define FIRST_LENGTH  257U
#define KNOWN_LENGTHS 29U
#define NO_SYMBOL     UINT32_MAX

struct code {
    uint16_t fast[1U << FAST];     /* symbol << 4 | bits; 0: a longer code, or none */
    uint16_t count[MAX_BITS + 1U]; /* codes of each length */
    uint16_t symbol[LITERALS];     /* by length, then by value */
};

static struct code literals, distances;

static const struct {
    uint16_t base;
    uint8_t extra;
} length_rows[KNOWN_LENGTHS] = {{3, 0},   {4, 0},   {5, 0},   {6, 0},   {7, 0},  {8, 0},
                                {9, 0},   {10, 0},  {11, 1},  {13, 1},  {15, 1}, {17, 1},
                                {19, 2},  {23, 2},  {27, 2},  {31, 2},  {35, 3}, {43, 3},
                                {51, 3},  {59, 3},  {67, 4},  {83, 4},  {99, 4}, {115, 4},
                                {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0}},
  distance_rows[DISTANCES] = {{1, 0},     {2, 0},     {3, 0},      {4, 0},      {5, 1},
                              {7, 1},     {9, 2},     {13, 2},     {17, 3},     {25, 3},
                              {33, 4},    {49, 4},    {65, 5},     {97, 5},     {129, 6},
                              {193, 6},   {257, 7},   {385, 7},    {513, 8},    {769, 8},
                              {1025, 9},  {1537, 9},  {2049, 10},  {3073, 10},  {4097, 11},
                              {6145, 11}, {8193, 12}, {12289, 12}, {16385, 13}, {24577, 13}};

static void refill(struct inflate_stream *stream)
{
    while (stream->bits <= 56 && stream->at < stream->end) {
        stream->hold |= (uint64_t)*stream->at++ << stream->bits;
        stream->bits += 8;
    }
}

static void drop(struct inflate_stream *stream, unsigned int bits)
{
    stream->hold >>= bits;
    stream->bits -= bits;
}

/* The next bits, at most 16; false when there are fewer. */
static bool take(struct inflate_stream *stream, unsigned int bits, uint32_t *value)
{
    refill(stream);
    if (stream->bits < bits)
        return false;
    *value = (uint32_t)stream->hold & ((1U << bits) - 1U);
    drop(stream, bits);
    return true;
}

static unsigned int reversed(unsigned int value, unsigned int bits)
{
    unsigned int result = 0;

    for (; bits != 0; bits--, value >>= 1)
        result = result << 1 | (value & 1U);
    return result;
}

/*
 * Codes of the lengths given, 0: of none. False when there are too many, or too few: only one
 * symbol may have a code of one bit for itself, or none at all (section 3.2.7); not so in a code
 * that must be `whole`.
 */
static bool build(struct code *code, const uint8_t *lengths, unsigned int symbols, bool whole)
{
    uint16_t place[MAX_BITS + 2U] = {0}, next[MAX_BITS + 2U] = {0};
    unsigned int longest = 0;
    int left = 1;

    memset(code, 0, sizeof(*code));
    for (unsigned int i = 0; i < symbols; i++)
        code->count[lengths[i]]++;
    code->count[0] = 0;
    for (unsigned int bits = 1; bits <= MAX_BITS; bits++) {
        left = 2 * left - code->count[bits];
        longest = code->count[bits] != 0 ? bits : longest;
        if (left < 0)
            return false;
        place[bits + 1] = (uint16_t)(place[bits] + code->count[bits]);
        next[bits + 1] = (uint16_t)((next[bits] + code->count[bits]) << 1);
    }
    for (unsigned int i = 0; i < symbols; i++) {
        unsigned int bits = lengths[i], value;

        if (bits == 0)
            continue;
        code->symbol[place[bits]++] = (uint16_t)i;
        value = reversed(next[bits]++, bits);
        for (; bits <= FAST && value < 1U << FAST; value += 1U << bits)
            code->fast[value] = (uint16_t)(i << 4 | bits);
    }
    return left == 0 || (longest <= 1 && !whole);
}

static uint32_t decode_long(struct inflate_stream *stream, const struct code *code)
{
    unsigned int value = 0, first = 0, place = 0;

    for (unsigned int bits = 1; bits <= MAX_BITS && bits <= stream->bits; bits++) {
        value |= (stream->hold >> (bits - 1)) & 1U;
        if (value - first < code->count[bits]) {
            drop(stream, bits);
            return code->symbol[place + value - first];
        }
        place += code->count[bits];
        first = (first + code->count[bits]) << 1;
        value <<= 1;
    }
    return NO_SYMBOL;
}

/* NO_SYMBOL when the bits are no code or too few. */
static inline uint32_t decode(struct inflate_stream *stream, const struct code *code)
{
    uint32_t found = code->fast[stream->hold & ((1U << FAST) - 1U)];

    if (unlikely(found == 0 || (found & 15U) > stream->bits))
        return decode_long(stream, code);
    drop(stream, found & 15U);
    return found >> 4;
}

static const char *copy_back(struct inflate_stream *stream, uint64_t distance, uint64_t length)
{
    uint8_t *to = stream->to + stream->length;

    if (distance > stream->length)
        return GZIP_DAMAGED;
    if (length > stream->room - stream->length)
        return GZIP_TOO_LARGE;
    stream->length += length;
    if (distance >= length) {
        memcpy(to, to - distance, length);
        return NULL;
    }
    for (uint64_t i = 0; i < length; i++)
        to[i] = to[i - distance];
    return NULL;
}

/* A length's symbol is taken, its extra bits and the distance are not. */
static const char *repeat(struct inflate_stream *stream, uint32_t symbol)
{
    uint32_t more, length, distance;

    if (symbol - FIRST_LENGTH >= KNOWN_LENGTHS)
        return GZIP_DAMAGED;
    if (!take(stream, length_rows[symbol - FIRST_LENGTH].extra, &more))
        return GZIP_CUT_SHORT;
    length = length_rows[symbol - FIRST_LENGTH].base + more;
    refill(stream);
    distance = decode(stream, &distances);
    if (distance >= DISTANCES)
        return GZIP_DAMAGED;
    if (!take(stream, distance_rows[distance].extra, &more))
        return GZIP_CUT_SHORT;
    return copy_back(stream, distance_rows[distance].base + more, length);
}

/* Each turn takes bits or ends. */
static const char *block(struct inflate_stream *stream)
{
    for (;;) {
        uint32_t symbol;
        const char *wrong;

        refill(stream);
        symbol = decode(stream, &literals);
        if (symbol < END_OF_BLOCK) {
            if (stream->length == stream->room)
                return GZIP_TOO_LARGE;
            stream->to[stream->length++] = (uint8_t)symbol;
            continue;
        }
        if (symbol == END_OF_BLOCK)
            return NULL;
        if (symbol == NO_SYMBOL)
            return stream->bits < MAX_BITS ? GZIP_CUT_SHORT : GZIP_DAMAGED;
        wrong = repeat(stream, symbol);
        if (wrong)
            return wrong;
    }
}

static const char *stored(struct inflate_stream *stream)
{
    uint32_t length, complement;

    drop(stream, stream->bits % 8);
    if (!take(stream, 16, &length) || !take(stream, 16, &complement))
        return GZIP_CUT_SHORT;
    if ((length ^ complement) != 0xffff)
        return GZIP_DAMAGED;
    /* What was taken too early. */
    stream->at -= stream->bits / 8;
    stream->hold = stream->bits = 0;
    if (length > (uint64_t)(stream->end - stream->at))
        return GZIP_CUT_SHORT;
    if (length > stream->room - stream->length)
        return GZIP_TOO_LARGE;
    memcpy(stream->to + stream->length, stream->at, length);
    stream->at += length;
    stream->length += length;
    return NULL;
}

static void fixed_codes(void)
{
    static const struct {
        uint16_t end;
        uint8_t bits;
    } rows[] = {{144, 8}, {256, 9}, {280, 7}, {LITERALS, 8}};
    uint8_t lengths[LITERALS] = {0};
    unsigned int i = 0;

    for (unsigned int row = 0; row < ARRAY_SIZE(rows); row++)
        for (; i < rows[row].end; i++)
            lengths[i] = rows[row].bits;
    (void)build(&literals, lengths, LITERALS, true);
    /* Two more than there are distances, which are never good. */
    memset(lengths, 5, DISTANCES + 2U);
    (void)build(&distances, lengths, DISTANCES + 2U, true);
}

/* The lengths of both codes, in a code of their own whose symbols 16 to 18 repeat. */
static const char *read_lengths(struct inflate_stream *stream, uint8_t *lengths, unsigned int count)
{
    static const struct {
        uint8_t base, extra;
    } rows[] = {{3, 2}, {3, 3}, {11, 7}};

    for (unsigned int i = 0; i < count;) {
        uint32_t symbol, more;
        uint8_t value = 0;

        refill(stream);
        symbol = decode(stream, &literals);
        if (symbol == NO_SYMBOL)
            return stream->bits < MAX_BITS ? GZIP_CUT_SHORT : GZIP_DAMAGED;
        if (symbol < 16) {
            lengths[i++] = (uint8_t)symbol;
            continue;
        }
        if (symbol == 16 && i == 0)
            return GZIP_DAMAGED;
        if (symbol == 16)
            value = lengths[i - 1];
        if (!take(stream, rows[symbol - 16].extra, &more))
            return GZIP_CUT_SHORT;
        more += rows[symbol - 16].base;
        if (more > count - i)
            return GZIP_DAMAGED;
        memset(lengths + i, value, more);
        i += more;
    }
    return NULL;
}

static const char *dynamic_codes(struct inflate_stream *stream)
{
    static const uint8_t order[LENGTH_CODES] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                11, 4,  12, 3, 13, 2, 14, 1, 15};
    uint8_t lengths[LITERALS + 2U + DISTANCES + 2U] = {0};
    uint32_t nr_literals, nr_distances, nr_codes, bits;
    const char *wrong;

    if (!take(stream, 5, &nr_literals) || !take(stream, 5, &nr_distances) ||
        !take(stream, 4, &nr_codes))
        return GZIP_CUT_SHORT;
    nr_literals += FIRST_LENGTH;
    nr_distances += 1;
    if (nr_literals > FIRST_LENGTH + KNOWN_LENGTHS || nr_distances > DISTANCES)
        return GZIP_DAMAGED;
    for (unsigned int i = 0; i < nr_codes + 4; i++) {
        if (!take(stream, 3, &bits))
            return GZIP_CUT_SHORT;
        lengths[order[i]] = (uint8_t)bits;
    }
    if (!build(&literals, lengths, LENGTH_CODES, true))
        return GZIP_DAMAGED;
    memset(lengths, 0, sizeof(lengths));
    wrong = read_lengths(stream, lengths, nr_literals + nr_distances);
    if (wrong)
        return wrong;
    if (lengths[END_OF_BLOCK] == 0 || !build(&literals, lengths, nr_literals, false) ||
        !build(&distances, lengths + nr_literals, nr_distances, false))
        return GZIP_DAMAGED;
    return NULL;
}

const char *inflate_blocks(struct inflate_stream *stream)
{
    uint32_t last = 0, kind;

    while (last == 0) {
        const char *wrong = NULL;

        if (!take(stream, 1, &last) || !take(stream, 2, &kind))
            return GZIP_CUT_SHORT;
        if (kind == 3)
            return GZIP_DAMAGED;
        if (kind == 1)
            fixed_codes();
        else if (kind == 2)
            wrong = dynamic_codes(stream);
        if (!wrong)
            wrong = kind == 0 ? stored(stream) : block(stream);
        if (wrong)
            return wrong;
    }
    drop(stream, stream->bits % 8);
    stream->at -= stream->bits / 8;
    stream->hold = stream->bits = 0;
    return NULL;
}
