/* SPDX-License-Identifier: MIT */
/* ImageBuilder's configuration, by which its uboot-script-gen makes a boot script for Xen. */
#include "imagebuilder.h"

#include <string.h>
#include <xen/bootfdt.h>

/* Where a configuration says nothing. */
#define DOM0_MEMORY  UINT64_C(1024) /* MiB */
#define DOMU_MEMORY  UINT64_C(512)
#define DOM0_COMMAND "console=hvc0 earlycon=xen earlyprintk=xen clk_ignore_unused"
#define DOMU_COMMAND "console=ttyAMA0"

const struct assignment *imagebuilder_find(const struct configuration *configuration,
                                           const char *key, unsigned int nr_indices,
                                           unsigned int index)
{
    for (const struct assignment *one = configuration->assignments; one; one = one->next)
        if (!one->overridden && one->nr_indices == nr_indices &&
            (nr_indices == 0 || one->index[0] == index) && strcmp(one->key, key) == 0)
            return one;
    return NULL;
}

/* ---- the whole ---- */

static bool is_of_domu(const struct imagebuilder_row *row)
{
    return row->whose == DOMU || row->whose == VCPU;
}

/* Has it the indices that its key has, and is it of a domain that there is? */
static bool is_in_place(const struct imagebuilder_setting *setting)
{
    static const unsigned int indices[] = {[DOMU] = 1, [LIST] = 1, [VCPU] = 2};
    const struct assignment *assignment = setting->assignment;
    unsigned int wanted = indices[setting->row->whose];

    if (assignment->nr_indices != wanted)
        make_say(setting->board, MAKE_ERROR, assignment->place, assignment->name,
                 wanted == 0   ? "has no index"
                 : wanted == 1 ? "has one index, as [0]"
                               : "has two indices, as [0,1]");
    else if (wanted && is_of_domu(setting->row) &&
             assignment->index[0] >= setting->configuration->nr_domus)
        make_say(setting->board, MAKE_WARNING, assignment->place, assignment->name,
                 "not acted on: NUM_DOMUS is %u", setting->configuration->nr_domus);
    else
        return true;
    return false;
}

static void apply(struct configuration *configuration, const struct assignment *assignment)
{
    const struct imagebuilder_row *row = imagebuilder_row(assignment->key);
    struct imagebuilder_setting setting = {configuration, configuration->board, assignment, NULL,
                                           row};

    if (!row) {
        make_say(setting.board, MAKE_WARNING, assignment->place, assignment->name,
                 "no key that ImageBuilder is known to have, ignored");
        return;
    }
    if (!is_in_place(&setting))
        return;
    if (is_of_domu(row))
        setting.domain = configuration->domus[assignment->index[0]];
    else if (row->whose == DOM0)
        setting.domain = configuration->dom0;
    if (row->whose == BOARD || row->whose == LIST || setting.domain)
        row->read(&setting);
    else if (row->whose == DOM0)
        make_say(setting.board, MAKE_WARNING, assignment->place, assignment->name,
                 "not acted on: there is no DOM0_KERNEL");
}

void imagebuilder_apply(struct configuration *configuration)
{
    for (const struct assignment *one = configuration->assignments; one; one = one->next)
        if (!one->overridden)
            apply(configuration, one);
    for (unsigned int i = 0; i < configuration->nr_domus; i++)
        if (configuration->domus[i] && configuration->pool_of_domu[i] != 0)
            configuration->domus[i]->pool =
                configuration->pools[configuration->pool_of_domu[i] - 1];
}

static unsigned int count_domus(struct configuration *configuration)
{
    const struct assignment *assignment = imagebuilder_find(configuration, "NUM_DOMUS", 0, 0);
    uint64_t count = 0;

    if (assignment && (!make_number(assignment->value, &count) || count >= MAKE_MAX_DOMAINS)) {
        make_say(configuration->board, MAKE_ERROR, assignment->place, assignment->name,
                 "\"%.40s\": not a number below %u", assignment->value, MAKE_MAX_DOMAINS);
        return 0;
    }
    return (unsigned int)count;
}

static bool is_left_out(struct configuration *configuration, unsigned int number)
{
    const struct assignment *assignment =
        imagebuilder_find(configuration, "DOMU_NOBOOT", 1, number);

    if (!assignment)
        return false;
    make_say(configuration->board, MAKE_WARNING, assignment->place, assignment->name,
             "domU%u is left out: domains are launched at boot or not at all", number);
    return true;
}

