/* SPDX-License-Identifier: MIT */
/* What each key of an ImageBuilder configuration does, by the rows of imagebuilder_keys.def. */
#include <string.h>

#include "imagebuilder.h"

static void wrong(const struct imagebuilder_setting *setting, const char *what)
{
    make_say(setting->board, MAKE_ERROR, setting->assignment->place, setting->assignment->name,
             "\"%.80s\": %s", setting->assignment->value, what);
}

static bool number(const struct imagebuilder_setting *setting, uint64_t *value)
{
    if (make_number(setting->assignment->value, value))
        return true;
    wrong(setting, "not a number");
    return false;
}

/* ---- what a key does ---- */

static void quiet(const struct imagebuilder_setting *setting)
{
    (void)setting;
}

static void named(const struct imagebuilder_setting *setting)
{
    make_say(setting->board, MAKE_WARNING, setting->assignment->place, setting->assignment->name,
             "not acted on: %s", setting->row->text);
}

static void refused(const struct imagebuilder_setting *setting)
{
    make_say(setting->board, MAKE_ERROR, setting->assignment->place, setting->assignment->name,
             "%s", setting->row->text);
}

static void read_room_start(const struct imagebuilder_setting *setting)
{
    number(setting, &setting->board->room_start);
}

static void read_room_end(const struct imagebuilder_setting *setting)
{
    number(setting, &setting->board->room_end);
}

static void read_tree(const struct imagebuilder_setting *setting)
{
    make_set_tree(setting->board, setting->assignment->place, setting->assignment->name,
                  setting->assignment->value);
}

static void read_hypervisor(const struct imagebuilder_setting *setting)
{
    make_set_hypervisor(setting->board, setting->assignment->place, setting->assignment->name,
                        setting->assignment->value);
}

/* What goes into a script has to be one line of it. */
static bool is_line(const struct imagebuilder_setting *setting, const char *also)
{
    for (const char *c = setting->assignment->value; *c; c++)
        if (!(*c >= '0' && *c <= '9') && !((*c | 0x20) >= 'a' && (*c | 0x20) <= 'z') &&
            !strchr("._-+", *c) && !strchr(also, *c)) {
            wrong(setting, "has a character that may not be in it");
            return false;
        }
    return true;
}

static void read_load_command(const struct imagebuilder_setting *setting)
{
    if (is_line(setting, " :${}"))
        setting->board->load_command = setting->assignment->value;
}

static void read_boot_command(const struct imagebuilder_setting *setting)
{
    setting->board->no_boot = strcmp(setting->assignment->value, "none") == 0;
    if (!setting->board->no_boot && strcmp(setting->assignment->value, "booti") != 0)
        wrong(setting, "only booti starts the hypervisor; none starts nothing");
}

static void read_source_name(const struct imagebuilder_setting *setting)
{
    if (is_line(setting, "") && setting->assignment->value[0])
        setting->board->source_name = setting->assignment->value;
}

static void read_script_name(const struct imagebuilder_setting *setting)
{
    if (is_line(setting, "") && setting->assignment->value[0])
        setting->board->script_name = setting->assignment->value;
}

static void read_module(const struct imagebuilder_setting *setting)
{
    make_set_module(setting->board, setting->domain, setting->row->argument,
                    setting->assignment->place, setting->assignment->name,
                    setting->assignment->value);
}

static void read_bootargs(const struct imagebuilder_setting *setting)
{
    setting->domain->bootargs = setting->assignment->value;
}

/* What XEN_CMD says of dom0 goes before what is said here. */
static void set_scaled(const struct imagebuilder_setting *setting, uint64_t limit,
                       unsigned int shift)
{
    struct make_value *value = &setting->domain->values[setting->row->argument];
    uint64_t given;

    if (!number(setting, &given))
        return;
    if (given > limit)
        wrong(setting, "too large");
    else if (value->given && value->number != given << shift)
        make_say(setting->board, MAKE_WARNING, setting->assignment->place,
                 setting->assignment->name, "not acted on: something else is said already");
    else
        *value = (struct make_value){.given = true, .number = given << shift};
}

static void read_mebibytes(const struct imagebuilder_setting *setting)
{
    set_scaled(setting, UINT64_MAX >> 20, 10);
}

