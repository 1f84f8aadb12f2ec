/* SPDX-License-Identifier: MIT */
#include "hypercall.h"
#include <string.h>
#include <xen/domctl.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/hvm/dm_op.h>
#include <xen/hvm/hvm_op.h>
#include <xen/memory.h>
#include <xen/platform.h>
#include <xen/sched.h>
#include <xen/sysctl.h>
#include <xen/vcpu.h>
#include <xen/version.h>
#include <trefoil/access.h>
#include <trefoil/arch.h>
#include <trefoil/event_channel.h>
#include <trefoil/memory.h>
#include "core_fake/machine.h"
#include "device/ioreq_server.h"
#include "grant/grant_private.h"

/* What a field means, hence what is worth putting into it. */
enum kind {
    DOMID,
    PORT,
    HANDLE,
    FLAGS,
    SMALL,
    GFN,
    PLACE,
    ADDRESS,
    LENGTH,
    TIME,
    MACHINE,
    DEVICE_SPACE
};

/* How a hypercall gets its arguments in registers. */
enum passing {
    PAIR,    /* command, address */
    COUNTED, /* command, address, count */
    OF_VCPU, /* command, vcpu, address */
    CONTROL, /* address; the command and the interface's version are in the structure */
    STABLE,  /* likewise, with version 0 */
    TEXT,    /* command, size, address */
    DEVICE,  /* domain, number of buffers, address of them; the operation follows */
    ANY,     /* whatever the input says */
};

struct field {
    uint16_t offset;
    uint8_t size, kind;
};

/* The argument of DEVICE. */
struct device_argument {
    struct xen_dm_op_buf buffer;
    struct xen_dm_op op;
};

#define FIELDS_MAX    8U
#define ARGUMENT_MAX  160U
#define ARGUMENT_PAGE 0U
#define LIST_PAGE     1U /* a multicall's entries; their arguments follow */

