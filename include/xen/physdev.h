/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_physdev_op(PHYSDEVOP_*, argument): physical devices and interrupts, for their driver.
 */
#ifndef XEN_PHYSDEV_H
#define XEN_PHYSDEV_H

#include <xen/xen.h>

#define PHYSDEVOP_irq_status_query   5
#define PHYSDEVOP_set_iopl           6
#define PHYSDEVOP_set_iobitmap       7
#define PHYSDEVOP_apic_read          8
#define PHYSDEVOP_apic_write         9
#define PHYSDEVOP_alloc_irq_vector   10
#define PHYSDEVOP_eoi                12
#define PHYSDEVOP_map_pirq           13
#define PHYSDEVOP_unmap_pirq         14
#define PHYSDEVOP_manage_pci_add     15
#define PHYSDEVOP_manage_pci_remove  16
#define PHYSDEVOP_restore_msi        19
#define PHYSDEVOP_manage_pci_add_ext 20
#define PHYSDEVOP_setup_gsi          21
#define PHYSDEVOP_get_free_pirq      23
#define PHYSDEVOP_pci_mmcfg_reserved 24
#define PHYSDEVOP_pci_device_add     25
#define PHYSDEVOP_pci_device_remove  26
#define PHYSDEVOP_restore_msi_ext    27
#define PHYSDEVOP_pirq_eoi_gmfn      28
#define PHYSDEVOP_dbgp_op            29
#define PHYSDEVOP_prepare_msix       30
#define PHYSDEVOP_release_msix       31
#define PHYSDEVOP_pci_device_reset   32

struct physdev_irq_status_query {
    uint32_t irq;
    uint32_t flags; /* out: XENIRQSTAT_* */
};
#define XENIRQSTAT_needs_eoi 1
#define XENIRQSTAT_shared    2

struct physdev_eoi {
    uint32_t irq;
};

#define MAP_PIRQ_TYPE_MSI       0
#define MAP_PIRQ_TYPE_GSI       1
#define MAP_PIRQ_TYPE_UNKNOWN   2
#define MAP_PIRQ_TYPE_MSI_SEG   3
#define MAP_PIRQ_TYPE_MULTI_MSI 4

struct physdev_map_pirq {
    domid_t domid;
    int type; /* MAP_PIRQ_TYPE_* */
    int index;
    int pirq;
    int bus, devfn;
    int entry_nr;
    uint64_t table_base;
};

struct physdev_unmap_pirq {
    domid_t domid;
    int pirq;
};

struct physdev_manage_pci {
    uint8_t bus, devfn;
};

struct physdev_manage_pci_ext {
    uint8_t bus, devfn;
    uint32_t is_extfn;
    uint32_t is_virtfn;
    struct {
        uint8_t bus, devfn;
    } physfn;
};

#define XEN_PCI_DEV_EXTFN  1
#define XEN_PCI_DEV_VIRTFN 2
#define XEN_PCI_DEV_PXM    4

struct physdev_pci_device_add {
    uint16_t seg;
    uint8_t bus, devfn;
    uint32_t flags; /* XEN_PCI_DEV_* */
    struct {
        uint8_t bus, devfn;
    } physfn;
    uint32_t optarr[];
};
typedef struct physdev_pci_device_add physdev_pci_device_add_t;

struct physdev_pci_device {
    uint16_t seg;
    uint8_t bus, devfn;
};
typedef struct physdev_pci_device physdev_pci_device_t;

#define PCI_DEVICE_RESET_COLD 0
#define PCI_DEVICE_RESET_WARM 1
#define PCI_DEVICE_RESET_HOT  2
#define PCI_DEVICE_RESET_FLR  3
#define PCI_DEVICE_RESET_MASK 3

struct pci_device_reset {
    physdev_pci_device_t dev;
    uint32_t flags; /* PCI_DEVICE_RESET_* */
};

XEN_LAYOUT_SIZE(struct physdev_irq_status_query, 8);
XEN_LAYOUT_SIZE(struct physdev_map_pirq, 40);
XEN_LAYOUT_SIZE(struct physdev_unmap_pirq, 8);
XEN_LAYOUT_SIZE(struct physdev_manage_pci, 2);
XEN_LAYOUT_SIZE(struct physdev_manage_pci_ext, 16);
XEN_LAYOUT_SIZE(struct physdev_pci_device_add, 12);
XEN_LAYOUT_SIZE(struct physdev_pci_device, 4);
XEN_LAYOUT_SIZE(struct pci_device_reset, 8);

#endif
