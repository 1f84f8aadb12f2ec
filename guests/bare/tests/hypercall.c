/* SPDX-License-Identifier: MIT */
#include "../test.h"
#include <xen/version.h>

void test_hypercall_unknown_numbers(void)
{
    static const uint64_t unknown[] = {
        0,         1,  2,  3,  4,  5,  8,   9,         10,
        11,        14, 22, 23, 25, 26, 28,  30,        31,
        38,        43, 47, 56, 63, 64, 255, 1UL << 31, 1UL << 32 | 17,
        UINT64_MAX};

    for (unsigned int i = 0; i < LENGTH(unknown); i++) {
        int64_t result = call(unknown[i]);

        if (result != -XEN_ENOSYS)
            print("hypercall %lu\n", unknown[i]);
        CHECK_EQUAL(result, -XEN_ENOSYS);
    }
}

/* The number is all of x16. */
void test_hypercall_wide_number(void)
{
    CHECK_EQUAL(call(1UL << 32 | __HYPERVISOR_xen_version, XENVER_version), -XEN_ENOSYS);
}

void test_hypercall_unknown_suboperations(void)
{
    static const uint8_t families[] = {
        __HYPERVISOR_memory_op,      __HYPERVISOR_xen_version,      __HYPERVISOR_vcpu_op,
        __HYPERVISOR_sched_op,       __HYPERVISOR_event_channel_op, __HYPERVISOR_hvm_op,
        __HYPERVISOR_grant_table_op,
    };
    static const uint64_t commands[] = {58, 0x7fffffff & ~0x3fU, 0xffffffbf & ~0x5U};

    for (unsigned int i = 0; i < LENGTH(families); i++) {
        for (unsigned int k = 0; k < LENGTH(commands); k++) {
            uint64_t command = families[i] == __HYPERVISOR_memory_op ? 58 : commands[k];
            int64_t result = call(families[i], command, 0, 0);

            if (result != -XEN_ENOSYS)
                print("hypercall %u.%lu\n", families[i], command);
            CHECK_EQUAL(result, -XEN_ENOSYS);
        }
    }
}

/*
 * HVC with another immediate is not a hypercall. The exception is at the HVC: a handler that skips
 * one instruction comes to the next. On Xen it skips two, so what stands behind must be nothing the
 * compiler counts on.
 */
#define OTHER_HVC(immediate)                                                                       \
    ({                                                                                             \
        uint64_t next_ = 0;                                                                        \
        __asm__ volatile("mov x16, #17\n\thvc #" #immediate "\n\tadd %0, %0, #1\n\tnop"            \
                         : "+r"(next_)::"x0", "x1", "x2", "x3", "x16", "memory");                  \
        reached_ = next_ == 1;                                                                     \
    })

void test_hypercall_other_immediate(void)
{
    bool reached_ = false;

    CHECK_UNDEFINED(OTHER_HVC(0xea2));
    CHECK(reached_);
    CHECK_UNDEFINED(OTHER_HVC(1));
    CHECK(reached_);
}

/* Only x0 changes, and the flags stay. */
void test_hypercall_keeps_registers(void)
{
    uint64_t sum, flags;

    __asm__ volatile(
        "mov x1, #0\n\tmov x2, #102\n\tmov x3, #103\n\tmov x4, #104\n\tmov x5, #105\n\t"
        "mov x6, #106\n\tmov x17, #117\n\tmov x18, #118\n\tmov x19, #119\n\t"
        "mov x28, #128\n\tmov x0, #0\n\tmov x16, #17\n\tcmp x0, #0\n\t"
        "hvc #0xea1\n\t"
        "cset %1, eq\n\tadd %0, x1, x2\n\tadd %0, %0, x3\n\tadd %0, %0, x4\n\t"
        "add %0, %0, x5\n\tadd %0, %0, x6\n\tadd %0, %0, x16\n\tadd %0, %0, x17\n\t"
        "add %0, %0, x18\n\tadd %0, %0, x19\n\tadd %0, %0, x28\n\t"
        : "=&r"(sum), "=&r"(flags)
        :
        : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x16", "x17", "x18", "x19", "x28", "cc",
          "memory");
    CHECK_EQUAL(sum, 102 + 103 + 104 + 105 + 106 + 17 + 117 + 118 + 119 + 128);
    CHECK_EQUAL(flags, 1);
}