static void set_if_not_given(struct make_domain *domain, enum make_value_id id, uint64_t number)
{
    if (!domain->values[id].given)
        make_set_number(domain, id, number);
}

void imagebuilder_be_dom0(struct make_domain *domain)
{
    make_set_number(domain, MAKE_ROLES,
                    DOMAIN_CAPS_CONTROL | DOMAIN_CAPS_HARDWARE | DOMAIN_CAPS_XENSTORE);
    make_set_text(domain, MAKE_ENHANCED, "enabled");
    if (!domain->bootargs)
        domain->bootargs = DOM0_COMMAND;
}

void imagebuilder_be_domu(struct make_domain *domain, bool with_dom0)
{
    set_if_not_given(domain, MAKE_UART, 1);
    if (!domain->values[MAKE_ENHANCED].given)
        make_set_text(domain, MAKE_ENHANCED, with_dom0 ? "enabled" : "disabled");
    if (!domain->bootargs)
        domain->bootargs = DOMU_COMMAND;
}

static void add_domains(struct configuration *configuration, const char *file)
{
    struct make_board *board = configuration->board;
    const struct assignment *dom0 = imagebuilder_find(configuration, "DOM0_KERNEL", 0, 0);

    if (dom0)
        configuration->dom0 = make_add_domain(board, dom0->place, "dom0");
    if (configuration->dom0)
        imagebuilder_be_dom0(configuration->dom0);
    configuration->nr_domus = count_domus(configuration);
    for (unsigned int i = 0; i < configuration->nr_domus; i++) {
        const struct assignment *kernel = imagebuilder_find(configuration, "DOMU_KERNEL", 1, i);
        struct make_place place = kernel ? kernel->place : (struct make_place){file, 0};
        struct make_domain *domain =
            is_left_out(configuration, i)
                ? NULL
                : make_add_domain(board, place, make_format(board, "domU%u", i));

        configuration->domus[i] = domain;
        if (domain)
            imagebuilder_be_domu(domain, dom0 != NULL);
    }
}

/* What its static memory makes, or what a domain has that has none. */
static uint64_t static_kibibytes(const struct make_domain *domain)
{
    uint64_t bytes = 0;

    for (unsigned int i = 0; i < domain->nr_static_memory; i++)
        bytes += domain->static_memory[i].size;
    return domain->nr_static_memory ? bytes >> 10 : DOMU_MEMORY << 10;
}

/* Static memory is direct-mapped unless it is said not to be. */
static void complete_domain(struct configuration *configuration, struct make_domain *domain,
                            unsigned int index)
{
    const struct assignment *direct = imagebuilder_find(configuration, "DOMU_DIRECT_MAP", 1, index);

    set_if_not_given(domain, MAKE_MEMORY, static_kibibytes(domain));
    set_if_not_given(domain, MAKE_CPUS, 1);
    if (domain->nr_static_memory && (!direct || strcmp(direct->value, "0") != 0))
        make_set_number(domain, MAKE_DIRECT_MAP, 1);
    else if (direct && !domain->nr_static_memory)
        make_say(configuration->board, MAKE_WARNING, direct->place, direct->name,
                 "not acted on without DOMU_STATIC_MEM");
}

void imagebuilder_read(struct make_board *board, const char *file, const char *text, size_t size)
{
    struct configuration *configuration = make_allocate(board, sizeof(*configuration));

    if (!configuration)
        return;
    configuration->board = board;
    configuration->assignments = assignments_read(board, file, text, size);
    add_domains(configuration, file);
    imagebuilder_read_command_line(configuration,
                                   imagebuilder_find(configuration, "XEN_CMD", 0, 0));
    imagebuilder_apply(configuration);
    if (configuration->dom0) {
        set_if_not_given(configuration->dom0, MAKE_MEMORY, DOM0_MEMORY << 10);
        set_if_not_given(configuration->dom0, MAKE_CPUS, 1);
    }
    for (unsigned int i = 0; i < configuration->nr_domus; i++)
        if (configuration->domus[i])
            complete_domain(configuration, configuration->domus[i], i);
}