static const struct call {
    unsigned int number;
    uint32_t command;
    enum passing passing;
    size_t size;
    struct field fields[FIELDS_MAX];
} calls[] = {
#define F(type, member, kind)                                                                      \
    {                                                                                              \
        offsetof(struct type, member), sizeof(((struct type *)0)->member), kind                    \
    }
#define CALL(hypercall, command, passing, type, ...)                                               \
    {__HYPERVISOR_##hypercall, command, passing, sizeof(type), {__VA_ARGS__}},
#include "hypercall_calls.def"
#undef CALL
#undef F
};

static const uint64_t extremes[] = {
    0, 1, PAGE_SIZE - 1, PAGE_SIZE, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX - 7, UINT64_MAX,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t place(uint8_t byte)
{
    static const uint16_t offsets[] = {0, 8, 256, PAGE_SIZE - 8};

    return fake_address(byte / 4 % (PAGES + 2), offsets[byte % 4]);
}

static uint64_t number_of(struct input *input, enum kind kind)
{
    static const domid_t ids[] = {DOMID_SELF, 0, 1, 2, 3, 4, DOMID_IO, DOMID_INVALID};
    uint8_t byte = take(input);

    if (byte >= 0xf0)
        return extremes[(byte - 0xf0) % COUNT(extremes)];
    switch (kind) {
    case DOMID: return ids[byte % COUNT(ids)];
    case HANDLE: return byte % 4;
    case FLAGS: return byte % 8;
    case PORT: return byte % 16;
    case GFN: return FAKE_RAM + byte % (2 * PAGES);
    case PLACE: return fake_address(byte % (2 * PAGES), 0);
    case ADDRESS: return place(byte);
    case LENGTH: return byte * 32U;
    case DEVICE_SPACE: return FUZZ_DEVICE + byte % 8 * UINT64_C(0x800);
    case TIME: return arch_now() + byte * UINT64_C(1000);
    case MACHINE: return FAKE_BASE + byte * UINT64_C(4096) * 16;
    case SMALL: break;
    }
    return byte % 32;
}

static uint32_t version_of(const struct call *call)
{
    switch (call->number) {
    case __HYPERVISOR_domctl: return XEN_DOMCTL_INTERFACE_VERSION;
    case __HYPERVISOR_sysctl: return XEN_SYSCTL_INTERFACE_VERSION;
    default: return XENPF_INTERFACE_VERSION;
    }
}

static void fill(struct input *input, const struct call *call, uint8_t *argument)
{
    for (unsigned int i = 0; i < FIELDS_MAX && call->fields[i].size; i++) {
        uint64_t value = number_of(input, call->fields[i].kind);

        memcpy(argument + call->fields[i].offset, &value, call->fields[i].size);
    }
    if (call->passing == CONTROL || call->passing == STABLE) {
        const uint32_t version = call->number == __HYPERVISOR_domctl ? XEN_DOMCTL_INTERFACE_VERSION
                                                                     : XEN_SYSCTL_INTERFACE_VERSION;
        const uint32_t head[] = {call->command, call->passing == STABLE ? 0 : version};

        memcpy(argument, head, sizeof(head));
    }
}

/* Guests may fill their pages with anything, as far as they have them. */
UNWATCHED static void put(struct domain *domain, uint64_t address, const void *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char *ram = fake_ram(domain, address + i);

        if (ram)
            *ram = ((const char *)data)[i];
    }
}

static void set_args(struct input *input, const struct call *call, uint64_t address,
                     uint64_t args[5])
{
    switch (call->passing) {
    case CONTROL:
    case STABLE: args[0] = address; return;
    case DEVICE:
        args[0] = number_of(input, DOMID);
        args[1] = 1;
        args[2] = address;
        return;
    case TEXT:
        args[0] = call->command;
        args[1] = number_of(input, LENGTH);
        args[2] = address;
        return;
    case OF_VCPU:
        args[0] = call->command;
        args[1] = take(input) % 4;
        args[2] = address;
        return;
    case ANY:
        args[0] = number_of(input, SMALL);
        args[1] = number_of(input, ADDRESS);
        args[2] = number_of(input, SMALL);
        return;
    case PAIR:
    case COUNTED:
        args[0] = call->command;
        args[1] = address;
        args[2] = 1 + (call->passing == COUNTED ? take(input) % 4 : 0);
        return;
    }
}

static void complete(const struct call *call, uint8_t *argument, uint64_t address)
{
    struct device_argument device;

    memcpy(&device, argument, sizeof(device));
    device.buffer.h.q = address + offsetof(struct device_argument, op);
    device.buffer.size = sizeof(device.op);
    device.op.op = call->command;
    memcpy(argument, &device, sizeof(device));
}

static void one_call(struct input *input, struct domain *domain, uint64_t address,
                     struct hypercall *hypercall)
{
    const struct call *call = &calls[take(input) % COUNT(calls)];
    uint8_t argument[ARGUMENT_MAX] = {0};

    must(call->size <= sizeof(argument));
    fill(input, call, argument);
    if (call->passing == DEVICE)
        complete(call, argument, address);
    hypercall->number = call->number;
    memset(hypercall->args, 0, sizeof(hypercall->args));
    set_args(input, call, address, hypercall->args);
    if (call->passing != ANY)
        put(domain, address, argument, call->size);
}

void call_read(struct input *input, struct domain *domain, struct hypercall *call)
{
    uint8_t how = take(input);
    unsigned int count = how / 8 % 4;

    if (how % 8) {
        /* At the end of the page, now and then, where the next one may not be. */
        one_call(input, domain, fake_address(ARGUMENT_PAGE, how < 0xf0 ? 0 : PAGE_SIZE - 24), call);
        return;
    }
    for (unsigned int i = 0; i < count; i++) {
        struct multicall_entry entry = {0};
        struct hypercall inner;

        one_call(input, domain, fake_address(LIST_PAGE, 1024 + i * ARGUMENT_MAX), &inner);
        entry.op = inner.number;
        memcpy(entry.args, inner.args, sizeof(inner.args));
        put(domain, fake_address(LIST_PAGE, i * sizeof(entry)), &entry, sizeof(entry));
    }
    *call = (struct hypercall){__HYPERVISOR_multicall, {fake_address(LIST_PAGE, 0), count}};
}

UNWATCHED static void write_grant(struct input *input, struct domain *domain)
{
    struct grant_entry_v1 *entry = &domain->grants->frames[0].entries[take(input) % 8];

    entry->flags = take(input) % 64;
    entry->domid = (domid_t)number_of(input, DOMID);
    entry->frame = (uint32_t)number_of(input, GFN);
}

static void write_list(struct input *input, struct domain *domain)
{
    uint64_t address = number_of(input, ADDRESS);

    for (unsigned int left = take(input) % 8; left; left--, address += sizeof(uint64_t)) {
        uint64_t gfn = number_of(input, GFN);

        put(domain, address, &gfn, sizeof(gfn));
    }
}

UNWATCHED void write_read(struct input *input, struct domain *domain)
{
    uint8_t what = take(input);
    struct shared_info *shared = domain->shared_info;
    struct vcpu *vcpu = domain->vcpus[what / 8 % domain->max_vcpus];

    switch (what % 8) {
    case 0: shared->evtchn_mask[0] = what & 0x80 ? take(input) : 0; break;
    case 1: shared->evtchn_pending[0] = what & 0x80 ? take(input) : 0; break;
    case 2: vcpu->info->evtchn_pending_sel = what & 0x80 ? UINT64_MAX : 0; break;
    case 3: vcpu->info->evtchn_upcall_pending = what >> 7; break;
    case 4: write_list(input, domain); break;
    default: write_grant(input, domain); break;
    }
}

void access_read(struct input *input, struct vcpu *vcpu)
{
    uint8_t how = take(input);
    struct device_access access = {
        .address = FUZZ_DEVICE + take(input) * UINT64_C(64) + how / 16 % 4,
        .size = (uint8_t)(1U << how % 4),
        .write = how & 0x80,
        .value = take(input),
    };

    device_ask(vcpu, &access);
}

void answer_read(struct input *input, struct domain *model)
{
    struct ioreq_server *server = model->serving;
    uint8_t what = take(input);
    struct vcpu *vcpu;

    if (!server)
        return;
    vcpu = server->target->vcpus[what % server->target->max_vcpus];
    ioreq_slot(server, vcpu)->data = take(input);
    /* Mostly an answer. */
    ioreq_slot(server, vcpu)->state = what & 0x40 ? STATE_IORESP_READY : what >> 2 & 15;
    if (what & 0x80)
        device_heard(vcpu);
}

void prepare_device(struct domain *target, struct domain *model)
{
    const struct io_range range = {FUZZ_DEVICE, FUZZ_DEVICE + 0x1fff};
    evtchn_port_t port;
    ioservid_t id;
    mfn_t mfn;

    must(policy_add_target(model, target->id) && !ioreq_server_create(model, target, &id));
    must(!ioreq_server_map(model, target, id, range));
    must(!ioreq_server_enable(model, target, id, true));
    must(!ioreq_server_page(model, target, id, &mfn));
    must(!physmap_put_resource(model, (gfn_t){FAKE_RAM + PAGES}, mfn, FOREIGN_SERVER));
    for (unsigned int i = 0; i < target->max_vcpus; i++)
        must(!event_bind_interdomain(model, target, target->servers[id]->ports[i], &port));
}
