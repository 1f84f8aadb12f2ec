/* SPDX-License-Identifier: MIT */
/* The descriptions of libxl's structs. */
#include <libxl/device.h>
#include <xen/sched.h>

#define FIELD(type, member, kind_, name_)                                                          \
    {                                                                                              \
        .name = (name_), .kind = (kind_), .offset = offsetof(struct type, member),                 \
        .size = sizeof(((struct type *)0)->member)                                                 \
    }
#define GROUP(children_, name_)                                                                    \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_GROUP, .children = (children_)                         \
    }
#define CONST(text, name_)                                                                         \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_CONST, .constant = (text)                              \
    }
#define LIST(struct_, member, children_, type, name_, item_)                                       \
    {                                                                                              \
        .name = (name_), .kind = LIBXL_KIND_LIST, .offset = offsetof(struct struct_, member),      \
        .size = sizeof(struct type), .children = (children_), .constant = (item_)                  \
    }
#define END                                                                                        \
    {                                                                                              \
        .name = NULL                                                                               \
    }

#define DOMAIN(member, kind, name) FIELD(libxl_domain, member, LIBXL_KIND_##kind, name)

/* config.c_info and config.b_info are what scripts written for Xen's `xl list -l` look into. */
static const struct libxl_field create_fields[] = {
    CONST("pvh", "type"),
    DOMAIN(name, STRING, "name"),
    DOMAIN(uuid, UUID, "uuid"),
    END,
};

static const struct libxl_field scheduler_fields[] = {
    DOMAIN(scheduler, TEXT, "sched"),
    DOMAIN(scheduler_weight, TOLD, "weight"),
    DOMAIN(scheduler_cap, TOLD, "cap"),
    END,
};

const struct libxl_field libxl_share_fields[] = {
    DOMAIN(name, STRING, "name"),
    DOMAIN(domid, NUMBER, "domid"),
    DOMAIN(scheduler_weight, TOLD, "weight"),
    DOMAIN(scheduler_cap, TOLD, "cap"),
    END,
};

static const struct libxl_field build_fields[] = {
    DOMAIN(vcpus, NUMBER, "max_vcpus"),
    DOMAIN(max_memory_kib, NUMBER, "max_memkb"),
    DOMAIN(memory_kib, NUMBER, "target_memkb"),
    GROUP(scheduler_fields, "sched_params"),
    END,
};

static const struct libxl_field config_fields[] = {
    GROUP(create_fields, "c_info"),
    GROUP(build_fields, "b_info"),
    LIST(libxl_domain, disks, libxl_disk_fields, libxl_disk, "disks", "disk"),
    LIST(libxl_domain, nics, libxl_nic_fields, libxl_nic, "nics", "nic"),
    END,
};

static const struct libxl_field state_fields[] = {
    DOMAIN(running, BOOL, "running"),
    DOMAIN(blocked, BOOL, "blocked"),
    DOMAIN(paused, BOOL, "paused"),
    DOMAIN(shutdown, BOOL, "shutdown"),
    DOMAIN(shutdown_reason, REASON, "shutdown_reason"),
    DOMAIN(dying, BOOL, "dying"),
    END,
};

static const struct libxl_field memory_fields[] = {
    DOMAIN(memory_kib, NUMBER, "current_kib"),
    DOMAIN(max_memory_kib, NUMBER, "max_kib"),
    DOMAIN(outstanding_kib, NUMBER, "outstanding_kib"),
    DOMAIN(shared_kib, NUMBER, "shared_kib"),
    DOMAIN(paged_kib, NUMBER, "paged_kib"),
    END,
};

const struct libxl_field libxl_domain_fields[] = {
    DOMAIN(domid, NUMBER, "domid"),
    GROUP(config_fields, "config"),
    DOMAIN(roles, ROLES, "roles"),
    GROUP(state_fields, "state"),
    GROUP(memory_fields, "memory"),
    DOMAIN(vcpus_online, NUMBER, "vcpus_online"),
    DOMAIN(cpu_time_ns, NUMBER, "cpu_time_ns"),
    DOMAIN(cpupool, NUMBER, "cpupool"),
    DOMAIN(ssid, NUMBER, "ssid"),
    DOMAIN(life, NUMBER, "life"),
    DOMAIN(last_end, TEXT, "last_end"),
    END,
};

