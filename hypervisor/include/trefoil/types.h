/* SPDX-License-Identifier: MIT */
#ifndef TREFOIL_TYPES_H
#define TREFOIL_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1UL << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define ALIGN_UP(value, align)              (((value) + (align)-1) & ~((__typeof__(value))(align)-1))
#define ALIGN_DOWN(value, align)            ((value) & ~((__typeof__(value))(align)-1))
#define ARRAY_SIZE(array)                   (sizeof(array) / sizeof((array)[0]))
#define container_of(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

/* Of a large static object that is written before it is read: not zero at start. */
#define NOT_CLEARED __attribute__((section(".noinit.large")))

/* A host physical address, in bytes. */
typedef uint64_t paddr_t;

/* A range of host physical addresses, in bytes. */
struct paddr_range {
    paddr_t start;
    uint64_t size;
};

/* Frame numbers are different types, so that one is never taken for the other. */
typedef struct {
    uint64_t n;
} gfn_t; /* guest frame number: guest physical address >> PAGE_SHIFT */

typedef struct {
    uint64_t n;
} mfn_t; /* machine frame number: host physical address >> PAGE_SHIFT */

static inline gfn_t gfn_of(uint64_t guest_paddr)
{
    return (gfn_t){guest_paddr >> PAGE_SHIFT};
}

static inline mfn_t mfn_of(paddr_t paddr)
{
    return (mfn_t){paddr >> PAGE_SHIFT};
}

static inline gfn_t gfn_add(gfn_t gfn, uint64_t pages)
{
    return (gfn_t){gfn.n + pages};
}

static inline mfn_t mfn_add(mfn_t mfn, uint64_t pages)
{
    return (mfn_t){mfn.n + pages};
}

static inline paddr_t mfn_to_paddr(mfn_t mfn)
{
    return mfn.n << PAGE_SHIFT;
}

#define INVALID_GFN ((gfn_t){UINT64_MAX >> PAGE_SHIFT})
#define INVALID_MFN ((mfn_t){UINT64_MAX >> PAGE_SHIFT})

#endif
