/* SPDX-License-Identifier: MIT */
/*
 * The virtual GICv3 (Arm IHI 0069): a distributor a domain, a redistributor and list registers a
 * vcpu.
 *
 * State is kept in banks of 32 interrupts. Any pcpu changes a bank with atomic operations and then
 * notifies the vcpu concerned; list registers are only ever touched by the pcpu that has the vcpu
 * loaded (vgic_sync()). So there are no locks.
 */
#ifndef ASM_VGIC_H
#define ASM_VGIC_H

#include <stdatomic.h>
#include <trefoil/types.h>

struct domain_config;
struct domain;
struct mmio_access;
struct pcpu;
struct vcpu;

#define VGIC_MAX_LRS   16
#define VGIC_MAX_APRS  4
#define VGIC_PRIVATE   32U
#define VGIC_MAX_BANKS 31U /* of SPIs: INTIDs 32 to 1019 */
#define VGIC_MAX_SPIS  960U

/* 32 interrupts, one bit each. */
struct vgic_bank {
    _Atomic uint32_t enabled;
    _Atomic uint32_t pending; /* latched, not (or not any more) in a list register */
    _Atomic uint32_t line;    /* level of the wire, for interrupts that have one in software */
    _Atomic uint32_t edge;    /* GICD_ICFGR: edge-triggered */
    _Atomic uint32_t group;   /* group 1 */
    _Atomic uint32_t active;  /* active, as of the holder's last vgic_sync() */
    _Atomic uint32_t listed;  /* in a list register, as of the holder's last vgic_sync() */
    _Atomic uint32_t listed_pending; /* and pending there */
    /* What the holder is to do to its list register: withdraw the pending state, set or withdraw
     * the active one. */
    _Atomic uint32_t cancel, activate, deactivate;
    uint32_t hardware;     /* fires with a physical interrupt of the same INTID, which stays active
                              until the guest ends it */
    _Atomic uint32_t held; /* hardware: physically active on behalf of a latched pending bit */
    _Atomic uint8_t priority[32];
};

struct vgic_spis {
    struct vgic_bank bank;
    _Atomic uint16_t target[32]; /* vcpu id */
    _Atomic uint16_t holder[32]; /* vcpu id + 1 that has it in a list register, 0: none */
};

struct vgic_vcpu {
    /* Read on the virtual timer's way: the list register value that fires it; 0 sends it through
     * vgic_sync(). */
    uint64_t timer_lr;
    uint32_t direct;    /* private interrupts that may go straight into a list register */
    _Atomic bool dirty; /* a bank changed: vgic_sync() is due before the guest runs on */
    bool overflow;      /* more is pending than there are list registers */
    _Atomic(struct pcpu *) loaded; /* the pcpu that holds its list registers */
    struct vgic_bank private;
    _Atomic uint32_t hint;         /* SPI banks that may have something for this vcpu */
    uint16_t lr_spi[VGIC_MAX_LRS]; /* SPI in each list register, 0: none */
    uint32_t lr_spis;              /* mask of the above */
    bool awake;                    /* GICR_WAKER.ProcessorSleep clear */

    /* While not loaded. */
    uint32_t lr_valid;
    uint64_t lr[VGIC_MAX_LRS];
    uint64_t vmcr, hcr;
    uint64_t ap0r[VGIC_MAX_APRS], ap1r[VGIC_MAX_APRS];
};

struct vgic_domain {
    unsigned int nr_banks;
    struct vgic_spis *spis;   /* NULL when nr_spis is 0; pages charged to the domain */
    _Atomic uint32_t control; /* GICD_CTLR enables */
};

/* Affinity of a vcpu, as in MPIDR_EL1: 16 to a cluster, so that one ICC_SGI1R target list reaches
 * each. */
static inline uint64_t vgic_vcpu_affinity(unsigned int id)
{
    return (id & 15U) | (uint64_t)(id >> 4) << 8;
}

/* Makes the distributor and registers its MMIO regions. 0, -EINVAL, -ENOMEM. */
int vgic_domain_init(struct domain *domain, const struct domain_config *config);
/* Also disables and deactivates the physical interrupts it was given. No vcpu of the domain runs
 * any more. */
void vgic_domain_free(struct domain *domain);
int vgic_vcpu_init(struct vcpu *vcpu);
void vgic_vcpu_free(struct vcpu *vcpu);
/* The state after power-on. The vcpu is offline, or the one that is loaded here. */
void vgic_vcpu_reset(struct vcpu *vcpu);

/*
 * List registers and virtual CPU interface to and from memory. In arch_vcpu_switch(), in the order
 * vtimer_save(), vgic_save(), vgic_load(), vtimer_load(); no run queue lock is held, as other vcpus
 * may get kicked.
 */
void vgic_save(struct vcpu *vcpu);
void vgic_load(struct vcpu *vcpu);

/* Brings banks and list registers of the vcpu loaded here into line. */
void vgic_sync(struct vcpu *vcpu);

/* ICC_SGI1R_EL1 written by the loaded vcpu. (ICC_ASGI1R_EL1, ICC_SGI0R_EL1: ignore.) */
void vgic_sgi1r_write(struct vcpu *vcpu, uint64_t value);

/* A private interrupt becomes pending, as an edge. Any pcpu. Kicks the vcpu. */
void vgic_post_private(struct vcpu *vcpu, unsigned int intid);
/* The level of a private interrupt's wire. Any pcpu. Kicks the vcpu when it rises. */
void vgic_private_line(struct vcpu *vcpu, unsigned int intid, bool level);

/* The physical virtual-timer interrupt came, its priority is dropped: current takes it. */
void vgic_timer_interrupt(struct vcpu *vcpu);
/* A physical SPI of the domain came, its priority is dropped. */
void vgic_hardware_spi(struct domain *domain, unsigned int intid);

/* Sets the virtual level/edge of an SPI of a domain; kicks who takes it. Any pcpu. */
void vgic_set_spi(struct domain *domain, unsigned int spi, bool level);
/* An SPI that the domain's distributor has. */
bool vgic_has_spi(const struct domain *domain, unsigned int intid);
/* From now on the SPI fires with the physical one of the same INTID. While the domain is made. */
void vgic_bind_hardware(struct domain *domain, unsigned int intid);
/* Does the vcpu that is loaded here need a vgic_sync()? */
bool vgic_is_dirty(const struct vcpu *vcpu);

/* MMIO handlers: data is unused. */
bool vgic_distributor_access(struct vcpu *vcpu, struct mmio_access *access, void *data);
bool vgic_redistributor_access(struct vcpu *vcpu, struct mmio_access *access, void *data);

#endif
