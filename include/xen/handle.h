/* SPDX-License-Identifier: MIT */
/*
 * Guest handles: addresses in the caller's space, 64 bits wide in every structure.
 * A tool sets .p; the hypervisor reads .q and must never dereference .p.
 */
#ifndef XEN_HANDLE_H
#define XEN_HANDLE_H

#include <stdint.h>

/* As a field: at a multiple of 8 also where the compiler would pack closer. */
typedef uint64_t uint64_aligned_t __attribute__((aligned(8)));

#define XEN_GUEST_HANDLE(name)    union xen_guest_handle_##name
#define XEN_GUEST_HANDLE_64(name) XEN_GUEST_HANDLE(name)

#define DEFINE_XEN_GUEST_HANDLE_OF(name, type)                                                     \
    XEN_GUEST_HANDLE(name)                                                                         \
    {                                                                                              \
        type *p;                                                                                   \
        uint64_t q;                                                                                \
    }                                                                                              \
    __attribute__((aligned(8)))
#define DEFINE_XEN_GUEST_HANDLE(name) DEFINE_XEN_GUEST_HANDLE_OF(name, name)

/* Clears the upper half first, so that a 32-bit pointer leaves no stale bits. */
#define set_xen_guest_handle_raw(handle, value)                                                    \
    do {                                                                                           \
        (handle).q = 0;                                                                            \
        (handle).p = (value);                                                                      \
    } while (0)
#define set_xen_guest_handle(handle, value) set_xen_guest_handle_raw(handle, value)
#define get_xen_guest_handle(value, handle)                                                        \
    do {                                                                                           \
        (value) = (handle).p;                                                                      \
    } while (0)

DEFINE_XEN_GUEST_HANDLE(char);
DEFINE_XEN_GUEST_HANDLE_OF(const_char, const char);
DEFINE_XEN_GUEST_HANDLE(int);
DEFINE_XEN_GUEST_HANDLE_OF(uint, unsigned int);
DEFINE_XEN_GUEST_HANDLE(void);
DEFINE_XEN_GUEST_HANDLE_OF(const_void, const void);
DEFINE_XEN_GUEST_HANDLE_OF(uint8, uint8_t);
DEFINE_XEN_GUEST_HANDLE_OF(uint32, uint32_t);
DEFINE_XEN_GUEST_HANDLE_OF(uint64, uint64_t);
DEFINE_XEN_GUEST_HANDLE(uint64_t);

#endif