static void read_count(const struct imagebuilder_setting *setting)
{
    set_scaled(setting, UINT32_MAX, 0);
}

static void read_flag(const struct imagebuilder_setting *setting)
{
    uint64_t value;

    if (number(setting, &value))
        setting->domain->values[setting->row->argument] =
            (struct make_value){.given = value != 0, .number = value};
}

static void read_enhanced(const struct imagebuilder_setting *setting)
{
    static const char *const texts[] = {"disabled", "enabled", "no-xenstore"};
    uint64_t value;

    if (!number(setting, &value))
        return;
    if (value >= sizeof(texts) / sizeof(texts[0]))
        wrong(setting, "must be 0, 1 or 2");
    else
        make_set_text(setting->domain, MAKE_ENHANCED, texts[value]);
}

static void read_static_memory(const struct imagebuilder_setting *setting)
{
    struct make_domain *domain = setting->domain;
    const char *text = setting->assignment->value;
    char start[32], size[32];
    struct paddr_range range;

    while (make_next_word(&text, " \t\n", start, sizeof(start))) {
        if (!make_next_word(&text, " \t\n", size, sizeof(size)) ||
            !make_number(start, &range.start) || !make_number(size, &range.size)) {
            wrong(setting, "not pairs of an address and a size");
            return;
        }
        if (domain->nr_static_memory == LAUNCH_MAX_STATIC_BANKS) {
            wrong(setting, "more ranges than a domain may have");
            return;
        }
        domain->static_memory[domain->nr_static_memory++] = range;
    }
}

/* ID [HOST] ADDRESS SIZE */
static void read_shared_memory(const struct imagebuilder_setting *setting)
{
    const char *text = setting->assignment->value;
    struct make_share *share;
    uint64_t numbers[4];
    unsigned int count = 0;
    char id[128], word[32];
    bool right = make_next_word(&text, " \t\n", id, sizeof(id));

    while (right && count < 4 && make_next_word(&text, " \t\n", word, sizeof(word)))
        right = make_number(word, &numbers[count++]);
    if (!right || count < 2 || count > 3) {
        wrong(setting, "not an identifier, the machine's address (or none), the domain's, a size");
        return;
    }
    share = make_add_share(setting->board, setting->domain, setting->assignment->place,
                           setting->assignment->name);
    if (share)
        *share = (struct make_share){.id = make_text(setting->board, id),
                                     .placed = count == 3,
                                     .host = numbers[0],
                                     .guest = numbers[count - 2],
                                     .size = numbers[count - 1]};
}

/* ---- lists that a number says the length of ---- */

static bool is_counted(const struct imagebuilder_setting *setting, const char *key)
{
    const struct assignment *number = imagebuilder_find(setting->configuration, key, 0, 0);
    uint64_t count = 0;

    if (number && !make_number(number->value, &count))
        make_say(setting->board, MAKE_ERROR, number->place, number->name, "\"%.40s\": not a number",
                 number->value);
    else if (setting->assignment->index[0] >= count)
        make_say(setting->board, MAKE_WARNING, setting->assignment->place,
                 setting->assignment->name, "not acted on: %s is %llu", key,
                 (unsigned long long)count);
    else
        return true;
    return false;
}

static void read_overlay(const struct imagebuilder_setting *setting)
{
    if (is_counted(setting, "NUM_DT_OVERLAY"))
        make_add_overlay(setting->board, setting->assignment->place, setting->assignment->name,
                         setting->assignment->value);
}

/* CPU,CPU,... SCHEDULER */
static void read_pool(const struct imagebuilder_setting *setting)
{
    const unsigned int number = setting->assignment->index[0];
    const char *text = setting->assignment->value;
    char cpus[256], scheduler[32];
    struct make_pool *pool;

    if (!is_counted(setting, "NUM_CPUPOOLS"))
        return;
    if (number >= MAKE_MAX_POOLS || !make_next_word(&text, " \t\n", cpus, sizeof(cpus))) {
        wrong(setting, number >= MAKE_MAX_POOLS ? "more pools than there may be" : "names no CPU");
        return;
    }
    if (make_next_word(&text, " \t\n", scheduler, sizeof(scheduler)))
        make_say(setting->board, MAKE_WARNING, setting->assignment->place,
                 setting->assignment->name, "%s is not acted on: there is one scheduler",
                 scheduler);
    pool =
        make_add_pool(setting->board, setting->assignment->place, setting->assignment->name, cpus);
    setting->configuration->pools[number] = pool;
}

