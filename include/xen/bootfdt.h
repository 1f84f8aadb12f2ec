/* SPDX-License-Identifier: MIT */
/* Values of the device-tree properties that describe boot-time domains. */
#ifndef XEN_BOOTFDT_H
#define XEN_BOOTFDT_H

/* Property `capabilities`. The first three are Xen's, the others Trefoil's. */
#define DOMAIN_CAPS_CONTROL              1
#define DOMAIN_CAPS_HARDWARE             2
#define DOMAIN_CAPS_XENSTORE             4
#define DOMAIN_CAPS_DEVICE_MODEL         8
#define DOMAIN_CAPS_NOT_HYPERCALL_TARGET 16
#define DOMAIN_CAPS_MASK                 31

/* HVM_PARAM_STORE_PFN of a domain whose xenstore page a tool will add later. */
#define XENSTORE_PFN_LATE_ALLOC 0xffffffffffffffffULL

/* Pages at GUEST_MAGIC_BASE, by index. */
#define GUEST_MAGIC_CONSOLE       0
#define GUEST_MAGIC_XENSTORE      1
#define GUEST_MAGIC_MEMORY_ACCESS 2
#define GUEST_MAGIC_VUART         3

#endif
