/* SPDX-License-Identifier: MIT */
/* Domains and vcpus: there is no state of a CPU, and no interrupt controller. */
#include "host.h"
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/printk.h>
#include <trefoil/sched.h>

int arch_domain_init(struct domain *domain, const struct domain_config *config)
{
    (void)domain;
    (void)config;
    return 0;
}

void arch_domain_free(struct domain *domain)
{
    kernel_free(domain);
    free(domain->arch.p2m.runs);
    domain->arch.p2m.runs = NULL;
    domain->arch.p2m.nr_runs = domain->arch.p2m.room = 0;
}

void host_forget_domains(void)
{
    struct domain *domain;

    for (unsigned int id = 0; (domain = domain_get_from(id)) != NULL; domain_put(domain)) {
        id = domain->id + 1U;
        arch_domain_free(domain);
    }
}

int arch_vcpu_init(struct vcpu *vcpu)
{
    (void)vcpu;
    return 0;
}

void arch_vcpu_free(struct vcpu *vcpu)
{
    (void)vcpu;
}

/* The kernel that begins here starts the domain's other vcpus. */
void arch_vcpu_reset(struct vcpu *vcpu, uint64_t entry, uint64_t argument)
{
    (void)entry;
    (void)argument;
    for (unsigned int i = 1; i < vcpu->domain->max_vcpus; i++)
        vcpu_start(vcpu->domain->vcpus[i]);
}

void arch_vcpu_switch(struct vcpu *prev, struct vcpu *next)
{
    (void)prev;
    (void)next;
}

bool arch_vcpu_interrupt_pending(struct vcpu *vcpu)
{
    return vcpu->arch.upcall;
}

void arch_vcpu_raise_event(struct vcpu *vcpu)
{
    vcpu->arch.upcall = true;
    vcpu_kick(vcpu);
}

int arch_route_line(struct domain *domain, unsigned int line)
{
    (void)domain;
    (void)line;
    return 0;
}

int arch_set_line(struct domain *domain, unsigned int line, bool level)
{
    (void)level;
    return line >= LAUNCH_FIRST_LINE && line < LAUNCH_FIRST_LINE + domain->config.nr_lines
               ? 0
               : -EINVAL;
}

/* No vcpu accesses anything. */
void arch_access_end(struct vcpu *vcpu, bool answered, uint64_t value)
{
    (void)vcpu;
    (void)answered;
    (void)value;
}

void arch_vcpu_dump(const struct vcpu *vcpu)
{
    log_error("%s: vcpu%u has no registers: it is a twin's", vcpu->domain->name, vcpu->id);
}

void arch_vcpu_registers(const struct vcpu *vcpu, uint64_t registers[ARCH_VCPU_REGISTERS])
{
    (void)vcpu;
    memset(registers, 0, ARCH_VCPU_REGISTERS * sizeof(*registers));
}