/* FP and SIMD registers are the guest's, also after it slept. */
void test_hypercall_keeps_vectors(void)
{
    uint64_t low, high;

    WRITE_SYSREG(READ_SYSREG(cpacr_el1) | 3UL << 20, cpacr_el1);
    __asm__ volatile("isb");
    __asm__ volatile("fmov d7, %0\n\tfmov v7.d[1], %1\n\tfmov d31, %1" ::"r"(0x1122334455667788UL),
                     "r"(0x99aabbccddeeff00UL));
    interrupt_enable(TIMER_VIRTUAL, true);
    timer_after(MILLISECOND);
    __asm__ volatile("wfi");
    call(__HYPERVISOR_xen_version, XENVER_version);
    __asm__ volatile("fmov %0, d7\n\tfmov %1, v7.d[1]" : "=r"(low), "=r"(high));
    CHECK_EQUAL(low, 0x1122334455667788UL);
    CHECK_EQUAL(high, 0x99aabbccddeeff00UL);
    __asm__ volatile("fmov %0, d31" : "=r"(low));
    CHECK_EQUAL(low, 0x99aabbccddeeff00UL);
}

void test_version(void)
{
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_version), 4 << 16 | 17);
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_pagesize), PAGE);
}

void test_version_texts(void)
{
    static xen_extraversion_t extra;
    static xen_capabilities_info_t capabilities;
    static xen_changeset_info_t changeset;
    static struct xen_compile_info compile;
    struct xen_platform_parameters parameters = {0};
    static const char name[] = "xen-3.0-aarch64";

    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_extraversion, extra), 0);
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_capabilities, capabilities), 0);
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_changeset, changeset), 0);
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_compile_info, &compile), 0);
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_platform_parameters, &parameters), 0);
    for (unsigned int i = 0; i + 1 < sizeof(name); i++)
        CHECK_EQUAL(capabilities[i], name[i]);
    CHECK(compile.compiler[0] != '\0');
    CHECK(parameters.virt_start != 0);
}

/* The same texts for tools that ask how long they are first. */
void test_version_whole_texts(void)
{
    static xen_capabilities_info_t field;
    struct {
        struct xen_varbuf head;
        unsigned char text[64];
    } whole = {.head.len = sizeof(whole.text)};
    int64_t length;

    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_capabilities, field), 0);
    length = call(__HYPERVISOR_xen_version, XENVER_capabilities2, 0);
    CHECK(length > 0 && length < (int64_t)sizeof(whole.text));
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_capabilities2, &whole), length);
    for (int64_t i = 0; i < length; i++)
        CHECK_EQUAL(whole.text[i], field[i]);
    CHECK_EQUAL(field[length], 0);
    CHECK_EQUAL(whole.text[length], 0);
    CHECK(call(__HYPERVISOR_xen_version, XENVER_extraversion2, &whole) > 0);
    CHECK(call(__HYPERVISOR_xen_version, XENVER_changeset2, &whole) > 0);
    whole.head.len = 1;
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_capabilities2, &whole), -XEN_ENOBUFS);
    whole.head.len = 0;
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_capabilities2, &whole), -XEN_EINVAL);
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_capabilities2, 8), -XEN_EFAULT);
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_commandline2, 0), -XEN_EPERM);
}

void test_version_features(void)
{
    struct xen_feature_info info = {0};

    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_get_features, &info), 0);
    CHECK(info.submap & 1U << XENFEAT_auto_translated_physmap);
    CHECK(info.submap & 1U << XENFEAT_ARM_SMCCC_supported);
    CHECK(info.submap & 1U << XENFEAT_not_direct_mapped);
    CHECK(!(info.submap & 1U << XENFEAT_dom0));
    info.submap_idx = 1;
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_get_features, &info), -XEN_EINVAL);
}

/* The hypervisor's command line is its own affair. */
void test_version_commandline_denied(void)
{
    static xen_commandline_t text;

    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_commandline, text), -XEN_EPERM);
}

void test_version_guest_handle(void)
{
    xen_domain_handle_t handle;

    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_guest_handle, handle), 0);
    CHECK_EQUAL(call(__HYPERVISOR_xen_version, XENVER_guest_handle, 8), -XEN_EFAULT);
}

void test_vm_assist(void)
{
    CHECK_EQUAL(call(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_runstate_update_flag),
                0);
    CHECK_EQUAL(call(__HYPERVISOR_vm_assist, VMASST_CMD_disable, VMASST_TYPE_runstate_update_flag),
                0);
    CHECK_EQUAL(call(__HYPERVISOR_vm_assist, 7, VMASST_TYPE_runstate_update_flag), -XEN_ENOSYS);
    CHECK_EQUAL(call(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 63), -XEN_EINVAL);
    CHECK_EQUAL(call(__HYPERVISOR_vm_assist, VMASST_CMD_enable, 64), -XEN_EINVAL);
}
