/* SPDX-License-Identifier: MIT */
#include "machine.h"
#include "gic/gic_registers.h"
#include "device/mmio.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/memory.h>
#include <trefoil/sched.h>
#include <asm/gic.h>
#include <asm/timer.h>

#define GICD_BASE 0x03001000UL
#define GICR_BASE 0x03020000UL
#define NAMES     16U

struct fake_machine fake;
struct pcpu fake_pcpus[FAKE_PCPUS];
struct domain fake_domain;
unsigned int gic_nr_lrs = FAKE_LRS, gic_nr_aprs = 1;
unsigned int gic_timer_virtual = 27, gic_timer_hypervisor = 26;

static struct vcpu vcpus[FAKE_VCPUS];
static struct vcpu *vcpu_pointers[FAKE_VCPUS];
static _Thread_local unsigned int here;

static struct {
    uint64_t lr[FAKE_LRS];
    uint64_t used; /* list registers, as ich_elrsr_el2 knows them since the last synchronization */
    struct {
        const char *name;
        uint64_t value;
    } others[NAMES];
} registers[FAKE_PCPUS];

struct pcpu *this_pcpu(void)
{
    return &fake_pcpus[here];
}

static uint64_t *other_register(const char *name)
{
    for (unsigned int i = 0; i < NAMES; i++) {
        if (registers[here].others[i].name == NULL)
            registers[here].others[i].name = name;
        if (strcmp(registers[here].others[i].name, name) == 0)
            return &registers[here].others[i].value;
    }
    abort();
}

/* The number in ich_lrN_el2; FAKE_LRS and above for other names. */
static unsigned int lr_number(const char *name)
{
    return strncmp(name, "ich_lr", 6) == 0 ? (unsigned int)atoi(name + 6) : FAKE_LRS;
}

void fake_isb(void)
{
    uint64_t used = 0;

    for (unsigned int n = 0; n < FAKE_LRS; n++) {
        uint64_t lr = registers[here].lr[n];

        if ((lr & LR_STATE) != 0 || ((lr & LR_HW) == 0 && (lr & LR_EOI) != 0))
            used |= 1UL << n;
    }
    registers[here].used = used;
}

uint64_t fake_register_read(const char *name)
{
    if (lr_number(name) < FAKE_LRS)
        return registers[here].lr[lr_number(name)];
    if (strcmp(name, "ich_elrsr_el2") != 0)
        return *other_register(name);
    return ~registers[here].used & ((1UL << FAKE_LRS) - 1);
}

void fake_register_write(const char *name, uint64_t value)
{
    if (lr_number(name) < FAKE_LRS)
        registers[here].lr[lr_number(name)] = value;
    else
        *other_register(name) = value;
}

uint64_t fake_lr(unsigned int n)
{
    return registers[here].lr[n];
}

bool fake_maintenance(void)
{
    uint64_t hcr = fake_register_read("ich_hcr_el2");
    unsigned int valid = 0;
    bool ended = false;

    for (unsigned int n = 0; n < FAKE_LRS; n++) {
        uint64_t lr = registers[here].lr[n];

        valid += (lr & LR_STATE) != 0;
        ended |= (lr & (LR_STATE | LR_HW | LR_EOI)) == LR_EOI;
    }
    return (hcr & ICH_HCR_EN) != 0 && (ended || ((hcr & ICH_HCR_UIE) != 0 && valid <= 1));
}

unsigned int fake_acknowledge(void)
{
    unsigned int best = FAKE_LRS;

    for (unsigned int n = 0; n < FAKE_LRS; n++) {
        uint64_t lr = registers[here].lr[n];

        if ((lr & LR_STATE) == LR_PENDING &&
            (best == FAKE_LRS || LR_PRIORITY(lr) < LR_PRIORITY(registers[here].lr[best])))
            best = n;
    }
    if (best == FAKE_LRS)
        return 1023;
    registers[here].lr[best] ^= LR_STATE;
    return LR_INTID(registers[here].lr[best]);
}

void fake_end(unsigned int intid)
{
    for (unsigned int n = 0; n < FAKE_LRS; n++) {
        uint64_t *lr = &registers[here].lr[n];

        if ((*lr & LR_ACTIVE) == 0 || LR_INTID(*lr) != intid)
            continue;
        *lr &= ~LR_ACTIVE;
        if ((*lr & LR_HW) == 0)
            return;
        if ((*lr >> LR_PINTID_SHIFT & 0x3ff) < 32)
            fake.private_active[here] &= ~(1U << (*lr >> LR_PINTID_SHIFT & 0x1f));
        else
            fake.spi_active &= ~(1UL << ((*lr >> LR_PINTID_SHIFT & 0x3ff) - 32));
        return;
    }
    abort();
}

static struct vcpu *loaded_here(void)
{
    for (unsigned int i = 0; i < FAKE_VCPUS; i++)
        if (atomic_load(&vcpus[i].arch.vgic.loaded) == this_pcpu())
            return &vcpus[i];
    abort();
}

static uint64_t access_register(bool redistributor, struct mmio_access access)
{
    bool known = redistributor ? vgic_redistributor_access(loaded_here(), &access, NULL)
                               : vgic_distributor_access(loaded_here(), &access, NULL);

    assert(known);
    return access.value;
}

uint64_t fake_read(bool redistributor, uint64_t offset, unsigned int size)
{
    return access_register(redistributor, (struct mmio_access){offset, (uint8_t)size, false, 0});
}