/* Its pool may be said after it. */
static void read_domain_pool(const struct imagebuilder_setting *setting)
{
    uint64_t value;

    if (!number(setting, &value))
        return;
    if (value >= MAKE_MAX_POOLS ||
        (!setting->configuration->pools[value] &&
         !imagebuilder_find(setting->configuration, "CPUPOOL", 1, (unsigned int)value)))
        wrong(setting, "no CPUPOOL has this number");
    else
        setting->configuration->pool_of_domu[setting->assignment->index[0]] =
            (unsigned int)value + 1;
}

static void read_passthrough(const struct imagebuilder_setting *setting)
{
    const char *text = setting->assignment->value;
    char path[256];

    while (make_next_word(&text, " \t\n", path, sizeof(path)))
        make_add_passthrough(setting->board, setting->domain, setting->assignment->place,
                             setting->assignment->name, path);
}

static void read_grant_version(const struct imagebuilder_setting *setting)
{
    uint64_t value;

    if (number(setting, &value) && value != 1)
        make_say(setting->board, MAKE_WARNING, setting->assignment->place,
                 setting->assignment->name, "not acted on: grant tables are of version 1");
}

/* Of single vcpus, for that domain's node is asked for all. */
static void read_affinity(const struct imagebuilder_setting *setting)
{
    unsigned int vcpu = setting->assignment->index[1];

    if (vcpu >= LAUNCH_MAX_VCPUS)
        wrong(setting, "a domain has not so many vcpus");
    else
        setting->domain->vcpu_affinity[vcpu] = setting->assignment->value;
}

/* LOCAL_PORT REMOTE_DOMU REMOTE_PORT, separated by ; */
static bool read_channel(const struct imagebuilder_setting *setting, const char *text)
{
    struct configuration *configuration = setting->configuration;
    uint64_t numbers[3];
    char word[32];

    for (unsigned int i = 0; i < 3; i++)
        if (!make_next_word(&text, " \t\n", word, sizeof(word)) ||
            !make_number(word, &numbers[i]) || numbers[i] > LAUNCH_MAX_PORT)
            return false;
    if (make_next_word(&text, " \t\n", word, sizeof(word)) ||
        numbers[1] >= configuration->nr_domus || !configuration->domus[numbers[1]] ||
        setting->domain->nr_channels == MAKE_MAX_CHANNELS)
        return false;
    setting->domain->channels[setting->domain->nr_channels++] =
        (struct make_channel){.other = configuration->domus[numbers[1]],
                              .port = (uint32_t)numbers[0],
                              .other_port = (uint32_t)numbers[2]};
    return true;
}

static void read_channels(const struct imagebuilder_setting *setting)
{
    const char *text = setting->assignment->value;
    char channel[96];

    while (make_next_word(&text, ";", channel, sizeof(channel)))
        if (strspn(channel, " \t\n") != strlen(channel) && !read_channel(setting, channel)) {
            wrong(setting, "not \"PORT DOMU PORT; ...\" with domains that are launched");
            return;
        }
}

static void read_extra_commands(const struct imagebuilder_setting *setting)
{
    make_set_extra_commands(setting->board, setting->assignment->place, setting->assignment->name,
                            setting->assignment->value);
}

static void read_roles(const struct imagebuilder_setting *setting)
{
    uint64_t roles;

    if (make_roles(setting->assignment->value, &roles))
        make_set_number(setting->domain, MAKE_ROLES, roles);
    else
        wrong(setting, "capabilities are control, hardware, xenstore, dom0, none");
}

static const struct imagebuilder_row rows[] = {
#define KEY(key, whose, read, argument, text) {key, whose, read, argument, text},
#include "imagebuilder_keys.def"
#undef KEY
};

const struct imagebuilder_row *imagebuilder_row(const char *key)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].key, key) == 0)
            return &rows[i];
    return NULL;
}