#define MEMORY_SHARE(member, kind, name) FIELD(libxl_share, member, LIBXL_KIND_##kind, name)

const struct libxl_field libxl_memory_share_fields[] = {
    MEMORY_SHARE(id, STRING, "id"),     MEMORY_SHARE(domid, NUMBER, "domid"),
    MEMORY_SHARE(owner, BOOL, "owner"), MEMORY_SHARE(address, TOLD, "address"),
    MEMORY_SHARE(size, NUMBER, "size"), END,
};

#define VCPU(member, kind, name) FIELD(libxl_vcpu, member, LIBXL_KIND_##kind, name)

const struct libxl_field libxl_vcpu_fields[] = {
    VCPU(domid, NUMBER, "domid"),
    VCPU(vcpu, NUMBER, "vcpu"),
    VCPU(cpu, NUMBER, "cpu"),
    VCPU(online, BOOL, "online"),
    VCPU(running, BOOL, "running"),
    VCPU(blocked, BOOL, "blocked"),
    VCPU(cpu_time_ns, NUMBER, "cpu_time_ns"),
    VCPU(hard, CPUMAP, "affinity_hard"),
    VCPU(soft, CPUMAP, "affinity_soft"),
    END,
};

#define INFO(member, kind, name) FIELD(libxl_info, member, LIBXL_KIND_##kind, name)

static const struct libxl_field note_fields[] = {
    FIELD(libxl_cpu_note, cpus, LIBXL_KIND_CPUMAP, "cpus"),
    FIELD(libxl_cpu_note, open, LIBXL_KIND_BOOL, "open"),
    FIELD(libxl_cpu_note, text, LIBXL_KIND_STRING, "text"),
    END,
};

/* In the order of Xen 4.20's `xl info`, whose names these are; what is only ours comes after it. */
const struct libxl_field libxl_info_fields[] = {
    INFO(host, STRING, "host"),
    INFO(release, STRING, "release"),
    INFO(version, STRING, "version"),
    INFO(machine, STRING, "machine"),
    INFO(nr_cpus, TOLD, "nr_cpus"),
    INFO(max_cpu_id, TOLD, "max_cpu_id"),
    INFO(nr_nodes, TOLD, "nr_nodes"),
    INFO(cores_per_socket, TOLD, "cores_per_socket"),
    INFO(threads_per_core, TOLD, "threads_per_core"),
    INFO(cpu_khz, KHZ, "cpu_mhz"),
    INFO(hw_caps, STRING, "hw_caps"),
    INFO(virt_caps, STRING, "virt_caps"),
    INFO(sve_bits, TOLD, "arm_sve_vector_length"),
    INFO(total_mib, TOLD, "total_memory"),
    INFO(free_mib, TOLD, "free_memory"),
    INFO(sharing_freed_mib, TOLD, "sharing_freed_memory"),
    INFO(sharing_used_mib, TOLD, "sharing_used_memory"),
    INFO(outstanding_mib, TOLD, "outstanding_claims"),
    INFO(free_cpus, TOLD, "free_cpus"),
    INFO(major, TOLD, "xen_major"),
    INFO(minor, TOLD, "xen_minor"),
    INFO(extra, STRING, "xen_extra"),
    INFO(full_version, STRING, "xen_version"),
    INFO(capabilities, STRING, "xen_caps"),
    INFO(scheduler, STRING, "xen_scheduler"),
    INFO(page_size, TOLD, "xen_pagesize"),
    INFO(platform_params, STRING, "platform_params"),
    INFO(changeset, STRING, "xen_changeset"),
    INFO(command_line, STRING, "xen_commandline"),
    INFO(cc_compiler, STRING, "cc_compiler"),
    INFO(cc_compile_by, STRING, "cc_compile_by"),
    INFO(cc_compile_domain, STRING, "cc_compile_domain"),
    INFO(cc_compile_date, STRING, "cc_compile_date"),
    INFO(build_id, STRING, "build_id"),
    INFO(config_format, TOLD, "xend_config_format"),
    INFO(policy, TEXT, "policy"),
    LIST(libxl_info, notes, note_fields, libxl_cpu_note, "cpu_notes", "cpu_note"),
    END,
};