void fake_write(bool redistributor, uint64_t offset, unsigned int size, uint64_t value)
{
    access_register(redistributor, (struct mmio_access){offset, (uint8_t)size, true, value});
}

void fake_enable(unsigned int intid, unsigned int priority)
{
    bool private = intid < 32;
    uint64_t frame = private ? loaded_here()->id * (uint64_t)GICR_STRIDE + GICR_SGI_FRAME : 0;

    fake_write(private, frame + GICD_IPRIORITYR + intid, 1, priority);
    fake_write(private, frame + GICD_ISENABLER + intid / 32 * 4, 4, 1UL << (intid % 32));
}

void fake_be(unsigned int pcpu)
{
    here = pcpu;
}

struct vcpu *fake_vcpu(unsigned int id)
{
    return &vcpus[id];
}

void fake_start(void)
{
    struct domain_config config = {
        .nr_lines = FAKE_SPIS,
        .layout = {.gicd = {.start = GICD_BASE}, .gicr = {.start = GICR_BASE}}};

    memset(&fake, 0, sizeof(fake));
    memset(&fake_domain, 0, sizeof(fake_domain));
    memset(vcpus, 0, sizeof(vcpus));
    memset(registers, 0, sizeof(registers));
    fake_domain.vcpus = vcpu_pointers;
    if (vgic_domain_init(&fake_domain, &config) != 0)
        abort();
    for (unsigned int i = 0; i < FAKE_VCPUS; i++) {
        fake_pcpus[i].arch.mpidr = 0x100 + i;
        vcpus[i].id = i;
        vcpus[i].domain = &fake_domain;
        vcpus[i].pcpu = &fake_pcpus[i];
        vcpus[i].state = VCPU_RUNNING;
        vcpu_pointers[i] = &vcpus[i];
        if (vgic_vcpu_init(&vcpus[i]) != 0)
            abort();
        fake_domain.max_vcpus = i + 1;
        vcpus[i].arch.vgic.vmcr = 0xffUL << 24 | ICH_VMCR_GROUP0 | ICH_VMCR_GROUP1;
        fake_be(i);
        vgic_load(&vcpus[i]);
    }
    fake_be(0);
    fake_write(false, GICD_CTLR, 4, GICD_CTLR_GROUP0 | GICD_CTLR_GROUP1);
    fake_be(1);
    vgic_sync(&vcpus[1]);
    fake_be(0);
    memset(&fake, 0, sizeof(fake));
}

void fake_stop(void)
{
    for (unsigned int i = 0; i < FAKE_VCPUS; i++) {
        fake_be(i);
        if (atomic_load(&vcpus[i].arch.vgic.loaded) == this_pcpu())
            vgic_save(&vcpus[i]);
        vgic_vcpu_free(&vcpus[i]);
    }
    vgic_domain_free(&fake_domain);
}

/* ---- the machine's GIC ---- */

void gic_spi_enable(unsigned int intid, bool enable)
{
    fake.spi_enabled =
        enable ? fake.spi_enabled | 1UL << (intid - 32) : fake.spi_enabled & ~(1UL << (intid - 32));
}

void gic_spi_configure(unsigned int intid, bool edge)
{
    fake.spi_edge =
        edge ? fake.spi_edge | 1UL << (intid - 32) : fake.spi_edge & ~(1UL << (intid - 32));
}

void gic_spi_route(unsigned int intid, uint64_t mpidr)
{
    fake.spi_route[intid - 32] = mpidr;
}

void gic_spi_set_pending(unsigned int intid)
{
    fake.spi_pending |= 1UL << (intid - 32);
}

void gic_spi_deactivate(unsigned int intid)
{
    fake.spi_active &= ~(1UL << (intid - 32));
}

void gic_spi_release(unsigned int intid, const struct domain *domain)
{
    (void)domain;
    gic_spi_enable(intid, false);
    gic_spi_deactivate(intid);
}

void gic_private_set_active(uint32_t intids)
{
    fake.private_active[here] |= intids;
}

void gic_private_clear_active(uint32_t intids)
{
    fake.private_active[here] &= ~intids;
}

/* ---- what else the code under test calls ---- */

void arch_send_reschedule(struct pcpu *pcpu)
{
    fake.kicks[pcpu - fake_pcpus]++;
}

void vcpu_wake(struct vcpu *vcpu)
{
    fake.wakes++;
    vcpu->state = VCPU_RUNNABLE;
}

bool vtimer_due(const struct vcpu *vcpu)
{
    return (vcpu->arch.timer.cntv_ctl & 3) == 1;
}

int mmio_register(struct domain *domain, uint64_t start, uint64_t size, mmio_handler *handler,
                  void *data)
{
    if (domain->arch.nr_mmio == MMIO_REGIONS)
        return -ENOSPC;
    domain->arch.mmio[domain->arch.nr_mmio++] = (struct mmio_region){start, size, handler, data};
    return 0;
}

void *pages_alloc(struct domain *domain, unsigned int order)
{
    (void)domain;
    return calloc(1, PAGE_SIZE << order);
}

void pages_free(struct domain *domain, void *pages, unsigned int order)
{
    (void)domain;
    (void)order;
    free(pages);
}

unsigned int order_of_size(size_t size)
{
    unsigned int order = 0;

    while (PAGE_SIZE << order < size)
        order++;
    return order;
}
