/* SPDX-License-Identifier: MIT */
/* Counter ticks to nanoseconds and back, without a division on the way. */
#ifndef TIME_CONVERT_H
#define TIME_CONVERT_H

#include <trefoil/types.h>

#define NS_PER_SECOND 1000000000UL

/* Factors with 32 bits behind the point. */
struct time_scale {
    uint64_t ns_per_tick;
    uint64_t ticks_per_ns;
};

/* Frequency in Hz, at most 4 GHz; 0 is taken as 1 GHz, the architecture's value from Armv8.6 on. */
static inline struct time_scale time_scale(uint64_t frequency)
{
    if (frequency == 0)
        frequency = NS_PER_SECOND;
    return (struct time_scale){
        .ns_per_tick = (NS_PER_SECOND << 32) / frequency,
        .ticks_per_ns = (frequency << 32) / NS_PER_SECOND,
    };
}

static inline uint64_t time_multiply(uint64_t value, uint64_t factor)
{
    unsigned __int128 product = (unsigned __int128)value * factor >> 32;

    return product > UINT64_MAX ? UINT64_MAX : (uint64_t)product;
}

/* Rounded down; what does not fit becomes UINT64_MAX, never. */
static inline uint64_t time_to_ns(const struct time_scale *scale, uint64_t ticks)
{
    return time_multiply(ticks, scale->ns_per_tick);
}

/* A tick whose time_to_ns() is not before `ns`, at most three ticks and a nanosecond later than
 * need be. */
static inline uint64_t time_from_ns(const struct time_scale *scale, uint64_t ns)
{
    uint64_t ticks = time_multiply(ns, scale->ticks_per_ns);

    if (ticks == UINT64_MAX)
        return ticks;
    /* The factors are rounded down, which amounts to seconds after years: what is missing is added,
     * twice for slow counters. */
    ticks += time_multiply(ns - time_to_ns(scale, ticks), scale->ticks_per_ns);
    return ticks + time_multiply(ns - time_to_ns(scale, ticks) + 1, scale->ticks_per_ns) + 2;
}

#endif
