/* SPDX-License-Identifier: MIT */
/* HYPERVISOR_xen_version: what the guest runs on. The version is that of the ABI, the names say
 * whose hypervisor it is. */
#include "hypercalls.h"
#include <trefoil/access.h>
#include <trefoil/build_info.h>
#include <trefoil/hypercall.h>
#include <trefoil/nospec.h>
#include <trefoil/options.h>
#include <trefoil/string.h>
#include <xen/bootfdt.h>
#include <xen/version.h>
#include <arch/abi.h>

#define ABI_MAJOR 4
#define ABI_MINOR 17

/* Where Xen's own text would begin; guests do not map it, tools print it. */
#define VIRT_START 0x200000UL

/* Command-line and other long texts are copied out in pieces of this. */
#define TEXT_PIECE 128U

enum version_scope { SELF, SYSTEM };

typedef int64_t version_handler(struct vcpu *vcpu, uint64_t address);

#define VERSION(number, handler, operation, scope) static version_handler handler;
#include "xen_version.def"
#undef VERSION

static const struct version_row {
    version_handler *handler;
    uint16_t operation;
    uint8_t scope;
} rows[16U] = {
#define VERSION(number, handler, operation, scope) [number] = {handler, OP_##operation, scope},
#include "xen_version.def"
#undef VERSION
};

int64_t hypercall_xen_version(struct vcpu *vcpu, const uint64_t args[5])
{
    uint32_t command = (uint32_t)args[0];
    const struct version_row *row;

    if (unlikely(command >= ARRAY_SIZE(rows)))
        return -ENOSYS;
    row = &rows[index_nospec(command, ARRAY_SIZE(rows))];
    if (unlikely(!row->handler))
        return -ENOSYS;
    if (unlikely(row->scope != SELF || !policy_allows_self(row->operation, vcpu->domain))) {
        int result =
            policy_check(row->operation, vcpu->domain, row->scope == SELF ? vcpu->domain : NULL);

        if (result)
            return result;
    }
    return row->handler(vcpu, args[1]);
}

static int64_t version(struct vcpu *vcpu, uint64_t address)
{
    (void)vcpu;
    (void)address;
    return ABI_MAJOR << 16 | ABI_MINOR;
}

static int64_t pagesize(struct vcpu *vcpu, uint64_t address)
{
    (void)vcpu;
    (void)address;
    return PAGE_SIZE;
}

/* A text in a field of a fixed size, the rest of which is zero. */
static int64_t copy_text(uint64_t address, const char *text, size_t field)
{
    size_t length = strlen(text), done = 0;
    char piece[TEXT_PIECE];

    while (done < field) {
        size_t size = field - done < sizeof(piece) ? field - done : sizeof(piece);
        size_t some = length > done ? length - done : 0;

        memset(piece, 0, sizeof(piece));
        memcpy(piece, text + (length < done ? length : done), some < size ? some : size);
        if (done + size == field)
            piece[size - 1] = '\0';
        if (arch_copy_to_guest(address + done, piece, size))
            return -EFAULT;
        done += size;
    }
    return 0;
}

static int64_t extraversion(struct vcpu *vcpu, uint64_t address)
{
    (void)vcpu;
    return copy_text(address, BUILD_EXTRAVERSION, sizeof(xen_extraversion_t));
}

static int64_t capabilities(struct vcpu *vcpu, uint64_t address)
{
    (void)vcpu;
    return copy_text(address, ARCH_CAPABILITIES, sizeof(xen_capabilities_info_t));
}

static int64_t changeset(struct vcpu *vcpu, uint64_t address)
{
    (void)vcpu;
    return copy_text(address, BUILD_CHANGESET, sizeof(xen_changeset_info_t));
}

static int64_t commandline(struct vcpu *vcpu, uint64_t address)
{
    (void)vcpu;
    return copy_text(address, options_text(), sizeof(xen_commandline_t));
}

static int64_t compile_info(struct vcpu *vcpu, uint64_t address)
{
    struct xen_compile_info info = {.compile_by = "trefoil"};

    (void)vcpu;
    string_copy(info.compiler, BUILD_COMPILER, sizeof(info.compiler));
    string_copy(info.compile_domain, BUILD_DOMAIN, sizeof(info.compile_domain));
    string_copy(info.compile_date, BUILD_DATE, sizeof(info.compile_date));
    return copy_to_guest(address, &info);
}

static int64_t platform_parameters(struct vcpu *vcpu, uint64_t address)
{
    const struct xen_platform_parameters parameters = {.virt_start = VIRT_START};

    (void)vcpu;
    return copy_to_guest(address, &parameters);
}

static uint32_t features_of(const struct domain *domain)
{
    uint32_t features = 1U << XENFEAT_memory_op_vnode_supported |
                        1U << XENFEAT_auto_translated_physmap |
                        1U << XENFEAT_linux_rsdp_unrestricted | ARCH_FEATURES;

    features |= 1U << (domain->direct_map ? XENFEAT_direct_mapped : XENFEAT_not_direct_mapped);
    if (domain->roles & DOMAIN_CAPS_HARDWARE)
        features |= 1U << XENFEAT_dom0;
    return features;
}

static int64_t get_features(struct vcpu *vcpu, uint64_t address)
{
    struct xen_feature_info info;

    if (copy_from_guest(&info, address))
        return -EFAULT;
    if (info.submap_idx >= XENFEAT_NR_SUBMAPS)
        return -EINVAL;
    info.submap = features_of(vcpu->domain);
    return copy_to_guest(address, &info);
}

static int64_t guest_handle(struct vcpu *vcpu, uint64_t address)
{
    uint8_t handle[sizeof(vcpu->domain->handle)];

    spin_lock(&vcpu->domain->memory_lock);
    memcpy(handle, vcpu->domain->handle, sizeof(handle));
    spin_unlock(&vcpu->domain->memory_lock);
    return copy_to_guest(address, &handle);
}

/* A text of any length without its end; the length alone without a buffer, as tools ask first. */
static int64_t copy_whole(uint64_t address, const char *text)
{
    const uint32_t length = (uint32_t)strlen(text);
    struct xen_varbuf head;

    if (!address)
        return length;
    if (copy_from_guest(&head, address))
        return -EFAULT;
    if (head.len == 0)
        return -EINVAL;
    if (head.len < length)
        return -ENOBUFS;
    if (arch_copy_to_guest(address + offsetof(struct xen_varbuf, buf), text, length))
        return -EFAULT;
    return length;
}

static int64_t build_id(struct vcpu *vcpu, uint64_t address)
{
    (void)vcpu;
    return copy_whole(address, BUILD_CHANGESET);
}

static int64_t whole_extraversion(struct vcpu *vcpu, uint64_t address)
{
    (void)vcpu;
    return copy_whole(address, BUILD_EXTRAVERSION);
}

static int64_t whole_capabilities(struct vcpu *vcpu, uint64_t address)
{
    (void)vcpu;
    return copy_whole(address, ARCH_CAPABILITIES);
}

static int64_t whole_changeset(struct vcpu *vcpu, uint64_t address)
{
    (void)vcpu;
    return copy_whole(address, BUILD_CHANGESET);
}

static int64_t whole_commandline(struct vcpu *vcpu, uint64_t address)
{
    (void)vcpu;
    return copy_whole(address, options_text());
}
