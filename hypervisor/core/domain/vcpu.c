/* SPDX-License-Identifier: MIT */
/* What a vcpu shares with its guest: vcpu_info and the runstate area. */
#include <trefoil/arch.h>
#include <trefoil/errno.h>
#include <trefoil/event_channel.h>
#include <trefoil/memory.h>
#include <trefoil/sched.h>
#include <trefoil/string.h>

/* The byte of state_entry_time that holds XEN_RUNSTATE_UPDATE. */
#define UPDATE_BYTE (offsetof(struct vcpu_runstate_info, state_entry_time) + 7)
#define UPDATE_BIT  0x80U

static int register_info(struct vcpu *vcpu, gfn_t gfn, uint32_t offset)
{
    mfn_t mfn;

    if (vcpu->info_mfn.n != INVALID_MFN.n)
        return -EINVAL;

    int result = frame_get(vcpu->domain, gfn, true, &mfn);

    if (result)
        return result == -ESRCH ? -EINVAL : result;

    struct vcpu_info *info = (struct vcpu_info *)((char *)mfn_map(mfn) + offset);

    memcpy(info, vcpu->info, sizeof(*info));
    vcpu->info_mfn = mfn;
    __atomic_store_n(&vcpu->info, info, __ATOMIC_RELEASE);
    /* What was marked in the old place meanwhile would be lost: let the guest look at everything.
     * Pairs with event_set_pending(), whose mark is before its look for the place. */
    smp_mb();
    event_rescan(vcpu);
    return 0;
}

int vcpu_register_info(struct vcpu *vcpu, gfn_t gfn, uint32_t offset)
{
    int result;

    if (offset % sizeof(uint64_t) || offset > PAGE_SIZE - sizeof(struct vcpu_info))
        return -EINVAL;
    spin_lock(&vcpu->area_lock);
    result = register_info(vcpu, gfn, offset);
    spin_unlock(&vcpu->area_lock);
    return result;
}

void vcpu_runstate_change(struct vcpu *vcpu, int state, uint64_t now)
{
    struct vcpu_runstate_info *runstate = &vcpu->runstate;

    runstate->time[runstate->state] += now - runstate->state_entry_time;
    runstate->state_entry_time = now;
    runstate->state = state;
}

/* Hypervisor's address of a byte of the area. */
static uint8_t *area_at(const struct vcpu *vcpu, uint32_t byte)
{
    bool second = byte >= vcpu->runstate_area.split;
    uint32_t offset = second ? byte - vcpu->runstate_area.split : vcpu->runstate_area.offset + byte;

    return (uint8_t *)mfn_map(vcpu->runstate_area.mfn[second]) + offset;
}

static void area_write(const struct vcpu *vcpu, const struct vcpu_runstate_info *runstate)
{
    const uint8_t *from = (const uint8_t *)runstate;
    uint32_t split = vcpu->runstate_area.split;

    memcpy(area_at(vcpu, 0), from, split);
    if (split < sizeof(*runstate))
        memcpy(area_at(vcpu, split), from + split, sizeof(*runstate) - split);
}

/* Under area_lock. */
static void publish(const struct vcpu *vcpu, struct vcpu_runstate_info copy)
{
    if (!atomic_load(&vcpu->domain->runstate_update)) {
        area_write(vcpu, &copy);
        return;
    }

    volatile uint8_t *update = area_at(vcpu, UPDATE_BYTE);
    uint8_t final = (uint8_t)(copy.state_entry_time >> 56);

    *update = final | UPDATE_BIT;
    smp_wmb();
    copy.state_entry_time |= XEN_RUNSTATE_UPDATE;
    area_write(vcpu, &copy);
    smp_wmb();
    *update = final;
}

void vcpu_runstate_publish(struct vcpu *vcpu)
{
    spin_lock(&vcpu->area_lock);
    if (vcpu->runstate_area.registered)
        publish(vcpu, vcpu->runstate);
    spin_unlock(&vcpu->area_lock);
}

static void release_runstate(struct vcpu *vcpu)
{
    if (!vcpu->runstate_area.registered)
        return;
    vcpu->runstate_area.registered = false;
    frame_put(vcpu->runstate_area.mfn[0]);
    if (vcpu->runstate_area.mfn[1].n != INVALID_MFN.n)
        frame_put(vcpu->runstate_area.mfn[1]);
}

/* The pages of an area, held; it may cross from one into a second. */
static int get_pages(uint64_t guest_vaddr, uint32_t split, mfn_t pages[2])
{
    int result = frame_get_guest(guest_vaddr, true, &pages[0]);

    pages[1] = INVALID_MFN;
    if (result || split == sizeof(struct vcpu_runstate_info))
        return result;
    result = frame_get_guest(guest_vaddr + split, true, &pages[1]);
    if (result)
        frame_put(pages[0]);
    return result;
}

int vcpu_register_runstate(struct vcpu *vcpu, uint64_t guest_vaddr)
{
    const uint32_t size = sizeof(struct vcpu_runstate_info);
    uint32_t offset = guest_vaddr & ~PAGE_MASK;
    uint32_t split = PAGE_SIZE - offset < size ? (uint32_t)(PAGE_SIZE - offset) : size;
    struct vcpu_runstate_info now;
    mfn_t pages[2];
    int result = guest_vaddr ? get_pages(guest_vaddr, split, pages) : 0;

    if (result)
        return result;
    spin_lock(&vcpu->area_lock);
    release_runstate(vcpu);
    if (guest_vaddr) {
        memcpy(vcpu->runstate_area.mfn, pages, sizeof(pages));
        vcpu->runstate_area.offset = offset;
        vcpu->runstate_area.split = split;
        vcpu->runstate_area.registered = true;
        vcpu_runstate_read(vcpu, &now);
        publish(vcpu, now);
    }
    spin_unlock(&vcpu->area_lock);
    return 0;
}

void vcpu_release_areas(struct vcpu *vcpu)
{
    spin_lock(&vcpu->area_lock);
    release_runstate(vcpu);
    if (vcpu->info_mfn.n != INVALID_MFN.n) {
        mfn_t mfn = vcpu->info_mfn;

        __atomic_store_n(&vcpu->info, &vcpu->early_info, __ATOMIC_RELEASE);
        vcpu->info_mfn = INVALID_MFN;
        frame_put(mfn);
    }
    spin_unlock(&vcpu->area_lock);
}
